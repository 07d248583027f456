/* SPDX-License-Identifier: BSD-2-Clause */
#include "manifest.h"

#include "sdc/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/cms.h>
#include <openssl/err.h>

#define FORMAT "sdc-delivery-1"

/* The signer is the pinned certificate and no other: none that stands inside the message is looked at. */
static enum sdc_status verify(struct sdc_rd der, X509 *maker, BIO *content, struct sdc_error *e)
{
    const unsigned char *p = der.p;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.left);
    STACK_OF(X509) *signers = sk_X509_new_null();
    enum sdc_status status = SDC_OK;
    if (!signers || sk_X509_push(signers, maker) <= 0)
        status = sdc_fail(e, SDC_E_NO_MEMORY, "no memory for a delivery manifest");
    else if (!cms || p != der.p + der.left)
        status = sdc_fail(e, SDC_E_INPUT, "this is no delivery manifest");
    else if (CMS_verify(cms, signers, NULL, NULL, content, CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1)
        status = sdc_fail(e, SDC_E_SIGNATURE, "the delivery manifest is not signed by this card maker");
    sk_X509_free(signers);
    CMS_ContentInfo_free(cms);
    ERR_clear_error();
    return status;
}

/* A name that may be a file's */
static bool copy_name(const json_t *root, const char *member, char out[static MANIFEST_NAME_MAX + 1])
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
    const char *text = json_string_value(json_object_get(root, member));
    if (!text || !text[0] || text[0] == '.' || strlen(text) > MANIFEST_NAME_MAX || text[strspn(text, allowed)])
        return false;
    snprintf(out, MANIFEST_NAME_MAX + 1, "%s", text);
    return true;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, SDC_SERIAL_LEN);
}

static bool read_chips(const json_t *list, struct manifest *m)
{
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count == 0 || count > MANIFEST_CHIPS_MAX)
        return false;
    m->chips = calloc(count, sizeof *m->chips);
    if (!m->chips)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (!text || strlen(text) != 2 * SDC_SERIAL_LEN || !sdc_unhex(text, m->chips[i], SDC_SERIAL_LEN))
            return false;
    }
    m->chips_len = count;
    qsort(m->chips, count, sizeof *m->chips, compare);
    for (size_t i = 1; i < count; i++)
        if (compare(m->chips[i - 1], m->chips[i]) == 0)
            return false;
    return true;
}

static bool copy_date(const json_t *value, char out[static 11])
{
    struct sdc_date date;
    const char *text = json_string_value(value);
    if (!text || !sdc_date_parse(text, false, &date))
        return false;
    snprintf(out, 11, "%s", text);
    return true;
}

static enum sdc_status read_content(const char *text, size_t len, struct manifest *m, struct sdc_error *e)
{
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    const char *format = json_string_value(json_object_get(root, "format"));
    bool good = json_is_object(root) && json_object_size(root) == 5 && format && strcmp(format, FORMAT) == 0 &&
                copy_name(root, "batch", m->batch) && copy_name(root, "transport_key", m->transport_key) &&
                copy_date(json_object_get(root, "created"), m->created) &&
                read_chips(json_object_get(root, "chips"), m);
    json_decref(root);
    return good ? SDC_OK : sdc_fail(e, SDC_E_INPUT, "the delivery manifest's content has not the right form");
}

enum sdc_status manifest_read(struct sdc_rd der, X509 *maker, struct manifest *manifest, struct sdc_error *e)
{
    *manifest = (struct manifest) { .chips = NULL };
    if (der.err || der.left == 0 || der.left > MANIFEST_FILE_MAX)
        return sdc_fail(e, SDC_E_INPUT, "this is no delivery manifest");
    BIO *content = BIO_new(BIO_s_mem());
    if (!content)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for a delivery manifest");
    enum sdc_status status = verify(der, maker, content, e);
    if (status == SDC_OK) {
        char *text = NULL;
        long len = BIO_get_mem_data(content, &text);
        status = read_content(text, (size_t)len, manifest, e);
    }
    BIO_free(content);
    if (status != SDC_OK)
        manifest_free(manifest);
    return status;
}

void manifest_free(struct manifest *manifest)
{
    free(manifest->chips);
    *manifest = (struct manifest) { .chips = NULL };
}

bool manifest_lists(const struct manifest *manifest, const uint8_t serial[static SDC_SERIAL_LEN])
{
    return manifest->chips_len > 0 &&
           bsearch(serial, manifest->chips, manifest->chips_len, sizeof *manifest->chips, compare) != NULL;
}
