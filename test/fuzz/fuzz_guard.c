/*
 * fuzz_guard.c: html_hostile() overlooks no attribute that libxml2 sees, wherever the markup hides it. It is built with a limit of a few
 * attributes instead of hundreds (test/fuzz/run.sh), so that inputs reach it.
 */
#include <libxml/HTMLparser.h>
#include <string.h>

#include "core/html.h"
#include "fuzz.h"

#define OPTIONS (HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET)

static void
start_element(void *context, const xmlChar *name, const xmlChar **attributes)
{
	int *most = context;
	int count = 0;

	(void) name;
	while (attributes != NULL && attributes[(size_t) 2 * (size_t) count] != NULL)
		count++;
	*most = count > *most ? count : *most;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *s = fuzz_utf8_rest(&input, arena);
	xmlParserCtxt *parser;
	int most = 0;

	if (*s == '\0' || html_hostile(s) != NULL)
		return 0;
	parser = htmlNewParserCtxt();
	fuzz_check(parser != NULL);
	memset(parser->sax, 0, sizeof(*parser->sax));
	parser->sax->startElement = start_element;
	parser->sax->initialized = 1;
	parser->userData = &most;
	xmlFreeDoc(htmlCtxtReadMemory(parser, s, (int) strlen(s), NULL, "UTF-8", OPTIONS));
	htmlFreeParserCtxt(parser);
	fuzz_check(most <= MAX_ATTRIBUTES);
	return 0;
}
