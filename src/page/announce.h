/*
 * announce.h: what the words before a number say that it is. Does not look at the number.
 */
#ifndef ESN_ANNOUNCE_H
#define ESN_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum Announcement
{
	ANNOUNCED_NOTHING,
	ANNOUNCED_TELEPHONE, /* "Tel.: ", "call us at " */
	ANNOUNCED_PERSON,    /* "Contact: Anna, ": a number of some length is one */
	ANNOUNCED_OTHER,     /* "VAT no. ", "ISBN " */
	ANNOUNCED_UNDECIDED  /* of a single word: what is before it decides */
} Announcement;

/*
 * What the text before s + at announces, in the languages of Europe. Reads a bounded number of
 * bytes.
 */
extern Announcement announcement_before(const char *s, size_t at);

/* Whether the text at s announces the number before it: " (WhatsApp)". */
extern bool announcement_after(const char *s);

#define FOLDED_WORD 32

/*
 * Writes a word of len bytes in lower case, Latin letters and Greek vowels without accents. A
 * longer word than fits becomes "".
 */
extern void fold_word(const char *s, size_t len, char out[FOLDED_WORD]);

/* Whether a folded word is one of a list that ends with NULL. */
extern bool is_one_of(const char *word, const char *const *list);

/*
 * Whether the byte belongs to a letter or digit of any script. All bytes of a character give the
 * same answer. The dashes and quotation marks of U+2000 to U+206F are not letters.
 */
extern bool is_letter_byte(const char *s, size_t at);

#endif
