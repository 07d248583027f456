/* SPDX-License-Identifier: BSD-2-Clause */
/* Issues that are cut short: at every APDU, by power cuts of the card, by SIGKILL of the station, with the wrong card
 * put in afterwards. Always the same end: one verified card, no GUID twice, nothing begun and forgotten. */
#include "card_edge.h"
#include "card_issue.h"
#include "issue_kit.h"
#include "suite.h"

#include "sdc/domain.h"
#include "sdc/piv.h"
#include "sdc/registry.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct kit kit;
static struct card_memory card, second;
static const uint8_t blank_key[] = { BLANK_MANAGEMENT_KEY };

static struct sdc_registry_health health(void)
{
    struct sdc_registry_health h;
    ck_assert_int_eq(sdc_registry_examine(temp_path(kit.home, "registry.sqlite"), &h, NULL), SDC_OK);
    return h;
}

/* The request's row; false where there is none. */
static bool row_of(struct sdc_card_row *row)
{
    struct sdc_registry *registry = NULL;
    bool found = false;
    ck_assert_int_eq(sdc_registry_open(temp_path(kit.home, "registry.sqlite"), false, &registry, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_find_request(registry, kit.batch.records[0].transaction_id, row, &found, NULL),
                     SDC_OK);
    sdc_registry_close(registry);
    return found;
}

/* The card behind the link is finished: it verifies, as this GUID, and the blank's key is gone. */
static void check_finished(const struct sdc_issued *issued)
{
    struct sdc_card_row row;
    char transport[9], text[SDC_UUID_TEXT];
    uint8_t guid[16];
    ck_assert(row_of(&row));
    ck_assert_int_eq(row.state, SDC_CARD_ISSUED);
    ck_assert_str_eq(row.guid, issued->guid);
    ck_assert_int_eq(kit_verdict(&kit, NULL), SDC_VERDICT_ACCEPT);
    ck_assert_int_eq(sdc_piv_select(kit.link, NULL), SDC_OK);
    ck_assert_int_eq(sdc_piv_get_guid(kit.link, guid, NULL), SDC_OK);
    sdc_uuid_text(guid, text);
    ck_assert_str_eq(text, issued->guid);
    enum sdc_status status = sdc_piv_admin(kit.link, blank_key, NULL);
    ck_assert(status == SDC_E_DENIED || status == SDC_E_SIGNATURE);
    kit_transport(issued, transport);
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, "135790", 6, NULL), SDC_OK);
    ck_assert_int_eq(kit_verdict(&kit, "135790"), SDC_VERDICT_ACCEPT);
}

#define LOOK_APDUS 4 /* SELECT, state, key information, serial number: nothing is entered before */

/* With the same card: taken up, under the same GUID and number. */
static void take_up(bool extended)
{
    struct sdc_card_row before;
    struct sdc_issued issued;
    bool begun = row_of(&before);
    kit_link(&kit, &card, -1, KIT_BEFORE, extended);
    ck_assert_msg(kit_issue(&kit, 0, &issued) == SDC_OK, "%s", kit_error.text);
    ck_assert_uint_eq(kit.wrong, 0); /* which keys the card has was found without a try */
    if (issued.repeated)             /* it was finished but for the caller's knowing */
        ck_assert(begun && before.state == SDC_CARD_ISSUED);
    ck_assert(!begun || strcmp(issued.guid, before.guid) == 0);
    ck_assert(!begun || strcmp(issued.document_number, before.document_number) == 0);
    check_finished(&issued);
}

/* Every APDU of an issue, dropped on its way there (even _i) or on its way back. Parts of it, so that they run as tests
 * of their own. Once the keys are changed over it is every third one, on the way back the one after it; all of them
 * where SDC_LONG is set. */
#define PARTS         8
#define CHANGED_APDUS 16 /* by then the keys are changed over */
static bool sampled(long n, enum kit_fault fault)
{
    return n < CHANGED_APDUS || getenv("SDC_LONG") || n % 3 == (fault == KIT_AFTER);
}

START_TEST(every_apdu)
{
    struct sdc_issued issued;
    enum kit_fault fault = _i % 2 ? KIT_AFTER : KIT_BEFORE;
    bool whole = false;
    unsigned runs = 0;
    kit_open(&kit);
    for (long n = _i / 2; !whole; n += PARTS / 2) {
        if (!sampled(n, fault))
            continue;
        kit_rename_request(&kit, 0, ++runs);
        kit_blank(&card, runs);
        kit_link(&kit, &card, n, fault, true);
        enum sdc_status status = kit_issue(&kit, 0, &issued);
        whole = status == SDC_OK;
        kit.fail_at = -1;
        ck_assert_int_eq(row_of(&(struct sdc_card_row) { 0 }), n >= LOOK_APDUS);
        if (whole)
            check_finished(&issued);
        else
            take_up(true);
        ck_assert_msg(whole || status == SDC_E_REMOVED || status == SDC_E_SIGNATURE, "APDU %ld: %s", n, kit_error.text);
    }
    ck_assert_uint_gt(runs, getenv("SDC_LONG") ? 30 : 12);
    struct sdc_registry_health h = health();
    ck_assert_uint_eq(h.count[SDC_CARD_ACTIVE], runs);
    ck_assert_uint_eq(h.count[SDC_CARD_ASSIGNED] + h.count[SDC_CARD_SPOILED], 0);
    kit_close(&kit);
}
END_TEST

/* Cut short several times before it gets through, without extended length. */
START_TEST(again_and_again)
{
    static const long moments[][4] = { { 3, 5, 7, 9 },     { 60, 10, 100, 3 },   { 150, 160, 165, 170 },
                                       { 40, 40, 40, 40 }, { 172, 173, 174, 1 }, { 120, 121, 6, 5 } };
    struct sdc_issued issued;
    kit_open(&kit);
    for (unsigned i = 0; i < sizeof moments / sizeof *moments; i++) {
        kit_rename_request(&kit, 0, i + 1);
        kit_blank(&card, i);
        for (unsigned k = 0; k < 4; k++) {
            kit_link(&kit, &card, moments[i][k], k % 2 ? KIT_AFTER : KIT_BEFORE, false);
            ck_assert_int_ne(kit_issue(&kit, 0, &issued), SDC_OK);
        }
        take_up(false);
    }
    ck_assert_uint_eq(health().count[SDC_CARD_SPOILED], 0);
    kit_close(&kit);
}
END_TEST

/* The card's power fails in the middle of a flash operation. */
START_TEST(power_cuts)
{
    static const enum card_memory_cut cuts[] = { CUT_BEFORE, CUT_AFTER, CUT_TORN };
    struct sdc_issued issued;
    unsigned runs = 0;
    kit_open(&kit);
    kit_blank(&card, 0);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    card.operations = 0;
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK); /* how many operations are there? The reset starts anew. */
    long until = 400;
    for (long at = 0; at < until; at += getenv("SDC_LONG") ? 7 : 14) {
        kit_rename_request(&kit, 0, ++runs);
        kit_blank(&card, runs);
        kit_link(&kit, &card, -1, KIT_BEFORE, true);
        card.cut_at = at;
        card.cut = cuts[runs % 3];
        if (kit_issue(&kit, 0, &issued) == SDC_OK)
            until = at; /* past the last operation */
        else
            take_up(true);
    }
    ck_assert_uint_gt(runs, 10);
    struct sdc_registry_health h = health();
    ck_assert_uint_eq(h.count[SDC_CARD_ASSIGNED] + h.count[SDC_CARD_SPOILED], 0);
    kit_close(&kit);
}
END_TEST

/* ---- the station dies ---- */

static enum sdc_status kill_transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                     size_t *resp_len, struct sdc_error *e)
{
    struct kit *k = ctx;
    (void)e;
    if (k->fail_at-- == 0)
        raise(SIGKILL);
    *resp_len = card_memory_apdu(k->card, cmd, cmd_len, resp, cap);
    return SDC_OK;
}

static void child(struct card_memory *shared, long kill_at)
{
    static const struct sdc_link_ops ops = { .transmit = kill_transmit };
    struct sdc_issued issued;
    const uint8_t *atr;
    size_t atr_len;
    kit.station = temp_station_open(kit.home);
    card_memory_reset(shared);
    card_atr(&atr, &atr_len);
    kit.card = shared;
    kit.fail_at = kill_at;
    if (sdc_link_open_process(&ops, &kit, atr, atr_len, &kit.link, NULL) == SDC_OK)
        (void)kit_issue(&kit, 0, &issued);
    _exit(0);
}

START_TEST(station_killed)
{
    struct card_memory *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(shared, MAP_FAILED);
    sample_batch(&kit.batch);
    kit.home = temp_station();
    unsigned runs = 0;
    for (long at = 0; at < 45; at += at < CHANGED_APDUS ? 1 : 4) {
        kit_rename_request(&kit, 0, ++runs);
        kit_blank(shared, runs);
        pid_t pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid == 0)
            child(shared, at);
        int status = 0;
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        memcpy(&card, shared, sizeof card);
        card.port.ctx = &card;
        kit.station = temp_station_open(kit.home);
        take_up(true);
        sdc_station_close(kit.station);
    }
    ck_assert_uint_eq(health().count[SDC_CARD_ACTIVE], runs);
    ck_assert_uint_eq(health().count[SDC_CARD_SPOILED], 0);
    sdc_link_close(kit.link);
    sdc_batch_free(&kit.batch);
    munmap(shared, sizeof *shared);
}
END_TEST

/* ---- another card ---- */

/* Another blank takes over, whatever the first card holds by then: never two cards with one GUID. */
START_TEST(another_blank)
{
    struct sdc_issued issued;
    struct sdc_card_row before;
    uint8_t first[16], now[16];
    unsigned runs = 0, spoiled = 0;
    kit_open(&kit);
    for (long n = LOOK_APDUS; n < 51; n += 3) {
        kit_rename_request(&kit, 0, ++runs);
        kit_blank(&card, runs);
        kit_link(&kit, &card, n, n % 2 ? KIT_AFTER : KIT_BEFORE, true);
        ck_assert_int_ne(kit_issue(&kit, 0, &issued), SDC_OK);
        ck_assert(row_of(&before));
        kit_blank(&second, 1000 + runs);
        kit_link(&kit, &second, -1, KIT_BEFORE, true);
        ck_assert_msg(kit_issue(&kit, 0, &issued) == SDC_OK, "%s", kit_error.text);
        bool other = strcmp(issued.guid, before.guid) != 0;
        if (other) {
            spoiled++;
            ck_assert_str_ne(issued.document_number, before.document_number);
            ck_assert_int_ne(access(temp_path(kit.home, temp_path("letters", before.guid)), F_OK), 0);
        }
        check_finished(&issued);
        ck_assert_int_eq(sdc_piv_select(kit.link, NULL), SDC_OK);
        ck_assert_int_eq(sdc_piv_get_guid(kit.link, now, NULL), SDC_OK);
        kit_link(&kit, &card, -1, KIT_BEFORE, true); /* the first card, put in again */
        ck_assert_int_eq(sdc_piv_select(kit.link, NULL), SDC_OK);
        if (sdc_piv_get_guid(kit.link, first, NULL) == SDC_OK) {
            ck_assert_mem_ne(first, now, 16);
            ck_assert_int_ne(sdc_handover(kit.station, kit.link, "11111111", 8, "123456", 6, NULL), SDC_OK);
        }
        ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK);
        ck_assert(issued.repeated);
    }
    ck_assert_uint_gt(spoiled, 5);
    ck_assert_uint_eq(health().count[SDC_CARD_SPOILED], spoiled);
    ck_assert_uint_eq(health().count[SDC_CARD_ACTIVE], runs);
    kit_close(&kit);
}
END_TEST

/* The card begun for one request is not taken for another's, before or after its keys were changed. */
START_TEST(wrong_cards)
{
    static const struct {
        long apdus;
        enum sdc_status status;
    } cases[] = { { 6, SDC_E_CONFLICT }, { 40, SDC_E_DENIED } };
    struct sdc_issued issued;
    kit_open(&kit);
    for (unsigned i = 0; i < 2; i++) {
        kit_rename_request(&kit, 0, i + 1);
        kit_blank(&card, i + 1);
        kit_link(&kit, &card, cases[i].apdus, KIT_BEFORE, true);
        ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_REMOVED);
        kit_link(&kit, &card, -1, KIT_BEFORE, true);
        ck_assert_msg(kit_issue(&kit, 1, &issued) == cases[i].status, "%s", kit_error.text);
        take_up(true);
    }
    kit_close(&kit);
}
END_TEST

/* A blank with keys of somebody else's: seen from its key information, nothing tried, nothing written. */
START_TEST(foreign_key)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    struct sdc_scp03_keys transport = { .version = KEY_VERSION_TRANSPORT, .len = sizeof known },
                          foreign = { .version = 2, .len = 16, .enc = { 9 }, .mac = { 8 }, .dek = { 7 } };
    struct sdc_scp03 *session = NULL;
    struct sdc_issued issued;
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    memcpy(transport.enc, known, sizeof known);
    memcpy(transport.mac, known, sizeof known);
    memcpy(transport.dek, known, sizeof known);
    ck_assert_int_eq(sdc_domain_select(kit.link, NULL), SDC_OK);
    ck_assert_int_eq(sdc_scp03_open(kit.link, &transport, SDC_SCP03_FULL, false, &session, NULL), SDC_OK);
    ck_assert_int_eq(sdc_domain_put_keys(session, KEY_VERSION_TRANSPORT, &foreign, NULL), SDC_OK);
    sdc_scp03_close(session);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_DENIED);
    ck_assert_uint_eq(kit.link->stats.apdus, LOOK_APDUS);
    ck_assert_int_eq(sdc_domain_select(kit.link, NULL), SDC_OK);
    ck_assert_int_eq(sdc_scp03_open(kit.link, &transport, SDC_SCP03_FULL, false, &session, NULL), SDC_E_NOT_FOUND);
    transport.version = 2; /* the card proves other keys: the host never answers */
    kit.link->stats.apdus = 0;
    ck_assert_int_eq(sdc_scp03_open(kit.link, &transport, SDC_SCP03_FULL, false, &session, NULL), SDC_E_SIGNATURE);
    ck_assert_uint_eq(kit.link->stats.apdus, 1);
    ck_assert_int_eq(sdc_scp03_open(kit.link, &foreign, SDC_SCP03_FULL, false, &session, NULL), SDC_OK);
    sdc_scp03_close(session);
    kit_close(&kit);
}
END_TEST

/* What says that it is a chip with transport keys again, after that chip has confirmed the card's own: it would get
 * them to read, where transport keys are known. Neither the request begun on it nor another one, nor once it was given
 * up. */
START_TEST(keys_are_handed_out_once)
{
    static const char refused[] = "shows transport keys that were replaced before: it is not that chip";
    struct sdc_issued issued;
    kit_open(&kit);
    kit_blank(&second, 1);
    card_memory_copy(&card, &second);
    kit_link(&kit, &card, 10, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_REMOVED);
    for (int i = 0; i < 3; i++) {
        if (i == 2) { /* given up: another blank takes the request over */
            kit_blank(&card, 2);
            kit_link(&kit, &card, -1, KIT_BEFORE, true);
            ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK);
        }
        kit_link(&kit, &second, -1, KIT_BEFORE, true);
        ck_assert_int_eq(kit_issue(&kit, i == 0 ? 0 : 1, &issued), i == 1 ? SDC_E_CONFLICT : SDC_E_DENIED);
        ck_assert_msg(i == 1 || strstr(kit_error.text, refused), "%s", kit_error.text);
        ck_assert_uint_eq(kit.link->stats.apdus, LOOK_APDUS);
    }
    ck_assert_uint_eq(health().count[SDC_CARD_ASSIGNED], 0);
    kit_close(&kit);
}
END_TEST

static volatile sig_atomic_t stop;

static void stop_at(void *ctx, unsigned step, unsigned steps, const char *name)
{
    (void)steps, (void)name;
    if (step == *(unsigned *)ctx)
        stop = 1;
}

/* Somebody stops the issue as a step begins, whether or not it needs the card. */
START_TEST(stopped_between)
{
    struct sdc_issued issued;
    kit_open(&kit);
    enum sdc_status status = SDC_E_CANCELLED;
    unsigned at = 0;
    while (status == SDC_E_CANCELLED) {
        at++;
        kit_rename_request(&kit, 0, at);
        kit_blank(&card, at);
        kit_link(&kit, &card, -1, KIT_BEFORE, true);
        kit.link->cancel = &stop;
        stop = 0;
        kit_error = (struct sdc_error) { .status = SDC_OK };
        status = sdc_issue(kit.station, &kit.batch, 0, kit.link, stop_at, &at, &issued, &kit_error);
        kit.link->cancel = NULL;
        ck_assert_msg((status == SDC_OK) == (stop == 0), "step %u: %s", at, kit_error.text);
        if (at <= 3) { /* the chip was not looked at: nothing happened */
            ck_assert_uint_eq(kit.link->stats.apdus, 0);
            ck_assert(!row_of(&(struct sdc_card_row) { 0 }));
        }
        if (status == SDC_OK)
            check_finished(&issued);
        else
            take_up(true);
    }
    ck_assert_int_eq(status, SDC_OK);
    ck_assert_uint_gt(at, 10);
    kit_close(&kit);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { every_apdu, PARTS },  { again_and_again, 0 }, { power_cuts, 0 },  { station_killed, 0 },
        { another_blank, 0 },   { wrong_cards, 0 },     { foreign_key, 0 }, { keys_are_handed_out_once, 0 },
        { stopped_between, 0 },
    };
    return suite_run("issue-interrupt", tests, sizeof tests / sizeof *tests);
}
