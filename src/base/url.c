/*
 * url.c: see url.h.
 */
#include "base/url.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"

#define MAX_URL 2000
#define ROOM 65536 /* more than libcurl needs for addresses of that length */

/* The characters that RFC 3986 allows, except "%". */
static const char unencoded[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
								"-._~:/?#[]@!$&'()*+,;=";

/*
 * Percent-encodes the characters that a URL must not contain, and each "%" that encodes nothing.
 * Returns NULL if the URL is empty, too long, or contains a control character or an encoded NUL.
 */
static char *
encode(Arena *arena, const char *url)
{
	TextBuffer out;

	buffer_init(&out, arena);
	while (out.len <= MAX_URL)
	{
		size_t len = strspn(url, unencoded);
		unsigned char c = (unsigned char) url[len];

		buffer_append(&out, url, len);
		url += len;
		if (c == '\0')
			break;
		if (c < 0x20 || c == 0x7f || strncmp(url, "%00", 3) == 0)
			return NULL;
		if (c == '%' && ascii_hex_byte(url + 1) >= 0)
			buffer_putc(&out, '%');
		else
			buffer_printf(&out, "%%%02X", c);
		url++;
	}
	return out.len == 0 || out.len > MAX_URL ? NULL : out.data;
}

static bool
is_of_web(const char *url)
{
	return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

/*
 * Writes the address to out, or "" if there is none. Nothing here jumps while it holds libcurl's
 * memory.
 */
static void
resolve(const char *base, const char *href, char out[MAX_URL + 1])
{
	CURLU *url = curl_url();
	char *resolved = NULL;

	*out = '\0';
	/* An absolute href needs no base. */
	curl_url_set(url, CURLUPART_URL, base, 0);
	if (curl_url_set(url, CURLUPART_URL, href, 0) == CURLUE_OK &&
		curl_url_get(url, CURLUPART_URL, &resolved, 0) == CURLUE_OK &&
		strlen(resolved) <= MAX_URL && is_of_web(resolved))
		strcpy(out, resolved);
	/* A home page keeps its form: libcurl adds "/" to a host. */
	if (strncmp(out, href, strlen(href)) == 0 && strcmp(out + strlen(href), "/") == 0)
		strcpy(out, href);
	curl_free(resolved);
	curl_url_cleanup(url);
}

/*
 * Appends a path to the site of the base, as most links of a page need it. Returns NULL if it is
 * not a plain path. libcurl would take as long for one link as libxml2 for ten tags.
 */
static char *
resolve_path(Arena *arena, const char *base, const char *path)
{
	size_t scheme = strncmp(base, "https://", 8) == 0  ? 8
					: strncmp(base, "http://", 7) == 0 ? 7
													   : 0;
	size_t host = strcspn(base + scheme, "/?#");

	if (scheme == 0 || host == 0 || path[0] != '/' || path[1] == '/' || strstr(path, "/.") != NULL)
		return NULL;
	/* libcurl drops an empty query and fragment */
	if (strchr("?#", path[strlen(path) - 1]) != NULL || strstr(path, "?#") != NULL)
		return NULL;
	return arena_printf(arena, "%.*s%s", (int) (scheme + host), base, path);
}

/*
 * A link as browsers read it: without white space at its ends, tabs and line ends, and with slashes
 * for the backslashes of its path.
 */
static char *
clean(Arena *arena, const char *href)
{
	TextBuffer out;
	bool in_path = true;

	buffer_init(&out, arena);
	while (*href > 0 && *href <= ' ')
		href++;
	for (; *href != '\0' && out.len <= MAX_URL; href++)
	{
		in_path = in_path && *href != '?' && *href != '#';
		if (strchr("\t\n\r", *href) != NULL)
			continue;
		buffer_putc(&out, *href == '\\' && in_path ? '/' : *href);
	}
	/* a link that is too long stays so */
	while (*href == '\0' && out.len > 0 && out.data[out.len - 1] > 0 &&
		   out.data[out.len - 1] <= ' ')
		out.data[--out.len] = '\0';
	return out.data;
}

/* Length of the scheme at url with its colon; 0 if there is none. */
static size_t
scheme_length(const char *url)
{
	size_t len = 0;

	if (!ascii_is_letter(*url))
		return 0;
	while (url[len] != '\0' && (ascii_is_alnum(url[len]) || strchr("+.-", url[len]) != NULL))
		len++;
	return url[len] == ':' ? len + 1 : 0;
}

/*
 * Writes the host, behind the slashes, in lower case. False if it is a scheme
 * ("http://http://host/"), or if an ASCII character in it is, or has to be, percent-encoded:
 * libcurl decodes a host, and might read the result as another one.
 */
static bool
lower_host(char *host)
{
	size_t len = strcspn(host, "/?#");
	char *user_end = memchr(host, '@', len);

	if (user_end != NULL)
	{
		len -= (size_t) (user_end + 1 - host);
		host = user_end + 1;
	}
	for (size_t i = 0; i < len; i++)
	{
		bool is_ascii =
			host[i] == '%' ? ascii_hex_byte(host + i + 1) < 0x80 : (unsigned char) host[i] < 0x80;

		if (is_ascii && strchr(unencoded, host[i]) == NULL)
			return false;
		host[i] = ascii_lower(host[i]);
	}
	return !(strncmp(host, "http", 4) == 0 && (len == 4 || host[4] == ':')) &&
		   !(strncmp(host, "https", 5) == 0 && (len == 5 || host[5] == ':'));
}

static char *
with_host(Arena *arena, const char *scheme, const char *rest)
{
	char *link = arena_printf(arena, "%s//%s", scheme, rest);

	return lower_host(link + strlen(scheme) + 2) ? link : NULL;
}

/*
 * The link as a reference of RFC 3986, which knows one spelling of each. NULL if it is not of the
 * web.
 * See https://url.spec.whatwg.org/#special-authority-slashes-state and the states around it.
 */
static const char *
normalize(Arena *arena, const char *base, const char *href)
{
	const char *link = clean(arena, href);
	size_t len = scheme_length(link);
	size_t slashes = strspn(link + len, "/");
	char *scheme = arena_strndup(arena, link, len);

	ascii_lower_all(scheme);
	if (len == 0)
		return slashes < 2 ? link : with_host(arena, "", link + slashes);
	if (strcmp(scheme, "http:") != 0 && strcmp(scheme, "https:") != 0)
		return NULL;
	/* "https:x" is relative on a page of https, and names the host x on one of http */
	if (slashes < 2 && ascii_equal_nocase(base, scheme, len))
	{
		link += len;
		return slashes == 1 || *link == '\0' || *link == '?' || *link == '#'
				   ? link
				   : arena_printf(arena, "./%s", link);
	}
	return with_host(arena, scheme, link + len + slashes);
}

bool
url_names_host(Arena *arena, const char *base, const char *href)
{
	const char *reference = normalize(arena, base, href);

	return reference != NULL && (strncmp(reference, "//", 2) == 0 || is_of_web(reference));
}

char *
url_absolute(Arena *arena, const char *base, const char *href)
{
	const char *reference = normalize(arena, base, href);
	char resolved[MAX_URL + 1];
	const char *plain;

	reference = reference == NULL ? NULL : encode(arena, reference);
	if (reference == NULL || strlen(base) > MAX_URL)
		return NULL;
	plain = resolve_path(arena, base, reference);
	if (plain != NULL)
		return encode(arena, plain);
	/* libcurl 7.88 mistakes a fragment alone for a file. */
	if (*reference == '#')
		reference = arena_printf(arena, "%.*s%s", (int) strcspn(base, "#"), base, reference);
	/* libcurl reports an invalid base if it runs out of memory. */
	arena_ensure_room(arena, ROOM);
	resolve(base, reference, resolved);
	/* Encode again, because libcurl decodes a host, and because base can contain anything. */
	return encode(arena, resolved);
}

char *
url_part(Arena *arena, const char *slug)
{
	TextBuffer out;

	buffer_init(&out, arena);
	for (; *slug != '\0'; slug++)
	{
		if (ascii_is_alnum(*slug) || strchr("-._~", *slug) != NULL)
			buffer_putc(&out, *slug);
		else
			buffer_printf(&out, "%%%02X", (unsigned char) *slug);
	}
	return out.data;
}

/* Whether a path ends there, but for a slash. */
static bool
path_ends(const char *at)
{
	at += *at == '/';
	return *at == '\0' || *at == '?' || *at == '#';
}

/* The next byte of a path, decoded; -1 at its end. *at moves behind it. */
static int
path_byte(const char **at)
{
	const char *p = *at;
	int byte = *p == '%' ? ascii_hex_byte(p + 1) : -1;

	if (path_ends(p))
		return -1;
	*at = p + (byte < 0 ? 1 : 3);
	return byte < 0 ? (unsigned char) *p : byte;
}

/* Whether both go on alike, to their ends. */
static bool
same_rest(const char *a, const char *b)
{
	int byte;

	do
	{
		byte = path_byte(&a);
		if (path_byte(&b) != byte)
			return false;
	} while (byte >= 0);
	return true;
}

/* Where the path of an address begins. */
static const char *
path_of(const char *url)
{
	const char *host = strstr(url, "://");

	return host == NULL ? url : host + 3 + strcspn(host + 3, "/?#");
}

/* Where a path goes on behind a language ("/en", "/pt-br"), if it begins with one. */
static const char *
behind_language(const char *path)
{
	size_t len = *path == '/' ? strcspn(path + 1, "/?#") : 0;

	if ((len != 2 && len != 5) || path[1 + len] != '/')
		return path;
	for (size_t i = 0; i < len; i++)
	{
		if (i == 2 ? path[1 + i] != '-'
				   : !ascii_is_alnum(path[1 + i]) || ascii_is_digit(path[1 + i]))
			return path;
	}
	return path + 1 + len;
}

bool
url_same_page(const char *a, const char *b)
{
	const char *path_a = path_of(a);
	const char *path_b = path_of(b);

	if (same_rest(a, b))
		return true;
	return path_a - a == path_b - b && strncmp(a, b, path_a - a) == 0 &&
		   same_rest(behind_language(path_a), behind_language(path_b));
}
