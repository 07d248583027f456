/* SPDX-License-Identifier: BSD-2-Clause */
/* What an empty-handed reader sees of a PIV card: no PIN, no key, no trust anchors. Nothing here is verified: it is
 * what the card says of itself. For that, see verify.h. */
#ifndef SDC_LOOK_H
#define SDC_LOOK_H

#include "link.h"
#include "piv.h"

enum sdc_look_state {
    SDC_LOOK_ABSENT,
    SDC_LOOK_PRESENT,
    SDC_LOOK_NEEDS_PIN, /* the card doesn't even say whether it is there */
    SDC_LOOK_BROKEN     /* refused, or not what the standard says */
};

struct sdc_look_object {
    uint32_t tag;     /* SP 800-73-4 part 1, table 3 */
    const char *name; /* constant, as there */
    enum sdc_look_state state;
    size_t len; /* bytes of its content where present */
};
#define SDC_LOOK_OBJECTS 7

/* All texts are printable ASCII, whatever the card sent. */
struct sdc_look_cert {
    const struct sdc_piv_key *key;
    enum sdc_look_state state;
    char subject[160], issuer[160]; /* RFC 2253 */
    char from[11], until[11];       /* YYYY-MM-DD */
    char usage[96];                 /* "digitalSignature, nonRepudiation"; "" where the certificate has none */
    char algorithm[24];             /* "P-256", "RSA-2048" */
};
#define SDC_LOOK_CERTS 4

enum sdc_look_pin {
    SDC_LOOK_PIN_UNKNOWN,
    SDC_LOOK_PIN_TRANSPORT, /* not handed over: the transport PIN stands */
    SDC_LOOK_PIN_SET,       /* 'tries' are left */
    SDC_LOOK_PIN_BLOCKED
};

struct sdc_look {
    bool has_guid;
    uint8_t guid[SDC_GUID_LEN];
    char expiry[11]; /* YYYY-MM-DD from the CHUID; "" where there is none */
    enum sdc_look_pin pin;
    int tries;
    struct sdc_look_object objects[SDC_LOOK_OBJECTS];
    struct sdc_look_cert certs[SDC_LOOK_CERTS]; /* in the order of sdc_piv_keys */
};

/* Selects the PIV application and looks at everything. SDC_E_NOT_FOUND: no PIV application on this card. What single
 * objects do ends in the look; only a link that fails ends it. Exclusive use is the caller's. */
enum sdc_status sdc_card_look(struct sdc_link *link, struct sdc_look *look, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
