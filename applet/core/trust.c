/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust.h"

#include "bytes.h"
#include "card_crypto_keys.h"
#include "records.h"
#include "tlv.h"

#define TAG_CHR       0x5F20
#define TAG_CHAT      0x7F4C
#define TAG_EFFECTIVE 0x5F25
#define TAG_EXPIRY    0x5F24
#define TAG_OID       0x06
#define TAG_RIGHTS    0x53
#define RIGHTS_LEN    5
#define RECORD_LEN    (1 + CVC_NAME_MAX + RIGHTS_LEN + 2 * CVC_DATE_LEN + CV_POINT_LEN)

static const uint16_t records[] = { RECORD_TRUST_CURRENT, RECORD_TRUST_PREVIOUS };

void cv_name_read(struct rd *r, struct cv_name *name)
{
    bytes_fill(name, 0, sizeof *name);
    if (r->left < CVC_NAME_MIN || r->left > CVC_NAME_MAX) {
        rd_fail(r);
        return;
    }
    name->len = (uint8_t)r->left;
    rd_copy(r, name->byte, name->len);
}

bool cv_name_same(const struct cv_name *a, const struct cv_name *b)
{
    return a->len == b->len && bytes_same(a->byte, b->byte, a->len);
}

void cv_date_read(struct rd *r, struct cv_date *date)
{
    rd_copy(r, date->digit, sizeof date->digit);
    const uint8_t *d = date->digit;
    bool digits = true;
    for (size_t i = 0; i < sizeof date->digit; i++)
        digits = digits && d[i] <= 9;
    unsigned month = d[2] * 10u + d[3], day = d[4] * 10u + d[5];
    if (!digits || month < 1 || month > 12 || day < 1 || day > 31 || r->left > 0)
        rd_fail(r);
}

int cv_date_compare(const struct cv_date *a, const struct cv_date *b)
{
    for (size_t i = 0; i < sizeof a->digit; i++)
        if (a->digit[i] != b->digit[i])
            return a->digit[i] < b->digit[i] ? -1 : 1;
    return 0;
}

static uint64_t read_rights(struct rd *r)
{
    uint64_t rights = rd_u8(r);
    return rights << 32 | rd_u32(r);
}

void cv_chat_read(struct rd *r, uint64_t *rights, bool *at)
{
    static const uint8_t oid_at[] = { OID_AT };
    struct rd oid, bits;
    tlv_read_tag(r, TAG_OID, &oid);
    tlv_read_tag(r, TAG_RIGHTS, &bits);
    *at = oid.left == sizeof oid_at && bytes_same(oid.p, oid_at, sizeof oid_at);
    *rights = read_rights(&bits);
    if (!rd_end(r) || !rd_end(&bits))
        rd_fail(r);
}

unsigned cv_role(uint64_t rights)
{
    return (unsigned)(rights >> RIGHT_ROLE) & 3;
}

bool trust_read(const struct core *core, enum trust which, struct cv_holder *holder)
{
    uint8_t bytes[RECORD_LEN];
    bool ok = store_len(&core->store, records[which]) == sizeof bytes &&
              store_read(&core->store, records[which], 0, bytes, sizeof bytes);
    struct rd r = rd_init(bytes, ok ? sizeof bytes : 0);
    holder->name.len = rd_u8(&r);
    rd_copy(&r, holder->name.byte, CVC_NAME_MAX);
    holder->rights = read_rights(&r);
    rd_copy(&r, holder->effective.digit, CVC_DATE_LEN);
    rd_copy(&r, holder->expiry.digit, CVC_DATE_LEN);
    rd_copy(&r, holder->point, CV_POINT_LEN);
    return rd_end(&r);
}

bool trust_name(const struct core *core, enum trust which, struct cv_name *name)
{
    uint8_t bytes[1 + CVC_NAME_MAX];
    if (store_len(&core->store, records[which]) != RECORD_LEN ||
        !store_read(&core->store, records[which], 0, bytes, sizeof bytes))
        return false;
    struct rd r = rd_init(bytes, sizeof bytes), value;
    const uint8_t len = rd_u8(&r);
    value = rd_take(&r, len);
    cv_name_read(&value, name);
    return rd_end(&value);
}

static enum store_status stage(struct core *core, enum trust which, const struct cv_holder *holder)
{
    uint8_t bytes[RECORD_LEN];
    struct wr w = wr_init(bytes, sizeof bytes);
    wr_u8(&w, holder->name.len);
    wr_bytes(&w, holder->name.byte, CVC_NAME_MAX);
    wr_u8(&w, (uint8_t)(holder->rights >> 32));
    wr_u32(&w, (uint32_t)holder->rights);
    wr_bytes(&w, holder->effective.digit, CVC_DATE_LEN);
    wr_bytes(&w, holder->expiry.digit, CVC_DATE_LEN);
    wr_bytes(&w, holder->point, CV_POINT_LEN);
    return store_put(&core->store, records[which], bytes, w.len);
}

void card_date_read(const struct core *core, struct cv_date *date)
{
    if (store_len(&core->store, RECORD_CARD_DATE) != CVC_DATE_LEN ||
        !store_read(&core->store, RECORD_CARD_DATE, 0, date->digit, CVC_DATE_LEN))
        bytes_fill(date, 0, sizeof *date);
}

uint16_t card_date_advance(struct core *core, const struct cv_date *date)
{
    struct cv_date now;
    card_date_read(core, &now);
    if (cv_date_compare(date, &now) <= 0)
        return SW_OK;
    return core_record_put(core, RECORD_CARD_DATE, date->digit, CVC_DATE_LEN);
}

uint16_t card_date_issue(struct core *core, struct rd *value)
{
    struct cv_date date;
    cv_date_read(value, &date);
    return rd_end(value) ? core_record_put(core, RECORD_CARD_DATE, date.digit, CVC_DATE_LEN) : SW_WRONG_DATA;
}

static bool read_issued(struct rd *r, struct cv_holder *holder)
{
    struct rd point, name, chat, effective, expiry;
    bool at;
    tlv_read_tag(r, TAG_EC_POINT, &point);
    tlv_read_tag(r, TAG_CHR, &name);
    tlv_read_tag(r, TAG_CHAT, &chat);
    tlv_read_tag(r, TAG_EFFECTIVE, &effective);
    tlv_read_tag(r, TAG_EXPIRY, &expiry);
    rd_copy(&point, holder->point, CV_POINT_LEN);
    cv_name_read(&name, &holder->name);
    cv_chat_read(&chat, &holder->rights, &at);
    cv_date_read(&effective, &holder->effective);
    cv_date_read(&expiry, &holder->expiry);
    bool whole = rd_end(r) && rd_end(&point) && rd_end(&name) && rd_end(&chat) && rd_end(&effective) && rd_end(&expiry);
    return whole && at && cv_role(holder->rights) == ROLE_CVCA && crypto_ec_valid(CRYPTO_P256, holder->point) &&
           cv_date_compare(&holder->effective, &holder->expiry) <= 0;
}

uint16_t trust_issue(struct core *core, struct rd *value)
{
    struct cv_holder holder;
    if (!read_issued(value, &holder))
        return SW_WRONG_DATA;
    enum store_status status = store_begin(&core->store, 2, RECORD_LEN);
    if (status == STORE_OK)
        status = stage(core, TRUST_CURRENT, &holder);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_TRUST_PREVIOUS, NULL, 0);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    return core_store_sw(status);
}

uint16_t trust_link(struct core *core, const struct cv_holder *next)
{
    struct cv_holder current;
    struct cv_date date;
    if (!trust_read(core, TRUST_CURRENT, &current))
        return SW_NV_FAILURE;
    card_date_read(core, &date);
    if (cv_date_compare(&next->effective, &date) > 0)
        date = next->effective;
    enum store_status status = store_begin(&core->store, 3, 2 * RECORD_LEN + CVC_DATE_LEN);
    if (status == STORE_OK)
        status = stage(core, TRUST_PREVIOUS, &current);
    if (status == STORE_OK)
        status = stage(core, TRUST_CURRENT, next);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_CARD_DATE, date.digit, CVC_DATE_LEN);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    return core_store_sw(status);
}
