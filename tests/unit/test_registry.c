/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry_database.h"
#include "suite.h"
#include "temp_station.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TODAY "2026-11-25"

static const char *path;
static struct sdc_registry *registry;

static void setup(void)
{
    struct sdc_error e = { .status = SDC_OK };
    path = temp_path(temp_folder(), "registry.sqlite");
    ck_assert_msg(sdc_registry_open(path, true, &registry, &e) == SDC_OK, "%s", e.text);
}

/* A request: number n of person p with content c. */
static struct sdc_card_row request(unsigned n, unsigned p, unsigned c)
{
    struct sdc_card_row row = { .expires = "2030-01-31" };
    snprintf(row.transaction_id, sizeof row.transaction_id, "00000000-0000-4000-8000-%012u", n);
    snprintf(row.person_tag, sizeof row.person_tag, "%032u", p);
    snprintf(row.record_digest, sizeof row.record_digest, "%064u", c);
    return row;
}

static enum sdc_status assign(struct sdc_card_row *row, bool *known)
{
    struct sdc_error e;
    return sdc_registry_assign(registry, row, TODAY, known, &e);
}

static void must_assign(struct sdc_card_row *row)
{
    bool known = true;
    ck_assert_int_eq(assign(row, &known), SDC_OK);
    ck_assert(!known);
}

static enum sdc_card_state state_of(const char *guid)
{
    struct sdc_card_row row;
    bool found = false;
    ck_assert_int_eq(sdc_registry_find_card(registry, guid, &row, &found, NULL), SDC_OK);
    ck_assert(found);
    return row.state;
}

START_TEST(assigning)
{
    setup();
    bool known = false;
    uint8_t guid[16];
    struct sdc_card_row first = request(1, 1, 1), again = request(1, 1, 1), other = request(1, 1, 2),
                        second = request(2, 1, 1), third = request(3, 2, 1);
    ck_assert_int_eq(sdc_registry_look_up(registry, &first, TODAY, &known, NULL), SDC_OK);
    ck_assert(!known && first.guid[0] == '\0'); /* nothing was assigned */
    must_assign(&first);
    ck_assert_int_eq(first.state, SDC_CARD_ASSIGNED);
    ck_assert_int_eq(sdc_registry_look_up(registry, &again, TODAY, &known, NULL), SDC_OK);
    ck_assert(known && strcmp(again.guid, first.guid) == 0);
    again = request(1, 1, 1);
    ck_assert_int_eq(sdc_registry_look_up(registry, &other, TODAY, &known, NULL), SDC_E_CONFLICT);
    ck_assert_int_eq(sdc_registry_look_up(registry, &second, TODAY, &known, NULL), SDC_E_CONFLICT);
    ck_assert(sdc_uuid_parse(first.guid, guid));
    ck_assert_uint_eq(guid[6] >> 4, 4);
    ck_assert_uint_eq(strlen(first.document_number), 9);
    ck_assert(memcmp(first.document_number, "SD", 2) == 0 && strspn(first.document_number + 2, "0123456789") == 7);
    ck_assert_int_eq(assign(&again, &known), SDC_OK);
    ck_assert(known);
    ck_assert_str_eq(again.guid, first.guid);
    ck_assert_str_eq(again.document_number, first.document_number);
    ck_assert_int_eq(assign(&other, &known), SDC_E_CONFLICT);  /* other content */
    ck_assert_int_eq(assign(&second, &known), SDC_E_CONFLICT); /* the same person */
    must_assign(&third);
    ck_assert_str_ne(third.guid, first.guid);
    ck_assert_str_ne(third.document_number, first.document_number);
    sdc_registry_close(registry);
}
END_TEST

/* A person's card is live through its last day, and no longer. */
START_TEST(expiry_frees_the_person)
{
    setup();
    bool known = false;
    struct sdc_card_row first = request(1, 1, 1), second = request(2, 1, 1);
    must_assign(&first);
    ck_assert_int_eq(sdc_registry_assign(registry, &second, "2030-01-31", &known, NULL), SDC_E_CONFLICT);
    ck_assert_int_eq(sdc_registry_assign(registry, &second, "2030-02-01", &known, NULL), SDC_OK);
    ck_assert_int_eq(state_of(first.guid), SDC_CARD_EXPIRED);
    ck_assert_int_eq(state_of(second.guid), SDC_CARD_ASSIGNED);
    sdc_registry_close(registry);
}
END_TEST

START_TEST(giving_up)
{
    setup();
    bool known = false, found = false;
    struct sdc_card_row first = request(1, 1, 1), next, held;
    must_assign(&first);
    next = first;
    ck_assert_int_eq(sdc_registry_reassign(registry, &next, NULL), SDC_OK);
    ck_assert_str_ne(next.guid, first.guid);
    ck_assert_str_ne(next.document_number, first.document_number);
    ck_assert_str_eq(next.transaction_id, first.transaction_id);
    ck_assert_int_eq(state_of(first.guid), SDC_CARD_SPOILED);
    ck_assert_int_eq(state_of(next.guid), SDC_CARD_ASSIGNED);
    ck_assert_int_eq(sdc_registry_find_request(registry, first.transaction_id, &held, &found, NULL), SDC_OK);
    ck_assert(found);
    ck_assert_str_eq(held.guid, next.guid);
    struct sdc_card_row again = request(1, 1, 1);
    ck_assert_int_eq(assign(&again, &known), SDC_OK);
    ck_assert(known);
    ck_assert_str_eq(again.guid, next.guid);
    ck_assert_int_eq(sdc_registry_reassign(registry, &first, NULL), SDC_E_CONFLICT); /* not twice */
    ck_assert_int_eq(sdc_registry_move(registry, next.guid, SDC_CARD_ASSIGNED, SDC_CARD_ISSUED, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_reassign(registry, &next, NULL), SDC_E_CONFLICT); /* not an issued one */
    ck_assert_int_eq(state_of(next.guid), SDC_CARD_ISSUED);
    sdc_registry_close(registry);
}
END_TEST

static char told[4][SDC_CHIP_TEXT];
static unsigned told_len;

static void tell_chip(void *ctx, const char *chip, enum sdc_card_state state)
{
    (void)ctx;
    ck_assert_uint_lt(told_len, 4);
    ck_assert_int_eq(state == SDC_CARD_SPOILED, told_len == 0); /* what was given up comes first */
    snprintf(told[told_len++], sizeof told[0], "%s", chip);
}

/* A chip is one card's until that is given up, and a card keeps its chip. */
START_TEST(chips)
{
    static const char a[] = "53444300000000000001", b[] = "53444300000000000002";
    setup();
    struct sdc_card_row first = request(1, 1, 1), second = request(2, 2, 1), held;
    bool found = false;
    must_assign(&first);
    must_assign(&second);
    ck_assert_str_eq(first.chip, "");
    ck_assert_int_eq(sdc_registry_bind(registry, &first, a, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_bind(registry, &first, a, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_bind(registry, &first, b, NULL), SDC_E_CONFLICT);
    ck_assert_int_eq(sdc_registry_bind(registry, &second, a, NULL), SDC_E_CONFLICT);
    ck_assert_str_eq(second.chip, "");
    ck_assert_int_eq(sdc_registry_find_card(registry, first.guid, &held, &found, NULL), SDC_OK);
    ck_assert_str_eq(held.chip, a);
    struct sdc_card_row next = first;
    ck_assert_int_eq(sdc_registry_reassign(registry, &next, NULL), SDC_OK);
    ck_assert_str_eq(next.chip, "");
    ck_assert_int_eq(sdc_registry_bind(registry, &second, a, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_bind(registry, &next, b, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_move(registry, next.guid, SDC_CARD_ASSIGNED, SDC_CARD_ISSUED, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_bind(registry, &next, b, NULL), SDC_E_CONFLICT); /* bound while it is made */
    bool changed = true;
    ck_assert_int_eq(sdc_registry_find_chip(registry, b, &held, &found, &changed, NULL), SDC_OK);
    ck_assert(found && !changed);
    ck_assert_str_eq(held.guid, next.guid);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(sdc_registry_keys_changed(registry, b, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_find_chip(registry, b, &held, &found, &changed, NULL), SDC_OK);
    ck_assert(found && changed);
    ck_assert_int_eq(sdc_registry_find_chip(registry, "53444300000000000003", &held, &found, &changed, NULL), SDC_OK);
    ck_assert(!found && !changed);
    ck_assert_int_eq(sdc_registry_each_chip(registry, tell_chip, NULL, NULL), SDC_OK);
    ck_assert_uint_eq(told_len, 3);
    ck_assert_str_eq(told[0], a);
    sdc_registry_close(registry);
}
END_TEST

/* Of all pairs of states exactly the steps of the life cycle are taken, and only from the state that the card is in. */
START_TEST(life_cycle)
{
    static const bool allowed[SDC_CARD_STATES][SDC_CARD_STATES] = {
        [SDC_CARD_ASSIGNED][SDC_CARD_ISSUED] = true,
        [SDC_CARD_ISSUED][SDC_CARD_ACTIVE] = true,
    };
    setup();
    struct sdc_card_row row = request(1, 1, 1);
    must_assign(&row);
    for (enum sdc_card_state now = SDC_CARD_ASSIGNED; now <= SDC_CARD_ACTIVE; now++) {
        for (enum sdc_card_state from = 0; from < SDC_CARD_STATES; from++)
            for (enum sdc_card_state to = 0; to < SDC_CARD_STATES; to++) {
                if (from == now && allowed[from][to])
                    continue;
                ck_assert_int_eq(sdc_registry_move(registry, row.guid, from, to, NULL),
                                 allowed[from][to] ? SDC_E_CONFLICT : SDC_E_BUG);
                ck_assert_int_eq(state_of(row.guid), now);
            }
        if (now < SDC_CARD_ACTIVE)
            ck_assert_int_eq(sdc_registry_move(registry, row.guid, now, now + 1, NULL), SDC_OK);
    }
    for (enum sdc_card_state i = 0; i < SDC_CARD_STATES; i++)
        ck_assert_str_ne(sdc_card_state_name(i), "unknown");
    ck_assert_str_eq(sdc_card_state_name(SDC_CARD_STATES), "unknown");
    sdc_registry_close(registry);
}
END_TEST

START_TEST(certificates)
{
    setup();
    struct sdc_card_row row = request(1, 1, 1);
    struct sdc_buf der = SDC_BUF_INIT;
    uint8_t big[4097] = { 0x30 };
    bool found = true;
    must_assign(&row);
    ck_assert_int_eq(sdc_registry_get_certificate(registry, row.guid, 0x9E, &der, &found, NULL), SDC_OK);
    ck_assert(!found);
    ck_assert_int_eq(sdc_registry_put_certificate(registry, row.guid, 0x9E, "01", big, 4096, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_put_certificate(registry, row.guid, 0x9A, "02", "abc", 3, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_put_certificate(registry, row.guid, 0x9A, "03", "x", 1, NULL), SDC_E_CONFLICT);
    ck_assert_int_eq(sdc_registry_put_certificate(registry, row.guid, 0x9C, "02", "x", 1, NULL), SDC_E_CONFLICT);
    ck_assert_int_eq(sdc_registry_put_certificate(registry, row.guid, 0x9C, "04", big, 4097, NULL), SDC_E_BUG);
    ck_assert_int_eq(sdc_registry_put_certificate(registry, "no such card", 0x9C, "05", "x", 1, NULL), SDC_E_CONFLICT);
    ck_assert_int_eq(sdc_registry_get_certificate(registry, row.guid, 0x9A, &der, &found, NULL), SDC_OK);
    ck_assert(found && der.len == 3 && memcmp(der.data, "abc", 3) == 0);
    sdc_buf_clear(&der);
    ck_assert_int_eq(sdc_registry_get_certificate(registry, row.guid, 0x9E, &der, &found, NULL), SDC_OK);
    ck_assert(found && der.len == 4096 && memcmp(der.data, big, 4096) == 0);
    sdc_buf_free(&der);
    sdc_registry_close(registry);
}
END_TEST

/* Several processes: every request once, no number twice, and of a request that all want, one row. */
START_TEST(processes)
{
    enum { PROCESSES = 4, EACH = 12 };
    setup();
    sdc_registry_close(registry);
    for (unsigned p = 0; p < PROCESSES; p++) {
        pid_t pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid > 0)
            continue;
        bool known, good = sdc_registry_open(path, false, &registry, NULL) == SDC_OK;
        struct sdc_card_row shared = request(999999, 999999, 7);
        good = good && sdc_registry_assign(registry, &shared, TODAY, &known, NULL) == SDC_OK;
        for (unsigned i = 0; i < EACH && good; i++) {
            struct sdc_card_row row = request(p * 100 + i, p * 100 + i, 1);
            good = sdc_registry_assign(registry, &row, TODAY, &known, NULL) == SDC_OK && !known &&
                   sdc_registry_move(registry, row.guid, SDC_CARD_ASSIGNED, SDC_CARD_ISSUED, NULL) == SDC_OK;
        }
        sdc_registry_close(registry);
        _exit(good ? 0 : 1);
    }
    for (unsigned p = 0; p < PROCESSES; p++) {
        int status = -1;
        wait(&status);
        ck_assert_int_eq(status, 0);
    }
    struct sdc_registry_health health;
    ck_assert_int_eq(sdc_registry_examine(path, &health, NULL), SDC_OK);
    ck_assert_uint_eq(health.count[SDC_CARD_ISSUED], PROCESSES * EACH);
    ck_assert_uint_eq(health.count[SDC_CARD_ASSIGNED], 1);
}
END_TEST

static void execute(const char *sql)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

START_TEST(settings)
{
    setup();
    char text[16];
    struct database_column column = { text, sizeof text };
    struct database_query query = { .columns = &column, .columns_len = 1 };
    static const char *const wanted[][2] = { { "PRAGMA journal_mode", "wal" },
                                             { "PRAGMA synchronous", "2" },
                                             { "PRAGMA foreign_keys", "1" } };
    for (size_t i = 0; i < 3; i++) {
        query.sql = wanted[i][0];
        ck_assert_int_eq(database_run(registry->db, &query, NULL, NULL), SDC_OK);
        ck_assert_str_eq(text, wanted[i][1]);
    }
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    ck_assert_int_eq(sdc_registry_open(path, true, &(struct sdc_registry *) { NULL }, NULL), SDC_E_CONFLICT);
    ck_assert_int_eq(
        sdc_registry_open(temp_path(temp_folder(), "none"), false, &(struct sdc_registry *) { NULL }, NULL), SDC_E_IO);
    sdc_registry_close(registry);
}
END_TEST

START_TEST(schema)
{
    setup();
    int version = 0;
    ck_assert_int_eq(schema_version(registry->db, &version, NULL), SDC_OK);
    ck_assert_int_eq(version, schema_newest);
    sdc_registry_close(registry);
    ck_assert_int_eq(sdc_registry_open(path, false, &registry, NULL), SDC_OK); /* again: nothing to do */
    sdc_registry_close(registry);
    execute("INSERT INTO schema_version VALUES (99, '2026-11-25T00:00:00Z')");
    ck_assert_int_eq(sdc_registry_open(path, false, &registry, NULL), SDC_E_INPUT);
    struct sdc_registry_health health;
    ck_assert_int_eq(sdc_registry_examine(path, &health, NULL), SDC_E_INPUT);
}
END_TEST

/* ---- databases that earlier schemas made ---- */

#define ROWS_MAX 64
struct rows {
    unsigned len;
    char text[ROWS_MAX][600];
};

static int add_row(void *ctx, int columns, char **values, char **names)
{
    struct rows *rows = ctx;
    (void)names;
    ck_assert_uint_lt(rows->len, ROWS_MAX);
    char *at = rows->text[rows->len++];
    size_t used = 0;
    for (int i = 0; i < columns; i++)
        used += (size_t)snprintf(at + used, sizeof rows->text[0] - used, "%s|", values[i]);
    ck_assert_uint_lt(used, sizeof rows->text[0]);
    return 0;
}

static void query(const char *sql, struct rows *rows)
{
    sqlite3 *db = NULL;
    rows->len = 0;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, add_row, rows, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* What was finished stays as it was to the letter; what was begun is given up by 2, and kept from then on. */
static void compare(const struct rows *before, const struct rows *after, bool gives_up)
{
    ck_assert_uint_eq(before->len, after->len);
    for (unsigned i = 0; i < before->len; i++) {
        bool begun = strstr(before->text[i], "|assigned|") || strstr(before->text[i], "|sealing|");
        if (gives_up && begun)
            ck_assert_ptr_nonnull(strstr(after->text[i], "|spoiled|"));
        else
            ck_assert_str_eq(before->text[i], after->text[i]);
    }
}

START_TEST(earlier_schemas)
{
    static struct rows cards[2], signed_keys[2], changed, versions;
    static const char all_cards[] = "SELECT guid, transaction_id, record_digest, document_number, person_tag, expires,"
                                    " created, changed, state, '' FROM card ORDER BY guid";
    const int version = _i + 1;
    char name[64];
    struct sdc_buf sql = SDC_BUF_INIT;
    struct sdc_registry_health health;
    struct sdc_error e = { .text = "" };
    snprintf(name, sizeof name, "tests/data/registry-%d.sql", version);
    file_content(name, &sql);
    sdc_buf_u8(&sql, 0);
    path = temp_path(temp_folder(), "registry.sqlite");
    execute((const char *)sql.data);
    sdc_buf_free(&sql);
    query(all_cards, &cards[0]);
    query("SELECT * FROM certificate ORDER BY serial", &signed_keys[0]);
    ck_assert_uint_eq(cards[0].len, 8);
    ck_assert_uint_eq(signed_keys[0].len, 20);
    ck_assert_int_eq(sdc_registry_examine(path, &health, NULL), SDC_OK); /* also before anything is changed */
    ck_assert_msg(sdc_registry_open(path, false, &registry, &e) == SDC_OK, "%s", e.text);
    query(all_cards, &cards[1]);
    query("SELECT * FROM certificate ORDER BY serial", &signed_keys[1]);
    compare(&cards[0], &cards[1], version < 2);
    compare(&signed_keys[0], &signed_keys[1], false);
    query("SELECT serial FROM chip ORDER BY serial", &changed);
    ck_assert_uint_eq(changed.len, version < 2 ? 0 : 3); /* of the issued, the active and the expired card */
    query("SELECT version FROM schema_version", &versions);
    ck_assert_uint_eq(versions.len, (unsigned)schema_newest);
    /* and it is used: a person with a live card gets no second one, one whose issue was given up gets a new one */
    bool known = false;
    struct sdc_card_row live = request(14, 4, 1), begun = request(1, 1, 1);
    ck_assert_int_eq(sdc_registry_assign(registry, &live, TODAY, &known, NULL), SDC_E_CONFLICT);
    ck_assert_int_eq(sdc_registry_assign(registry, &begun, TODAY, &known, NULL), SDC_OK);
    ck_assert_int_eq(known, version >= 2);
    sdc_registry_close(registry);
    ck_assert_int_eq(sdc_registry_examine(path, &health, NULL), SDC_OK);
}
END_TEST

/* It doesn't begin anew: a person with a card would get a second one. */
START_TEST(an_emptied_registry_is_refused)
{
    struct sdc_error e = { .status = SDC_OK };
    struct sdc_registry_health health;
    setup();
    sdc_registry_close(registry);
    if (_i == 0)
        ck_assert_int_eq(truncate(path, 0), 0);
    else
        execute("DROP TABLE schema_version");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(sdc_registry_open(path, false, &registry, &e), SDC_E_IO);
        ck_assert_ptr_nonnull(strstr(e.text, "the file holds none"));
        ck_assert_int_eq(sdc_registry_examine(path, &health, &e), SDC_E_IO);
        ck_assert_ptr_nonnull(strstr(e.text, "the file holds none"));
    }
}
END_TEST

START_TEST(examining)
{
    setup();
    struct sdc_card_row row = request(1, 1, 1);
    struct sdc_registry_health health;
    char newest[SDC_TIME_TEXT], now[SDC_TIME_TEXT];
    must_assign(&row);
    database_now(now);
    ck_assert_int_eq(sdc_registry_newest(registry, newest, NULL), SDC_OK);
    ck_assert_int_le(strcmp(newest, now), 0);
    ck_assert_uint_eq(strlen(newest), 20);
    sdc_registry_close(registry);
    ck_assert_int_eq(sdc_registry_examine(path, &health, NULL), SDC_OK);
    ck_assert_uint_eq(health.count[SDC_CARD_ASSIGNED], 1);
    ck_assert_str_eq(health.newest, newest);
    execute("UPDATE card SET changed = '2099-01-01T00:00:00Z'");
    ck_assert_int_eq(sdc_registry_examine(path, &health, NULL), SDC_OK);
    ck_assert_str_eq(health.newest, "2099-01-01T00:00:00Z");
    execute("INSERT INTO certificate VALUES ('none', '9A', '01', '00', '2026-11-25T00:00:00Z')");
    ck_assert_int_eq(sdc_registry_examine(path, &health, NULL), SDC_E_IO);
}
END_TEST

START_TEST(damage_is_seen)
{
    setup();
    for (unsigned i = 0; i < 200; i++) {
        struct sdc_card_row row = request(i, i, 1);
        must_assign(&row);
    }
    sdc_registry_close(registry);
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    uint8_t junk[512];
    memset(junk, 0x55, sizeof junk);
    int fd = open(path, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, junk, sizeof junk, st.st_size / 4096 / 2 * 4096), sizeof junk);
    close(fd);
    struct sdc_registry_health health;
    struct sdc_error e;
    ck_assert_int_eq(sdc_registry_examine(path, &health, &e), SDC_E_IO);
}
END_TEST

/* A pipe would hold the program up for ever; a link may lead anywhere. */
START_TEST(takes_a_regular_file_only)
{
    struct sdc_error e = { .status = SDC_OK };
    struct sdc_registry_health health;
    setup();
    sdc_registry_close(registry);
    const char *other = temp_path(temp_folder(), "registry.sqlite");
    if (_i == 0)
        ck_assert_int_eq(mkfifo(other, 0600), 0);
    else
        ck_assert_int_eq(symlink(path, other), 0);
    ck_assert_int_eq(sdc_registry_open(other, false, &registry, &e), SDC_E_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "not a regular file"));
    ck_assert_int_eq(sdc_registry_examine(other, &health, &e), SDC_E_IO);
}
END_TEST

START_TEST(uuids)
{
    uint8_t a[16], b[16];
    char text[SDC_UUID_TEXT];
    ck_assert_int_eq(sdc_uuid_random(a, NULL), SDC_OK);
    ck_assert_uint_eq(a[6] >> 4, 4);
    ck_assert_uint_eq(a[8] >> 6, 2);
    sdc_uuid_text(a, text);
    ck_assert_uint_eq(strlen(text), 36);
    ck_assert(sdc_uuid_parse(text, b));
    ck_assert_mem_eq(a, b, 16);
    ck_assert(sdc_uuid_parse("00112233-4455-6677-8899-AABBCCDDEEFF", b));
    ck_assert_uint_eq(b[15], 0xFF);
    static const char *const bad[] = { "",
                                       "00112233-4455-6677-8899-aabbccddeef",
                                       "00112233-4455-6677-8899-aabbccddeefff",
                                       "00112233445566778899aabbccddeeff----",
                                       "00112233-4455-6677-8899-aabbccddeefg",
                                       "0011223-34455-6677-8899-aabbccddeeff" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert(!sdc_uuid_parse(bad[i], b));
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { assigning, 0 },
        { expiry_frees_the_person, 0 },
        { giving_up, 0 },
        { life_cycle, 0 },
        { certificates, 0 },
        { processes, 0 },
        { settings, 0 },
        { schema, 0 },
        { earlier_schemas, 2 },
        { examining, 0 },
        { damage_is_seen, 0 },
        { uuids, 0 },
        { chips, 0 },
        { takes_a_regular_file_only, 2 },
        { an_emptied_registry_is_refused, 2 },
    };
    return suite_run("registry", tests, sizeof tests / sizeof *tests);
}
