/* SPDX-License-Identifier: BSD-2-Clause */
/* UPDATE BINARY: a whole file in one chain. It begins with its tag and length, which say how long it is; of the
 * docket's files also with the version, which a terminal raises by a little and never lowers: a version that is used up
 * could never be replaced. The file changes with the last piece, at once and whole. */
#include "bytes.h"
#include "card_edge.h"
#include "lds_private.h"
#include "tlv.h"

#define SFI_MASK    0x1F
#define TAG_VERSION 0x80
#define VERSION_LEN 4
#define HEAD_LEN    (4 + 2 + VERSION_LEN) /* 7n 82 LLLL 80 04 version */

static bool read_version(struct rd *r, uint32_t *version)
{
    struct rd value;
    tlv_read_tag(r, TAG_VERSION, &value);
    *version = rd_u32(&value);
    return rd_end(&value) && !r->err;
}

/* 0 where there is no file. */
static uint32_t stored_version(const struct core *core, const struct lds_file *file)
{
    uint8_t head[HEAD_LEN];
    uint32_t tag, version;
    size_t len;
    if (!store_read(&core->store, file->record, 0, head, sizeof head))
        return 0;
    struct rd r = rd_init(head, sizeof head);
    return tlv_read_header(&r, &tag, &len) && read_version(&r, &version) ? version : 0;
}

/* The first piece: whether the file may come. */
static uint16_t check_head(const struct core *core, const struct lds_file *file, struct rd r, size_t *total)
{
    size_t all = r.left, len;
    uint32_t tag, version, stored = stored_version(core, file);
    if (!tlv_read_header(&r, &tag, &len) || tag != file->tag)
        return SW_WRONG_DATA;
    *total = all - r.left + len;
    if (*total > file->len_max || (file->fixed && *total != file->len_max))
        return SW_WRONG_LENGTH;
    if (file->number == 0)
        return SW_OK;
    if (!read_version(&r, &version))
        return SW_WRONG_DATA;
    bool next = version > stored && version - stored <= DG_VERSION_AHEAD;
    return core->security.channel || next ? SW_OK : SW_CONDITIONS;
}

static uint16_t begin(struct core *core, const struct request *request, struct lds_update *update)
{
    const struct lds_file *file;
    size_t total = 0;
    uint16_t sw = lds_file_find(core, BY_SFI, request->p1 & SFI_MASK, USE_WRITE, &file);
    if (sw == SW_OK)
        sw = check_head(core, file, request->data, &total);
    if (sw == SW_OK)
        sw = core_store_sw(store_stream_open(&core->store, file->record, total));
    if (sw == SW_OK)
        *update = (struct lds_update) { .file = file, .left = total };
    return sw;
}

uint16_t cmd_update_binary(struct core *core, const struct request *request, struct wr *answer)
{
    struct lds_update *update = &lds_state(core)->update;
    (void)answer;
    uint16_t sw = update->file == NULL ? begin(core, request, update) : SW_OK;
    if (sw != SW_OK)
        return sw;
    if (!lds_may(core, update->file, USE_WRITE))
        return SW_SECURITY_STATUS;
    size_t len = request->data.left;
    if (len > update->left || (request->last && len < update->left))
        return SW_WRONG_LENGTH;
    update->left -= len;
    sw = core_store_sw(store_stream_write(&core->store, request->data.p, len));
    return sw == SW_OK && request->last ? core_store_sw(store_stream_commit(&core->store)) : sw;
}
