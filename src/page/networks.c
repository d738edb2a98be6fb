/*
 * networks.c: see networks.h.
 */
#include "page/networks.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"

static const struct
{
	const char *host; /* and all below it */
	const char *name;
} hosts[] = {
	{"facebook.com", "facebook"},
	{"fb.com", "facebook"},
	{"fb.me", "facebook"},
	{"instagram.com", "instagram"},
	{"instagr.am", "instagram"},
	{"x.com", "x"},
	{"twitter.com", "x"},
	{"linkedin.com", "linkedin"},
	{"lnkd.in", "linkedin"},
	{"youtube.com", "youtube"},
	{"youtu.be", "youtube"},
	{"tiktok.com", "tiktok"},
	{"t.me", "telegram"},
	{"telegram.me", "telegram"},
	{"wa.me", "whatsapp"},
	{"whatsapp.com", "whatsapp"},
	{"discord.gg", "discord"},
	{"discord.com", "discord"},
	{"vk.com", "vk"},
	{"threads.net", "threads"},
	{"threads.com", "threads"},
	{"bsky.app", "bluesky"},
	{"flickr.com", "flickr"},
	{"pinterest.com", "pinterest"},
	{"snapchat.com", "snapchat"},
	{"twitch.tv", "twitch"},
	{"spotify.com", "spotify"},
	{"linktr.ee", "linktree"},
	{"vimeo.com", "vimeo"},
	{"reddit.com", "reddit"},
};
#define HOSTS (sizeof(hosts) / sizeof(hosts[0]))

static const char *
by_host(const char *url)
{
	const char *host = strstr(url, "://");
	size_t len;

	if (host == NULL)
		return NULL;
	host += 3;
	len = strcspn(host, "/?#:");
	for (size_t i = 0; i < HOSTS; i++)
	{
		size_t width = strlen(hosts[i].host);

		if (len >= width && ascii_equal_nocase(host + len - width, hosts[i].host, width) &&
			(len == width || host[len - width - 1] == '.'))
			return hosts[i].name;
	}
	return NULL;
}

/* A word of a title that names a network, whatever else the title says. */
static const char *
by_word(const char *title)
{
	for (const char *word = title; *word != '\0'; word += strspn(word, " ()"))
	{
		size_t len = strcspn(word, " ()");

		for (size_t i = 0; i < HOSTS; i++)
		{
			/* No name is NULL. NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
			if (strlen(hosts[i].name) == len && ascii_equal_nocase(word, hosts[i].name, len))
				return hosts[i].name;
		}
		if (len == 7 && ascii_equal_nocase(word, "twitter", len))
			return "x";
		word += len;
	}
	return NULL;
}

/* The word before "profile". */
static const char *
by_place(Arena *arena, const char *title)
{
	const char *end = text_find_nocase(title, " profile");
	const char *start = end;
	char *name;

	if (end == NULL)
		return NULL;
	while (start > title && start[-1] != ' ')
		start--;
	name = arena_strndup(arena, start, (size_t) (end - start));
	ascii_lower_all(name);
	return *name == '\0' ? NULL : name;
}

const char *
network_of(Arena *arena, const char *url, const char *title)
{
	const char *name = url == NULL ? NULL : by_host(url);

	if (name == NULL && title != NULL)
		name = by_word(title);
	return name != NULL || title == NULL ? name : by_place(arena, title);
}
