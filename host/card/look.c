/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/look.h"

#include <stdio.h>

#include "card_edge.h"
#include "look_cert.h"
#include "sdc/tlv.h"

static const struct {
    uint32_t tag;
    const char *name;
} look_objects[SDC_LOOK_OBJECTS] = {
    { OBJ_CCC, "Card Capability Container" },
    { OBJ_CHUID, "Card Holder Unique Identifier" },
    { OBJ_SECURITY, "Security Object" },
    { OBJ_DISCOVERY, "Discovery Object" },
    { OBJ_KEY_HISTORY, "Key History Object" },
    { OBJ_PRINTED, "Printed Information" },
    { OBJ_FACE, "Facial Image" },
};

/* Reads one object. SDC_OK also where the card refuses: *state says so. Otherwise the link has failed. */
static enum sdc_status read_object(struct sdc_link *link, uint32_t tag, struct sdc_buf *content,
                                   enum sdc_look_state *state, struct sdc_error *e)
{
    enum sdc_status status = sdc_piv_get(link, tag, content, e);
    *state = SDC_LOOK_BROKEN;
    switch (status) {
    case SDC_OK:
        *state = content->len > 0 ? SDC_LOOK_PRESENT : SDC_LOOK_ABSENT;
        return SDC_OK;
    case SDC_E_NOT_FOUND:
        *state = SDC_LOOK_ABSENT;
        return SDC_OK;
    case SDC_E_DENIED:
        *state = SDC_LOOK_NEEDS_PIN;
        return SDC_OK;
    case SDC_E_REPLY:
    case SDC_E_CARD:
    case SDC_E_CONDITIONS:
        return SDC_OK;
    default:
        return status;
    }
}

static void take_expiry(struct sdc_rd value, char expiry[static 11])
{
    char digits[9] = { 0 };
    if (value.left != 8)
        return;
    sdc_rd_copy(&value, digits, 8);
    for (size_t i = 0; i < 8; i++)
        if (digits[i] < '0' || digits[i] > '9')
            return;
    snprintf(expiry, 11, "%.4s-%.2s-%.2s", digits, digits + 4, digits + 6);
}

static void take_chuid(const struct sdc_buf *content, struct sdc_look *look)
{
    struct sdc_rd r = sdc_buf_rd(content), value;
    uint32_t tag;
    while (sdc_tlv_next(&r, &tag, &value)) {
        if (tag == 0x34 && value.left == SDC_GUID_LEN) {
            sdc_rd_copy(&value, look->guid, SDC_GUID_LEN);
            look->has_guid = true;
        } else if (tag == 0x35) {
            take_expiry(value, look->expiry);
        }
    }
}

static enum sdc_status look_at_objects(struct sdc_link *link, struct sdc_look *look, struct sdc_error *e)
{
    for (size_t i = 0; i < SDC_LOOK_OBJECTS; i++) {
        struct sdc_look_object *object = &look->objects[i];
        struct sdc_buf content = SDC_BUF_INIT;
        object->tag = look_objects[i].tag;
        object->name = look_objects[i].name;
        enum sdc_status status = read_object(link, object->tag, &content, &object->state, e);
        object->len = content.len;
        if (status == SDC_OK && object->tag == OBJ_CHUID && object->state == SDC_LOOK_PRESENT)
            take_chuid(&content, look);
        sdc_buf_free(&content);
        if (status != SDC_OK)
            return status;
    }
    return SDC_OK;
}

/* 70 { certificate } 71 { 00 } FE {}: compressed certificates aren't read here. */
static bool take_certificate(const struct sdc_buf *content, struct sdc_look_cert *cert)
{
    struct sdc_rd r = sdc_buf_rd(content);
    struct sdc_rd der = sdc_tlv_take(&r, 0x70), info = sdc_tlv_take(&r, 0x71), mark;
    (void)sdc_tlv_try(&r, 0xFE, &mark);
    return sdc_rd_end(&r) && sdc_rd_equal(&info, "\0", 1) && sdc_look_cert_read(der, cert);
}

static enum sdc_status look_at_certs(struct sdc_link *link, struct sdc_look *look, struct sdc_error *e)
{
    for (size_t i = 0; i < SDC_LOOK_CERTS; i++) {
        struct sdc_look_cert *cert = &look->certs[i];
        struct sdc_buf content = SDC_BUF_INIT;
        cert->key = &sdc_piv_keys[i];
        enum sdc_status status = read_object(link, cert->key->cert_object, &content, &cert->state, e);
        if (status == SDC_OK && cert->state == SDC_LOOK_PRESENT && !take_certificate(&content, cert))
            cert->state = SDC_LOOK_BROKEN;
        sdc_buf_free(&content);
        if (status != SDC_OK)
            return status;
    }
    return SDC_OK;
}

static enum sdc_status look_at_pin(struct sdc_link *link, struct sdc_look *look, struct sdc_error *e)
{
    enum sdc_status status = sdc_piv_tries(link, &look->tries, NULL, e);
    switch (status) {
    case SDC_OK:
        look->pin = look->tries > 0 ? SDC_LOOK_PIN_SET : SDC_LOOK_PIN_BLOCKED;
        return SDC_OK;
    case SDC_E_CONDITIONS:
        look->pin = SDC_LOOK_PIN_TRANSPORT;
        return SDC_OK;
    case SDC_E_CARD:
    case SDC_E_REPLY:
    case SDC_E_NOT_FOUND:
    case SDC_E_DENIED:
        return SDC_OK;
    default:
        return status;
    }
}

enum sdc_status sdc_card_look(struct sdc_link *link, struct sdc_look *look, struct sdc_error *e)
{
    *look = (struct sdc_look) { .pin = SDC_LOOK_PIN_UNKNOWN };
    enum sdc_status status = sdc_piv_select(link, e);
    if (status == SDC_OK)
        status = look_at_pin(link, look, e);
    if (status == SDC_OK)
        status = look_at_objects(link, look, e);
    return status != SDC_OK ? status : look_at_certs(link, look, e);
}
