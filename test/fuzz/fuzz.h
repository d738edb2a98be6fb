/*
 * fuzz.h: what the fuzz targets share. A target is a file fuzz_<name>.c with
 * LLVMFuzzerTestOneInput(); it looks for crashes, which the sanitizers see, and for broken
 * promises, which fuzz_check() sees. Built and run by test/fuzz/run.sh.
 */
#ifndef ESN_FUZZ_H
#define ESN_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Ends the program, as a finding, where a promise is broken. */
#define fuzz_check(promise) ((promise) ? (void) 0 : fuzz_broken(__FILE__, __LINE__, #promise))

extern _Noreturn void fuzz_broken(const char *file, int line, const char *promise);

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The arena of this execution, empty. One for all of them: making a new one takes longer than most
 * executions. */
extern Arena *fuzz_arena(void);

/* What is left of the input, taken from its beginning. */
typedef struct FuzzInput
{
	const char *data;
	size_t size;
} FuzzInput;

extern FuzzInput fuzz_input(const uint8_t *data, size_t size);

/* The next byte, 0 where nothing is left. */
extern unsigned char fuzz_byte(FuzzInput *input);

/* The next line, without its line feed, up to a NUL. In an allocation as long as it. */
extern char *fuzz_line(FuzzInput *input, Arena *arena);

/* The same as well-formed UTF-8. */
extern const char *fuzz_utf8_line(FuzzInput *input, Arena *arena);

/* All that is left, up to a NUL; as well-formed UTF-8. */
extern char *fuzz_rest(FuzzInput *input, Arena *arena);
extern const char *fuzz_utf8_rest(FuzzInput *input, Arena *arena);

/* Whether the bytes are well-formed UTF-8 (RFC 3629) without NUL: written anew, not with the core's
 * own tables. */
extern bool fuzz_is_utf8(const char *s, size_t len);

/* Whether the text is JSON (RFC 8259) from its beginning to its end, without control characters,
 * well-formed UTF-8. */
extern bool fuzz_is_json(const char *s);

/* Reads the JSON string at s, which fuzz_is_json() has approved of, into out. */
extern void fuzz_json_decode(const char *s, TextBuffer *out);

/* Whether it is a web address as the core stores them: http or https, a host, printable ASCII
 * without what is to be encoded. */
extern bool fuzz_is_url(const char *s);

#endif
