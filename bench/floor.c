/*
 * floor.c: what fetching and parsing cost with the usual libraries, and nothing else: fetches a
 * list of addresses with libcurl, ten at once, and parses each page with libxml2. It extracts and
 * stores nothing. Addresses are read from standard input, one a line, "HEAD " in front of those
 * that are only asked for. Prints the pages, their bytes, and the seconds of CPU and of wall time.
 */
#include <curl/curl.h>
#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define PARALLEL 10

typedef struct Slot
{
	CURL *easy;
	char *body;
	size_t len;
	size_t capacity;
	int head;
} Slot;

static long pages;
static size_t bytes;

static size_t
take(char *data, size_t size, size_t count, void *context)
{
	Slot *slot = context;
	size_t len = size * count;

	if (slot->len + len > slot->capacity)
	{
		slot->capacity = (slot->len + len) * 2;
		slot->body = realloc(slot->body, slot->capacity);
		if (slot->body == NULL)
			abort();
	}
	memcpy(slot->body + slot->len, data, len);
	slot->len += len;
	return len;
}

/* Gives the next address to a slot; 0 where there is none. */
static int
next(CURLM *multi, Slot *slot)
{
	char line[2048];
	const char *url = line;

	if (fgets(line, sizeof(line), stdin) == NULL)
		return 0;
	line[strcspn(line, "\n")] = '\0';
	slot->len = 0;
	slot->head = strncmp(line, "HEAD ", 5) == 0;
	if (slot->head)
		url += 5;
	curl_easy_setopt(slot->easy, CURLOPT_URL, url);
	if (slot->head)
		curl_easy_setopt(slot->easy, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(slot->easy, CURLOPT_HTTPGET, 1L);
	curl_multi_add_handle(multi, slot->easy);
	return 1;
}

static void
parse(const Slot *slot)
{
	htmlDocPtr doc;

	pages++;
	bytes += slot->len;
	if (slot->head || slot->len == 0)
		return;
	doc = htmlReadMemory(slot->body, (int) slot->len, NULL, "UTF-8",
						 HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
							 HTML_PARSE_NONET | HTML_PARSE_COMPACT);
	xmlFreeDoc(doc);
}

static double
seconds(struct timeval t)
{
	return (double) t.tv_sec + (double) t.tv_usec / 1e6;
}

int
main(void)
{
	CURLM *multi;
	Slot slots[PARALLEL] = {0};
	struct rusage usage;
	struct timespec begin;
	struct timespec end;
	int open = 0;
	int running;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	multi = curl_multi_init();
	for (int i = 0; i < PARALLEL; i++)
	{
		slots[i].easy = curl_easy_init();
		curl_easy_setopt(slots[i].easy, CURLOPT_PRIVATE, &slots[i]);
		curl_easy_setopt(slots[i].easy, CURLOPT_WRITEDATA, &slots[i]);
		curl_easy_setopt(slots[i].easy, CURLOPT_WRITEFUNCTION, take);
		curl_easy_setopt(slots[i].easy, CURLOPT_ACCEPT_ENCODING, "");
		open += next(multi, &slots[i]);
	}
	while (open > 0)
	{
		CURLMsg *message;

		curl_multi_perform(multi, &running);
		while ((message = curl_multi_info_read(multi, &running)) != NULL)
		{
			Slot *slot;

			curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **) &slot);
			curl_multi_remove_handle(multi, slot->easy);
			parse(slot);
			open += next(multi, slot) - 1;
		}
		if (open > 0)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	for (int i = 0; i < PARALLEL; i++)
	{
		curl_easy_cleanup(slots[i].easy);
		free(slots[i].body);
	}
	curl_multi_cleanup(multi);
	clock_gettime(CLOCK_MONOTONIC, &end);
	getrusage(RUSAGE_SELF, &usage);
	printf("%ld %zu %.3f %.3f\n", pages, bytes, seconds(usage.ru_utime) + seconds(usage.ru_stime),
		   (double) (end.tv_sec - begin.tv_sec) + (double) (end.tv_nsec - begin.tv_nsec) / 1e9);
	return 0;
}
