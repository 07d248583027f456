/* SPDX-License-Identifier: BSD-2-Clause */
/* Health tests of the noise source, self-tests, and the card that stays mute but for its state. */
#include <string.h>

#include "card_talk.h"
#include "card_crypto_keys.h"
#include "core.h"
#include "entropy.h"
#include "suite.h"

static const char state_command[] = "80CADF00 00";

enum kind { STUCK, BIASED, BROKEN, GOOD };

/* A source that is good up to byte number 'good', then as its kind says. */
struct source {
    unsigned long given, good;
    enum kind kind;
    uint32_t random;
};

static uint8_t next_byte(struct source *s)
{
    s->random = s->random * 1664525u + 1013904223u;
    uint8_t random = (uint8_t)(s->random >> 24);
    if (s->given++ < s->good || s->kind == GOOD)
        return random;
    if (s->kind == STUCK)
        return 0xA5;
    return s->given % 6 == 0 ? 0x42 : random; /* one of six bytes is the same: 2.6 bits of min-entropy */
}

static bool noise(void *ctx, uint8_t *data, size_t len)
{
    struct source *s = ctx;
    for (size_t i = 0; i < len; i++)
        data[i] = next_byte(s);
    return s->kind != BROKEN || s->given < s->good;
}

START_TEST(good_source_passes)
{
    struct source source = { .kind = GOOD };
    struct card_port port = { .ctx = &source, .entropy = noise };
    struct entropy entropy;
    uint8_t bytes[100];
    ck_assert(entropy_start(&entropy, &port));
    ck_assert_uint_eq(source.given, ENTROPY_STARTUP);
    for (int i = 0; i < 20000; i++)
        ck_assert(entropy_read(&entropy, &port, bytes, sizeof bytes));
}
END_TEST

/* _i: the kind. At start, and at any later moment. */
START_TEST(bad_source_is_found)
{
    static const uint8_t zeros[64] = { 0 };
    struct source source = { .kind = (enum kind)_i };
    struct card_port port = { .ctx = &source, .entropy = noise };
    struct entropy entropy;
    uint8_t bytes[64];
    /* a window that begins with another byte doesn't see the bias */
    ck_assert(!entropy_start(&entropy, &port) || source.kind == BIASED);
    source = (struct source) { .kind = (enum kind)_i, .good = 5000 };
    ck_assert(entropy_start(&entropy, &port));
    int reads = 0;
    while (entropy_read(&entropy, &port, bytes, sizeof bytes))
        ck_assert_int_lt(reads++, 2000);
    ck_assert_int_gt(reads, (5000 - ENTROPY_STARTUP) / 64 - 2);
    ck_assert_mem_eq(bytes, zeros, sizeof bytes);
    source.kind = GOOD; /* too late */
    ck_assert(!entropy_read(&entropy, &port, bytes, sizeof bytes));
}
END_TEST

/* Nine of the same in a row are one too many, eight are none. */
START_TEST(repetitions)
{
    for (unsigned same = 8; same <= 9; same++) {
        struct source source = { .kind = GOOD };
        struct card_port port = { .ctx = &source, .entropy = noise };
        struct entropy entropy;
        uint8_t byte;
        ck_assert(entropy_start(&entropy, &port));
        ck_assert(entropy_read(&entropy, &port, &byte, 1));
        source = (struct source) { .kind = STUCK };
        for (unsigned i = 0; i < same - 1; i++)
            ck_assert(entropy_read(&entropy, &port, &byte, 1));
        ck_assert(entropy_read(&entropy, &port, &byte, 1) == (same == 8));
    }
}
END_TEST

static void is_mute(struct talk *card, uint8_t fault)
{
    ck_assert_uint_eq(talk_select(card), 0x6F00);
    ck_assert_uint_eq(talk_hex(card, "80CADF01 00"), 0x6F00);
    ck_assert_uint_eq(talk_hex(card, state_command), 0x9000);
    ck_assert_uint_eq(card->got.len, 1);
    ck_assert_uint_eq(card->got.data[0], fault);
    ck_assert_uint_eq(talk_verify(card, "123456"), 0x6F00);
}

static bool stuck(void *ctx, uint8_t *data, size_t len)
{
    (void)ctx;
    memset(data, 7, len);
    return true;
}

START_TEST(mute_but_for_its_state)
{
    struct talk *card = talk_new();
    bool (*good)(void *, uint8_t *, size_t) = card->memory.port.entropy;
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_ne(talk_hex(card, state_command), 0x9000);
    card->memory.port.entropy = stuck;
    card_memory_reset(&card->memory);
    is_mute(card, FAULT_ENTROPY);
    card->memory.port.entropy = good;
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x9000);
    memset(card->memory.banks, 0, sizeof card->memory.banks);
    card_memory_reset(&card->memory);
    is_mute(card, FAULT_STORE);
}
END_TEST

/* The library's answers with one bit changed, where 'broken' names the function: the linker puts these in its place. */
static const char *broken = "";

static void spoil(const char *name, uint8_t *byte)
{
    if (strcmp(broken, name) == 0)
        *byte ^= 0x10;
}

#define SPOILED(name, parameters, arguments, byte)                                                                     \
    void __real_##name parameters;                                                                                     \
    void __wrap_##name parameters;                                                                                     \
    void __wrap_##name parameters                                                                                      \
    {                                                                                                                  \
        __real_##name arguments;                                                                                       \
        spoil(#name, byte);                                                                                            \
    }
SPOILED(crypto_sha1, (const uint8_t *data, size_t len, uint8_t *hash), (data, len, hash), hash + 19)
SPOILED(crypto_sha256, (const uint8_t *data, size_t len, uint8_t *hash), (data, len, hash), hash)
SPOILED(crypto_aes128_encrypt, (const uint8_t *key, const uint8_t *in, uint8_t *out), (key, in, out), out + 3)
SPOILED(crypto_aes128_decrypt, (const uint8_t *key, const uint8_t *in, uint8_t *out), (key, in, out), out + 15)
SPOILED(crypto_aes_cbc_encrypt, (const uint8_t *key, size_t key_len, const uint8_t *iv, uint8_t *data, size_t len),
        (key, key_len, iv, data, len), data)
SPOILED(crypto_aes_cbc_decrypt, (const uint8_t *key, size_t key_len, const uint8_t *iv, uint8_t *data, size_t len),
        (key, key_len, iv, data, len), data)
SPOILED(crypto_cmac_end, (struct crypto_cmac * cmac, uint8_t *mac), (cmac, mac), mac + 7)
SPOILED(crypto_drbg_generate, (struct crypto_drbg * drbg, uint8_t *out, size_t len), (drbg, out, len), out)

size_t __real_crypto_ec_sign(enum crypto_curve curve, const uint8_t *scalar, const uint8_t *hash, uint8_t *sig);
size_t __wrap_crypto_ec_sign(enum crypto_curve curve, const uint8_t *scalar, const uint8_t *hash, uint8_t *sig);
size_t __wrap_crypto_ec_sign(enum crypto_curve curve, const uint8_t *scalar, const uint8_t *hash, uint8_t *sig)
{
    size_t len = __real_crypto_ec_sign(curve, scalar, hash, sig);
    spoil("crypto_ec_sign", sig + 20);
    return len;
}

/* A wrong answer of any of them is found, and the card says whose it was and nothing else. */
START_TEST(wrong_answers)
{
    static const struct {
        const char *name;
        enum fault fault;
    } faults[] = {
        { "crypto_sha1", FAULT_SHA },
        { "crypto_sha256", FAULT_SHA },
        { "crypto_aes128_encrypt", FAULT_AES },
        { "crypto_aes128_decrypt", FAULT_AES },
        { "crypto_aes_cbc_encrypt", FAULT_AES },
        { "crypto_aes_cbc_decrypt", FAULT_AES },
        { "crypto_cmac_end", FAULT_CMAC },
        { "crypto_drbg_generate", FAULT_DRBG },
        { "crypto_ec_sign", FAULT_EC },
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        broken = "";
        struct talk *card = talk_new();
        broken = faults[i].name;
        card_memory_reset(&card->memory);
        if (faults[i].fault == FAULT_EC) {
            ck_assert_uint_eq(talk_select(card), 0x9000);
            ck_assert_uint_eq(talk_hex(card, "0047009A 05 AC03800111 00"), 0x6F00);
        }
        is_mute(card, (uint8_t)faults[i].fault);
        broken = "";
        card_memory_reset(&card->memory);
        ck_assert_uint_eq(talk_select(card), 0x9000);
    }
}
END_TEST

static unsigned long drawn;
static bool (*drawn_from)(void *, uint8_t *, size_t);

static bool count_drawn(void *ctx, uint8_t *data, size_t len)
{
    drawn += len;
    return drawn_from(ctx, data, len);
}

/* A new seed after 1024 commands, and again; where the source failed meanwhile, the card is mute from there on. */
START_TEST(reseeded)
{
    struct talk *card = talk_new();
    drawn_from = card->memory.port.entropy;
    card->memory.port.entropy = count_drawn;
    card_memory_reset(&card->memory);
    unsigned long at_start = drawn;
    for (int commands = 1; commands <= 2 * 1024 + 1; commands++) {
        ck_assert_uint_eq(talk_hex(card, "00A40400 05 A000000308"), 0x9000);
        ck_assert_uint_eq(drawn - at_start, 48u * (unsigned)((commands - 1) / 1024));
    }
    card->memory.port.entropy = stuck;
    for (int commands = 1; commands < 1024; commands++)
        ck_assert_uint_eq(talk_hex(card, "00A40400 05 A000000308"), 0x9000);
    is_mute(card, FAULT_ENTROPY);
}
END_TEST

/* Known answers hold, the one of the curves before the first command that needs them and once. */
START_TEST(known_answers)
{
    struct health health = { 0 };
    const uint8_t select[] = { 0x00, 0xA4, 0x04, 0x00 }, sign[] = { 0x00, 0x87, 0x11, 0x9A };
    ck_assert_int_eq(self_test_start(), FAULT_NONE);
    self_test_command(&health, rd_init(select, sizeof select));
    self_test_command(&health, rd_init(sign, 2));
    ck_assert(!health.ec_tested);
    self_test_command(&health, rd_init(sign, sizeof sign));
    ck_assert(health.ec_tested);
    ck_assert_int_eq(health.fault, FAULT_NONE);
}
END_TEST

/* Which commands may be the first to use the curves: whatever makes a signature, a key or its public half. */
START_TEST(first_use_of_the_curves)
{
    static const struct {
        uint8_t header[4];
        bool tests;
    } cases[] = {
        { { 0x00, 0x47, 0x00, 0x9A }, true },  { { 0x00, 0x87, 0x14, 0x9A }, true },
        { { 0x00, 0x87, 0x07, 0x9A }, false }, { { 0x00, 0x87, 0x08, 0x9B }, false },
        { { 0x00, 0xF9, 0x9A, 0x00 }, true },  { { 0x00, 0xFE, 0x11, 0x9A }, true },
        { { 0x00, 0xFE, 0x14, 0x9D }, true },  { { 0x00, 0xFE, 0x07, 0x9D }, false },
        { { 0x00, 0xF7, 0x00, 0x9A }, true },  { { 0x00, 0xF7, 0x00, 0xF9 }, true },
        { { 0x00, 0xF7, 0x00, 0x80 }, false }, { { 0x00, 0xF7, 0x00, 0x81 }, false },
        { { 0x00, 0xF7, 0x00, 0x9B }, false }, { { 0x00, 0xCB, 0x3F, 0xFF }, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct health health = { 0 };
        self_test_command(&health, rd_init(cases[i].header, sizeof cases[i].header));
        ck_assert_msg(health.ec_tested == cases[i].tests, "case %zu", i);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { good_source_passes, 0 },      { bad_source_is_found, 3 },    { repetitions, 0 },   { known_answers, 0 },
        { first_use_of_the_curves, 0 }, { mute_but_for_its_state, 0 }, { wrong_answers, 0 }, { reseeded, 0 },
    };
    return suite_run("applet self test", tests, sizeof tests / sizeof tests[0]);
}
