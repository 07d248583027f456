/* SPDX-License-Identifier: BSD-2-Clause */
/* What a hostile terminal tries, 14 to 28: certificates, terminal and chip authentication. Each try has its exact
 * status word, and afterwards a lawful run goes through. */
#include <string.h>

#include "card_edge.h"
#include "domain_talk.h"
#include "suite.h"
#include "terminal.h"

#define SW(call, expected) ck_assert_uint_eq((call), (expected))

static struct talk *card;
static struct terminal t;
static const uint64_t officer = CHAT_OFFICER;

/* A channel by the PIN with an officer's CHAT, on a card that was reset. */
static void channel(void)
{
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &officer), 0x9000);
    ck_assert_str_eq(t.authority[0], NAME_CVCA);
}

static void start(void)
{
    card = terminal_card(16);
    channel();
}

START_TEST(unknown_authority)
{
    start();
    SW(terminal_dst(&t, "USSDCCVCA00009"), 0x6A88);
    SW(terminal_dst(&t, "USSDCCVCA0000"), 0x6A88);
    SW(terminal_dst(&t, NAME_DV), 0x6A88); /* not imported */
    SW(terminal_hex(&t, 0x002281B6, "8307555353444343", NO_LE), 0x6A80);
    SW(terminal_hex(&t, 0x002281B6, "84025553", NO_LE), 0x6A80);
    SW(terminal_hex(&t, 0x002281B6, "830E5553534443435643413030303031 00", NO_LE), 0x6A80);
    SW(terminal_pso(&t, &shown_dv), 0x6985); /* no key was named */
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_dst(&t, NAME_CVCA), 0x9000); /* a second one */
    SW(terminal_pso(&t, &shown_dv), 0x9000);
    terminal_lawful(card);
}
END_TEST

/* Both certificates; SW of the one that is expected to fail. */
static void refused(const struct certificate *dv, const struct certificate *own, unsigned sw)
{
    channel();
    if (own == NULL) {
        SW(terminal_dst(&t, dv->authority), 0x9000);
        SW(terminal_pso(&t, dv), sw);
    } else {
        SW(terminal_dst(&t, dv->authority), 0x9000);
        SW(terminal_pso(&t, dv), 0x9000);
        SW(terminal_dst(&t, own->authority), 0x9000);
        SW(terminal_pso(&t, own), sw);
    }
    if (sw == 0x9000)
        return;
    SW(terminal_dst(&t, NAME_DV), 0x6A88); /* imported keys are dropped, the trust point is not */
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_pso(&t, &shown_dv), 0x9000);
}

START_TEST(wrong_roles)
{
    struct certificate c = shown_dv, own = shown_terminal;
    start();
    c.chat = (c.chat & ~CHAT_CVCA) | CHAT_OTHER; /* a foreign DV */
    refused(&c, NULL, 0x6984);
    c.chat = CHAT_OFFICER; /* a terminal by the CVCA */
    refused(&c, NULL, 0x6984);
    own.chat |= CHAT_DV; /* a DV by a DV */
    refused(&shown_dv, &own, 0x6984);
    own.chat |= CHAT_CVCA; /* a CVCA by a DV, without and with domain parameters */
    refused(&shown_dv, &own, 0x6984);
    own.domain = true;
    refused(&shown_dv, &own, 0x6984);
    own = shown_terminal;
    own.role = "04007F000703010201"; /* an inspection system */
    refused(&shown_dv, &own, 0x6984);
    c = shown_dv;
    c.role = "04007F000703010201";
    refused(&c, NULL, 0x6984);
    /* what a terminal signs is nothing */
    struct certificate below = shown_terminal;
    channel();
    SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
    below.authority = NAME_AT;
    below.by = "AT";
    below.holder = "USSDCAT0100002";
    SW(terminal_dst(&t, NAME_AT), 0x9000);
    SW(terminal_pso(&t, &below), 0x6984);
    /* a certificate of another authority than was named */
    channel();
    c = shown_dv;
    c.authority = "USSDCCVCA00003";
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_pso(&t, &c), 0x6A88);
    terminal_lawful(card);
}
END_TEST

START_TEST(link_is_no_terminal)
{
    start();
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_pso(&t, &shown_link), 0x9000);
    SW(terminal_at_set(&t, NAME_LINK), 0x6A88);
    SW(terminal_dst(&t, NAME_CVCA), 0x9000); /* the previous trust point */
    SW(terminal_pso(&t, &shown_dv), 0x9000);
    SW(terminal_at_set(&t, NAME_DV), 0x6A88); /* a DV is no terminal either */
    SW(terminal_at_set(&t, NAME_AT), 0x6A88);
    /* a new channel names both */
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &officer), 0x9000);
    ck_assert_str_eq(t.authority[0], NAME_LINK);
    ck_assert_str_eq(t.authority[1], NAME_CVCA);
    /* the previous one names no third: its word is history */
    struct certificate again = shown_link;
    again.holder = "USSDCCVCA00003";
    again.key = "thief";
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_pso(&t, &again), 0x6984);
    /* without a CHAT none is named */
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, NULL), 0x9000);
    ck_assert_str_eq(t.authority[0], "");
    SW(terminal_dst(&t, NAME_CVCA), 0x6982);
    terminal_lawful(card);
    /* and by the new one */
    struct certificate dv = shown_dv;
    dv.authority = NAME_LINK;
    dv.by = "link";
    dv.from = "260601";
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &officer), 0x9000);
    SW(terminal_authenticate(&t, &dv, &shown_terminal), 0x9000);
}
END_TEST

/* An authority's certificate of itself is public. As a link it would put the authority in the place of the previous
 * one, whose terminals would be worth nothing at once. */
START_TEST(own_certificate_is_no_link)
{
    struct certificate self = shown_link;
    start();
    self.holder = NAME_CVCA;
    self.key = "CVCA";
    refused(&self, NULL, 0x6984);
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_pso(&t, &shown_link), 0x9000);
    self = shown_link;
    self.authority = NAME_LINK;
    self.by = "link";
    SW(terminal_dst(&t, NAME_LINK), 0x9000);
    SW(terminal_pso(&t, &self), 0x6984);
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &officer), 0x9000);
    ck_assert_str_eq(t.authority[0], NAME_LINK);
    ck_assert_str_eq(t.authority[1], NAME_CVCA);
    terminal_lawful(card);
}
END_TEST

START_TEST(dates)
{
    struct certificate dv = shown_dv, own = shown_terminal;
    start();
    dv.to = "261031"; /* the day before the card's date */
    refused(&dv, NULL, 0x6984);
    dv.to = "261101";
    refused(&dv, NULL, 0x9000);
    own.from = "260101";
    own.to = "261031";
    refused(&shown_dv, &own, 0x6984);
    dv = shown_dv;
    dv.from = "251231"; /* before the CVCA */
    refused(&dv, NULL, 0x6984);
    dv.from = dv.to = "360102"; /* after it */
    refused(&dv, NULL, 0x6984);
    dv.from = "261201"; /* ends before it begins */
    dv.to = "261130";
    refused(&dv, NULL, 0x6984);
    own = shown_terminal;
    own.from = "251201"; /* before its DV */
    refused(&shown_dv, &own, 0x6984);
    own.from = own.to = "300101"; /* after it */
    refused(&shown_dv, &own, 0x6984);
    own.from = "261501"; /* no date */
    own.to = "270131";
    refused(&shown_dv, &own, 0x6A80);
    /* not yet effective is good, and a terminal's date moves nothing */
    own = shown_terminal;
    own.from = "270501";
    own.to = "270601";
    refused(&shown_dv, &own, 0x9000);
    own = shown_terminal;
    own.to = "261101";
    refused(&shown_dv, &own, 0x9000);
    /* a DV's moves the card's date */
    dv = shown_dv;
    dv.from = "261102";
    refused(&dv, NULL, 0x9000);
    refused(&shown_dv, &own, 0x6984);
    /* one whose signature is wrong does not */
    dv.from = "270301";
    dv.by = "AT";
    refused(&dv, NULL, 0x6984);
    terminal_lawful(card);
}
END_TEST

static void issue(uint16_t dgi, const void *value, size_t len)
{
    struct domain_session s;
    SW(domain_select(card), 0x9000);
    terminal_issuer(&s, card);
    SW(domain_store(&s, STORE_PLAIN, dgi, value, len), 0x9000);
}

START_TEST(authority_has_ended)
{
    uint8_t trust[CERTIFICATE_CAP];
    const uint8_t later[6] = { 2, 6, 1, 1, 0, 2 };
    struct certificate dv = shown_dv;
    start();
    card_memory_reset(&card->memory);
    issue(DGI_TRUST_POINT, trust, terminal_trust_point(0xEE1D000030, "261101", trust));
    dv.to = "261101";
    refused(&shown_dv, NULL, 0x9000); /* its last day */
    card_memory_reset(&card->memory);
    issue(DGI_CARD_DATE, later, sizeof later);
    channel();
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_pso(&t, &shown_dv), 0x6984);
    /* a link may still come */
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_pso(&t, &shown_link), 0x9000);
    dv = shown_dv;
    dv.authority = NAME_LINK;
    dv.by = "link";
    dv.from = "260701";
    SW(terminal_authenticate(&t, &dv, &shown_terminal), 0x9000);
    SW(terminal_chip(&t, 2), 0x9000);
    SW(terminal_select(&t, 2), 0x9000);
    SW(terminal_read(&t, 19), 0x9000);
}
END_TEST

static unsigned pso_bytes(const uint8_t *data, size_t len)
{
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    return terminal_chained(&t, 0x002A00BE, data, len);
}

/* Signatures that are none, in 64 bytes. */
static void spoil(uint8_t *rs, size_t which)
{
    uint8_t half[32];
    switch (which) {
    case 0:
        memset(rs, 0, 32);
        break;
    case 1:
        memset(rs + 32, 0, 32);
        break;
    case 2:
        memset(rs, 0, 64);
        break;
    case 3: /* r + n can't be had; n itself can */
        math_order(rs);
        break;
    case 4:
        math_order(rs + 32);
        break;
    case 5:
        memset(rs, 0xFF, 64);
        break;
    case 6:
        memcpy(half, rs, 32);
        memcpy(rs, rs + 32, 32);
        memcpy(rs + 32, half, 32);
        break;
    case 7:
        rs[0] ^= 0x80;
        break;
    default:
        rs[63] ^= 1;
        break;
    }
}
enum { SPOILS = 9 };

START_TEST(signatures)
{
    uint8_t data[CERTIFICATE_CAP];
    start();
    size_t len = terminal_certificate_make(&shown_dv, data);
    for (size_t i = 0; i < SPOILS; i++) {
        uint8_t bad[CERTIFICATE_CAP];
        memcpy(bad, data, len);
        spoil(bad + len - 64, i);
        SW(pso_bytes(bad, len), 0x6984);
    }
    /* a bit of each byte that is signed */
    for (size_t i = 0; i < len - 67; i++) {
        uint8_t bad[CERTIFICATE_CAP];
        memcpy(bad, data, len);
        bad[i] ^= 1;
        unsigned sw = pso_bytes(bad, len);
        ck_assert_msg(sw == 0x6984 || sw == 0x6A80 || sw == 0x6A88, "byte %zu: %04X", i, sw);
    }
    SW(pso_bytes(data, len), 0x9000);
    /* 5F37 of 63 and 65 bytes, and something behind */
    data[len - 65]--;
    SW(pso_bytes(data, len - 1), 0x6A80);
    data[len - 65] += 2;
    data[len] = 0;
    SW(pso_bytes(data, len + 1), 0x6A80);
    data[len - 65]--;
    SW(pso_bytes(data, len + 1), 0x6A80);
    SW(pso_bytes(data, len), 0x9000);
    /* of the terminal */
    for (size_t i = 0; i < SPOILS; i++) {
        channel();
        SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
        SW(terminal_at_set(&t, NAME_AT), 0x9000);
        SW(terminal_challenge(&t), 0x9000);
        terminal_sign(&t, "AT");
        spoil(t.signature, i);
        SW(terminal_external(&t), 0x6300);
        SW(terminal_external(&t), 0x6985);
        SW(terminal_dst(&t, NAME_CVCA), 0x6985);
        SW(terminal_read(&t, 0x1D), 0x6982);
        SW(terminal_select(&t, 1), 0x9000);
        SW(terminal_read(&t, 1), 0x9000); /* reads of the travel document go on */
        SW(terminal_mse_chip(&t, "01"), 0x6985);
    }
    terminal_lawful(card);
}
END_TEST

START_TEST(keys)
{
    struct certificate c = shown_dv;
    uint8_t point[MATH_POINT], scalar[32];
    start();
    math_key("DV", scalar);
    math_multiply(NULL, scalar, point);
    point[64] ^= 1;
    c.point = point;
    refused(&c, NULL, 0x6984);
    memset(point + 1, 0, 64);
    refused(&c, NULL, 0x6984);
    math_multiply(NULL, scalar, point);
    point[0] = 0x06;
    refused(&c, NULL, 0x6984);
    point[0] = 0x04;
    refused(&c, NULL, 0x9000);
    for (int i = 1; i <= 6; i++) {
        c = shown_link;
        c.altered = i;
        refused(&c, NULL, 0x6984);
    }
    c = shown_link;
    c.domain = false;
    refused(&c, NULL, 0x6984);
    c = shown_dv;
    c.domain = true;
    refused(&c, NULL, 0x6984);
    /* extensions are read and mean nothing */
    c = shown_dv;
    c.behind = "65 04 73020600";
    refused(&c, NULL, 0x9000);
    c.behind = "65 04 7302060000";
    refused(&c, NULL, 0x6A80);
    terminal_lawful(card);
}
END_TEST

START_TEST(algorithms)
{
    static const char *const others[] = {
        "04007F00070202020201", "04007F00070202020202", "04007F00070202020204",
        "04007F00070202020205", "04007F00070202020102", "04007F000702020202",
    };
    start();
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct certificate c = shown_dv;
        c.algorithm = others[i];
        refused(&c, NULL, 0x6984);
        uint8_t data[128], oid[10];
        channel();
        SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
        size_t len = 0, oid_len = talk_unhex(others[i], oid, sizeof oid);
        data[len++] = 0x80;
        data[len++] = (uint8_t)oid_len;
        memcpy(data + len, oid, oid_len);
        len += oid_len;
        len += talk_unhex("83 0E 55535344434154303130303030 31 91 20", data + len, 18);
        memset(data + len, 0x11, 32);
        SW(terminal_send(&t, 0x002281A4, data, len + 32, NO_LE), 0x6A80);
        SW(terminal_at_set(&t, NAME_AT), 0x9000); /* the state is kept */
    }
    terminal_lawful(card);
}
END_TEST

static void to_challenge(void)
{
    channel();
    SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
    SW(terminal_at_set(&t, NAME_AT), 0x9000);
    SW(terminal_challenge(&t), 0x9000);
    terminal_sign(&t, "AT");
}

START_TEST(one_challenge_one_answer)
{
    start();
    to_challenge();
    SW(terminal_external(&t), 0x9000);
    SW(terminal_external(&t), 0x6985);
    SW(terminal_challenge(&t), 0x6985);
    SW(terminal_read(&t, 0x1D), 0x9000);
    /* used up by whatever comes next */
    static const char *const between[] = { "B0", "A4", "20", "84", "22", "82 that goes on" };
    for (size_t i = 0; i < sizeof between / sizeof between[0]; i++) {
        to_challenge();
        switch (i) {
        case 0:
            SW(terminal_read(&t, 0x1C), 0x9000);
            break;
        case 1:
            SW(terminal_select(&t, 0), 0x9000);
            break;
        case 2:
            SW(terminal_send(&t, 0x00200080, "12345678", 8, NO_LE), 0x6D00);
            break;
        case 3:
            SW(terminal_send(&t, 0x00840000, NULL, 0, 8), 0x6985);
            break;
        case 4:
            SW(terminal_send(&t, 0x10820000, t.signature, sizeof t.signature, NO_LE), 0x6884);
            break;
        default:
            SW(terminal_hex(&t, 0x00220000, "8000", NO_LE), 0x6A86);
            break;
        }
        SW(terminal_external(&t), 0x6985);
    }
    /* GET CHALLENGE gives 8 bytes or nothing, and keeps the state */
    channel();
    SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
    SW(terminal_at_set(&t, NAME_AT), 0x9000);
    SW(terminal_send(&t, 0x00840000, NULL, 0, 7), 0x6700);
    SW(terminal_send(&t, 0x00840000, NULL, 0, 0), 0x6700);
    SW(terminal_send(&t, 0x00840000, NULL, 0, NO_LE), 0x6700);
    SW(terminal_challenge(&t), 0x9000);
    terminal_sign(&t, "AT");
    SW(terminal_external(&t), 0x9000);
    terminal_lawful(card);
}
END_TEST

START_TEST(signature_of_another_channel)
{
    start();
    to_challenge();
    uint8_t id[32];
    memcpy(id, t.id_picc, 32);
    channel();
    SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
    SW(terminal_at_set(&t, NAME_AT), 0x9000);
    SW(terminal_challenge(&t), 0x9000);
    ck_assert_int_ne(memcmp(id, t.id_picc, 32), 0);
    memcpy(t.id_picc, id, 32);
    terminal_sign(&t, "AT");
    SW(terminal_external(&t), 0x6300);
    terminal_lawful(card);
}
END_TEST

#define AUX_DAY(last) "67177315060904007F0007030104025308323033313132" last

START_TEST(auxiliary_changed)
{
    static const struct {
        const char *sent, *signed_for;
    } tries[] = {
        { AUX_DAY("3331"), AUX_DAY("3330") },
        { AUX_DAY("3331"), NULL },
        { NULL, AUX_DAY("3331") },
        { "672E 7315060904007F00070301040253083230333131323331 7315060904007F00070301040353083230333131323331",
          AUX_DAY("3331") },
    };
    start();
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        channel();
        SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
        t.auxiliary = tries[i].sent;
        SW(terminal_at_set(&t, NAME_AT), 0x9000);
        SW(terminal_challenge(&t), 0x9000);
        t.auxiliary = tries[i].signed_for;
        terminal_sign(&t, "AT");
        SW(terminal_external(&t), 0x6300);
    }
    /* each 73 has one 06 and one 53 */
    static const char *const malformed[] = {
        "670D730B060904007F000703010402",
        "670C730A53083230333131323331",
        "671A7318060904007F000703010402530832303331313233315301 00",
        "67027300",
        "6701 73",
    };
    channel();
    SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        t.auxiliary = malformed[i];
        ck_assert_msg(terminal_at_set(&t, NAME_AT) == 0x6A80, "%s", malformed[i]);
    }
    t.auxiliary = NULL;
    SW(terminal_at_set(&t, NAME_AT), 0x9000);
    terminal_lawful(card);
}
END_TEST

START_TEST(auxiliary_asked)
{
    static const struct {
        const char *aux;
        unsigned sw;
    } days[] = {
        { AUX_DAY("3331"), 0x9000 }, /* its last day */
        { "67177315060904007F00070301040253083230333230313031", 0x6300 },
        { "67177315060904007F00070301040253083230323630313031", 0x9000 },
        { "67177315060904007F00070301040353083230323630313031", 0x6A88 }, /* community */
        { NULL, 0x6A88 },
    };
    start();
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        channel();
        t.auxiliary = days[i].aux;
        SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000);
        SW(terminal_hex(&t, 0x80208000, "060904007F000703010402", NO_LE), 0x6982);
        SW(terminal_chip(&t, 2), 0x9000);
        SW(terminal_hex(&t, 0x80208000, "060904007F000703010402", NO_LE), days[i].sw);
        SW(terminal_hex(&t, 0x80208000, "060904007F000703010401", NO_LE), 0x6A88);
        SW(terminal_hex(&t, 0x80208000, "060904007F00070301040200", NO_LE), 0x6A80);
    }
    terminal_lawful(card);
}
END_TEST

START_TEST(lengths_of_external_authenticate)
{
    const uint8_t bytes[65] = { 0 };
    start();
    static const size_t lengths[] = { 63, 65, 1, 0 };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        to_challenge();
        SW(terminal_send(&t, 0x00820000, bytes, lengths[i], NO_LE), 0x6700);
        SW(terminal_external(&t), 0x6985);
        SW(terminal_dst(&t, NAME_CVCA), 0x6985);
        SW(terminal_mse(&t, WITH_CAN, NULL), 0x6985);
        SW(terminal_read(&t, 0x1D), 0x6982);
    }
    terminal_lawful(card);
}
END_TEST

START_TEST(chip_before_terminal)
{
    start();
    SW(terminal_mse_chip(&t, "02"), 0x6985);
    SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
    SW(terminal_mse_chip(&t, "02"), 0x6985);
    SW(terminal_select(&t, 2), 0x9000);
    SW(terminal_mse_chip(&t, "02"), 0x6985);
    SW(terminal_select(&t, 0), 0x9000);
    SW(terminal_hex(&t, 0x002241A6, "9100", NO_LE), 0x6A86); /* its old form */
    SW(terminal_at_set(&t, NAME_AT), 0x9000);
    terminal_lawful(card);
}
END_TEST

START_TEST(another_key_than_named)
{
    uint8_t scalar[32], point[MATH_POINT];
    start();
    to_challenge();
    SW(terminal_external(&t), 0x9000);
    SW(terminal_read(&t, 0x1D), 0x9000);
    SW(terminal_mse_chip(&t, "02"), 0x9000);
    math_key("another", scalar);
    math_multiply(NULL, scalar, point);
    SW(terminal_chip_step(&t, point, 2), 0x6300);
    SW(terminal_read(&t, 0x1D), 0x6982);
    SW(terminal_mse_chip(&t, "02"), 0x6985);
    SW(terminal_select(&t, 2), 0x9000);
    SW(terminal_read(&t, 17), 0x6982);
    terminal_lawful(card);
}
END_TEST

START_TEST(same_x_other_y)
{
    start();
    to_challenge();
    SW(terminal_external(&t), 0x9000);
    SW(terminal_mse_chip(&t, "02"), 0x9000);
    uint8_t point[MATH_POINT];
    memcpy(point, t.chip_point, sizeof point);
    math_negate(point);
    SW(terminal_chip_step(&t, point, 2), 0x9000); /* x of the product is the same, and so are the keys */
    SW(terminal_select(&t, 2), 0x9000);
    SW(terminal_read(&t, 19), 0x9000);
    terminal_lawful(card);
}
END_TEST

START_TEST(once_a_channel)
{
    start();
    to_challenge();
    SW(terminal_external(&t), 0x9000);
    for (int i = 0; i < 2; i++) {
        SW(terminal_dst(&t, NAME_CVCA), 0x6985);
        SW(terminal_at_set(&t, NAME_AT), 0x6985);
        SW(terminal_challenge(&t), 0x6985);
        SW(terminal_external(&t), 0x6985);
        SW(terminal_mse(&t, WITH_PIN, &officer), 0x6985);
        if (i == 0) {
            /* the key that was named is t's first one; another MSE made a new one */
            to_challenge();
            SW(terminal_external(&t), 0x9000);
            SW(terminal_chip(&t, 2), 0x9000);
        }
    }
    SW(terminal_mse_chip(&t, "02"), 0x6985);
    terminal_lawful(card);
}
END_TEST

START_TEST(terminal_authentication_elsewhere)
{
    start();
    for (unsigned df = 1; df <= 2; df++) {
        SW(terminal_select(&t, df), 0x9000);
        SW(terminal_dst(&t, NAME_CVCA), 0x6985);
    }
    SW(terminal_select(&t, 0), 0x9000);
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    terminal_lawful(card);
}
END_TEST

START_TEST(chip_authentication_1)
{
    start();
    SW(terminal_select(&t, 1), 0x9000);
    SW(terminal_mse_chip(&t, "02"), 0x6A88);
    SW(terminal_chip(&t, 1), 0x9000);
    SW(terminal_read(&t, 1), 0x9000);
    SW(terminal_read(&t, 14), 0x9000);
    SW(terminal_mse_chip(&t, "01"), 0x6985);
    SW(terminal_select(&t, 0), 0x9000);
    SW(terminal_dst(&t, NAME_CVCA), 0x6985);
    SW(terminal_mse(&t, WITH_PIN, NULL), 0x6985);
    SW(terminal_select(&t, 2), 0x9000);
    SW(terminal_read(&t, 17), 0x6982);
    /* in the CAN's and the MRZ's channel, without a CHAT, and without DO 84 */
    for (enum terminal_password with = WITH_MRZ; with <= WITH_CAN; with++) {
        card_memory_reset(&card->memory);
        t = terminal_at(card, 16);
        SW(terminal_pace(&t, with, with == WITH_MRZ ? TERMINAL_MRZ : TERMINAL_CAN, NULL), 0x9000);
        SW(terminal_select(&t, 1), 0x9000);
        SW(terminal_mse_chip(&t, NULL), 0x9000);
        math_key("fresh", t.chip_scalar);
        math_multiply(NULL, t.chip_scalar, t.chip_point);
        SW(terminal_chip_step(&t, t.chip_point, 1), 0x9000);
        SW(terminal_read(&t, 0x1D), 0x9000);
    }
    terminal_lawful(card);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { unknown_authority, 0 },
        { wrong_roles, 0 },
        { link_is_no_terminal, 0 },
        { own_certificate_is_no_link, 0 },
        { dates, 0 },
        { authority_has_ended, 0 },
        { signatures, 0 },
        { keys, 0 },
        { algorithms, 0 },
        { one_challenge_one_answer, 0 },
        { signature_of_another_channel, 0 },
        { auxiliary_changed, 0 },
        { auxiliary_asked, 0 },
        { lengths_of_external_authenticate, 0 },
        { chip_before_terminal, 0 },
        { another_key_than_named, 0 },
        { same_x_other_y, 0 },
        { once_a_channel, 0 },
        { terminal_authentication_elsewhere, 0 },
        { chip_authentication_1, 0 },
    };
    return suite_run("lds: hostile terminal, certificates", tests, sizeof tests / sizeof tests[0]);
}
