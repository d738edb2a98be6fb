/*
 * networks.h: social networks, by the addresses and the titles of links to them.
 */
#ifndef ESN_NETWORKS_H
#define ESN_NETWORKS_H

#include "base/arena.h"

/*
 * The network that a link leads to, in lower case: "facebook". The host names it, whatever the
 * title says; if the host is not known, a title such as "Facebook profile" does. NULL: neither
 * does. url and title may be NULL.
 */
extern const char *network_of(Arena *arena, const char *url, const char *title);

#endif
