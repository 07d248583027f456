/* SPDX-License-Identifier: BSD-2-Clause */
#include "lds_sample.h"

#include <check.h>
#include <string.h>

#include "eac_vectors.h"
#include "station_state.h"

struct lds_input lds_sample(const struct kit *kit, const struct sdc_record *record, uint8_t guid_byte,
                            char mrz[3][SDC_MRZ_LINE + 1])
{
    struct lds_input input = { .record = record,
                               .mrz = (const char(*)[SDC_MRZ_LINE + 1]) mrz,
                               .authority = "EXAMPLE ISSUER",
                               .issued = sdc_date_today(),
                               .expiry = record->card.valid_until,
                               .portrait = sdc_rd_init("image", 5),
                               .portrait_width = 300,
                               .portrait_height = 400,
                               .status_index = 1234567,
                               .suite = 16,
                               .signer = kit->station->pki.certificate[PKI_DOCUMENT_SIGNER],
                               .signer_key = kit->station->pki.key[PKI_DOCUMENT_SIGNER] };
    memset(input.guid, guid_byte, sizeof input.guid);
    vector_copy("Q_ca1_card", input.chip[0], SDC_P256_POINT_LEN);
    vector_copy("Q_ca_card", input.chip[1], SDC_P256_POINT_LEN);
    ck_assert_int_eq(sdc_mrz_td1(record, "SD0000018", &record->card.valid_until, mrz, NULL), SDC_OK);
    return input;
}
