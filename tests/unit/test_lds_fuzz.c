/* SPDX-License-Identifier: BSD-2-Clause */
/* Random terminals: they open channels, show right and wrong certificates in any order, ask for any file, change bits
 * on the way, talk in the clear in between. Beside them stands a model that knows what they have lawfully shown; what
 * it forbids never happens: a byte of a file that may not be read, a write, a certificate or signature taken that is
 * wrong. test_lds_fuzz [exchanges]     30,000; SDC_LONG: 1,000,000 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "terminal.h"

enum { WINDOW = 12 };

static unsigned long exchanges = 30000;
static struct talk *card;
static struct terminal t;
static uint64_t noise = 88172645463325252u;

static uint32_t dice(uint32_t sides)
{
    noise ^= noise << 13;
    noise ^= noise >> 7;
    noise ^= noise << 17;
    return (uint32_t)(noise >> 20) % sides;
}

/* ---- the model ---- */

enum shown { NOTHING, DV_SHOWN, TERMINAL_SHOWN };

static struct {
    bool channel;
    enum terminal_password password;
    bool has_chat;
    uint64_t chat, chain; /* given; left by the certificates */
    enum shown link;
    bool ready;       /* the terminal's key is named and a challenge is out */
    bool done, over;  /* terminal authentication */
    uint64_t rights;  /* in force */
    uint32_t version; /* of DG17, at least */
} model;

static void channel_gone(void)
{
    uint32_t version = model.version;
    memset(&model, 0, sizeof model);
    model.version = version;
    terminal_forget(&t);
}

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            ck_abort_msg("line %d: %s", __LINE__, #condition);                                                         \
    } while (0)

/* ---- files, known by their bytes ---- */

static struct {
    unsigned df;
    uint8_t sfi;
    uint8_t bytes[3200];
    size_t len;
} files[] = {
    { .df = 0, .sfi = 0x1D }, { .df = 1, .sfi = 1 },    { .df = 1, .sfi = 2 },
    { .df = 1, .sfi = 13 },   { .df = 1, .sfi = 0x1D }, { .df = 2, .sfi = 17 },
    { .df = 2, .sfi = 19 },   { .df = 2, .sfi = 20 },   { .df = 2, .sfi = 21 },
};
#define FILES (sizeof files / sizeof files[0])

static bool may_read(unsigned df, uint8_t sfi)
{
    if (df == 0)
        return model.done;
    if (df == 1)
        return model.channel && model.password != WITH_PUK;
    return (model.rights >> (sfi + 7) & 1) != 0;
}

/* No window of the answer is of a file that may not be read. */
static void look_at_answer(void)
{
    const struct answer_seen *got = &card->got;
    for (size_t i = 0; i < FILES; i++) {
        if (may_read(files[i].df, files[i].sfi))
            continue;
        for (size_t at = 0; at + WINDOW <= got->len; at++)
            if (memmem(files[i].bytes + 10, files[i].len - 10, got->data + at, WINDOW) != NULL)
                ck_abort_msg("file %02X of DF %u", files[i].sfi, files[i].df);
    }
}

/* ---- what they do ---- */

static const struct {
    struct certificate certificate;
    bool good;
} dvs[] = {
    { { .holder = NAME_DV, .by = "CVCA", .chat = CHAT_DV | 0x3FFFFFFFFF, .to = "291231" }, true },
    { { .holder = NAME_DV, .by = "CVCA", .chat = CHAT_DV | 0x0030000010, .to = "291231" }, true },
    { { .holder = NAME_DV, .by = "DV", .chat = CHAT_DV | 0x3FFFFFFFFF, .to = "291231" }, false },
    { { .holder = NAME_DV, .by = "CVCA", .chat = CHAT_OTHER | 0x3FFFFFFFFF, .to = "291231" }, false },
    { { .holder = NAME_DV, .by = "CVCA", .chat = CHAT_DV | 0x3FFFFFFFFF, .to = "261031" }, false },
    { { .holder = NAME_AT, .by = "CVCA", .chat = 0x3FFFFFFFFF, .to = "291231" }, false },
}, owns[] = {
    { { .holder = NAME_AT, .by = "DV", .chat = CHAT_OFFICER, .to = "270131" }, true },
    { { .holder = NAME_AT, .by = "DV", .chat = CHAT_WRITER, .to = "270131" }, true },
    { { .holder = NAME_AT, .by = "DV", .chat = 0x0010000000, .to = "270131" }, true },
    { { .holder = NAME_AT, .by = "AT", .chat = CHAT_WRITER, .to = "270131" }, false },
    { { .holder = NAME_AT, .by = "DV", .chat = CHAT_DV | CHAT_WRITER, .to = "270131" }, false },
    { { .holder = NAME_AT, .by = "DV", .chat = CHAT_WRITER, .to = "261031" }, false },
};

static void open_channel_with(enum terminal_password password, const uint64_t *chat)
{
    static const char *const secrets[] = { "", TERMINAL_MRZ, TERMINAL_CAN, TERMINAL_PIN, TERMINAL_PUK };
    unsigned sw = terminal_pace(&t, password, secrets[password], chat);
    if (sw != 0x9000) {
        MUST(sw == 0x6985); /* once terminal or chip authentication was tried */
        return;
    }
    uint32_t version = model.version;
    memset(&model, 0, sizeof model);
    model.version = version;
    model.channel = true;
    model.password = password;
    model.has_chat = chat != NULL;
    model.chat = chat != NULL ? *chat : 0;
}

static void open_channel(void)
{
    static const uint64_t chats[] = { CHAT_OFFICER, CHAT_WRITER, 0x0010000000, 0, 0x3FFFFFFFFF };
    enum terminal_password password = (enum terminal_password)(1 + dice(4));
    const uint64_t *chat = &chats[dice(5)];
    open_channel_with(password, password != WITH_PUK && dice(4) != 0 ? chat : NULL);
}

static void show_dv_of(size_t which)
{
    struct certificate c = dvs[which].certificate;
    c.authority = NAME_CVCA;
    c.key = "DV";
    c.from = "260101";
    if (terminal_dst(&t, c.authority) != 0x9000)
        return;
    MUST(model.has_chat && !model.done && !model.over);
    bool taken = terminal_pso(&t, &c) == 0x9000;
    MUST(!taken || dvs[which].good);
    model.link = taken ? DV_SHOWN : NOTHING;
    model.chain = taken ? c.chat : 0;
    model.ready = false;
}

static void show_dv(void)
{
    show_dv_of(dice(6));
}

static void show_own_of(size_t which)
{
    struct certificate c = owns[which].certificate;
    c.authority = NAME_DV;
    c.key = "AT";
    c.from = "260201";
    if (terminal_dst(&t, c.authority) != 0x9000)
        return;
    MUST(model.link == DV_SHOWN);
    bool taken = terminal_pso(&t, &c) == 0x9000;
    MUST(!taken || owns[which].good);
    model.link = taken ? TERMINAL_SHOWN : NOTHING;
    model.chain &= taken ? c.chat : 0;
    model.ready = false;
}

static void show_own(void)
{
    show_own_of(dice(6));
}

static void ask_challenge(void)
{
    if (terminal_at_set(&t, NAME_AT) != 0x9000)
        return;
    MUST(model.link == TERMINAL_SHOWN && !model.done && !model.over);
    if (dice(8) == 0)
        return;
    MUST(terminal_challenge(&t) == 0x9000);
    model.ready = true;
}

static void answer_challenge_by(const char *key)
{
    const bool good = strcmp(key, "AT") == 0;
    terminal_sign(&t, key);
    unsigned sw = terminal_external(&t);
    if (sw == 0x9000) {
        MUST(model.ready && good);
        model.done = true;
    } else if (sw == 0x6300) {
        MUST(model.ready && !good);
        model.over = true;
    }
    model.ready = false;
}

static void answer_challenge(void)
{
    answer_challenge_by(dice(4) != 0 ? "AT" : "DV");
}

static void authenticate_chip(void)
{
    if (terminal_mse_chip(&t, "02") != 0x9000)
        return;
    MUST(model.done && model.rights == 0);
    bool good = dice(4) != 0;
    uint8_t point[MATH_POINT];
    memcpy(point, t.chip_point, sizeof point);
    if (!good)
        math_multiply(NULL, t.nonce[0] == 0 ? t.id_picc : t.scalar, point);
    unsigned sw = terminal_chip_step(&t, point, 2);
    MUST((sw == 0x9000) == good);
    if (!good) {
        model.done = false;
        model.over = true;
        return;
    }
    uint64_t rights = model.chain & model.chat;
    bool none = model.password == WITH_MRZ || (model.password == WITH_CAN && (rights & 0x10) == 0);
    model.rights = none ? 0 : rights;
}

static void read_something(void)
{
    uint8_t sfi = dice(3) != 0 ? (uint8_t)(17 + dice(5)) : (uint8_t)dice(31);
    switch (dice(4)) {
    case 0: {
        const uint8_t fid[2] = { 0x01, sfi };
        (void)terminal_send(&t, 0x00A4020C, fid, 2, NO_LE);
        break;
    }
    case 1:
        (void)terminal_send(&t, 0x00B00000 | dice(1024), NULL, 0, (int)dice(256));
        break;
    case 2:
        (void)terminal_hex(&t, 0x00B10100u | sfi, "54020010", 0);
        break;
    default:
        (void)terminal_read(&t, sfi);
    }
    look_at_answer();
}

static void write_something(void)
{
    unsigned sw = terminal_update(&t, 17, model.version + 1);
    MUST(sw != 0x9000 || (model.rights >> 37 & 1) != 0);
    if (sw == 0x9000)
        files[5].len = terminal_file(2, 17, ++model.version, files[5].bytes, sizeof files[5].bytes);
}

/* A bit of a protected command changes on the way; Le behind it is nobody's. */
static void flip(void)
{
    uint8_t cmd[640];
    if (!t.keys.open)
        return;
    size_t len = terminal_wrap(&t, 0x00B08000u | (uint32_t)(17 + dice(5)) << 8, NULL, 0, 0, cmd);
    uint32_t bit = dice((uint32_t)(len - 1) * 8);
    cmd[bit / 8] ^= (uint8_t)(1 << bit % 8);
    talk_bytes(card, cmd, len);
    channel_gone();
    look_at_answer();
}

static void in_the_clear(void)
{
    uint8_t cmd[40];
    size_t len = dice(4) == 0 ? dice(sizeof cmd) : 5;
    for (size_t i = 0; i < len; i++)
        cmd[i] = (uint8_t)dice(256);
    if (len == 5) {
        const uint8_t read[] = { 0x00, 0xB0, (uint8_t)(0x80 | dice(31)), 0x00, 0x00 };
        memcpy(cmd, read, len);
    }
    if (len > 0 && (cmd[0] & 0x0C) == 0x0C)
        return;
    talk_bytes(card, cmd, len);
    channel_gone();
    look_at_answer();
}

static void move(void)
{
    (void)terminal_select(&t, dice(3));
}

static void power(void)
{
    card_memory_reset(&card->memory);
    channel_gone();
}

static const struct {
    unsigned share;
    void (*run)(void);
} acts[] = {
    { 3, open_channel },
    { 4, show_dv },
    { 4, show_own },
    { 4, ask_challenge },
    { 4, answer_challenge },
    { 4, authenticate_chip },
    { 900, read_something },
    { 3, write_something },
    { 1, flip },
    { 1, in_the_clear },
    { 60, move },
    { 1, power },
};

static void act(void)
{
    unsigned all = 0;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        all += acts[i].share;
    unsigned at = dice(all), i = 0;
    for (; at >= acts[i].share; i++)
        at -= acts[i].share;
    if (acts[i].run != read_something && acts[i].run != answer_challenge)
        model.ready = false; /* a challenge serves for the next command */
    acts[i].run();
    if (acts[i].run == ask_challenge && model.ready && dice(4) != 0)
        answer_challenge();
    else if (acts[i].run == read_something)
        model.ready = false;
}

/* The whole way at a stroke, so that all states are met: now and then with less in the CHAT or in a certificate, with
 * a password that gives no rights, with a certificate or a signature that is wrong. */
static void go_far(void)
{
    static const uint64_t chats[] = { CHAT_WRITER, CHAT_OFFICER, 0x0010000010, 0x0010000000 };
    static const char *const keys[] = { "AT", "AT", "AT", "AT", "AT", "DV" };
    const size_t dv = dice(2) != 0 ? 0 : dice(6), own = dice(2) != 0 ? 1 : dice(6);
    power();
    open_channel_with(dice(4) != 0 ? (dice(2) != 0 ? WITH_CAN : WITH_PIN) : WITH_MRZ, &chats[dice(4)]);
    show_dv_of(dv);
    show_own_of(own);
    if (terminal_at_set(&t, NAME_AT) == 0x9000) {
        MUST(model.link == TERMINAL_SHOWN && terminal_challenge(&t) == 0x9000);
        model.ready = true;
    }
    answer_challenge_by(keys[dice(6)]);
    authenticate_chip();
    if (terminal_select(&t, 2) == 0x9000)
        MUST(terminal_read(&t, 19) != 0x9000 || may_read(2, 19));
    look_at_answer();
}

START_TEST(terminals)
{
    card = terminal_card(16);
    t = terminal_at(card, 16);
    model.version = 5;
    for (size_t i = 0; i < FILES; i++)
        files[i].len = terminal_file(files[i].df, files[i].sfi, 5, files[i].bytes, sizeof files[i].bytes);
    unsigned long granted = 0;
    for (unsigned long n = 0; n < exchanges; n++) {
        if (n % 100 == 0)
            go_far();
        act();
        granted += model.rights != 0;
    }
    ck_assert_uint_gt(granted, exchanges / 20); /* rights were met often enough to be abused */
    terminal_lawful(card);
}
END_TEST

int main(int argc, char **argv)
{
    const struct suite_test tests[] = { { terminals, 0 } };
    if (argc > 1)
        exchanges = strtoul(argv[1], NULL, 10);
    else if (getenv("SDC_LONG") != NULL)
        exchanges = 1000000;
    return suite_run("lds: random terminals", tests, sizeof tests / sizeof tests[0]);
}
