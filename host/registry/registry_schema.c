/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry_database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Migrations by number: what stands here once is never changed, only followed. Everything is text (UUIDs, hex,
 * RFC 3339), so that the same statements run on other engines; STRICT is SQLite's. */
static const char *const migrations[] = {
    /* 1 */
    "CREATE TABLE card ("
    " guid TEXT NOT NULL PRIMARY KEY,"
    " transaction_id TEXT NOT NULL,"
    " record_digest TEXT NOT NULL,"
    " document_number TEXT NOT NULL UNIQUE,"
    " person_tag TEXT NOT NULL,"
    " expires TEXT NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('assigned', 'sealing', 'issued', 'active', 'spoiled', 'expired')),"
    " created TEXT NOT NULL,"
    " changed TEXT NOT NULL"
    ") STRICT;"
    /* one card a request, not counting the ones given up */
    "CREATE UNIQUE INDEX card_transaction ON card (transaction_id) WHERE state <> 'spoiled';"
    /* one live card a person */
    "CREATE UNIQUE INDEX card_person ON card (person_tag) WHERE state IN ('assigned', 'sealing', 'issued', 'active');"
    "CREATE TABLE certificate ("
    " guid TEXT NOT NULL REFERENCES card (guid),"
    " key_reference TEXT NOT NULL,"
    " serial TEXT NOT NULL UNIQUE,"
    " der TEXT NOT NULL,"
    " created TEXT NOT NULL,"
    " PRIMARY KEY (guid, key_reference)"
    ") STRICT;",
    /* 2: cards are made through the chip's issuer domain; what was begun another way is given up */
    "UPDATE card SET state = 'spoiled' WHERE state IN ('assigned', 'sealing');"
    "ALTER TABLE card ADD COLUMN chip TEXT NOT NULL DEFAULT '';"
    "CREATE UNIQUE INDEX card_chip ON card (chip) WHERE chip <> '' AND state <> 'spoiled';",
    /* 3: a chip whose transport keys were replaced never gets them again; those of finished cards were */
    "CREATE TABLE chip ("
    " serial TEXT NOT NULL PRIMARY KEY,"
    " keys_changed TEXT NOT NULL"
    ") STRICT;"
    "INSERT INTO chip (serial, keys_changed) SELECT chip, changed FROM card"
    " WHERE chip <> '' AND state IN ('issued', 'active', 'expired');",
};
const int schema_newest = (int)(sizeof migrations / sizeof *migrations);

enum sdc_status schema_version(sqlite3 *db, int *version, struct sdc_error *e)
{
    char text[16] = "";
    struct database_column column = { text, sizeof text };
    struct database_query query = { .sql = "SELECT coalesce(max(version), 0) FROM schema_version",
                                    .columns = &column,
                                    .columns_len = 1 };
    enum sdc_status status = database_run(db, &query, NULL, e);
    *version = (int)strtol(text, NULL, 10);
    return status;
}

enum sdc_status schema_present(sqlite3 *db, struct sdc_error *e)
{
    char text[16] = "";
    struct database_column column = { text, sizeof text };
    struct database_query query = { .sql =
                                        "SELECT count(*) FROM sqlite_schema WHERE name IN ('schema_version', 'card')",
                                    .columns = &column,
                                    .columns_len = 1 };
    enum sdc_status status = database_run(db, &query, NULL, e);
    if (status == SDC_OK && strcmp(text, "2") != 0)
        status =
            sdc_fail(e, SDC_E_IO, "registry: the file holds none: it was cut off or replaced; bring back its copy");
    return status;
}

static enum sdc_status migrate_once(sqlite3 *db, void *arg, struct sdc_error *e)
{
    int version = 0, *newest = arg;
    enum sdc_status status = schema_version(db, &version, e);
    *newest = version;
    if (status != SDC_OK || version == schema_newest)
        return status;
    if (version > schema_newest)
        return sdc_fail(e, SDC_E_INPUT, "the registry was written by a newer version of this program");
    status = database_status(db, sqlite3_exec(db, migrations[version], NULL, NULL, NULL), e);
    if (status != SDC_OK)
        return status;
    char number[16], now[SDC_TIME_TEXT];
    *newest = version + 1;
    snprintf(number, sizeof number, "%d", *newest);
    database_now(now);
    return database_run(db,
                        &(struct database_query) {
                            .sql = "INSERT INTO schema_version (version, applied) VALUES (CAST($1 AS INTEGER), $2)",
                            .parameters = { number, now } },
                        NULL, e);
}

static enum sdc_status make_version_table(sqlite3 *db, void *arg, struct sdc_error *e)
{
    (void)arg;
    return database_run(db,
                        &(struct database_query) { .sql = "CREATE TABLE IF NOT EXISTS schema_version ("
                                                          " version INTEGER NOT NULL PRIMARY KEY,"
                                                          " applied TEXT NOT NULL"
                                                          ") STRICT" },
                        NULL, e);
}

enum sdc_status schema_migrate(sqlite3 *db, struct sdc_error *e)
{
    int version = -1, before = -2;
    enum sdc_status status = database_transaction(db, make_version_table, NULL, e);
    while (status == SDC_OK && version != before) {
        before = version;
        status = database_transaction(db, migrate_once, &version, e);
    }
    return status;
}
