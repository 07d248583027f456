/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_edge.h"
#include "piv_private.h"
#include "tlv.h"

/* AC{80 01 alg}; a parameter (81) is for RSA alone and refused (table 14). */
static bool algorithm_read(struct rd data, uint8_t *alg)
{
    struct rd template, value;
    tlv_read_tag(&data, TAG_KEY_TEMPLATE, &template);
    tlv_read_tag(&template, TAG_KEY_ALGORITHM, &value);
    *alg = rd_u8(&value);
    return rd_end(&data) && rd_end(&template) && rd_end(&value);
}

static uint16_t key_write(struct core *core, uint16_t record, const uint8_t *scalar)
{
    enum store_status status = store_begin(&core->store, 1, CRYPTO_P256_SCALAR);
    if (status == STORE_OK)
        status = store_put(&core->store, record, scalar, CRYPTO_P256_SCALAR);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    return core_store_sw(status);
}

/* The new pair replaces the old one; answers 7F49{86 point}. */
uint16_t cmd_generate(struct core *core, const struct request *request, struct wr *answer)
{
    const struct piv_key *key = piv_key_find(request->p2);
    uint8_t alg, scalar[CRYPTO_P256_SCALAR], point[CRYPTO_P256_POINT];
    if (key == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (!algorithm_read(request->data, &alg) || alg != key->alg)
        return SW_WRONG_DATA;
    uint16_t sw =
        crypto_p256_generate(&core->drbg, scalar, point) ? key_write(core, key->record, scalar) : SW_SELF_TEST_FAILED;
    crypto_wipe(scalar, sizeof scalar);
    if (sw == SW_OK) {
        tlv_write_header(answer, TAG_PUBLIC_KEY, tlv_header_len(TAG_EC_POINT, sizeof point) + sizeof point);
        tlv_write(answer, TAG_EC_POINT, point, sizeof point);
    }
    return sw;
}
