/*
 * pace.c: when to make the next request. Arithmetic only.
 */
#include "http/pace.h"

#include <assert.h>
#include <locale.h>
#include <string.h>
#include <time.h>

#define MAX_RETRY_WAIT_MS ((int64_t) 3600 * 1000)
#define MAX_RETRY_AFTER_MS ((int64_t) 24 * 3600 * 1000)

bool
status_is_retryable(int status)
{
	return status == 408 || status == 425 || status == 429 ||
		   (status >= 500 && status <= 599 && status != 501);
}

int64_t
retry_wait_ms(int base_ms, int retry, uint64_t random)
{
	int64_t wait = base_ms;

	for (int i = 1; i < retry && wait < MAX_RETRY_WAIT_MS; i++)
		wait *= 2;
	/* 800 to 1200 thousandths */
	wait = wait * (int64_t) (800 + random % 401) / 1000;
	return wait < MAX_RETRY_WAIT_MS ? wait : MAX_RETRY_WAIT_MS;
}

static int64_t
limit_retry_after(int64_t seconds)
{
	if (seconds < 0)
		return 0;
	return seconds < MAX_RETRY_AFTER_MS / 1000 ? seconds * 1000 : MAX_RETRY_AFTER_MS;
}

/* A two-digit year stands for 1969 to 2068. */
bool
parse_http_date(const char *s, int64_t *seconds)
{
	static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
										"%a %b %e %H:%M:%S %Y"};

	/* English names of months, in any locale of the process */
	locale_t english = newlocale(LC_ALL_MASK, "C", (locale_t) 0);
	bool found = false;

	for (size_t i = 0; english != (locale_t) 0 && !found && i < sizeof(forms) / sizeof(forms[0]);
		 i++)
	{
		struct tm tm = {0};
		const char *end = strptime_l(s, forms[i], &tm, english);

		found = end != NULL && end[strspn(end, " \t")] == '\0';
		if (found)
			*seconds = (int64_t) timegm(&tm);
	}
	if (english != (locale_t) 0)
		freelocale(english);
	return found;
}

int64_t
retry_after_ms(const char *header, int64_t now_seconds)
{
	size_t digits;
	int64_t seconds = 0;

	if (header == NULL)
		return -1;
	header += strspn(header, " \t");
	digits = strspn(header, "0123456789");
	if (digits == 0)
		return parse_http_date(header, &seconds) ? limit_retry_after(seconds - now_seconds) : -1;
	if (header[digits + strspn(header + digits, " \t")] != '\0')
		return -1;
	for (size_t i = 0; i < digits && seconds < MAX_RETRY_AFTER_MS; i++)
		seconds = seconds * 10 + (header[i] - '0');
	return limit_retry_after(seconds);
}

Pace
pace_of(int least_ms)
{
	return (Pace){.least_ms = least_ms,
				  .delay_ms = least_ms,
				  .next_start = INT64_MIN,
				  .held_until = INT64_MIN,
				  .slowed_at = INT64_MIN};
}

void
pace_set_least(Pace *pace, int least_ms)
{
	pace->least_ms = least_ms;
	if (pace->delay_ms < least_ms)
		pace->delay_ms = least_ms;
}

void
pace_hold(Pace *pace, int64_t until)
{
	if (pace->held_until < until)
		pace->held_until = until;
	if (pace->next_start < until)
		pace->next_start = until;
}

void
pace_start(Pace *pace, int64_t now)
{
	bool on_time = pace->next_start >= now - PACE_SLACK_MS;

	assert(now >= pace->next_start && now >= pace->held_until);
	assert(pace->delay_ms >= pace->least_ms);
	pace->next_start = (on_time ? pace->next_start : now) + pace->delay_ms;
}

void
pace_slow(Pace *pace, int64_t started, int64_t now)
{
	int64_t longest = (int64_t) PACE_MAX_FACTOR * pace->least_ms;
	int64_t delay_ms = (int64_t) 2 * pace->delay_ms;

	if (started <= pace->slowed_at)
		return;
	pace->slowed_at = now;
	if (longest > PACE_MAX_DELAY_MS)
		longest = PACE_MAX_DELAY_MS;
	if (delay_ms > longest)
		delay_ms = longest;
	if (delay_ms <= pace->delay_ms)
		return;
	/* as if it had applied when the last request was started */
	if (pace->next_start != INT64_MIN)
		pace->next_start += delay_ms - pace->delay_ms;
	pace->delay_ms = (int) delay_ms;
}

void
pace_ease(Pace *pace, int64_t started)
{
	int delay_ms = pace->delay_ms - (pace->delay_ms + 9) / 10;

	if (started > pace->slowed_at)
		pace->delay_ms = delay_ms > pace->least_ms ? delay_ms : pace->least_ms;
}

uint64_t
random_next(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}
