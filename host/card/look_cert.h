/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate as a few lines for a person to read. */
#ifndef SDC_LOOK_CERT_H
#define SDC_LOOK_CERT_H

#include "sdc/look.h"

/* Fills the texts from one DER certificate. False where it isn't one, or something follows it. */
bool sdc_look_cert_read(struct sdc_rd der, struct sdc_look_cert *cert);

#endif
