/*
 * channel.c: sends messages from a run's worker to its caller over a shm_mq. It does not interpret
 * them.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "pg/channel.h"
#include "pg/wait_events.h"

#define PATIENCE_MS 5000

static shm_mq_handle *channel = NULL;

/*
 * A message that did not fit into the queue yet. shm_mq requires it complete and unchanged until it
 * is sent.
 */
static StringInfoData unsent;

void
channel_open(dsm_segment *segment, shm_mq *queue)
{
	MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);

	Assert(channel == NULL);
	shm_mq_set_sender(queue, MyProc);
	channel = shm_mq_attach(queue, segment, NULL);
	initStringInfo(&unsent);
	MemoryContextSwitchTo(before);
}

/* Whether the queue is free for a new message. */
static bool
push_unsent(void)
{
	shm_mq_result result;

	if (channel == NULL)
		return false;
	if (unsent.len == 0)
		return true;
	result = shm_mq_send(channel, unsent.len, unsent.data, true, true);
	if (result == SHM_MQ_WOULD_BLOCK)
		return false;
	resetStringInfo(&unsent);
	if (result == SHM_MQ_DETACHED)
		channel = NULL;
	return channel != NULL;
}

static void
send_message(StringInfo message)
{
	Assert(unsent.len == 0 && message->len > 0);
	appendBinaryStringInfo(&unsent, message->data, message->len);
	push_unsent();
}

/*
 * Waits until the queue is free. Returns false if it is not in time. Does not react to cancels,
 * because the run is ending.
 */
static bool
wait_for_room(void)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), PATIENCE_MS);

	while (!push_unsent())
	{
		if (channel == NULL || GetCurrentTimestamp() >= end)
			return false;
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, 100,
						 wait_event(WAIT_FOR_RUN));
		ResetLatch(MyLatch);
	}
	return true;
}

static void
begin_message(StringInfo message, MessageKind kind)
{
	initStringInfo(message);
	pq_sendbyte(message, (uint8) kind);
}

static void
put_string(StringInfo message, const char *s)
{
	pq_sendbyte(message, s != NULL);
	if (s != NULL)
		appendBinaryStringInfo(message, s, strlen(s) + 1);
}

static void
put_report(StringInfo message, const ErrorData *report)
{
	pq_sendint32(message, report->elevel);
	pq_sendint32(message, report->sqlerrcode);
	put_string(message, report->message);
	put_string(message, report->detail);
	put_string(message, report->hint);
	put_string(message, report->context);
}

static void
send_report(int elevel, const char *message, const char *detail, const char *hint)
{
	StringInfoData out;
	ErrorData report = {.elevel = elevel,
						.sqlerrcode =
							elevel >= WARNING ? ERRCODE_WARNING : ERRCODE_SUCCESSFUL_COMPLETION,
						.message = unconstify(char *, message),
						.detail = unconstify(char *, detail),
						.hint = unconstify(char *, hint)};

	begin_message(&out, MESSAGE_NOTICE);
	put_report(&out, &report);
	send_message(&out);
	pfree(out.data);
}

void
channel_notice(int elevel, const char *hint, const char *format, ...)
{
	StringInfoData text;

	if (!push_unsent())
		return;
	initStringInfo(&text);
	for (;;)
	{
		va_list args;
		int needed;

		va_start(args, format);
		needed = appendStringInfoVA(&text, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&text, needed);
	}
	send_report(elevel, text.data, NULL, hint);
	pfree(text.data);
}

void
channel_summary(int elevel, const char *message, const char *detail, const char *hint)
{
	if (wait_for_room())
		send_report(elevel, message, detail, hint);
}

void
channel_row(MessageKind kind, Datum row)
{
	StringInfoData message;
	HeapTupleHeader tuple = DatumGetHeapTupleHeader(row);

	Assert(kind == MESSAGE_STARTED || kind == MESSAGE_ENDED);
	if (!wait_for_room())
		return;
	begin_message(&message, kind);
	appendBinaryStringInfo(&message, (char *) tuple, HeapTupleHeaderGetDatumLength(tuple));
	send_message(&message);
	wait_for_room();
	pfree(message.data);
}

void
channel_answer(const char *answer)
{
	StringInfoData message;

	if (!wait_for_room())
		return;
	begin_message(&message, MESSAGE_ANSWER);
	put_string(&message, answer);
	send_message(&message);
	wait_for_room();
	pfree(message.data);
}

void
channel_error(ErrorData *error)
{
	StringInfoData message;

	if (!wait_for_room())
		return;
	begin_message(&message, MESSAGE_ERROR);
	put_report(&message, error);
	send_message(&message);
	wait_for_room();
	pfree(message.data);
}

static char *
get_string(StringInfo message)
{
	const char *s;

	if (!pq_getmsgbyte(message))
		return NULL;
	s = message->data + message->cursor;
	message->cursor += strlen(s) + 1;
	return pstrdup(s);
}

void
channel_decode(const char *data, Size len, Message *message)
{
	StringInfoData in;

	Assert(len > 0);
	memset(message, 0, sizeof(*message));
	message->kind = (MessageKind) data[0];
	if (message->kind == MESSAGE_STARTED || message->kind == MESSAGE_ENDED)
	{
		/* Copy the tuple, so that it is aligned and outlives the message. */
		message->row = PointerGetDatum(memcpy(palloc(len - 1), data + 1, len - 1));
		return;
	}
	in = (StringInfoData){.data = unconstify(char *, data + 1), .len = len - 1, .maxlen = -1};
	if (message->kind == MESSAGE_ANSWER)
	{
		message->answer = get_string(&in);
		return;
	}
	Assert(message->kind == MESSAGE_NOTICE || message->kind == MESSAGE_ERROR);
	message->report = palloc0(sizeof(ErrorData));
	message->report->elevel = pq_getmsgint(&in, 4);
	message->report->sqlerrcode = pq_getmsgint(&in, 4);
	message->report->message = get_string(&in);
	message->report->detail = get_string(&in);
	message->report->hint = get_string(&in);
	message->report->context = get_string(&in);
	message->report->assoc_context = CurrentMemoryContext;
}
