/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/mman.h>

#include "attribute.h"
#include "crypto.h"

#define KEY_PIN_ALWAYS 0x9C
#define SW_WRONG_DATA  0x6A80

CK_RV p11_key_find(struct p11_session *s, CK_OBJECT_HANDLE handle, CK_OBJECT_CLASS class,
                   const struct p11_mechanism *mechanism, CK_ATTRIBUTE_TYPE usage, const struct p11_object **key)
{
    struct p11_item item;
    if (class == CKO_PRIVATE_KEY && p11_item_hidden(s, handle))
        return CKR_USER_NOT_LOGGED_IN; /* who has the handle was logged in: somebody reset the card since */
    if (!p11_item_find(s, handle, &item) || !item.object || item.object->class != class)
        return CKR_KEY_HANDLE_INVALID;
    CK_RV rv = p11_object_load(s->slot, item.object);
    if (rv != CKR_OK)
        return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_KEY_HANDLE_INVALID : rv;
    const struct p11_certificate *c = p11_object_certificate(s->slot, item.object);
    if (c->type != mechanism->key_type)
        return CKR_KEY_TYPE_INCONSISTENT;
    if (!c->alg || c->bits < mechanism->min || c->bits > mechanism->max)
        return CKR_KEY_SIZE_RANGE;
    struct p11_value allowed = { .flag = CK_FALSE };
    rv = p11_attribute_get(s->slot, &item, usage, &allowed);
    if (rv != CKR_OK || allowed.flag != CK_TRUE)
        return CKR_KEY_FUNCTION_NOT_PERMITTED;
    *key = item.object;
    return CKR_OK;
}

struct use {
    enum sdc_piv_alg alg;
    uint8_t ref;
    enum p11_power power;
    struct sdc_rd in;
    struct sdc_buf *out;
};

static enum sdc_status use_action(struct sdc_link *link, void *arg, struct sdc_error *e)
{
    const struct use *u = arg;
    sdc_buf_clear(u->out);
    return u->power == P11_KEY_AGREE ? sdc_piv_key_agree(link, u->alg, u->ref, u->in.p, u->in.left, u->out, e)
                                     : sdc_piv_key_sign(link, u->alg, u->ref, u->in.p, u->in.left, u->out, e);
}

/* A signature that needs the PIN just before is never tried twice: the first try may have spent it. */
CK_RV p11_key_use(struct p11_session *s, const struct p11_object *key, const struct p11_certificate *certificate,
                  enum p11_power power, struct sdc_rd in, struct sdc_buf *out)
{
    struct use use = { certificate->alg, key->key, power, in, out };
    struct sdc_error e;
    enum p11_how how = key->key == KEY_PIN_ALWAYS ? P11_ONCE : P11_REPEAT;
    enum sdc_status status = p11_token_run(s->slot, how, s->handle, use_action, &use, &e);
    if (status == SDC_E_DENIED && key->private && key->key != KEY_PIN_ALWAYS)
        s->slot->token.user = P11_NOBODY; /* somebody else logged out, or reset the card */
    if (status == SDC_E_CARD && p11_object_doubtful(s->slot, key))
        (void)p11_object_read_again(s->slot, key); /* another kind of key by now? The next operation will know */
    if (e.sw == SW_WRONG_DATA && power == P11_KEY_POWER && p11_object_manages_keys(key))
        return CKR_ENCRYPTED_DATA_INVALID;
    CK_RV rv = p11_rv(&e, P11_ABOUT_OPERATION);
    return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_DEVICE_ERROR : rv; /* a certificate whose key isn't on the card */
}

CK_RV p11_refuse_init(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_item item;
    if (!mechanism)
        return CKR_ARGUMENTS_BAD;
    if (!p11_item_find(s, key, &item))
        return CKR_KEY_HANDLE_INVALID;
    return CKR_MECHANISM_INVALID;
}

bool p11_template_readable(const CK_ATTRIBUTE *template, CK_ULONG count)
{
    if (!template && count > 0)
        return false;
    for (CK_ULONG i = 0; i < count; i++)
        if (!p11_readable(template[i].pValue, template[i].ulValueLen))
            return false;
    return true;
}

CK_RV p11_refuse_generate(const CK_ATTRIBUTE *template, CK_ULONG count)
{
    return p11_template_readable(template, count) ? CKR_MECHANISM_INVALID : CKR_ARGUMENTS_BAD;
}

void p11_give(const uint8_t *data, size_t len, CK_BYTE *out, CK_ULONG *out_len)
{
    if (len > 0)
        memcpy(out, data, len);
    *out_len = len;
}

void p11_keep_secret(struct sdc_buf *to, const uint8_t *data, size_t len)
{
    sdc_buf_put(to, data, len);
    if (to->data)
        (void)mlock(to->data, to->cap); /* no promise: the limit for locked memory may be zero */
}
