/* SPDX-License-Identifier: BSD-2-Clause */
/* Sequences of APDUs against the card, beside a small model of what may be true.
 *
 * An input is a list of steps, each a byte that says which and what it needs:
 *   00..BF  a raw APDU of so many bytes       C0 n n  a raw APDU of n*256+n bytes
 *   C1 the issuer authenticates               C2 right PIN       C3 wrong PIN    C4 CHANGE to the same PIN
 *   C5 i l s  PUT DATA of object i, l*16 bytes of s              C6 i  GET DATA of object i
 *   C7 power off and on                       C8 n  the power fails at the nth flash operation from here
 *   C9 m n  an APDU that begins with CLA INS P1 P2 of the command m of the table, and n bytes as its data
 *   CA l  the issuer opens a session of level l (bit 3: extended lengths); from then on APDUs go through it, but for
 *   CB    the next one, which goes bare, and
 *   CC n  the next one, of which bit n is changed on the way
 *   CD k  PUT KEY: the transport keys or others
 * Anything else ends the input. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <openssl/evp.h>

#include "domain_talk.h"

#define RESP_MAX 70000

static const char pin_right[] = "654321\xFF\xFF", pin_wrong[] = "000000\xFF\xFF";

/* Tags of objects, and whether the PIN guards them. */
static const struct {
    uint8_t tag[3];
    bool pin;
    size_t len_max;
} objects[] = {
    { { 0x5F, 0xC1, 0x02 }, false, 4096 },
    { { 0x5F, 0xC1, 0x08 }, true, 32768 },
    { { 0x5F, 0xC1, 0x09 }, true, 512 },
    { { 0x5F, 0xC1, 0x05 }, false, 4096 },
};
#define OBJECTS (sizeof objects / sizeof objects[0])

static const uint8_t headers[][4] = {
    { 0x00, 0xA4, 0x04, 0x00 }, { 0x00, 0xC0, 0x00, 0x00 }, { 0x00, 0x20, 0x00, 0x80 }, { 0x00, 0x20, 0xFF, 0x80 },
    { 0x00, 0x24, 0x00, 0x80 }, { 0x00, 0x24, 0x00, 0x81 }, { 0x00, 0x2C, 0x00, 0x80 }, { 0x00, 0x87, 0x08, 0x9B },
    { 0x00, 0x87, 0x11, 0x9A }, { 0x00, 0x87, 0x11, 0x9C }, { 0x00, 0x87, 0x11, 0x9D }, { 0x00, 0x87, 0x11, 0x9E },
    { 0x00, 0x47, 0x00, 0x9A }, { 0x00, 0xCB, 0x3F, 0xFF }, { 0x00, 0xDB, 0x3F, 0xFF }, { 0x10, 0xDB, 0x3F, 0xFF },
    { 0x10, 0x87, 0x11, 0x9C }, { 0x10, 0x87, 0x11, 0x9E }, { 0x80, 0xE2, 0x88, 0x00 }, { 0x80, 0xE2, 0xE8, 0x00 },
    { 0x80, 0xD8, 0x7F, 0x81 }, { 0x80, 0xF0, 0x80, 0x07 }, { 0x80, 0xF0, 0x80, 0x0F }, { 0x80, 0xF0, 0x80, 0x7F },
    { 0x80, 0xF0, 0x80, 0xFF }, { 0x80, 0xCA, 0x9F, 0x70 }, { 0x80, 0xCA, 0x00, 0x45 }, { 0x80, 0xF2, 0x80, 0x02 },
    { 0x80, 0x50, 0x00, 0x00 }, { 0x84, 0x82, 0x33, 0x00 }, { 0x00, 0xFE, 0x11, 0x9A }, { 0x00, 0xFA, 0x03, 0x03 },
    { 0x00, 0xFF, 0xFF, 0xFF }, { 0x00, 0xF7, 0x00, 0x9A }, { 0x00, 0xF9, 0x9A, 0x00 }, { 0x00, 0xFB, 0x00, 0x00 },
};
#define HEADERS (sizeof headers / sizeof headers[0])

static struct talk talk; /* the card, and what domain_talk.h wants */
static struct card_memory *const memory = &talk.memory;
static uint8_t issued[sizeof talk.memory.banks]; /* the flash that each input starts from */
static uint8_t resp[RESP_MAX];
static size_t resp_len;

/* What may be true; wrong only on the side of allowing too much. */
static struct {
    bool selected, admin, pin;
    bool pin_fresh; /* the command before verified the PIN */
    bool chain_9c;  /* a chain to 9C that began right after */
    bool secured;   /* SET STATUS said so */
    bool broken;    /* a session may have ended by an error: nothing is answered until SELECT */
    bool locked;    /* the card may be locked or terminated */
    int tries;      /* left; -1: not known, since their number was set */
    bool object_known[OBJECTS];
    uint8_t object_seed[OBJECTS];
    size_t object_len[OBJECTS]; /* 0: not there */
} model;

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "broken: %s, line %d\n", #condition, __LINE__);                                            \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* The assertions of domain_talk.h, for a program that check doesn't run. */
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

static unsigned sw(void)
{
    return (unsigned)resp[resp_len - 2] << 8 | resp[resp_len - 1];
}

static bool succeeded(void)
{
    return sw() == 0x9000 || sw() >> 8 == 0x61;
}

static void forget_proofs(void)
{
    model.admin = model.pin = model.pin_fresh = model.chain_9c = false;
}

/* The issuer's session, as the issuer has it. */
static struct domain_session session;
static bool in_session, channel; /* the command that is judged came through it */
static struct {
    bool bare, flip;
    uint8_t at;
} next_one; /* how it goes */

/* The counter of tries as the answers tell it. */
static void check_tries(const uint8_t *cmd, size_t len)
{
    bool presented = len == 4 + 1 + 8 || len == 4 + 1 + 8 + 1 || len >= 4 + 3 + 8;
    if (cmd[1] == 0x2C && (sw() == 0x9000 || sw() == 0x6581) && model.tries >= 0)
        model.tries = 3;
    if ((cmd[1] != 0x20 && cmd[1] != 0x24) || cmd[3] != 0x80 || model.tries < 0)
        return;
    if (sw() >> 4 == 0x63C) {
        int left = (int)(sw() & 0x0F);
        /* wrong: exactly one less; asked: the same. A cut may have taken one that was not answered */
        MUST(left <= model.tries);
        MUST(cmd[1] != 0x24 || left < model.tries);
        model.tries = left;
    } else if (sw() == 0x9000 && cmd[2] == 0x00 && (presented && len > 5)) {
        MUST(model.tries > 0);
        model.tries = 3;
    } else if (sw() == 0x6983 && !memory->dead) { /* a memory without power tells nothing */
        model.tries = 0;
    } else if (sw() == 0x6581) { /* a right PIN may have brought them back before the power failed */
        model.tries = 3;
    }
}

/* What the issuer's commands change. */
static void check_domain(const uint8_t *cmd)
{
    if (!channel || (cmd[0] & 0xE0) != 0x80)
        return;
    if (cmd[1] == 0xF0 && cmd[3] >= 0x7F)
        model.locked = true;
    if (cmd[1] == 0xF0 && cmd[3] == 0x0F && sw() == 0x9000)
        model.secured = true;
    if (cmd[1] == 0xE2)
        model.tries = -1;
}

/* What the model holds against the answer, and learns from it. */
static void check(const uint8_t *cmd, size_t len)
{
    if (len < 4) {
        MUST(!succeeded());
        model.pin_fresh = model.chain_9c = false;
        return;
    }
    bool fresh = model.pin_fresh, chain_9c = model.chain_9c;
    model.pin_fresh = model.chain_9c = false;
    uint8_t ins = cmd[1];
    if (ins == 0xA4 && sw() == 0x9000)
        model.selected = true;
    if (!model.selected)
        MUST(!succeeded());
    if (ins == 0xDB || ins == 0x47 || ins == 0xFE || ins == 0xFF || ins == 0xFA)
        MUST(!succeeded() || channel || (model.admin && !model.secured));
    if ((cmd[0] & 0xE0) == 0x80 && (ins == 0xD8 || ins == 0xE2 || ins == 0xF0))
        MUST(!succeeded() || channel);
    check_domain(cmd);
    if (ins == 0xDB && sw() == 0x9000 && (cmd[0] & 0x10) == 0) /* it may have put anything */
        memset(model.object_known, 0, sizeof model.object_known);
    if ((cmd[0] & 0xE0) == 0x80 && ins == 0xD8 && cmd[2] == 0x7F && sw() == 0x9000) /* the issuer takes the card over */
        memset(model.object_known, 0, sizeof model.object_known);
    /* the blank card's PIN, proven to nobody, or half of it where the power failed; FB: no objects */
    if ((ins == 0xFA || ins == 0xFB) && (sw() == 0x9000 || sw() == 0x6581)) {
        model.tries = -1;
        model.pin = false;
        if (ins == 0xFB)
            memset(model.object_known, 0, sizeof model.object_known);
    }
    if (ins == 0x87 && cmd[3] == 0x9B && sw() == 0x9000 && resp_len == 2 && (cmd[0] & 0x10) == 0)
        MUST(model.admin); /* nobody guesses an answer to a challenge */
    if (ins == 0x87 && cmd[3] != 0x9B && succeeded()) {
        MUST(cmd[3] == 0x9E || model.pin);
        MUST(cmd[3] != 0x9C || fresh || chain_9c);
        model.chain_9c = cmd[3] == 0x9C && (cmd[0] & 0x10) != 0;
    }
    if (ins == 0xCB)
        for (size_t i = 0; i < OBJECTS; i++)
            if (objects[i].pin && len >= 10 &&
                (memcmp(cmd + 7, objects[i].tag, 3) == 0 || (len >= 12 && memcmp(cmd + 9, objects[i].tag, 3) == 0)))
                MUST(!succeeded() || model.pin);
    check_tries(cmd, len);
    bool presented = (ins == 0x20 || ins == 0x24) && len > 5;
    if (presented && cmd[3] == 0x80 && cmd[2] == 0 && sw() == 0x9000) {
        model.pin = true;
        model.pin_fresh = ins == 0x20;
    } else if ((presented && (sw() >> 4 == 0x63C || sw() == 0x6581)) ||
               (ins == 0x20 && cmd[2] == 0xFF && sw() == 0x9000)) {
        model.pin = false;
    }
}

/* Exact buffers on the heap, so that a sanitizer sees a byte too far. */
static void exchange(const uint8_t *data, size_t len)
{
    uint8_t *cmd = malloc(len > 0 ? len : 1), *out = malloc(RESP_MAX);
    MUST(cmd != NULL && out != NULL);
    if (len > 0)
        memcpy(cmd, data, len);
    size_t cap = len % 3 == 0 ? 258 : RESP_MAX;
    resp_len = card_memory_apdu(memory, cmd, len, out, cap);
    MUST(resp_len >= 2 && resp_len <= cap);
    memcpy(resp, out, resp_len);
    free(cmd);
    free(out);
}

/* Nothing in a session is taken bare but what ends it. */
static void transmit_bare(const uint8_t *data, size_t len)
{
    bool ends = len >= 4 && ((data[0] == 0x00 && data[1] == 0xA4) || (data[0] == 0x80 && data[1] == 0x50));
    exchange(data, len);
    MUST(!in_session || ends || !succeeded());
    model.broken = (model.broken || in_session) && !(len >= 4 && data[0] == 0x00 && data[1] == 0xA4 && succeeded());
    in_session = false;
    check(data, len);
}

/* The data of a command whose lengths are right. */
static bool body(const uint8_t *cmd, size_t len, const uint8_t **data, size_t *data_len)
{
    *data = cmd + 5;
    *data_len = 0;
    if (len < 4 || (cmd[0] & 0x6F) != 0 || (cmd[0] == 0 && cmd[1] == 0xA4) || cmd[1] == 0x50 || cmd[1] == 0x82)
        return false;
    if (len <= 5)
        return true;
    bool extended = cmd[4] == 0 && len > 7;
    *data = cmd + (extended ? 7 : 5);
    *data_len = extended ? (size_t)cmd[5] << 8 | cmd[6] : cmd[4];
    size_t end = (size_t)(*data - cmd) + *data_len;
    return *data_len > 0 && *data_len < 33000 && (len == end || len == end + (extended ? 2 : 1));
}

/* Wrapped; check() is told the command and the answer in clear. */
static void transmit_wrapped(const uint8_t *cmd, size_t len, const uint8_t *data, size_t data_len)
{
    static uint8_t wrapped[DOMAIN_WRAPPED_MAX + 300];
    bool extended = session.extended, flip = next_one.flip;
    session.extended = extended || data_len > 200;
    size_t n = domain_wrap(&session, (uint32_t)cmd[0] << 24 | (uint32_t)cmd[1] << 16 | (uint32_t)cmd[2] << 8 | cmd[3],
                           data, data_len, wrapped);
    size_t le_len = session.extended ? 2 : 1; /* not under the MAC */
    session.extended = extended;
    if (flip)
        wrapped[next_one.at / 8 % (n - le_len)] ^= (uint8_t)(1u << next_one.at % 8);
    next_one.flip = false;
    exchange(wrapped, n);
    if (flip || (resp_len == 2 && (session.level & 0x10) != 0)) { /* not as sent, or the card is gone */
        MUST(!succeeded() || (wrapped[0] == 0x00 && wrapped[1] == 0xA4));
        in_session = false;
        model.broken = true;
        return;
    }
    talk.got.len = resp_len - 2;
    talk.got.sw = sw();
    memcpy(talk.got.data, resp, talk.got.len);
    (void)domain_unwrap(&session);
    memmove(resp, talk.got.data, talk.got.len);
    resp[talk.got.len] = (uint8_t)(talk.got.sw >> 8);
    resp[talk.got.len + 1] = (uint8_t)talk.got.sw;
    resp_len = talk.got.len + 2;
    channel = true;
    check(cmd, len);
    channel = false;
}

static void transmit(const uint8_t *cmd, size_t len)
{
    const uint8_t *data;
    size_t data_len;
    bool wraps = in_session && !next_one.bare && body(cmd, len, &data, &data_len);
    next_one.bare = false;
    if (wraps)
        transmit_wrapped(cmd, len, data, data_len);
    else
        transmit_bare(cmd, len);
}

static void select_piv(void)
{
    static const uint8_t select[] = { 0x00, 0xA4, 0x04, 0x00, 5, 0xA0, 0, 0, 3, 8 };
    transmit(select, sizeof select);
}

static void power_cycle(void)
{
    card_memory_reset(memory);
    model.selected = in_session = model.broken = false;
    forget_proofs();
}

/* With the keys of the version that the card says it has: it has no others. */
static void open_session(uint8_t how)
{
    static const uint8_t levels[] = { 0x01, 0x03, 0x13, 0x33 };
    struct domain_keys keys = domain_transport(16);
    in_session = false;
    model.pin_fresh = model.chain_9c = false;
    unsigned opened = domain_initialize(&session, &talk, &keys, 0, 8);
    if (opened == 0 && session.version == 1) {
        keys = domain_other(1, 16);
        opened = domain_initialize(&session, &talk, &keys, 1, 8);
        MUST(memory->dead || opened == 0x9000);
    }
    if (opened != 0x9000)
        return;
    in_session = domain_authenticate(&session, levels[how % 4]) == 0x9000;
    model.broken = model.broken && !in_session;
    session.extended = (how & 4) != 0;
}

static void put_key(uint8_t which)
{
    uint8_t cmd[5 + 255] = { 0x80, 0xD8, session.keys.version, 0x81 };
    struct domain_keys keys = which % 2 == 0 ? domain_transport(16) : domain_other(1, 16);
    if (!in_session)
        return;
    cmd[4] = (uint8_t)domain_put_key_data(&session, &keys, cmd + 5);
    transmit(cmd, 5u + cmd[4]);
    if (memory->dead) /* some of them may be gone already */
        memset(model.object_known, 0, sizeof model.object_known);
}

static void authenticate(void)
{
    static const uint8_t key[] = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 };
    uint8_t cmd[25] = { 0x00, 0x87, 0x08, 0x9B, 0x04, 0x7C, 0x02, 0x81, 0x00 };
    int n = 0;
    transmit(cmd, 9);
    if (resp_len != 22)
        return;
    memcpy(cmd + 4, "\x14\x7C\x12\x82\x10", 5);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    MUST(EVP_EncryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, key, NULL) == 1);
    EVP_CIPHER_CTX_set_padding(ctx, 0);
    MUST(EVP_EncryptUpdate(ctx, cmd + 9, &n, resp + 4, 16) == 1 && n == 16);
    EVP_CIPHER_CTX_free(ctx);
    model.admin = true; /* before: check() sees the success */
    transmit(cmd, 25);
    model.admin = sw() == 0x9000;
}

static void present(uint8_t ins, const char *first, const char *second)
{
    uint8_t cmd[21] = { 0x00, ins, 0x00, 0x80, second != NULL ? 16 : 8 };
    memcpy(cmd + 5, first, 8);
    if (second != NULL)
        memcpy(cmd + 13, second, 8);
    transmit(cmd, 5u + cmd[4]);
}

static void put_object(size_t i, size_t len, uint8_t seed)
{
    static uint8_t cmd[33000];
    size_t body = 9 + len, n = 7;
    int tries = model.tries;
    bool known[OBJECTS];
    if (len > objects[i].len_max || len < 0x100)
        return;
    memcpy(cmd, "\x00\xDB\x3F\xFF\x00", 5);
    cmd[5] = (uint8_t)(body >> 8);
    cmd[6] = (uint8_t)body;
    memcpy(cmd + n, "\x5C\x03", 2);
    memcpy(cmd + n + 2, objects[i].tag, 3);
    memcpy(cmd + n + 5, "\x53\x82", 2);
    cmd[n + 7] = (uint8_t)(len >> 8);
    cmd[n + 8] = (uint8_t)len;
    memset(cmd + n + 9, seed, len);
    memcpy(known, model.object_known, sizeof known);
    transmit(cmd, n + body);
    memcpy(model.object_known, known, sizeof known);
    model.tries = tries;
    if (sw() == 0x9000) {
        model.object_known[i] = true;
        model.object_len[i] = len;
        model.object_seed[i] = seed;
    } else if (memory->dead) {
        model.object_known[i] = false; /* old or new */
    }
}

static void get_object(size_t i)
{
    uint8_t cmd[14] = { 0x00, 0xCB, 0x3F, 0xFF, 0x00, 0x00, 0x05, 0x5C, 0x03 };
    memcpy(cmd + 9, objects[i].tag, 3);
    if (in_session) { /* parts of it, each protected */
        transmit(cmd, sizeof cmd);
        return;
    }
    uint8_t *out = malloc(RESP_MAX);
    MUST(out != NULL);
    resp_len = card_memory_apdu(memory, cmd, sizeof cmd, out, RESP_MAX);
    memcpy(resp, out, resp_len);
    free(out);
    check(cmd, sizeof cmd);
    if (!model.selected || model.locked || model.broken || (objects[i].pin && !model.pin) || !model.object_known[i])
        return;
    size_t len = model.object_len[i];
    MUST(sw() == (len == 0 ? 0x6A82 : 0x9000));
    MUST(len == 0 || resp_len == len + 4 + 2);
    for (size_t k = 0; k < len; k++)
        MUST(resp[4 + k] == model.object_seed[i]);
}

/* The flash of an issued card: keys, the holder's PIN. */
static void issue(void)
{
    static const uint8_t refs[] = { 0x9A, 0x9C, 0x9D, 0x9E };
    card_memory_init(memory);
    struct domain_keys keys = domain_transport(16);
    struct card_blank blank;
    card_blank_default(&blank);
    memcpy(blank.keys, keys.key, sizeof blank.keys);
    card_memory_port(memory);
    MUST(card_format_as(&memory->port, &blank));
    card_memory_reset(memory);
    memset(&model, 0, sizeof model);
    model.tries = 3;
    select_piv();
    authenticate();
    for (size_t i = 0; i < sizeof refs; i++) {
        const uint8_t cmd[] = { 0x00, 0x47, 0x00, refs[i], 5, 0xAC, 3, 0x80, 1, 0x11 };
        transmit(cmd, sizeof cmd);
        MUST(succeeded());
    }
    present(0x24, "123456\xFF\xFF", pin_right);
    MUST(succeeded());
    memcpy(issued, memory->banks, sizeof issued);
}

static void start(void)
{
    static bool ready;
    if (!ready)
        issue();
    ready = true;
    memcpy(memory->banks, issued, sizeof issued);
    memory->entropy_state = 1;
    memset(&model, 0, sizeof model);
    memset(&next_one, 0, sizeof next_one);
    model.tries = 3;
    memset(model.object_known, 1, sizeof model.object_known); /* known not to be there */
    power_cycle();
    select_piv();
}

/* The bytes of an input. */
struct input {
    const uint8_t *p;
    size_t left;
};

static uint8_t next(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->p++;
}

static void raw(struct input *in, size_t len, const uint8_t *header)
{
    uint8_t *cmd = malloc(len + 5);
    size_t n = 0;
    MUST(cmd != NULL);
    if (header != NULL) {
        memcpy(cmd, header, 4);
        cmd[4] = (uint8_t)len;
        n = len > 0 ? 5 : 4;
    }
    for (; len > 0; len--)
        cmd[n++] = next(in);
    transmit(cmd, n);
    free(cmd);
}

static bool step(struct input *in)
{
    uint8_t what = next(in), i, a;
    if (what < 0xC0) {
        raw(in, what, NULL);
        return true;
    }
    switch (what) {
    case 0xC0:
        a = next(in);
        raw(in, (size_t)a << 8 | next(in), NULL);
        return true;
    case 0xC1:
        authenticate();
        return true;
    case 0xC2:
        present(0x20, pin_right, NULL);
        return true;
    case 0xC3:
        present(0x20, pin_wrong, NULL);
        return true;
    case 0xC4:
        present(0x24, pin_right, pin_right);
        return true;
    case 0xC5:
        i = next(in) % OBJECTS;
        a = next(in);
        put_object(i, (size_t)a * 16 + (i == 1 ? 0x7000 : 0), next(in));
        return true;
    case 0xC6:
        get_object(next(in) % OBJECTS);
        return true;
    case 0xC7:
        power_cycle();
        select_piv();
        return true;
    case 0xC8:
        memory->cut_at = (long)memory->operations + next(in);
        memory->cut = (enum card_memory_cut)(in->left % 3);
        return true;
    case 0xC9:
        i = next(in) % HEADERS;
        raw(in, next(in) % 0x80, headers[i]);
        return true;
    case 0xCA:
        open_session(next(in));
        return true;
    case 0xCB:
        next_one.bare = true;
        return true;
    case 0xCC:
        next_one.flip = in_session;
        next_one.at = next(in);
        return true;
    case 0xCD:
        put_key(next(in));
        return true;
    default:
        return false;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    start();
    for (int steps = 0; steps < 64 && in.left > 0 && step(&in); steps++) {
    }
    power_cycle(); /* whatever happened: the card comes up, and what it promised is there */
    select_piv();
    MUST(sw() == 0x9000 || model.locked);
    for (size_t i = 0; i < OBJECTS; i++)
        get_object(i);
    return 0;
}
