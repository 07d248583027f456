/* SPDX-License-Identifier: BSD-2-Clause */
/* The transactional store: what it promises in store.h, and that a power cut at any flash operation leaves each
 * transaction whole or absent. */
#include <stdlib.h>
#include <string.h>

#include "card_memory.h"
#include "crc32.h"
#include "store.h"
#include "suite.h"

static struct card_memory memory;
static struct store store;

static void blank(size_t bank_len)
{
    card_memory_port(&memory);
    memory.port.bank_len = bank_len;
    ck_assert(store_format(&memory.port));
    ck_assert(store_mount(&store, &memory.port));
}

static enum store_status put_one(uint16_t id, const uint8_t *data, size_t len)
{
    enum store_status status = store_begin(&store, 1, len);
    if (status == STORE_OK)
        status = store_put(&store, id, data, len);
    return status == STORE_OK ? store_commit(&store) : status;
}

/* Banks that were saved while nothing was unstable. */
static void put_back(const uint8_t *banks)
{
    memcpy(memory.banks, banks, sizeof memory.banks);
    memory.unstable = false;
}

/* ---- contents that can be told apart ---- */

static uint32_t mix(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7FEB352Du;
    x ^= x >> 15;
    x *= 0x846CA68Bu;
    return x ^ x >> 16;
}

static void content(uint32_t seed, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)mix(seed + (uint32_t)i);
}

/* ---- a model: what must be in the store ---- */

#define MODEL_IDS 20

struct model {
    uint32_t seed[MODEL_IDS + 1];
    size_t len[MODEL_IDS + 1];
};

static bool store_is(const struct model *model)
{
    static uint8_t expected[STORE_VALUE_MAX], got[STORE_VALUE_MAX];
    for (uint16_t id = 1; id <= MODEL_IDS; id++) {
        size_t len = model->len[id];
        if (store_len(&store, id) != len)
            return false;
        content(model->seed[id], expected, len);
        if (len > 0 && (!store_read(&store, id, 0, got, len) || memcmp(got, expected, len) != 0))
            return false;
    }
    return true;
}

/* Transaction number n of a script: 1 to 4 values of very different sizes, sometimes a deletion, sometimes given up. */
struct transaction {
    size_t count, bytes;
    struct {
        uint16_t id;
        uint32_t seed;
        size_t len;
    } value[4];
    bool given_up;
};

static struct transaction scripted(uint32_t n)
{
    struct transaction t = { .count = 1 + mix(n) % 4, .given_up = n % 9 == 4 };
    for (size_t i = 0; i < t.count; i++) {
        uint32_t r = mix(n * 16 + (uint32_t)i + 1000);
        t.value[i].id = (uint16_t)(1 + (r + i * 5) % MODEL_IDS);
        t.value[i].seed = r;
        t.value[i].len = r % 7 == 0 ? 0 : r % 5 == 0 ? 300 + r % 500 : 1 + r % 40;
        t.bytes += t.value[i].len;
    }
    return t;
}

static void model_apply(struct model *model, const struct transaction *t)
{
    for (size_t i = 0; i < t->count && !t->given_up; i++) {
        model->seed[t->value[i].id] = t->value[i].seed;
        model->len[t->value[i].id] = t->value[i].len;
    }
}

/* Writes it in pieces of changing length. */
static enum store_status run(const struct transaction *t)
{
    static uint8_t data[STORE_VALUE_MAX];
    enum store_status status = store_begin(&store, t->count, t->bytes);
    for (size_t i = 0; i < t->count && status == STORE_OK; i++) {
        size_t len = t->value[i].len, at = 0;
        content(t->value[i].seed, data, len);
        status = store_open(&store, t->value[i].id, len);
        for (size_t piece = 1; status == STORE_OK && at < len; piece = piece * 3 % 101) {
            size_t take = piece < len - at ? piece : len - at;
            status = store_write(&store, data + at, take);
            at += take;
        }
    }
    if (status == STORE_OK && t->given_up) {
        store_abort(&store);
        return STORE_OK;
    }
    return status == STORE_OK ? store_commit(&store) : status;
}

#define SMALL_BANK   (12 * 1024)
#define TRANSACTIONS 90

START_TEST(script_without_cuts)
{
    struct model model = { 0 };
    unsigned banks_used = 0;
    blank(SMALL_BANK);
    for (uint32_t n = 0; n < TRANSACTIONS; n++) {
        struct transaction t = scripted(n);
        unsigned bank = store.bank;
        ck_assert_int_eq(run(&t), STORE_OK);
        banks_used += store.bank != bank;
        model_apply(&model, &t);
        ck_assert_msg(store_is(&model), "after transaction %u", n);
        ck_assert(store_mount(&store, &memory.port));
        ck_assert_msg(store_is(&model), "after transaction %u and a reset", n);
    }
    ck_assert_uint_gt(banks_used, 5); /* the script makes the store compact itself now and then */
}
END_TEST

/* After a cut: mounts, sees old or new, and then goes on to work. */
static void check_recovery(const struct model *old, const struct model *new, uint32_t n, long cut)
{
    card_memory_reset(&memory); /* ends the cut; the card on top finds no PINs, which is its own affair */
    ck_assert_msg(store_mount(&store, &memory.port), "transaction %u, cut at %ld: not mounted", n, cut);
    bool is_new = store_is(new);
    ck_assert_msg(is_new || store_is(old), "transaction %u, cut at %ld: neither old nor new", n, cut);
    struct model model = is_new ? *new : *old;
    struct transaction next = scripted(n + 1);
    next.given_up = false;
    ck_assert_msg(run(&next) == STORE_OK, "transaction %u, cut at %ld: can't go on", n, cut);
    model_apply(&model, &next);
    ck_assert(store_mount(&store, &memory.port));
    ck_assert_msg(store_is(&model), "transaction %u, cut at %ld: lost afterwards", n, cut);
}

/* _i is the way of cutting. Each transaction is tried from the same memory with a cut at each of its operations. */
START_TEST(cut_at_every_operation)
{
    static uint8_t before[sizeof memory.banks];
    struct model old = { 0 };
    unsigned long cuts = 0;
    blank(SMALL_BANK);
    for (uint32_t n = 0; n < TRANSACTIONS; n++) {
        struct transaction t = scripted(n);
        struct model new = old;
        model_apply(&new, &t);
        memcpy(before, memory.banks, sizeof before);
        bool over = false;
        for (long cut = 0; !over; cut++) {
            put_back(before);
            ck_assert(store_mount(&store, &memory.port));
            memory.cut = (enum card_memory_cut)_i;
            memory.operations = 0;
            memory.cut_at = cut;
            enum store_status status = run(&t);
            over = !memory.dead;
            ck_assert(over == (status == STORE_OK) || t.given_up);
            if (over)
                break;
            cuts++;
            check_recovery(&old, &new, n, cut);
        }
        /* the last run had no cut: its memory is where the next one starts */
        memory.cut_at = -1;
        old = new;
    }
    ck_assert_uint_gt(cuts, 1500);
}
END_TEST

/* A cut, and another one while the store recovers from it. */
START_TEST(cut_during_recovery)
{
    static uint8_t before[sizeof memory.banks], between[sizeof memory.banks];
    struct model old = { 0 };
    blank(SMALL_BANK);
    for (uint32_t n = 0; n < 30; n++) { /* somewhere into the script */
        struct transaction t = scripted(n);
        ck_assert_int_eq(run(&t), STORE_OK);
        model_apply(&old, &t);
    }
    struct transaction t = scripted(31), again = scripted(32);
    memcpy(before, memory.banks, sizeof before);
    for (long first = 0;; first++) {
        put_back(before);
        ck_assert(store_mount(&store, &memory.port));
        memory.cut = (enum card_memory_cut)_i;
        memory.operations = 0;
        memory.cut_at = first;
        (void)run(&t);
        if (!memory.dead)
            break;
        card_memory_reset(&memory);
        ck_assert(store_mount(&store, &memory.port));
        struct model base = old, new;
        model_apply(&base, &t);
        base = store_is(&base) ? base : old;
        new = base;
        model_apply(&new, &again);
        memcpy(between, memory.banks, sizeof between);
        for (long second = 0;; second++) {
            put_back(between);
            ck_assert(store_mount(&store, &memory.port));
            memory.operations = 0;
            memory.cut_at = second;
            (void)run(&again);
            if (!memory.dead)
                break;
            check_recovery(&base, &new, 32, second);
        }
        memory.cut_at = -1;
    }
}
END_TEST

/* The longest value, in the least memory a port may have, replaced while the old one must stay. */
START_TEST(longest_value)
{
    static uint8_t data[STORE_VALUE_MAX + 1], got[STORE_VALUE_MAX];
    blank(CARD_MEMORY_BANK_LEN);
    for (uint32_t n = 0; n < 8; n++) {
        content(n, data, sizeof data);
        ck_assert_int_eq(put_one(1, data, STORE_VALUE_MAX), STORE_OK);
        ck_assert_uint_eq(store_len(&store, 1), STORE_VALUE_MAX);
        ck_assert(store_read(&store, 1, 0, got, STORE_VALUE_MAX));
        ck_assert_mem_eq(got, data, STORE_VALUE_MAX);
        ck_assert(!store_read(&store, 1, 1, got, STORE_VALUE_MAX));
        ck_assert(!store_read(&store, 1, STORE_VALUE_MAX + 1, got, 0));
    }
    ck_assert_int_eq(put_one(2, data, STORE_VALUE_MAX + 1), STORE_FAILED);
    ck_assert_int_eq(put_one(2, data, 5), STORE_OK);
}
END_TEST

START_TEST(full_changes_nothing)
{
    static uint8_t data[4096], got[4096];
    uint16_t id = 1;
    blank(SMALL_BANK);
    content(0, data, sizeof data);
    enum store_status status;
    while ((status = put_one(id, data, 1000)) == STORE_OK)
        id++;
    ck_assert_int_eq(status, STORE_FULL);
    ck_assert_uint_gt(id, 5);
    for (int round = 0; round < 2; round++) {
        for (uint16_t i = 1; i < id; i++) {
            ck_assert(store_read(&store, i, 0, got, 1000));
            ck_assert_mem_eq(got, data, 1000);
        }
        ck_assert_uint_eq(store_len(&store, id), 0);
        ck_assert(store_mount(&store, &memory.port));
    }
    for (uint16_t i = 1; i <= 3; i++) /* what is small still can be written, in the reserve */
        ck_assert_int_eq(put_one((uint16_t)(id + i), data, STORE_SMALL), STORE_OK);
    for (int i = 0; i < 500; i++)
        ck_assert_int_eq(put_one(id, data + i, 1), STORE_OK);
    for (uint16_t i = 1; i <= 3; i++) /* and room be made */
        ck_assert_int_eq(put_one(i, data, 0), STORE_OK);
    ck_assert_int_eq(put_one(1, data, 900), STORE_OK);
}
END_TEST

START_TEST(index_full_changes_nothing)
{
    uint8_t byte = 7;
    blank(CARD_MEMORY_BANK_LEN);
    for (uint16_t id = 1; id <= STORE_ENTRIES; id++)
        ck_assert_int_eq(put_one(id, &byte, 1), STORE_OK);
    ck_assert_int_eq(put_one(STORE_ENTRIES + 1, &byte, 1), STORE_FULL);
    byte = 8;
    ck_assert_int_eq(put_one(STORE_ENTRIES, &byte, 1), STORE_OK);
    ck_assert(store_mount(&store, &memory.port));
    ck_assert_uint_eq(store_len(&store, STORE_ENTRIES), 1);
    ck_assert_uint_eq(store_len(&store, STORE_ENTRIES + 1), 0);
    ck_assert_int_eq(put_one(1, NULL, 0), STORE_OK);
    ck_assert_int_eq(put_one(STORE_ENTRIES + 1, &byte, 1), STORE_OK);
}
END_TEST

START_TEST(calls_out_of_order)
{
    const uint8_t data[8] = { 0 };
    blank(SMALL_BANK);
    ck_assert_int_eq(store_open(&store, 1, 4), STORE_FAILED); /* no transaction */
    ck_assert_int_eq(store_commit(&store), STORE_FAILED);
    ck_assert_int_eq(store_begin(&store, 0, 0), STORE_FAILED);
    ck_assert_int_eq(store_begin(&store, STORE_STAGED + 1, 0), STORE_FAILED);
    ck_assert_int_eq(store_begin(&store, 1, SIZE_MAX), STORE_FULL);
    ck_assert_int_eq(store_begin(&store, 1, SIZE_MAX - 64), STORE_FULL);
    ck_assert_int_eq(store_begin(&store, 1, 8), STORE_OK);
    ck_assert_int_eq(store_begin(&store, 1, 8), STORE_FAILED); /* one at a time */
    ck_assert_int_eq(store_open(&store, 1, 8), STORE_OK);
    ck_assert_int_eq(store_write(&store, data, 7), STORE_OK);
    ck_assert_int_eq(store_commit(&store), STORE_FAILED); /* a byte is missing */
    ck_assert_uint_eq(store_len(&store, 1), 0);
    ck_assert_int_eq(store_begin(&store, 1, 8), STORE_OK);
    ck_assert_int_eq(store_open(&store, 1, 8), STORE_OK);
    ck_assert_int_eq(store_write(&store, data, 8), STORE_OK);
    ck_assert_int_eq(store_write(&store, data, 1), STORE_FAILED); /* one too many */
    ck_assert_int_eq(put_one(1, data, 8), STORE_OK);
    ck_assert_int_eq(put_one(0x0000, data, 8), STORE_FAILED); /* numbers that the layout uses itself */
    ck_assert_int_eq(put_one(0xFFFF, data, 8), STORE_FAILED);
    ck_assert_uint_eq(store_len(&store, 1), 8);
}
END_TEST

/* A memory that fails while the power stays: nothing is written any more, what was committed is read. */
START_TEST(memory_fails)
{
    const uint8_t data[8] = { 1, 2, 3 };
    blank(SMALL_BANK);
    ck_assert_int_eq(put_one(1, data, 8), STORE_OK);
    memory.cut_at = 1;
    memory.operations = 0;
    ck_assert_int_eq(put_one(2, data, 8), STORE_FAILED);
    memory.dead = false;
    memory.cut_at = -1;
    ck_assert_int_eq(put_one(3, data, 8), STORE_FAILED);
    ck_assert_uint_eq(store_len(&store, 1), 8);
    ck_assert(store_mount(&store, &memory.port));
    ck_assert_int_eq(put_one(3, data, 8), STORE_OK);
    ck_assert_uint_eq(store_len(&store, 2), 0);
}
END_TEST

/* The check value of CRC-32 (ISO/IEC 8802-3), which is taken complemented; and in pieces. */
START_TEST(checksum)
{
    const uint8_t digits[] = "123456789";
    ck_assert_uint_eq(~crc32_update(CRC32_START, digits, 9), 0xCBF43926u);
    ck_assert_uint_eq(~crc32_update(crc32_update(CRC32_START, digits, 4), digits + 4, 5), 0xCBF43926u);
}
END_TEST

/* Each single bit of what a store holds: changed, it is never read as something else. */
START_TEST(no_changed_bit_is_read)
{
    static uint8_t before[sizeof memory.banks];
    uint8_t data[40], got[40];
    blank(SMALL_BANK);
    content(1, data, sizeof data);
    ck_assert_int_eq(put_one(1, data, sizeof data), STORE_OK);
    memcpy(before, memory.banks, sizeof before);
    for (size_t bit = 0; bit < store.end * 8; bit++) {
        memory.banks[0][bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (store_mount(&store, &memory.port) && store_len(&store, 1) == sizeof data &&
            store_read(&store, 1, 0, got, sizeof got))
            ck_assert_msg(memcmp(got, data, sizeof got) == 0, "bit %zu is not covered", bit);
        put_back(before);
    }
    ck_assert(store_mount(&store, &memory.port));
    ck_assert(store_read(&store, 1, 0, got, sizeof got));
}
END_TEST

static enum store_status stream_one(uint16_t id, const uint8_t *data, size_t len)
{
    enum store_status status = store_stream_open(&store, id, len);
    for (size_t at = 0; at < len && status == STORE_OK; at += 255) {
        uint8_t counter = (uint8_t)(at / 255);
        status = store_stream_write(&store, data + at, len - at < 255 ? len - at : 255);
        if (status == STORE_OK)
            status = put_one(50, &counter, 1); /* another's commit between any two pieces */
    }
    return status == STORE_OK ? store_stream_commit(&store) : status;
}

/* A long value and a counter that is written all the while; the memory is so small that it is compacted on the way. */
START_TEST(stream_beside_transactions)
{
    static uint8_t data[8000], got[8000];
    blank(24 * 1024);
    for (uint32_t n = 0; n < 12; n++) {
        content(n, data, sizeof data);
        size_t len = sizeof data - n;
        ck_assert_int_eq(stream_one(1, data, len), STORE_OK);
        for (int mounted = 0; mounted < 2; mounted++) {
            ck_assert_uint_eq(store_len(&store, 1), len);
            ck_assert(store_read(&store, 1, 0, got, len));
            ck_assert_mem_eq(got, data, len);
            ck_assert(store_read(&store, 50, 0, got, 1));
            ck_assert_uint_eq(got[0], (len - 1) / 255);
            ck_assert(store_mount(&store, &memory.port));
        }
    }
    ck_assert_uint_gt(memory.erases, 8);
}
END_TEST

/* What an aborted stream wrote takes no room for long, and the old value stays. */
START_TEST(stream_given_up)
{
    static uint8_t data[8000];
    uint8_t got[40];
    blank(SMALL_BANK);
    content(3, data, sizeof data);
    ck_assert_int_eq(put_one(1, data, 40), STORE_OK);
    for (int round = 0; round < 20; round++) {
        ck_assert_int_eq(store_stream_open(&store, 1, sizeof data), STORE_OK);
        ck_assert_int_eq(store_stream_open(&store, 2, 4), STORE_FAILED); /* one at a time */
        ck_assert_int_eq(store_stream_write(&store, data, sizeof data - 1), STORE_OK);
        if (round % 3 == 0)
            ck_assert(store_mount(&store, &memory.port));
        else if (round % 3 == 1)
            store_abort(&store);
        else
            ck_assert_int_eq(store_stream_commit(&store), STORE_FAILED); /* a byte is missing */
        ck_assert_uint_eq(store_len(&store, 1), 40);
        ck_assert(store_read(&store, 1, 0, got, sizeof got));
        ck_assert_mem_eq(got, data, sizeof got);
    }
    ck_assert_int_eq(store_stream_open(&store, 2, sizeof data + 3000), STORE_FULL);
    ck_assert_int_eq(store_stream_write(&store, data, 1), STORE_FAILED);
    ck_assert_int_eq(put_one(2, data, 300), STORE_OK);
}
END_TEST

START_TEST(wear_is_counted)
{
    uint8_t byte = 0;
    blank(SMALL_BANK);
    for (int n = 0; n < 3000; n++, byte++)
        ck_assert_int_eq(put_one(1, &byte, 1), STORE_OK);
    for (int mounted = 0; mounted < 2; mounted++) {
        ck_assert_uint_eq(store_wear(&store, 0) + store_wear(&store, 1), memory.erases);
        ck_assert(store_mount(&store, &memory.port));
    }
    ck_assert_uint_gt(memory.erases, 6);
    ck_assert_uint_lt(memory.erases, 3000 * 40 / SMALL_BANK + 6); /* 40 bytes a counter */
    ck_assert_uint_le(store_wear(&store, 0), store_wear(&store, 1) + 1);
    ck_assert_uint_le(store_wear(&store, 1), store_wear(&store, 0) + 1);
}
END_TEST

/* A compaction dies before the first seal of its bank, and goes on in the old one; then that seal, which was torn,
 * reads as whole. The new bank has lost for ever. */
START_TEST(loser_stays_loser)
{
    static uint8_t before[sizeof memory.banks], data[700];
    const uint8_t seal[] = { 0x5E, 0xA1, 0x5E, 0xA1 };
    uint8_t small = 0;
    unsigned losers = 0;
    blank(4096);
    while (4096 - store.end > 600) {
        small++;
        ck_assert_int_eq(put_one(2, &small, 1), STORE_OK);
    }
    memcpy(before, memory.banks, sizeof before);
    for (long cut = 0; !memory.dead || cut < 1000; cut++) {
        put_back(before);
        memory.dead = false;
        memory.cut_at = -1;
        ck_assert(store_mount(&store, &memory.port));
        unsigned old = store.bank;
        memory.operations = 0;
        memory.cut_at = cut;
        memory.cut = CUT_BEFORE;
        if (put_one(1, data, sizeof data) == STORE_OK)
            break;
        memory.dead = false;
        memory.cut_at = -1;
        ck_assert(store_mount(&store, &memory.port));
        if (store.bank != old || memcmp(memory.banks[1 - old], "SDC2", 4) != 0)
            continue;
        small = (uint8_t)(cut + 100);
        ck_assert_int_eq(put_one(2, &small, 1), STORE_OK);
        ck_assert_uint_eq(store.bank, old);
        memcpy(&memory.banks[1 - old][24], seal, sizeof seal);
        ck_assert(store_mount(&store, &memory.port));
        uint8_t got = 0;
        ck_assert(store_read(&store, 2, 0, &got, 1));
        ck_assert_uint_eq(got, small);
        losers++;
    }
    ck_assert_uint_gt(losers, 0);
}
END_TEST

START_TEST(nothing_to_mount)
{
    card_memory_port(&memory);
    ck_assert(!store_mount(&store, &memory.port));
    blank(SMALL_BANK);
    memory.banks[0][5] ^= 1;
    ck_assert(!store_mount(&store, &memory.port));
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { script_without_cuts, 0 },
        { cut_at_every_operation, 3 },
        { cut_during_recovery, 3 },
        { longest_value, 0 },
        { full_changes_nothing, 0 },
        { index_full_changes_nothing, 0 },
        { calls_out_of_order, 0 },
        { memory_fails, 0 },
        { checksum, 0 },
        { no_changed_bit_is_read, 0 },
        { stream_beside_transactions, 0 },
        { stream_given_up, 0 },
        { wear_is_counted, 0 },
        { loser_stays_loser, 0 },
        { nothing_to_mount, 0 },
    };
    return suite_run("applet store", tests, sizeof tests / sizeof tests[0]);
}
