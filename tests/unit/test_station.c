/* SPDX-License-Identifier: BSD-2-Clause */
/* Making, opening and examining a station; its configuration. */
#include "station_state.h"
#include "suite.h"
#include "temp_station.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_text(const char *path, const char *text)
{
    ck_assert_int_eq(sdc_file_write(path, text, strlen(text), 0644, NULL), SDC_OK);
}

static void write_pin(const char *home, const char *text)
{
    ck_assert_int_eq(sdc_file_write(temp_path(home, "token.pin"), text, strlen(text), 0600, NULL), SDC_OK);
}

static unsigned entries(const char *folder)
{
    unsigned count = 0;
    DIR *dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static unsigned mode_of(const char *home, const char *name)
{
    struct stat st;
    ck_assert_int_eq(stat(temp_path(home, name), &st), 0);
    return st.st_mode & 07777;
}

static unsigned lines;

static void count_line(void *ctx, const char *line)
{
    ck_assert_ptr_eq(ctx, &lines);
    ck_assert(line[0] != '\0' && !strchr(line, '\n'));
    lines++;
}

START_TEST(init_makes_a_station)
{
    static const struct {
        const char *name;
        unsigned mode;
    } wanted[] = {
        { "", 0755 },
        { "station.conf", 0600 },
        { "token", 0700 },
        { "token.pin", 0600 },
        { "token/softhsm2.conf", 0600 },
        { "trust", 0755 },
        { "trust/csca.pem", 0644 },
        { "trust/ds-1.pem", 0644 },
        { "trust/card-ca.pem", 0644 },
        { "trust/content-signer-1.pem", 0644 },
        { "letters", 0700 },
        { "registry.sqlite", 0600 },
    };
    umask(0077); /* readers must get at trust/ all the same */
    const char *folder = temp_folder(), *home = temp_path(folder, "station");
    struct sdc_error e = { .status = SDC_OK };
    const struct sdc_init init = { .progress = count_line, .ctx = &lines };
    ck_assert_msg(sdc_station_init(home, &init, &e) == SDC_OK, "%s", e.text);
    ck_assert_uint_ge(lines, 4);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        ck_assert_msg(mode_of(home, wanted[i].name) == wanted[i].mode, "%s: %o", wanted[i].name,
                      mode_of(home, wanted[i].name));
    ck_assert_uint_eq(entries(folder), 1); /* nothing beside it is left */
    sdc_station_close(temp_station_open(home));
    ck_assert_int_eq(sdc_station_init(home, NULL, &e), SDC_E_CONFLICT); /* never twice */
    sdc_station_close(temp_station_open(home));
}
END_TEST

START_TEST(init_takes_an_empty_folder)
{
    const char *folder = temp_folder(), *home = temp_path(folder, "station/");
    ck_assert_int_eq(mkdir(home, 0700), 0);
    ck_assert_int_eq(sdc_station_init(home, NULL, NULL), SDC_OK);
    sdc_station_close(temp_station_open(home));
    ck_assert_uint_eq(entries(folder), 1);
    ck_assert_int_eq(chdir(folder), 0); /* by relative paths, too */
    ck_assert_int_eq(sdc_station_init("other//", NULL, NULL), SDC_OK);
    sdc_station_close(temp_station_open("other"));
    ck_assert_int_eq(sdc_station_init("no/such/parent", NULL, NULL), SDC_E_INPUT);
    ck_assert_uint_eq(entries(folder), 2);
}
END_TEST

START_TEST(init_takes_a_configuration)
{
    const char *folder = temp_folder(), *home = temp_path(folder, "station");
    char text[64] = "";
    ck_assert_int_eq(mkdir(home, 0700), 0);
    write_text(temp_path(home, "station.conf"), "organisation = Another Issuer (West)\ntoken_label=west\n");
    ck_assert_int_eq(sdc_station_init(home, NULL, NULL), SDC_OK);
    struct sdc_station *station = temp_station_open(home);
    X509_NAME_get_text_by_NID(X509_get_subject_name(station->pki.certificate[PKI_CARD_CA]), NID_organizationName, text,
                              sizeof text);
    ck_assert_str_eq(text, "Another Issuer (West)");
    ck_assert_str_eq(station->config.token_label, "west");
    ck_assert_str_eq(station->config.country, "US");
    sdc_station_close(station);
    ck_assert_uint_eq(entries(folder), 1);
}
END_TEST

static volatile sig_atomic_t stop;

static void stop_at_line(void *ctx, const char *line)
{
    (void)line;
    unsigned *left = ctx;
    if (--*left == 0)
        stop = 1;
}

/* Stopped at any step: nothing is left of it. */
START_TEST(init_is_stopped)
{
    const char *folder = temp_folder(), *home = temp_path(folder, "station");
    for (unsigned at = 1, left = 0; left == 0; at++) {
        struct sdc_error e = { .text = "" };
        const struct sdc_init init = { .progress = stop_at_line, .ctx = &left, .cancel = &stop };
        left = at;
        stop = 0;
        enum sdc_status status = sdc_station_init(home, &init, &e);
        if (left > 0 || status == SDC_OK) /* no step is left where it could be stopped */
            ck_assert(status == SDC_OK && at >= 5);
        else
            ck_assert_msg(status == SDC_E_CANCELLED, "%s", e.text);
        ck_assert_uint_eq(entries(folder), status == SDC_OK);
        if (status == SDC_OK)
            break;
    }
    sdc_station_close(temp_station_open(home));
}
END_TEST

/* A delivery that is refused makes no station either. */
START_TEST(init_refuses_a_delivery)
{
    const char *folder = temp_folder(), *home = temp_path(folder, "station");
    struct sdc_error e = { .text = "" };
    const struct sdc_init init = { .delivery = folder };
    ck_assert_int_eq(sdc_station_init(home, &init, &e), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(e.text, "maker.pem"));
    ck_assert_uint_eq(entries(folder), 0);
}
END_TEST

/* Whatever goes wrong: what was there is there, and nothing else. */
START_TEST(init_fails_without_a_trace)
{
    static const struct {
        const char *conf;
        enum sdc_status status;
    } cases[] = {
        { "module = /nonexistent/module.so\n", SDC_E_TOKEN },
        { "module = relative.so\n", SDC_E_INPUT },
        { "crl_url = https://pki.example.org\n", SDC_E_INPUT },
        { "nonsense\n", SDC_E_INPUT },
    };
    struct sdc_error e;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *folder = temp_folder(), *home = temp_path(folder, "station");
        struct sdc_buf held = SDC_BUF_INIT;
        ck_assert_int_eq(mkdir(home, 0700), 0);
        write_text(temp_path(home, "station.conf"), cases[i].conf);
        ck_assert_int_eq(sdc_station_init(home, NULL, &e), cases[i].status);
        ck_assert_uint_eq(entries(folder), 1);
        ck_assert_uint_eq(folder_content(home, &held), 1);
        ck_assert_uint_eq(held.len, strlen(cases[i].conf));
        sdc_buf_free(&held);
    }
    const char *folder = temp_folder(), *file = temp_path(folder, "file");
    write_text(file, "x");
    ck_assert_int_eq(sdc_station_init(file, NULL, &e), SDC_E_CONFLICT);
    ck_assert_int_eq(sdc_station_init(folder, NULL, &e), SDC_E_CONFLICT); /* holds something else */
    ck_assert_uint_eq(entries(folder), 1);
}
END_TEST

START_TEST(opening)
{
    struct sdc_error e;
    struct sdc_station *station = NULL;
    const char *folder = temp_folder();
    ck_assert_int_eq(sdc_station_open(folder, &station, &e), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(e.text, "sdc init"));
    const char *home = temp_path(folder, "station"), *moved = temp_path(folder, "moved");
    ck_assert_int_eq(sdc_station_init(home, NULL, NULL), SDC_OK);
    ck_assert_int_eq(rename(home, moved), 0); /* a station may be moved */
    sdc_station_close(temp_station_open(moved));
    ck_assert_int_eq(rename(temp_path(moved, "trust/ds-1.pem"), temp_path(moved, "trust/x.pem")), 0);
    ck_assert_int_eq(sdc_station_open(moved, &station, &e), SDC_E_INPUT);
    ck_assert_int_eq(link(temp_path(moved, "trust/card-ca.pem"), temp_path(moved, "trust/ds-1.pem")), 0);
    ck_assert_int_eq(sdc_station_open(moved, &station, &e), SDC_E_INPUT); /* not this key's certificate */
    ck_assert_ptr_null(station);
}
END_TEST

START_TEST(pin_sources)
{
    const char *home = temp_station();
    struct sdc_station *station = NULL;
    char pin[STATION_PIN_MAX + 1];
    ck_assert_int_eq(station_pin(home, pin, NULL), SDC_OK);
    ck_assert_uint_eq(strlen(pin), 32);
    ck_assert_int_eq(unlink(temp_path(home, "token.pin")), 0);
    ck_assert_int_eq(sdc_station_open(home, &station, NULL), SDC_E_INPUT);
    setenv("SDC_TOKEN_PIN", pin, 1);
    sdc_station_close(temp_station_open(home));
    setenv("SDC_TOKEN_PIN", "", 1); /* as if it were not set */
    write_pin(home, "\r\n");
    ck_assert_int_eq(station_pin(home, pin, NULL), SDC_E_INPUT);
    char longest[STATION_PIN_MAX + 4];
    memset(longest, '7', sizeof longest);
    strcpy(longest + STATION_PIN_MAX, "\r\n");
    write_pin(home, longest);
    ck_assert_int_eq(station_pin(home, pin, NULL), SDC_OK);
    strcpy(longest + STATION_PIN_MAX, "7\n");
    write_pin(home, longest);
    ck_assert_int_eq(station_pin(home, pin, NULL), SDC_E_INPUT);
}
END_TEST

/* station.conf names the module that is loaded: who changes it runs code as this user. */
START_TEST(configuration_that_others_may_change_is_refused)
{
    const char *home = temp_station();
    struct sdc_station *station = NULL;
    struct sdc_error e = { .status = SDC_OK };
    ck_assert_int_eq(chmod(temp_path(home, "station.conf"), _i ? 0620 : 0602), 0);
    ck_assert_int_eq(sdc_station_open(home, &station, &e), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(e.text, "station.conf: others may change it"));
}
END_TEST

/* ---- doctor ---- */

static const struct sdc_finding *finding(const char *home, const char *name)
{
    static struct sdc_finding findings[16];
    size_t count = sdc_station_examine(home, findings, 16);
    for (size_t i = 0; i < count; i++)
        if (strcmp(findings[i].name, name) == 0)
            return &findings[i];
    return NULL;
}

static int level(const char *home, const char *name)
{
    const struct sdc_finding *found = finding(home, name);
    return found ? (int)found->level : -1;
}

static void execute(const char *home, const char *sql)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(temp_path(home, "registry.sqlite"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Others might have read it: the station doesn't go on, and doctor says why. */
START_TEST(pin_that_others_may_read_is_refused)
{
    static const unsigned modes[] = { 0640, 0620, 0604, 0602, 0601 };
    const char *home = temp_station();
    struct sdc_station *station = NULL;
    struct sdc_error e = { .status = SDC_OK };
    ck_assert_int_eq(chmod(temp_path(home, "token.pin"), modes[_i]), 0);
    ck_assert_int_eq(sdc_station_open(home, &station, &e), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(e.text, "token.pin"));
    ck_assert_ptr_nonnull(strstr(e.text, "chmod go="));
    const struct sdc_finding *token = finding(home, "token");
    ck_assert_int_eq(token->level, SDC_FINDING_BAD);
    ck_assert_ptr_nonnull(strstr(token->text, "token.pin"));
    ck_assert_int_eq(chmod(temp_path(home, "token.pin"), 0400), 0);
    sdc_station_close(temp_station_open(home));
}
END_TEST

START_TEST(doctor_names_files_that_are_shared)
{
    static const struct {
        const char *name;
        unsigned mode;
    } shared[] = {
        { "registry.sqlite", 0640 }, { "letters", 0755 }, { "token", 0701 }, { "trust", 0775 }, { ".", 0777 },
    };
    const char *home = temp_station();
    ck_assert_int_eq(chmod(temp_path(home, shared[_i].name), shared[_i].mode), 0);
    const struct sdc_finding *files = finding(home, "files");
    ck_assert_int_eq(files->level, SDC_FINDING_BAD);
    ck_assert_ptr_nonnull(strstr(files->text, shared[_i].name));
}
END_TEST

START_TEST(doctor)
{
    static const char *const names[] = { "configuration", "token",    "certificates", "terminals",
                                         "files",         "registry", "clock",        "disk" };
    const char *home = temp_station(), *nothing = temp_folder();
    ck_assert_int_eq(level(nothing, "station"), SDC_FINDING_BAD);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_msg(level(home, names[i]) == SDC_FINDING_GOOD, "%s: %s", names[i], finding(home, names[i])->text);
    ck_assert_uint_eq(sdc_station_examine(home, NULL, 0), 0);
    execute(home, "INSERT INTO card VALUES ('g', 't', 'd', 'n', 'p', '2030-01-01', 'assigned', 'c', "
                  "'2026-11-25T00:00:00Z', '')");
    ck_assert_int_eq(level(home, "registry"), SDC_FINDING_WARN); /* begun, not finished */
    execute(home, "UPDATE card SET state = 'issued', changed = '2199-01-01T00:00:00Z'");
    ck_assert_int_eq(level(home, "registry"), SDC_FINDING_GOOD);
    ck_assert_int_eq(level(home, "clock"), SDC_FINDING_BAD);
    setenv("SDC_TOKEN_PIN", "not this", 1);
    ck_assert_int_eq(level(home, "token"), SDC_FINDING_BAD);
    unsetenv("SDC_TOKEN_PIN");
    ck_assert_int_eq(level(home, "token"), SDC_FINDING_GOOD);
    ck_assert_int_eq(unlink(temp_path(home, "trust/csca.pem")), 0);
    ck_assert_int_eq(level(home, "certificates"), SDC_FINDING_BAD);
    write_text(temp_path(home, "registry.sqlite"), "this is no database, whatever its name says about it");
    ck_assert_int_eq(level(home, "registry"), SDC_FINDING_BAD);
    write_text(temp_path(home, "station.conf"), "nonsense");
    ck_assert_int_eq(level(home, "configuration"), SDC_FINDING_BAD);
}
END_TEST

/* ---- configuration ---- */

START_TEST(config_table)
{
    struct config defaults, read;
    struct sdc_buf text = SDC_BUF_INIT;
    const char *path = temp_path(temp_folder(), "station.conf");
    config_default(&defaults);
    ck_assert_uint_le(config_keys_len, 32); /* a bit each in config_read */
    for (size_t i = 0; i < config_keys_len; i++) {
        const struct config_key *k = &config_keys[i];
        ck_assert(k->valid(k->value) && strlen(k->value) <= k->max && k->max <= CONFIG_VALUE_MAX);
        ck_assert(k->comment[0] && k->rule[0]);
        ck_assert_uint_le(k->offset, sizeof defaults - CONFIG_VALUE_MAX - 1);
        ck_assert_str_eq((const char *)&defaults + k->offset, k->value);
        for (size_t j = 0; j < i; j++)
            ck_assert(strcmp(k->name, config_keys[j].name) != 0 && k->offset != config_keys[j].offset);
    }
    strcpy(defaults.printed_issuer, "WEST");
    config_print(&defaults, &text);
    for (size_t i = 0; i < config_keys_len; i++) /* each key is explained */
        ck_assert(bytes_hold(&text, config_keys[i].name));
    ck_assert_int_eq(sdc_file_write(path, text.data, text.len, 0644, NULL), SDC_OK);
    ck_assert_int_eq(config_read(path, &read, NULL), SDC_OK);
    ck_assert_mem_eq(&read, &defaults, sizeof read);
    sdc_buf_free(&text);
}
END_TEST

START_TEST(config_faults)
{
    static const struct {
        const char *text, *error; /* NULL: good */
    } cases[] = {
        { "", NULL },
        { "\n  # comment\n\t\n", NULL },
        { "country=CA", NULL },
        { "  country  =  CA \r\n", NULL },
        { "country = US\ncountry = US\n", "line 2: 'country' is given twice" },
        { "# x\ncolour = red\n", "line 2: there is no setting 'colour'" },
        { "country = U\n", "line 1: 'country' takes" },
        { "country = USA\n", "line 1: 'country' takes" },
        { "country = us\n", "line 1: 'country' takes" },
        { "country =\n", "line 1: 'country' takes" },
        { "country\n", "line 1: not a line" },
        { "printed_issuer = 1234567890123456\n", "'printed_issuer' takes 1 to 15 bytes" },
        { "printed_issuer = 123456789012345\n", NULL },
        { "printed_issuer = a\x01\n", "'printed_issuer'" },
        { "ocsp_url = http://a,URI:http://b\n", "'ocsp_url'" },
        { "ocsp_url = http://\n", "'ocsp_url'" },
        { "ocsp_url = http://a/\n", "'ocsp_url'" },
        { "organisation = A/B\n", "'organisation'" },
        { "module = softhsm.so\n", "'module'" },
    };
    struct config config;
    const char *path = temp_path(temp_folder(), "station.conf");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sdc_error e = { .text = "" };
        write_text(path, cases[i].text);
        enum sdc_status status = config_read(path, &config, &e);
        ck_assert_msg(status == (cases[i].error ? SDC_E_INPUT : SDC_OK), "case %zu: %s", i, e.text);
        if (cases[i].error)
            ck_assert_msg(strstr(e.text, cases[i].error) != NULL, "case %zu: %s", i, e.text);
    }
    ck_assert_int_eq(sdc_file_write(path, "a\0b", 3, 0644, NULL), SDC_OK);
    ck_assert_int_eq(config_read(path, &config, NULL), SDC_E_INPUT);
}
END_TEST

START_TEST(locks)
{
    const char *home = temp_station();
    struct sdc_station *station = temp_station_open(home);
    struct sdc_error e;
    int first, second, other;
    ck_assert_int_eq(station_lock(station, "a", &first, NULL), SDC_OK);
    ck_assert_int_eq(station_lock(station, "a", &second, &e), SDC_E_CONFLICT);
    ck_assert_int_eq(second, -1);
    ck_assert_int_eq(station_lock(station, "b", &other, NULL), SDC_OK);
    station_unlock(first);
    station_unlock(second);
    ck_assert_int_eq(station_lock(station, "a", &second, NULL), SDC_OK);
    station_unlock(second);
    station_unlock(other);
    sdc_station_close(station);
}
END_TEST

START_TEST(home_folder)
{
    unsetenv("SDC_HOME");
    ck_assert_str_eq(sdc_home(), "/var/lib/sdc");
    setenv("SDC_HOME", "", 1);
    ck_assert_str_eq(sdc_home(), "/var/lib/sdc");
    setenv("SDC_HOME", "/x", 1);
    ck_assert_str_eq(sdc_home(), "/x");
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { init_makes_a_station, 0 },
        { init_takes_an_empty_folder, 0 },
        { init_takes_a_configuration, 0 },
        { init_fails_without_a_trace, 0 },
        { init_is_stopped, 0 },
        { init_refuses_a_delivery, 0 },
        { opening, 0 },
        { pin_sources, 0 },
        { pin_that_others_may_read_is_refused, 5 },
        { configuration_that_others_may_change_is_refused, 2 },
        { doctor_names_files_that_are_shared, 5 },
        { doctor, 0 },
        { config_table, 0 },
        { config_faults, 0 },
        { locks, 0 },
        { home_folder, 0 },
    };
    return suite_run("station", tests, sizeof tests / sizeof *tests);
}
