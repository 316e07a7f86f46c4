/* The attackers' sockets, what the core may say of each, and what is wrong whoever says it. */
#ifndef FUZZ_RECORDS_H
#define FUZZ_RECORDS_H

#include "runtime.h"

enum { SOCKETS = 12 };

typedef struct {
  uint32_t handle;
  bool lives;
  bool failed; // its error came
  bool closed; // its close came
  /* What was gathered and not yet sent, and a sum of its bytes. */
  uint32_t pins[64][2];
  uint32_t pinned;
  uint64_t sum;
} Attacker;

extern Attacker attackers[SOCKETS];

Attacker* attacker_of(uint32_t handle);
/* Whether another can be followed. */
bool has_room(void);
void add_attacker(uint32_t handle);

/* One poll; its records are looked at, and its orders obeyed if `obeys`. How many there were. */
uint32_t poll_once(bool events, bool obeys);
/* Polls until there is nothing more to say. */
void settle(void);

void gather_of(uint32_t handle);
void sent_of(uint32_t handle, uint32_t count);
/* Bytes that a host may be reading still are what they were. */
void check_pins(Attacker* attacker);

/* `result` of a call with a handle: stale if and only if the handle is. */
double check_result(const char* name, uint32_t handle, double result);

#endif
