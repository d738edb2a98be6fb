/*
 * labels.c: see labels.h. What markup alone says is a label, rules say.
 */
#include "page/labels.h"

#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "html/html_text.h"

/* The longest label that a text begins with and that ends where a word ends; 0: none. */
static size_t
label_length(const char *text, const char *const *labels)
{
	size_t longest = 0;

	for (; *labels != NULL; labels++)
	{
		size_t len = strlen(*labels);

		if (len > longest && ascii_equal_nocase(text, *labels, len))
			longest = len;
	}
	return longest;
}

bool
label_matches(const char *text, const char *const *labels)
{
	size_t len = label_length(text, labels);
	const char *rest = text + len + strspn(text + len, " ");

	return len > 0 && (*rest == '\0' || *rest == ':');
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n\f")] == '\0';
}

/* The first text below an element that is more than white space; NULL if there is none. */
static HtmlNode *
first_text(HtmlNode *element)
{
	for (HtmlNode *node = element; node != NULL; node = html_next(node, element))
	{
		if (node->text != NULL && !node->left_out && !is_blank(node->text))
			return node;
	}
	return NULL;
}

/* Whether an element holds one text and nothing else, as <strong>Outcomes</strong> does. */
static bool
is_alone(const HtmlNode *text)
{
	for (const HtmlNode *node = text->parent->children; node != NULL; node = node->next)
	{
		if (node != text && (node->text == NULL || !is_blank(node->text)))
			return false;
	}
	return true;
}

/*
 * Leaves out a label that has an element of its own. Emphasis alone does not make a label: it may
 * be the first word of a sentence.
 */
static bool
leave_out_element(Arena *arena, HtmlNode *element, const char *const *labels)
{
	HtmlNode *text = first_text(element);
	const char *folded;
	size_t len;

	if (text == NULL || text->parent == element || strcmp(text->parent->name, "em") == 0 ||
		strcmp(text->parent->name, "i") == 0 || !is_alone(text))
		return false;
	folded = text_fold_space(arena, text->text);
	len = label_length(folded, labels);
	if (len == 0 || folded[len + strspn(folded + len, " :")] != '\0')
		return false;
	text->left_out = true;
	return true;
}

const char *
label_free_lines(Arena *arena, HtmlNode *element, const char *const *labels)
{
	bool is_labelled = leave_out_element(arena, element, labels);
	const char *lines = html_lines(arena, element);
	size_t len = is_labelled ? 0 : label_length(lines, labels);
	const char *rest = lines + len + strspn(lines + len, " ");

	if (len > 0 && *rest != '\0' && *rest != ':' && *rest != '\n')
		return lines;
	return is_labelled || len > 0 ? rest + strspn(rest, " :\n") : lines;
}
