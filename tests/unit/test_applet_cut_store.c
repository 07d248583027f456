/* SPDX-License-Identifier: BSD-2-Clause */
/* Power cuts over the store: a script of transactions (tries of a PIN, key changes, objects, a stream beside other
 * transactions, deletions, transactions given up); at every word programmed and every erasure the power fails in four
 * ways, recovers, and fails again at every operation of the recovery and at some of what follows it. Whatever was
 * acknowledged is there, nothing is half there, and what the first mount after a cut found is found by every later one,
 * though torn words read differently each time.
 *   test_applet_cut_store [--all]     all cuts, or one in SAMPLE (default) */
#include <stdio.h>
#include <string.h>

#include "card_memory.h"
#include "store.h"
#include "suite.h"

enum {
    SAMPLE = 67,
    BANK = 6 * 1024,
    SCRIPT = 80,
    IDS = 20,
    TRIES = 1, /* the number of the retry counter */
    PROBE = 20,
    STATES = 3,
};

static const enum card_memory_cut ways[] = { CUT_BEFORE, CUT_AFTER, CUT_UNSTABLE, CUT_RANDOM };

static struct card_memory memory;
static struct store store;
static bool all;
static unsigned long first_cuts, second_cuts;

/* ---- banks with what is unstable in them ---- */

struct snapshot {
    uint8_t banks[CARD_NV_BANKS][BANK], before[CARD_NV_BANKS][BANK];
    bool unstable, by_words;
};

static void save(struct snapshot *s)
{
    for (unsigned bank = 0; bank < CARD_NV_BANKS; bank++) {
        memcpy(s->banks[bank], memory.banks[bank], BANK);
        memcpy(s->before[bank], memory.before[bank], BANK);
    }
    s->unstable = memory.unstable;
    s->by_words = memory.by_words;
}

static void put_back(const struct snapshot *s)
{
    for (unsigned bank = 0; bank < CARD_NV_BANKS; bank++) {
        memcpy(memory.banks[bank], s->banks[bank], BANK);
        memcpy(memory.before[bank], s->before[bank], BANK);
    }
    memory.unstable = s->unstable;
    memory.by_words = s->by_words;
    memory.dead = false;
    memory.cut_at = -1;
}

static void power_on(void)
{
    memory.dead = false;
    memory.cut_at = -1;
}

static void plan_cut(long at, enum card_memory_cut cut)
{
    power_on();
    memory.operations = 0;
    memory.cut_at = at;
    memory.cut = cut;
}

/* ---- the script and what it makes of the store ---- */

static uint32_t mix(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7FEB352Du;
    x ^= x >> 15;
    x *= 0x846CA68Bu;
    return x ^ x >> 16;
}

struct value {
    uint16_t id;
    uint16_t len;
    uint32_t seed;
};

/* One commit of up to four values. */
struct change {
    unsigned count;
    struct value value[4];
};

/* A step of the script: one change; or one that is streamed, with another in the middle; or one that is given up. */
struct step {
    struct change change, amid;
    bool streamed, given_up;
};

struct model {
    struct value value[IDS + 1];
};

/* Commits of a step: what the store holds before the first and after each of them. */
struct course {
    struct model state[STATES];
    unsigned last;
};

static void content(const struct value *value, uint8_t *out)
{
    for (uint32_t i = 0; i < value->len; i++)
        out[i] = value->id == TRIES ? (uint8_t)value->seed : (uint8_t)mix(value->seed + i);
}

static struct change tries(uint32_t left)
{
    return (struct change) { .count = 1, .value = { { TRIES, 1, left } } };
}

static struct step step_of(uint32_t n)
{
    uint32_t r = mix(n + 77);
    struct step s = { .change = tries(3 - n % 8 / 2) };
    uint16_t object = (uint16_t)(8 + r % 8);
    switch (n % 8) {
    case 0:
    case 2:
    case 4: /* a try, and one that was right: 3, 2, 1 */
        break;
    case 1: /* three keys at once */
        s.change.count = 3;
        for (uint16_t i = 0; i < 3; i++)
            s.change.value[i] = (struct value) { (uint16_t)(2 + i), (uint16_t)(n % 16 == 1 ? 16 : 32), r + i };
        break;
    case 3: /* a long object, and a try of the PIN while it arrives */
        s.streamed = true;
        s.change = (struct change) { 1, { { object, (uint16_t)(200 + r % 500), r } } };
        s.amid = tries(1);
        break;
    case 5: /* an object and a deletion */
        s.change =
            (struct change) { 2, { { object, (uint16_t)(1 + r % 90), r }, { (uint16_t)(8 + (r + 3) % 8), 0, 0 } } };
        break;
    case 6: /* given up */
        s.given_up = true;
        s.streamed = n % 16 == 6;
        s.change = (struct change) { 1, { { object, (uint16_t)(1 + r % 300), r } } };
        break;
    default: /* a new PIN with its counter */
        s.change = (struct change) { 2, { { 6, 18, r }, { TRIES, 1, 3 } } };
        break;
    }
    return s;
}

static void apply(struct model *model, const struct change *change)
{
    for (unsigned i = 0; i < change->count; i++)
        model->value[change->value[i].id] = change->value[i];
}

static struct course course_of(const struct model *old, const struct step *step)
{
    struct course c = { .state = { *old } };
    const struct change *changes[] = { &step->amid, step->given_up ? NULL : &step->change };
    for (unsigned i = 0; i < 2; i++)
        if (changes[i] != NULL && changes[i]->count > 0) {
            c.state[c.last + 1] = c.state[c.last];
            apply(&c.state[++c.last], changes[i]);
        }
    return c;
}

static bool holds(const struct model *model)
{
    uint8_t expected[1024], got[1024];
    for (unsigned i = 1; i <= IDS; i++) {
        const uint16_t id = (uint16_t)i;
        const struct value *value = &model->value[id];
        if (store_len(&store, id) != value->len)
            return false;
        content(value, expected);
        if (value->len > 0 && (!store_read(&store, id, 0, got, value->len) || memcmp(got, expected, value->len) != 0))
            return false;
    }
    return true;
}

/* ---- running ---- */

static bool commit_change(const struct change *change, bool given_up)
{
    uint8_t data[1024];
    size_t bytes = 0;
    for (unsigned i = 0; i < change->count; i++)
        bytes += change->value[i].len;
    enum store_status status = store_begin(&store, change->count, bytes);
    for (unsigned i = 0; i < change->count && status == STORE_OK; i++) {
        content(&change->value[i], data);
        status = store_put(&store, change->value[i].id, data, change->value[i].len);
    }
    if (status == STORE_OK && given_up)
        store_abort(&store);
    else if (status == STORE_OK)
        status = store_commit(&store);
    return status == STORE_OK;
}

/* *acknowledged counts the commits that came back. */
static void run(const struct step *step, unsigned *acknowledged)
{
    uint8_t data[1024];
    *acknowledged = 0;
    if (!step->streamed) {
        *acknowledged = commit_change(&step->change, step->given_up) && !step->given_up;
        return;
    }
    const struct value *value = &step->change.value[0];
    size_t half = value->len / 2;
    content(value, data);
    if (store_stream_open(&store, value->id, value->len) != STORE_OK ||
        store_stream_write(&store, data, half) != STORE_OK)
        return;
    if (step->amid.count > 0 && !commit_change(&step->amid, false))
        return;
    *acknowledged = step->amid.count > 0;
    if (store_stream_write(&store, data + half, value->len - half) != STORE_OK)
        return;
    if (step->given_up)
        store_abort(&store);
    else if (store_stream_commit(&store) == STORE_OK)
        ++*acknowledged;
}

static int found(const struct course *course)
{
    for (unsigned i = 0; i <= course->last; i++)
        if (holds(&course->state[i]))
            return (int)i;
    return -1;
}

#define WHERE "step %u, cut %ld way %d, then %ld way %d"
struct place {
    unsigned n;
    long first, second;
    int way, again;
};
#define AT(p) (p)->n, (p)->first, (p)->way, (p)->second, (p)->again

/* The first mount decides; every later one finds the same. Returns which state it is, within what was acknowledged. */
static unsigned settle(const struct course *course, unsigned acknowledged, const struct place *p)
{
    power_on();
    ck_assert_msg(store_mount(&store, &memory.port), WHERE ": not mounted", AT(p));
    int state = found(course);
    ck_assert_msg(state >= 0, WHERE ": half a state", AT(p));
    ck_assert_msg((unsigned)state >= acknowledged, WHERE ": lost what was acknowledged", AT(p));
    ck_assert_msg((unsigned)state <= acknowledged + 1, WHERE ": what was not begun is there", AT(p));
    for (int i = 0; i < 2; i++) {
        ck_assert_msg(store_mount(&store, &memory.port), WHERE ": not mounted again", AT(p));
        ck_assert_msg(holds(&course->state[state]), WHERE ": decided anew", AT(p));
    }
    return (unsigned)state;
}

static struct step probe(unsigned n)
{
    return (struct step) { .change = { 1, { { PROBE, 5, mix(n) } } } };
}

/* It goes on to work. */
static void work(const struct model *from, const struct place *p)
{
    struct step step = probe(p->n);
    unsigned acknowledged;
    struct course course = course_of(from, &step);
    run(&step, &acknowledged);
    ck_assert_msg(acknowledged == 1, WHERE ": can't go on", AT(p));
    settle(&course, 1, p);
}

/* The power fails again at operation 'second' of the mount and a transaction after it. False where there is none. */
static bool cut_again(const struct snapshot *cut, const struct course *course, unsigned acknowledged, struct place *p)
{
    struct step step = probe(p->n + 1000);
    unsigned probed = 0;
    put_back(cut);
    plan_cut(p->second, ways[p->again]);
    if (store_mount(&store, &memory.port)) {
        int state = found(course);
        ck_assert_msg(state >= (int)acknowledged && (unsigned)state <= acknowledged + 1, WHERE ": half", AT(p));
        struct course after = course_of(&course->state[state], &step);
        run(&step, &probed);
        if (!memory.dead)
            return false;
        second_cuts++;
        work(&after.state[settle(&after, probed, p)], p);
        return true;
    }
    ck_assert_msg(memory.dead, WHERE ": not mounted", AT(p));
    second_cuts++;
    work(&course->state[settle(course, acknowledged, p)], p);
    return true;
}

/* All operations of the mount and the first that follow; of a compaction some. */
static void cut_recovery(const struct course *course, unsigned acknowledged, struct place *p)
{
    static struct snapshot cut;
    save(&cut);
    for (p->again = 0; p->again < 4; p->again++) {
        uint32_t stride = 1;
        for (p->second = 0; cut_again(&cut, course, acknowledged, p); p->second += stride)
            stride = p->second < 12 ? 1 : 1 + mix((uint32_t)p->second + p->n) % (all ? 300 : 900);
    }
    p->second = p->again = -1;
    put_back(&cut);
}

/* False where the step has no operation of this number. */
static bool cut_step(const struct snapshot *from, const struct step *step, const struct course *course, struct place *p)
{
    unsigned acknowledged;
    put_back(from);
    ck_assert(store_mount(&store, &memory.port));
    plan_cut(p->first, ways[p->way]);
    run(step, &acknowledged);
    if (!memory.dead)
        return false;
    first_cuts++;
    cut_recovery(course, acknowledged, p);
    work(&course->state[settle(course, acknowledged, p)], p);
    return true;
}

START_TEST(cut_everywhere)
{
    static struct snapshot from;
    struct model model = { 0 };
    unsigned acknowledged;
    card_memory_port(&memory);
    memory.port.bank_len = BANK;
    ck_assert(store_format(&memory.port));
    for (unsigned n = 0; n < SCRIPT; n++) {
        struct step step = step_of(n);
        struct course course = course_of(&model, &step);
        save(&from);
        for (int way = 0; way < 4; way++) {
            struct place p = { .n = n, .first = 0, .second = -1, .way = way, .again = -1 };
            while (cut_step(&from, &step, &course, &p)) /* the first words of a step are always among them */
                p.first += all || p.first < 3 ? 1 : 1 + mix((uint32_t)p.first + n * 4 + (unsigned)way) % SAMPLE;
        }
        put_back(&from);
        ck_assert(store_mount(&store, &memory.port));
        run(&step, &acknowledged);
        ck_assert_uint_eq(acknowledged, course.last);
        model = course.state[course.last];
        ck_assert(holds(&model));
    }
    ck_assert_uint_gt(store_wear(&store, 0), 4); /* compactions were among it */
    printf("store: %d transactions, %lu cuts, %lu more during recovery; nothing lost, nothing half\n", SCRIPT,
           first_cuts, second_cuts);
    fflush(stdout);
    ck_assert_uint_gt(first_cuts + second_cuts, all ? 20000 : 1000);
}
END_TEST

int main(int argc, char **argv)
{
    const struct suite_test tests[] = { { cut_everywhere, 0 } };
    all = argc == 2 && strcmp(argv[1], "--all") == 0;
    return suite_run("applet cut store", tests, sizeof tests / sizeof tests[0]);
}
