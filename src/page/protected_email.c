/*
 * protected_email.c: see protected_email.h. An address is in hexadecimal digits: a key, and each
 * byte combined with the key by exclusive or.
 */
#include "page/protected_email.h"

#include <string.h>

#include "base/ascii.h"
#include "base/text.h"

#define MAX_ADDRESS 254

/* The address that is hidden in the digits; NULL if there is none. */
static const char *
decode(Arena *arena, const char *digits)
{
	size_t len = strcspn(digits, "?&#\"' ");
	char address[MAX_ADDRESS + 1];
	int key = ascii_hex_byte(digits);
	size_t n = 0;

	if (len % 2 != 0 || len < 4 || len > 2 * MAX_ADDRESS || key < 0)
		return NULL;
	for (size_t i = 2; i < len; i += 2)
	{
		int byte = ascii_hex_byte(digits + i);
		int c = byte ^ key;

		/* other bytes are in no address, and would have to be checked to be UTF-8 */
		if (byte < 0 || c <= ' ' || c >= 0x7f)
			return NULL;
		address[n++] = (char) c;
	}
	address[n] = '\0';
	return strchr(address, '@') == NULL ? NULL : arena_strdup(arena, address);
}

static void
set_text(Arena *arena, HtmlNode *element, const char *text)
{
	HtmlNode *node = arena_alloc(arena, sizeof(HtmlNode));

	node->parent = element;
	node->text = text;
	element->children = element->last = node;
}

static void
reveal_in(Arena *arena, HtmlNode *element)
{
	static const char marker[] = "/cdn-cgi/l/email-protection#";

	for (HtmlAttribute *attribute = element->attributes; attribute != NULL;
		 attribute = attribute->next)
	{
		bool is_link = text_equal(attribute->name, "href");
		const char *at = is_link ? strstr(attribute->value, marker) : NULL;
		const char *address = NULL;

		if (text_equal(attribute->name, "data-cfemail"))
			address = decode(arena, attribute->value);
		else if (at != NULL)
			address = decode(arena, at + strlen(marker));
		if (address == NULL)
			continue;
		if (is_link)
			attribute->value = arena_printf(arena, "mailto:%s", address);
		else
			set_text(arena, element, address);
	}
}

void
reveal_emails(Arena *arena, HtmlNode *root)
{
	for (HtmlNode *node = root; node != NULL; node = html_next(node, root))
	{
		if (node->name != NULL)
			reveal_in(arena, node);
	}
}
