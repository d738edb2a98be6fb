/*
 * fuzz_slug.c: a slug is [a-z0-9-] and stays what it is when a slug is made of it.
 */
#include <string.h>

#include "base/slug.h"
#include "fuzz.h"

static Slugger *
slugger(void)
{
	static Slugger *only;
	const char *error = "";

	if (only == NULL)
		only = slugger_open(&error);
	fuzz_check(only != NULL);
	return only;
}

static void
check_form(const char *slug)
{
	fuzz_check(strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(slug));
	fuzz_check(strstr(slug, "--") == NULL);
	fuzz_check(*slug != '-' && (*slug == '\0' || slug[strlen(slug) - 1] != '-'));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *name = fuzz_utf8_rest(&input, arena);
	char *candidates[SLUG_MAX_CANDIDATES] = {NULL};
	const char *plain = slug_make(slugger(), arena, name);
	const char *pathauto = slug_pathauto(slugger(), arena, name);
	int count = slug_candidates(slugger(), arena, name, candidates);

	check_form(plain);
	check_form(pathauto);
	check_form(country_key(slugger(), arena, name));
	fuzz_check(*plain == '\0' || strcmp(plain, "esn") == 0 || strncmp(plain, "esn-", 4) == 0);
	fuzz_check((*plain == '\0') == (*pathauto == '\0') || *plain != '\0');
	fuzz_check(strcmp(slug_make(slugger(), arena, plain), plain) == 0);
	fuzz_check(strcmp(slug_pathauto(slugger(), arena, pathauto), pathauto) == 0);
	fuzz_check(count >= 0 && count <= SLUG_MAX_CANDIDATES);
	fuzz_check(count > 0 || *pathauto == '\0' || strlen(pathauto) > 255);
	for (int i = 0; i < count; i++)
	{
		check_form(candidates[i]);
		fuzz_check(*candidates[i] != '\0' && strlen(candidates[i]) <= 255);
		for (int j = 0; j < i; j++)
			fuzz_check(strcmp(candidates[i], candidates[j]) != 0);
	}
	return 0;
}
