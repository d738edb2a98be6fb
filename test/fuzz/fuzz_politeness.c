/*
 * fuzz_politeness.c: Retry-After and Date, header fields made of any bytes. The first line is the
 * one, the second the other.
 */
#include <string.h>
#include <time.h>

#include "http/pace.h"
#include "fuzz.h"

#define DAY_MS ((int64_t) 24 * 3600 * 1000)

static void
check_date(int64_t seconds)
{
	char text[64];
	time_t when = (time_t) seconds;
	struct tm tm;
	int64_t again;

	fuzz_check(gmtime_r(&when, &tm) != NULL);
	/* years of four digits are all that the format has */
	if (tm.tm_year < 1000 - 1900 || tm.tm_year > 9999 - 1900)
		return;
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	fuzz_check(parse_http_date(text, &again) && again == seconds);
	fuzz_check(retry_after_ms(text, seconds) == 0);
	fuzz_check(retry_after_ms(text, seconds - 5) == 5000);
	fuzz_check(retry_after_ms(text, seconds + 5) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *retry_after = fuzz_line(&input, arena);
	const char *date = fuzz_line(&input, arena);
	int64_t now = 1700000000;
	int64_t seconds;
	int64_t wait;

	if (parse_http_date(date, &seconds))
		now = seconds;
	wait = retry_after_ms(retry_after, now);
	fuzz_check(wait >= -1 && wait <= DAY_MS);
	if (parse_http_date(retry_after, &seconds))
	{
		check_date(seconds);
		fuzz_check(wait >= 0);
	}
	if (*retry_after != '\0' && strspn(retry_after, "0123456789") == strlen(retry_after))
		fuzz_check(wait >= 0 && wait % 1000 == 0);
	return 0;
}
