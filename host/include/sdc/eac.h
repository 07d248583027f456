/* SPDX-License-Identifier: BSD-2-Clause */
/* PACE with generic mapping, terminal authentication 2, chip authentication 1 and 2, and the secure messaging that
 * PACE begins (BSI TR-03110 parts 2 and 3; ICAO 9303-11), the terminal's side, on P-256 with AES-128 or AES-256.
 *
 * A session is a link over the card's own link: drivers that get the session's link work unchanged, and each of their
 * commands is protected by itself. The card's keys change under the session (PACE, then chip authentication); its link
 * stays the same. Any answer that isn't authentic, a bare answer and a reset end it. */
#ifndef SDC_EAC_H
#define SDC_EAC_H

#include "cvc.h"
#include "link.h"

/* With which password PACE is run; the numbers are those of the protocol. */
enum sdc_password_kind { SDC_PASSWORD_MRZ = 1, SDC_PASSWORD_CAN = 2, SDC_PASSWORD_PIN = 3, SDC_PASSWORD_PUK = 4 };
#define SDC_MRZ_SECRET_LEN 24 /* document number, date of birth, date of expiry, each with its check digit */
struct sdc_password {
    enum sdc_password_kind kind;
    const char *text; /* MRZ: SDC_MRZ_SECRET_LEN characters; CAN: 6 digits; PIN: 6 to 8; PUK: 8. Not kept. */
    size_t len;
};

/* What stands in EF.CardAccess, EF.CardSecurity or DG14 (TR-03110 part 3, A.1) and concerns us. */
#define SDC_CHIP_KEYS_MAX 4
struct sdc_chip_key {
    uint8_t id;
    uint8_t version; /* of chip authentication, 1 or 2; 0: no ChipAuthenticationInfo */
    size_t suite;    /* bytes of its AES keys, 16 or 32 */
    bool has_point;  /* ChipAuthenticationPublicKeyInfo is there */
    uint8_t point[SDC_P256_POINT_LEN];
};
struct sdc_security_infos {
    size_t pace_suite; /* bytes of PACE's AES keys, 16 or 32; 0: no PACE of ours */
    bool terminal;     /* terminal authentication 2 */
    struct sdc_chip_key keys[SDC_CHIP_KEYS_MAX];
    size_t keys_len;
    bool has_guid; /* ours, in EF.CardSecurity */
    uint8_t guid[SDC_GUID_LEN];
};
/* Parses a whole SET OF SecurityInfo; those of other kinds are passed over. SDC_E_REPLY: malformed, or one of ours
 * twice. */
enum sdc_status sdc_security_infos_parse(struct sdc_rd set, struct sdc_security_infos *infos,
                                         struct sdc_error *e) SDC_WARN_UNUSED;
/* The key by its id; NULL where it is not there. */
const struct sdc_chip_key *sdc_security_infos_key(const struct sdc_security_infos *infos, uint8_t id);
/* Are all of a's SecurityInfos in b too, byte for byte? EF.CardAccess is unsigned: what it said must be repeated in
 * what is signed. False where either is malformed. */
bool sdc_security_infos_within(struct sdc_rd a, struct sdc_rd b);

struct sdc_eac;
/* Selects the MF, reads EF.CardAccess and runs PACE. 'rights' are the CHAT that is asked for, of a terminal that will
 * authenticate; NULL: none will. The link must outlive the session and must not be used beside it.
 * SDC_E_PIN_WRONG (with tries), SDC_E_PIN_BLOCKED; for CAN and MRZ SDC_E_DENIED; SDC_E_CONDITIONS: the PIN is still the
 * transport PIN; SDC_E_PIN_FORMAT: not the password's form, nothing sent; SDC_E_NOT_FOUND: not such a card;
 * SDC_E_SIGNATURE: the card doesn't know the password. */
enum sdc_status sdc_eac_open(struct sdc_link *link, const struct sdc_password *password, const uint64_t *rights,
                             struct sdc_eac **session, struct sdc_error *e) SDC_WARN_UNUSED;
/* Wipes the keys and frees; the link below stays open. The card keeps its channel until a reset or a plain command.
 * NULL is fine. */
void sdc_eac_close(struct sdc_eac *session);
/* The link through the session. */
struct sdc_link *sdc_eac_link(struct sdc_eac *session);
/* EF.CardAccess as it was read before PACE: unsigned. */
struct sdc_rd sdc_eac_card_access(const struct sdc_eac *session);
/* The CVCA keys that the card knows: current, and the one before ("" where there is none). */
const char *sdc_eac_authority(const struct sdc_eac *session, bool previous);

/* A terminal's certificates, each one's issuer before it: link certificates, DV, terminal. Other order or a hole is
 * SDC_E_USAGE when they are used. */
#define SDC_TERMINAL_CHAIN_MAX 8
struct sdc_terminal {
    struct sdc_rd chain[SDC_TERMINAL_CHAIN_MAX]; /* 7F21 each */
    size_t chain_len;
    struct sdc_cvc_signer signer; /* the terminal's private key */
};
/* Terminal authentication 2, right after PACE with rights. The chain is used from the first certificate on whose
 * issuer is a key that the card knows: SDC_E_NOT_FOUND where none is. 'not_expired' (may be NULL): asks the card later
 * whether it is valid on that day, as auxiliary data. SDC_E_DENIED: the card refuses a certificate or the signature;
 * the text says which. */
enum sdc_status sdc_eac_terminal(struct sdc_eac *session, const struct sdc_terminal *terminal,
                                 const struct sdc_date *not_expired, struct sdc_error *e) SDC_WARN_UNUSED;
/* Chip authentication 2, after terminal authentication, with the key of EF.CardSecurity, whose signature the caller has
 * verified. From here on the rights are in force. SDC_E_SIGNATURE: not the chip that has this key. */
enum sdc_status sdc_eac_chip(struct sdc_eac *session, const struct sdc_chip_key *key,
                             struct sdc_error *e) SDC_WARN_UNUSED;
/* Chip authentication 1, with the travel document selected and the key of DG14, whose hash the caller has verified. The
 * next answer proves the chip: SDC_E_SIGNATURE from that command where it has another key. */
enum sdc_status sdc_eac_chip_1(struct sdc_eac *session, const struct sdc_chip_key *key,
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* Is the card valid on the day that sdc_eac_terminal named? After sdc_eac_chip. SDC_E_DENIED: no. */
enum sdc_status sdc_eac_not_expired(struct sdc_eac *session, struct sdc_error *e) SDC_WARN_UNUSED;
/* PACE's PIN management: in a PUK session the PIN's counter is set back, with a new PIN where one is given; in a PIN
 * session a new PIN is set. */
enum sdc_status sdc_eac_set_pin(struct sdc_eac *session, const char *pin, size_t len,
                                struct sdc_error *e) SDC_WARN_UNUSED;

#endif
