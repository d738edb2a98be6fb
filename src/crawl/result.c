/*
 * result.c: see result.h.
 */
#include "postgres.h"

#include <sys/resource.h>

#include "crawl/result.h"
#include "pg/channel.h"
#include "pg/settings.h"

#define MIN_INVALID 20

void
result_check_success(const RunInfo *info, const RunResult *result)
{
	int failed = result->counts.sections_failed;
	int all = result->counts.sections_processed + failed;

	if (all == 0 || result->counts.sections_processed >= setting_min_success_ratio * all)
		return;
	ereport(LOG, (errmsg("esn_pulse run " INT64_FORMAT ": %d of %d sections failed", info->id,
						 failed, all)));
	channel_notice(WARNING, "To retry them, run SELECT id, status FROM esn_retry_failed();",
				   "%d of %d sections failed, more than esn_pulse.min_success_ratio allows", failed,
				   all);
}

static double
cpu_seconds(const struct rusage *usage)
{
	return usage->ru_utime.tv_sec + usage->ru_stime.tv_sec +
		   (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

void
result_count_cost(RunResult *result, double cpu_at_start)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		return;
	result->counts.cpu_seconds = cpu_seconds(&usage) - cpu_at_start;
	result->counts.peak_memory = (int64) usage.ru_maxrss * 1024;
}

static bool
has_read_activities(const RunResult *result)
{
	return result->counts.added + result->counts.changed + result->counts.unchanged > 0;
}

void
result_check_validity(const RunResult *result)
{
	int all = result->counts.added + result->counts.changed + result->counts.unchanged;

	if (result->counts.invalid < MIN_INVALID || result->counts.invalid * 2 < all)
		return;
	channel_notice(WARNING,
				   "The site's markup may have changed. To see where, run SELECT * FROM "
				   "esn_rule_match_rates; then add a rule.",
				   "%d of %d activities have an invalid field", result->counts.invalid, all);
}

void
result_mark_removed(const RunInfo *info, RunResult *result)
{
	int answered;
	int marked;
	int gone = store_mark_removed(info->id, setting_max_removed_ratio, &answered, &marked);

	if (marked > 0)
		channel_notice(NOTICE, NULL, "%d activities or sections are gone: marked as removed",
					   marked);
	if (gone > 0 && !result->implausible)
	{
		result->implausible = true;
		result->failure = psprintf("%d of %d pages are gone, more than esn_pulse.max_removed_ratio "
								   "allows; none was marked as removed",
								   gone, answered);
	}
	if (result->implausible)
		channel_notice(
			WARNING,
			"Look at the site. If they are gone for good: SET esn_pulse.max_removed_ratio "
			"= 1; and start the run again.",
			"%s", result->failure);
}

bool
result_is_unfinished(const RunResult *result)
{
	return result->out_of_time || result->blocked;
}

const char *
result_final_message(const RunResult *result, const char **status)
{
	int left =
		result->sections_due - result->counts.sections_processed - result->counts.sections_failed;

	*status = result->failure != NULL        ? "failed"
			  : result_is_unfinished(result) ? "partial"
											 : "completed";
	if (result->failure == NULL && result->counts.sections_processed == 0 &&
		result->counts.sections_failed > 0 && !has_read_activities(result))
	{
		*status = "failed";
		return result->blocked ? psprintf("stopped: %s; see failed_scrapes", result->block_reason)
							   : "no section could be read; see failed_scrapes";
	}
	if (result->failure == NULL && result->blocked)
		return psprintf("stopped: %s; the rest comes first in the next run", result->block_reason);
	if (result->failure == NULL && result->out_of_time)
		return psprintf("time limit reached; %s first in the next run",
						left > 1 ? psprintf("the remaining %d sections come", left)
								 : "the rest comes");
	return result->failure;
}
