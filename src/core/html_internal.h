/*
 * html_internal.h: what html.c and html_tree.c share.
 */
#ifndef ESN_HTML_INTERNAL_H
#define ESN_HTML_INTERNAL_H

#include <libxml/xmlerror.h>
#include <stdbool.h>

/*
 * Listens to what libxml2 complains of, in place of whoever did before; nothing is printed. Often nothing else says that it was short of
 * memory, and what it could not read then must not pass for all there is. No jump may lead out from between the two calls.
 */
typedef struct XmlWatch
{
	xmlStructuredErrorFunc before;
	void *context;
	bool memory_ran_out;
} XmlWatch;

extern void xml_watch(XmlWatch *watch);

/* Whether it was short of memory meanwhile. */
extern bool xml_watch_end(XmlWatch *watch);

#endif
