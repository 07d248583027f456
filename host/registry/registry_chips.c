/* SPDX-License-Identifier: BSD-2-Clause */
/* Which chip a card is made on, and what is known of the chip itself. */
#include "registry_database.h"

#include <stdio.h>
#include <string.h>

#define FIND_CHIP "SELECT " REGISTRY_ROW_COLUMNS " FROM card WHERE chip = $1 AND state <> 'spoiled'"

struct chip_work {
    const char *chip;
    struct sdc_card_row *row;
    bool *found, *keys_changed;
};

static enum sdc_status work_find_chip(sqlite3 *db, void *arg, struct sdc_error *e)
{
    struct chip_work *w = arg;
    char held[SDC_CHIP_TEXT];
    struct database_column column = { held, sizeof held };
    struct database_query query = { .sql = "SELECT serial FROM chip WHERE serial = $1",
                                    .parameters = { w->chip },
                                    .columns = &column,
                                    .columns_len = 1 };
    int rows = 0;
    enum sdc_status status = registry_find(db, FIND_CHIP, w->chip, w->row, w->found, e);
    if (status == SDC_OK)
        status = database_run(db, &query, &rows, e);
    *w->keys_changed = rows == 1;
    return status;
}

enum sdc_status sdc_registry_find_chip(struct sdc_registry *registry, const char *chip, struct sdc_card_row *row,
                                       bool *found, bool *keys_changed, struct sdc_error *e)
{
    struct chip_work w = { chip, row, found, keys_changed };
    return database_transaction(registry->db, work_find_chip, &w, e);
}

static enum sdc_status work_keys_changed(sqlite3 *db, void *arg, struct sdc_error *e)
{
    char now[SDC_TIME_TEXT];
    database_now(now);
    return database_run(db,
                        &(struct database_query) {
                            .sql = "INSERT INTO chip (serial, keys_changed) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                            .parameters = { arg, now } },
                        NULL, e);
}

enum sdc_status sdc_registry_keys_changed(struct sdc_registry *registry, const char *chip, struct sdc_error *e)
{
    char serial[SDC_CHIP_TEXT];
    snprintf(serial, sizeof serial, "%s", chip);
    return database_transaction(registry->db, work_keys_changed, serial, e);
}

/* ---- binding ---- */

struct bind_work {
    const char *guid, *chip;
};

static enum sdc_status work_bind(sqlite3 *db, void *arg, struct sdc_error *e)
{
    const struct bind_work *w = arg;
    struct sdc_card_row other = { 0 };
    bool found = false;
    int rows = 0;
    char now[SDC_TIME_TEXT];
    database_now(now);
    enum sdc_status status = registry_find(db, FIND_CHIP, w->chip, &other, &found, e);
    if (status == SDC_OK && found && strcmp(other.guid, w->guid) != 0)
        return sdc_fail(e, SDC_E_CONFLICT, "this chip is card %s, which is %s", other.guid,
                        sdc_card_state_name(other.state));
    if (status == SDC_OK)
        status =
            database_run(db,
                         &(struct database_query) { .sql = "UPDATE card SET chip = $1, changed = $2 WHERE guid = $3"
                                                           " AND state = 'assigned' AND chip IN ('', $1)",
                                                    .parameters = { w->chip, now, w->guid } },
                         &rows, e);
    if (status == SDC_OK && rows != 1)
        status = sdc_fail(e, SDC_E_CONFLICT, "card %s is made on another chip", w->guid);
    return status;
}

enum sdc_status sdc_registry_bind(struct sdc_registry *registry, struct sdc_card_row *row, const char *chip,
                                  struct sdc_error *e)
{
    struct bind_work w = { row->guid, chip };
    enum sdc_status status = database_transaction(registry->db, work_bind, &w, e);
    if (status == SDC_OK)
        snprintf(row->chip, sizeof row->chip, "%s", chip);
    return status;
}

/* ---- listing ---- */

struct each_work {
    void (*tell)(void *ctx, const char *chip, enum sdc_card_state state);
    void *ctx;
    char chip[SDC_CHIP_TEXT], state[16];
};

static enum sdc_status tell_row(void *arg, struct sdc_error *e)
{
    struct each_work *w = arg;
    enum sdc_card_state state;
    if (!registry_parse_state(w->state, &state))
        return sdc_fail(e, SDC_E_IO, "registry: a card is in an unknown state");
    w->tell(w->ctx, w->chip, state);
    return SDC_OK;
}

enum sdc_status sdc_registry_each_chip(struct sdc_registry *registry,
                                       void (*tell)(void *ctx, const char *chip, enum sdc_card_state state), void *ctx,
                                       struct sdc_error *e)
{
    struct each_work w = { .tell = tell, .ctx = ctx };
    struct database_column columns[] = { { w.chip, sizeof w.chip }, { w.state, sizeof w.state } };
    const struct database_query query = { .sql = "SELECT chip, state FROM card WHERE chip <> ''"
                                                 " ORDER BY CASE state WHEN 'spoiled' THEN 0 ELSE 1 END",
                                          .columns = columns,
                                          .columns_len = 2 };
    return database_each(registry->db, &query, tell_row, &w, e);
}
