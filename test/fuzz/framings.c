/* Which framings there are is in assembly/framing/abi.ts; here only their numbers are drawn. */
#include "framings.h"

#include "runtime.h"

static const char* const DELIMITERS[] = {
  "\n", "\r\n", ";", ";;", "\n\n", "\r\n\r\n", ":,:", "ab", "aab", "b", "aaa", "a\r", "\n\r\n",
  "0123456789abcdef", "0123456789abcdeg", "x0000000000000,",
};

static uint32_t write_delimiters(Input* input, uint32_t* words) {
  const uint32_t count = 1 + (take_byte(input) & 3);
  words[FRAMING_DELIMITERS] = count;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t* entry = words + FRAMING_WORDS + i * DELIMITER_WORDS;
    const uint32_t choice = take_byte(input);
    const char* text = DELIMITERS[choice & 15];
    memset(entry, 0, DELIMITER_WORDS * 4);
    entry[0] = choice < 16 ? 1 : (uint32_t)strlen(text); // 1: one byte of any value, 0 too
    if (choice < 16) entry[1] = take_byte(input);
    else memcpy(entry + 1, text, entry[0]);
  }
  return FRAMING_WORDS + count * DELIMITER_WORDS;
}

static uint32_t most(Input* input, uint32_t kind) {
  static const uint32_t SIZES[] = {0, 1, 3, 10, 100, 255, 256, 1000, 5000, 16384, 20000, 65535, 65536, 70000};
  const uint32_t byte = take_byte(input);
  if (byte < 14) return SIZES[byte];
  if (byte < 192) return byte;
  const uint32_t largest = core->w2c_memory.size >> (kind == FRAMING_SLIP ? 3 : 2);
  return largest - (byte & 7) + 1; // 0 is one more than there may be
}

uint32_t write_framing(Input* input) {
  static const uint32_t WIDTHS[] = {1, 2, 2, 3, 4, 4, 8, 2};
  static const uint32_t STRIPS[] = {0, 1, 2, 3, 4, 8, 9, 1000};
  uint32_t words[FRAMING_WORDS + 4 * DELIMITER_WORDS] = {0};
  const uint32_t head = take_byte(input);
  const uint32_t kind = words[FRAMING_KIND] = 1 + (head & 7);
  uint32_t count = FRAMING_WORDS;
  words[FRAMING_MESSAGE_MAX] = most(input, kind);
  if (kind == FRAMING_FIXED) words[FRAMING_OFFSET] = words[FRAMING_MESSAGE_MAX];
  if (kind == FRAMING_DELIMITED) {
    words[FRAMING_FLAGS] = head >> 5 & (FRAMING_FLAG_KEEP | FRAMING_FLAG_LAST_LINE);
    count = write_delimiters(input, words);
  } else if (kind == FRAMING_LENGTH_PREFIXED || kind == FRAMING_VARINT) {
    const uint32_t shape = take_byte(input);
    const uint32_t more = take_byte(input);
    if (kind == FRAMING_LENGTH_PREFIXED) words[FRAMING_FLAGS] = head >> 5 & FRAMING_FLAG_LITTLE_ENDIAN;
    words[FRAMING_WIDTH] = WIDTHS[shape & 7];
    words[FRAMING_STRIP] = STRIPS[shape >> 3 & 7];
    words[FRAMING_OFFSET] = shape >> 6 == 3 ? 1000 : shape >> 6;
    words[FRAMING_ADJUST] = more < 128 ? 0 : (uint32_t)((int32_t)(more & 15) - 8);
    if ((more & 32) != 0) words[FRAMING_STRIP] = words[FRAMING_OFFSET] + words[FRAMING_WIDTH];
  }
  if (head >> 5 == 7) words[take_byte(input) % count] = take_number(input);
  if (head >> 3 == 0x1b) count = take_byte(input) % (count + 1);
  memcpy(writable(control_word(CONTROL_SCRATCH), count * 4), words, count * 4);
  return count;
}
