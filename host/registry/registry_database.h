/* SPDX-License-Identifier: BSD-2-Clause */
/* SQL beneath the registry: statements with parameters, whole transactions with retry, schema. Private to the folder.
 * Inside one transaction the first failure sticks: later calls do nothing, and the transaction is rolled back. */
#ifndef REGISTRY_DATABASE_H
#define REGISTRY_DATABASE_H

#include "sdc/registry.h"

#include <sqlite3.h>

struct sdc_registry {
    sqlite3 *db;
};

enum database_mode { DATABASE_CREATE, DATABASE_WRITE, DATABASE_READ };
enum sdc_status database_open(const char *path, enum database_mode mode, sqlite3 **db,
                              struct sdc_error *e) SDC_WARN_UNUSED;

/* One transaction's work. SDC_E_BUSY asks for another try of the whole; it must not have effects outside. */
typedef enum sdc_status (*database_work)(sqlite3 *db, void *arg, struct sdc_error *e);
/* BEGIN IMMEDIATE, work, COMMIT; everything again, after a random pause, while another process holds the database. */
enum sdc_status database_transaction(sqlite3 *db, database_work work, void *arg, struct sdc_error *e) SDC_WARN_UNUSED;

/* Runs one statement with text parameters $1 … $n (NULL ends the list). Columns of the first row, as text, are copied
 * into 'columns'; *rows is 0 or 1, or for a change the number of rows changed. */
#define DATABASE_PARAMETERS 10
struct database_column {
    char *text;
    size_t cap;
};
struct database_query {
    const char *sql;
    const char *parameters[DATABASE_PARAMETERS];
    struct database_column *columns;
    size_t columns_len;
};
enum sdc_status database_run(sqlite3 *db, const struct database_query *query, int *rows,
                             struct sdc_error *e) SDC_WARN_UNUSED;
/* Every row of a query, in a transaction of its own that is not tried again: 'row' is called with the columns filled.
 */
enum sdc_status database_each(sqlite3 *db, const struct database_query *query,
                              enum sdc_status (*row)(void *arg, struct sdc_error *e), void *arg,
                              struct sdc_error *e) SDC_WARN_UNUSED;
/* Status of SQLite's result code: SDC_E_BUSY for busy and locked, SDC_E_CONFLICT for a constraint, SDC_E_IO else. */
enum sdc_status database_status(sqlite3 *db, int code, struct sdc_error *e) SDC_WARN_UNUSED;

/* Now, UTC, RFC 3339. */
void database_now(char out[static SDC_TIME_TEXT]);

/* The first card that a query of these columns gives for $1 = key. */
#define REGISTRY_ROW_COLUMNS "guid, transaction_id, record_digest, document_number, person_tag, expires, chip, state"
enum sdc_status registry_find(sqlite3 *db, const char *sql, const char *key, struct sdc_card_row *row, bool *found,
                              struct sdc_error *e) SDC_WARN_UNUSED;
bool registry_parse_state(const char *name, enum sdc_card_state *state);

/* SDC_E_IO where the file holds no registry at all: one that was lost must not begin anew unseen, since it knows who
 * has a card. */
enum sdc_status schema_present(sqlite3 *db, struct sdc_error *e) SDC_WARN_UNUSED;
/* Brings the schema to the newest version, each migration in a transaction of its own. A newer one: SDC_E_INPUT. */
enum sdc_status schema_migrate(sqlite3 *db, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status schema_version(sqlite3 *db, int *version, struct sdc_error *e) SDC_WARN_UNUSED;
extern const int schema_newest;

#endif
