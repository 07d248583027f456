/* SPDX-License-Identifier: BSD-2-Clause */
/* SecurityInfos in DER: the elements of the SET in the order of their encodings (X.690 11.6). */
#include "der_build.h"
#include "lds_data.h"

#include "sdc/tlv.h"

enum {
    INTEGER = 0x02,
    BITS = 0x03,
    OCTETS = 0x04,
    OID = 0x06,
    SEQUENCE = 0x30,
    SET = 0x31,
    P256 = 12,
    INFOS_MAX = 8,
    OID_SUITE = 10,
    KEY_1 = 1,
    KEY_2 = 2
};

static const uint8_t oid_pace[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02 };
static const uint8_t oid_chip[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02 };
static const uint8_t oid_terminal[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02 };
static const uint8_t oid_public_key[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02 };
static const uint8_t oid_standardized[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02 };
static const uint8_t oid_guid[] = { SDC_OID_GUID };

/* AlgorithmIdentifier { ecPublicKey, ECParameters of P-256 with their numbers } (SEC 1, C.2): readers of travel
 * documents know it, where the standardized parameters are none of theirs. */
static const uint8_t explicit_p256[] = {
    0x30, 0x81, 0xEC, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x30, 0x81, 0xE0, 0x02, 0x01, 0x01, 0x30,
    0x2C, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01, 0x02, 0x21, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00,
    0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x30, 0x44, 0x04, 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFC, 0x04, 0x20, 0x5A, 0xC6, 0x35, 0xD8, 0xAA, 0x3A, 0x93, 0xE7, 0xB3, 0xEB, 0xBD, 0x55,
    0x76, 0x98, 0x86, 0xBC, 0x65, 0x1D, 0x06, 0xB0, 0xCC, 0x53, 0xB0, 0xF6, 0x3B, 0xCE, 0x3C, 0x3E, 0x27, 0xD2, 0x60,
    0x4B, 0x04, 0x41, 0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40,
    0xF2, 0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F, 0xE3,
    0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33, 0x57, 0x6B,
    0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5, 0x02, 0x21, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x00,
    0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84,
    0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51, 0x02, 0x01, 0x01
};

struct infos {
    struct sdc_buf info[INFOS_MAX];
    size_t count;
};

static void put_small(struct sdc_buf *b, uint8_t v)
{
    sdc_tlv_put(b, INTEGER, &v, 1);
}

static void finish(struct infos *infos, struct sdc_buf *inside)
{
    der_put_part(&infos->info[infos->count++], SEQUENCE, inside);
}

/* A protocol whose identifier ends with the suite, and two numbers */
static void add_suite(struct infos *infos, const uint8_t *arc, size_t suite, uint8_t first, uint8_t second)
{
    struct sdc_buf inside = SDC_BUF_INIT, oid = SDC_BUF_INIT;
    sdc_buf_put(&oid, arc, OID_SUITE - 1);
    sdc_buf_u8(&oid, suite == 16 ? 2 : 4);
    der_put_part(&inside, OID, &oid);
    put_small(&inside, first);
    put_small(&inside, second);
    finish(infos, &inside);
}

static void put_standardized(struct sdc_buf *b)
{
    struct sdc_buf algorithm = SDC_BUF_INIT;
    sdc_tlv_put(&algorithm, OID, oid_standardized, sizeof oid_standardized);
    put_small(&algorithm, P256);
    der_put_part(b, SEQUENCE, &algorithm);
}

static void add_domain(struct infos *infos)
{
    struct sdc_buf inside = SDC_BUF_INIT;
    sdc_tlv_put(&inside, OID, oid_chip, sizeof oid_chip);
    put_standardized(&inside);
    put_small(&inside, KEY_2);
    finish(infos, &inside);
}

static void add_terminal(struct infos *infos)
{
    struct sdc_buf inside = SDC_BUF_INIT;
    sdc_tlv_put(&inside, OID, oid_terminal, sizeof oid_terminal);
    put_small(&inside, 2);
    finish(infos, &inside);
}

static void add_key(struct infos *infos, uint8_t id, const uint8_t point[static SDC_P256_POINT_LEN])
{
    struct sdc_buf inside = SDC_BUF_INIT, key = SDC_BUF_INIT, bits = SDC_BUF_INIT;
    if (id == KEY_1)
        sdc_buf_put(&key, explicit_p256, sizeof explicit_p256);
    else
        put_standardized(&key);
    sdc_buf_u8(&bits, 0); /* unused bits */
    sdc_buf_put(&bits, point, SDC_P256_POINT_LEN);
    der_put_part(&key, BITS, &bits);
    sdc_tlv_put(&inside, OID, oid_public_key, sizeof oid_public_key);
    der_put_part(&inside, SEQUENCE, &key);
    put_small(&inside, id);
    finish(infos, &inside);
}

static void add_guid(struct infos *infos, const uint8_t guid[static SDC_GUID_LEN])
{
    struct sdc_buf inside = SDC_BUF_INIT;
    sdc_tlv_put(&inside, OID, oid_guid, sizeof oid_guid);
    sdc_tlv_put(&inside, OCTETS, guid, SDC_GUID_LEN);
    finish(infos, &inside);
}

static void put_set(struct infos *infos, struct sdc_buf *out)
{
    struct sdc_buf set = SDC_BUF_INIT;
    der_put_sorted(&set, infos->info, infos->count);
    der_put_part(out, SET, &set);
}

static void add_access(struct infos *infos, const struct lds_input *input)
{
    add_suite(infos, oid_pace, input->suite, 2, P256);
    add_suite(infos, oid_chip, input->suite, 2, KEY_2);
    add_domain(infos);
    add_terminal(infos);
}

void lds_infos_access(const struct lds_input *input, struct sdc_buf *out)
{
    struct infos infos = { .count = 0 };
    add_access(&infos, input);
    put_set(&infos, out);
}

void lds_infos_security(const struct lds_input *input, struct sdc_buf *out)
{
    struct infos infos = { .count = 0 };
    add_access(&infos, input);
    add_key(&infos, KEY_2, input->chip[1]);
    add_guid(&infos, input->guid);
    put_set(&infos, out);
}

void lds_infos_travel(const struct lds_input *input, struct sdc_buf *out)
{
    struct infos infos = { .count = 0 };
    add_access(&infos, input);
    add_suite(&infos, oid_chip, input->suite, 1, KEY_1);
    add_key(&infos, KEY_1, input->chip[0]);
    put_set(&infos, out);
}
