/* SPDX-License-Identifier: BSD-2-Clause */
/* STORE DATA: one DGI a command, in one transaction of its own. Secrets come encrypted with the DEK besides the
 * session's own encryption, so that they pass through the host's issuing program unseen. */
#include "bytes.h"
#include "card_edge.h"
#include "issuer_private.h"
#include "records.h"
#include "reference.h"
#include "reference_management.h"

#define SENSITIVE_MAX 48 /* the longest value, 32 bytes, and its padding */
#define PADDING       0x80

typedef uint16_t store_run(struct core *core, uint16_t dgi, struct rd *value);
static store_run store_record, store_reference, store_digits, store_management;

static const struct {
    uint16_t dgi;
    uint8_t p1; /* plain or sensitive */
    uint8_t min, max;
    uint16_t record;
    store_run *run;
} groups[] = {
    /* clang-format off */
    { DGI_ISSUER,          STORE_PLAIN,     1,                   ISSUER_MAX,          RECORD_ISSUER,          store_record },
    { DGI_PRODUCTION_DATA, STORE_PLAIN,     PRODUCTION_DATA_LEN, PRODUCTION_DATA_LEN, RECORD_PRODUCTION_DATA, store_record },
    { DGI_TRANSPORT_PIN,   STORE_SENSITIVE, 1 + PIN_MIN_LEN,     1 + PIN_MAX_LEN,     REFERENCE_PIN,          store_reference },
    { DGI_PUK,             STORE_SENSITIVE, 1 + PUK_LEN,         1 + PUK_LEN,         REFERENCE_PUK,          store_reference },
    { DGI_CAN,             STORE_SENSITIVE, CAN_LEN,             CAN_LEN,             RECORD_CAN,             store_digits },
    { DGI_MRZ,             STORE_SENSITIVE, MRZ_SECRET_LEN,      MRZ_SECRET_LEN,      RECORD_MRZ,             store_record },
    { DGI_MANAGEMENT_KEY,  STORE_SENSITIVE, 16,                  32,                  0,                      store_management },
    /* clang-format on */
};

static uint16_t store_record(struct core *core, uint16_t record, struct rd *value)
{
    return core_record_put(core, record, value->p, value->left);
}

static uint16_t store_digits(struct core *core, uint16_t record, struct rd *value)
{
    struct rd digits = *value;
    while (rd_more(&digits)) {
        uint8_t digit = rd_u8(&digits);
        if (digit < '0' || digit > '9')
            return SW_WRONG_DATA;
    }
    return store_record(core, record, value);
}

static uint16_t store_reference(struct core *core, uint16_t id, struct rd *value)
{
    struct digits digits;
    uint8_t tries = rd_u8(value);
    uint16_t sw = SW_WRONG_DATA;
    if (digits_read(value, (enum reference_id)id, &digits) && tries >= 1 && tries <= TRIES_MAX)
        sw = reference_issue(core, (enum reference_id)id, &digits, tries);
    crypto_wipe(&digits, sizeof digits);
    return sw;
}

static uint16_t store_management(struct core *core, uint16_t unused, struct rd *value)
{
    struct management management;
    uint8_t alg = value->left == 16 ? ALG_AES_128 : value->left == 24 ? ALG_AES_192 : ALG_AES_256;
    (void)unused;
    bool ok = management_make(&management, alg, value->p, value->left);
    uint16_t sw = ok ? management_put(core, &management) : SW_WRONG_DATA;
    crypto_wipe(&management, sizeof management);
    return sw;
}

/* Decrypts into 'clear' and takes the padding off. */
static bool reveal(const struct core *core, struct rd *value, uint8_t clear[static SENSITIVE_MAX])
{
    const uint8_t zero[CRYPTO_AES_BLOCK] = { 0 };
    size_t len = value->left;
    if (len == 0 || len > SENSITIVE_MAX || len % CRYPTO_AES_BLOCK != 0)
        return false;
    bytes_copy(clear, value->p, len);
    crypto_aes_cbc_decrypt(core->channel.dek, core->channel.key_len, zero, clear, len);
    size_t end = len;
    while (end > 0 && clear[end - 1] == 0)
        end--;
    bool padded = end > 0 && clear[end - 1] == PADDING && len - end < CRYPTO_AES_BLOCK;
    *value = rd_init(clear, padded ? end - 1 : 0);
    return padded;
}

static uint16_t store_group(struct core *core, uint8_t p1, uint16_t dgi, struct rd *value)
{
    uint8_t clear[SENSITIVE_MAX] = { 0 };
    uint16_t sw = SW_REFERENCE_NOT_FOUND;
    for (size_t i = 0; i < COUNT(groups); i++) {
        if (groups[i].dgi != dgi)
            continue;
        bool ok = p1 == groups[i].p1 && (p1 == STORE_PLAIN || reveal(core, value, clear)) &&
                  value->left >= groups[i].min && value->left <= groups[i].max;
        sw = ok ? groups[i].run(core, groups[i].record, value) : SW_WRONG_DATA;
    }
    crypto_wipe(clear, sizeof clear);
    return sw;
}

uint16_t cmd_store_data(struct core *core, const struct request *request, struct wr *answer)
{
    struct rd data = request->data;
    uint16_t dgi = rd_u16(&data);
    size_t len = rd_u8(&data);
    struct rd value = rd_take(&data, len);
    (void)answer;
    return rd_end(&data) ? store_group(core, request->p1, dgi, &value) : SW_WRONG_DATA;
}
