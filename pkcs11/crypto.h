/* SPDX-License-Identifier: BSD-2-Clause */
/* What the cryptographic entry points do once a session is found and locked. Each checks in PKCS#11's order: pointers,
 * operation state, mechanism, handles, key type and usage. */
#ifndef P11_CRYPTO_H
#define P11_CRYPTO_H

#include "session.h"

/* sign.c: the hash in the host, the signature by the card */
CK_RV p11_sign_init(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
CK_RV p11_sign(struct p11_session *s, const CK_BYTE *data, CK_ULONG len, CK_BYTE *signature, CK_ULONG *signature_len);
CK_RV p11_sign_update(struct p11_session *s, const CK_BYTE *part, CK_ULONG len);
CK_RV p11_sign_final(struct p11_session *s, CK_BYTE *signature, CK_ULONG *signature_len);

/* verify.c: all in the host */
CK_RV p11_verify_init(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
CK_RV p11_verify(struct p11_session *s, const CK_BYTE *data, CK_ULONG len, const CK_BYTE *signature,
                 CK_ULONG signature_len);
CK_RV p11_verify_update(struct p11_session *s, const CK_BYTE *part, CK_ULONG len);
CK_RV p11_verify_final(struct p11_session *s, const CK_BYTE *signature, CK_ULONG signature_len);

/* digest.c */
CK_RV p11_digest_init(struct p11_session *s, const CK_MECHANISM *mechanism);
CK_RV p11_digest(struct p11_session *s, const CK_BYTE *data, CK_ULONG len, CK_BYTE *digest, CK_ULONG *digest_len);
CK_RV p11_digest_update(struct p11_session *s, const CK_BYTE *part, CK_ULONG len);
CK_RV p11_digest_key(struct p11_session *s, CK_OBJECT_HANDLE key);
CK_RV p11_digest_final(struct p11_session *s, CK_BYTE *digest, CK_ULONG *digest_len);

/* crypt.c: kind is P11_ENCRYPT or P11_DECRYPT */
CK_RV p11_crypt_init(struct p11_session *s, enum p11_kind kind, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
CK_RV p11_crypt(struct p11_session *s, enum p11_kind kind, const CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,
                CK_ULONG *out_len);
CK_RV p11_crypt_update(struct p11_session *s, enum p11_kind kind, const CK_BYTE *in, CK_ULONG in_len,
                       CK_ULONG *out_len);
CK_RV p11_crypt_final(struct p11_session *s, enum p11_kind kind, CK_BYTE *out, CK_ULONG *out_len);

/* key.c */
/* The token's key of this class behind a handle, its certificate read, its type the mechanism's, and allowed to do it
 * ('usage' is one of CKA_SIGN, CKA_VERIFY, CKA_DERIVE …). CKR_USER_NOT_LOGGED_IN, CKR_KEY_HANDLE_INVALID,
 * CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_SIZE_RANGE, CKR_KEY_FUNCTION_NOT_PERMITTED, or what the card says. */
CK_RV p11_key_find(struct p11_session *s, CK_OBJECT_HANDLE handle, CK_OBJECT_CLASS class,
                   const struct p11_mechanism *mechanism, CK_ATTRIBUTE_TYPE usage, const struct p11_object **key);
/* The private operation on the card; its result, locked in memory, appended to out. */
enum p11_power { P11_KEY_POWER /* ECDSA, raw RSA */, P11_KEY_AGREE /* ECDH */ };
CK_RV p11_key_use(struct p11_session *s, const struct p11_object *key, const struct p11_certificate *certificate,
                  enum p11_power power, struct sdc_rd in, struct sdc_buf *out);
/* Init of what no key here can do: sign and verify with recovery. */
CK_RV p11_refuse_init(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
/* C_GenerateKey and C_GenerateKeyPair: keys are made by the issuer's tool, not here. */
CK_RV p11_refuse_generate(const CK_ATTRIBUTE *template, CK_ULONG count);

/* derive.c: ECDH by the card, the result a session object */
CK_RV p11_derive(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
                 const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *result);

/* True where the pointer may be read for so many bytes. */
static inline bool p11_readable(const void *data, CK_ULONG len)
{
    return data || len == 0;
}
/* True where every attribute of the template may be read. */
bool p11_template_readable(const CK_ATTRIBUTE *template, CK_ULONG count);
/* A result to the caller, whose buffer has room for it. */
void p11_give(const uint8_t *data, size_t len, CK_BYTE *out, CK_ULONG *out_len);
/* Appends a secret to a buffer whose memory is locked. */
void p11_keep_secret(struct sdc_buf *to, const uint8_t *data, size_t len);

#endif
