/*
 * reader.c: see reader.h. No SQL except for the rules, no network.
 */
#include "postgres.h"

#include "common/base64.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "base/text.h"
#include "crawl/reader.h"
#include "page/page_json.h"
#include "page/redact.h"
#include "pg/server_arena.h"
#include "pg/settings.h"
#include "store/batch.h"

/* For so many days what an activity's page has and lacks says how such pages are written. */
#define RULES_SHOW_DAYS 365

static Date
days_ago(int days)
{
	int today = (int) (GetCurrentTimestamp() / USECS_PER_DAY) + POSTGRES_EPOCH_JDATE;
	Date date;

	j2date(today - days, &date.year, &date.month, &date.day);
	return date;
}

void
reader_open(PageReader *reader)
{
	reader->arena = server_arena();
	store_load_rules(setting_redact_personal_data, &reader->rules);
	reader->tally.matched = palloc0(sizeof(int) * (reader->rules.count + 1));
	reader->tally.since = days_ago(RULES_SHOW_DAYS);
}

void
reader_close(PageReader *reader)
{
	rules_free(reader->rules.rules);
	arena_destroy(reader->arena);
}

SitePage *
reader_parse(PageReader *reader, PageKind kind, const char *url, const char *body, size_t len,
			 const char *content_type)
{
	PageOptions options = {.rules = reader->rules.rules,
						   .redact = setting_redact_personal_data,
						   .tally = &reader->tally};
	SitePage *page = page_parse(reader->arena, &options, kind, url, body, len, content_type);

	if (page == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"),
						errdetail("While reading %s.", url)));
	if (page->problem == NULL && kind == PAGE_STATISTICS && page->statistics.json != NULL &&
		!store_is_jsonb(page->statistics.json))
		page->problem = "the statistics are not valid JSON";
	return page;
}

const char *
reader_json(PageReader *reader, const SitePage *page)
{
	const char *json = page_to_json(reader->arena, page);

	if (json == NULL)
		report_out_of_memory(NULL);
	return json;
}

char *
reader_kept_body(PageReader *reader, const SitePage *page, const char *body, size_t len,
				 const char *content_type)
{
	const char *text;
	char *encoded;
	int size;
	int written;

	if (setting_keep_pages == KEEP_PAGES_OFF || page == NULL ||
		(setting_keep_pages == KEEP_PAGES_INVALID && page->error_count == 0))
		return NULL;
	text = text_to_utf8(reader->arena, body, len, content_type, &len);
	if (setting_redact_personal_data)
		text = redact_page(reader->arena, text);
	len = strlen(text);
	size = pg_b64_enc_len((int) len);
	encoded = palloc(size + 1);
	written = pg_b64_encode(text, (int) len, encoded, size);
	if (written < 0)
		elog(ERROR, "could not encode a page");
	encoded[written] = '\0';
	return encoded;
}
