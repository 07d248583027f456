/* SPDX-License-Identifier: BSD-2-Clause */
/* A card read through PACE, with or without a terminal's rights (BSI TR-03110 part 2, 2.4; ICAO 9303-11, 4). */
#include "document.h"

#include <string.h>

#include "sdc/tlv.h"

struct reading {
    struct sdc_link *link;
    const struct sdc_docket_request *request;
    uint64_t rights;
    struct sdc_eac *session;
    struct sdc_document *document;
    struct sdc_docket_view *view;
    struct sdc_buf file;
    struct sdc_rd written; /* what is to be written */
};

uint64_t sdc_docket_rights(uint64_t rights, enum sdc_password_kind kind)
{
    if (kind == SDC_PASSWORD_MRZ || kind == SDC_PASSWORD_PUK ||
        (kind == SDC_PASSWORD_CAN && !(rights & SDC_CHAT_CAN_ALLOWED)))
        return 0;
    return rights;
}

static enum sdc_status read_file(struct reading *r, enum sdc_lds_id id, struct sdc_error *e)
{
    sdc_buf_clear(&r->file);
    return sdc_lds_read(sdc_eac_link(r->session), id, &r->file, e);
}

/* ---- with a terminal ---- */

static enum sdc_status prove_both(struct reading *r, struct sdc_error *e)
{
    enum sdc_status status = sdc_eac_terminal(r->session, r->request->terminal, NULL, e);
    if (status == SDC_OK)
        status = read_file(r, SDC_EF_CARD_SECURITY, e);
    if (status == SDC_OK)
        status = sdc_document_card_security(r->document, sdc_buf_rd(&r->file), sdc_eac_card_access(r->session), e);
    if (status == SDC_OK)
        status = sdc_eac_chip(r->session, sdc_document_chip_key(r->document, 2), e);
    r->view->chip = status == SDC_OK;
    return status;
}

static enum sdc_status read_docket(struct reading *r, struct sdc_error *e)
{
    bool selected = false;
    enum sdc_status status = SDC_OK;
    for (size_t i = 0; i < SDC_DOCKET_GROUPS && status == SDC_OK; i++) {
        const struct sdc_docket_group *group = &sdc_docket_groups[i];
        if (!(r->rights & SDC_CHAT_READ(group->dg)))
            continue;
        if (!selected)
            status = sdc_lds_select(sdc_eac_link(r->session), SDC_LDS_DOCKET, e);
        selected = true;
        if (status == SDC_OK)
            status = read_file(r, group->file, e);
        if (status == SDC_OK)
            status = sdc_document_statement(r->document, group->file, sdc_buf_rd(&r->file), &r->view->statement[i], e);
        r->view->has_statement[i] = status == SDC_OK;
    }
    return status;
}

/* ---- travel document ---- */

static void take_mrz(struct reading *r)
{
    struct sdc_rd file = sdc_buf_rd(&r->file), inside = sdc_tlv_take(&file, 0x61), mrz = sdc_tlv_take(&inside, 0x5F1F);
    if (mrz.left == sizeof r->view->mrz - 1)
        sdc_rd_copy(&mrz, r->view->mrz, sizeof r->view->mrz - 1);
}

/* ICAO 9303-10 has tags such as 5F0E, which ISO 7816-4 5.2.2.1 says nobody may have: the TLV reader refuses them. The
 * value's length is at most 255 here. */
static struct sdc_rd take_icao(struct sdc_rd *r, uint16_t tag)
{
    if (sdc_rd_u16(r) != tag)
        r->err = true;
    size_t len = sdc_rd_u8(r);
    if (len == 0x81)
        len = sdc_rd_u8(r);
    return sdc_rd_take(r, len);
}

static void take_name(struct reading *r)
{
    struct sdc_rd file = sdc_buf_rd(&r->file), inside = sdc_tlv_take(&file, 0x6B), tags = sdc_tlv_take(&inside, 0x5C);
    struct sdc_rd name = take_icao(&inside, 0x5F0E);
    if (!tags.err && !name.err && name.left < sizeof r->view->name)
        sdc_rd_copy(&name, r->view->name, name.left);
}

/* The image behind the heads of the facial record: 14 + 20 + 12 bytes where there are no feature points */
static void take_portrait(struct reading *r)
{
    struct sdc_rd file = sdc_buf_rd(&r->file), inside = sdc_tlv_take(&file, 0x75), one = sdc_tlv_take(&inside, 0x7F61);
    struct sdc_rd count = sdc_tlv_take(&one, 0x02), instance = sdc_tlv_take(&one, 0x7F60);
    struct sdc_rd header = sdc_tlv_take(&instance, 0xA1), face = sdc_tlv_take(&instance, 0x5F2E);
    sdc_rd_skip(&face, 18);
    uint16_t points = sdc_rd_u16(&face);
    sdc_rd_skip(&face, 14 + 8U * points + 12);
    if (!count.err && !header.err && !face.err)
        sdc_buf_put(&r->view->portrait, face.p, face.left);
}

/* The files in the order of reading: DG14 first, so that the chip is proven before anything personal is read. */
static const struct {
    enum sdc_lds_id id;
    void (*take)(struct reading *r);
} travel_files[] = {
    { SDC_DG14, NULL },      { SDC_DG13, NULL }, { SDC_DG1, take_mrz },
    { SDC_DG11, take_name }, { SDC_DG12, NULL }, { SDC_DG2, take_portrait },
};

/* Chip authentication 1 where no terminal did 2. The next answer proves the chip: nothing is shown before it. */
static enum sdc_status read_travel(struct reading *r, struct sdc_error *e)
{
    enum sdc_status status = sdc_lds_select(sdc_eac_link(r->session), SDC_LDS_TRAVEL, e);
    if (status == SDC_OK)
        status = read_file(r, SDC_EF_SOD, e);
    if (status == SDC_OK)
        status = sdc_document_sod(r->document, sdc_buf_rd(&r->file), e);
    for (size_t i = 0; i < sizeof travel_files / sizeof *travel_files && status == SDC_OK; i++) {
        status = read_file(r, travel_files[i].id, e);
        if (status == SDC_OK)
            status = sdc_document_travel(r->document, travel_files[i].id, sdc_buf_rd(&r->file), e);
        if (status == SDC_OK && travel_files[i].take)
            travel_files[i].take(r);
        if (status == SDC_OK && travel_files[i].id == SDC_DG14 && !r->request->terminal)
            status = sdc_eac_chip_1(r->session, sdc_document_chip_key(r->document, 1), e);
        if (status == SDC_OK && i > 0)
            r->view->chip = true;
    }
    r->view->has_travel = status == SDC_OK;
    return status;
}

/* ---- all of it ---- */

static enum sdc_status run(struct reading *r, struct sdc_error *e)
{
    const struct sdc_docket_request *request = r->request;
    enum sdc_status status =
        sdc_eac_open(r->link, request->password, request->terminal ? &r->rights : NULL, &r->session, e);
    if (status == SDC_OK && request->terminal)
        status = prove_both(r, e);
    if (status == SDC_OK && request->terminal)
        status = read_docket(r, e);
    if (status == SDC_OK && (request->travel || !request->terminal))
        status = read_travel(r, e);
    if (status == SDC_OK && !sdc_document_guid(r->document, r->view->guid))
        status = sdc_fail(e, SDC_E_BUG, "a card without its GUID");
    return status;
}

/* Everything around one use of a card. */
static enum sdc_status use_card(struct reading *r, enum sdc_status (*work)(struct reading *r, struct sdc_error *e),
                                struct sdc_error *e)
{
    enum sdc_status status = sdc_document_new(r->request->trust, &r->request->today, &r->document, e);
    if (status == SDC_OK)
        status = sdc_link_begin_anew(r->link, e);
    if (status == SDC_OK) {
        status = work(r, e);
        sdc_link_end(r->link); /* the channel's keys go with the session: any other command ends it on the card */
    }
    sdc_eac_close(r->session);
    sdc_document_free(r->document);
    sdc_buf_free(&r->file);
    return status;
}

enum sdc_status sdc_docket_read(struct sdc_link *link, const struct sdc_docket_request *request,
                                struct sdc_docket_view *view, struct sdc_error *e)
{
    *view = (struct sdc_docket_view) { .chip = false };
    struct reading r = { .link = link,
                         .request = request,
                         .rights = sdc_docket_rights(request->rights, request->password->kind),
                         .view = view };
    if (request->terminal && request->rights != 0 && r.rights == 0)
        return sdc_fail(e, SDC_E_DENIED, "with this password the terminal may read nothing: it needs the holder's PIN");
    enum sdc_status status = use_card(&r, run, e);
    if (status != SDC_OK)
        sdc_docket_view_free(view);
    return status;
}

/* ---- writing ---- */

/* Which group a file is, by its tag. */
static const struct sdc_docket_group *group_of(struct sdc_rd file)
{
    uint32_t tag;
    size_t len;
    if (sdc_tlv_open(&file, &tag, &len))
        for (size_t i = 0; i < SDC_DOCKET_GROUPS; i++)
            if (sdc_lds_files[sdc_docket_groups[i].file].tag == tag)
                return &sdc_docket_groups[i];
    return NULL;
}

static enum sdc_status write_group(struct reading *r, struct sdc_error *e)
{
    const struct sdc_docket_group *group = group_of(r->written);
    struct sdc_statement statement = { .dg = 0 };
    enum sdc_status status = sdc_eac_open(r->link, r->request->password, &r->rights, &r->session, e);
    if (status == SDC_OK)
        status = prove_both(r, e);
    if (status == SDC_OK)
        status = sdc_document_statement(r->document, group->file, r->written, &statement, e);
    if (status == SDC_OK)
        status = sdc_lds_select(sdc_eac_link(r->session), SDC_LDS_DOCKET, e);
    if (status == SDC_OK)
        status = sdc_lds_update(sdc_eac_link(r->session), group->file, r->written.p, r->written.left, e);
    if (status == SDC_E_CONDITIONS)
        status = sdc_fail(e, SDC_E_CONDITIONS, "DG%u: the card has version %u or a newer one already", group->dg,
                          (unsigned)statement.version);
    sdc_buf_free(&statement.fields);
    return status;
}

enum sdc_status sdc_docket_write(struct sdc_link *link, const struct sdc_docket_request *request, struct sdc_rd file,
                                 unsigned *dg, struct sdc_error *e)
{
    struct sdc_docket_view unused = { .chip = false };
    const struct sdc_docket_group *group = group_of(file);
    struct reading r = { .link = link,
                         .request = request,
                         .rights = sdc_docket_rights(request->rights, request->password->kind),
                         .view = &unused,
                         .written = file };
    *dg = group ? group->dg : 0;
    if (!group)
        return sdc_fail(e, SDC_E_INPUT, "not a group of the docket");
    if (!request->terminal || !(r.rights & SDC_CHAT_WRITE(group->dg)))
        return sdc_fail(e, SDC_E_DENIED, "this terminal may not write DG%u with this password", group->dg);
    return use_card(&r, write_group, e);
}

void sdc_docket_view_free(struct sdc_docket_view *view)
{
    for (size_t i = 0; i < SDC_DOCKET_GROUPS; i++)
        sdc_buf_free(&view->statement[i].fields);
    sdc_buf_free(&view->portrait);
    sdc_wipe(view, sizeof *view);
}
