/*
 * What a line of a conformance script says, in the core's terms: payloads as bytes, framings and options as
 * configuration words. test/vectors/schema.json says what may stand there.
 */
#include "play.h"

#include <stdlib.h>
#include <string.h>

const char* const REASON_NAMES[REASON_NAMES_COUNT] = {
    "",           "refused",          "timedOut",      "notFound",       "interrupted",      "reset",
    "network",    "engineMemory",     "engineFailed",  "connectTimeout", "idleTimeout",      "address",
    "tooLong",    "tooLong",          "malformed",     "incomplete",     "plaintextLeft",    "batchUnsettled",
    "handshakeTimeout", "tls", "certificate"};

const char* string_of(const json_t* line, const char* key) {
  const char* value = json_string_value(json_object_get(line, key));
  return value == NULL ? "" : value;
}

int place_of(const char* name, const char* const* names, int count) {
  for (int i = 0; i < count; i++) {
    if (strcmp(name, names[i]) == 0) return i;
  }
  return -1;
}

static void read_hex(const char* hex, Bytes* into) {
  for (; *hex != '\0'; hex++) {
    if (*hex == ' ') continue;
    const char digits[3] = {hex[0], hex[1], '\0'};
    const uint8_t byte = (uint8_t)strtoul(digits, NULL, 16);
    append(into, &byte, 1);
    hex++;
  }
}

/* A char a byte: JSON brings it as UTF-8, of which one or two make a byte. */
static void read_text(const json_t* text, Bytes* into) {
  const uint8_t* at = (const uint8_t*)json_string_value(text);
  const uint8_t* end = at + json_string_length(text);
  while (at < end) {
    uint8_t byte = *at++;
    if (byte >= 0x80) byte = (uint8_t)(byte << 6 | (*at++ & 0x3f));
    append(into, &byte, 1);
  }
}

/* Of `hex`, `text`, `rep` (a pattern and how often), or `parts`. */
void read_bytes(const json_t* written, Bytes* into) {
  const json_t* text = json_object_get(written, "text");
  const json_t* rep = json_object_get(written, "rep");
  const json_t* parts = json_object_get(written, "parts");
  read_hex(string_of(written, "hex"), into);
  if (text != NULL) read_text(text, into);
  for (size_t i = 0; i < json_array_size(parts); i++) read_bytes(json_array_get(parts, i), into);
  const json_int_t times = json_integer_value(json_array_get(rep, 1));
  for (json_int_t i = 0; i < times; i++) {
    read_hex(json_string_value(json_array_get(rep, 0)), into);
  }
}

uint32_t number_of(const json_t* object, const char* key, uint32_t otherwise) {
  const json_t* value = json_object_get(object, key);
  if (json_is_boolean(value)) return json_is_true(value);
  return value == NULL ? otherwise : (uint32_t)json_integer_value(value);
}

static void add_delimiter(const json_t* delimiter, uint32_t* words) {
  Bytes bytes = {0};
  read_text(delimiter, &bytes);
  uint32_t* place = words + 8 + 5 * words[7]++;
  *place = (uint32_t)length_of(&bytes);
  memcpy(place + 1, bytes.data, length_of(&bytes) < 16 ? length_of(&bytes) : 16);
  free(bytes.data);
}

/* How many words there are; none for no framing. */
size_t framing_words(const json_t* framing, uint32_t* words) {
  static const char* const TYPES[] = {"",     "fixed", "lengthPrefixed", "varint", "delimited", "netstring",
                                      "slip", "cobs",  "contentLength",  "lines"};
  enum { FIXED = 1, PREFIXED = 2, DELIMITED = 4, LINES = 9 };
  if (!json_is_object(framing)) return 0;
  const int type = place_of(string_of(framing, "type"), TYPES, 10);
  const bool little = strcmp(string_of(framing, "endian"), "little") == 0;
  memset(words, 0, FRAMING_WORDS_MAX * sizeof *words);
  words[0] = (uint32_t)(type == LINES ? DELIMITED : type);
  words[1] = (little ? 1 : 0) | number_of(framing, "keep", 0) << 1 | number_of(framing, "lastLine", 0) << 2;
  words[2] = number_of(framing, "maxMessageBytes", 0);
  words[3] = number_of(framing, type == FIXED ? "size" : "offset", 0);
  words[4] = type == PREFIXED ? number_of(framing, "bytes", 4) : 0;
  words[5] = number_of(framing, "adjust", 0);
  words[6] = number_of(framing, "strip", words[3] > 0 || type == FIXED ? 0 : type == PREFIXED ? words[4] : 1);
  const json_t* delimiters = json_object_get(framing, "delimiters");
  for (size_t i = 0; i < json_array_size(delimiters); i++) {
    add_delimiter(json_array_get(delimiters, i), words);
  }
  if (type == LINES) {
    const bool bare = strcmp(string_of(framing, "eol"), "\n") == 0;
    json_t* eol = json_string(bare ? "\n" : "\r\n");
    add_delimiter(eol, words);
    json_decref(eol);
  }
  return 8 + 5 * words[7];
}

void option_words(const json_t* options, uint32_t* words) {
  static const char* const NAMES[] = {"highWaterMark",  "lowWaterMark", "maxBufferedAmount", "allowHalfOpen",
                                      "connectTimeout", "idleTimeout",  "maxConnections",    "maxReceiveBytes",
                                      "handshakeTimeout"};
  static const uint32_t DEFAULTS[] = {65536, 0, NO_LIMIT, 0, 0, 0, NO_LIMIT, 0, 0};
  for (int i = 0; i < OPTION_WORDS; i++) words[i] = number_of(options, NAMES[i], DEFAULTS[i]);
  words[3] |= number_of(options, "secure", 0) << 1;
}
