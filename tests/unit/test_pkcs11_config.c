/* SPDX-License-Identifier: BSD-2-Clause */
/* What whoever runs the PKCS#11 module may set, and the trace: what is in it, and what never is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "module.h"
#include "module_fixture.h"

static char folder[] = "/tmp/sdc-config-XXXXXX";
static char file[64], trace[64];

/* A configuration file and environment of this test alone. */
static void begin(const char *text)
{
    static const char *const variables[] = { "READERS", "IGNORE_READERS", "TRACE", "TRACE_LEVEL", "CHECK" };
    char name[64];
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        snprintf(name, sizeof name, "SDC_PKCS11_%s", variables[i]);
        unsetenv(name);
    }
    FILE *f = fopen(file, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
    unlink(trace);
    ck_assert_int_eq(setenv("SDC_PKCS11_CONF", file, 1), 0);
}

START_TEST(has_defaults)
{
    struct p11_config c;
    begin("");
    unlink(file);
    p11_config_load(&c);
    ck_assert(!c.check && c.level == P11_TRACE_CALLS);
    ck_assert_str_eq(c.trace, "");
    ck_assert_str_eq(c.fault, "");
    ck_assert(p11_config_reader(&c, "any reader"));
}
END_TEST

START_TEST(reads_a_file)
{
    struct p11_config c;
    begin("# a comment\n\n  readers =  A*; B 1 \nignore-readers=*contactless*\ntrace = /x/y\ntrace-level = "
          "apdus\r\ncheck = yes");
    p11_config_load(&c);
    ck_assert_str_eq(c.fault, "");
    ck_assert(c.check && c.level == P11_TRACE_APDUS);
    ck_assert_str_eq(c.trace, "/x/y");
    ck_assert(p11_config_reader(&c, "A reader"));
    ck_assert(p11_config_reader(&c, "B 1"));
    ck_assert(!p11_config_reader(&c, "B 12"));
    ck_assert(!p11_config_reader(&c, "A contactless reader"));
}
END_TEST

START_TEST(environment_comes_last)
{
    struct p11_config c;
    begin("readers = A*\ncheck = yes\n");
    setenv("SDC_PKCS11_READERS", "C", 1);
    setenv("SDC_PKCS11_CHECK", "0", 1);
    p11_config_load(&c);
    ck_assert(!c.check);
    ck_assert(!p11_config_reader(&c, "A 1") && p11_config_reader(&c, "C"));
}
END_TEST

START_TEST(home_is_read_after_the_system)
{
    struct p11_config c;
    char path[128];
    begin("");
    unsetenv("SDC_PKCS11_CONF");
    snprintf(path, sizeof path, "%s/sdc", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/sdc/pkcs11.conf", folder);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs("readers = from the home\n", f);
    fclose(f);
    setenv("XDG_CONFIG_HOME", folder, 1);
    p11_config_load(&c);
    unsetenv("XDG_CONFIG_HOME");
    ck_assert_str_eq(c.readers, "from the home");
}
END_TEST

/* What isn't understood changes nothing, and the first of it is told. */
START_TEST(tells_what_it_ignores)
{
    static const struct {
        const char *text, *variable, *fault;
    } cases[] = {
        { "readers = A\nno sense\nnone here\n", NULL, "line 2" },
        { "colour = red\n", NULL, "line 1" },
        { "check = perhaps\n", NULL, "line 1" },
        { "trace-level = loud\n", NULL, "line 1" },
        { "trace = relative/name\n", NULL, "line 1" },
        { "", "SDC_PKCS11_CHECK", "SDC_PKCS11_CHECK" },
        { "", "SDC_PKCS11_TRACE", "SDC_PKCS11_TRACE" },
        { "", "SDC_PKCS11_TRACE_LEVEL", "SDC_PKCS11_TRACE_LEVEL" },
    };
    struct p11_config c;
    begin(cases[_i].text);
    if (cases[_i].variable)
        setenv(cases[_i].variable, "what", 1);
    p11_config_load(&c);
    ck_assert_ptr_nonnull(strstr(c.fault, cases[_i].fault));
    ck_assert(!c.check && c.level == P11_TRACE_CALLS);
    ck_assert_str_eq(c.trace, "");
}
END_TEST

START_TEST(takes_no_value_that_is_too_long)
{
    struct p11_config c;
    char text[sizeof c.readers + 32] = "readers = ";
    memset(text + 10, 'x', sizeof c.readers);
    begin(text);
    p11_config_load(&c);
    ck_assert_str_eq(c.readers, "");
    text[10 + sizeof c.readers - 1] = '\0';
    begin(text);
    p11_config_load(&c);
    ck_assert_uint_eq(strlen(c.readers), sizeof c.readers - 1);
}
END_TEST

START_TEST(an_ignored_reader_is_no_slot)
{
    CK_ULONG count = 0;
    char text[256];
    begin("");
    module_start(&issued);
    CK_SLOT_INFO info;
    RV(C_GetSlotInfo(0, &info), CKR_OK);
    RV(C_Finalize(NULL), CKR_OK);
    snprintf(text, sizeof text, "ignore-readers = %.*s*\n", 5, (const char *)info.slotDescription);
    begin(text);
    module_start(&issued);
    RV(C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 0);
    RV(C_Finalize(NULL), CKR_OK);
}
END_TEST

/* ---- the trace ---- */
static char written[1 << 16];

/* Without time and thread, whose digits may be any. */
static void read_trace(void)
{
    FILE *f = fopen(trace, "r");
    ck_assert_ptr_nonnull(f);
    size_t len = 0;
    char line[600];
    while (fgets(line, sizeof line, f)) {
        const char *text = strchr(line, ' ');
        text = text ? strchr(text + 1, ' ') : NULL;
        ck_assert_ptr_nonnull(text);
        len += (size_t)snprintf(written + len, sizeof written - len, "%s", text + 1);
        ck_assert_uint_lt(len, sizeof written);
    }
    fclose(f);
}

/* Neither as text nor as hexadecimal of either case. */
static void is_nowhere(const void *bytes, size_t len)
{
    char hex[2][2 * 64 + 1];
    ck_assert_uint_le(len, 64);
    for (size_t i = 0; i < len; i++) {
        snprintf(hex[0] + 2 * i, 3, "%02X", ((const unsigned char *)bytes)[i]);
        snprintf(hex[1] + 2 * i, 3, "%02x", ((const unsigned char *)bytes)[i]);
    }
    ck_assert_ptr_null(memmem(written, strlen(written), bytes, len));
    ck_assert_ptr_null(strstr(written, hex[0]));
    ck_assert_ptr_null(strstr(written, hex[1]));
}

static void session_of_a_day(CK_BYTE signature[64])
{
    CK_BYTE subject[256];
    CK_ATTRIBUTE attribute = { CKA_SUBJECT, subject, sizeof subject };
    CK_UTF8CHAR wrong[] = "975310";
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    RV(C_GetAttributeValue(s, module_find(s, CKO_CERTIFICATE, 1), &attribute, 1), CKR_OK);
    RV(C_Login(s, CKU_USER, wrong, 6), CKR_PIN_INCORRECT);
    module_login(s);
    RV(module_sign(s, module_find(s, CKO_PRIVATE_KEY, 1), signature), CKR_OK);
    RV(C_Finalize(NULL), CKR_OK);
    read_trace();
    is_nowhere(subject, 16);
    is_nowhere(wrong, 6);
}

START_TEST(traces_calls_or_apdus)
{
    CK_BYTE signature[64];
    struct stat st;
    bool apdus = _i == 1;
    begin(apdus ? "trace-level = apdus\nnonsense\n" : "nonsense\n");
    setenv("SDC_PKCS11_TRACE", trace, 1);
    session_of_a_day(signature);
    ck_assert_int_eq(stat(trace, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0600);
    static const char *const always[] = { "begins in ",  "ignored: ",          "C_Login: 0\n", "C_Login: 0xa0\n",
                                          "C_Sign: 0\n", "C_OpenSession: 0\n", "ends\n" };
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        ck_assert_msg(strstr(written, always[i]), "no '%s' in\n%s", always[i], written);
    static const char *const sent[] = { "> 00A404000",       "> 00200080... 13 bytes\n",
                                        "< 0 bytes, 9000\n", "5C035FC1050000 14 bytes\n",
                                        "< 0 bytes, 63C2\n", "> 0087119A... " };
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++)
        ck_assert_msg(!strstr(written, sent[i]) == !apdus, "'%s' in\n%s", sent[i], written);
    is_nowhere(CARD_ISSUE_PIN, 6);
    is_nowhere(signature, 16);
}
END_TEST

/* No file, no trace, and the module works. */
START_TEST(works_where_no_trace_can_be_written)
{
    static const char *const places[] = { "/nonexistent/trace", "/" };
    begin("");
    setenv("SDC_PKCS11_TRACE", places[_i], 1);
    module_start(&issued);
    module_login(module_session(0));
    RV(C_Finalize(NULL), CKR_OK);
    ck_assert_int_ne(access(trace, F_OK), 0);
}
END_TEST

START_TEST(writes_nothing_at_level_off)
{
    begin("trace-level = off\n");
    setenv("SDC_PKCS11_TRACE", trace, 1);
    module_start(&issued);
    RV(C_Finalize(NULL), CKR_OK);
    ck_assert_int_ne(access(trace, F_OK), 0);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { has_defaults, 0 },
        { reads_a_file, 0 },
        { environment_comes_last, 0 },
        { home_is_read_after_the_system, 0 },
        { tells_what_it_ignores, 8 },
        { takes_no_value_that_is_too_long, 0 },
        { an_ignored_reader_is_no_slot, 0 },
        { traces_calls_or_apdus, 2 },
        { works_where_no_trace_can_be_written, 2 },
        { writes_nothing_at_level_off, 0 },
    };
    if (!mkdtemp(folder))
        return 1;
    snprintf(file, sizeof file, "%s/pkcs11.conf", folder);
    snprintf(trace, sizeof trace, "%s/trace", folder);
    module_fixture_cards();
    int status = suite_run("pkcs11 config", tests, sizeof tests / sizeof tests[0]);
    unlink(file);
    unlink(trace);
    char name[128];
    snprintf(name, sizeof name, "%s/sdc/pkcs11.conf", folder);
    unlink(name);
    snprintf(name, sizeof name, "%s/sdc", folder);
    rmdir(name);
    rmdir(folder);
    return status;
}
