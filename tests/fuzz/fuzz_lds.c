/* SPDX-License-Identifier: BSD-2-Clause */
/* Terminals at the card's files, from any state of the protocols on, beside a model of what they have lawfully shown.
 * Commands are protected with the channel's right keys, and then made wrong, so that what is behind the MAC is met.
 *
 * An input: which card (odd: AES-256) and state (STATES), one byte each; then steps of {op, length, so many bytes}:
 *   SEND     header, Le, data: a command that is rightly protected. 'header' is a byte that chooses from the table, or
 *            FF and the four bytes. Le 0: none, FF: 0 ("all")
 *   OBJECTS  header, data objects: MAC and frame are right, what stands between them is this
 *   FLIP     bit (2), then as SEND: one bit changes on the way
 *   PLAIN    bytes in the clear
 *   DST      name                          CERTIFICATE  which, how (bit 0 edited, 1 signed anew), offset (2), bytes
 *   AT       name    CHALLENGE    SIGN  key, and bytes laid over the signature
 *   CHIP     version, another point        PACE  password, CHAT, steps, what is wrong
 *   SELECT   DF      READ  SFI     UPDATE  SFI, version    POWER
 * What is missing is 0. Never: a byte of a file that may not be read, a write without the right, a certificate or
 * signature taken that is wrong, an answer in the clear that grants something. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "card_edge.h"
#include "fuzz_steps.h"
#include "records.h"
#include "store.h"
#include "terminal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t cap, unsigned seed);

enum {
    SEND,
    OBJECTS,
    FLIP,
    PLAIN,
    DST,
    CERTIFICATE,
    AT,
    CHALLENGE,
    SIGN,
    CHIP,
    PACE,
    SELECT,
    READ,
    UPDATE,
    POWER,
    OPS
};
enum { STEPS_MAX = 48, DATA_MAX = 220, WINDOW = 12, HEAD = 2 };

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "broken: %s, line %d\n", #condition, __LINE__);                                            \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* The assertions of terminal.h, for a program that check doesn't run. */
void _mark_point(const char *file, int line)
{
    (void)file;
    (void)line;
}

void _ck_assert_failed(const char *file, int line, const char *expr, const char *msg, ...)
{
    (void)msg;
    fprintf(stderr, "broken: %s, %s line %d\n", expr, file, line);
    abort();
}

/* ---- the model: wrong only on the side of allowing too much ---- */

enum { LINK_DV = 1, LINK_TERMINAL = 2 }; /* what the last certificate may be of */

struct model {
    bool channel, has_chat;
    uint8_t password;
    uint64_t chat, chain; /* given; left by the certificates */
    unsigned link;
    bool challenged;
    bool done; /* terminal authentication */
    uint64_t rights;
    bool wrote, trusted; /* had the right to write; a certificate may have changed the trust point */
};

static struct talk *card;
static struct terminal t;
static struct model model;

static void channel_gone(void)
{
    model = (struct model) { .wrote = model.wrote, .trusted = model.trusted };
    terminal_forget(&t);
}

/* ---- states to begin from: cards as they are in the middle of a run ---- */

enum state {
    FRESH,
    WITH_RIGHTS,
    WRITES,
    CHANNEL_CAN,
    CHANNEL_PIN,
    CHANNEL_PUK,
    TRAVEL,
    CHAINED,
    READY,
    TA_SHOWN,
    CHIP_ONE,
    STATES
};

struct snapshot {
    struct card_memory memory;
    struct terminal t;
    struct model model;
};
static struct {
    struct talk *card;
    struct snapshot at[STATES];
} cards[2];

static const char *const secrets[] = { "", TERMINAL_MRZ, TERMINAL_CAN, TERMINAL_PIN, TERMINAL_PUK };

static void channel_open(enum terminal_password password, const uint64_t *chat)
{
    MUST(terminal_pace(&t, password, secrets[password], chat) == 0x9000);
    model.channel = true;
    model.password = (uint8_t)password;
    model.has_chat = chat != NULL;
    model.chat = chat != NULL ? *chat : 0;
}

static void reach_rights(enum terminal_password password, uint64_t chat)
{
    terminal_officer(&t, password, chat);
    model = (struct model) { .channel = true, .has_chat = true, .password = (uint8_t)password, .chat = chat };
    model.done = true;
    model.rights = chat;
    model.wrote = chat == CHAT_WRITER;
}

/* From CHAINED on, which each of these states goes through. */
static void reach_authenticated(enum state state)
{
    static const uint64_t chat = CHAT_OFFICER;
    channel_open(WITH_CAN, &chat);
    MUST(terminal_chain(&t, &shown_dv, &shown_terminal) == 0x9000);
    model.link = LINK_TERMINAL;
    model.chain = CHAT_OFFICER;
    if (state == CHAINED)
        return;
    MUST(terminal_at_set(&t, NAME_AT) == 0x9000 && terminal_challenge(&t) == 0x9000);
    model.challenged = true;
    if (state == READY)
        return;
    terminal_sign(&t, "AT");
    MUST(terminal_external(&t) == 0x9000);
    model.done = true;
}

static void reach(enum state state)
{
    static const uint64_t reader = CHAT_OFFICER, writer = CHAT_WRITER;
    switch (state) {
    case WITH_RIGHTS:
        reach_rights(WITH_CAN, CHAT_OFFICER);
        break;
    case WRITES:
        reach_rights(WITH_PIN, CHAT_WRITER);
        break;
    case CHANNEL_CAN:
        channel_open(WITH_CAN, &reader);
        break;
    case CHANNEL_PIN:
        channel_open(WITH_PIN, &writer);
        break;
    case CHANNEL_PUK:
        channel_open(WITH_PUK, NULL);
        break;
    case TRAVEL:
    case CHIP_ONE:
        channel_open(WITH_MRZ, NULL);
        MUST(terminal_select(&t, 1) == 0x9000);
        MUST(state == TRAVEL || terminal_chip(&t, 1) == 0x9000);
        break;
    case CHAINED:
    case READY:
    case TA_SHOWN:
        reach_authenticated(state);
        break;
    default:
        break;
    }
}

static void prepare(void)
{
    for (size_t i = 0; i < 2; i++) {
        card = cards[i].card = terminal_card(i == 0 ? 16 : 32);
        for (int state = 0; state < STATES; state++) {
            card_memory_reset(&card->memory);
            t = terminal_at(card, i == 0 ? 16 : 32);
            memset(&model, 0, sizeof model);
            reach((enum state)state);
            cards[i].at[state] = (struct snapshot) { card->memory, t, model };
        }
    }
}

/* ---- what the answers may hold ---- */

static struct {
    uint8_t df, sfi;
    uint8_t bytes[3200];
    size_t len;
} files[] = {
    { .df = 0, .sfi = 0x1D }, { .df = 1, .sfi = 1 },    { .df = 1, .sfi = 2 },  { .df = 1, .sfi = 13 },
    { .df = 1, .sfi = 14 },   { .df = 1, .sfi = 0x1D }, { .df = 2, .sfi = 17 }, { .df = 2, .sfi = 19 },
    { .df = 2, .sfi = 20 },   { .df = 2, .sfi = 21 },
};
#define FILES (sizeof files / sizeof files[0])

static bool may_read(uint8_t df, uint8_t sfi)
{
    if (df == 0)
        return model.done;
    if (df == 1)
        return model.channel && model.password != WITH_PUK;
    return (model.rights >> (sfi + 7) & 1) != 0;
}

/* No part of a file that may not be read, where it is of 24 bytes or more. */
static void look_at_answer(void)
{
    for (size_t i = 0; i < FILES; i++)
        for (size_t at = 0; !may_read(files[i].df, files[i].sfi) && at + WINDOW <= card->got.len; at += WINDOW)
            MUST(memmem(files[i].bytes + 10, files[i].len - 10, card->got.data + at, WINDOW) == NULL);
}

/* ---- the bytes of an input ---- */

struct bytes {
    const uint8_t *p;
    size_t left;
};

static uint8_t next(struct bytes *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->p++;
}

static uint16_t next_two(struct bytes *in)
{
    uint16_t high = next(in);
    return (uint16_t)(high << 8 | next(in));
}

/* ---- steps: commands as such ---- */

static const uint32_t headers[] = {
    0x00A4000C, 0x00A4040C, 0x00A4020C, 0x00A40400, 0x00B08000, 0x00B09C00, 0x00B09D00, 0x00B09100, 0x00B09300,
    0x00B00000, 0x00B10013, 0x00B1011D, 0x00B10000, 0x00D69100, 0x10D69100, 0x00D69300, 0x0022C1A4, 0x002281B6,
    0x002281A4, 0x002241A4, 0x00860000, 0x10860000, 0x002A00BE, 0x102A00BE, 0x00840000, 0x00820000, 0x80208000,
    0x002C0203, 0x002C0303, 0x00C00000, 0x00200080, 0x00CB3FFF, 0x00470001, 0x80E28800, 0x80CA9F70,
};
#define HEADERS (sizeof headers / sizeof headers[0])

static uint32_t next_header(struct bytes *in)
{
    uint8_t which = next(in);
    if (which != 0xFF)
        return headers[which % HEADERS];
    uint32_t high = next_two(in);
    return high << 16 | next_two(in);
}

/* The answer to a command that was well protected, or not: in the clear it grants nothing, and the channel is gone. */
static unsigned take_answer(uint32_t header)
{
    if (card->got.len < 14) {
        MUST(card->got.len == 0 && card->got.sw != 0x9000 && card->got.sw >> 8 != 0x61);
        channel_gone();
        return card->got.sw;
    }
    return terminal_unwrap(&t, (uint8_t)(header >> 16));
}

/* What a free command may have changed. */
static void follow(uint32_t header, const uint8_t *data, size_t len, unsigned sw)
{
    static const uint8_t own[][10] = { { TRAVEL_AID }, { DOCKET_AID } };
    const uint8_t ins = (uint8_t)(header >> 16);
    MUST(ins != 0xD6 || sw != 0x9000 || (model.rights >> 32 & 0x3F) != 0);
    MUST(ins != 0x82 || sw != 0x9000); /* nobody guesses a signature */
    MUST((ins != 0x47 && ins != 0xE2) || sw != 0x9000);
    model.challenged = false;
    if (ins == 0xA4 && (header & 0xFF00) == 0x0400 && sw == 0x9000 &&
        !(len == TRAVEL_AID_LEN && memcmp(data, own[0], len) == 0) &&
        !(len == DOCKET_AID_LEN && memcmp(data, own[1], len) == 0))
        channel_gone(); /* an application that doesn't share it */
    if (ins == 0x86 && card->got.len == 2 && sw == 0x9000)
        channel_gone(); /* chip authentication 1: keys that this terminal hasn't */
}

static void send_free(struct bytes *in)
{
    uint8_t cmd[640];
    const uint32_t header = next_header(in);
    const uint8_t le = next(in);
    const size_t len = in->left < DATA_MAX ? in->left : DATA_MAX;
    unsigned sw;
    if (!t.keys.open) {
        sw = terminal_send(&t, header, in->p, len, le == 0 ? NO_LE : le == 0xFF ? 0 : le);
    } else {
        size_t n = terminal_wrap(&t, header, in->p, len, le == 0 ? NO_LE : le == 0xFF ? 0 : le, cmd);
        talk_bytes(card, cmd, n);
        sw = take_answer(header);
    }
    follow(header, in->p, len, sw);
    look_at_answer();
}

static void send_objects(struct bytes *in)
{
    uint8_t cmd[640];
    const uint32_t header = next_header(in);
    if (!t.keys.open)
        return;
    size_t n = terminal_wrap_objects(&t, header, in->p, in->left < DATA_MAX ? in->left : DATA_MAX, cmd);
    talk_bytes(card, cmd, n);
    follow(header, NULL, 0, take_answer(header)); /* what the data are in clear, nobody knows */
    look_at_answer();
}

static void send_flipped(struct bytes *in)
{
    uint8_t cmd[640];
    const uint16_t bit = next_two(in);
    const uint32_t header = next_header(in);
    const uint8_t le = next(in);
    if (!t.keys.open)
        return;
    size_t n = terminal_wrap(&t, header, in->p, in->left < DATA_MAX ? in->left : DATA_MAX, le == 0 ? NO_LE : le, cmd);
    size_t at = bit % ((n - 1) * 8); /* Le behind it is nobody's */
    cmd[at / 8] ^= (uint8_t)(1 << at % 8);
    talk_bytes(card, cmd, n);
    MUST(card->got.sw != 0x9000 || (cmd[0] & 0x0C) != 0x0C); /* else it was taken as one in the clear */
    channel_gone();
    look_at_answer();
}

static void send_plain(struct bytes *in)
{
    const bool protected = in->left > 0 && (in->p[0] & 0x0C) == 0x0C;
    talk_bytes(card, in->p, in->left);
    MUST(!protected || card->got.sw != 0x9000);
    channel_gone();
    look_at_answer();
}

/* ---- steps: terminal authentication ---- */

static const char *const names[] = { NAME_CVCA, NAME_DV, NAME_AT, NAME_LINK, "USSDCNOBODY001" };
#define NAMES (sizeof names / sizeof names[0])

static const struct {
    struct certificate c;
    unsigned link; /* what it makes of a chain; 0: it is never taken */
} certificates[] = {
    { { NAME_CVCA, NAME_DV, "CVCA", "DV", CHAT_DV | 0x3FFFFFFFFF, "260101", "291231", .domain = false }, LINK_DV },
    { { NAME_CVCA, NAME_DV, "CVCA", "DV", CHAT_DV | 0x0030000010, "260101", "291231", .domain = false }, LINK_DV },
    { { NAME_CVCA, NAME_DV, "CVCA", "DV", CHAT_OTHER | 0x3FFFFFFFFF, "260101", "291231", .domain = false }, 0 },
    { { NAME_CVCA, NAME_DV, "CVCA", "DV", CHAT_DV | 0x3FFFFFFFFF, "260101", "261031", .domain = false }, 0 },
    { { NAME_CVCA, NAME_AT, "CVCA", "AT", 0x3FFFFFFFFF, "260101", "291231", .domain = false }, 0 },
    { { NAME_DV, NAME_AT, "DV", "AT", CHAT_OFFICER, "260201", "270131", .domain = false }, LINK_TERMINAL },
    { { NAME_DV, NAME_AT, "DV", "AT", CHAT_WRITER, "260201", "270131", .domain = false }, LINK_TERMINAL },
    { { NAME_DV, NAME_AT, "DV", "AT", CHAT_DV | CHAT_WRITER, "260201", "270131", .domain = false }, 0 },
    { { NAME_DV, NAME_AT, "AT", "AT", CHAT_WRITER, "260201", "270131", .domain = false }, 0 },
    { { NAME_CVCA, NAME_LINK, "CVCA", "link", 0xEE1D000030, "260601", "360601", .domain = true }, 0x80 },
    { { NAME_LINK, NAME_DV, "link", "DV", CHAT_DV | 0x3FFFFFFFFF, "260601", "291231", .domain = false }, LINK_DV },
};
#define CERTIFICATES (sizeof certificates / sizeof certificates[0])

static void sign_anew(uint8_t *certificate, size_t len, const char *by)
{
    uint8_t scalar[MATH_SCALAR];
    math_key(by, scalar);
    math_sign(scalar, certificate, len - 3 - MATH_SIGNATURE, certificate + len - MATH_SIGNATURE);
}

/* True where bytes of the certificate changed. */
static bool edit(uint8_t *certificate, size_t len, struct bytes *in)
{
    bool changed = false;
    for (size_t at = next_two(in) % len; in->left > 0 && at < len; at++) {
        uint8_t byte = next(in);
        changed = changed || certificate[at] != byte;
        certificate[at] = byte;
    }
    return changed;
}

static void show_certificate(struct bytes *in)
{
    uint8_t value[CERTIFICATE_CAP];
    const size_t which = next(in) % CERTIFICATES;
    const struct certificate *c = &certificates[which].c;
    const uint8_t how = next(in);
    unsigned link = certificates[which].link;
    size_t len = terminal_certificate_make(c, value);
    const bool edited = (how & 1) != 0 && edit(value, len, in), anew = edited && (how & 2) != 0;
    if (anew) {
        sign_anew(value, len, c->by);
        link = strcmp(c->by, "DV") == 0 ? LINK_TERMINAL : strcmp(c->by, "AT") == 0 ? 0 : 0x80 | LINK_DV;
    }
    model.challenged = false;
    unsigned sw = terminal_chained(&t, 0x002A00BE, value, len);
    if (sw == 0x6984)
        model.link = 0;
    if (sw != 0x9000)
        return;
    MUST(link != 0 && (!edited || anew) && model.has_chat && !model.done);
    MUST(link != LINK_TERMINAL || (model.link & LINK_DV) != 0);
    model.trusted = model.trusted || (link & 0x80) != 0;
    const uint64_t chat = anew || link == 0x80 ? ~(uint64_t)0 : c->chat;
    model.chain = link == LINK_TERMINAL ? model.chain & chat : chat;
    model.link = link & 3;
}

static void set_dst(struct bytes *in)
{
    model.challenged = false;
    if (terminal_dst(&t, names[next(in) % NAMES]) == 0x9000)
        MUST(model.has_chat && !model.done);
}

static void set_at(struct bytes *in)
{
    model.challenged = false;
    if (terminal_at_set(&t, names[next(in) % NAMES]) == 0x9000)
        MUST((model.link & LINK_TERMINAL) != 0 && !model.done);
}

static void ask_challenge(struct bytes *in)
{
    (void)in;
    model.challenged = terminal_challenge(&t) == 0x9000;
}

static void answer_challenge(struct bytes *in)
{
    static const char *const keys[] = { "AT", "DV", "CVCA" };
    const uint8_t key = next(in) % 3;
    terminal_sign(&t, keys[key]);
    const bool edited = in->left > 0 && edit(t.signature, sizeof t.signature, in);
    unsigned sw = terminal_external(&t);
    if (sw == 0x9000) {
        MUST(model.challenged && key == 0 && !edited && !model.done && (model.link & LINK_TERMINAL) != 0);
        model.done = true;
    } else if (sw == 0x6300) {
        model.link = 0;
    }
    model.challenged = false;
}

/* ---- steps: chip authentication, PACE ---- */

static void authenticate_chip(struct bytes *in)
{
    const int version = next(in) % 2 == 0 ? 2 : 1;
    const bool other = version == 2 && next(in) % 2 == 1;
    uint8_t scalar[MATH_SCALAR], point[MATH_POINT];
    model.challenged = false;
    if (version == 1) {
        (void)terminal_chip(&t, 1);
        return;
    }
    if (terminal_mse_chip(&t, "02") != 0x9000)
        return;
    MUST(model.done && model.rights == 0);
    math_key("other", scalar);
    math_multiply(NULL, scalar, point);
    unsigned sw = terminal_chip_step(&t, other ? point : t.chip_point, 2);
    MUST(!other || sw != 0x9000);
    if (sw != 0x9000) {
        model.done = false;
        model.link = 0;
        return;
    }
    const uint64_t rights = model.chain & model.chat;
    const bool none = model.password == WITH_MRZ || (model.password == WITH_CAN && (rights & 0x10) == 0);
    model.rights = none ? 0 : rights;
    model.wrote = model.wrote || (model.rights >> 32 & 0x3F) != 0;
}

static void open_channel(struct bytes *in)
{
    static const uint64_t chats[] = { CHAT_OFFICER, CHAT_WRITER, 0x0010000000, 0, 0x3FFFFFFFFF, CHAT_DV };
    const enum terminal_password password = (enum terminal_password)(1 + next(in) % 4);
    const uint8_t chat = next(in) % 7, steps = next(in), wrong = next(in);
    const char *secret = (wrong & 1) != 0 ? "000000" : secrets[password];
    model.challenged = false;
    unsigned sw = terminal_mse(&t, password, chat < 6 ? &chats[chat] : NULL);
    if (sw == 0x9000 || sw >> 4 == 0x63C)
        MUST(chat != 5 && !model.done && (password != WITH_PUK || chat == 6));
    else
        return;
    if (steps == 1 || terminal_nonce(&t, secret) != 0x9000 || steps == 2 || terminal_map(&t) != 0x9000 || steps == 3 ||
        terminal_agree(&t) != 0x9000 || steps == 4)
        return;
    if (terminal_token(&t, (wrong & 2) == 0) != 0x9000)
        return;
    MUST((wrong & 3) == 0);
    model = (struct model) { .wrote = model.wrote, .trusted = model.trusted, .channel = true };
    model.password = (uint8_t)password;
    model.has_chat = chat < 6;
    model.chat = chat < 6 ? chats[chat] : 0;
}

/* ---- steps: files ---- */

static void move(struct bytes *in)
{
    model.challenged = false;
    (void)terminal_select(&t, next(in) % 3u);
}

static void read_file(struct bytes *in)
{
    model.challenged = false;
    (void)terminal_read(&t, next(in) % 31);
    look_at_answer();
}

static void write_file(struct bytes *in)
{
    static const uint8_t groups[] = { 17, 19, 20, 21 };
    const uint8_t sfi = groups[next(in) % 4], version = next(in);
    model.challenged = false;
    if (terminal_update(&t, sfi, version) == 0x9000)
        MUST((model.rights >> (54 - sfi) & 1) != 0 && version > 5);
}

static void power(struct bytes *in)
{
    (void)in;
    card_memory_reset(&card->memory);
    channel_gone();
}

static void (*const ops[OPS])(struct bytes *in) = {
    [SEND] = send_free,
    [OBJECTS] = send_objects,
    [FLIP] = send_flipped,
    [PLAIN] = send_plain,
    [DST] = set_dst,
    [CERTIFICATE] = show_certificate,
    [AT] = set_at,
    [CHALLENGE] = ask_challenge,
    [SIGN] = answer_challenge,
    [CHIP] = authenticate_chip,
    [PACE] = open_channel,
    [SELECT] = move,
    [READ] = read_file,
    [UPDATE] = write_file,
    [POWER] = power,
};

/* ---- an input ---- */

/* What stands in the store under these numbers, whatever a terminal does without the right. */
static const uint16_t kept[] = {
    RECORD_CAN,          RECORD_MRZ,          RECORD_CHIP_KEY_1,   RECORD_CHIP_KEY_2,    RECORD_FILE_CARD_SECURITY,
    RECORD_FILE_SOD,     RECORD_FILE_DG + 1,  RECORD_FILE_DG + 2,  RECORD_TRUST_CURRENT, RECORD_FILE_DG + 17,
    RECORD_FILE_DG + 19, RECORD_FILE_DG + 20, RECORD_FILE_DG + 21,
};
#define KEPT (sizeof kept / sizeof kept[0])
static struct {
    uint8_t bytes[3200];
    size_t len;
} right[2][KEPT];

static size_t record(size_t i, uint8_t out[static 3200])
{
    static struct store store;
    MUST(store_mount(&store, &card->memory.port));
    size_t len = store_len(&store, kept[i]);
    MUST(len <= 3200 && (len == 0 || store_read(&store, kept[i], 0, out, len)));
    return len;
}

static void init(void)
{
    prepare();
    for (size_t i = 0; i < FILES; i++)
        files[i].len = terminal_file(files[i].df, files[i].sfi, 5, files[i].bytes, sizeof files[i].bytes);
    for (size_t c = 0; c < 2; c++) {
        card = cards[c].card;
        for (size_t i = 0; i < KEPT; i++)
            right[c][i].len = record(i, right[c][i].bytes);
    }
}

static void look_at_memory(size_t which, const struct snapshot *began)
{
    static uint8_t bytes[3200];
    if (memcmp(card->memory.banks, began->memory.banks, sizeof card->memory.banks) == 0)
        return;
    for (size_t i = 0; i < KEPT; i++) {
        if ((model.trusted && kept[i] == RECORD_TRUST_CURRENT) || (model.wrote && kept[i] >= RECORD_FILE_DG + 17))
            continue;
        const size_t len = record(i, bytes);
        MUST(len == right[which][i].len && memcmp(bytes, right[which][i].bytes, len) == 0);
    }
}

static void init_once(void)
{
    static bool ready;
    if (!ready)
        init();
    ready = true;
}

/* Before the clock of the first input runs. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    init_once();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const uint8_t read_access[] = { 0x00, 0xB0, 0x9C, 0x00, 0x00 };
    struct bytes in = { data, len };
    init_once();
    const size_t which = next(&in) % 2;
    const struct snapshot *began = &cards[which].at[next(&in) % STATES];
    card = cards[which].card;
    card->memory = began->memory;
    t = began->t;
    model = began->model;
    terminal_rewind();
    for (int steps = 0; steps < STEPS_MAX && in.left > 0; steps++) {
        const uint8_t op = next(&in) % OPS;
        struct bytes own = { in.p, next(&in) };
        own = (struct bytes) { in.p, own.left < in.left ? own.left : in.left };
        in = (struct bytes) { in.p + own.left, in.left - own.left };
        ops[op](&own);
    }
    look_at_memory(which, began);
    power(NULL);
    MUST(talk_bytes(card, read_access, sizeof read_access) == 0x9000 && card->got.len == 87 &&
         card->got.data[0] == 0x31);
    return 0;
}

/* ---- inputs from inputs: whole steps come, go and move ---- */

#define DO_PACE "800A04007F00070202040202"
#define DO_CHIP "800A04007F00070202030202"
#define DO_TA   "800A04007F00070202020203"
static const struct fuzz_step examples[] = {
    { SEND, "00 00" },                        /* SELECT MF */
    { SEND, "01 00 F0534443444F434B4554" },   /* docket */
    { SEND, "01 00 A0000002471001" },         /* travel document */
    { SEND, "03 00 A000000308" },             /* PIV */
    { SEND, "02 00 0101" },                   /* SELECT EF */
    { SEND, "04 FF" },                        /* READ BINARY */
    { SEND, "FF 00B09300 FF" },               /* of DG19 */
    { SEND, "0A FF 54020000" },               /* odd INS */
    { SEND, "0D 00 718203FC 8004 00000006" }, /* UPDATE */
    { SEND, "10 00" DO_PACE "830102 84010C 7F4C12060904007F0007030102025305001D000010" },
    { SEND, "11 00 830E5553534443435643413030303031" },
    { SEND, "12 00" DO_TA "830E5553534443415430313030303031 9120" },
    { SEND, "13 00" DO_CHIP "840102" },
    { SEND, "14 FF 7C00" },
    { SEND, "15 FF 7C00" },
    { SEND, "14 FF 7C438041"
            "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE3357"
            "6B315ECECBB6406837BF51F5" },
    { SEND, "16 00 7F4E10 5F290100 420E" },
    { SEND, "18 08" },
    { SEND, "1A 00 060904007F000703010402" },
    { SEND, "1B 00 313233343536" },
    { SEND, "1C 00" },
    { OBJECTS, "04 970100" },
    { OBJECTS, "04 97020000" },
    { OBJECTS, "11 8711 01 00112233445566778899AABBCCDDEEFF" },
    { OBJECTS, "0A 8510 00112233445566778899AABBCCDDEEFF 970100" },
    { OBJECTS, "04 9701008E080000000000000000" },
    { FLIP, "0008 04 FF" },
    { PLAIN, "00B0930000" },
    { PLAIN, "0CB0930000" },
    { DST, "00" },
    { DST, "01" },
    { DST, "03" },
    { CERTIFICATE, "00" },
    { CERTIFICATE, "05" },
    { CERTIFICATE, "06" },
    { CERTIFICATE, "09" },
    { CERTIFICATE, "0A" },
    { CERTIFICATE, "00 03 0060 00" },
    { CERTIFICATE, "05 03 0003 5F2901" },
    { AT, "02" },
    { CHALLENGE, "" },
    { SIGN, "00" },
    { CHIP, "00" },
    { CHIP, "01" },
    { PACE, "01 00" },
    { PACE, "02 01" },
    { PACE, "03 06" },
    { PACE, "00 06" },
    { PACE, "01 00 00 02" },
    { SELECT, "00" },
    { SELECT, "01" },
    { SELECT, "02" },
    { READ, "13" },
    { READ, "1D" },
    { UPDATE, "00 06" },
    { POWER, "" },
};

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t cap, unsigned seed)
{
    return fuzz_steps_mutate(data, len, cap, seed, HEAD, examples, sizeof examples / sizeof examples[0]);
}
