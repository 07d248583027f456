/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer's session: published vectors, each way to open one, and each way in which a command of one is not what
 * it should be. */
#include <string.h>

#include "card_crypto.h"
#include "card_edge.h"
#include "core.h"
#include "domain_talk.h"
#include "issuer_private.h"
#include "records.h"
#include "suite.h"

#define HEX(name, hex)                                                                                                 \
    uint8_t name[256];                                                                                                 \
    size_t name##_len = talk_unhex(hex, name, sizeof name);                                                            \
    (void)name##_len

#define GET_ISSUER 0x80CA0042 /* 6A88 on a blank card: it has none */
#define GET_STATE  0x80CA9F70
#define GET_CHIP   0x80CA0045

/* ---- vectors ---- */

/* RFC 4493, 4; SP 800-38B D.3 for the key of 256 bits */
START_TEST(cmac_vectors)
{
    static const struct {
        const char *key;
        size_t len;
        const char *mac;
    } cases[] = {
        { "2B7E151628AED2A6ABF7158809CF4F3C", 0, "BB1D6929E95937287FA37D129B756746" },
        { "2B7E151628AED2A6ABF7158809CF4F3C", 16, "070A16B46B4D4144F79BDD9DD04A287C" },
        { "2B7E151628AED2A6ABF7158809CF4F3C", 40, "DFA66747DE9AE63030CA32611497C827" },
        { "2B7E151628AED2A6ABF7158809CF4F3C", 64, "51F0BEBF7E3B9D92FC49741779363CFE" },
        { "603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4", 0, "028962F61B7BF89EFC6B551F4667D983" },
        { "603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4", 64, "E1992190549F6ED5696A2C056C315410" },
    };
    HEX(message, "6BC1BEE22E409F96E93D7E117393172A AE2D8A571E03AC9C9EB76FAC45AF8E51"
                 "30C81C46A35CE411E5FBC1191A0A52EF F69F2445DF4F9B17AD2B417BE66C3710");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        HEX(key, cases[i].key);
        HEX(mac, cases[i].mac);
        uint8_t got[16];
        for (size_t cut = 0; cut <= cases[i].len; cut++) { /* in two parts, at each place */
            struct crypto_cmac cmac;
            crypto_cmac_init(&cmac, key, key_len);
            crypto_cmac_add(&cmac, message, cut);
            crypto_cmac_add(&cmac, message + cut, cases[i].len - cut);
            crypto_cmac_end(&cmac, got);
            ck_assert_mem_eq(got, mac, 16);
        }
    }
}
END_TEST

/* SP 800-38A F.2.5 and F.2.6, first two blocks: AES-256 in CBC */
START_TEST(cbc_vectors)
{
    HEX(key, "603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4");
    HEX(iv, "000102030405060708090A0B0C0D0E0F");
    HEX(plain, "6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51");
    HEX(cipher, "F58C4C04D6E5F1BA779EABFB5F7BFBD69CFC4E967EDB808D679F777BC6702C7D");
    uint8_t data[32];
    memcpy(data, plain, 32);
    crypto_aes_cbc_encrypt(key, key_len, iv, data, 32);
    ck_assert_mem_eq(data, cipher, 32);
    crypto_aes_cbc_decrypt(key, key_len, iv, data, 32);
    ck_assert_mem_eq(data, plain, 32);
}
END_TEST

/* The derivation against one that is made of OpenSSL's CMAC: key sizes, lengths, contexts. */
START_TEST(derivation)
{
    static const size_t lengths[] = { 8, 16, 32 };
    uint8_t key[32], context[32], got[32], want[32];
    for (size_t i = 0; i < 32; i++) {
        key[i] = (uint8_t)(5 * i + 1);
        context[i] = (uint8_t)(0xF0 - i);
    }
    for (size_t key_len = 16; key_len <= 32; key_len += 16)
        for (size_t i = 0; i < 3; i++)
            for (size_t n = 11; n <= 32; n += 21) {
                scp03_derive(key, key_len, 6, context, n, got, lengths[i]);
                domain_kdf(key, key_len, 6, context, n, want, lengths[i]);
                ck_assert_mem_eq(got, want, lengths[i]);
            }
}
END_TEST

/* Exchanges of a real card, published with the tests of Osmocom's pySim: keys 00 01 …, 10 11 …, beginning anew after 16
 * bytes. What it took and answered is what this card unwraps and protects. */
START_TEST(published_exchanges)
{
    static const struct {
        size_t key_len;
        uint8_t level;
        const char *challenges, *cryptogram, *authenticate, *command, *answer;
    } seen[] = {
        { 16, 0x33, "FDF38259A1E0DE44 3B1ACA81E821F219", "081CDC01C26B372D", "8C36F96BCC00724A 4E13AD591D7DA3F0",
          "267A85DFE4A98FCA6FB0527E0DFECCE4 914E40401433C87F",
          "F3BA2B1013AA6224F5E1C138D71805C569E5439B47576260B75FC021B25097CB 2E68F8A0144975B9 9000" },
        { 32, 0x33, "97B2055FE58599FD A8439A22CEDF045F", "A9F1903B2834F26E", "508A0FD959D2E547 C6B33154A6BE2057",
          "7A5EF717EAF1E135AE92FE54429D0E46 5DECDA65F5FE5AEA",
          "EA90DBFA648A67C5EB6ABC57F8530B97D0CD5647C5E8732016B55203B078DD2A CE7F8BC5D1C1CD99 9000" },
    };
    HEX(plain_command, "BF3E035C015A");
    HEX(plain_answer, "BF3E125A1089882119900000000000000000000005 9000");
    for (size_t x = 0; x < sizeof seen / sizeof seen[0]; x++) {
        struct channel c = { .mac_len = 8, .key_len = (uint8_t)seen[x].key_len };
        uint8_t enc[32], mac[32], shown[8], expected[8], clear[SEALED_PART], resp[258];
        HEX(context, seen[x].challenges);
        HEX(cryptogram, seen[x].cryptogram);
        HEX(authenticate, seen[x].authenticate);
        HEX(command, seen[x].command);
        HEX(answer, seen[x].answer);
        for (size_t i = 0; i < 32; i++) {
            enc[i] = (uint8_t)(i % 16);
            mac[i] = (uint8_t)(0x10 + i % 16);
        }
        scp03_derive(enc, seen[x].key_len, 4, context, 16, c.enc, seen[x].key_len);
        scp03_derive(mac, seen[x].key_len, 6, context, 16, c.mac, seen[x].key_len);
        scp03_derive(mac, seen[x].key_len, 7, context, 16, c.rmac, seen[x].key_len);
        scp03_derive(c.mac, seen[x].key_len, 0, context, 16, shown, 8);
        ck_assert_mem_eq(shown, cryptogram, 8);
        scp03_derive(c.mac, seen[x].key_len, 1, context, 16, expected, 8);
        ck_assert_mem_eq(expected, authenticate, 8);
        struct apdu apdu = { .ins = 0x82, .p1 = seen[x].level };
        struct rd data = rd_init(authenticate, 16);
        ck_assert(channel_check_mac(&c, 0x84, &apdu, &data));
        c.state = CHANNEL_OPEN;
        c.level = seen[x].level;
        apdu = (struct apdu) { .cla = 0x84, .ins = 0xE2, .p1 = 0x91, .data = rd_init(command, command_len) };
        ck_assert(channel_unwrap(&c, &apdu, clear));
        ck_assert_uint_eq(apdu.data.left, plain_command_len);
        ck_assert_mem_eq(apdu.data.p, plain_command, plain_command_len);
        ck_assert_uint_eq(apdu.cla, 0x80);
        memcpy(resp, plain_answer, plain_answer_len);
        ck_assert_uint_eq(channel_protect(&c, resp, plain_answer_len), answer_len);
        ck_assert_mem_eq(resp, answer, answer_len);
    }
}
END_TEST

/* ---- opening ---- */

static const uint8_t levels[] = { 0x01, 0x03, 0x13, 0x33 };
static const uint8_t kinds[] = { 0x60, 0x61, 0x70, 0x71 };

static size_t wide(uint8_t i)
{
    return (i & 1) != 0 ? 16 : 8;
}

/* Each key size, each i, each level, with the domain and with PIV: commands without data, with data and with answers,
 * errors, an object that takes several blocks in and out. */
START_TEST(every_kind)
{
    size_t key_len = _i % 2 != 0 ? 32 : 16;
    uint8_t i = kinds[_i / 2 % 4], level = levels[_i / 8];
    struct talk *talk = domain_card(i, key_len);
    struct domain_keys keys = domain_transport(key_len);
    struct domain_session s;
    uint8_t object[700], cmd[720] = { 0x5C, 3, 0x5F, 0xC1, 0x02, 0x53, 0x82, 700 >> 8, 700 & 0xFF };
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    domain_open(&s, talk, &keys, wide(i), level);
    ck_assert_uint_eq(s.i, i);
    ck_assert_uint_eq(s.version, 0x7F);
    ck_assert_uint_eq(domain_send(&s, GET_STATE, NULL, 0), 0x9000);
    ck_assert_uint_eq(talk->got.len, 4);
    ck_assert_mem_eq(talk->got.data, "\x9F\x70\x01\x01", 4);
    ck_assert_uint_eq(domain_send(&s, GET_ISSUER, NULL, 0), 0x6A88); /* an error keeps the session */
    ck_assert_uint_eq(domain_send(&s, 0x80F28002, (const uint8_t *)"\x4F", 2), 0x9000);
    ck_assert_uint_eq(talk->got.len, 16);
    ck_assert_uint_eq(domain_send(&s, 0x00B00000, NULL, 0), 0x6D00);

    ck_assert_uint_eq(talk_select(talk), 0x9000);
    domain_open(&s, talk, &keys, wide(i), level);
    for (size_t k = 0; k < sizeof object; k++)
        object[k] = (uint8_t)(k * 7);
    memcpy(cmd + 9, object, sizeof object);
    size_t block = 255 - wide(i);
    block = (level & 2) != 0 ? block / 16 * 16 - 1 : block; /* as long as a block can be */
    ck_assert_uint_eq(domain_chained(&s, 0x00DB3FFF, cmd, 9 + sizeof object, block), 0x9000);
    const uint8_t name[] = { 0x5C, 3, 0x5F, 0xC1, 0x02 };
    unsigned sw = domain_send(&s, 0x00CB3FFF, name, sizeof name);
    uint8_t seen[800];
    size_t len = 0;
    for (;; sw = domain_send(&s, 0x00C00000, NULL, 0)) {
        ck_assert(sw == 0x9000 || sw >> 8 == 0x61);
        memcpy(seen + len, talk->got.data, talk->got.len);
        len += talk->got.len;
        if (sw == 0x9000)
            break;
    }
    ck_assert_uint_eq(len, 4 + sizeof object);
    ck_assert_mem_eq(seen + 4, object, sizeof object);
    ck_assert_uint_eq(domain_send(&s, 0x0047009E, (const uint8_t *)"\xAC\x03\x80\x01\x11", 5), 0x9000);
    ck_assert_uint_eq(talk->got.len, 70);
}
END_TEST

/* The challenge is what amendment D makes of the counter and the selected application's whole name; it stays until
 * somebody answers it, then it is another. Random ones differ each time. */
START_TEST(challenges)
{
    static const uint8_t aids[2][14] = { { 0, 0, 0, 0xA0, 0, 0, 1, 0x51, 0, 0, 0 },
                                         { 0, 0, 0, 0xA0, 0, 0, 3, 8, 0, 0, 0x10, 0, 1, 0 } };
    static const size_t lens[] = { 11, 14 };
    struct domain_keys keys = domain_transport(16);
    struct domain_session s;
    uint8_t context[14], want[16], last[8];
    struct talk *talk = domain_card(0x70, 16);
    for (unsigned round = 0; round < 6; round++) {
        ck_assert_uint_eq(round % 2 != 0 ? talk_hex(talk, "00A40400 05 A000000308") : domain_select(talk), 0x9000);
        ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x9000);
        ck_assert_uint_eq(s.sequence, round + 1);
        memcpy(context, aids[round % 2], 14);
        context[2] = (uint8_t)(round + 1);
        domain_kdf(keys.key[0], 16, 2, context, lens[round % 2], want, 8);
        ck_assert_mem_eq(s.context + 8, want, 8);
        memcpy(last, s.context + 8, 8);
        ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x9000);
        ck_assert_mem_eq(s.context + 8, last, 8);
        if (round == 3)
            s.host_cryptogram[0] ^= 1; /* a wrong answer spends it too */
        ck_assert_uint_eq(domain_authenticate(&s, 1), round == 3 ? 0x6300 : 0x9000);
    }
    talk = domain_card(0x60, 16);
    domain_select(talk);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x9000);
    memcpy(last, s.context + 8, 8);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x9000);
    ck_assert_mem_ne(s.context + 8, last, 8);
}
END_TEST

START_TEST(opening_refused)
{
    struct talk *talk = domain_card(0x70, 16);
    struct domain_keys keys = domain_transport(16);
    struct domain_session s;
    uint8_t zeros[16] = { 0 };
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x9000); /* the MF is selected */
    domain_select(talk);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0x01, 8), 0x6A88);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 16), 0x6700); /* this card is S8 */
    ck_assert_uint_eq(talk_command(talk, 0x80500001, zeros, 8, false), 0x6A86);
    ck_assert_uint_eq(talk_command(talk, 0x84820100, zeros, 16, false), 0x6985); /* nothing to answer */
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0x7F, 8), 0x9000);
    for (unsigned level = 0; level < 256; level++) {
        bool known = level == 1 || level == 3 || level == 0x13 || level == 0x33;
        ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x9000);
        ck_assert_uint_eq(domain_authenticate(&s, level), known ? 0x9000 : 0x6A86);
        /* what was asked for wrongly is not there afterwards */
        ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), known ? 0x6982 : 0x9000);
        domain_select(talk);
    }
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x9000);
    ck_assert_uint_eq(talk_command(talk, 0x80820100, s.host_cryptogram, 16, false), 0x6985); /* class 80: no MAC */
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x9000);
    talk_hex(talk, "80CA9F70 00"); /* a command in between */
    ck_assert_uint_eq(domain_authenticate(&s, 1), 0x6985);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x9000);
    ck_assert_uint_eq(talk_command(talk, 0x84820100, s.host_cryptogram, 17, false), 0x6700);
    ck_assert_uint_eq(domain_authenticate(&s, 1), 0x6985);
}
END_TEST

/* One wrong bit in cryptogram or MAC, any: 6300. */
START_TEST(wrong_cryptogram)
{
    struct talk *talk = domain_card(0x71, 16);
    struct domain_keys keys = domain_transport(16), wrong = domain_other(0x7F, 16);
    struct domain_session s;
    domain_select(talk);
    for (unsigned bit = 0; bit < 256; bit += 5) {
        uint8_t cmd[37] = { 0x84, 0x82, 1, 0, 32 }, mac[16], input[16 + 21] = { 0 };
        ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 16), 0x9000);
        memcpy(cmd + 5, s.host_cryptogram, 16);
        memcpy(input + 16, cmd, 21);
        domain_cmac(s.mac, 16, input, sizeof input, mac);
        memcpy(cmd + 21, mac, 16);
        cmd[5 + bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_uint_eq(talk_bytes(talk, cmd, sizeof cmd), 0x6300);
        ck_assert_uint_eq(talk_bytes(talk, cmd, sizeof cmd), 0x6985);
    }
    ck_assert_uint_eq(domain_initialize(&s, talk, &wrong, 0, 16), 0); /* the card's cryptogram is another's */
    ck_assert_uint_eq(domain_authenticate(&s, 1), 0x6300);
}
END_TEST

/* The MAC is over Lc as it is written: both forms open a session, and neither one's MAC serves for the other. Bit 0 of
 * the case: sent extended, bit 1: the MAC for the other form. */
START_TEST(forms_of_length)
{
    struct talk *talk = domain_card(0x71, 16);
    struct domain_keys keys = domain_transport(16);
    struct domain_session s;
    const bool extended = (_i & 1) != 0, other = (_i & 2) != 0;
    uint8_t cmd[7 + 32] = { 0x84, 0x82, 1, 0 }, input[16 + 7 + 16] = { 0 }, mac[16];
    domain_select(talk);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 16), 0x9000);
    size_t head = extended ? 7 : 5, mac_head = extended != other ? 7 : 5;
    cmd[head - 1] = 32;
    memcpy(cmd + head, s.host_cryptogram, 16);
    memcpy(input + 16, cmd, 4);
    input[16 + mac_head - 1] = 32;
    memcpy(input + 16 + mac_head, s.host_cryptogram, 16);
    domain_cmac(s.mac, 16, input, 16 + mac_head + 16, mac);
    memcpy(cmd + head + 16, mac, 16);
    ck_assert_uint_eq(talk_bytes(talk, cmd, head + 32), other ? 0x6300 : 0x9000);

    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 16), 0x9000);
    s.extended = extended; /* and a session opened so goes on */
    ck_assert_uint_eq(domain_authenticate(&s, 0x33), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x80CA00E0, NULL, 0), 0x9000);
}
END_TEST

static uint32_t waited;
static void count_delay(void *ctx, uint32_t ms)
{
    (void)ctx;
    waited += ms;
}

/* Counted before the comparison, slowed from the fourth on, never locked; a right session clears it. */
START_TEST(failures)
{
    static const uint32_t seconds[] = { 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30 };
    struct talk *talk = domain_card(0x70, 16);
    struct domain_keys keys = domain_transport(16), wrong = domain_other(0x7F, 16);
    struct domain_session s;
    talk->memory.port.delay_ms = count_delay;
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        domain_select(talk);
        domain_initialize(&s, talk, &wrong, 0, 8);
        waited = 0;
        if (i % 2 != 0) { /* a cut right after the count saves no time next time */
            talk->memory.cut_at = (long)talk->memory.operations + 20;
            domain_authenticate(&s, 1);
            card_memory_reset(&talk->memory);
        } else {
            ck_assert_uint_eq(domain_authenticate(&s, 1), 0x6300);
        }
        ck_assert_uint_eq(waited, 1000 * seconds[i]);
        card_memory_reset(&talk->memory); /* neither does a reset */
    }
    for (unsigned round = 0; round < 2; round++) {
        domain_select(talk);
        domain_initialize(&s, talk, &keys, 0, 8);
        waited = 0;
        ck_assert_uint_eq(domain_authenticate(&s, 1), 0x9000);
        ck_assert_uint_eq(waited, round == 0 ? 30000 : 0);
    }
}
END_TEST

/* A cut at each operation of a wrong try: the try is never forgotten once it was compared. */
START_TEST(failure_cut)
{
    struct talk *talk = domain_card(0x70, 16);
    struct domain_keys wrong = domain_other(0x7F, 16);
    struct domain_session s;
    struct counters before, after;
    struct core *core = (struct core *)(void *)talk->memory.card.state;
    for (long at = 0;; at++) {
        domain_select(talk);
        domain_initialize(&s, talk, &wrong, 0, 8);
        ck_assert(counters_read(core, &before));
        talk->memory.cut_at = (long)talk->memory.operations + at;
        unsigned sw = domain_authenticate(&s, 1);
        bool cut = talk->memory.dead;
        card_memory_reset(&talk->memory);
        ck_assert(counters_read(core, &after));
        ck_assert(after.failures == before.failures || after.failures == before.failures + 1);
        ck_assert(sw != 0x6300 || after.failures == before.failures + 1);
        ck_assert_uint_eq(after.sequence - before.sequence, (uint32_t)(after.failures - before.failures));
        if (!cut)
            break;
    }
}
END_TEST

/* ---- inside ---- */

/* Dead: nothing is answered but 6982, until SELECT or a session that opens. */
static void expect_dead(struct talk *talk, struct domain_session *s)
{
    struct domain_session other;
    ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x6982);
    ck_assert_uint_eq(talk_hex(talk, "80CA0066 00"), 0x6982);
    ck_assert_uint_eq(talk_hex(talk, "00CB3FFF 05 5C035FC102 00"), 0x6982);
    ck_assert_uint_eq(talk_hex(talk, "00CB"), 0x6982);
    uint8_t cmd[300];
    size_t len = domain_wrap(s, GET_STATE, NULL, 0, cmd);
    ck_assert_uint_eq(talk_bytes(talk, cmd, len), 0x6982);
    ck_assert_uint_eq(talk->got.len, 0);
    ck_assert_uint_eq(domain_initialize(&other, talk, &s->keys, 0, s->n), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x6982);
    ck_assert_uint_eq(domain_initialize(&other, talk, &s->keys, 0, s->n), 0x9000);
    ck_assert_uint_eq(domain_authenticate(&other, 0x33), 0x9000);
    ck_assert_uint_eq(domain_send(&other, GET_STATE, NULL, 0), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x6982);
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x9000);
}

enum spoil {
    REPLAY,
    STALE_CHAINING,
    STRIPPED_MAC,
    NO_MAC,
    SHORT_MAC,
    FLIPPED_MAC,
    FLIPPED_DATA,
    FLIPPED_HEADER,
    SKIPPED,
    PLAIN_CLASS,
    ISO_SM,
    BAD_PADDING,
    HALF_BLOCK,
    MALFORMED,
    OTHER_CLASS,
    SPOILS
};

static const uint8_t status_request[] = { 0x4F, 0x00 };

static void spoil_it(struct domain_session *s, enum spoil spoil, uint8_t *cmd, size_t *len)
{
    struct domain_session twin = *s;
    uint8_t junk[32] = { 1, 2, 3 };
    *len = domain_wrap(s, 0x80F28002, status_request, sizeof status_request, cmd);
    switch (spoil) {
    case REPLAY: /* right once, then again */
        ck_assert_uint_eq(talk_bytes(s->talk, cmd, *len), 0x9000);
        break;
    case STALE_CHAINING:
        twin.chaining[15] ^= 1;
        *len = domain_wrap(&twin, 0x80F28002, status_request, sizeof status_request, cmd);
        break;
    case STRIPPED_MAC:
        cmd[4] = (uint8_t)(cmd[4] - s->n);
        *len -= s->n;
        break;
    case NO_MAC:
        *len = 4;
        break;
    case SHORT_MAC:
        cmd[4] = (uint8_t)(s->n - 1);
        *len = 5 + s->n - 1;
        break;
    case FLIPPED_MAC:
        cmd[*len - 2] ^= 0x80;
        break;
    case FLIPPED_DATA:
        cmd[5] ^= 1;
        break;
    case FLIPPED_HEADER:
        cmd[3] ^= 2;
        break;
    case SKIPPED: /* the one before this never came */
        *len = domain_wrap(s, 0x80F28002, status_request, sizeof status_request, cmd);
        break;
    case PLAIN_CLASS:
        cmd[0] = 0x80;
        break;
    case ISO_SM:
        cmd[0] = 0x0C;
        break;
    case BAD_PADDING: /* authentic, and yet */
        twin.level = 1;
        *len = domain_wrap(&twin, 0x80F28002, junk, 16, cmd);
        break;
    case HALF_BLOCK:
        twin.level = 1;
        *len = domain_wrap(&twin, 0x80F28002, junk, 17, cmd);
        break;
    case MALFORMED:
        *len -= 3;
        break;
    case OTHER_CLASS:
        cmd[0] = 0xC4;
        break;
    case SPOILS:
        break;
    }
}

START_TEST(spoiled)
{
    enum spoil spoil = (enum spoil)(_i % SPOILS);
    uint8_t i = kinds[_i / SPOILS % 4];
    struct talk *talk = domain_card(i, 16);
    struct domain_keys keys = domain_transport(16);
    struct domain_session s;
    uint8_t cmd[300];
    size_t len;
    domain_select(talk);
    domain_open(&s, talk, &keys, wide(i), 0x33);
    ck_assert_uint_eq(domain_send(&s, GET_STATE, NULL, 0), 0x9000);
    spoil_it(&s, spoil, cmd, &len);
    ck_assert_uint_eq(talk_bytes(talk, cmd, len), spoil == MALFORMED ? 0x6700 : 0x6982);
    ck_assert_uint_eq(talk->got.len, 0);
    expect_dead(talk, &s);
}
END_TEST

/* What was asked for at one level is not to be had at a lower one. */
START_TEST(downgrade)
{
    struct talk *talk = domain_card(0x70, 16);
    struct domain_keys keys = domain_transport(16);
    struct domain_session s, lower;
    domain_select(talk);
    domain_open(&s, talk, &keys, 8, 0x33);
    lower = s;
    lower.level = 0x01; /* data not encrypted */
    ck_assert_uint_eq(domain_send(&lower, 0x80F28002, status_request, 2), 0x6982);
    domain_select(talk);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x9000);
    uint8_t cmd[21] = { 0x84, 0x82, 0x33, 0, 16 }, mac[16], input[29] = { 0 };
    memcpy(cmd + 5, s.host_cryptogram, 8);
    memcpy(input + 16, cmd, 13);
    domain_cmac(s.mac, 16, input, sizeof input, mac);
    memcpy(cmd + 13, mac, 8);
    cmd[2] = 0x01; /* the level is under the MAC */
    ck_assert_uint_eq(talk_bytes(talk, cmd, sizeof cmd), 0x6300);
}
END_TEST

/* What ends a session, and what its commands are answered afterwards. */
START_TEST(ends)
{
    static const char *const ending[] = { "00A40400 08 A000000151000000", "00A40400 05 A000000308",
                                          "00A40400 05 A000000999",       "00A40C00",
                                          "80500000 08 0102030405060708", "8050FF00 08 0102030405060708" };
    struct talk *talk = domain_card(0x70, 16);
    struct domain_keys keys = domain_transport(16);
    struct domain_session s;
    uint8_t cmd[300];
    for (size_t i = 0; i <= sizeof ending / sizeof ending[0]; i++) {
        domain_select(talk);
        domain_open(&s, talk, &keys, 8, 0x13);
        if (i < sizeof ending / sizeof ending[0])
            talk_hex(talk, ending[i]);
        else
            card_memory_reset(&talk->memory);
        size_t len = domain_wrap(&s, GET_STATE, NULL, 0, cmd);
        ck_assert_uint_eq(talk_bytes(talk, cmd, len), 0x6982);
        ck_assert_uint_eq(talk->got.len, 0);
        domain_select(talk);
        ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x9000); /* ended, not broken */
    }
    domain_open(&s, talk, &keys, 8, 0x33); /* SELECT in the session itself: the answer is outside */
    HEX(piv, "A000000308");
    size_t len = domain_wrap(&s, 0x00A40400, piv, piv_len, cmd);
    ck_assert_uint_eq(talk_bytes(talk, cmd, len), 0x9000);
    ck_assert_uint_eq(talk->got.data[0], 0x61);
    ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x9000);
}
END_TEST

/* One bit of a record's value changes in the memory, or back. */
static void flip(struct talk *talk, uint16_t record)
{
    const struct core *core = (const struct core *)(void *)talk->memory.card.state;
    for (size_t i = 0; i < core->store.count; i++)
        if (core->store.entry[i].id == record)
            talk->memory.banks[core->store.bank][core->store.entry[i].word * CARD_NV_WORD] ^= 0x01;
}

/* Counters that the memory holds changed are a failure, not zeros: the sequence counter never goes back. Nor does the
 * card fall back to shorter MACs than it was made with. */
START_TEST(changed_memory)
{
    struct talk *talk = domain_card(0x71, 16);
    struct domain_keys keys = domain_transport(16), wrong = domain_other(0x7F, 16);
    struct domain_session s;
    domain_select(talk);
    domain_initialize(&s, talk, &wrong, 0, 16);
    ck_assert_uint_eq(domain_authenticate(&s, 1), 0x6300);
    flip(talk, RECORD_DOMAIN_COUNTERS);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 16), 0x6581);
    flip(talk, RECORD_DOMAIN_COUNTERS);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 16), 0x9000);
    ck_assert_uint_eq(s.sequence, 2);
    flip(talk, RECORD_DOMAIN_COUNTERS); /* and where it happens in between */
    ck_assert_uint_eq(domain_authenticate(&s, 1), 0x6581);
    ck_assert_uint_eq(domain_authenticate(&s, 1), 0x6985);
    flip(talk, RECORD_DOMAIN_COUNTERS);
    flip(talk, RECORD_DOMAIN_I);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 8), 0x6581);
    ck_assert_uint_eq(domain_initialize(&s, talk, &keys, 0, 16), 0x6581);
    ck_assert_uint_eq(talk_hex(talk, "80CA0066 00"), 0x6581);
    flip(talk, RECORD_DOMAIN_I);
    domain_open(&s, talk, &keys, 16, 1);
}
END_TEST

/* The blocks of a chain are wrapped one by one; a plain one among them breaks chain and session. */
START_TEST(chain_broken)
{
    struct talk *talk = domain_card(0x70, 16);
    struct domain_keys keys = domain_transport(16);
    struct domain_session s;
    HEX(head, "5C035FC102 5304 0102");
    talk_select(talk);
    domain_open(&s, talk, &keys, 8, 0x03);
    ck_assert_uint_eq(domain_send(&s, 0x10DB3FFF, head, head_len), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "00DB3FFF 02 0304"), 0x6982);
    talk_select(talk);
    ck_assert_uint_eq(talk_get(talk, OBJ_CHUID, false), 0x6A82);
    domain_open(&s, talk, &keys, 8, 0x03);
    ck_assert_uint_eq(domain_send(&s, 0x00DB3FFF, (const uint8_t *)"\x03\x04", 2), 0x6A80); /* nothing to go on from */
    ck_assert_uint_eq(domain_send(&s, 0x10DB3FFF, head, head_len), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x00DB3FFF, (const uint8_t *)"\x03\x04", 2), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x90CA9F70, NULL, 0), 0x6884);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { cmac_vectors, 0 },    { cbc_vectors, 0 }, { derivation, 0 },      { published_exchanges, 0 },
        { every_kind, 32 },     { challenges, 0 },  { opening_refused, 0 }, { wrong_cryptogram, 0 },
        { forms_of_length, 4 }, { failures, 0 },    { failure_cut, 0 },     { spoiled, 4 * SPOILS },
        { downgrade, 0 },       { ends, 0 },        { chain_broken, 0 },    { changed_memory, 0 },
    };
    return suite_run("applet domain", tests, sizeof tests / sizeof tests[0]);
}
