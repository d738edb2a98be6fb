/*
 * limits.c: token buckets by address and key, and the deadlines of connections. libmicrohttpd's own
 * timeout begins anew with each byte, so that a client could hold a connection for hours.
 */
#include "limits.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"

#define BUCKETS 65536
#define PROBES 4
#define BURST_SECONDS 4        /* a bucket holds what comes in this time */
#define FIRST_REQUEST_MS 15000 /* for the first request, until all of it is there */

typedef struct Bucket
{
	uint64_t who; /* 0: free */
	int64_t filled;
	double tokens;
} Bucket;

struct Client
{
	Client *next;
	Client **place;
	int socket;
	_Atomic int64_t deadline;
};

static pthread_mutex_t bucket_lock = PTHREAD_MUTEX_INITIALIZER;
static Bucket *buckets;
static double rate;
static uint64_t seed;

static pthread_mutex_t client_lock = PTHREAD_MUTEX_INITIALIZER;
static Client *clients;

int
limits_open(unsigned per_second)
{
	rate = per_second;
	seed = random_seed();
	buckets = calloc(BUCKETS, sizeof(Bucket));
	return buckets != NULL;
}

void
limits_close(void)
{
	free(buckets);
	buckets = NULL;
}

bool
limits_same(const Origin *a, const Origin *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static uint64_t
hash_of(const unsigned char *who, size_t size)
{
	uint64_t hash = 14695981039346656037ULL ^ seed;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ who[i]) * 1099511628211ULL;
	hash ^= hash >> 31;
	return hash == 0 ? 1 : hash;
}

/* The bucket of an address; where too many share a place, the one that was not used for longest. */
static Bucket *
bucket_of(uint64_t who, int64_t now)
{
	Bucket *oldest = NULL;

	for (uint64_t n = 0; n < PROBES; n++)
	{
		Bucket *bucket = &buckets[(who + n) % BUCKETS];

		if (bucket->who == who)
			return bucket;
		if (oldest == NULL || bucket->filled < oldest->filled)
			oldest = bucket;
	}
	*oldest = (Bucket){.who = who, .filled = now, .tokens = rate * BURST_SECONDS};
	return oldest;
}

unsigned
limits_take(const void *who, size_t size)
{
	int64_t now = clock_now();
	unsigned wait = 0;
	Bucket *bucket;

	if (rate <= 0)
		return 0;
	pthread_mutex_lock(&bucket_lock);
	bucket = bucket_of(hash_of(who, size), now);
	bucket->tokens += (double) (now - bucket->filled) * rate / 1000;
	if (bucket->tokens > rate * BURST_SECONDS)
		bucket->tokens = rate * BURST_SECONDS;
	bucket->filled = now;
	if (bucket->tokens >= 1)
		bucket->tokens -= 1;
	else
		wait = 1 + (unsigned) ((1 - bucket->tokens) / rate);
	pthread_mutex_unlock(&bucket_lock);
	return wait;
}

Client *
limits_connected(int socket)
{
	Client *client = malloc(sizeof(Client));

	if (client == NULL)
		return NULL;
	client->socket = socket;
	atomic_init(&client->deadline, clock_now() + FIRST_REQUEST_MS);
	pthread_mutex_lock(&client_lock);
	client->next = clients;
	client->place = &clients;
	if (clients != NULL)
		clients->place = &client->next;
	clients = client;
	pthread_mutex_unlock(&client_lock);
	return client;
}

void
limits_extend(Client *client, int64_t milliseconds)
{
	if (client != NULL)
		atomic_store(&client->deadline, clock_now() + milliseconds);
}

void
limits_disconnected(Client *client)
{
	if (client == NULL)
		return;
	pthread_mutex_lock(&client_lock);
	*client->place = client->next;
	if (client->next != NULL)
		client->next->place = client->place;
	pthread_mutex_unlock(&client_lock);
	free(client);
}

bool
limits_is_gone(const Client *client)
{
	char byte;
	ssize_t received;

	if (client == NULL)
		return false;
	received = recv(client->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return received == 0 || (received < 0 && errno != EAGAIN && errno != EINTR);
}

void
limits_enforce(void)
{
	int64_t now = clock_now();

	pthread_mutex_lock(&client_lock);
	for (Client *client = clients; client != NULL; client = client->next)
	{
		if (atomic_load(&client->deadline) < now)
			shutdown(client->socket, SHUT_RDWR);
	}
	pthread_mutex_unlock(&client_lock);
}
