/* SPDX-License-Identifier: BSD-2-Clause */
/* The worked run of PACE, terminal and chip authentication: tests/data/eac-vectors.json, hex by name. */
#ifndef TESTS_EAC_VECTORS_H
#define TESTS_EAC_VECTORS_H

#include "sdc/cvc.h"

/* A vector's hex; ends the test where there is none of that name. Lives as long as the program. */
const char *vector_hex(const char *name);
/* Its bytes. Free with sdc_buf_free. */
struct sdc_buf vector(const char *name);
/* Its bytes into 'out', which they must fill. */
void vector_copy(const char *name, void *out, size_t len);

/* Signs with the private key d_NAME of the vectors ("CVCA", "DV", "AT"). 'name' must live as long as the signer. */
struct sdc_cvc_signer vector_signer(const char *name);

#endif
