/*
 * The runtime wasm2c's output asks for, in the shape a fuzzer wants: traps abort, memory lies between
 * pages nobody may touch, and `fuzz_written` (set by every store, see scripts/fuzz.mjs) says what a reset
 * must restore.
 */
#include "runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

/* Whatever address and offset wasm adds up lies in here. */
#define RESERVED_BYTES (UINT64_C(8) << 30)
#define PAGE_BYTES 65536u

Core* core;
bool tracing;
uint8_t fuzz_written[(RESERVED_BYTES >> BLOCK_SHIFT) + 2];

_Noreturn void finding(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "FINDING: ");
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  abort();
}

void trace_record(const uint32_t* record) {
  if (!tracing) return;
  fprintf(stderr, "  record %u of %x:", record[0], record[1]);
  for (int i = 2; i < 6; i++) fprintf(stderr, " %u", record[i]);
  fprintf(stderr, "\n");
}

void wasm_rt_trap(wasm_rt_trap_t trap) {
  finding("the core trapped (%d)", trap);
}

bool wasm_rt_is_initialized(void) {
  return true;
}

uint32_t wasm_rt_register_func_type(uint32_t params, uint32_t results, ...) {
  return params + results; // only tables ask for types
}

/* The debug build declares a table; nothing is ever called through it. */
void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t* table, uint32_t elements, uint32_t max) {
  *table = (wasm_rt_funcref_table_t){calloc(elements + 1, sizeof *table->data), max, elements};
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t* table) {
  free(table->data);
}

static void allow(void* at, size_t bytes, int protection) {
  if (bytes != 0 && mprotect(at, bytes, protection) != 0) finding("no memory");
}

void wasm_rt_allocate_memory(wasm_rt_memory_t* memory, uint32_t pages, uint32_t max) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* data = mmap(NULL, RESERVED_BYTES, PROT_NONE, flags, -1, 0);
  if (data == MAP_FAILED) finding("8 GiB of addresses cannot be reserved");
  *memory = (wasm_rt_memory_t){data, pages, max, pages * PAGE_BYTES};
  allow(data, memory->size, PROT_READ | PROT_WRITE);
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t* memory, uint32_t pages) {
  const uint32_t before = memory->pages;
  if ((uint64_t)(before + (uint64_t)pages) * PAGE_BYTES > GROWN_BYTES_MAX) return UINT32_MAX;
  allow(memory->data + memory->size, pages * PAGE_BYTES, PROT_READ | PROT_WRITE);
  memory->pages += pages;
  memory->size += pages * PAGE_BYTES;
  return before;
}

void wasm_rt_free_memory(wasm_rt_memory_t* memory) {
  munmap(memory->data, RESERVED_BYTES);
}

void take_snapshot(Snapshot* snapshot, void (*prepare)(void)) {
  Z_core_init_module();
  Z_core_instantiate(&snapshot->instance);
  core = &snapshot->instance;
  Z_coreZ_control(core);
  if (prepare != NULL) prepare();
  snapshot->kept = snapshot->instance;
  snapshot->bytes = core->w2c_memory.size;
  snapshot->memory = malloc(snapshot->bytes);
  memcpy(snapshot->memory, core->w2c_memory.data, snapshot->bytes);
  memset(fuzz_written, 0, GROWN_BYTES_MAX >> BLOCK_SHIFT);
}

static void restore(Snapshot* snapshot, uint32_t block) {
  const size_t at = (size_t)block << BLOCK_SHIFT;
  fuzz_written[block] = 0;
  if (at >= snapshot->bytes) return; // grown, and taken away below
  memcpy(snapshot->instance.w2c_memory.data + at, snapshot->memory + at, 1u << BLOCK_SHIFT);
}

static void each_written(void (*visit)(Snapshot*, uint32_t), Snapshot* snapshot) {
  const uint32_t blocks = snapshot->instance.w2c_memory.size >> BLOCK_SHIFT;
  for (uint32_t i = 0; i < blocks; i += 8) {
    uint64_t eight;
    memcpy(&eight, fuzz_written + i, 8);
    if (eight == 0) continue;
    for (uint32_t block = i; block < i + 8; block++) {
      if (fuzz_written[block] != 0) visit(snapshot, block);
    }
  }
}

void reset(Snapshot* snapshot) {
  wasm_rt_memory_t* memory = &snapshot->instance.w2c_memory;
  core = &snapshot->instance;
  each_written(restore, snapshot);
  if (memory->size > snapshot->bytes) {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    const size_t grown = memory->size - snapshot->bytes;
    void* zeroed = mmap(memory->data + snapshot->bytes, grown, PROT_NONE, flags, -1, 0);
    if (zeroed == MAP_FAILED) finding("no memory");
  }
  snapshot->instance = snapshot->kept;
}

static void (*visitor)(uint32_t, uint32_t);

static void visit_block(Snapshot* snapshot, uint32_t block) {
  (void)snapshot;
  visitor(block << BLOCK_SHIFT, 1u << BLOCK_SHIFT);
}

void visit_written(void (*visit)(uint32_t, uint32_t)) {
  visitor = visit;
  each_written(visit_block, (Snapshot*)core); // an instance is the beginning of its snapshot
}

const uint8_t* readable(uint32_t address, uint64_t length) {
  if (address + length > core->w2c_memory.size) {
    finding("%llu bytes at %u are outside memory", (unsigned long long)length, address);
  }
  return core->w2c_memory.data + address;
}

uint8_t* writable(uint32_t address, uint64_t length) {
  readable(address, length);
  if (length != 0) {
    const uint32_t first = address >> BLOCK_SHIFT;
    const uint32_t last = (address + (uint32_t)length - 1) >> BLOCK_SHIFT;
    memset(fuzz_written + first, 1, last - first + 1);
  }
  return core->w2c_memory.data + address;
}

uint32_t word_at(uint32_t address) {
  uint32_t word;
  memcpy(&word, readable(address, 4), 4);
  return word;
}

uint32_t control_word(uint32_t word) {
  return word_at(Z_coreZ_control(core) + word * 4);
}
