/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom the card trusts to sign for terminals (BSI TR-03110-3 C, D): the current and the previous CVCA key, and the
 * card's idea of the date. Set by the issuer; a link certificate moves them on. */
#ifndef TRUST_H
#define TRUST_H

#include "card_edge.h"
#include "core.h"

#define CV_POINT_LEN 65

struct cv_date {
    uint8_t digit[CVC_DATE_LEN]; /* YYMMDD, one a byte */
};
struct cv_name {
    uint8_t len;
    uint8_t byte[CVC_NAME_MAX];
};

/* The holder of a CV certificate: a CVCA, document verifier or terminal. */
struct cv_holder {
    struct cv_name name; /* CHR */
    uint64_t rights;     /* of the CHAT: 40 bits */
    struct cv_date effective, expiry;
    uint8_t point[CV_POINT_LEN]; /* of P-256, checked */
};

enum trust { TRUST_CURRENT, TRUST_PREVIOUS };

/* Reads all of r: 8 to 16 bytes. */
void cv_name_read(struct rd *r, struct cv_name *name);
bool cv_name_same(const struct cv_name *a, const struct cv_name *b);
/* Reads all of r: six digits that are a day of a calendar. */
void cv_date_read(struct rd *r, struct cv_date *date);
/* Negative, 0 or positive: a is before, the same or after b. */
int cv_date_compare(const struct cv_date *a, const struct cv_date *b);
/* Reads a CHAT's content, 06 OID, 53 rights of 5 bytes. *at: it is one of authentication terminals. */
void cv_chat_read(struct rd *r, uint64_t *rights, bool *at);
unsigned cv_role(uint64_t rights);

/* False where there is none. */
bool trust_read(const struct core *core, enum trust which, struct cv_holder *holder);
/* The name alone, for who asks which there are: the rest of the record is not read, and so not checked. */
bool trust_name(const struct core *core, enum trust which, struct cv_name *name);
/* Zeros where none was set. */
void card_date_read(const struct core *core, struct cv_date *date);

/* The issuer's trust point and date (DGI_TRUST_POINT, DGI_CARD_DATE in card_edge.h), each in one transaction: 9000,
 * 6A80, 6A84, 6581. */
uint16_t trust_issue(struct core *core, struct rd *value);
uint16_t card_date_issue(struct core *core, struct rd *value);
/* A link certificate verified: its holder becomes the current trust point, that one the previous, and the date goes on,
 * in one transaction. */
uint16_t trust_link(struct core *core, const struct cv_holder *next);
/* The date goes on to this one, if it is later. */
uint16_t card_date_advance(struct core *core, const struct cv_date *date);

#endif
