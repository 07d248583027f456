/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/update.h"

#include "key_derivation.h"
#include "lds_data.h"
#include "station_state.h"

#include "sdc/tlv.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UPDATE_FOLDER "updates"
enum { LAST_SECOND = 86399, VERSION_TAG = 0x80, PATH_LEN = 4096 };

static enum sdc_status group_path(const struct sdc_station *station, const char *guid, unsigned dg,
                                  char path[static PATH_MAX], struct sdc_error *e)
{
    char name[64];
    snprintf(name, sizeof name, dg ? UPDATE_FOLDER "/%.36s.dg%u" : UPDATE_FOLDER "/%.36s", guid, dg);
    return station_path(station->home, name, path, e);
}

static bool version_of(struct sdc_rd file, const struct sdc_docket_group *group, uint32_t *version)
{
    struct sdc_rd inside = sdc_tlv_take(&file, sdc_lds_files[group->file].tag);
    struct sdc_rd number = sdc_tlv_take(&inside, VERSION_TAG);
    *version = sdc_rd_u32(&number);
    return sdc_rd_end(&file) && sdc_rd_end(&number);
}

/* The version that was signed last: that of the file that was kept, else the issue's. */
static enum sdc_status last_version(const struct sdc_station *station, const char *guid,
                                    const struct sdc_docket_group *group, uint32_t *version, struct sdc_error *e)
{
    char path[PATH_MAX];
    struct sdc_buf file = SDC_BUF_INIT;
    *version = 1;
    enum sdc_status status = group_path(station, guid, group->dg, path, e);
    if (status != SDC_OK || access(path, F_OK) != 0)
        return status;
    status = sdc_file_read(path, group->file_len, &file, e);
    if (status == SDC_OK && (!version_of(sdc_buf_rd(&file), group, version) || *version == UINT32_MAX))
        status = sdc_fail(e, SDC_E_IO, "%s is damaged", path);
    sdc_buf_free(&file);
    return status;
}

static enum sdc_status sign_group(const struct sdc_station *station, const struct sdc_record *record, const char *guid,
                                  const struct sdc_docket_group *group, struct sdc_error *e)
{
    char path[PATH_MAX];
    uint8_t bytes[SDC_GUID_LEN];
    uint32_t version = 0;
    struct sdc_buf fields = SDC_BUF_INIT, file = SDC_BUF_INIT;
    enum sdc_status status = last_version(station, guid, group, &version, e);
    if (status == SDC_OK && !sdc_uuid_parse(guid, bytes))
        status = sdc_fail(e, SDC_E_IO, "registry: a GUID is damaged");
    if (status == SDC_OK)
        status = lds_fields(record, group->dg, &fields, e);
    if (status == SDC_OK) {
        const struct lds_statement statement = { .group = group,
                                                 .guid = bytes,
                                                 .version = version + 1,
                                                 .signed_at = time(NULL),
                                                 .not_after = pki_day(&record->card.valid_until) + LAST_SECOND,
                                                 .fields = &fields,
                                                 .signer = station->pki.certificate[PKI_DOCUMENT_SIGNER],
                                                 .signer_key = station->pki.key[PKI_DOCUMENT_SIGNER] };
        status = lds_statement_make(&statement, &file, e);
    }
    if (status == SDC_OK)
        status = group_path(station, guid, group->dg, path, e);
    if (status == SDC_OK)
        status = sdc_file_write(path, file.data, file.len, 0600, e); /* it holds personal data */
    sdc_buf_free(&fields);
    sdc_buf_free(&file);
    return status;
}

/* The card of the record's request, while somebody may hold it. */
static enum sdc_status find_card(struct sdc_station *station, const struct sdc_record *record, struct sdc_card_row *row,
                                 struct sdc_error *e)
{
    bool found = false;
    enum sdc_status status = sdc_registry_find_request(station->registry, record->transaction_id, row, &found, e);
    if (status == SDC_OK && !found)
        status = sdc_fail(e, SDC_E_INPUT, "no card was made for request %s", record->transaction_id);
    if (status == SDC_OK && row->state != SDC_CARD_ISSUED && row->state != SDC_CARD_ACTIVE)
        status =
            sdc_fail(e, SDC_E_CONFLICT, "card %s is %s: it isn't updated", row->guid, sdc_card_state_name(row->state));
    return status;
}

enum sdc_status sdc_update_sign(struct sdc_station *station, const struct sdc_batch *batch, size_t index, char *path,
                                struct sdc_error *e)
{
    char folder[PATH_MAX], base[PATH_MAX];
    struct sdc_card_row row = { .guid = "" };
    if (index >= batch->records_len)
        return sdc_fail(e, SDC_E_USAGE, "the batch has no record %zu", index + 1);
    const struct sdc_record *record = &batch->records[index];
    if (record->faulty)
        return sdc_fail(e, SDC_E_INPUT, "record %zu is faulty: sdc records check", index + 1);
    enum sdc_status status = station_check_clock(station, e);
    if (status == SDC_OK)
        status = find_card(station, record, &row, e);
    if (status == SDC_OK)
        status = station_path(station->home, UPDATE_FOLDER, folder, e);
    if (status == SDC_OK && mkdir(folder, 0700) != 0 && access(folder, X_OK) != 0)
        status = sdc_fail(e, SDC_E_IO, "can't make %s", folder);
    for (size_t i = 0; i < SDC_DOCKET_GROUPS && status == SDC_OK; i++)
        status = sign_group(station, record, row.guid, &sdc_docket_groups[i], e);
    if (status == SDC_OK)
        status = group_path(station, row.guid, 0, base, e);
    if (status == SDC_OK)
        snprintf(path, PATH_LEN, "%.*s", PATH_LEN - 1, base);
    return status;
}

/* ---- through the issuer's channel ---- */

struct update {
    struct sdc_station *station;
    struct sdc_link *link;
    struct sdc_card_row row;
    struct sdc_scp03 *session;
    unsigned found, written;
};

/* The card in the reader must be the row's. */
static enum sdc_status check_card(const struct update *u, struct sdc_error *e)
{
    uint8_t guid[SDC_GUID_LEN];
    char text[SDC_UUID_TEXT];
    enum sdc_status status = sdc_piv_select(u->link, e);
    if (status == SDC_OK)
        status = sdc_piv_get_guid(u->link, guid, e);
    if (status != SDC_OK)
        return status;
    sdc_uuid_text(guid, text);
    return strcmp(text, u->row.guid) == 0
               ? SDC_OK
               : sdc_fail(e, SDC_E_CONFLICT, "the card in the reader is %s, not %s", text, u->row.guid);
}

static enum sdc_status open_channel(struct update *u, struct sdc_error *e)
{
    struct sdc_scp03_keys keys;
    struct card_context context = { .master = CARD_MASTER_LABEL,
                                    .issuer = u->station->config.derivation_issuer,
                                    .version = CARD_KEY_VERSION };
    if (!sdc_unhex(u->row.chip, context.serial, sizeof context.serial))
        return sdc_fail(e, SDC_E_IO, "registry: a chip's serial number is damaged");
    enum sdc_status status = card_key_domain(u->station->token, &context, &keys, e);
    if (status == SDC_OK)
        status = sdc_lds_select(u->link, SDC_LDS_DOCKET, e);
    if (status == SDC_OK)
        status = sdc_scp03_open(u->link, &keys, SDC_SCP03_FULL, false, &u->session, e);
    sdc_wipe(&keys, sizeof keys);
    return status;
}

/* The issuer's channel takes any version: that an old one doesn't come back is seen to here. */
static enum sdc_status put_group(struct update *u, const struct sdc_docket_group *group, struct sdc_error *e)
{
    char path[PATH_MAX];
    uint32_t kept = 0, held = 0;
    struct sdc_buf file = SDC_BUF_INIT, on_card = SDC_BUF_INIT;
    enum sdc_status status = group_path(u->station, u->row.guid, group->dg, path, e);
    if (status != SDC_OK || access(path, F_OK) != 0)
        return status;
    u->found++;
    status = sdc_file_read(path, group->file_len, &file, e);
    if (status == SDC_OK && !version_of(sdc_buf_rd(&file), group, &kept))
        status = sdc_fail(e, SDC_E_IO, "%s is damaged", path);
    if (status == SDC_OK)
        status = sdc_lds_read(sdc_scp03_link(u->session), group->file, &on_card, e);
    if (status == SDC_OK && !version_of(sdc_buf_rd(&on_card), group, &held))
        status = sdc_fail(e, SDC_E_REPLY, "DG%u on the card is malformed", group->dg);
    const bool same = status == SDC_OK && file.len == on_card.len && memcmp(file.data, on_card.data, file.len) == 0;
    if (status == SDC_OK && kept <= held && !same)
        status = sdc_fail(e, SDC_E_CONFLICT,
                          "DG%u on the card has version %lu, what was signed has %lu: " UPDATE_FOLDER
                          "/ is older than the card. Each signing makes one version more",
                          group->dg, (unsigned long)held, (unsigned long)kept);
    if (status == SDC_OK && kept > held) {
        status = sdc_lds_put(sdc_scp03_link(u->session), group->file, file.data, file.len, e);
        u->written += status == SDC_OK;
    }
    sdc_buf_free(&file);
    sdc_buf_free(&on_card);
    return status;
}

enum sdc_status sdc_update_card(struct sdc_station *station, const struct sdc_batch *batch, size_t index,
                                struct sdc_link *link, unsigned *written, struct sdc_error *e)
{
    struct update u = { .station = station, .link = link };
    *written = 0;
    if (index >= batch->records_len)
        return sdc_fail(e, SDC_E_USAGE, "the batch has no record %zu", index + 1);
    enum sdc_status status = find_card(station, &batch->records[index], &u.row, e);
    if (status == SDC_OK)
        status = sdc_link_begin_anew(link, e);
    if (status != SDC_OK)
        return status;
    status = check_card(&u, e);
    if (status == SDC_OK)
        status = open_channel(&u, e);
    for (size_t i = 0; i < SDC_DOCKET_GROUPS && status == SDC_OK; i++)
        status = put_group(&u, &sdc_docket_groups[i], e);
    if (status == SDC_OK && u.found == 0)
        status = sdc_fail(e, SDC_E_INPUT, "nothing was signed for card %s", u.row.guid);
    if (u.session) /* a SELECT ends the session on the card */
        (void)!sdc_lds_select(link, SDC_LDS_MF, NULL);
    sdc_scp03_close(u.session);
    sdc_link_end(link);
    *written = u.written;
    return status;
}
