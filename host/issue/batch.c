/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/record.h"
#include "batch_json.h"
#include "record_check.h"
#include "record_fields.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BATCH_FILE_MAX ((size_t)32 * 1024 * 1024)

/* SHA-256 over sorted, compact JSON: the spelling of a file doesn't matter, its content does. */
static bool digest(const json_t *value, uint8_t out[static 32])
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text)
        return false;
    size_t len = strlen(text);
    bool good = EVP_Digest(text, len, out, NULL, EVP_sha256(), NULL) == 1;
    sdc_wipe(text, len);
    free(text);
    return good;
}

/* A UUID is the same in either case, so the digest must be too. */
static void settle_id(json_t *value, const struct sdc_record *r)
{
    if (r->transaction_id[0])
        json_object_set_new(value, "transaction_id", json_string(r->transaction_id));
}

static void read_record(struct record_walk *w, json_t *value)
{
    struct sdc_record *r = &w->batch->records[w->record - 1];
    w->transaction_id[0] = '\0';
    w->pointer[0] = '\0';
    record_walk_object(w, &record_object, value, r);
    if (!json_is_object(value))
        return;
    record_check_together(w, value, r);
    settle_id(value, r);
    w->no_memory = w->no_memory || !digest(value, r->digest);
}

/* The records, whatever the batch's head is like. True where there are any that can be read. */
static bool read_records(struct record_walk *w, const json_t *list)
{
    struct sdc_batch *b = w->batch;
    size_t count = json_array_size(list);
    if (count == 0 || count > SDC_RECORDS_MAX) {
        if (json_is_array(list))
            record_fault(w, "records", count ? "has more than %d entries" : "is empty (at most %d)", SDC_RECORDS_MAX);
        return false;
    }
    b->records = calloc(count, sizeof *b->records);
    if (!b->records) {
        w->no_memory = true;
        return false;
    }
    b->records_len = count;
    for (size_t i = 0; i < count && !w->no_memory; i++) {
        w->record = i + 1;
        read_record(w, json_array_get(list, i));
    }
    return true;
}

static enum sdc_status read_batch(struct record_walk *w, const json_t *root, struct sdc_error *e)
{
    struct sdc_batch *b = w->batch;
    struct record_head head = { 0 };
    record_walk_object(w, &record_head_object, root, &head);
    memcpy(b->name, head.name, sizeof b->name);
    size_t wrong = b->faults_len;
    bool read = read_records(w, json_object_get(root, "records"));
    if (w->no_memory)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    if (read && wrong == 0)
        return SDC_OK;
    for (size_t i = 0; i < b->records_len; i++)
        b->records[i].faulty = true; /* of a batch that isn't one, nothing may be used */
    char text[400];
    sdc_fault_text(&b->faults[0], text, sizeof text);
    return sdc_fail(e, SDC_E_INPUT, "not a batch: %s", text);
}

static void set_folder(struct sdc_batch *b, const char *path)
{
    const char *slash = strrchr(path, '/');
    int len = slash == path ? 1 : (int)(slash ? slash - path : 0);
    snprintf(b->folder, sizeof b->folder, "%.*s", len, path);
    if (!slash)
        memcpy(b->folder, ".", sizeof ".");
}

static enum sdc_status load(const char *path, json_t **root, struct sdc_error *e)
{
    struct sdc_buf text = { .cap_max = BATCH_FILE_MAX };
    enum sdc_status status = sdc_file_read(path, BATCH_FILE_MAX, &text, e);
    if (status == SDC_OK)
        status = batch_json_parse(&text, root, e);
    sdc_buf_free(&text);
    return status;
}

enum sdc_status sdc_batch_read(const char *path, const struct sdc_codes *codes, const struct sdc_date *today,
                               struct sdc_batch *batch, struct sdc_error *e)
{
    memset(batch, 0, sizeof *batch);
    if (strlen(path) >= sizeof batch->folder)
        return sdc_fail(e, SDC_E_INPUT, "the batch's path is too long");
    set_folder(batch, path);
    struct record_walk w = { .codes = codes, .today = *today, .folder = batch->folder, .batch = batch };
    struct sdc_error own = { 0 };
    json_t *root = NULL;
    enum sdc_status status = load(path, &root, &own);
    if (status != SDC_OK)
        record_fault(&w, NULL, "%s", own.text);
    else
        status = read_batch(&w, root, &own);
    json_decref(root);
    if (e && status != SDC_OK)
        *e = own;
    return status;
}

void sdc_batch_free(struct sdc_batch *batch)
{
    if (batch->records)
        sdc_wipe(batch->records, batch->records_len * sizeof *batch->records);
    free(batch->records);
    free(batch->faults);
    memset(batch, 0, sizeof *batch);
}

size_t sdc_batch_find(const struct sdc_batch *batch, const char *transaction_id)
{
    size_t i = 0;
    while (i < batch->records_len &&
           (!*transaction_id || strcasecmp(batch->records[i].transaction_id, transaction_id) != 0))
        i++;
    return i;
}
