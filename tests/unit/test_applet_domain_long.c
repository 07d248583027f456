/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands of a session with extended lengths: longer than what the card decrypts at a time. */
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "domain_talk.h"
#include "suite.h"

#define PUT      0x00DB3FFF
#define CHUID    0x5FC102
#define FACE     0x5FC108
#define FACE_MAX 32768
#define HEAD     9 /* 5C 03 tag, 53 82 length */

static const struct {
    size_t key_len, n;
    unsigned level;
} forms[] = {
    { 16, 8, 0x01 }, { 16, 8, 0x03 }, { 16, 8, 0x33 }, { 32, 16, 0x03 }, { 32, 16, 0x33 },
};
#define FORMS ((int)(sizeof forms / sizeof *forms))

static struct talk *talk;
static struct domain_session s;

/* A session with PIV selected. */
static void open_piv(int form)
{
    struct domain_keys keys = domain_transport(forms[form].key_len);
    talk = domain_card(forms[form].n == 16 ? 0x71 : 0x70, forms[form].key_len);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    domain_open(&s, talk, &keys, forms[form].n, forms[form].level);
    s.extended = true;
}

static size_t put_data(uint32_t tag, size_t content, uint8_t seed, uint8_t *data)
{
    const uint8_t head[] = { 0x5C, 3, (uint8_t)(tag >> 16), (uint8_t)(tag >> 8), (uint8_t)tag, 0x53 };
    size_t n = sizeof head;
    memcpy(data, head, n);
    data[n++] = content > 0xFF ? 0x82 : 0x81;
    if (content > 0xFF)
        data[n++] = (uint8_t)(content >> 8);
    data[n++] = (uint8_t)content;
    for (size_t i = 0; i < content; i++)
        data[n++] = (uint8_t)(seed + i + i / 251);
    return n;
}

/* What is in the object; 0 where there is none. Read outside the session, which that ends. */
static size_t read_back(uint32_t tag, const uint8_t **content)
{
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    if (talk_get(talk, tag, true) != 0x9000)
        return 0;
    size_t head = talk->got.data[1] == 0x82 ? 4 : 3;
    *content = talk->got.data + head;
    return talk->got.len - head;
}

/* Each length around those at which a part ends, with its padding and without. */
START_TEST(each_length)
{
    static uint8_t data[2000];
    for (size_t content = 215; content <= 1300; content += content % 256 < 40 || content % 256 > 220 ? 1 : 50) {
        open_piv(_i);
        size_t len = put_data(CHUID, content, (uint8_t)content, data);
        ck_assert_uint_eq(domain_send(&s, PUT, data, len), 0x9000);
        ck_assert_uint_eq(domain_send(&s, 0x80CA9F70, NULL, 0), 0x9000); /* the session goes on */
        const uint8_t *got;
        ck_assert_uint_eq(read_back(CHUID, &got), content);
        ck_assert_mem_eq(got, data + len - content, content);
    }
}
END_TEST

/* The longest object in one command, and one byte too many. */
START_TEST(longest)
{
    static uint8_t data[FACE_MAX + HEAD + 1];
    const uint8_t *got;
    open_piv(_i);
    size_t len = put_data(CHUID, 4096, 3, data);
    data[HEAD - 2] = 0x0F; /* says 3840 */
    ck_assert_uint_eq(domain_send(&s, PUT, data, len), 0x6A80);
    len = put_data(0x5FC105, 4096, 5, data);
    ck_assert_uint_eq(domain_send(&s, PUT, data, len), 0x9000);
    len = put_data(FACE, FACE_MAX, 7, data);
    ck_assert_uint_eq(domain_send(&s, PUT, data, len), 0x9000);
    ck_assert_uint_eq(domain_send(&s, PUT, data, len + 1), 0x6700);
    ck_assert_uint_eq(read_back(CHUID, &got), 0);
    ck_assert_uint_eq(read_back(0x5FC105, &got), 4096);
    put_data(0x5FC105, 4096, 5, data);
    ck_assert_mem_eq(got, data + HEAD, 4096);
}
END_TEST

/* Long blocks of a chain, each wrapped by itself. */
START_TEST(chain_of_long_blocks)
{
    static uint8_t data[5000];
    const uint8_t *got;
    open_piv(_i);
    size_t len = put_data(CHUID, 4000, 9, data);
    ck_assert_uint_eq(domain_chained(&s, PUT, data, len, 1001), 0x9000);
    ck_assert_uint_eq(read_back(CHUID, &got), 4000);
    ck_assert_mem_eq(got, data + HEAD, 4000);
}
END_TEST

/* One bit changed, near the start, in the middle, in the MAC; the lengths in the header changed: nothing is written,
 * and the session is over. */
START_TEST(changed)
{
    static uint8_t data[1200], cmd[1400];
    const uint8_t *got;
    for (size_t at = 2; at < 1100; at += at < 16 ? 1 : 97) {
        open_piv(_i);
        size_t len = put_data(CHUID, 1000, 1, data);
        size_t n = domain_wrap(&s, PUT, data, len, cmd);
        bool lengths = at >= 4 && at < 7;
        size_t place = at < n - 2 ? at : n - 3;
        cmd[place] ^= 0x04;
        ck_assert_uint_eq(talk_bytes(talk, cmd, n), lengths ? 0x6700 : 0x6982);
        ck_assert_uint_eq(talk->got.len, 0);
        ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x6982);
        ck_assert_uint_eq(read_back(CHUID, &got), 0);
    }
}
END_TEST

/* The MAC is over the length as it is written: a short command doesn't verify in the extended form, nor the other way
 * round. */
START_TEST(form_is_under_the_mac)
{
    static const uint8_t request[] = { 0x4F, 0x00 };
    uint8_t cmd[300], other[300] = { 0 };
    open_piv(_i);
    s.extended = false;
    size_t n = domain_wrap(&s, 0x80CA9F70, request, 2, cmd);
    memcpy(other, cmd, 4);
    memcpy(other + 6, cmd + 4, n - 4);
    ck_assert_uint_eq(talk_bytes(talk, other, n + 3), 0x6982);
    open_piv(_i);
    n = domain_wrap(&s, 0x80CA9F70, request, 2, cmd);
    memcpy(other, cmd, 4);
    memcpy(other + 4, cmd + 6, n - 7);
    ck_assert_uint_eq(talk_bytes(talk, other, n - 3), 0x6982);
}
END_TEST

/* Padding that isn't there, under a right MAC: seen before any of the data is used. */
START_TEST(padding_wrong)
{
    static uint8_t data[2000];
    const uint8_t *got;
    open_piv(1);
    size_t len = put_data(CHUID, 1000, 1, data);
    while (len % 16 != 0)
        data[len++] = 0x22;
    s.level = 0x01; /* the MAC alone, over what is then decrypted to anything */
    s.extended = true;
    static uint8_t cmd[2100];
    size_t n = domain_wrap(&s, PUT, data, len, cmd);
    ck_assert_uint_eq(talk_bytes(talk, cmd, n), 0x6982);
    ck_assert_uint_eq(read_back(CHUID, &got), 0);
    open_piv(1);
    s.level = 0x01; /* no whole blocks */
    n = domain_wrap(&s, PUT, data, 1001, cmd);
    ck_assert_uint_eq(talk_bytes(talk, cmd, n), 0x6982);
    ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x6982);
}
END_TEST

/* A command that is longer than any of its kind. */
START_TEST(too_long)
{
    static uint8_t data[33000];
    open_piv(_i);
    ck_assert_uint_eq(domain_send(&s, 0x00200080, data, 300), 0x6700);
    ck_assert_uint_eq(domain_send(&s, 0x00FE079A, data, 665), 0x6700); /* a collected one */
    ck_assert_uint_eq(domain_send(&s, PUT, data, 32900), 0x6700);
    ck_assert_uint_eq(domain_send(&s, 0x00CB3FFF, data, 1000), 0x6700);
    ck_assert_uint_eq(domain_send(&s, 0x80CA9F70, NULL, 0), 0x9000);
}
END_TEST

/* A collected command: the numbers of an RSA key, which the card tries. One of them changed is refused. */
START_TEST(collected)
{
    static const char *const names[] = { OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
                                         OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
                                         OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };
    uint8_t data[664];
    size_t n = 0;
    EVP_PKEY *key = EVP_RSA_gen(2048);
    for (size_t i = 0; i < 5; i++) {
        BIGNUM *number = NULL;
        const uint8_t head[] = { (uint8_t)(i + 1), 0x81, 128 };
        ck_assert(EVP_PKEY_get_bn_param(key, names[i], &number));
        memcpy(data + n, head, sizeof head);
        ck_assert_int_eq(BN_bn2binpad(number, data + n + 3, 128), 128);
        n += 131;
        BN_free(number);
    }
    for (int form = 0; form < FORMS; form++) {
        open_piv(form);
        ck_assert_uint_eq(domain_send(&s, 0x00FE079A, data, n), 0x9000);
        data[n - 1] ^= 1;
        ck_assert_uint_eq(domain_send(&s, 0x00FE079A, data, n), 0x6A80);
        data[n - 1] ^= 1;
        ck_assert_uint_eq(domain_chained(&s, 0x00FE079C, data, n, 300), 0x9000);
    }
    EVP_PKEY_free(key);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { each_length, FORMS }, { longest, FORMS },  { chain_of_long_blocks, FORMS },  { changed, FORMS },
        { padding_wrong, 0 },   { too_long, FORMS }, { form_is_under_the_mac, FORMS }, { collected, 0 },
    };
    return suite_run("applet_domain_long", tests, sizeof tests / sizeof tests[0]);
}
