/*
 * fuzz_memory.c: memory runs out somewhere within a page, and nothing is lost and nothing touched
 * that is not there. The first two bytes say after how much of the arena, the third at which of the
 * core's own calls of malloc() and realloc(), the next two the kind and the charset.
 */
#include <stdlib.h>
#include <string.h>

#include "page/page.h"
#include "page/page_json.h"
#include "fuzz.h"
#include "pages.h"

#define CHUNK ((size_t) 64 * 1024)

static int calls_left = -1; /* -1: all succeed */

extern void *__real_malloc(size_t size);
extern void *__real_realloc(void *place, size_t size);
extern void *__wrap_malloc(size_t size);
extern void *__wrap_realloc(void *place, size_t size);

/* In place of the core's own calls, by the linker's --wrap. */
static bool
fails(void)
{
	if (calls_left > 0)
		calls_left--;
	return calls_left == 0;
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_realloc(void *place, size_t size)
{
	return fails() ? NULL : __real_realloc(place, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = fuzz_input(data, size);
	size_t room = fuzz_byte(&input) * (size_t) 256 + fuzz_byte(&input);
	int calls = fuzz_byte(&input) % 8 + 1;
	PageKind kind = pages_kind(fuzz_byte(&input));
	const char *charset = pages_charset(fuzz_byte(&input));
	PageOptions options = {.rules = pages_rules(), .redact = true};
	Arena *arena = arena_create();
	char *bytes = malloc(input.size + 1);
	SitePage *page;
	const char *json = NULL;

	fuzz_check(arena != NULL && bytes != NULL);
	if (input.size > 0)
		memcpy(bytes, input.data, input.size);
	arena_alloc(arena, CHUNK - 64 > room ? CHUNK - 64 - room : 0);
	calls_left = calls;
	page = page_parse(arena, &options, kind, pages_url(kind), bytes, input.size, charset);
	if (page != NULL)
		json = page_to_json(arena, page);
	fuzz_check(json != NULL || calls_left == 0);
	fuzz_check(json == NULL || fuzz_is_json(json));
	calls_left = -1;
	/* it can be used again */
	arena_reset(arena);
	fuzz_check(strcmp(arena_strdup(arena, "again"), "again") == 0);
	free(bytes);
	arena_destroy(arena);
	return 0;
}
