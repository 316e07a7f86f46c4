/* The transcript of a script and its digest: lines for events, bytes by length and SHA-256, wire bytes last. */
#include "play.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hash(const void* bytes, size_t length, char hex[65]) {
  uint8_t digest[32];
  EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL);
  for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void write_bytes(Transcript* transcript, const char* what, const void* bytes, size_t length) {
  char line[160], hex[65];
  hash(bytes, length, hex);
  snprintf(line, sizeof line, "%s %s %zu %s\n", transcript->name, what, length, hex);
  append(&transcript->events, line, strlen(line));
}

/* Data are joined, until something else comes. */
static void end_run(Transcript* transcript, const char* what, Bytes* run) {
  if (length_of(run) > 0) write_bytes(transcript, what, front_of(run), length_of(run));
  run->begin = run->end;
}

void say(Transcript* transcript, const char* what) {
  char line[160];
  end_run(transcript, "data", &transcript->data);
  snprintf(line, sizeof line, "%s %s\n", transcript->name, what);
  append(&transcript->events, line, strlen(line));
}

void say_bytes(Transcript* transcript, const char* what, const void* bytes, size_t length) {
  if (strcmp(what, "tx") == 0) append(&transcript->wire, bytes, length);
  else if (strcmp(what, "data") == 0) append(&transcript->data, bytes, length);
  else {
    end_run(transcript, "data", &transcript->data);
    write_bytes(transcript, what, bytes, length);
  }
}

static int by_name(const void* a, const void* b) {
  return strcmp(((const Transcript*)a)->name, ((const Transcript*)b)->name);
}

/* Of a table whose entries, of so many bytes, each begin with a transcript. Sorts it. */
void digest_of(void* transcripts, size_t count, size_t size, char hex[65]) {
  Bytes all = {0};
  if (count > 0) qsort(transcripts, count, size, by_name);
  for (size_t i = 0; i < count; i++) {
    Transcript* each = (Transcript*)((char*)transcripts + i * size);
    end_run(each, "data", &each->data);
    end_run(each, "tx", &each->wire);
    append(&all, front_of(&each->events), length_of(&each->events));
  }
  hash(all.data, length_of(&all), hex);
  free(all.data);
}

void forget_transcript(Transcript* transcript) {
  free(transcript->events.data);
  free(transcript->data.data);
  free(transcript->wire.data);
}
