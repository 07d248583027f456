/* SPDX-License-Identifier: BSD-2-Clause */
/* The change-over from the transport keys to the card's own, by sdc_issue: the card's power fails at each flash
 * operation, or the station at each APDU. The next issue finds the key set that the card has, and the card's own count
 * says that no wrong one was tried. */
#include "card_edge.h"
#include "issue_kit.h"
#include "issuer_private.h"
#include "suite.h"

#include "sdc/domain.h"

#include <string.h>

static struct kit kit;
static struct card_memory card;
static long cut_at; /* the power fails at this flash operation from the session with the transport keys on */
static enum card_memory_cut cut;
static unsigned opened; /* sessions, by either key set */
static bool own_opened; /* one of them by the card's own */

static struct core *core(void)
{
    return (struct core *)(void *)card.card.state;
}

static struct counters counters(void)
{
    struct counters now;
    ck_assert(counters_read(core(), &now));
    return now;
}

static uint8_t key_version(void)
{
    struct key_set keys;
    ck_assert(key_set_read(core(), &keys));
    return keys.version;
}

/* Counts the sessions. The first one with the card's own keys is the end of what is looked at here. */
static void watch(struct kit *k, const uint8_t *cmd)
{
    if (card.dead)
        return;
    if (cmd[1] == INS_INITIALIZE_UPDATE && cut_at >= 0) {
        card.cut_at = (long)card.operations + cut_at;
        card.cut = cut;
        cut_at = -1;
    }
    if (cmd[1] != INS_EXTERNAL_AUTHENTICATE || core()->channel.state != CHANNEL_OPEN)
        return;
    opened++;
    own_opened = key_version() != KEY_VERSION_TRANSPORT;
    k->gone = k->gone || own_opened;
}

/* One issue until the card's own keys have opened a session, or until it is cut short. True in the first case. */
static bool issue(long fail_at, enum kit_fault fault)
{
    struct sdc_issued issued;
    opened = 0;
    own_opened = false;
    kit_link(&kit, &card, fail_at, fault, true);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_REMOVED);
    return own_opened;
}

static struct sdc_scp03_keys transport(void)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    struct sdc_scp03_keys keys = { .version = KEY_VERSION_TRANSPORT, .len = sizeof known };
    memcpy(keys.enc, known, sizeof known);
    memcpy(keys.mac, known, sizeof known);
    memcpy(keys.dek, known, sizeof known);
    return keys;
}

/* The card after the first issue's end: a second one opens it, at the first attempt. Returns whether it had the
 * transport keys still. */
static bool recover(void)
{
    const struct sdc_scp03_keys keys = transport();
    struct sdc_scp03 *session = NULL;
    card_memory_reset(&card);
    bool old = key_version() == KEY_VERSION_TRANSPORT;
    struct counters before = counters();
    ck_assert_uint_le(before.failures, 1); /* 1: a right one, cut short between its two counts */
    bool finished = issue(-1, KIT_BEFORE);
    ck_assert_msg(finished, "%s", kit_error.text);
    ck_assert_uint_eq(opened, old ? 2 : 1);
    ck_assert_uint_eq(kit.wrong, 0);
    ck_assert_uint_eq(counters().failures, 0);
    ck_assert_uint_eq(counters().sequence, before.sequence + opened); /* every try that it counted was right */
    kit.after = NULL;
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(sdc_domain_select(kit.link, NULL), SDC_OK);
    ck_assert_int_eq(sdc_scp03_open(kit.link, &keys, SDC_SCP03_FULL, false, &session, NULL), SDC_E_NOT_FOUND);
    return old;
}

static void begin(unsigned run)
{
    kit_rename_request(&kit, 0, run);
    kit_blank(&card, run);
    kit.after = watch;
    cut_at = -1;
}

START_TEST(power_fails)
{
    unsigned old = 0, own = 0, run = 0;
    kit_open(&kit);
    for (bool finished = false; !finished;) {
        begin(++run);
        cut_at = (long)run - 1;
        cut = (enum card_memory_cut)_i;
        finished = issue(-1, KIT_BEFORE); /* past the last operation */
        if (recover())
            old++;
        else
            own++;
    }
    ck_assert_uint_gt(old, 20);
    ck_assert_uint_gt(own, 20);
    kit_close(&kit);
}
END_TEST

/* Before (even _i) and after each APDU, from the first on. */
START_TEST(station_stops)
{
    unsigned old = 0, own = 0, run = 0;
    kit_open(&kit);
    for (bool finished = false; !finished;) {
        begin(++run);
        finished = issue((long)run - 1, _i == 0 ? KIT_BEFORE : KIT_AFTER);
        if (recover())
            old++;
        else
            own++;
    }
    ck_assert_uint_gt(old, 3);
    ck_assert_uint_gt(own, 2);
    kit_close(&kit);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { power_fails, CUT_WAYS }, { station_stops, 2 } };
    return suite_run("issue-change-over", tests, sizeof tests / sizeof *tests);
}
