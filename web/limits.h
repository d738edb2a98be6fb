/*
 * limits.h: how often an address or a key may ask, and how long a connection may take.
 */
#ifndef WEB_LIMITS_H
#define WEB_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A client's address, of IPv6 its network; a NUL before it, which no key begins with. */
typedef struct Origin
{
	size_t size; /* 0: it is not known */
	unsigned char bytes[9];
} Origin;

extern bool limits_same(const Origin *a, const Origin *b);

/* per_second: requests by one address or key; 0: any number. False: there is no memory. */
extern int limits_open(unsigned per_second);
extern void limits_close(void);

/* Takes a request of whoever it is. Returns after how many seconds it may try again, 0: now. */
extern unsigned limits_take(const void *who, size_t size);

/*
 * A connection with a deadline, after which its socket is shut down, whatever libmicrohttpd waits
 * for. The deadline is that of the next request at first, and set by limits_extend() then.
 */
typedef struct Client Client;

extern Client *limits_connected(int socket);
extern void limits_extend(Client *client, int64_t milliseconds);
extern void limits_disconnected(Client *client);

/* Whether the other side has closed it. libmicrohttpd does not look while it is suspended. */
extern bool limits_is_gone(const Client *client);

/* Shuts down what is over its deadline; called about once a second. */
extern void limits_enforce(void);

#endif
