/* SPDX-License-Identifier: BSD-2-Clause */
/* Card-verifiable certificates (BSI TR-03110-3 C.1), of P-256 and ECDSA with SHA-256 alone. */
#ifndef CV_CERTIFICATE_H
#define CV_CERTIFICATE_H

#include "trust.h"

#define CV_SIGNATURE_LEN 64

struct cv_certificate {
    struct cv_name authority; /* CAR */
    struct cv_holder holder;
    bool known;          /* all its algorithms, domain parameters and role are ones that this card knows */
    struct rd body;      /* the whole 7F4E, which the signature is over */
    struct rd signature; /* r || s */
};

/* Reads 7F4E{..} 5F37{..}: what PSO brings of a certificate. False where it is malformed. */
bool cv_certificate_read(struct rd data, struct cv_certificate *certificate);
/* True where the point's owner signed it. */
bool cv_certificate_verify(const struct cv_certificate *certificate, const uint8_t point[static CV_POINT_LEN]);

#endif
