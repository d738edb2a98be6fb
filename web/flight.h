/*
 * flight.h: requests that wait for the database. Those for the same answer ask once.
 */
#ifndef WEB_FLIGHT_H
#define WEB_FLIGHT_H

#include <stdbool.h>

#include "request.h"

/*
 * Has the database answer a request, whose connection is suspended; it is resumed with the answer.
 * cached_as: under which the answer is kept, and shared by those who wait; NULL: it is not. False:
 * too much is being asked already, or there is no memory.
 */
extern bool flight_join(Request *request, const char *method, const char *cached_as);

#endif
