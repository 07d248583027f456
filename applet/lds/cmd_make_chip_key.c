/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERATE ASYMMETRIC KEY PAIR of chip authentication, in the issuer's session: AC{80 01 11}. The scalar never leaves
 * the card; where it is not new, the certificates of the old one are worth nothing. */
#include "card_edge.h"
#include "lds_private.h"
#include "records.h"
#include "tlv.h"

uint16_t cmd_make_chip_key(struct core *core, const struct request *request, struct wr *answer)
{
    struct rd data = request->data, template, alg;
    uint8_t scalar[CRYPTO_P256_SCALAR], point[EAC_POINT_LEN];
    tlv_read_tag(&data, TAG_KEY_TEMPLATE, &template);
    tlv_read_tag(&template, TAG_KEY_ALGORITHM, &alg);
    if (rd_u8(&alg) != ALG_ECC_P256 || !rd_end(&alg) || !rd_end(&template) || !rd_end(&data))
        return SW_WRONG_DATA;
    if (lds_df(core) != DF_MF)
        return SW_CONDITIONS;
    bool ok = crypto_ec_generate(&core->drbg, CRYPTO_P256, scalar) && crypto_ec_public(CRYPTO_P256, scalar, point);
    uint16_t record = request->p2 == KEY_CHIP_1 ? RECORD_CHIP_KEY_1 : RECORD_CHIP_KEY_2;
    uint16_t sw = ok ? core_record_put(core, record, scalar, sizeof scalar) : SW_SELF_TEST_FAILED;
    crypto_wipe(scalar, sizeof scalar);
    if (sw == SW_OK) {
        tlv_write_header(answer, TAG_PUBLIC_KEY, 2 + EAC_POINT_LEN);
        tlv_write(answer, TAG_EC_POINT, point, EAC_POINT_LEN);
    }
    return sw;
}
