/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry_database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DER_MAX 4096 /* of a card's certificate: one object of the card */

struct certificate_work {
    const char *guid;
    char key[3];
    const char *serial;
    char *der; /* hex */
    size_t cap;
    bool found;
};

static enum sdc_status work_put(sqlite3 *db, void *arg, struct sdc_error *e)
{
    struct certificate_work *w = arg;
    char now[SDC_TIME_TEXT];
    database_now(now);
    return database_run(
        db,
        &(struct database_query) { .sql = "INSERT INTO certificate (guid, key_reference, serial, der, created)"
                                          " VALUES ($1, $2, $3, $4, $5)",
                                   .parameters = { w->guid, w->key, w->serial, w->der, now } },
        NULL, e);
}

enum sdc_status sdc_registry_put_certificate(struct sdc_registry *registry, const char *guid, uint8_t key,
                                             const char *serial, const void *der, size_t len, struct sdc_error *e)
{
    if (len > DER_MAX)
        return sdc_fail(e, SDC_E_BUG, "a certificate is too long");
    char hex[2 * DER_MAX + 1];
    sdc_hex(der, len, hex);
    struct certificate_work w = { .guid = guid, .serial = serial, .der = hex };
    sdc_hex(&key, 1, w.key);
    return database_transaction(registry->db, work_put, &w, e);
}

static enum sdc_status work_get(sqlite3 *db, void *arg, struct sdc_error *e)
{
    struct certificate_work *w = arg;
    struct database_column column = { w->der, w->cap };
    struct database_query query = { .sql = "SELECT der FROM certificate WHERE guid = $1 AND key_reference = $2",
                                    .parameters = { w->guid, w->key },
                                    .columns = &column,
                                    .columns_len = 1 };
    int rows = 0;
    enum sdc_status status = database_run(db, &query, &rows, e);
    w->found = rows == 1;
    return status;
}

enum sdc_status sdc_registry_get_certificate(struct sdc_registry *registry, const char *guid, uint8_t key,
                                             struct sdc_buf *der, bool *found, struct sdc_error *e)
{
    char hex[2 * DER_MAX + 1] = "";
    uint8_t bytes[DER_MAX];
    struct certificate_work w = { .guid = guid, .der = hex, .cap = sizeof hex };
    sdc_hex(&key, 1, w.key);
    enum sdc_status status = database_transaction(registry->db, work_get, &w, e);
    *found = status == SDC_OK && w.found;
    if (!*found)
        return status;
    size_t len = strlen(hex) / 2;
    if (!sdc_unhex(hex, bytes, len))
        return sdc_fail(e, SDC_E_IO, "registry: a certificate is damaged");
    sdc_buf_put(der, bytes, len);
    return sdc_buf_status(der, e);
}
