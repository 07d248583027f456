/* SPDX-License-Identifier: BSD-2-Clause */
/* EF.CardSecurity, EF.SOD and the data groups: who signed, what, and of which card. */
#include "document.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "sdc/tlv.h"

enum { TAG_SOD = 0x77, TAG_DG14 = 0x6E, GUID_VERSION = 1, HASH_GROUPS_MAX = 16 };

static enum sdc_status wrong(struct sdc_error *e, enum sdc_lds_id id, const char *why)
{
    return sdc_fail(e, SDC_E_SIGNATURE, "%s: %s", sdc_lds_files[id].name, why);
}

enum sdc_status sdc_document_new(const struct sdc_trust *trust, const struct sdc_date *today,
                                 struct sdc_document **document, struct sdc_error *e)
{
    *document = calloc(1, sizeof **document);
    if (!*document)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    (*document)->trust = trust;
    (*document)->today = *today;
    return SDC_OK;
}

void sdc_document_free(struct sdc_document *document)
{
    if (!document)
        return;
    X509_free(document->signer);
    sdc_buf_free(&document->sod);
    sdc_wipe(document, sizeof *document);
    free(document);
}

/* A SignedData that brings its signer: parsed, the signer chained, the signature verified. The signer is the caller's.
 */
static enum sdc_status open_signed(const struct sdc_document *d, enum sdc_lds_id id, struct sdc_rd der,
                                   const struct vf_cms_rule *rule, struct vf_cms *cms, X509 **signer,
                                   struct sdc_error *e)
{
    const struct vf_cms_values none = { .fascn = { 0 } };
    *signer = NULL;
    const char *why = vf_cms_parse(der, rule, cms);
    if (!why)
        *signer = vf_cert_parse(cms->certificate, &why);
    if (!why && *signer)
        why = vf_trust_signer(d->trust, *signer, &d->today);
    if (!why && *signer)
        why = vf_cms_verify(cms, *signer, &cms->content, 1, &none);
    if (!why && *signer)
        return SDC_OK;
    X509_free(*signer);
    *signer = NULL;
    return wrong(e, id, why ? why : "no certificate");
}

enum sdc_status sdc_document_card_security(struct sdc_document *d, struct sdc_rd file, struct sdc_rd card_access,
                                           struct sdc_error *e)
{
    struct vf_cms cms;
    struct sdc_security_infos infos;
    X509 *signer = NULL;
    enum sdc_status status = open_signed(d, SDC_EF_CARD_SECURITY, file, &vf_cms_card_security, &cms, &signer, e);
    if (status != SDC_OK)
        return status;
    const struct sdc_chip_key *key = NULL;
    if (sdc_security_infos_parse(cms.content, &infos, NULL) == SDC_OK)
        key = sdc_security_infos_key(&infos, DOCUMENT_KEY_2);
    const char *why = NULL;
    if (!key || key->version != 2 || !key->has_point || !infos.has_guid)
        why = "it lacks the chip's key or the card's GUID";
    else if (!sdc_security_infos_within(card_access, cms.content))
        why = "EF.CardAccess says what isn't signed: it was changed";
    else if (d->has_guid && memcmp(d->guid, infos.guid, sizeof d->guid) != 0)
        why = "it is another card's";
    if (why) {
        X509_free(signer);
        return wrong(e, SDC_EF_CARD_SECURITY, why);
    }
    X509_free(d->signer);
    d->signer = signer;
    d->key[1] = *key;
    d->has_guid = true;
    memcpy(d->guid, infos.guid, sizeof d->guid);
    return SDC_OK;
}

enum sdc_status sdc_document_sod(struct sdc_document *d, struct sdc_rd file, struct sdc_error *e)
{
    struct vf_cms cms;
    struct vf_lds lds;
    X509 *signer = NULL;
    struct sdc_rd der = sdc_tlv_take(&file, TAG_SOD);
    if (!sdc_rd_end(&file))
        return wrong(e, SDC_EF_SOD, "not what belongs there");
    enum sdc_status status = open_signed(d, SDC_EF_SOD, der, &vf_cms_sod, &cms, &signer, e);
    X509_free(signer);
    if (status != SDC_OK)
        return status;
    const char *why = vf_lds_parse(cms.content, &lds);
    if (why)
        return wrong(e, SDC_EF_SOD, why);
    sdc_buf_clear(&d->sod);
    sdc_buf_put(&d->sod, cms.content.p, cms.content.left); /* outlives the file; parsed again from here */
    return sdc_buf_status(&d->sod, e);
}

/* 80 version, 81 GUID, then the place in the status list */
static enum sdc_status take_guid(struct sdc_document *d, struct sdc_rd file, struct sdc_error *e)
{
    uint8_t guid[SDC_GUID_LEN];
    struct sdc_rd inside = sdc_tlv_take(&file, sdc_lds_files[SDC_DG13].tag);
    struct sdc_rd version = sdc_tlv_take(&inside, 0x80), value = sdc_tlv_take(&inside, 0x81);
    uint8_t number = sdc_rd_u8(&version);
    sdc_rd_copy(&value, guid, sizeof guid);
    if (number != GUID_VERSION || !sdc_rd_end(&version) || !sdc_rd_end(&value) || inside.err)
        return wrong(e, SDC_DG13, "malformed");
    if (d->has_guid && memcmp(guid, d->guid, sizeof guid) != 0)
        return wrong(e, SDC_DG13, "it names another card than EF.CardSecurity");
    d->has_guid = true;
    memcpy(d->guid, guid, sizeof guid);
    return SDC_OK;
}

static enum sdc_status take_key_1(struct sdc_document *d, struct sdc_rd file, struct sdc_error *e)
{
    struct sdc_security_infos infos;
    struct sdc_rd set = sdc_tlv_take(&file, TAG_DG14);
    enum sdc_status status = sdc_security_infos_parse(set, &infos, NULL);
    const struct sdc_chip_key *key = status == SDC_OK ? sdc_security_infos_key(&infos, DOCUMENT_KEY_1) : NULL;
    if (!key || key->version != 1 || !key->has_point)
        return wrong(e, SDC_DG14, "it has no key for chip authentication");
    d->key[0] = *key;
    return SDC_OK;
}

enum sdc_status sdc_document_travel(struct sdc_document *d, enum sdc_lds_id id, struct sdc_rd file, struct sdc_error *e)
{
    struct vf_lds lds;
    uint8_t hash[VF_HASH_MAX];
    const uint8_t dg = sdc_lds_files[id].dg;
    if (d->sod.len == 0 || dg == 0 || dg > HASH_GROUPS_MAX)
        return sdc_fail(e, SDC_E_BUG, "%s before EF.SOD", sdc_lds_files[id].name);
    const char *why = vf_lds_parse(sdc_buf_rd(&d->sod), &lds);
    if (why)
        return wrong(e, SDC_EF_SOD, why);
    if (!vf_hash_pieces(lds.hash, &file, 1, hash))
        return sdc_fail(e, SDC_E_CRYPTO, "can't hash");
    if (!sdc_rd_equal(&lds.value[dg], hash, lds.hash->len))
        return wrong(e, id, "not what EF.SOD signs: it was changed, or is another card's");
    if (id == SDC_DG13)
        return take_guid(d, file, e);
    return id == SDC_DG14 ? take_key_1(d, file, e) : SDC_OK;
}

const struct sdc_chip_key *sdc_document_chip_key(const struct sdc_document *d, unsigned version)
{
    const struct sdc_chip_key *key = version == 1 || version == 2 ? &d->key[version - 1] : NULL;
    return key && key->has_point ? key : NULL;
}

bool sdc_document_guid(const struct sdc_document *d, uint8_t guid[static SDC_GUID_LEN])
{
    memcpy(guid, d->guid, SDC_GUID_LEN);
    return d->has_guid;
}
