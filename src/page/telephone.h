/*
 * telephone.h: finds telephone numbers in texts, and digits that are something else. Each call
 * reads a bounded number of bytes, but for a web address.
 */
#ifndef ESN_TELEPHONE_H
#define ESN_TELEPHONE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Length of the telephone number at s + at; 0 if there is none. Without `text` (in markup and JSON)
 * only an announced number is one. With `listed`, it follows another number as in "1 or 2".
 */
extern size_t telephone_length(const char *s, size_t at, bool text, bool listed);

/* Whether the text of len bytes at s joins two numbers: ", ", " / ", " or ". */
extern bool joins_numbers(const char *s, size_t len);

/*
 * Length of what is kept whole at s, because its digits are not a telephone number: a web address
 * up to a number or an '@' in it, an IBAN, a date; 0 if there is none.
 */
extern size_t whole_length(const char *s);

/* Whether the text before s + at is a "+" that is encoded for web addresses. */
extern bool is_after_encoded_plus(const char *s, size_t at);

#endif
