/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole issues: every sample record onto a card in memory, what may be read there, what is refused. */
#include "card_edge.h"
#include "issue_kit.h"
#include "piv_limits.h"
#include "suite.h"

#include "sdc/photo.h"
#include "sdc/piv.h"
#include "sdc/registry.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/pem.h>

static struct kit kit;
static struct card_memory card, second;

static struct sdc_buf get(uint32_t object)
{
    struct sdc_buf content = SDC_BUF_INIT;
    struct sdc_error e = { .text = "" };
    ck_assert_msg(sdc_piv_get(kit.link, object, &content, &e) == SDC_OK, "%X: %s", (unsigned)object, e.text);
    return content;
}

static X509 *card_ca(void)
{
    FILE *file = fopen(temp_path(kit.home, "trust/card-ca.pem"), "r");
    ck_assert_ptr_nonnull(file);
    X509 *ca = PEM_read_X509(file, NULL, NULL, NULL);
    fclose(file);
    return ca;
}

/* ---- what is on a card ---- */

enum { CHUID, CCC, DISCOVERY, HISTORY, SECURITY, C9A, C9C, C9D, C9E, FACE, PRINTED, OBJECTS };
static const uint32_t tags[OBJECTS] = { OBJ_CHUID,    OBJ_CCC,     OBJ_DISCOVERY, OBJ_KEY_HISTORY,
                                        OBJ_SECURITY, OBJ_CERT_9A, OBJ_CERT_9C,   OBJ_CERT_9D,
                                        OBJ_CERT_9E,  OBJ_FACE,    OBJ_PRINTED };
#define FREE_OBJECTS FACE /* those before it are free to read */

static void check_card(const struct sdc_record *record, const struct sdc_issued *issued, struct sdc_buf *objects)
{
    static const uint8_t refs[] = { 0x9A, 0x9C, 0x9D, 0x9E };
    struct limits l = { .ca = card_ca(), .issued = sdc_date_today(), .expiry = record->card.valid_until };
    ck_assert(sdc_uuid_parse(issued->guid, l.guid));
    strcpy(l.guid_text, issued->guid);
    limits_chuid(&l, &objects[CHUID]);
    limits_ccc(&objects[CCC]);
    limits_discovery(&objects[DISCOVERY]);
    limits_key_history(&objects[HISTORY]);
    EVP_PKEY *keys[4];
    for (size_t i = 0; i < 4; i++) {
        X509 *certificate = limits_certificate(&l, refs[i], &objects[C9A + i]);
        keys[i] = X509_get_pubkey(certificate);
        for (size_t j = 0; j < i; j++)
            ck_assert_int_eq(EVP_PKEY_eq(keys[i], keys[j]), 0);
        X509_free(certificate);
    }
    for (size_t i = 0; i < 4; i++)
        EVP_PKEY_free(keys[i]);
    char name[256];
    snprintf(name, sizeof name, "%s%s%s", record->surname, record->surname[0] && record->given_names[0] ? ", " : "",
             record->given_names);
    limits_printed(&l, &objects[PRINTED], name);
    struct sdc_rd image;
    struct sdc_photo photo = { 0 };
    limits_face(&l, &objects[FACE], &image);
    ck_assert(image.left >= SDC_PORTRAIT_MIN && image.left <= SDC_PORTRAIT_MAX);
    ck_assert_int_eq(sdc_portrait_decode(image.p, image.left, &photo, NULL), SDC_OK);
    sdc_photo_free(&photo);
    const struct limits_content contents[] = {
        { 0xDB00, &objects[CCC] },     { 0x3000, &objects[CHUID] },     { 0x6030, &objects[FACE] },
        { 0x3001, &objects[PRINTED] }, { 0x6050, &objects[DISCOVERY] }, { 0x6060, &objects[HISTORY] },
    };
    limits_security(&l, &objects[SECURITY], contents, sizeof contents / sizeof *contents);
    limits_free(&l);
    X509_free(l.ca);
}

/* Nothing that is free to read, and nothing that stays at the station, tells who or what the holder is. */
static void check_privacy(const struct sdc_record *r, const struct sdc_buf *held)
{
    const char *const secret[] = { r->a_number,       r->a_number + 1,     r->surname, r->given_names, r->address.line1,
                                   r->place_of_birth, r->reporting.office, "asylum",   "affirmative",  "defensive",
                                   "immigration",     "removal",           "docket" };
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        if (strlen(secret[i]) >= 4)
            ck_assert_msg(!bytes_hold(held, secret[i]), "something of the record is where it must not be");
}

static void check_answer(const struct sdc_record *record, const struct sdc_issued *issued)
{
    char lines[3][SDC_MRZ_LINE + 1];
    struct stat st;
    ck_assert(!issued->repeated);
    ck_assert_uint_eq(strlen(issued->document_number), 9);
    ck_assert_uint_eq(strlen(issued->can), 6);
    ck_assert_uint_eq(strspn(issued->can, "0123456789"), 6);
    ck_assert_int_eq(sdc_mrz_td1(record, issued->document_number, &record->card.valid_until, lines, NULL), SDC_OK);
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(issued->mrz[i], lines[i]);
    ck_assert_int_eq(stat(issued->letter, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0600);
    struct sdc_buf letter = SDC_BUF_INIT;
    file_content(issued->letter, &letter);
    ck_assert(bytes_hold(&letter, issued->document_number));
    check_privacy(record, &letter);
    sdc_buf_free(&letter);
}

static enum sdc_card_state state_of(const char *guid)
{
    struct sdc_registry *registry = NULL;
    struct sdc_card_row row;
    bool found = false;
    ck_assert_int_eq(sdc_registry_open(temp_path(kit.home, "registry.sqlite"), false, &registry, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_find_card(registry, guid, &row, &found, NULL), SDC_OK);
    ck_assert(found);
    sdc_registry_close(registry);
    return row.state;
}

static void issue_one(size_t index)
{
    const struct sdc_record *record = &kit.batch.records[index];
    struct sdc_issued issued, again;
    char transport[9];
    kit_blank(&card, (unsigned)index);
    kit_link(&kit, &card, -1, KIT_BEFORE, index % 2 == 0);
    ck_assert_msg(kit_issue(&kit, index, &issued) == SDC_OK, "record %zu: %s", index + 1, kit_error.text);
    check_answer(record, &issued);
    ck_assert_int_eq(state_of(issued.guid), SDC_CARD_ISSUED);
    ck_assert_int_eq(kit_verdict(&kit, NULL), SDC_VERDICT_ACCEPT);
    uint64_t apdus = kit.link->stats.apdus;
    ck_assert_int_eq(kit_issue(&kit, index, &again), SDC_OK);
    ck_assert(again.repeated && again.can[0] == '\0');
    ck_assert_str_eq(again.guid, issued.guid);
    ck_assert_str_eq(again.document_number, issued.document_number);
    ck_assert_str_eq(again.mrz[2], issued.mrz[2]);
    ck_assert_str_eq(again.letter, issued.letter);
    ck_assert_uint_eq(kit.link->stats.apdus, apdus);

    kit_transport(&issued, transport);
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, "24681357", 8, NULL), SDC_OK);
    ck_assert_int_eq(state_of(issued.guid), SDC_CARD_ACTIVE);
    ck_assert_int_eq(kit_verdict(&kit, "24681357"), SDC_VERDICT_ACCEPT);
    ck_assert_int_eq(sdc_piv_select(kit.link, NULL), SDC_OK);
    struct sdc_buf objects[OBJECTS], readable = SDC_BUF_INIT;
    for (size_t i = 0; i < FREE_OBJECTS; i++) {
        objects[i] = get(tags[i]);
        sdc_buf_put(&readable, objects[i].data, objects[i].len);
    }
    check_privacy(record, &readable);
    ck_assert_int_eq(sdc_piv_verify(kit.link, "24681357", 8, NULL), SDC_OK);
    for (size_t i = FREE_OBJECTS; i < OBJECTS; i++)
        objects[i] = get(tags[i]);
    check_card(record, &issued, objects);
    for (size_t i = 0; i < OBJECTS; i++)
        sdc_buf_free(&objects[i]);
    sdc_buf_free(&readable);
}

/* All sixty, in parts so that they are separate tests. */
#define PARTS 4
START_TEST(every_sample_record)
{
    kit_open(&kit);
    ck_assert_uint_eq(kit.batch.records_len, 60);
    size_t each = kit.batch.records_len / PARTS, from = (size_t)_i * each;
    for (size_t i = from; i < from + each; i++)
        issue_one(i);
    struct sdc_buf held = SDC_BUF_INIT; /* registry, letters, certificates, configuration, token */
    ck_assert_uint_gt(folder_content(kit.home, &held), each);
    for (size_t i = from; i < from + each; i++)
        check_privacy(&kit.batch.records[i], &held);
    sdc_buf_free(&held);
    kit_close(&kit);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(refused_without_a_byte)
{
    struct sdc_issued issued, first;
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    kit.batch.records[0].faulty = true;
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_INPUT);
    kit.batch.records[0].faulty = false;
    struct sdc_fault fault = { .record = 1, .pointer = "/case/court", .reason = "no court 'QQQ'" };
    kit.batch.faults = &fault;
    kit.batch.faults_len = 1;
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(kit_error.text, "QQQ"));
    fault.record = 0; /* the batch itself */
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_INPUT);
    kit.batch.faults = NULL;
    kit.batch.faults_len = 0;
    ck_assert_int_eq(kit_issue(&kit, 60, &issued), SDC_E_USAGE);
    struct sdc_date good = kit.batch.records[0].card.valid_until;
    kit.batch.records[0].card.valid_until = (struct sdc_date) { 2020, 1, 1 };
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_INPUT);
    struct sdc_date today = sdc_date_today();
    kit.batch.records[0].card.valid_until = sdc_date_add_years(&today, 7);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_INPUT);
    kit.batch.records[0].card.valid_until = good;
    strcpy(kit.batch.records[1].photo, "portraits/none.jpg");
    ck_assert_int_eq(kit_issue(&kit, 1, &issued), SDC_E_INPUT);
    ck_assert_uint_eq(kit.link->stats.apdus, 0);

    ck_assert_int_eq(kit_issue(&kit, 0, &first), SDC_OK);
    uint64_t apdus = kit.link->stats.apdus;
    kit.batch.records[0].digest[0] ^= 1; /* the same request, other content */
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_CONFLICT);
    strcpy(kit.batch.records[2].a_number, kit.batch.records[0].a_number); /* another request, the same person */
    ck_assert_int_eq(kit_issue(&kit, 2, &issued), SDC_E_CONFLICT);
    ck_assert_ptr_nonnull(strstr(kit_error.text, first.guid));
    ck_assert_uint_eq(kit.link->stats.apdus, apdus);
    ck_assert_str_eq(issued.guid, "");
    kit_close(&kit);
}
END_TEST

/* A card that doesn't hold what was written, even where only the holder could read it, is never issued. */
START_TEST(read_back)
{
    static const uint32_t objects[] = { OBJ_FACE, OBJ_PRINTED, OBJ_CCC, OBJ_KEY_HISTORY, OBJ_CERT_9D, OBJ_SECURITY };
    struct sdc_issued issued;
    struct sdc_buf left = SDC_BUF_INIT;
    kit_open(&kit);
    for (unsigned i = 0; i < sizeof objects / sizeof *objects; i++) {
        kit_rename_request(&kit, 0, i + 1);
        kit_blank(&card, i);
        kit_link(&kit, &card, -1, KIT_BEFORE, true);
        kit.tamper = objects[i];
        ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_REPLY);
        kit.tamper = 0; /* it was the reading: the same card is good */
        ck_assert_int_eq(sdc_piv_select(kit.link, NULL), SDC_OK);
        ck_assert_int_eq(sdc_piv_get(kit.link, OBJ_FACE, &left, NULL), SDC_E_DENIED); /* the passing PIN is forgotten */
        ck_assert_msg(kit_issue(&kit, 0, &issued) == SDC_OK, "%s", kit_error.text);
        ck_assert(!issued.repeated);
    }
    kit_close(&kit);
}
END_TEST

/* A card that is not blank keeps what it has. */
START_TEST(no_second_issue_on_a_card)
{
    struct sdc_issued issued, other;
    struct sdc_buf flash = SDC_BUF_INIT;
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK);
    sdc_buf_put(&flash, card.banks, sizeof card.banks);
    ck_assert_int_eq(kit_issue(&kit, 1, &other), SDC_E_DENIED);
    ck_assert_ptr_nonnull(strstr(kit_error.text, issued.guid));
    ck_assert_mem_eq(flash.data, card.banks, sizeof card.banks);
    kit_blank(&second, 2); /* a blank takes it, under the GUID that was assigned */
    kit_link(&kit, &second, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 1, &other), SDC_OK);
    ck_assert_int_eq(kit_verdict(&kit, NULL), SDC_VERDICT_ACCEPT);
    sdc_buf_free(&flash);
    kit_close(&kit);
}
END_TEST

/* Nothing of a blank is left that everybody knows; the keys are the ones derived. */
START_TEST(blank_secrets_are_gone)
{
    static const uint8_t blank[] = { BLANK_MANAGEMENT_KEY };
    struct sdc_issued issued;
    struct sdc_error e;
    int tries = 0;
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK);
    ck_assert_int_eq(sdc_piv_select(kit.link, NULL), SDC_OK);
    enum sdc_status status = sdc_piv_admin(kit.link, blank, &e);
    ck_assert(status == SDC_E_SIGNATURE || status == SDC_E_DENIED);
    ck_assert_int_eq(sdc_piv_tries(kit.link, &tries, NULL, &e), SDC_E_CONDITIONS); /* transport PIN */
    ck_assert_int_eq(sdc_piv_change(kit.link, REF_PIN, BLANK_TRANSPORT_PIN, 6, "11112222", 8, &e), SDC_E_PIN_WRONG);
    ck_assert_int_eq(sdc_piv_change(kit.link, REF_PUK, BLANK_PUK, 8, "11112222", 8, &e), SDC_E_PIN_WRONG);
    struct sdc_buf out = SDC_BUF_INIT;
    ck_assert_int_eq(sdc_piv_get(kit.link, OBJ_PRINTED, &out, &e), SDC_E_DENIED);
    ck_assert_int_eq(sdc_piv_get(kit.link, OBJ_FACE, &out, &e), SDC_E_DENIED);
    ck_assert_uint_eq(out.len, 0);
    kit_close(&kit);
}
END_TEST

/* APDUs of one issue. Where the card takes extended length, each object is one command, written and read back; else
 * short blocks, each wrapped by itself. */
START_TEST(budget)
{
    struct sdc_issued issued;
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK);
    ck_assert_uint_le(kit.link->stats.apdus, 150); /* 145 when this was written */
    ck_assert_uint_le(kit.link->stats.bytes_out, 39500);
    kit_blank(&card, 2);
    kit_link(&kit, &card, -1, KIT_BEFORE, false);
    ck_assert_int_eq(kit_issue(&kit, 1, &issued), SDC_OK);
    ck_assert_uint_le(kit.link->stats.apdus, 420);
    kit_close(&kit);
}
END_TEST

static unsigned progress_step, progress_steps;

static void see_progress(void *ctx, unsigned step, unsigned steps, const char *name)
{
    ck_assert_ptr_eq(ctx, &progress_step);
    ck_assert_uint_eq(step, progress_step + 1);
    ck_assert(name[0] != '\0');
    progress_step = step;
    progress_steps = steps;
}

START_TEST(progress)
{
    struct sdc_issued issued;
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(sdc_issue(kit.station, &kit.batch, 0, kit.link, see_progress, &progress_step, &issued, NULL),
                     SDC_OK);
    ck_assert_uint_gt(progress_steps, 5);
    ck_assert_uint_eq(progress_step, progress_steps);
    kit_close(&kit);
}
END_TEST

START_TEST(clock_before_the_registry)
{
    struct sdc_issued issued;
    sqlite3 *db = NULL;
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK);
    ck_assert_int_eq(sqlite3_open(temp_path(kit.home, "registry.sqlite"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "UPDATE card SET changed = '2199-01-01T00:00:00Z'", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    kit_blank(&second, 2);
    kit_link(&kit, &second, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 1, &issued), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(kit_error.text, "clock"));
    ck_assert_uint_eq(kit.link->stats.apdus, 0);
    kit_close(&kit);
}
END_TEST

/* ---- hand-over ---- */

/* Whoever uses the card after a hand-over must not find the PIN proven. */
static void check_logged_out(void)
{
    int tries = 0;
    bool verified = true;
    ck_assert_int_eq(sdc_piv_tries(kit.link, &tries, &verified, NULL), SDC_OK);
    ck_assert(!verified);
}

START_TEST(handing_over)
{
    struct sdc_issued issued;
    struct sdc_error e;
    char transport[9], wrong[9];
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, "11111111", 8, "123456", 6, &e), SDC_E_NOT_FOUND); /* blank */
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK);
    kit_transport(&issued, transport);
    strcpy(wrong, transport);
    wrong[7] = wrong[7] == '0' ? '1' : '0';
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, transport, 8, &e), SDC_E_PIN_FORMAT);
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, "12345", 5, &e), SDC_E_PIN_FORMAT);
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, wrong, 8, "123456", 6, &e), SDC_E_PIN_WRONG);
    ck_assert_int_eq(e.tries, 2);
    ck_assert_int_eq(state_of(issued.guid), SDC_CARD_ISSUED);
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, "123456", 6, &e), SDC_OK);
    check_logged_out();
    ck_assert_int_eq(state_of(issued.guid), SDC_CARD_ACTIVE);
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, "123456", 6, &e),
                     SDC_E_CONFLICT); /* not twice */
    ck_assert_int_eq(kit_verdict(&kit, "123456"), SDC_VERDICT_ACCEPT);
    kit_close(&kit);
}
END_TEST

/* The card knows of the hand-over, the registry doesn't: the holder's PIN, and only that, makes it catch up. */
START_TEST(handing_over_cut_short)
{
    struct sdc_issued issued;
    struct sdc_error e;
    char transport[9];
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK);
    kit_transport(&issued, transport);
    kit_link(&kit, &card, 3, KIT_AFTER, true); /* SELECT, GUID, state, then the change's answer is lost */
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, "123456", 6, &e), SDC_E_REMOVED);
    ck_assert_int_eq(state_of(issued.guid), SDC_CARD_ISSUED);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, "654321", 6, &e), SDC_E_PIN_WRONG);
    ck_assert_int_eq(state_of(issued.guid), SDC_CARD_ISSUED);
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, "123456", 6, &e), SDC_OK);
    check_logged_out();
    ck_assert_int_eq(state_of(issued.guid), SDC_CARD_ACTIVE);
    kit_close(&kit);
}
END_TEST

/* Without a station, and for a card of another station: the card alone is handed over. */
START_TEST(handing_over_elsewhere)
{
    struct sdc_issued issued;
    char transport[9];
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK);
    kit_transport(&issued, transport);
    ck_assert_int_eq(sdc_handover(NULL, kit.link, transport, 8, "123456", 6, NULL), SDC_OK);
    ck_assert_int_eq(kit_verdict(&kit, "123456"), SDC_VERDICT_ACCEPT);
    ck_assert_int_eq(state_of(issued.guid), SDC_CARD_ISSUED);
    kit_close(&kit);
}
END_TEST

/* ---- two processes ---- */

/* Exit status: 0 issued, 1 refused as it should be, 2 anything else. */
static int issue_in_child(const char *home, size_t index, unsigned seed, int go)
{
    struct sdc_issued issued;
    char byte;
    kit.home = home;
    sample_batch(&kit.batch);
    kit.station = temp_station_open(home);
    kit_blank(&card, seed);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    if (read(go, &byte, 1) != 0) /* all start when the parent closes the pipe */
        return 2;
    enum sdc_status status = kit_issue(&kit, index, &issued);
    if (status == SDC_OK)
        return issued.repeated || kit_verdict(&kit, NULL) != SDC_VERDICT_ACCEPT ? 1 : 0;
    return status == SDC_E_CONFLICT ? 1 : 2;
}

/* Four processes, two requests, each wanted by two: one card each. */
START_TEST(processes_at_once)
{
    const char *home = temp_station();
    int go[2], counts[3] = { 0 };
    ck_assert_int_eq(pipe2(go, O_CLOEXEC), 0);
    for (unsigned i = 0; i < 4; i++) {
        pid_t pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid == 0) {
            close(go[1]);
            _exit(issue_in_child(home, i % 2, 100 + i, go[0]));
        }
    }
    close(go[0]);
    close(go[1]);
    for (unsigned i = 0; i < 4; i++) {
        int status = -1;
        wait(&status);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 2);
        counts[WEXITSTATUS(status)]++;
    }
    ck_assert_int_eq(counts[0], 2);
    ck_assert_int_eq(counts[1], 2);
    struct sdc_registry_health health;
    ck_assert_int_eq(sdc_registry_examine(temp_path(home, "registry.sqlite"), &health, NULL), SDC_OK);
    ck_assert_uint_eq(health.count[SDC_CARD_ISSUED], 2);
    ck_assert_uint_eq(health.count[SDC_CARD_ASSIGNED], 0);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { every_sample_record, PARTS },
        { refused_without_a_byte, 0 },
        { no_second_issue_on_a_card, 0 },
        { read_back, 0 },
        { blank_secrets_are_gone, 0 },
        { budget, 0 },
        { progress, 0 },
        { clock_before_the_registry, 0 },
        { handing_over, 0 },
        { handing_over_cut_short, 0 },
        { handing_over_elsewhere, 0 },
        { processes_at_once, 0 },
    };
    return suite_run("issue", tests, sizeof tests / sizeof *tests);
}
