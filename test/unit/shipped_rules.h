/*
 * shipped_rules.h: the rules that the extension ships, read from the SQL that inserts them (one row
 * a line), so that tests of the core try what a database uses.
 */
#ifndef ESN_SHIPPED_RULES_H
#define ESN_SHIPPED_RULES_H

#include "page/rules.h"

/* Ends the program with a message where they can't be read or compiled. */
extern RuleSet *shipped_rules(void);

#endif
