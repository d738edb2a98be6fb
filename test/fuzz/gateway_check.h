/*
 * gateway_check.h: what fuzz_gateway.c remembers of each request and of each answer of the
 * database, and what the gateway has promised about them. What requests mean is read here anew, not
 * with the gateway's own functions.
 */
#ifndef ESN_FUZZ_GATEWAY_CHECK_H
#define ESN_FUZZ_GATEWAY_CHECK_H

#include "base/arena.h"
#include "fake_http.h"
#include "fuzz.h"

#define GATEWAY_RATE 2    /* requests per second */
#define GATEWAY_BURST 8   /* at once */
#define GATEWAY_STREAMS 3 /* at a time */
#define GATEWAY_STREAMS_OF_ONE 2

/* What the database says. */
typedef struct Said
{
	unsigned status;
	int lifetime;
	unsigned filler;
	const char *headers;
	const char *route;
} Said;

/* An answer of the database, and what it was asked. */
typedef struct Made
{
	struct Made *older;
	const char *id;
	const char *method;
	const char *path;
	const char *query;
	const char *key;
	const char *body;
	unsigned generation;
	int64_t seconds; /* when */
	int64_t lifetime;
	unsigned status;
	const char *headers;
	const char *content;
} Made;

/* A request. */
typedef struct Asked
{
	struct Asked *older; /* of the streams */
	struct MHD_Connection connection;
	const char *path;
	const char *query;
	const char *key;
	const char *who; /* the address */
	const char *body;
	size_t body_size;
	unsigned generation;
	int64_t seconds;
	bool is_wrong;
	bool is_limited;
	bool is_checked;
	bool is_stream;
	TextBuffer stream; /* what it says, without comments */
	size_t first;      /* of it, what does not come from a notification */
	size_t read;
} Asked;

typedef struct Bucket
{
	struct Bucket *next;
	const char *name;
	int64_t tokens;
	int64_t seconds;
} Bucket;

typedef struct Gateway
{
	Arena *arena;
	int64_t seconds;       /* the time */
	unsigned generation;   /* how many notifications there were */
	bool was_bad;          /* the database has failed */
	struct Asked *streams; /* the newest */
	Made *made;
	Bucket *buckets;
} Gateway;

/* The client's own address. */
extern void set_client(Asked *asked, const char *address);

/* Before the gateway gets it. */
extern void check_begun(Gateway *gateway, Asked *asked);

/* When the gateway has answered it, or dropped it. */
extern void check_answered(Gateway *gateway, Asked *asked);

/* A notification for all streams. */
extern void check_published(Asked *asked, const char *payload);

/* Reads what a stream has to say, if it is one. */
extern void check_stream(Asked *asked);

#endif
