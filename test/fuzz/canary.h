/* Two sockets that nobody may touch, in the middle of everything a socket can be in the middle of. */
#ifndef FUZZ_CANARY_H
#define FUZZ_CANARY_H

#include "runtime.h"

typedef struct {
  uint32_t listener, framed, waiting;
  uint32_t pinned; // address of the frame in flight
  bool checked;    // from here on their events are expected
  uint32_t heard;  // bytes that came, all as they must be
} Canaries;

/* Those of the core that runs; zeroed, there are none. */
extern Canaries canaries;

/* Makes them; none if the core has no room for them. */
void make_canaries(void);
bool is_canary(uint32_t handle);
/* A record came: until they are checked only orders may. */
void hear_canary(uint32_t kind, uint32_t handle, uint32_t address, uint32_t length);
/* Nothing of theirs is where others get their bytes from. */
void check_foreign(uint32_t address, uint32_t length, const char* where);
/* They are as they were, and still work. */
void check_canaries(void);
/* They are gone, and nothing is left of them. */
void end_canaries(void);

#endif
