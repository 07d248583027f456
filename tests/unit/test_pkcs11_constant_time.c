/* SPDX-License-Identifier: BSD-2-Clause */
/* The module takes RSA padding away with the decrypted block marked undefined: under valgrind every branch and every
 * address that depends on it is an error (tests/e2e/constant-time.sh). By itself the program looks at results only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <valgrind/memcheck.h>

#include "rsa.h"
#include "suite.h"

#define SECRET(p, len) ((void)VALGRIND_MAKE_MEM_UNDEFINED(p, len))
#define SHOWN(p, len)  ((void)VALGRIND_MAKE_MEM_DEFINED(p, len))

static const struct p11_padding padding = { "SHA256", "SHA256", 32, 0, { 7 } };

/* Right, and wrong at each of some places; what is answered is no secret any more. */
static void unpad(bool oaep)
{
    static const size_t places[] = { 0, 1, 5, 40, 100, 205, 255, P11_RSA_LEN };
    uint8_t good[P11_RSA_LEN], data[50] = { 9, 8, 7 };
    ck_assert(oaep ? p11_oaep_pad(&padding, data, sizeof data, good) : p11_rsa_encrypt_pad(data, sizeof data, good));
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        uint8_t block[P11_RSA_LEN + 1];
        size_t len = 0;
        memcpy(block, good, P11_RSA_LEN);
        block[places[i]] ^= 0x80;
        SECRET(block, P11_RSA_LEN);
        bool right = oaep ? p11_oaep_unpad(&padding, block, &len) : p11_rsa_decrypt_unpad(block, &len);
        SHOWN(&right, sizeof right);
        SHOWN(&len, sizeof len);
        SHOWN(block, sizeof block);
        if (places[i] == P11_RSA_LEN || (!oaep && places[i] > 205))
            ck_assert(right && len == sizeof data);
        if (places[i] < 2 || (oaep && places[i] < P11_RSA_LEN))
            ck_assert(!right && len == 0);
    }
}

START_TEST(pkcs1)
{
    unpad(false);
}
END_TEST

START_TEST(oaep)
{
    unpad(true);
}
END_TEST

/* "--leak" branches on a secret: valgrind has to see it. */
static int leak(void)
{
    uint8_t a = 1;
    SECRET(&a, sizeof a);
    if (a == 1)
        puts("one");
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const struct suite_test tests[] = { { pkcs1, 0 }, { oaep, 0 } };
    if (argc == 2 && strcmp(argv[1], "--leak") == 0)
        return leak();
    return suite_run("pkcs11 constant time", tests, sizeof tests / sizeof tests[0]);
}
