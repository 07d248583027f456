/* SPDX-License-Identifier: BSD-2-Clause */
/* Known answers of the cryptography. What costs little is tested at every reset; elliptic curves, which cost as much as
 * a signature, before the first command that uses them (FIPS 140-3 allows a conditional self-test). */
#ifndef SELF_TEST_H
#define SELF_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include "entropy.h"
#include "rd.h"

/* Why a card is mute. Told by the one command that it still answers; the numbers keep their meaning. */
enum fault {
    FAULT_NONE = 0x00,
    FAULT_STORE = 0x01,   /* no store, or the memory failed while a power cut was made good */
    FAULT_ENTROPY = 0x02, /* the noise source failed, or a health test */
    FAULT_SHA = 0x11,
    FAULT_AES = 0x12,
    FAULT_DRBG = 0x13,
    FAULT_EC = 0x14,
    FAULT_CMAC = 0x15,
};

struct health {
    struct entropy entropy;
    enum fault fault;
    bool ec_tested;
};

/* The tests of every reset. */
enum fault self_test_start(void);
/* Before a command APDU: runs the test of the elliptic curves where it is the first that may use them. */
void self_test_command(struct health *health, struct rd apdu);

#endif
