/*
 * protected_email.h: e-mail addresses that Cloudflare has hidden from programs.
 */
#ifndef ESN_PROTECTED_EMAIL_H
#define ESN_PROTECTED_EMAIL_H

#include "base/arena.h"
#include "html/html.h"

/*
 * Writes the addresses into a page where browsers show them: as the text of elements with
 * data-cfemail, and as mailto: where links lead to /cdn-cgi/l/email-protection#.... What does not
 * decode to an address stays as it is.
 */
extern void reveal_emails(Arena *arena, HtmlNode *root);

#endif
