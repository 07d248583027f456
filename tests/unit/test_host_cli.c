/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's tables, its command line, where secrets come from, and what it prints. */
#include "suite.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "verify_output.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char pin_text[] = "98765432";

START_TEST(command_table)
{
    for (size_t i = 0; i < cli_commands_len; i++) {
        const struct cli_command *c = &cli_commands[i];
        ck_assert_ptr_nonnull(c->run);
        ck_assert_uint_gt(strlen(c->summary), 10);
        ck_assert_uint_gt(strlen(c->text), 40);
        ck_assert_int_eq(c->text[strlen(c->text) - 1], '\n');
        ck_assert_uint_ne(c->options & CLI_HAS(OPT_JSON), 0); /* everywhere */
        ck_assert(!(c->options & CLI_HAS(OPT_READER)) || (c->options & CLI_HAS(OPT_STATS)));
        ck_assert_uint_eq(c->options >> CLI_OPTIONS, 0);
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(c->name, cli_commands[k].name);
        char name[40];
        snprintf(name, sizeof name, "%s", c->name);
        char *words[] = { strtok(name, " "), strtok(NULL, " "), NULL };
        int used;
        ck_assert_ptr_eq(cli_find_command(words[1] ? 2 : 1, words, &used), c);
        ck_assert_int_eq(used, words[1] ? 2 : 1);
    }
    char first[] = "card", prefix[] = "verif", more[] = "verifyx";
    int used;
    ck_assert_ptr_null(cli_find_command(1, (char *[]) { first }, &used)); /* half of "card show" */
    ck_assert_ptr_null(cli_find_command(1, (char *[]) { prefix }, &used));
    ck_assert_ptr_null(cli_find_command(1, (char *[]) { more }, &used));
    ck_assert_ptr_null(cli_find_command(0, NULL, &used));
}
END_TEST

START_TEST(option_table)
{
    unsigned used = 0;
    for (size_t i = 0; i < cli_commands_len; i++)
        used |= cli_commands[i].options;
    for (int i = 0; i < CLI_OPTIONS; i++) {
        ck_assert_ptr_nonnull(cli_options[i].name);
        ck_assert_uint_gt(strlen(cli_options[i].help), 10);
        ck_assert_uint_eq(strspn(cli_options[i].name, "abcdefghijklmnopqrstuvwxyz-"), strlen(cli_options[i].name));
        ck_assert_msg(used & CLI_HAS(i), "nobody takes --%s", cli_options[i].name);
        ck_assert(!cli_options[i].secret || strcmp(cli_options[i].argument, "ask|fd:N") == 0);
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(cli_options[i].name, cli_options[k].name);
    }
}
END_TEST

/* Every status has its exit code, each code stands in the help, and the classes are those of the specification. */
START_TEST(exit_codes)
{
    static const struct {
        enum sdc_status status;
        int code;
    } fixed[] = { { SDC_OK, 0 },           { SDC_E_USAGE, 64 },     { SDC_E_INPUT, 65 },     { SDC_E_NO_SERVICE, 69 },
                  { SDC_E_NO_READER, 69 }, { SDC_E_NO_CARD, 30 },   { SDC_E_PIN_WRONG, 30 }, { SDC_E_PIN_BLOCKED, 30 },
                  { SDC_E_BUG, 70 },       { SDC_E_SIGNATURE, 20 }, { SDC_E_DENIED, 20 },    { SDC_E_CANCELLED, 130 } };
    for (int s = SDC_OK; s <= SDC_E_BUG; s++) {
        int code = cli_exit_code((enum sdc_status)s);
        ck_assert(s == SDC_OK ? code == 0 : code != 0);
        bool listed = false;
        for (const struct cli_exit_info *info = cli_exits; info->text; info++)
            listed = listed || info->code == code;
        ck_assert_msg(listed, "%d", code);
    }
    for (size_t i = 0; i < COUNT(fixed); i++)
        ck_assert_int_eq(cli_exit_code(fixed[i].status), fixed[i].code);
    ck_assert_int_eq(cli_exit_code((enum sdc_status)999), 70);
    for (int v = SDC_VERDICT_RETRY; v <= SDC_VERDICT_ACCEPT; v++)
        ck_assert_uint_gt(strlen(cli_verdict_text((enum sdc_verdict)v)), 10);
    ck_assert_str_eq(cli_verdict_text((enum sdc_verdict)99), "");
}
END_TEST

/* A command line of at most six words for a command; copies, because parsing may wipe. */
static enum sdc_status parse(struct cli *cli, const char *command, const char *const words[6], char copies[6][80],
                             struct sdc_error *e)
{
    char name[40], *argv[6];
    int argc = 0, used;
    snprintf(name, sizeof name, "%s", command);
    char *parts[] = { strtok(name, " "), strtok(NULL, " ") };
    *cli = (struct cli) { .command = cli_find_command(parts[1] ? 2 : 1, parts, &used) };
    ck_assert_ptr_nonnull(cli->command);
    for (; argc < 6 && words[argc]; argc++) {
        snprintf(copies[argc], 80, "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    return cli_parse(cli, argc, argv, e);
}

static const struct {
    const char *command;
    const char *words[6];
    enum sdc_status status;
    const char *text; /* in the error's text */
} lines[] = {
    { "verify", { NULL }, SDC_OK, NULL },
    { "verify", { "--profile", "chip", "--json", "--stats" }, SDC_OK, NULL },
    { "verify", { "--profile=chip", "--pin=fd:3" }, SDC_OK, NULL },
    { "verify", { "--pin", "ask" }, SDC_OK, NULL },
    { "verify", { "--profile" }, SDC_E_USAGE, "--profile needs NAME" },
    { "verify", { "--json=1" }, SDC_E_USAGE, "takes no value" },
    { "verify", { "--json", "--json" }, SDC_E_USAGE, "twice" },
    { "verify", { "--record", "1" }, SDC_E_USAGE, "no option --record" },
    { "verify", { "--pinn=98765432" }, SDC_E_USAGE, "no option --pinn" },
    { "verify", { "--98765432" }, SDC_E_USAGE, "no option" },
    { "verify", { "98765432" }, SDC_E_USAGE, "options only" },
    { "verify", { "-j" }, SDC_E_USAGE, "two dashes" },
    { "verify", { "--pin", "98765432" }, SDC_E_USAGE, "never taken from the command line" },
    { "verify", { "--pin=98765432" }, SDC_E_USAGE, "never taken from the command line" },
    { "verify", { "--pin", "" }, SDC_E_USAGE, "ask" },
    { "handover", { "--transport", "98765432", "--pin", "ask" }, SDC_E_USAGE, "never taken from the command line" },
    { "handover", { "--transport", "fd:98765432" }, SDC_E_USAGE, "never taken from the command line" },
    { "issue", { "batch.json", "--record", "1" }, SDC_OK, NULL },
    { "issue", { "--record", "1", "--", "--batch.json" }, SDC_OK, NULL },
    { "issue", { "--record", "1" }, SDC_E_USAGE, "needs FILE" },
    { "issue", { "a.json", "98765432" }, SDC_E_USAGE, "one file" },
    { "records check", { "-" }, SDC_OK, NULL },
    { "doctor", { "--reader", "0" }, SDC_E_USAGE, "no option --reader" },
    { "card show", { "--reader", "0" }, SDC_OK, NULL },
};

START_TEST(command_line)
{
    struct cli cli;
    struct sdc_error e = { .text = "" };
    char copies[6][80] = { "" };
    enum sdc_status status = parse(&cli, lines[_i].command, lines[_i].words, copies, &e);
    ck_assert_msg(status == lines[_i].status, "line %d: %s", _i, e.text);
    if (status == SDC_OK)
        return;
    ck_assert_msg(strstr(e.text, lines[_i].text), "line %d: %s", _i, e.text);
    ck_assert_ptr_null(strstr(e.text, pin_text)); /* never quoted */
    if (strstr(e.text, "never taken"))
        for (size_t i = 0; i < COUNT(copies); i++)
            ck_assert_ptr_null(strstr(copies[i], pin_text)); /* and off the command line */
}
END_TEST

START_TEST(values_arrive)
{
    struct cli cli;
    char copies[6][80];
    const char *const words[6] = { "file.json", "--record", "7", "--reader=Some Reader", "--stats", NULL };
    ck_assert_int_eq(parse(&cli, "issue", words, copies, NULL), SDC_OK);
    ck_assert_str_eq(cli.operand, "file.json");
    ck_assert_str_eq(cli.value[OPT_RECORD], "7");
    ck_assert_str_eq(cli.value[OPT_READER], "Some Reader");
    ck_assert_str_eq(cli.value[OPT_STATS], "");
    ck_assert_ptr_null(cli.value[OPT_JSON]);
}
END_TEST

START_TEST(memory_is_kept)
{
    struct rlimit core;
    ck_assert_int_eq(prctl(PR_GET_DUMPABLE), 1); /* each test is a process of its own */
    cli_keep_memory();
    ck_assert_int_eq(prctl(PR_GET_DUMPABLE), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_CORE, &core), 0);
    ck_assert(core.rlim_cur == 0 && core.rlim_max == 0);
}
END_TEST

START_TEST(secret_sources)
{
    static const struct {
        const char *word;
        bool good;
        int fd;
    } rows[] = { { "ask", true, -1 },      { "fd:0", true, 0 },       { "fd:1023", true, 1023 },
                 { "fd:1024", false, -1 }, { "fd:", false, -1 },      { "fd:-1", false, -1 },
                 { "fd:1x", false, -1 },   { "fd:00003", false, -1 }, { "Ask", false, -1 },
                 { "", false, -1 },        { "123456", false, -1 },   { "fd:99999999999", false, -1 } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int fd;
        ck_assert_msg(cli_secret_source(rows[i].word, &fd) == rows[i].good, "%s", rows[i].word);
        ck_assert_int_eq(fd, rows[i].fd);
    }
}
END_TEST

/* A descriptor that gives these bytes and then ends. */
static int pipe_with(const char *text)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    close(ends[1]);
    return ends[0];
}

START_TEST(secret_lines)
{
    char source[16], text[80];
    struct cli_secret s;
    struct sdc_error e;
    snprintf(source, sizeof source, "fd:%d", pipe_with("123456\n\n 7 \r\nlast"));
    static const char *const want[] = { "123456", "", " 7 \r", "last" };
    for (size_t i = 0; i < COUNT(want); i++) {
        ck_assert_int_eq(cli_secret_read(source, "", &s, &e), SDC_OK);
        ck_assert_str_eq(s.text, want[i]);
        ck_assert_uint_eq(s.len, strlen(want[i]));
    }
    ck_assert_int_eq(cli_secret_read(source, "", &s, &e), SDC_E_INPUT); /* no further line */
    for (int len = CLI_SECRET_MAX; len <= CLI_SECRET_MAX + 1; len++) {
        memset(text, '5', sizeof text);
        text[len] = '\0';
        snprintf(source, sizeof source, "fd:%d", pipe_with(text));
        ck_assert_int_eq(cli_secret_read(source, "", &s, &e), len == CLI_SECRET_MAX ? SDC_OK : SDC_E_INPUT);
    }
    static const struct cli_secret none;
    ck_assert_mem_eq(&s, &none, sizeof s);                                 /* wiped where it failed */
    ck_assert_int_eq(cli_secret_read("fd:1000", "", &s, &e), SDC_E_INPUT); /* not open */
}
END_TEST

/* What a terminal shows until the child is done; 'type' is typed once the prompt is there. */
static int on_terminal(const char *type, char *shown, size_t cap, bool *echo)
{
    int master;
    pid_t child = forkpty(&master, NULL, NULL, NULL);
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct cli_secret s;
        struct sdc_error e;
        enum sdc_status status = cli_secret_read("ask", "PIN", &s, &e);
        struct termios after;
        tcgetattr(0, &after);
        bool right = status == SDC_OK && strcmp(s.text, pin_text) == 0;
        _exit(!(after.c_lflag & ECHO) ? 3 : status == SDC_E_CANCELLED ? 2 : right ? 0 : 1);
    }
    size_t len = 0;
    bool typed = false;
    while (len < cap - 1) {
        ssize_t n = read(master, shown + len, cap - 1 - len);
        if (n <= 0)
            break;
        len += (size_t)n;
        shown[len] = '\0';
        if (typed || !strstr(shown, "PIN: "))
            continue;
        struct termios now = { .c_lflag = ECHO };
        while (now.c_lflag &
               ECHO) /* the prompt comes first, then the terminal goes quiet: what is typed before is lost */
            tcgetattr(master, &now);
        *echo = now.c_lflag & ECHO;
        ck_assert_int_eq(write(master, type, strlen(type)), (ssize_t)strlen(type));
        typed = true;
    }
    int status;
    waitpid(child, &status, 0);
    close(master);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

START_TEST(secret_is_asked_without_echo)
{
    char shown[256] = "";
    bool echo = true;
    ck_assert_int_eq(on_terminal("98765432\n", shown, sizeof shown, &echo), 0);
    ck_assert(!echo);
    ck_assert_ptr_null(strstr(shown, "9"));
    ck_assert_int_eq(on_terminal("9876\003", shown, sizeof shown, &echo), 2); /* Ctrl-C: cancelled, echo is back */
}
END_TEST

START_TEST(no_terminal_is_told)
{
    setsid(); /* without a controlling terminal */
    struct cli_secret s;
    struct sdc_error e;
    ck_assert_int_eq(cli_secret_read("ask", "PIN", &s, &e), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(e.text, "fd:N"));
}
END_TEST

static char *printed(const struct sdc_report *report)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    verify_print(out, report);
    fclose(out);
    return text;
}

/* The last line is the verdict, whatever the report holds. */
START_TEST(verdict_is_the_last_line)
{
    struct sdc_report report = { .verdict = (enum sdc_verdict)_i, .tries = -1, .checks_len = 2 };
    report.checks[0] = (struct sdc_check) { "a", "first", SDC_CHECK_PASSED, "" };
    report.checks[1] = (struct sdc_check) { "b", "second", SDC_CHECK_NOT_MADE, "no\033[2J PIN" };
    snprintf(report.name, sizeof report.name, "A\nverdict: ACCEPT\nB");
    char *text = printed(&report), want[64];
    int len = snprintf(want, sizeof want, "\nverdict: %s\n", sdc_verdict_name(report.verdict));
    ck_assert_str_eq(text + strlen(text) - len, want);
    ck_assert_ptr_null(strchr(text, '\033'));
    ck_assert_ptr_eq(strstr(text, "\nverdict: "), text + strlen(text) - len); /* and stands once */
    bool ticks = strstr(text, "passed") != NULL;
    ck_assert(ticks == (report.verdict != SDC_VERDICT_REJECT_SIGNATURE));
    free(text);
    json_t *json = verify_json(&report);
    ck_assert_str_eq(json_string_value(json_object_get(json, "verdict")), sdc_verdict_name(report.verdict));
    ck_assert_int_eq(json_integer_value(json_object_get(json, "exit")), sdc_verdict_exit(report.verdict));
    ck_assert_uint_eq(json_array_size(json_object_get(json, "checks")), 2);
    ck_assert_ptr_null(json_object_get(json, "guid"));
    json_decref(json);
}
END_TEST

START_TEST(texts_are_harmless)
{
    static const struct {
        const char *in, *out;
    } rows[] = { { "Ibañez Núñez", "Ibañez Núñez" },
                 { "a\033[2Jb", "a?[2Jb" },
                 { "a\r\nb\x7F", "a??b?" },
                 { "\xC2\x9B"
                   "2J",
                   "?2J" },
                 { "\xC2\xA0", "\xC2\xA0" } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = NULL;
        size_t len;
        FILE *out = open_memstream(&text, &len);
        cli_print_text(out, rows[i].in);
        fclose(out);
        ck_assert_str_eq(text, rows[i].out);
        free(text);
    }
    json_t *json = cli_json_text("a\xFFz");
    ck_assert_str_eq(json_string_value(json), "a?z");
    json_decref(json);
    static const uint8_t guid[16] = { 0x4A, 0xCF, 0x15, 0x89, 0x03, 0x31, 0x4E, 0x60,
                                      0x9A, 0x5B, 0x39, 0x66, 0x90, 0,    0x74, 9 };
    char text[37];
    cli_guid_text(guid, text);
    ck_assert_str_eq(text, "4acf1589-0331-4e60-9a5b-396690007409");
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { command_table, 0 },
        { option_table, 0 },
        { exit_codes, 0 },
        { command_line, COUNT(lines) },
        { values_arrive, 0 },
        { memory_is_kept, 0 },
        { secret_sources, 0 },
        { secret_lines, 0 },
        { secret_is_asked_without_echo, 0 },
        { no_terminal_is_told, 0 },
        { verdict_is_the_last_line, SDC_VERDICT_ACCEPT + 1 },
        { texts_are_harmless, 0 },
    };
    return suite_run("host CLI", tests, COUNT(tests));
}
