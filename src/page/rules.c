/*
 * rules.c: the rules of all page kinds, compiled, and what they find on a page.
 */
#include "page/rules.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

typedef struct CompiledRule
{
	const char *field;
	const char *attribute;
	bool required;
	int index; /* in what was compiled */
} CompiledRule;

typedef struct KindRules
{
	int count;
	CompiledRule *rules;
	SelectorSet *set;
} KindRules;

struct RuleSet
{
	Arena *arena;
	KindRules kinds[PAGE_KINDS];
};

typedef struct Found
{
	int count;
	int capacity;
	HtmlNode **elements;
} Found;

struct RuleMatches
{
	Arena *arena;
	const KindRules *rules;
	Found *found; /* by rule */
	bool gave_up;
};

static bool
compile_one(RuleSet *set, const Rule *rule, int index, SelectorError *error)
{
	KindRules *kind = &set->kinds[rule->kind];
	CompiledRule *compiled = &kind->rules[kind->count];
	Selector *selector;

	error->position = 0;
	strcpy(error->message, "pages of this kind have no such field");
	if (!page_has_rule_field(rule->kind, rule->field))
		return false;
	selector = selector_compile(set->arena, rule->selector, error);
	if (selector == NULL)
		return false;
	compiled->field = arena_strdup(set->arena, rule->field);
	compiled->attribute =
		rule->attribute == NULL ? NULL : arena_strdup(set->arena, rule->attribute);
	compiled->required = rule->required;
	compiled->index = index;
	selector_set_add(kind->set, selector, kind->count++);
	return true;
}

RuleSet *
rules_compile(const Rule *rules, int count, int *culprit, SelectorError *error)
{
	Arena *arena = arena_create();
	jmp_buf exhausted;
	RuleSet *set;

	*culprit = 0;
	error->position = 0;
	strcpy(error->message, "out of memory");
	if (arena == NULL)
		return NULL;
	if (setjmp(exhausted) != 0)
	{
		arena_destroy(arena);
		return NULL;
	}
	arena_on_exhaustion(arena, &exhausted);
	set = arena_alloc(arena, sizeof(RuleSet));
	set->arena = arena;
	for (int i = 0; i < PAGE_KINDS; i++)
	{
		set->kinds[i].rules = arena_alloc(arena, sizeof(CompiledRule) * (size_t) (count + 1));
		set->kinds[i].set = selector_set_create(arena);
	}
	for (int i = 0; i < count; i++)
	{
		*culprit = i;
		if (!compile_one(set, &rules[i], i, error))
		{
			arena_destroy(arena);
			return NULL;
		}
	}
	arena_on_exhaustion(arena, NULL);
	return set;
}

void
rules_free(RuleSet *rules)
{
	if (rules != NULL)
		arena_destroy(rules->arena);
}

static void
remember(void *context, int number, HtmlNode *element)
{
	RuleMatches *matches = context;
	Found *found = &matches->found[number];

	assert(number >= 0 && number < matches->rules->count);
	if (found->count == found->capacity)
	{
		int capacity = found->capacity == 0 ? 8 : found->capacity * 2;
		HtmlNode **elements = arena_alloc(matches->arena, sizeof(HtmlNode *) * (size_t) capacity);

		if (found->count > 0)
			memcpy(elements, found->elements, sizeof(HtmlNode *) * (size_t) found->count);
		found->elements = elements;
		found->capacity = capacity;
	}
	found->elements[found->count++] = element;
}

static bool
is_of_field(const CompiledRule *rule, const char *field)
{
	return text_equal(rule->field, field);
}

RuleMatches *
rules_match(const RuleSet *rules, PageKind kind, Arena *arena, HtmlNode *root)
{
	RuleMatches *matches = arena_alloc(arena, sizeof(RuleMatches));

	matches->arena = arena;
	matches->rules = &rules->kinds[kind];
	matches->found = arena_alloc(arena, sizeof(Found) * (size_t) (matches->rules->count + 1));
	matches->gave_up = !selector_set_walk(matches->rules->set, arena, root, remember, matches);
	return matches;
}

bool
rules_gave_up(const RuleMatches *matches)
{
	return matches->gave_up;
}

HtmlNode *const *
rules_found(const RuleMatches *matches, const char *field, int n, int *count,
			const char **attribute)
{
	static HtmlNode *const none[1] = {NULL};

	for (int i = 0; i < matches->rules->count; i++)
	{
		if (!is_of_field(&matches->rules->rules[i], field) || n-- > 0)
			continue;
		*count = matches->found[i].count;
		*attribute = matches->rules->rules[i].attribute;
		return *count == 0 ? none : matches->found[i].elements;
	}
	return NULL;
}

const char *
rules_missing(const RuleMatches *matches)
{
	for (int i = 0; i < matches->rules->count; i++)
	{
		const CompiledRule *rule = &matches->rules->rules[i];
		bool found = !rule->required;

		for (int n = 0; n < matches->rules->count && !found; n++)
			found =
				matches->found[n].count > 0 && is_of_field(&matches->rules->rules[n], rule->field);
		if (!found)
			return rule->field;
	}
	return NULL;
}

void
rules_count(const RuleMatches *matches, PageKind kind, RuleTally *tally)
{
	tally->pages[kind]++;
	for (int i = 0; i < matches->rules->count; i++)
	{
		if (matches->found[i].count > 0)
			tally->matched[matches->rules->rules[i].index]++;
	}
}
