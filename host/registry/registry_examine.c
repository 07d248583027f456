/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry_database.h"

#include <stdlib.h>
#include <string.h>

/* One value of one row, as text; "" where there is no row. */
static enum sdc_status value(sqlite3 *db, const char *sql, const char *parameter, char *out, size_t cap,
                             struct sdc_error *e)
{
    out[0] = '\0';
    struct database_column column = { out, cap };
    struct database_query query = { .sql = sql, .parameters = { parameter }, .columns = &column, .columns_len = 1 };
    return database_run(db, &query, NULL, e);
}

#define NEWEST                                                                                                         \
    "SELECT coalesce(max(t), '') FROM (SELECT max(changed) AS t FROM card"                                             \
    " UNION ALL SELECT max(created) FROM certificate UNION ALL SELECT max(applied) FROM schema_version) AS times"

enum sdc_status sdc_registry_newest(struct sdc_registry *registry, char time[static SDC_TIME_TEXT], struct sdc_error *e)
{
    return value(registry->db, NEWEST, NULL, time, SDC_TIME_TEXT, e);
}

static enum sdc_status examine(sqlite3 *db, struct sdc_registry_health *health, struct sdc_error *e)
{
    char text[128];
    int version = 0;
    enum sdc_status status = value(db, "PRAGMA integrity_check(1)", NULL, text, sizeof text, e);
    if (status == SDC_OK && strcmp(text, "ok") != 0)
        status = sdc_fail(e, SDC_E_IO, "registry: the database is damaged");
    if (status == SDC_OK)
        status = value(db, "SELECT count(*) FROM pragma_foreign_key_check", NULL, text, sizeof text, e);
    if (status == SDC_OK && strcmp(text, "0") != 0)
        status = sdc_fail(e, SDC_E_IO, "registry: a certificate belongs to no card");
    if (status == SDC_OK)
        status = schema_present(db, e);
    if (status == SDC_OK)
        status = schema_version(db, &version, e);
    if (status == SDC_OK && version > schema_newest)
        status = sdc_fail(e, SDC_E_INPUT, "the registry was written by a newer version of this program");
    if (status == SDC_OK)
        status = value(db, NEWEST, NULL, health->newest, sizeof health->newest, e);
    for (enum sdc_card_state i = 0; i < SDC_CARD_STATES && status == SDC_OK; i++) {
        status = value(db, "SELECT count(*) FROM card WHERE state = $1", sdc_card_state_name(i), text, sizeof text, e);
        health->count[i] = strtoul(text, NULL, 10);
    }
    return status;
}

enum sdc_status sdc_registry_examine(const char *path, struct sdc_registry_health *health, struct sdc_error *e)
{
    *health = (struct sdc_registry_health) { 0 };
    sqlite3 *db = NULL;
    enum sdc_status status = database_open(path, DATABASE_READ, &db, e);
    if (status == SDC_OK)
        status = examine(db, health, e);
    (void)sqlite3_close_v2(db);
    return status;
}
