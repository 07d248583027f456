/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry_database.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define TRIES       60
#define PAUSE_MS    100  /* longest pause after a try; the shortest is 1 */
#define SQLITE_WAIT 2000 /* milliseconds that SQLite itself waits for a lock */

enum sdc_status database_status(sqlite3 *db, int code, struct sdc_error *e)
{
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return SDC_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return sdc_fail(e, SDC_E_BUSY, "another process holds the registry");
    case SQLITE_CONSTRAINT:
        return sdc_fail(e, SDC_E_CONFLICT, "the registry refuses a second one");
    case SQLITE_NOMEM:
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the registry");
    case SQLITE_FULL:
        return sdc_fail(e, SDC_E_IO, "registry: the disk is full");
    default:
        /* SQLite's own texts can quote values; the code's text can't */
        return sdc_fail(e, SDC_E_IO, "registry: %s (%d)", sqlite3_errstr(code),
                        db ? sqlite3_extended_errcode(db) : code);
    }
}

static enum sdc_status execute(sqlite3 *db, const char *sql, struct sdc_error *e)
{
    return database_status(db, sqlite3_exec(db, sql, NULL, NULL, NULL), e);
}

/* SQLite waits for ever on a pipe, and says of a link and of nothing the same. */
static enum sdc_status check_file(const char *path, struct sdc_error *e)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return sdc_fail(e, SDC_E_IO, "registry: can't open %s: %s", path, strerror(errno));
    return S_ISREG(st.st_mode) ? SDC_OK : sdc_fail(e, SDC_E_IO, "registry: %s is not a regular file", path);
}

enum sdc_status database_open(const char *path, enum database_mode mode, sqlite3 **db, struct sdc_error *e)
{
    static const int flags[] = {
        [DATABASE_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [DATABASE_WRITE] = SQLITE_OPEN_READWRITE,
        [DATABASE_READ] = SQLITE_OPEN_READONLY,
    };
    *db = NULL;
    enum sdc_status status = mode == DATABASE_CREATE ? SDC_OK : check_file(path, e);
    if (status != SDC_OK)
        return status;
    int code = sqlite3_open_v2(path, db, flags[mode] | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, NULL);
    status = database_status(*db, code, e);
    if (status == SDC_OK)
        status = database_status(*db, sqlite3_busy_timeout(*db, SQLITE_WAIT), e);
    if (status == SDC_OK && mode != DATABASE_READ)
        status = execute(*db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", e);
    if (status == SDC_OK)
        status = execute(*db, "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF", e);
    if (status != SDC_OK) {
        sqlite3_close_v2(*db);
        *db = NULL;
    }
    return status;
}

static enum sdc_status try_once(sqlite3 *db, database_work work, void *arg, struct sdc_error *e)
{
    enum sdc_status status = execute(db, "BEGIN IMMEDIATE", e);
    if (status != SDC_OK)
        return status;
    status = work(db, arg, e);
    if (status == SDC_OK)
        status = execute(db, "COMMIT", e);
    if (status != SDC_OK)
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static void pause_randomly(void)
{
    uint16_t random = 0;
    if (sdc_random(&random, sizeof random, NULL) != SDC_OK)
        random = 0;
    struct timespec pause = { 0, (1 + random % PAUSE_MS) * 1000000L };
    (void)nanosleep(&pause, NULL);
}

enum sdc_status database_transaction(sqlite3 *db, database_work work, void *arg, struct sdc_error *e)
{
    enum sdc_status status = SDC_E_BUSY;
    for (int i = 0; i < TRIES && status == SDC_E_BUSY; i++) {
        if (i > 0)
            pause_randomly();
        status = try_once(db, work, arg, e);
    }
    return status;
}

static enum sdc_status copy_columns(sqlite3_stmt *statement, const struct database_query *query, struct sdc_error *e)
{
    if ((size_t)sqlite3_column_count(statement) != query->columns_len)
        return sdc_fail(e, SDC_E_BUG, "registry: columns don't match");
    for (size_t i = 0; i < query->columns_len; i++) {
        const char *text = (const char *)sqlite3_column_text(statement, (int)i);
        int len = snprintf(query->columns[i].text, query->columns[i].cap, "%s", text ? text : "");
        if (len < 0 || (size_t)len >= query->columns[i].cap)
            return sdc_fail(e, SDC_E_IO, "registry: a value is too long");
    }
    return SDC_OK;
}

static int prepare(sqlite3 *db, const struct database_query *query, sqlite3_stmt **statement)
{
    int code = sqlite3_prepare_v2(db, query->sql, -1, statement, NULL);
    for (int i = 0; code == SQLITE_OK && i < DATABASE_PARAMETERS && query->parameters[i]; i++)
        code = sqlite3_bind_text(*statement, i + 1, query->parameters[i], -1, SQLITE_STATIC);
    return code == SQLITE_OK ? sqlite3_step(*statement) : code;
}

enum sdc_status database_run(sqlite3 *db, const struct database_query *query, int *rows, struct sdc_error *e)
{
    sqlite3_stmt *statement = NULL;
    int code = prepare(db, query, &statement);
    enum sdc_status status = database_status(db, code, e);
    int count = 0;
    if (status == SDC_OK && code == SQLITE_ROW) {
        count = 1;
        status = copy_columns(statement, query, e);
    } else if (status == SDC_OK) {
        count = sqlite3_stmt_readonly(statement) ? 0 : sqlite3_changes(db);
    }
    (void)sqlite3_finalize(statement);
    if (rows)
        *rows = count;
    return status;
}

enum sdc_status database_each(sqlite3 *db, const struct database_query *query,
                              enum sdc_status (*row)(void *arg, struct sdc_error *e), void *arg, struct sdc_error *e)
{
    sqlite3_stmt *statement = NULL;
    int code = prepare(db, query, &statement);
    enum sdc_status status = database_status(db, code, e);
    while (status == SDC_OK && code == SQLITE_ROW) {
        status = copy_columns(statement, query, e);
        if (status == SDC_OK)
            status = row(arg, e);
        if (status == SDC_OK)
            status = database_status(db, code = sqlite3_step(statement), e);
    }
    (void)sqlite3_finalize(statement);
    return status;
}

void database_now(char out[static SDC_TIME_TEXT])
{
    time_t now = time(NULL);
    struct tm tm;
    if (!gmtime_r(&now, &tm) || strftime(out, SDC_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        out[0] = '\0';
}
