/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's parsers of what stands unsigned on a card or in a file from outside: SecurityInfos, CV certificates,
 * requests for them. The input: one byte that chooses, then the bytes. What is taken must hold what it says it holds,
 * whole, and the same bytes twice give the same. */
#include <stdlib.h>
#include <string.h>

#include "sdc/eac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { INFOS, CERTIFICATE, REQUEST, PAIR, KINDS };

static void must(bool so)
{
    if (!so)
        abort();
}

static bool is_inside(struct sdc_rd part, struct sdc_rd whole)
{
    return part.p >= whole.p && part.left <= whole.left && (size_t)(part.p - whole.p) <= whole.left - part.left;
}

static bool is_date(const struct sdc_date *date)
{
    return date->year >= 2000 && date->year <= 2099 && date->month >= 1 && date->month <= 12 && date->day >= 1 &&
           date->day <= 31;
}

static void infos(struct sdc_rd r)
{
    struct sdc_security_infos parsed;
    if (sdc_security_infos_parse(r, &parsed, NULL) != SDC_OK)
        return;
    must(parsed.keys_len <= SDC_CHIP_KEYS_MAX);
    must(parsed.pace_suite == 0 || parsed.pace_suite == 16 || parsed.pace_suite == 32);
    for (size_t i = 0; i < parsed.keys_len; i++) {
        must(parsed.keys[i].version <= 2);
        must(sdc_security_infos_key(&parsed, parsed.keys[i].id) != NULL);
    }
    must(sdc_security_infos_within(r, r));
}

static void certificate(struct sdc_rd r)
{
    struct sdc_cvc cvc, again;
    struct sdc_error e;
    if (sdc_cvc_parse(r.p, r.left, &cvc, NULL) != SDC_OK)
        return;
    must(sdc_cvc_is_reference(cvc.car) && sdc_cvc_is_reference(cvc.chr));
    must(is_inside(cvc.body, r) && is_inside(cvc.value, r) && is_inside(cvc.signature, r));
    must(cvc.signature.left == SDC_RS_LEN && is_date(&cvc.effective) && is_date(&cvc.expiry));
    must(sdc_date_compare(&cvc.effective, &cvc.expiry) <= 0);
    must(sdc_cvc_parse(r.p, r.left, &again, NULL) == SDC_OK && strcmp(cvc.chr, again.chr) == 0);
    (void)!sdc_cvc_check_issued(&cvc, &cvc, &e);
}

static void request(struct sdc_rd r)
{
    struct sdc_cvc_ask ask;
    if (sdc_cvc_ask_parse(r, &ask, NULL) == SDC_OK)
        must(sdc_cvc_is_reference(ask.chr));
}

/* Within: reflexive, and never of what is malformed. */
static void pair(struct sdc_rd r)
{
    struct sdc_security_infos parsed;
    size_t half = sdc_rd_u8(&r);
    struct sdc_rd a = sdc_rd_take(&r, half < r.left ? half : r.left);
    if (sdc_security_infos_within(a, r))
        must(sdc_security_infos_parse(a, &parsed, NULL) != SDC_E_REPLY || a.left > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static void (*const kinds[KINDS])(
        struct sdc_rd r) = { [INFOS] = infos, [CERTIFICATE] = certificate, [REQUEST] = request, [PAIR] = pair };
    struct sdc_rd r = sdc_rd_init(data, len);
    uint8_t kind = sdc_rd_u8(&r);
    if (!r.err)
        kinds[kind % KINDS](r);
    return 0;
}
