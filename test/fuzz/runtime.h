/*
 * One core in C, made by wasm2c, with what a fuzzer needs: a trap ends the process, an access outside
 * memory too, and a snapshot comes back in microseconds because every store notes the block it hits.
 */
#ifndef FUZZ_RUNTIME_H
#define FUZZ_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"  // made of assembly/abi.ts and its like
#include "core.h" // made by wasm2c

#define BLOCK_SHIFT 10 // what is restored together: 1 KiB

/* Memory may grow to this; beyond it growing fails, which is a case of its own. */
#define GROWN_BYTES_MAX (16u << 20)

typedef Z_core_instance_t Core;

/* The instance that runs now. */
extern Core* core;
/* Calls are printed: what a finding is replayed with. */
extern bool tracing;

void trace_record(const uint32_t* record);

/* Ends the process: something is not as it must be. */
_Noreturn void finding(const char* format, ...) __attribute__((format(printf, 1, 2)));

/* An instance just instantiated, or the one `prepare` has made; kept, and brought back by `reset`. */
typedef struct {
  Core instance;
  Core kept;
  uint8_t* memory;
  uint32_t bytes;
} Snapshot;

void take_snapshot(Snapshot* snapshot, void (*prepare)(void));
void reset(Snapshot* snapshot);

/* Calls `visit` for each stretch of memory written since the snapshot. */
void visit_written(void (*visit)(uint32_t address, uint32_t length));

uint32_t word_at(uint32_t address);
uint32_t control_word(uint32_t word);
/* Memory to be read, or to be written by the host; both end the process when it is not there. */
const uint8_t* readable(uint32_t address, uint64_t length);
uint8_t* writable(uint32_t address, uint64_t length);

#endif
