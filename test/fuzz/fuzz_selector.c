/*
 * fuzz_selector.c: selectors of any text, matched over a page. What compiles matches the same as
 * :is() of it, and :not() of it matches the rest.
 */
#include <string.h>

#include "html/selector_set.h"
#include "fuzz.h"
#include "pages.h"

#define MAX_ELEMENTS 64

static const char page[] =
	"<html><head><title>T</title></head><body class='a b'><div id=x class='b c'><p>1</p><p class=a "
	"lang=en-GB>2<b></b><i title='a b'>3</i></p><p></p></div><ul><li class=a>1</li><li>2</li><li "
	"class='a c'><a href='/activity/x-1'>3</a><a href></a></li><li>4</li></ul><article "
	"class='\xc3\xa9'>"
	"<h1>t</h1><span data-lat='1.5'>x</span></article><nav><a title='Go to last page' "
	"href='?page=3'>L</a></nav></body></html>";

typedef struct Matches
{
	HtmlNode *found[MAX_ELEMENTS];
	int count;
} Matches;

static void
remember(void *context, int number, HtmlNode *element)
{
	Matches *matches = context;

	fuzz_check(number == 0 && element->name != NULL && matches->count < MAX_ELEMENTS);
	for (int i = 0; i < matches->count; i++)
		fuzz_check(matches->found[i] != element);
	matches->found[matches->count++] = element;
}

/* False: the selector does not compile. */
static bool
match(Arena *arena, const char *selector, Matches *matches)
{
	SelectorError error = {.position = -1};
	Selector *compiled = selector_compile(arena, selector, &error);
	SelectorSet *set;

	matches->count = 0;
	if (compiled == NULL)
	{
		fuzz_check(error.position >= 0 && (size_t) error.position <= strlen(selector));
		fuzz_check(*error.message != '\0' && fuzz_is_utf8(error.message, strlen(error.message)));
		return false;
	}
	set = selector_set_create(arena);
	selector_set_add(set, compiled, 0);
	fuzz_check(selector_set_walk(set, arena, pages_tree(page), remember, matches));
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *selector = fuzz_utf8_rest(&input, arena);
	Matches plain;
	Matches is;
	Matches not ;
	Matches all;

	if (!match(arena, selector, &plain))
		return 0;
	match(arena, "*", &all);
	/* one level too deep, or too long, it may be */
	if (!match(arena, arena_printf(arena, ":is(%s)", selector), &is) ||
		!match(arena, arena_printf(arena, ":not(%s)", selector), &not ))
		return 0;
	fuzz_check(is.count == plain.count && plain.count + not .count == all.count);
	for (int i = 0; i < is.count; i++)
	{
		fuzz_check(is.found[i] == plain.found[i]);
		for (int j = 0; j < not .count; j++)
			fuzz_check(is.found[i] != not .found[j]);
	}
	if (match(arena, arena_printf(arena, "%s,%s", selector, selector), &is))
		fuzz_check(is.count == plain.count);
	return 0;
}
