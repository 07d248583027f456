/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's one error type. A call that may fail returns an enum sdc_status and fills the struct sdc_error that the
 * caller gave (NULL where it wants no text). The text is one line for a person: no secret, no content of a record. */
#ifndef SDC_ERR_H
#define SDC_ERR_H

#include <stdint.h>

#define SDC_WARN_UNUSED  __attribute__((warn_unused_result))
#define SDC_PRINTF(f, a) __attribute__((format(printf, f, a)))

enum sdc_status {
    SDC_OK = 0,
    SDC_E_USAGE, /* the command line or an argument is wrong */
    SDC_E_INPUT, /* a record, photo, configuration or other file is wrong */
    SDC_E_NO_MEMORY,
    SDC_E_IO,          /* a file, pipe or database failed */
    SDC_E_CONFLICT,    /* the request contradicts what the registry knows: issued already, other content, live card */
    SDC_E_NO_SERVICE,  /* pcscd isn't running */
    SDC_E_NO_READER,   /* no reader, or none of that name */
    SDC_E_NO_CARD,     /* the reader is empty or the card doesn't answer */
    SDC_E_REMOVED,     /* the card left, or another took its place, in the middle of the work */
    SDC_E_RESET,       /* another program reset the card: selection and PIN state are lost, nothing was sent */
    SDC_E_BUSY,        /* another program holds the card */
    SDC_E_REPLY,       /* the card's reply is malformed, too long, or never ends */
    SDC_E_CARD,        /* a status word that has no meaning of its own here: see sw */
    SDC_E_NOT_FOUND,   /* 6A82, 6A88: no such object, application or key */
    SDC_E_DENIED,      /* 6982: PIN or issuer key needed */
    SDC_E_CONDITIONS,  /* 6985: not in this state; on VERIFY: the transport PIN stands, change it first */
    SDC_E_PIN_FORMAT,  /* 6A80 on a PIN, or a PIN that was never sent: costs no try */
    SDC_E_PIN_WRONG,   /* 63Cx: tries left in the error's 'tries' */
    SDC_E_PIN_BLOCKED, /* 6983 */
    SDC_E_CARD_FULL,   /* 6A84, 6581 */
    SDC_E_TOKEN,       /* the PKCS#11 token that holds the issuer's keys */
    SDC_E_CRYPTO,      /* the crypto library failed */
    SDC_E_SIGNATURE,   /* a signature, hash or authentication is wrong */
    SDC_E_CANCELLED,   /* the user stopped it */
    SDC_E_BUG          /* must not happen */
};

struct sdc_error {
    enum sdc_status status;
    uint16_t sw;    /* the card's status word where it has to do with the error, else 0 */
    int tries;      /* with SDC_E_PIN_WRONG: tries left, else -1 */
    char text[256]; /* UTF-8, NUL-terminated, cut where too long */
};

/* Fills *e (where not NULL) and returns status, so that `return sdc_fail(e, …)` reads well. */
enum sdc_status sdc_fail(struct sdc_error *e, enum sdc_status status, const char *format, ...) SDC_PRINTF(3, 4);
/* Puts "PREFIX: " before the text that is there; keeps status and SW. Returns the status (e NULL: SDC_E_BUG, so a
 * caller that returns it has an error of its own to give). */
enum sdc_status sdc_fail_in(struct sdc_error *e, const char *format, ...) SDC_PRINTF(2, 3);
/* A short constant name such as "no reader"; never NULL. */
const char *sdc_status_text(enum sdc_status status);

#endif
