/* SPDX-License-Identifier: BSD-2-Clause */
/* Issuing one card, and handing it over. */
#ifndef SDC_ISSUE_H
#define SDC_ISSUE_H

#include "link.h"
#include "mrz.h"
#include "piv.h"
#include "record.h"
#include "station.h"

struct sdc_issued {
    char guid[37];            /* RFC 4122 text, lower case */
    char document_number[10]; /* SD and seven digits */
    char can[7];              /* card access number, six digits; "" in a repeated answer */
    char mrz[3][SDC_MRZ_LINE + 1];
    char letter[4096]; /* path of the PIN letter (mode 0600) with the transport PIN */
    bool repeated;     /* this request was issued before: nothing was written to a card now */
};

/* One step has begun, for showing progress: step from 1 of steps. */
typedef void (*sdc_progress)(void *ctx, unsigned step, unsigned steps, const char *name);

/* Issues records[index] of a batch onto the blank card behind link: everything on the host's side is made and checked
 * first, then keys on the card, certificates, objects, transport PIN, PUK and management key; then a reset and a whole
 * verification as a reader does it; only then the registry says issued. Refused without a byte to the card: a faulty
 * record, the same transaction with other content (SDC_E_CONFLICT), a person with a live card (SDC_E_CONFLICT), a
 * request that another process works on (SDC_E_CONFLICT). The same request again: 'repeated'.
 *
 * An interrupted issue is taken up by calling again with the same record and the same card: its serial number, from
 * SECURED on its GUID, says which it is, and the keys of its issuer domain prove it. The registry keeps its GUID and
 * number. Another blank card takes the request over under a new GUID and number, and the one begun is 'spoiled', so
 * that no two cards ever have one GUID.
 *
 * Which key set a card has, the transport keys or its own, it says itself; no key is tried. A card that is another, or
 * has neither, is not blank (SDC_E_DENIED); a chip that is another card of the registry's is SDC_E_CONFLICT. */
enum sdc_status sdc_issue(struct sdc_station *station, const struct sdc_batch *batch, size_t index,
                          struct sdc_link *link, sdc_progress progress, void *ctx, struct sdc_issued *issued,
                          struct sdc_error *e) SDC_WARN_UNUSED;

/* The holder gets the card: the transport PIN (from the letter) becomes the holder's PIN. Costs a try where the
 * transport PIN is wrong (SDC_E_PIN_WRONG, SDC_E_PIN_BLOCKED), none where a PIN is malformed or both are the same
 * (SDC_E_PIN_FORMAT). A blank card is SDC_E_NOT_FOUND. The registry says active where this station knows the card;
 * station may be NULL. A card whose holder has set the PIN already is SDC_E_CONFLICT, unless a hand-over by this
 * station was cut short before the registry knew: then 'pin' is proven to the card (a try, where wrong) and the
 * registry catches up. The card is left logged out. */
enum sdc_status sdc_handover(struct sdc_station *station, struct sdc_link *link, const char *transport,
                             size_t transport_len, const char *pin, size_t pin_len,
                             struct sdc_error *e) SDC_WARN_UNUSED;

#endif
