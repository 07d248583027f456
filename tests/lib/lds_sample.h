/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of a card of the sample batch, for tests that make them without a card: chip keys of the worked run,
 * AES-128, signed by the station's document signer. */
#ifndef TESTS_LDS_SAMPLE_H
#define TESTS_LDS_SAMPLE_H

#include "issue_kit.h"
#include "lds_data.h"

/* 'mrz' gets the three lines, which the result points to; the portrait is five bytes, the caller may give another. */
struct lds_input lds_sample(const struct kit *kit, const struct sdc_record *record, uint8_t guid_byte,
                            char mrz[3][SDC_MRZ_LINE + 1]);

#endif
