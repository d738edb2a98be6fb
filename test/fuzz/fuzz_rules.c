/*
 * fuzz_rules.c: rules as somebody might write them into the table, matched over a page. A line is a
 * rule: a byte for the kind, one for the field, one for the attribute and whether it is required,
 * and the selector.
 */
#include <string.h>

#include "page/rules.h"
#include "fuzz.h"
#include "pages.h"

#define MAX_RULES 12

static const char page[] =
	"<html><body class=a><article class='a b'><h1>t</h1><a href=x>1</a><p>2</p></article><div "
	"class=b id=x><article><a href=y title=z>3</a></article></div></body></html>";

static int
read_rules(FuzzInput *input, Arena *arena, Rule *rules)
{
	static const char *const attributes[] = {NULL, "href", "title", ""};
	int count = 0;

	while (input->size > 0 && count < MAX_RULES)
	{
		Rule *rule = &rules[count++];
		unsigned char field;
		unsigned char flags;

		rule->kind = pages_kind(fuzz_byte(input));
		field = fuzz_byte(input);
		rule->field = page_rule_field(rule->kind, field % 24);
		if (rule->field == NULL)
			rule->field = field % 2 == 0 ? "container" : "no such";
		flags = fuzz_byte(input);
		rule->attribute = attributes[flags % 4];
		rule->required = flags / 4 % 2 == 1;
		rule->selector = fuzz_utf8_line(input, arena);
	}
	return count;
}

/* What was found is what the rules of the kind say, one by one. */
static void
check_kind(Arena *arena, const RuleSet *set, const Rule *rules, int count, PageKind kind)
{
	RuleMatches *matches = rules_match(set, kind, arena, pages_tree(page));
	const char *missing = rules_missing(matches);
	int matched[MAX_RULES] = {0};
	RuleTally tally = {.matched = matched};

	fuzz_check(!rules_gave_up(matches));
	rules_count(matches, kind, &tally);
	fuzz_check(tally.pages[kind] == 1);
	for (int i = 0; i < count; i++)
	{
		const char *attribute = "";
		int n = 0;
		int found = -1;

		for (int j = 0; j < i; j++)
			n += rules[j].kind == rules[i].kind && strcmp(rules[j].field, rules[i].field) == 0;
		if (rules[i].kind != kind)
		{
			fuzz_check(matched[i] == 0);
			continue;
		}
		fuzz_check(rules_found(matches, rules[i].field, n, &found, &attribute) != NULL);
		fuzz_check(found >= 0 && (found > 0) == (matched[i] == 1));
		fuzz_check((attribute == NULL) == (rules[i].attribute == NULL));
		if (missing != NULL && strcmp(rules[i].field, missing) == 0)
			fuzz_check(found == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	Rule rules[MAX_RULES];
	int count = read_rules(&input, arena, rules);
	int culprit = -1;
	SelectorError error = {.position = -1};
	RuleSet *set = rules_compile(rules, count, &culprit, &error);

	if (set == NULL)
	{
		fuzz_check(culprit >= 0 && culprit < count && *error.message != '\0');
		fuzz_check((size_t) error.position <= strlen(rules[culprit].selector));
		return 0;
	}
	for (int kind = 0; kind < PAGE_KINDS; kind++)
		check_kind(arena, set, rules, count, (PageKind) kind);
	rules_free(set);
	return 0;
}
