/* SPDX-License-Identifier: BSD-2-Clause */
/* SecurityInfos (BSI TR-03110 part 3, A.1.1): what the card can do, and its keys. */
#include "eac_private.h"

#include <string.h>

#include "cvc_private.h"
#include "sdc/lds.h"
#include "sdc/tlv.h"

enum { DER_INTEGER = 0x02, DER_BITS = 0x03, DER_OCTETS = 0x04, DER_OID = 0x06, DER_SEQUENCE = 0x30, DER_SET = 0x31 };

static const uint8_t oid_terminal[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02 };
static const uint8_t oid_public_key[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02 };
static const uint8_t oid_standardized[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02 };
static const uint8_t oid_ec_public_key[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01 };
static const uint8_t oid_guid[] = { SDC_OID_GUID };
static const uint8_t oid_prime_field[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01 };

static uint8_t small(struct sdc_rd *r)
{
    struct sdc_rd value = sdc_tlv_take(r, DER_INTEGER);
    uint8_t v = sdc_rd_u8(&value);
    if (!sdc_rd_end(&value) || v > 127)
        r->err = true;
    return v;
}

static struct sdc_chip_key *key_of(struct sdc_security_infos *infos, uint8_t id, struct sdc_rd *r)
{
    for (size_t i = 0; i < infos->keys_len; i++)
        if (infos->keys[i].id == id)
            return &infos->keys[i];
    if (infos->keys_len == SDC_CHIP_KEYS_MAX) {
        r->err = true;
        return &infos->keys[0];
    }
    infos->keys[infos->keys_len].id = id;
    return &infos->keys[infos->keys_len++];
}

/* PACEInfo { version 2, parameterId 12 }; of two suites the last would count, so there may be one. */
static void read_pace(struct sdc_rd *r, struct sdc_security_infos *infos, size_t suite)
{
    uint8_t version = small(r), parameter = small(r);
    if (version != 2 || parameter != EAC_PARAMETER)
        return; /* not ours */
    if (infos->pace_suite != 0)
        r->err = true;
    infos->pace_suite = suite;
}

static void read_chip(struct sdc_rd *r, struct sdc_security_infos *infos, size_t suite)
{
    uint8_t version = small(r);
    struct sdc_chip_key *key = key_of(infos, small(r), r);
    if ((version != 1 && version != 2) || key->version != 0)
        r->err = true;
    key->version = version;
    key->suite = suite;
}

/* An INTEGER or field element, whatever its leading zeros */
static bool same_number(struct sdc_rd value, const struct cvc_parameter *p)
{
    while (value.left > p->len && !value.err && value.left > 0)
        if (sdc_rd_u8(&value) != 0)
            return false;
    return sdc_rd_equal(&value, p->value, p->len);
}

/* ECParameters with P-256's numbers and nothing else (SEC 1, C.2); a seed stands nowhere in ours. */
static bool is_p256(struct sdc_rd parameters)
{
    uint8_t version = small(&parameters);
    struct sdc_rd field = sdc_tlv_take(&parameters, DER_SEQUENCE), curve = sdc_tlv_take(&parameters, DER_SEQUENCE);
    struct sdc_rd base = sdc_tlv_take(&parameters, DER_OCTETS), order = sdc_tlv_take(&parameters, DER_INTEGER);
    struct sdc_rd kind = sdc_tlv_take(&field, DER_OID), prime = sdc_tlv_take(&field, DER_INTEGER);
    struct sdc_rd a = sdc_tlv_take(&curve, DER_OCTETS), b = sdc_tlv_take(&curve, DER_OCTETS);
    uint8_t cofactor = small(&parameters);
    return version == 1 && cofactor == 1 && sdc_rd_end(&parameters) && sdc_rd_end(&field) && sdc_rd_end(&curve) &&
           sdc_rd_equal(&kind, oid_prime_field, sizeof oid_prime_field) && same_number(prime, &cvc_parameters[0]) &&
           same_number(a, &cvc_parameters[1]) && same_number(b, &cvc_parameters[2]) &&
           same_number(base, &cvc_parameters[3]) && same_number(order, &cvc_parameters[4]);
}

/* SubjectPublicKeyInfo: standardized or explicit parameters */
static void read_public_key(struct sdc_rd *r, struct sdc_security_infos *infos)
{
    struct sdc_rd info = sdc_tlv_take(r, DER_SEQUENCE), algorithm = sdc_tlv_take(&info, DER_SEQUENCE);
    struct sdc_rd bits = sdc_tlv_take(&info, DER_BITS), oid = sdc_tlv_take(&algorithm, DER_OID), explicit;
    struct sdc_chip_key *key = key_of(infos, small(r), r);
    bool good = sdc_rd_end(&info) && sdc_rd_u8(&bits) == 0 && !key->has_point;
    if (sdc_rd_equal(&oid, oid_standardized, sizeof oid_standardized))
        good = good && small(&algorithm) == EAC_PARAMETER;
    else
        good = good && sdc_rd_equal(&oid, oid_ec_public_key, sizeof oid_ec_public_key) &&
               sdc_tlv_try(&algorithm, DER_SEQUENCE, &explicit) && is_p256(explicit);
    sdc_rd_copy(&bits, key->point, sizeof key->point);
    if (!good || !sdc_rd_end(&algorithm) || !sdc_rd_end(&bits) || !p256_is_point(key->point, sizeof key->point))
        r->err = true;
    key->has_point = true;
}

static void read_guid(struct sdc_rd *r, struct sdc_security_infos *infos)
{
    struct sdc_rd value = sdc_tlv_take(r, DER_OCTETS);
    sdc_rd_copy(&value, infos->guid, sizeof infos->guid);
    if (!sdc_rd_end(&value) || infos->has_guid)
        r->err = true;
    infos->has_guid = true;
}

static bool is_oid(const struct sdc_rd *oid, const uint8_t *bytes, size_t len)
{
    return sdc_rd_equal(oid, bytes, len);
}

/* One SecurityInfo's content; false where it is malformed. */
static bool read_info(struct sdc_rd info, struct sdc_security_infos *infos)
{
    struct sdc_rd oid = sdc_tlv_take(&info, DER_OID);
    for (size_t suite = 16; suite <= 32 && !info.err; suite += 16) {
        if (is_oid(&oid, eac_oid_pace(suite), EAC_OID_LEN)) {
            read_pace(&info, infos, suite);
            return sdc_rd_end(&info);
        }
        if (is_oid(&oid, eac_oid_chip(suite), EAC_OID_LEN)) {
            read_chip(&info, infos, suite);
            return sdc_rd_end(&info);
        }
    }
    if (is_oid(&oid, oid_public_key, sizeof oid_public_key))
        read_public_key(&info, infos);
    else if (is_oid(&oid, oid_guid, sizeof oid_guid))
        read_guid(&info, infos);
    else if (is_oid(&oid, oid_terminal, sizeof oid_terminal))
        infos->terminal = small(&info) == 2;
    else
        return !info.err; /* of another kind: passed over */
    return sdc_rd_end(&info);
}

enum sdc_status sdc_security_infos_parse(struct sdc_rd set, struct sdc_security_infos *infos, struct sdc_error *e)
{
    *infos = (struct sdc_security_infos) { 0 };
    struct sdc_rd elements = sdc_tlv_take(&set, DER_SET);
    bool good = sdc_rd_end(&set);
    while (good && !sdc_rd_end(&elements)) {
        struct sdc_rd info = sdc_tlv_take(&elements, DER_SEQUENCE);
        good = !elements.err && read_info(info, infos);
    }
    return good ? SDC_OK : sdc_fail(e, SDC_E_REPLY, "the card's security information has not the right form");
}

const struct sdc_chip_key *sdc_security_infos_key(const struct sdc_security_infos *infos, uint8_t id)
{
    for (size_t i = 0; i < infos->keys_len; i++)
        if (infos->keys[i].id == id)
            return &infos->keys[i];
    return NULL;
}

static bool holds(struct sdc_rd elements, const struct sdc_rd *wanted)
{
    while (!sdc_rd_end(&elements)) {
        struct sdc_rd info = sdc_tlv_take(&elements, DER_SEQUENCE);
        if (elements.err)
            return false;
        if (sdc_rd_equal(&info, wanted->p, wanted->left))
            return true;
    }
    return false;
}

bool sdc_security_infos_within(struct sdc_rd a, struct sdc_rd b)
{
    struct sdc_rd some = sdc_tlv_take(&a, DER_SET), all = sdc_tlv_take(&b, DER_SET);
    bool good = sdc_rd_end(&a) && sdc_rd_end(&b);
    while (good && !sdc_rd_end(&some)) {
        struct sdc_rd info = sdc_tlv_take(&some, DER_SEQUENCE);
        good = !some.err && holds(all, &info);
    }
    return good;
}
