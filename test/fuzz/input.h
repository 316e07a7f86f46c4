/* The fuzzer's bytes as numbers. When they are used up, everything is 0. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  const uint8_t* at;
  const uint8_t* end;
} Input;

static inline bool is_empty(const Input* input) {
  return input->at == input->end;
}

static inline uint32_t take_byte(Input* input) {
  return is_empty(input) ? 0 : *input->at++;
}

static inline uint32_t take_word(Input* input) {
  uint32_t word = take_byte(input);
  word |= take_byte(input) << 8;
  word |= take_byte(input) << 16;
  return word | take_byte(input) << 24;
}

/* Any i32 there is, mostly one near what matters. */
static inline uint32_t take_number(Input* input) {
  static const uint32_t NEAR[] = {0,     1,     2,     255,   256,   257,   1023,      1024,       1025,
                                  4095,  4096,  16383, 16384, 16385, 65535, 65536,     65537,      1u << 20,
                                  1000,  8192,  12,    -1u,   -2u,   -64u,  1u << 31,  0x7fffffff, 0x7ffffff0,
                                  3,     4,     5,     0xffff0000u,  262144};
  const uint32_t byte = take_byte(input);
  if (byte < 128) return byte;
  if (byte < 128 + sizeof NEAR / sizeof *NEAR) return NEAR[byte - 128];
  return byte < 224 ? take_byte(input) << 4 : take_word(input);
}

/* Any f64 there is, likewise. */
static inline double take_double(Input* input) {
  static const double NEAR[] = {0,   -0.0,  0.5,    1,      65536,  65537,  2147483647.0,      2147483648.0,
                                4294967295.0, 4294967296.0, 9007199254740991.0, 9007199254740992.0,
                                1e300, -1, -0.5, 1.5};
  const uint32_t byte = take_byte(input);
  if (byte < 128) return byte;
  if (byte < 144) return NEAR[byte - 128];
  if (byte < 208) return (double)take_number(input);
  uint64_t bits = (uint64_t)take_word(input) << 32; // NaN and infinity are here too
  bits |= take_word(input);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

#endif
