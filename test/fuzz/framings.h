/* Framings as words of the ABI at the scratch area, made of the fuzzer's bytes; most are valid. */
#ifndef FUZZ_FRAMINGS_H
#define FUZZ_FRAMINGS_H

#include "input.h"

/* Writes the words; returns how many. Four bytes of the input say most of it. */
uint32_t write_framing(Input* input);

#endif
