/* SPDX-License-Identifier: BSD-2-Clause */
/* Driver of the PIV card application (NIST SP 800-73-4 part 2). Stateless but for the link: the caller selects first
 * and knows who is authenticated. Every function maps SW by sdc_sw_status; PINs and keys are wiped from all buffers. */
#ifndef SDC_PIV_H
#define SDC_PIV_H

#include "link.h"

#define SDC_GUID_LEN       16
#define SDC_P256_POINT_LEN 65
#define SDC_PIV_PIN_MIN    6
#define SDC_PIV_PIN_MAX    8

/* A key of the card and what belongs to it. One table for everybody: issue, verify, show, PKCS#11. */
struct sdc_piv_key {
    uint8_t ref;          /* 9A 9C 9D 9E */
    uint32_t cert_object; /* tag of its certificate object */
    const char *name;     /* "PIV Authentication" … as SP 800-73 names it */
};
extern const struct sdc_piv_key sdc_piv_keys[];
extern const size_t sdc_piv_keys_len;

/* SELECT by full AID; checks that the answer is a PIV application property template. 3.1.1 */
enum sdc_status sdc_piv_select(struct sdc_link *link, struct sdc_error *e) SDC_WARN_UNUSED;
/* GET DATA of an object: the value of tag 53 (of Discovery: the whole 7E TLV) appended to out. 3.1.2 */
enum sdc_status sdc_piv_get(struct sdc_link *link, uint32_t object, struct sdc_buf *out,
                            struct sdc_error *e) SDC_WARN_UNUSED;
/* PUT DATA of an object: data becomes the value of tag 53 (Discovery: data is the whole 7E TLV). With the
 * management key authenticated, or through a session's link. 3.3.2 */
enum sdc_status sdc_piv_put(struct sdc_link *link, uint32_t object, const void *data, size_t len,
                            struct sdc_error *e) SDC_WARN_UNUSED;
/* Only the first bytes of the CHUID, enough to know the GUID: SELECT is the caller's. One APDU, the 61xx rest stays
 * unread. */
enum sdc_status sdc_piv_get_guid(struct sdc_link *link, uint8_t guid[static SDC_GUID_LEN],
                                 struct sdc_error *e) SDC_WARN_UNUSED;

/* PIN text: 6 to 8 ASCII digits; anything else is SDC_E_PIN_FORMAT and isn't sent. */
enum sdc_status sdc_piv_verify(struct sdc_link *link, const char *pin, size_t pin_len,
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* Counter without a try (VERIFY, Lc = 0): *tries 0 = blocked. A PIN that is verified has all its tries: the card
 * doesn't tell the number then, *tries is 3. Transport PIN in force: SDC_E_CONDITIONS. *verified may be NULL. */
enum sdc_status sdc_piv_tries(struct sdc_link *link, int *tries, bool *verified, struct sdc_error *e) SDC_WARN_UNUSED;
/* VERIFY P1 = FF. Sent also where the link's cancel flag is up: who stops must not leave the PIN verified. */
enum sdc_status sdc_piv_logout(struct sdc_link *link, struct sdc_error *e) SDC_WARN_UNUSED;
/* CHANGE REFERENCE DATA: ref 80 (PIN) or 81 (PUK, exactly eight digits). */
enum sdc_status sdc_piv_change(struct sdc_link *link, uint8_t ref, const char *old_pin, size_t old_len,
                               const char *new_pin, size_t new_len, struct sdc_error *e) SDC_WARN_UNUSED;
/* RESET RETRY COUNTER with the PUK. */
enum sdc_status sdc_piv_unblock(struct sdc_link *link, const char *puk, size_t puk_len, const char *new_pin,
                                size_t new_len, struct sdc_error *e) SDC_WARN_UNUSED;

/* VERIFY and CHANGE REFERENCE DATA with what the holder enters at the reader (PC/SC part 10); the link has such a PIN
 * pad. Errors as above; given up, or too slow: SDC_E_CANCELLED. Takes as long as the holder. */
enum sdc_status sdc_piv_verify_at_pad(struct sdc_link *link, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status sdc_piv_change_at_pad(struct sdc_link *link, uint8_t ref, struct sdc_error *e) SDC_WARN_UNUSED;

/* A key's algorithm, as the card names it (SP 800-78-4, table 6-2). */
enum sdc_piv_alg { SDC_PIV_RSA_2048 = 0x07, SDC_PIV_P256 = 0x11, SDC_PIV_P384 = 0x14 };
#define SDC_PIV_RSA_LEN 256 /* bytes of modulus, input and output */

/* GENERAL AUTHENTICATE with a key of the card; the result is appended to out. 3.2.4 and A.4
 *   sign     EC: a hash, at most as long as the field, gives DER of two integers of that size; RSA: the raw private
 *            operation on exactly SDC_PIV_RSA_LEN bytes (the caller pads, and takes padding away), the same length
 *   agree    EC: the peer's uncompressed point gives the shared X coordinate
 * Any other form or length of the reply is SDC_E_REPLY; an input of the wrong length is SDC_E_BUG. */
enum sdc_status sdc_piv_key_sign(struct sdc_link *link, enum sdc_piv_alg alg, uint8_t ref, const uint8_t *in,
                                 size_t in_len, struct sdc_buf *out, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status sdc_piv_key_agree(struct sdc_link *link, enum sdc_piv_alg alg, uint8_t ref, const uint8_t *point,
                                  size_t point_len, struct sdc_buf *out, struct sdc_error *e) SDC_WARN_UNUSED;
/* The same with P-256: a 32-byte hash; the shared coordinate into z. */
enum sdc_status sdc_piv_sign(struct sdc_link *link, uint8_t ref, const uint8_t hash[static 32], struct sdc_buf *sig,
                             struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status sdc_piv_derive(struct sdc_link *link, uint8_t ref, const uint8_t point[static SDC_P256_POINT_LEN],
                               uint8_t z[static 32], struct sdc_error *e) SDC_WARN_UNUSED;
/* GENERATE ASYMMETRIC KEY PAIR P-256: the new public point, checked to be on the curve. */
enum sdc_status sdc_piv_generate(struct sdc_link *link, uint8_t ref, uint8_t point[static SDC_P256_POINT_LEN],
                                 struct sdc_error *e) SDC_WARN_UNUSED;
/* ATTEST: the card's certificate (DER, appended) that it made key ref itself. card_edge.h, attestation */
enum sdc_status sdc_piv_attest(struct sdc_link *link, uint8_t ref, struct sdc_buf *out,
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* Mutual authentication with the management key 9B (AES-128): the card proves the key too. A wrong key is
 * SDC_E_SIGNATURE or SDC_E_DENIED and is never tried again by this function. */
enum sdc_status sdc_piv_admin(struct sdc_link *link, const uint8_t key[static 16], struct sdc_error *e) SDC_WARN_UNUSED;

#endif
