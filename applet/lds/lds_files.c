/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>

#include "bytes.h"
#include "card_edge.h"
#include "card_suite.h"
#include "lds_private.h"
#include "records.h"

/* clang-format off */
const struct lds_file lds_files[] = {
/*    DF         fid                SFI                tag   read           write        right  len    fixed  record */
    { DF_MF,     FID_DIR,           SFI_DIR,           0x61, RULE_ALWAYS,   RULE_NEVER,  0,     0,     true,  0 },
    { DF_MF,     FID_ATR,           SFI_ATR,           0x7F, RULE_ALWAYS,   RULE_NEVER,  0,     0,     true,  0 },
    { DF_MF,     FID_CARD_ACCESS,   SFI_CARD_ACCESS,   0x31, RULE_ALWAYS,   RULE_NEVER,  0,     0,     true,  0 },
    { DF_MF,     FID_CARD_SECURITY, SFI_CARD_SECURITY, 0x30, RULE_TERMINAL, RULE_ISSUER, 0,     4096,  false, RECORD_FILE_CARD_SECURITY },
    { DF_TRAVEL, FID_COM,           SFI_COM,           0x60, RULE_PACE,     RULE_ISSUER, 0,     64,    false, RECORD_FILE_COM },
    { DF_TRAVEL, FID_SOD,           SFI_SOD,           0x77, RULE_PACE,     RULE_ISSUER, 0,     4096,  false, RECORD_FILE_SOD },
    { DF_TRAVEL, FID_DG(1),         1,                 0x61, RULE_PACE,     RULE_ISSUER, 0,     256,   false, RECORD_FILE_DG + 1 },
    { DF_TRAVEL, FID_DG(2),         2,                 0x75, RULE_PACE,     RULE_ISSUER, 0,     32768, false, RECORD_FILE_DG + 2 },
    { DF_TRAVEL, FID_DG(11),        11,                0x6B, RULE_PACE,     RULE_ISSUER, 0,     1024,  false, RECORD_FILE_DG + 11 },
    { DF_TRAVEL, FID_DG(12),        12,                0x6C, RULE_PACE,     RULE_ISSUER, 0,     512,   false, RECORD_FILE_DG + 12 },
    { DF_TRAVEL, FID_DG(13),        13,                0x6D, RULE_PACE,     RULE_ISSUER, 0,     128,   false, RECORD_FILE_DG + 13 },
    { DF_TRAVEL, FID_DG(14),        14,                0x6E, RULE_PACE,     RULE_ISSUER, 0,     1024,  false, RECORD_FILE_DG + 14 },
    { DF_DOCKET, FID_DG(17),        17,                0x71, RULE_RIGHT,    RULE_RIGHT,  17,    DG17_LEN, true, RECORD_FILE_DG + 17 },
    { DF_DOCKET, FID_DG(19),        19,                0x73, RULE_RIGHT,    RULE_RIGHT,  19,    DG19_LEN, true, RECORD_FILE_DG + 19 },
    { DF_DOCKET, FID_DG(20),        20,                0x74, RULE_RIGHT,    RULE_RIGHT,  20,    DG20_LEN, true, RECORD_FILE_DG + 20 },
    { DF_DOCKET, FID_DG(21),        21,                0x75, RULE_RIGHT,    RULE_RIGHT,  21,    DG21_LEN, true, RECORD_FILE_DG + 21 },
};
/* clang-format on */
const uint8_t lds_file_count = COUNT(lds_files);

/* ---- constants ---- */
/* 61{4F AID} for each application (ISO/IEC 7816-4 12.2.1) */
static const uint8_t dir[] = {
    0x61, 2 + TRAVEL_AID_LEN, 0x4F, TRAVEL_AID_LEN, TRAVEL_AID,
    0x61, 2 + DOCKET_AID_LEN, 0x4F, DOCKET_AID_LEN, DOCKET_AID,
    0x61, 2 + PIV_AID_LEN,    0x4F, PIV_AID_LEN,    PIV_AID,
};
/* 7F66: the longest APDUs, as PIV says it, too (12.7.1) */
static const uint8_t atr_info[] = {
    TAG_EXTENDED_LENGTH >> 8, TAG_EXTENDED_LENGTH & 0xFF, 0x08, TAG_INTEGER, 0x02, APDU_MAX, TAG_INTEGER, 0x02, APDU_MAX
};
/* SecurityInfos (TR-03110-3 A.1): TerminalAuthenticationInfo 2; ChipAuthenticationInfo 2 of key 2; PACEInfo 2 with
 * P-256; ChipAuthenticationDomainParameterInfo of key 2, P-256. The order is that of DER. */
#define CARD_ACCESS(suite)                                                                                             \
    {                                                                                                                  \
        0x31, 0x55, 0x30, 0x0D, 0x06, 0x08, OID_BSI, 0x02, 0x02, 0x02, 0x02, 0x01, 0x02,           /* TA */            \
            0x30, 0x12, 0x06, 0x0A, OID_CHIP, suite, 0x02, 0x01, 0x02, 0x02, 0x01, KEY_CHIP_2,     /* CA */            \
            0x30, 0x12, 0x06, 0x0A, OID_PACE, suite, 0x02, 0x01, 0x02, 0x02, 0x01, PARAMETER_P256, /* PACE */          \
            0x30, 0x1C, 0x06, 0x09, OID_CHIP, 0x30, 0x0C, 0x06, 0x07, OID_BSI, 0x01, 0x02, 0x02, 0x01, PARAMETER_P256, \
            0x02, 0x01, KEY_CHIP_2,                                                                                    \
    }
static const uint8_t card_access_128[] = CARD_ACCESS(SUITE_AES_128), card_access_256[] = CARD_ACCESS(SUITE_AES_256);
static_assert(sizeof card_access_128 == 87, "EF.CardAccess has one length");

static struct rd constant(const struct core *core, const struct lds_file *file)
{
    if (file->fid == FID_DIR)
        return rd_init(dir, sizeof dir);
    if (file->fid == FID_ATR)
        return rd_init(atr_info, sizeof atr_info);
    return rd_init(suite_id(core) == SUITE_AES_256 ? card_access_256 : card_access_128, sizeof card_access_128);
}

size_t lds_file_len(const struct core *core, const struct lds_file *file)
{
    return file->record != 0 ? store_len(&core->store, file->record) : constant(core, file).left;
}

void lds_file_answer(struct core *core, const struct lds_file *file, size_t offset, size_t len, struct wr *answer)
{
    if (file->record != 0) {
        answer_append_part(&core->answer, file->record, offset, len);
        return;
    }
    struct rd r = constant(core, file);
    (void)rd_take(&r, offset);
    wr_bytes(answer, rd_take(&r, len).p, len);
}

/* ---- access ---- */
static bool by_right(const struct eac *eac, const struct lds_file *file, enum lds_use use)
{
    unsigned bit = use == USE_READ ? RIGHT_READ_DG(file->number) : RIGHT_WRITE_DG(file->number);
    return eac->phase == PHASE_RIGHTS && (eac->rights >> (bit & 63) & 1) != 0;
}

bool lds_may(const struct core *core, const struct lds_file *file, enum lds_use use)
{
    const struct eac *eac = eac_look(core);
    switch (use == USE_READ ? file->read : file->write) {
    case RULE_ALWAYS:
        return true;
    case RULE_PACE:
        return core->security.channel || eac->phase >= PHASE_CHANNEL;
    case RULE_TERMINAL:
        return core->security.channel || eac->phase == PHASE_TA_DONE || eac->phase == PHASE_RIGHTS;
    case RULE_RIGHT:
        return core->security.channel || by_right(eac, file, use);
    case RULE_ISSUER:
        return core->security.channel;
    case RULE_NEVER:
        break;
    }
    return false;
}

/* What is said of a file that isn't there: in an application nothing before PACE, in the docket never. */
static uint16_t nothing_there(const struct core *core)
{
    bool told = core->security.channel || lds_df(core) == DF_MF ||
                (lds_df(core) == DF_TRAVEL && eac_look(core)->phase >= PHASE_CHANNEL);
    return told ? SW_NOT_FOUND : SW_SECURITY_STATUS;
}

uint16_t lds_file_find(const struct core *core, enum lds_name by, uint16_t name, enum lds_use use,
                       const struct lds_file **file)
{
    const struct lds_file *found = NULL;
    bool granted = false;
    for (uint8_t i = 0; i < lds_file_count; i++) {
        const struct lds_file *f = &lds_files[i];
        bool named = (f->df == lds_df(core)) & ((by == BY_FID ? f->fid : f->sfi) == name);
        granted |= named & lds_may(core, f, use);
        found = named ? f : found;
    }
    const uint16_t absent = nothing_there(core); /* worked out also where it isn't needed: in the same time */
    *file = granted ? found : NULL;
    if (!granted)
        return found == NULL ? absent : SW_SECURITY_STATUS;
    return use == USE_WRITE || lds_file_len(core, found) > 0 ? SW_OK : SW_NOT_FOUND;
}
