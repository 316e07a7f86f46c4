/* Calls as an embedder makes them, with any arguments. */
#ifndef FUZZ_SENSIBLE_H
#define FUZZ_SENSIBLE_H

#include "input.h"
#include "runtime.h"

/* How many there are; `which` is one of them. */
enum { SENSIBLE = 14 };
void sensible(Input* input, uint32_t which);

/* Of the attackers' sockets, living or not; sometimes none's, anybody's generation, any number. */
uint32_t take_handle(Input* input);

void open_socket(uint32_t role, uint32_t parent, uint32_t words);
void receive(Input* input, uint32_t handle, uint32_t count);
/* Words that are a framing, or whatever lies at the scratch address. */
void set_framing(Input* input, bool valid);

#endif
