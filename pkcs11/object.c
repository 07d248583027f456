/* SPDX-License-Identifier: BSD-2-Clause */
#include "object.h"

#include "sdc/tlv.h"
#include "session.h"
#include "slot.h"
#include "store.h"

/* ---- the tables ---- */
#define RETIRED_FIRST               0x5FC10D
#define TAG_KEYS_WITH_ON_CARD_CERTS 0xC1

uint32_t p11_content_tag(enum p11_content_id content)
{
    static const uint32_t tags[P11_CERT_RETIRED] = {
        [P11_CERT_9A] = 0x5FC105,     [P11_CERT_9C] = 0x5FC10A, [P11_CERT_9D] = 0x5FC10B,  [P11_CERT_9E] = 0x5FC101,
        [P11_CCC] = 0x5FC107,         [P11_CHUID] = 0x5FC102,   [P11_SECURITY] = 0x5FC106, [P11_DISCOVERY] = 0x7E,
        [P11_KEY_HISTORY] = 0x5FC10C, [P11_PRINTED] = 0x5FC109, [P11_FACE] = 0x5FC108,
    };
    return content < P11_CERT_RETIRED ? tags[content] : RETIRED_FIRST + (content - P11_CERT_RETIRED);
}

/* 2.16.840.1.101.3.7, the arc of PIV's containers */
#define OID_PIV(len, ...)                                                                                              \
    (len) + 9,                                                                                                         \
    {                                                                                                                  \
        0x06, (len) + 7, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x07, __VA_ARGS__                                         \
    }
#define NO_OID                                                                                                         \
    0,                                                                                                                 \
    {                                                                                                                  \
        0                                                                                                              \
    }

/* Certificate and keys of the retired key n. */
#define RETIRED(n, id)                                                                                                 \
    { CKO_CERTIFICATE, P11_CERT_RETIRED + (n)-1, 0x81 + (n), id, false, "Retired Certificate for Key Management " #n,  \
      NO_OID },                                                                                                        \
        { CKO_PUBLIC_KEY, P11_CERT_RETIRED + (n)-1, 0x81 + (n), id, false, "Retired KEY MAN " #n, NO_OID },            \
    {                                                                                                                  \
        CKO_PRIVATE_KEY, P11_CERT_RETIRED + (n)-1, 0x81 + (n), id, true, "Retired KEY MAN " #n, NO_OID                 \
    }

/* Ids and labels are those of OpenSC, which URIs and configurations out there already carry. */
const struct p11_object p11_objects[] = {
    /* clang-format off */
    { CKO_CERTIFICATE, P11_CERT_9A, 0x9A, 1, false, "Certificate for PIV Authentication",  NO_OID },
    { CKO_CERTIFICATE, P11_CERT_9C, 0x9C, 2, false, "Certificate for Digital Signature",   NO_OID },
    { CKO_CERTIFICATE, P11_CERT_9D, 0x9D, 3, false, "Certificate for Key Management",      NO_OID },
    { CKO_CERTIFICATE, P11_CERT_9E, 0x9E, 4, false, "Certificate for Card Authentication", NO_OID },
    { CKO_PUBLIC_KEY,  P11_CERT_9A, 0x9A, 1, false, "PIV AUTH pubkey",                     NO_OID },
    { CKO_PUBLIC_KEY,  P11_CERT_9C, 0x9C, 2, false, "SIGN pubkey",                         NO_OID },
    { CKO_PUBLIC_KEY,  P11_CERT_9D, 0x9D, 3, false, "KEY MAN pubkey",                      NO_OID },
    { CKO_PUBLIC_KEY,  P11_CERT_9E, 0x9E, 4, false, "CARD AUTH pubkey",                    NO_OID },
    { CKO_PRIVATE_KEY, P11_CERT_9A, 0x9A, 1, true,  "PIV AUTH key",                        NO_OID },
    { CKO_PRIVATE_KEY, P11_CERT_9C, 0x9C, 2, true,  "SIGN key",                            NO_OID },
    { CKO_PRIVATE_KEY, P11_CERT_9D, 0x9D, 3, true,  "KEY MAN key",                         NO_OID },
    { CKO_PRIVATE_KEY, P11_CERT_9E, 0x9E, 4, false, "CARD AUTH key",                       NO_OID },
    RETIRED(1, 0x05), RETIRED(2, 0x06), RETIRED(3, 0x07), RETIRED(4, 0x08), RETIRED(5, 0x09),
    RETIRED(6, 0x10), RETIRED(7, 0x11), RETIRED(8, 0x12), RETIRED(9, 0x13), RETIRED(10, 0x14),
    RETIRED(11, 0x15), RETIRED(12, 0x16), RETIRED(13, 0x17), RETIRED(14, 0x18), RETIRED(15, 0x19),
    RETIRED(16, 0x20), RETIRED(17, 0x21), RETIRED(18, 0x22), RETIRED(19, 0x23), RETIRED(20, 0x24),
    { CKO_DATA, P11_CCC,         0, 0, false, "Card Capability Container",     OID_PIV(4, 1, 0x81, 0x5B, 0x00) },
    { CKO_DATA, P11_CHUID,       0, 0, false, "Card Holder Unique Identifier", OID_PIV(3, 2, 0x30, 0x00) },
    { CKO_DATA, P11_SECURITY,    0, 0, false, "Security Object",               OID_PIV(4, 2, 0x81, 0x10, 0x00) },
    { CKO_DATA, P11_DISCOVERY,   0, 0, false, "Discovery Object",              OID_PIV(3, 2, 0x60, 0x50) },
    { CKO_DATA, P11_KEY_HISTORY, 0, 0, false, "Key History Object",            OID_PIV(3, 2, 0x60, 0x60) },
    { CKO_DATA, P11_PRINTED,     0, 0, true,  "Printed Information",           OID_PIV(3, 2, 0x30, 0x01) },
    { CKO_DATA, P11_FACE,        0, 0, true,  "Cardholder Facial Images",      OID_PIV(3, 2, 0x60, 0x30) },
    /* clang-format on */
};
const size_t p11_objects_len = sizeof p11_objects / sizeof p11_objects[0];

/* ---- reading ---- */
void p11_content_free(struct p11_content *c)
{
    sdc_buf_free(&c->value);
    p11_certificate_free(c->certificate);
    c->certificate = NULL;
    c->doubtful = false;
    c->state = P11_UNREAD;
}

struct get {
    uint32_t tag;
    struct sdc_buf *out;
};

static enum sdc_status get_action(struct sdc_link *link, void *arg, struct sdc_error *e)
{
    struct get *get = arg;
    sdc_buf_clear(get->out);
    return sdc_piv_get(link, get->tag, get->out, e);
}

static CK_RV read_content(struct p11_slot *slot, enum p11_content_id id)
{
    struct p11_content *c = &slot->token.content[id];
    struct get get = { p11_content_tag(id), &c->value };
    struct sdc_error e;
    enum sdc_status status = p11_token_run(slot, P11_REPEAT, 0, get_action, &get, &e);
    if (status != SDC_OK && status != SDC_E_NOT_FOUND && status != SDC_E_REPLY)
        return p11_rv(&e, P11_ABOUT_OPERATION);
    c->state = status == SDC_OK ? P11_READ : P11_ABSENT;
    return CKR_OK;
}

/* A certificate of this card that was read before, or the card's. */
static CK_RV find_certificate(struct p11_slot *slot, enum p11_content_id id)
{
    struct p11_content *c = &slot->token.content[id];
    struct p11_cache *cache = &slot->module->cache;
    c->certificate = p11_cache_find(cache, slot->token.guid, p11_content_tag(id));
    if (c->certificate) {
        c->doubtful = true;
        c->state = P11_READ;
        return CKR_OK;
    }
    CK_RV rv = read_content(slot, id);
    if (rv != CKR_OK || c->state != P11_READ)
        return rv;
    c->certificate = p11_certificate_parse(sdc_buf_rd(&c->value));
    sdc_buf_free(&c->value);
    if (c->certificate)
        p11_cache_put(cache, slot->token.guid, p11_content_tag(id), c->certificate);
    else
        c->state = P11_ABSENT;
    return CKR_OK;
}

/* One GET DATA the first time. */
static CK_RV content_load(struct p11_slot *slot, enum p11_content_id id, bool certificate)
{
    struct p11_content *c = &slot->token.content[id];
    CK_RV rv = CKR_OK;
    if (slot->token.state != P11_READY)
        return CKR_DEVICE_REMOVED;
    if (c->state == P11_UNREAD)
        rv = certificate ? find_certificate(slot, id) : read_content(slot, id);
    if (rv != CKR_OK)
        return rv;
    return c->state == P11_READ ? CKR_OK : CKR_OBJECT_HANDLE_INVALID;
}

/* Retired keys whose certificates are on the card (SP 800-73-4 part 1, 3.3.3 and table 17): they are the first ones. */
static CK_RV count_retired(struct p11_slot *slot, size_t *count)
{
    *count = 0;
    CK_RV rv = content_load(slot, P11_KEY_HISTORY, false);
    if (rv != CKR_OK)
        return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_OK : rv;
    struct sdc_rd r = sdc_buf_rd(&slot->token.content[P11_KEY_HISTORY].value);
    struct sdc_rd on_card = sdc_tlv_take(&r, TAG_KEYS_WITH_ON_CARD_CERTS);
    size_t n = sdc_rd_u8(&on_card);
    if (sdc_rd_end(&on_card))
        *count = n < P11_RETIRED_KEYS ? n : P11_RETIRED_KEYS;
    return CKR_OK;
}

CK_RV p11_object_there(struct p11_slot *slot, const struct p11_object *object, bool *there)
{
    size_t count = 0;
    CK_RV rv = CKR_OK;
    *there = slot->token.content[object->content].state != P11_ABSENT;
    if (*there && object->content >= P11_CERT_RETIRED) {
        rv = count_retired(slot, &count);
        *there = object->content - P11_CERT_RETIRED < count;
    }
    return rv;
}

CK_RV p11_object_load(struct p11_slot *slot, const struct p11_object *object)
{
    bool there = false;
    CK_RV rv = p11_object_there(slot, object, &there);
    if (rv != CKR_OK)
        return rv;
    return there ? content_load(slot, object->content, object->key != 0) : CKR_OBJECT_HANDLE_INVALID;
}

bool p11_object_doubtful(const struct p11_slot *slot, const struct p11_object *object)
{
    return slot->token.content[object->content].doubtful;
}

void p11_object_proven(struct p11_slot *slot, const struct p11_object *object)
{
    slot->token.content[object->content].doubtful = false;
}

CK_RV p11_object_read_again(struct p11_slot *slot, const struct p11_object *object)
{
    p11_cache_drop(&slot->module->cache, slot->token.guid, p11_content_tag(object->content));
    p11_content_free(&slot->token.content[object->content]);
    return p11_object_load(slot, object);
}

bool p11_object_manages_keys(const struct p11_object *object)
{
    return object->key == 0x9D || (object->key >= 0x82 && object->key <= 0x95);
}

struct p11_certificate *p11_object_certificate(const struct p11_slot *slot, const struct p11_object *object)
{
    return slot->token.content[object->content].certificate;
}

/* ---- handles ----
 * Token objects: the card's generation and the object's number from 1; session objects end in FF. So a handle of
 * another card or another kind is never mistaken. */
#define HANDLE_BITS 8

static CK_OBJECT_HANDLE object_handle(const struct p11_slot *slot, size_t number)
{
    return slot->token.generation << HANDLE_BITS | (number + 1);
}

static bool visible(const struct p11_slot *slot, const struct p11_object *object)
{
    if (slot->token.content[object->content].state == P11_ABSENT)
        return false;
    return !object->private || slot->token.user == P11_USER;
}

static bool visible_stored(const struct p11_slot *slot, const struct p11_stored *stored)
{
    return !p11_stored_private(stored) || slot->token.user == P11_USER;
}

bool p11_item_find(struct p11_session *session, CK_OBJECT_HANDLE handle, struct p11_item *item)
{
    struct p11_slot *slot = session->slot;
    *item = (struct p11_item) { NULL, p11_stored_find(slot, handle) };
    if (item->stored)
        return visible_stored(slot, item->stored);
    for (size_t i = 0; i < p11_objects_len; i++) {
        if (object_handle(slot, i) == handle && visible(slot, &p11_objects[i])) {
            item->object = &p11_objects[i];
            return true;
        }
    }
    return false;
}

bool p11_item_hidden(struct p11_session *session, CK_OBJECT_HANDLE handle)
{
    const struct p11_slot *slot = session->slot;
    for (size_t i = 0; slot->token.user == P11_NOBODY && i < p11_objects_len; i++)
        if (p11_objects[i].private && object_handle(slot, i) == handle)
            return slot->token.content[p11_objects[i].content].state != P11_ABSENT;
    return false;
}

bool p11_item_next(struct p11_session *session, struct p11_cursor *cursor, struct p11_item *item,
                   CK_OBJECT_HANDLE *handle)
{
    struct p11_slot *slot = session->slot;
    *item = (struct p11_item) { NULL, NULL };
    while (cursor->object < p11_objects_len) {
        size_t i = cursor->object++;
        if (visible(slot, &p11_objects[i])) {
            item->object = &p11_objects[i];
            *handle = object_handle(slot, i);
            return true;
        }
    }
    while ((item->stored = p11_stored_after(slot, cursor->stored)) != NULL) {
        *handle = cursor->stored = p11_stored_handle(item->stored);
        if (visible_stored(slot, item->stored))
            return true;
    }
    return false;
}
