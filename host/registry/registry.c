/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry_database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NUMBER_TRIES 64 /* for a document number that is free */

static const char *const state_names[SDC_CARD_STATES] = {
    [SDC_CARD_ASSIGNED] = "assigned", [SDC_CARD_ISSUED] = "issued",   [SDC_CARD_ACTIVE] = "active",
    [SDC_CARD_SPOILED] = "spoiled",   [SDC_CARD_EXPIRED] = "expired",
};

/* The life cycle: every step there is. Reassigning and expiry, which touch two rows, stand in their own calls. */
static const struct {
    enum sdc_card_state from, to;
} steps[] = {
    { SDC_CARD_ASSIGNED, SDC_CARD_ISSUED },
    { SDC_CARD_ISSUED, SDC_CARD_ACTIVE },
};

const char *sdc_card_state_name(enum sdc_card_state state)
{
    return state < SDC_CARD_STATES ? state_names[state] : "unknown";
}

enum sdc_status sdc_registry_open(const char *path, bool create, struct sdc_registry **out, struct sdc_error *e)
{
    *out = NULL;
    struct stat st;
    if (create && lstat(path, &st) == 0)
        return sdc_fail(e, SDC_E_CONFLICT, "%s is there already", path);
    struct sdc_registry *registry = calloc(1, sizeof *registry);
    if (!registry)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the registry");
    enum sdc_status status = database_open(path, create ? DATABASE_CREATE : DATABASE_WRITE, &registry->db, e);
    if (status == SDC_OK && create && chmod(path, 0600) != 0)
        status = sdc_fail(e, SDC_E_IO, "can't protect %s", path);
    if (status == SDC_OK && !create)
        status = schema_present(registry->db, e);
    if (status == SDC_OK)
        status = schema_migrate(registry->db, e);
    if (status != SDC_OK) {
        sdc_registry_close(registry);
        return status;
    }
    *out = registry;
    return SDC_OK;
}

void sdc_registry_close(struct sdc_registry *registry)
{
    if (!registry)
        return;
    (void)sqlite3_close_v2(registry->db);
    free(registry);
}

/* ---- finding ---- */

bool registry_parse_state(const char *name, enum sdc_card_state *state)
{
    for (enum sdc_card_state i = 0; i < SDC_CARD_STATES; i++)
        if (strcmp(name, state_names[i]) == 0) {
            *state = i;
            return true;
        }
    return false;
}

enum sdc_status registry_find(sqlite3 *db, const char *sql, const char *key, struct sdc_card_row *row, bool *found,
                              struct sdc_error *e)
{
    struct sdc_card_row result = { 0 };
    char state[16] = "";
    struct database_column columns[] = {
        { result.guid, sizeof result.guid },
        { result.transaction_id, sizeof result.transaction_id },
        { result.record_digest, sizeof result.record_digest },
        { result.document_number, sizeof result.document_number },
        { result.person_tag, sizeof result.person_tag },
        { result.expires, sizeof result.expires },
        { result.chip, sizeof result.chip },
        { state, sizeof state },
    };
    struct database_query query = {
        .sql = sql, .parameters = { key }, .columns = columns, .columns_len = sizeof columns / sizeof *columns
    };
    int rows = 0;
    *found = false;
    enum sdc_status status = database_run(db, &query, &rows, e);
    if (status != SDC_OK || rows == 0)
        return status;
    if (!registry_parse_state(state, &result.state))
        return sdc_fail(e, SDC_E_IO, "registry: a card is in an unknown state");
    *row = result;
    *found = true;
    return SDC_OK;
}

#define FIND_REQUEST "SELECT " REGISTRY_ROW_COLUMNS " FROM card WHERE transaction_id = $1 AND state <> 'spoiled'"
#define FIND_CARD    "SELECT " REGISTRY_ROW_COLUMNS " FROM card WHERE guid = $1"
#define FIND_PERSON                                                                                                    \
    "SELECT " REGISTRY_ROW_COLUMNS " FROM card WHERE person_tag = $1"                                                  \
    " AND state IN ('assigned', 'issued', 'active')"

struct find_work {
    const char *sql, *key;
    struct sdc_card_row *row;
    bool *found;
};

static enum sdc_status work_find(sqlite3 *db, void *arg, struct sdc_error *e)
{
    struct find_work *w = arg;
    return registry_find(db, w->sql, w->key, w->row, w->found, e);
}

enum sdc_status sdc_registry_find_request(struct sdc_registry *registry, const char *transaction_id,
                                          struct sdc_card_row *row, bool *found, struct sdc_error *e)
{
    struct find_work w = { FIND_REQUEST, transaction_id, row, found };
    return database_transaction(registry->db, work_find, &w, e);
}

enum sdc_status sdc_registry_find_card(struct sdc_registry *registry, const char *guid, struct sdc_card_row *row,
                                       bool *found, struct sdc_error *e)
{
    struct find_work w = { FIND_CARD, guid, row, found };
    return database_transaction(registry->db, work_find, &w, e);
}

/* ---- assigning ---- */

/* SD and seven digits, each number equally likely */
static enum sdc_status random_number(char number[static 10], struct sdc_error *e)
{
    uint32_t value = UINT32_MAX;
    const uint32_t limit = 10000000, top = UINT32_MAX - UINT32_MAX % limit;
    while (value >= top) {
        enum sdc_status status = sdc_random(&value, sizeof value, e);
        if (status != SDC_OK)
            return status;
    }
    snprintf(number, 10, "SD%07u", (unsigned)(value % limit));
    return SDC_OK;
}

static enum sdc_status free_number(sqlite3 *db, char number[static 10], struct sdc_error *e)
{
    for (int i = 0; i < NUMBER_TRIES; i++) {
        char held[16];
        struct database_column column = { held, sizeof held };
        struct database_query query = { .sql = "SELECT document_number FROM card WHERE document_number = $1",
                                        .parameters = { number },
                                        .columns = &column,
                                        .columns_len = 1 };
        int rows = 0;
        enum sdc_status status = random_number(number, e);
        if (status == SDC_OK)
            status = database_run(db, &query, &rows, e);
        if (status != SDC_OK || rows == 0)
            return status;
    }
    return sdc_fail(e, SDC_E_IO, "registry: document numbers run out");
}

static enum sdc_status insert(sqlite3 *db, struct sdc_card_row *row, struct sdc_error *e)
{
    uint8_t guid[16];
    char now[SDC_TIME_TEXT];
    database_now(now);
    enum sdc_status status = sdc_uuid_random(guid, e);
    if (status == SDC_OK)
        status = free_number(db, row->document_number, e);
    if (status != SDC_OK)
        return status;
    sdc_uuid_text(guid, row->guid);
    row->state = SDC_CARD_ASSIGNED;
    row->chip[0] = '\0';
    return database_run(
        db,
        &(struct database_query) { .sql = "INSERT INTO card (" REGISTRY_ROW_COLUMNS ", created, changed)"
                                          " VALUES ($1, $2, $3, $4, $5, $6, '', 'assigned', $7, $7)",
                                   .parameters = { row->guid, row->transaction_id, row->record_digest,
                                                   row->document_number, row->person_tag, row->expires, now } },
        NULL, e);
}

static enum sdc_status set_state(sqlite3 *db, const char *guid, enum sdc_card_state from, enum sdc_card_state to,
                                 int *rows, struct sdc_error *e)
{
    char now[SDC_TIME_TEXT];
    database_now(now);
    return database_run(
        db,
        &(struct database_query) { .sql = "UPDATE card SET state = $1, changed = $2 WHERE guid = $3 AND state = $4",
                                   .parameters = { state_names[to], now, guid, state_names[from] } },
        rows, e);
}

/* A person's other live card stops the request. One whose time is over doesn't: then *found, and 'other' is that card.
 */
static enum sdc_status check_person(sqlite3 *db, const struct sdc_card_row *row, const char *today,
                                    struct sdc_card_row *other, bool *found, struct sdc_error *e)
{
    enum sdc_status status = registry_find(db, FIND_PERSON, row->person_tag, other, found, e);
    if (status == SDC_OK && *found && strcmp(other->expires, today) >= 0)
        return sdc_fail(e, SDC_E_CONFLICT, "this person has a live card: %s", other->guid);
    return status;
}

struct assign_work {
    struct sdc_card_row *row;
    const char *today;
    bool *known;
    bool make; /* a new row where the request has none */
};

static enum sdc_status work_assign(sqlite3 *db, void *arg, struct sdc_error *e)
{
    struct assign_work *w = arg;
    struct sdc_card_row other;
    bool found = false;
    enum sdc_status status = registry_find(db, FIND_REQUEST, w->row->transaction_id, &other, w->known, e);
    if (status != SDC_OK)
        return status;
    if (*w->known) {
        if (strcmp(other.record_digest, w->row->record_digest) != 0)
            return sdc_fail(e, SDC_E_CONFLICT, "transaction %s is known with other content", other.transaction_id);
        *w->row = other;
        return SDC_OK;
    }
    status = check_person(db, w->row, w->today, &other, &found, e);
    if (status == SDC_OK && w->make && found)
        status = set_state(db, other.guid, other.state, SDC_CARD_EXPIRED, NULL, e);
    return status == SDC_OK && w->make ? insert(db, w->row, e) : status;
}

enum sdc_status sdc_registry_look_up(struct sdc_registry *registry, struct sdc_card_row *row, const char *today,
                                     bool *known, struct sdc_error *e)
{
    struct assign_work w = { row, today, known, false };
    return database_transaction(registry->db, work_assign, &w, e);
}

enum sdc_status sdc_registry_assign(struct sdc_registry *registry, struct sdc_card_row *row, const char *today,
                                    bool *known, struct sdc_error *e)
{
    struct assign_work w = { row, today, known, true };
    return database_transaction(registry->db, work_assign, &w, e);
}

static enum sdc_status work_reassign(sqlite3 *db, void *arg, struct sdc_error *e)
{
    struct sdc_card_row *row = arg, before = { .state = SDC_CARD_STATES };
    bool found = false;
    int rows = 0;
    enum sdc_status status = registry_find(db, FIND_CARD, row->guid, &before, &found, e);
    if (status == SDC_OK && before.state != SDC_CARD_ASSIGNED)
        status = sdc_fail(e, SDC_E_CONFLICT, "card %s can't be given up", row->guid);
    if (status == SDC_OK)
        status = set_state(db, row->guid, before.state, SDC_CARD_SPOILED, &rows, e);
    return status == SDC_OK ? insert(db, row, e) : status;
}

enum sdc_status sdc_registry_reassign(struct sdc_registry *registry, struct sdc_card_row *row, struct sdc_error *e)
{
    struct sdc_card_row fresh = *row; /* stays whole where a transaction is tried several times */
    enum sdc_status status = database_transaction(registry->db, work_reassign, &fresh, e);
    if (status == SDC_OK)
        *row = fresh;
    return status;
}

/* ---- moving ---- */

struct move_work {
    const char *guid;
    enum sdc_card_state from, to;
};

static enum sdc_status work_move(sqlite3 *db, void *arg, struct sdc_error *e)
{
    struct move_work *w = arg;
    int rows = 0;
    enum sdc_status status = set_state(db, w->guid, w->from, w->to, &rows, e);
    if (status == SDC_OK && rows != 1)
        status = sdc_fail(e, SDC_E_CONFLICT, "card %s is not %s", w->guid, state_names[w->from]);
    return status;
}

enum sdc_status sdc_registry_move(struct sdc_registry *registry, const char *guid, enum sdc_card_state from,
                                  enum sdc_card_state to, struct sdc_error *e)
{
    struct move_work w = { guid, from, to };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i].from == from && steps[i].to == to)
            return database_transaction(registry->db, work_move, &w, e);
    return sdc_fail(e, SDC_E_BUG, "a card can't go from %s to %s", sdc_card_state_name(from), sdc_card_state_name(to));
}
