/* SPDX-License-Identifier: BSD-2-Clause */
/* Constants of the card edge: what the applet and the host must agree on, and nothing else. No code: the two sides
 * are independent implementations. Numbers are printed as their standards print them.
 * Sources: ISO/IEC 7816-4, NIST SP 800-73-4 part 1 (objects) and part 2 (commands), SP 800-78-4 (algorithms). */
#ifndef CARD_EDGE_H
#define CARD_EDGE_H

/* ---- APDU classes (ISO 7816-4 5.4.1) ---- */
#define CLA_ISO   0x00
#define CLA_CHAIN 0x10 /* bit 5: command chaining, not the last block */
#define CLA_SM    0x04 /* bit 3: secure messaging of GlobalPlatform: 04, 14 in a chain; 84 */
#define CLA_GP    0x80 /* commands of GlobalPlatform */

/* ---- instructions (SP 800-73-4 part 2, table 2) ---- */
#define INS_VERIFY                0x20
#define INS_CHANGE_REFERENCE_DATA 0x24
#define INS_RESET_RETRY_COUNTER   0x2C
#define INS_GENERATE_ASYMMETRIC   0x47
#define INS_GENERAL_AUTHENTICATE  0x87
#define INS_SELECT                0xA4
#define INS_GET_RESPONSE          0xC0
#define INS_GET_DATA              0xCB
#define INS_PUT_DATA              0xDB

/* ---- status words (ISO 7816-4 5.6; their use by SP 800-73-4 part 2) ---- */
#define SW_OK                     0x9000
#define SW_MORE                   0x6100 /* low byte: bytes left, 00 = 256 or more */
#define SW_TRIES                  0x63C0 /* low nibble: tries left */
#define SW_NV_FAILURE             0x6581
#define SW_WRONG_LENGTH           0x6700
#define SW_LAST_OF_CHAIN_EXPECTED 0x6883
#define SW_CHAINING_UNSUPPORTED   0x6884
#define SW_SM_UNSUPPORTED         0x6882
#define SW_CHANNEL_UNSUPPORTED    0x6881
#define SW_SECURITY_STATUS        0x6982
#define SW_AUTH_BLOCKED           0x6983
#define SW_CONDITIONS             0x6985 /* VERIFY while the transport PIN stands: change it first */
#define SW_WRONG_DATA             0x6A80
#define SW_NOT_FOUND              0x6A82
#define SW_NO_SPACE               0x6A84
#define SW_WRONG_P1P2             0x6A86
#define SW_REFERENCE_NOT_FOUND    0x6A88
#define SW_INS_UNSUPPORTED        0x6D00
#define SW_CLA_UNSUPPORTED        0x6E00
#define SW_SELF_TEST_FAILED       0x6F00

/* ---- the state of a mute card (ours): one byte, why it is mute; a card that works knows no such command ---- */
#define GET_STATE_COMMAND 0x80, 0xCA, 0xDF, 0x00, 0x00

/* ---- PIV application (SP 800-73-4 part 1, 2.2) ---- */
#define PIV_AID         0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00
#define PIV_AID_LEN     11
#define PIV_AID_MIN_LEN 5 /* the RID alone; any prefix from 5 to 11 bytes selects */

/* In SELECT's answer: the longest APDUs, two INTEGERs (ISO 7816-4 12.7.1): who doesn't know it keeps to short ones */
#define TAG_EXTENDED_LENGTH 0x7F66
#define TAG_INTEGER         0x02
#define APDU_MAX            0xFF, 0xFF /* command and answer, vpcd's limit */

/* ---- key references (SP 800-73-4 part 1, table 4b) ---- */
#define KEY_PIV_AUTHENTICATION  0x9A
#define KEY_MANAGEMENT          0x9B /* card management key: symmetric, authenticates the issuer */
#define KEY_DIGITAL_SIGNATURE   0x9C
#define KEY_KEY_MANAGEMENT      0x9D
#define KEY_CARD_AUTHENTICATION 0x9E
#define KEY_RETIRED_FIRST       0x82 /* retired key management keys, 20 of them */
#define KEY_RETIRED_LAST        0x95
#define KEY_ATTESTATION         0xF9 /* of the card's maker; below */
#define REF_PIN                 0x80 /* PIV card application PIN */
#define REF_PUK                 0x81 /* PIN unblocking key */

/* ---- algorithms (SP 800-78-4, table 6-2) ---- */
#define ALG_3DES     0x03 /* profile legacy-3des alone */
#define ALG_RSA_2048 0x07
#define ALG_AES_128  0x08
#define ALG_AES_192  0x0A
#define ALG_AES_256  0x0C
#define ALG_ECC_P256 0x11
#define ALG_ECC_P384 0x14

/* ---- PIN and PUK (SP 800-73-4 part 2, 2.4.3) ---- */
#define PIN_MIN_LEN 6
#define PIN_MAX_LEN 8 /* also the length on the wire, filled with PIN_FILL */
#define PIN_FILL    0xFF
#define PIN_TRIES   3
#define PUK_LEN     8 /* eight ASCII digits, ours */
#define PUK_TRIES   5

/* ---- tags inside commands ---- */
#define TAG_OBJECT_ID           0x5C /* GET DATA, PUT DATA: which object */
#define TAG_OBJECT              0x53 /* its content; but 7E and 7F61 stand alone */
#define TAG_CERTIFICATE         0x70 /* in a certificate object, before 71 (compressed or not) and FE */
#define TAG_DYNAMIC_AUTH        0x7C
#define TAG_AUTH_WITNESS        0x80
#define TAG_AUTH_CHALLENGE      0x81
#define TAG_AUTH_RESPONSE       0x82
#define TAG_AUTH_EXPONENTIATION 0x85
#define TAG_KEY_TEMPLATE        0xAC /* GENERATE: control reference template */
#define TAG_KEY_ALGORITHM       0x80
#define TAG_PUBLIC_KEY          0x7F49
#define TAG_RSA_MODULUS         0x81
#define TAG_RSA_EXPONENT        0x82
#define TAG_EC_POINT            0x86
#define TAG_PIN_POLICY          0xAA /* of the extensions of PIV tools, below */
#define TAG_TOUCH_POLICY        0xAB

/* ---- data objects (SP 800-73-4 part 1, table 3) ---- */
#define OBJ_CCC              0x5FC107
#define OBJ_CHUID            0x5FC102
#define OBJ_FACE             0x5FC108
#define OBJ_PRINTED          0x5FC109
#define OBJ_SECURITY         0x5FC106
#define OBJ_DISCOVERY        0x7E
#define OBJ_KEY_HISTORY      0x5FC10C
#define OBJ_CERT_9A          0x5FC105
#define OBJ_CERT_9C          0x5FC10A
#define OBJ_CERT_9D          0x5FC10B
#define OBJ_CERT_9E          0x5FC101
#define OBJ_FINGERPRINTS     0x5FC103
#define OBJ_IRIS             0x5FC121
#define OBJ_BIT_GROUP        0x7F61
#define OBJ_SM_SIGNER        0x5FC122
#define OBJ_PAIRING_CODE     0x5FC123
#define OBJ_RETIRED_FIRST    0x5FC10D /* certificate of the retired key 82, and so on ... */
#define OBJ_RETIRED_LAST     0x5FC120 /* ... to 95 */
#define OBJ_CERT_ATTESTATION 0x5FFF01 /* of the attestation key F9, placed by the card's maker */
#define OBJ_MAX_LEN          32768    /* content of tag 53, the largest of any object */

/* ---- extensions that existing PIV tools use (yubico-piv-tool 2.2, OpenSC) ---- */
#define INS_SET_MANAGEMENT_KEY 0xFF /* P1 FF, P2 FF; alg 9B L key; ADMIN, before SECURED */
#define INS_IMPORT_KEY         0xFE /* P1 algorithm, P2 reference; ADMIN, from SECURED on in the issuer's session */
#define INS_GET_VERSION        0xFD
#define INS_RESET              0xFB /* where PIN and PUK are blocked, before SECURED */
#define INS_SET_TRIES          0xFA /* P1 of the PIN, P2 of the PUK; ADMIN and PIN, before SECURED */
#define INS_ATTEST             0xF9 /* P1 reference */
#define INS_GET_SERIAL         0xF8
#define INS_GET_METADATA       0xF7             /* P2 reference */
#define EXTENSIONS_VERSION     0x05, 0x04, 0x03 /* whose commands these are */

#define PIN_POLICY_DEFAULT 0x00 /* that of the reference */
#define PIN_POLICY_NEVER   0x01
#define PIN_POLICY_ONCE    0x02
#define PIN_POLICY_ALWAYS  0x03
#define TOUCH_POLICY_NEVER 0x01 /* the card has no button */

#define TAG_IMPORT_P       0x01 /* 02 q, 03 d mod p-1, 04 d mod q-1, 05 1/q mod p */
#define TAG_IMPORT_SCALAR  0x06
#define TAG_META_ALGORITHM 0x01
#define TAG_META_POLICY    0x02 /* PIN policy, touch policy */
#define TAG_META_ORIGIN    0x03 /* 01 generated, 02 imported */
#define TAG_META_PUBLIC    0x04
#define TAG_META_DEFAULT   0x05 /* 01: the blank card's */
#define TAG_META_TRIES     0x06 /* altogether, left */
#define META_ALGORITHM_PIN 0xFF

/* ---- issuer security domain (GlobalPlatform Card Specification 2.3.1; amendment D 1.2: SCP03) ----
 * The session's two commands are taken with any application selected and serve that one; the others belong to the
 * domain. All have class 80, in a session 84; in a session every other command has class 04, or 14 where it is a block
 * of a chain but the last, and each block is wrapped by itself. Short APDUs only, in a session. */
#define DOMAIN_AID         0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00
#define DOMAIN_AID_LEN     8
#define DOMAIN_AID_MIN_LEN 5

#define INS_INITIALIZE_UPDATE     0x50 /* P1 key version, 00 any; P2 00; host challenge */
#define INS_EXTERNAL_AUTHENTICATE 0x82 /* 84; P1 level; P2 00; host cryptogram, MAC */
#define INS_PUT_KEY               0xD8 /* P1 version that is replaced; P2 81 */
#define INS_STORE_DATA            0xE2 /* P1 STORE_*; P2 00; one DGI */
#define INS_SET_STATUS            0xF0 /* P1 80; P2 LIFE_* */
#define INS_GET_STATUS            0xF2 /* P1 80; P2 02; 4F00 */
#define INS_GET_DATA_GP           0xCA /* P1 P2 the tag */

#define SW_AUTHENTICATION_FAILED 0x6300 /* EXTERNAL AUTHENTICATE */

/* security levels (amendment D, table 7-4) */
#define SCP_C_MAC  0x01
#define SCP_C_ENC  0x02
#define SCP_R_MAC  0x10
#define SCP_R_ENC  0x20
#define SCP_03     0x03 /* in the key information of INITIALIZE UPDATE: version, 03, i */
#define SCP_KEYS   3    /* ENC 1, MAC 2, DEK 3 */
#define SCP_TYPE   0x88 /* key type: AES */
#define SCP_CHECK  3    /* bytes of a key check value: AES(key, 01..01) */
#define SCP_SERIAL 10   /* bytes of diversification data: the chip's serial number */

/* the parameter i (amendment D, 7.1.2) */
#define SCP_I_S16           0x01 /* challenges, cryptograms and MACs of 16 bytes; else 8 */
#define SCP_I_PSEUDO_RANDOM 0x10 /* the card challenge is derived; the answer ends with the sequence counter */
#define SCP_I_R_MAC         0x20
#define SCP_I_R_ENC         0x40

/* key derivation constants (amendment D, table 4-1) */
#define SCP_KDF_CARD_CRYPTOGRAM 0x00
#define SCP_KDF_HOST_CRYPTOGRAM 0x01
#define SCP_KDF_CARD_CHALLENGE  0x02
#define SCP_KDF_S_ENC           0x04
#define SCP_KDF_S_MAC           0x06
#define SCP_KDF_S_RMAC          0x07

/* life cycle of the card (11.1.1, table 11-5) */
#define LIFE_OP_READY    0x01
#define LIFE_INITIALIZED 0x07
#define LIFE_SECURED     0x0F /* refused, 6985, while the transport keys are there */
#define LIFE_CARD_LOCKED 0x7F
#define LIFE_TERMINATED  0xFF

/* key versions: the maker's transport keys, deleted by the first PUT KEY; the issuer's. A PUT KEY must change it. */
#define KEY_VERSION_TRANSPORT 0x7F
#define KEY_VERSION_MIN       0x01
#define KEY_VERSION_MAX       0x7E
#define PUT_KEY_P2            0x81 /* several keys, the first has identifier 1 */

/* GET DATA: answered as a data object, tag, length, value */
#define TAG_ISSUER           0x0042
#define TAG_CARD_IMAGE       0x0045 /* the chip's serial number, 10 bytes */
#define TAG_CARD_RECOGNITION 0x0066
#define TAG_KEY_INFORMATION  0x00E0
#define TAG_PRODUCTION_DATA  0x9F7F
#define TAG_LIFE_CYCLE       0x9F70 /* always free */

/* STORE DATA: DGI (2 bytes), length (1 byte), value. A command is one DGI, whole or without effect. P1 88: value as it
 * is. P1 E8: value || 80 00.. up to whole blocks, AES-CBC with the static DEK, IV of zeros. */
#define STORE_PLAIN         0x88
#define STORE_SENSITIVE     0xE8
#define DGI_ISSUER          0x0042 /* plain: 1 to 16 bytes */
#define DGI_PRODUCTION_DATA 0x9F7F /* plain: 42 bytes */
#define DGI_TRANSPORT_PIN   0x8010 /* sensitive, as the following: number of tries (1 to F), 6 to 8 ASCII digits */
#define DGI_PUK             0x8011 /* number of tries, 8 digits */
#define DGI_CAN             0x8012 /* 6 digits */
#define DGI_MRZ             0x8013 /* 20 bytes: SHA-1 of the MRZ information */
#define DGI_MANAGEMENT_KEY  0x8014 /* 16, 24 or 32 bytes AES */
#define ISSUER_MAX          16
#define PRODUCTION_DATA_LEN 42
#define CAN_LEN             6
#define MRZ_SECRET_LEN      20

/* ---- files, PACE, terminal and chip authentication (BSI TR-03110-3, ICAO Doc 9303-10 and -11) ----
 * The MF is selected after reset. In the issuer's session the files of the selected DF are written with UPDATE BINARY
 * by SFI, one chain a file; that session may read them too. EF.DIR, EF.ATR/INFO and EF.CardAccess are the card's own
 * constants. */
#define CLA_SM_ISO 0x0C /* secure messaging of ISO/IEC 7816-4 with the header authenticated: 0C, 1C in a chain, 8C */

#define SELECT_NO_ANSWER                  0x0C /* P2 of SELECT (7816-4 11.1.1) */
#define INS_MANAGE_SECURITY_ENVIRONMENT   0x22
#define INS_PERFORM_SECURITY_OPERATION    0x2A
#define INS_CHALLENGE                     0x84
#define INS_GENERAL_AUTHENTICATE_PROTOCOL 0x86
#define INS_READ_BINARY                   0xB0
#define INS_READ_BINARY_ODD               0xB1 /* 54{offset} -> 53{data} */
#define INS_UPDATE_BINARY                 0xD6 /* P1 80 + SFI, P2 00 */

#define MSE_PACE                  0xC1A4 /* P1 P2 */
#define MSE_TERMINAL_VERIFICATION 0x81B6
#define MSE_TERMINAL              0x81A4
#define MSE_CHIP                  0x41A4
#define PSO_VERIFY_CERTIFICATE    0x00BE
#define RESET_RETRY_WITH_NEW      0x0203 /* RESET RETRY COUNTER: new PIN */
#define RESET_RETRY_ALONE         0x0303

#define SW_END_OF_FILE        0x6282 /* data, fewer than asked */
#define SW_DEACTIVATED        0x6283 /* MSE: the transport PIN stands */
#define SW_REFERENCE_UNUSABLE 0x6984
#define SW_NO_CURRENT_EF      0x6986
#define SW_SM_MISSING         0x6987
#define SW_SM_INCORRECT       0x6988
#define SW_WRONG_OFFSET       0x6B00

/* applications: selected by their whole name */
#define TRAVEL_AID     0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01
#define TRAVEL_AID_LEN 7
#define DOCKET_AID     0xF0, 0x53, 0x44, 0x43, 0x44, 0x4F, 0x43, 0x4B, 0x45, 0x54 /* ours */
#define DOCKET_AID_LEN 10
#define EID_AID        0xE8, 0x07, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02 /* the docket, profile eid-alias alone */
#define EID_AID_LEN    9

/* files: fid, and SFI in their DF */
#define FID_MF            0x3F00
#define FID_CARD_ACCESS   0x011C
#define FID_CARD_SECURITY 0x011D
#define FID_DIR           0x2F00
#define FID_ATR           0x2F01
#define FID_COM           0x011E
#define FID_SOD           0x011D
#define FID_DG(n)         (0x0100 + (n)) /* data group n, also its SFI */
#define SFI_CARD_ACCESS   0x1C
#define SFI_CARD_SECURITY 0x1D
#define SFI_DIR           0x1E
#define SFI_ATR           0x01
#define SFI_COM           0x1E
#define SFI_SOD           0x1D
/* bytes of the docket's files: 7n 82 LLLL {80 04 version, CMS, 00..} */
#define DG17_LEN         1024
#define DG19_LEN         768
#define DG20_LEN         2048
#define DG21_LEN         1024
#define DG_VERSION_AHEAD 256 /* a terminal's write raises the version by at most so much */

/* value bytes of object identifiers (TR-03110-3 A.1, C.3; 0.4.0.127.0.7 = 04 00 7F 00 07) */
#define OID_BSI            0x04, 0x00, 0x7F, 0x00, 0x07
#define OID_PACE           OID_BSI, 0x02, 0x02, 0x04, 0x02       /* id-PACE-ECDH-GM; then the suite */
#define OID_CHIP           OID_BSI, 0x02, 0x02, 0x03, 0x02       /* id-CA-ECDH; then the suite */
#define OID_TERMINAL_ECDSA OID_BSI, 0x02, 0x02, 0x02, 0x02, 0x03 /* id-TA-ECDSA-SHA-256 */
#define OID_AT             OID_BSI, 0x03, 0x01, 0x02, 0x02
#define OID_AUXILIARY      OID_BSI, 0x03, 0x01, 0x04 /* then AUXILIARY_* */
#define AUXILIARY_EXPIRY   0x02
#define SUITE_AES_128      0x02 /* AES-CBC-CMAC */
#define SUITE_AES_256      0x04
#define PARAMETER_P256     0x0C /* standardized domain parameters */
#define KEY_CHIP_1         0x01 /* chip authentication of the travel document; RECORD and key id of DG14 */
#define KEY_CHIP_2         0x02 /* of EF.CardSecurity */

/* passwords of PACE */
#define PASSWORD_MRZ 0x01
#define PASSWORD_CAN 0x02
#define PASSWORD_PIN 0x03
#define PASSWORD_PUK 0x04

/* rights: numbers of bits in the 5 bytes of a CHAT, from the last one's lowest */
#define RIGHT_ROLE           38              /* two bits */
#define RIGHT_WRITE_DG(n)    (37 - ((n)-17)) /* 17 to 22 */
#define RIGHT_READ_DG(n)     (7 + (n))
#define RIGHT_CAN_ALLOWED    4
#define ROLE_TERMINAL        0
#define ROLE_DV_NON_OFFICIAL 1
#define ROLE_DV              2
#define ROLE_CVCA            3

/* STORE DATA. Sensitive: the chip's keys, a scalar of 32 bytes; they can also be made by GENERATE ASYMMETRIC KEY PAIR
 * in the issuer's session with the MF selected, P2 KEY_CHIP_1 or _2, AC{80 01 11}, answered 7F49{86 point}. Plain: the
 * trust point as the data objects 86 point (04 X Y), 5F20 CHR, 7F4C{06 id-AT, 53 rights}, 5F25 effective, 5F24 expiry
 * of the CVCA's certificate in this order, which replaces the current one and deletes the previous one; the card's
 * date, six digits YYMMDD, one a byte, which may also go back; the suite, SUITE_*, AES-128 where there is none. */
#define DGI_CHIP_KEY_1  0x8015
#define DGI_CHIP_KEY_2  0x8016
#define DGI_TRUST_POINT 0x8017
#define DGI_CARD_DATE   0x8018
#define DGI_SUITE       0x8019
#define CVC_DATE_LEN    6
#define CVC_NAME_MIN    8 /* bytes of CAR and CHR */
#define CVC_NAME_MAX    16

/* ---- attestation (INS F9; the public key was made on this chip) ----
 * X.509 v3 in DER, ecdsa-with-SHA256 by the key F9; issuer: the subject of OBJ_CERT_ATTESTATION; the key's public key;
 * extensions, not critical, by these content octets of their OIDs:
 *   POLICY  1.3.6.1.4.1.41482.3.8, as other PIV tools know it: 2 bytes, PIN policy and touch policy
 *   CARD    2.25.166301136262461358633308419742068037892 (ours): 12 bytes, the chip's serial number (10), the key's
 *           reference, the life cycle state
 * OBJ_CERT_ATTESTATION's certificate has in its subject serialNumber = the chip's serial in 20 hex digits, and is
 * signed by the maker's attestation CA. */
#define ATTEST_OID_POLICY     0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0xC4, 0x0A, 0x03, 0x08
#define ATTEST_OID_POLICY_LEN 10
#define ATTEST_OID_CARD                                                                                                \
    0x69, 0x81, 0xFA, 0x9C, 0xB7, 0xC3, 0xC8, 0xAB, 0xBA, 0xBD, 0xB5, 0x9C, 0x9F, 0x96, 0x9C, 0x9A, 0xB5, 0xCB, 0xB2,  \
        0x04
#define ATTEST_OID_CARD_LEN 20
#define ATTEST_POLICY_LEN   2
#define ATTEST_CARD_LEN     12

/* What a blank card answers to until its issuer replaces it. Known to everybody: a blank is worth nothing, and an
 * issued card has none of them left. */
#define BLANK_MANAGEMENT_KEY                                                                                           \
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08
#define BLANK_TRANSPORT_PIN "123456"
#define BLANK_PUK           "12345678"
/* ENC, MAC and DEK alike, key version 7F; a maker's delivery has others (card.h, struct card_blank) */
#define BLANK_TRANSPORT_KEY                                                                                            \
    0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F
#define BLANK_SERIAL 0x53, 0x44, 0x43, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01
#define BLANK_SCP_I  (SCP_I_PSEUDO_RANDOM | SCP_I_R_MAC | SCP_I_R_ENC) /* 70: S8 */

#endif
