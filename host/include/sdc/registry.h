/* SPDX-License-Identifier: BSD-2-Clause */
/* The registry: which card was made from which request, and what state it is in. SQLite; any number of processes at
 * once. No personal data: the person is a keyed hash. Every call is one transaction, tried again as a whole while
 * another process holds the database; none talks to a card. SDC_E_IO where the database fails. */
#ifndef SDC_REGISTRY_H
#define SDC_REGISTRY_H

#include "bytes.h"

#define SDC_UUID_TEXT   37 /* with its NUL */
#define SDC_TIME_TEXT   21 /* "2026-11-25T08:30:00Z" with its NUL */
#define SDC_DIGEST_TEXT 65 /* hex of 32 bytes with its NUL */
#define SDC_TAG_TEXT    33 /* hex of 16 bytes with its NUL */
#define SDC_CHIP_TEXT   21 /* hex of 10 bytes with its NUL */

enum sdc_card_state {
    SDC_CARD_ASSIGNED, /* a request has its GUID and number; where it has a chip, that one may be half made */
    SDC_CARD_ISSUED,   /* verified as a reader does, still with its transport PIN */
    SDC_CARD_ACTIVE,   /* its holder has set the PIN */
    SDC_CARD_SPOILED,  /* given up half made: another card took its request over */
    SDC_CARD_EXPIRED,
    SDC_CARD_STATES
};
const char *sdc_card_state_name(enum sdc_card_state state); /* "assigned" */

struct sdc_card_row {
    char guid[SDC_UUID_TEXT], transaction_id[SDC_UUID_TEXT];
    char record_digest[SDC_DIGEST_TEXT];
    char document_number[10];
    char person_tag[SDC_TAG_TEXT];
    char expires[11];         /* YYYY-MM-DD */
    char chip[SDC_CHIP_TEXT]; /* serial number of the chip it is made on; "" until one was bound */
    enum sdc_card_state state;
};

struct sdc_registry;

/* Opens a registry and brings its schema up to date. 'create' makes a new one (SDC_E_CONFLICT where there is one). */
enum sdc_status sdc_registry_open(const char *path, bool create, struct sdc_registry **registry,
                                  struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_registry_close(struct sdc_registry *registry); /* NULL is fine */

/* The row of a request. In 'row' the caller gives transaction_id, record_digest, person_tag and expires; 'today' is
 * YYYY-MM-DD. A request that is known comes back as it stands, *known true; a new one gets a random GUID and document
 * number and is 'assigned'. SDC_E_CONFLICT: the same request with other content, or a person with another live card. */
enum sdc_status sdc_registry_assign(struct sdc_registry *registry, struct sdc_card_row *row, const char *today,
                                    bool *known, struct sdc_error *e) SDC_WARN_UNUSED;
/* As sdc_registry_assign, but changes nothing: a request that isn't known leaves 'row' as it was. */
enum sdc_status sdc_registry_look_up(struct sdc_registry *registry, struct sdc_card_row *row, const char *today,
                                     bool *known, struct sdc_error *e) SDC_WARN_UNUSED;
/* The row's card is given up ('spoiled'); the request gets a new GUID and number, and no chip yet, in the same
 * transaction. Only from 'assigned' (SDC_E_CONFLICT). */
enum sdc_status sdc_registry_reassign(struct sdc_registry *registry, struct sdc_card_row *row,
                                      struct sdc_error *e) SDC_WARN_UNUSED;
/* The row of a request's card, or of a GUID; *found false where there is none. Read-only. */
enum sdc_status sdc_registry_find_request(struct sdc_registry *registry, const char *transaction_id,
                                          struct sdc_card_row *row, bool *found, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status sdc_registry_find_card(struct sdc_registry *registry, const char *guid, struct sdc_card_row *row,
                                       bool *found, struct sdc_error *e) SDC_WARN_UNUSED;
/* Binds a chip to an assigned card, before anything is written to it; row->chip holds it then. The same chip again is
 * fine. SDC_E_CONFLICT: the card has another chip, or the chip is another card's that was not given up. */
enum sdc_status sdc_registry_bind(struct sdc_registry *registry, struct sdc_card_row *row, const char *chip,
                                  struct sdc_error *e) SDC_WARN_UNUSED;
/* What is known of a chip: the card that is made on it and not given up (*found), and whether its transport keys were
 * replaced (*keys_changed). Read-only. */
enum sdc_status sdc_registry_find_chip(struct sdc_registry *registry, const char *chip, struct sdc_card_row *row,
                                       bool *found, bool *keys_changed, struct sdc_error *e) SDC_WARN_UNUSED;
/* Notes that the chip has confirmed the card's own keys, for good. Again is fine. */
enum sdc_status sdc_registry_keys_changed(struct sdc_registry *registry, const char *chip,
                                          struct sdc_error *e) SDC_WARN_UNUSED;
/* Every chip that a card is or was made on; one that was given up comes before its later card. */
enum sdc_status sdc_registry_each_chip(struct sdc_registry *registry,
                                       void (*tell)(void *ctx, const char *chip, enum sdc_card_state state), void *ctx,
                                       struct sdc_error *e) SDC_WARN_UNUSED;
/* One allowed step of the life cycle. SDC_E_CONFLICT where the card isn't in 'from'; SDC_E_BUG for a step that is none.
 */
enum sdc_status sdc_registry_move(struct sdc_registry *registry, const char *guid, enum sdc_card_state from,
                                  enum sdc_card_state to, struct sdc_error *e) SDC_WARN_UNUSED;

/* The certificate (DER) of a card's key, written before it goes onto the card. One a key: SDC_E_CONFLICT. */
enum sdc_status sdc_registry_put_certificate(struct sdc_registry *registry, const char *guid, uint8_t key,
                                             const char *serial, const void *der, size_t len,
                                             struct sdc_error *e) SDC_WARN_UNUSED;
/* Appends it to der; *found false where there is none. */
enum sdc_status sdc_registry_get_certificate(struct sdc_registry *registry, const char *guid, uint8_t key,
                                             struct sdc_buf *der, bool *found, struct sdc_error *e) SDC_WARN_UNUSED;

/* Newest time in the registry, "" where it is empty. */
enum sdc_status sdc_registry_newest(struct sdc_registry *registry, char time[static SDC_TIME_TEXT],
                                    struct sdc_error *e) SDC_WARN_UNUSED;
/* Examines a registry without changing it: the database's own integrity check, foreign keys, schema version. Also gives
 * the newest time and counts cards by state. */
struct sdc_registry_health {
    char newest[SDC_TIME_TEXT];
    unsigned long count[SDC_CARD_STATES];
};
enum sdc_status sdc_registry_examine(const char *path, struct sdc_registry_health *health,
                                     struct sdc_error *e) SDC_WARN_UNUSED;

/* UUID as text (RFC 4122, lower case) and back; a fresh random one (version 4). */
void sdc_uuid_text(const uint8_t uuid[static 16], char text[static SDC_UUID_TEXT]);
bool sdc_uuid_parse(const char *text, uint8_t uuid[static 16]);
enum sdc_status sdc_uuid_random(uint8_t uuid[static 16], struct sdc_error *e) SDC_WARN_UNUSED;

#endif
