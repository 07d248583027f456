/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine readable zone: ICAO's specimens, transliteration, truncation. */
#include "sdc/mrz.h"
#include "mrz_name.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

/* ---- check digits ---- */

static const struct {
    const char *text;
    char digit;
} digits[] = {
    { "D23145890", '7' }, /* 9303-5 appendix B: the specimen */
    { "740812", '2' },
    { "120415", '9' },
    { "D231458907<<<<<<<<<<<<<<<"
      "7408122"
      "1204159"
      "<<<<<<<<<<<",
      '6' },
    { "L898902C3", '6' }, /* 9303-4 appendix B */
    { "520727", '3' },    /* 9303-3 appendix to 4.9, example 1 */
    { "AB2134<<<", '5' }, /* example 2 */
    { "", '0' },
    { "a", 0 },
    { "A B", 0 },
    { "A\xc3\x91", 0 },
};

START_TEST(check_digit_is_icaos)
{
    ck_assert_int_eq(sdc_mrz_check_digit(digits[_i].text, strlen(digits[_i].text)), digits[_i].digit);
}
END_TEST

/* ---- transliteration ---- */

static const struct {
    const char *name, *mrz; /* NULL: no rule */
} names[] = {
    { "", "" },
    { "ERIKSSON", "ERIKSSON" },
    { "eriksson", "ERIKSSON" },
    { "ANNA MARIA", "ANNA<MARIA" },
    { "O'CONNOR", "OCONNOR" },        /* 9303-4 4.2.3.1 d */
    { "SMITH-JONES", "SMITH<JONES" }, /* c */
    { "O\u2019CONNOR", "OCONNOR" },
    { "KEALI\u02bbIKUA", "KEALIIKUA" },
    { "ST. JOHN", "ST<JOHN" },
    { "SMITH JR., PETER", "SMITH<JR<PETER" },
    { "A - B", "A<B" },
    { "-A-", "A" },
    { "-'-", "" },
    { "GRO\u1e9e-M\u00dcLLER", "GROSS<MUELLER" },
    { "gro\u00df-m\u00fcller", "GROSS<MUELLER" },
    { "IB\u00c1\u00d1EZ N\u00da\u00d1EZ", "IBANEZ<NUNEZ" },
    { "IBA\u0301N\u0303EZ", "IBANEZ" }, /* decomposed */
    { "MU\u0308LLER", "MUELLER" },
    { "\u00c7A\u011eLAYAN I\u015eIL", "CAGLAYAN<ISIL" },
    { "\u0131\u0130i", "III" },
    { "J\u00d6RG \u00c5KE \u00c4", "JOERG<AAKE<AE" },
    { "\u212bKE", "AAKE" }, /* the Angstrom sign is a ring */
    { "XIAOL\u00dc XIAOL\u01da", "XIAOLUE<XIAOLU" },
    { "NGUY\u1ec4N TH\u1eca H\u01af\u01a0NG", "NGUYEN<THI<HUONG" },
    { "\u00c6\u0152\u00d8\u0132", "AEOEOEIJ" },
    { "\u00de\u00f3r\u00f0ur", "THORDUR" },
    { "\u0110\u0126\u0166\u0141\u014a\u013f", "DHTLNL" },
    { "\u0218TEFAN \u021aEPE\u0218", "STEFAN<TEPES" },
    { "GEL\u00b7LA", "GELLA" },
    { "X\u0302", "X" },
    { "JOHN 2", NULL },
    { "A/B", NULL },
    { "A<B", NULL },
    { "\u0418\u0432\u0430\u043d", NULL },
    { "\u018fLIYEV", NULL }, /* not in 9303-3 6 A */
    { "\u674e", NULL },
    { "\u0645\u062d\u0645\u062f", NULL },
    { "\U00012000\U00012001", NULL },
    { "A\nB", NULL },
    { "A\u200bB", NULL },
    { "\xff", NULL },
    { "A\xc3", NULL },
};

START_TEST(name_is_transliterated)
{
    char out[64] = "?";
    ck_assert(sdc_mrz_name(names[_i].name, out, sizeof out) == (names[_i].mrz != NULL));
    ck_assert_str_eq(out, names[_i].mrz ? names[_i].mrz : "");
}
END_TEST

/* Every letter of 9303-3 6 A, by the base letters they stand under there. */
static const struct {
    const char *base, *letters;
} table_a[] = {
    { "A", "\u00c0\u00c1\u00c2\u00c3\u0100\u0102\u0104" },
    { "AE", "\u00c4\u00c6" },
    { "AA", "\u00c5" },
    { "C", "\u00c7\u0106\u0108\u010a\u010c" },
    { "D", "\u00d0\u010e\u0110" },
    { "E", "\u00c8\u00c9\u00ca\u00cb\u0112\u0114\u0116\u0118\u011a" },
    { "G", "\u011c\u011e\u0120\u0122" },
    { "H", "\u0124\u0126" },
    { "I", "\u00cc\u00cd\u00ce\u00cf\u0128\u012a\u012c\u012e\u0130\u0131" },
    { "IJ", "\u0132" },
    { "J", "\u0134" },
    { "K", "\u0136" },
    { "L", "\u0139\u013b\u013d\u013f\u0141" },
    { "N", "\u00d1\u0143\u0145\u0147\u014a" },
    { "O", "\u00d2\u00d3\u00d4\u00d5\u014c\u014e\u0150" },
    { "OE", "\u00d6\u00d8\u0152" },
    { "R", "\u0154\u0156\u0158" },
    { "S", "\u015a\u015c\u015e\u0160" },
    { "SS", "\u1e9e" },
    { "T", "\u0162\u0164\u0166" },
    { "TH", "\u00de" },
    { "U", "\u00d9\u00da\u00db\u0168\u016a\u016c\u016e\u0170\u0172" },
    { "UE", "\u00dc" },
    { "W", "\u0174" },
    { "Y", "\u00dd\u0176\u0178" },
    { "Z", "\u0179\u017b\u017d" },
};

START_TEST(every_letter_of_table_a_has_its_rule)
{
    const char *at = table_a[_i].letters;
    while (*at != '\0') {
        size_t len = (unsigned char)*at >= 0xe0 ? 3 : 2;
        char one[8] = "", out[8];
        memcpy(one, at, len);
        ck_assert_msg(sdc_mrz_name(one, out, sizeof out), "%s", one);
        ck_assert_str_eq(out, table_a[_i].base);
        at += len;
    }
}
END_TEST

START_TEST(room_for_a_name_is_kept)
{
    char out[10] = "?";
    ck_assert(sdc_mrz_name("M\u00dcLLER", out, 8));
    ck_assert_str_eq(out, "MUELLER");
    ck_assert(!sdc_mrz_name("M\u00dcLLER", out, 7));
    ck_assert_str_eq(out, "");
    ck_assert(sdc_mrz_name("", out, 1));
    ck_assert(!sdc_mrz_name("A", out, 1));
    ck_assert(!sdc_mrz_name("A", out, 0));
}
END_TEST

/* ---- the name field ---- */

static const struct {
    const char *surname, *given_names, *field;
} fields[] = {
    { "ERIKSSON", "ANNA<MARIA", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<" },
    /* 9303-5 4.2.3.1 a */
    { "NILAVADHANANANDA", "CHAYAPA<DEJTHAMRONG<KRASUANG", "NILAVADHANANANDA<<CHAYAPA<DE<K" },
    /* 4.2.3.2 a */
    { "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<WARNAMBOOL", "DINGO<POTOROO", "BENNELONG<WOOLOOMOOLOO<W<W<<DI" },
    /* 4.2.3.3: fits exactly */
    { "PAPANDROPOULOUS", "JONATHON<ALEC", "PAPANDROPOULOUS<<JONATHON<ALEC" },
    /* 4.2.3.4 */
    { "VAN<DER<MUELLEN", "MARTIN", "VAN<DER<MUELLEN<<MARTIN<<<<<<<" },
    { "AL<BASRI", "HUDA<MUHAMMAD<JAWAD", "AL<BASRI<<HUDA<MUHAMMAD<JAWAD<" },
    { "VILARCHAO<FERNANDEZ", "JOSE<RAMON", "VILARCHAO<FERNANDEZ<<JOSE<RAMO" },
    /* 4.2.3.5 */
    { "ARKFREITH", "", "ARKFREITH<<<<<<<<<<<<<<<<<<<<<" },
    { "SATRIYA<SUDARPA", "", "SATRIYA<SUDARPA<<<<<<<<<<<<<<<" },
    { "", "ARKFREITH", "ARKFREITH<<<<<<<<<<<<<<<<<<<<<" },
    /* the limits of each rule */
    { "AAAAAAAAAAAAAAAAAAAAAAAAAAA", "BC", "AAAAAAAAAAAAAAAAAAAAAAAAAAA<<B" },
    { "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "B", "AAAAAAAAAAAAAAAAAAAAAAAAAAA<<B" },
    { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<WARNAMBOOL", "", "BENNELONG<WOOLOOMOOLOO<WARRA<W" },
    /* parts that lost more than was needed get it back, so that the last position is a letter */
    { "WARNAKULASURIYA<PATABENDIGE<USHAKOON", "WEI", "WARNAKULASURIYA<PATABEN<U<<WEI" },
    { "AAAAAAAAAAAAAAAAAAAAAAAAAA", "B<CD", "AAAAAAAAAAAAAAAAAAAAAAAAA<<B<C" },
};

START_TEST(name_field_is_cut_as_icao_shows)
{
    char field[SDC_MRZ_LINE + 1];
    mrz_name_field(fields[_i].surname, fields[_i].given_names, field);
    ck_assert_str_eq(field, fields[_i].field);
}
END_TEST

/* A name of random parts, at most 200 characters. */
static void random_name(char *out, unsigned *seed)
{
    size_t len = 0;
    unsigned parts = (unsigned)rand_r(seed) % 9;
    for (unsigned i = 0; i < parts; i++) {
        unsigned letters = 1 + (unsigned)rand_r(seed) % (rand_r(seed) % 4 ? 4 : 20);
        if (i > 0)
            out[len++] = '<';
        for (unsigned k = 0; k < letters; k++)
            out[len++] = (char)('A' + rand_r(seed) % 26);
    }
    out[len] = '\0';
}

START_TEST(name_fields_keep_their_rules)
{
    unsigned seed = 9303;
    for (int i = 0; i < 200000; i++) {
        char surname[256], given_names[256], field[SDC_MRZ_LINE + 1];
        random_name(surname, &seed);
        random_name(given_names, &seed);
        if (!*surname && !*given_names)
            continue;
        mrz_name_field(surname, given_names, field);
        bool both = *surname && *given_names;
        size_t full = strlen(surname) + (both ? 2 : 0) + strlen(given_names);
        char *gap = strstr(field, "<<");
        ck_assert_uint_eq(strlen(field), SDC_MRZ_LINE);
        ck_assert_uint_eq(strspn(field, "ABCDEFGHIJKLMNOPQRSTUVWXYZ<"), SDC_MRZ_LINE);
        ck_assert_int_eq(field[0], *surname ? surname[0] : given_names[0]);
        ck_assert_msg(full <= SDC_MRZ_LINE || field[SDC_MRZ_LINE - 1] != '<', "%s + %s: %s", surname, given_names,
                      field);
        ck_assert_msg(!both || (gap && gap[2] == given_names[0]), "%s + %s: %s", surname, given_names, field);
        ck_assert_msg(!gap || strspn(gap, "<") == strlen(gap) || (strspn(gap, "<") == 2 && both), "%s", field);
    }
}
END_TEST

/* ---- the three lines ---- */

static struct sdc_record specimen(void)
{
    struct sdc_record r = { .surname = "Eriksson", .given_names = "Anna Maria", .sex = 'F', .nationality = "UTO" };
    r.date_of_birth = (struct sdc_date) { 1974, 8, 12 };
    return r;
}

static const struct sdc_date expiry = { 2012, 4, 15 };

START_TEST(lines_are_the_specimens)
{
    struct sdc_record r = specimen();
    char lines[3][SDC_MRZ_LINE + 1];
    ck_assert_int_eq(sdc_mrz_td1(&r, "D23145890", &expiry, lines, NULL), SDC_OK);
    ck_assert_str_eq(lines[0], "I<USAD231458907<<<<<<<<<<<<<<<"); /* the specimen has UTO */
    ck_assert_str_eq(lines[1], "7408122F1204159UTO<<<<<<<<<<<6");
    ck_assert_str_eq(lines[2], "ERIKSSON<<ANNA<MARIA<<<<<<<<<<");
}
END_TEST

/* What may be unknown or short: sex X, Germany's D, day and month of birth. */
START_TEST(unknown_parts_are_fillers)
{
    struct sdc_record r = specimen();
    char lines[3][SDC_MRZ_LINE + 1];
    r.sex = 'X';
    memcpy(r.nationality, "D", 2);
    r.date_of_birth = (struct sdc_date) { 1990, 0, 0 };
    ck_assert_int_eq(sdc_mrz_td1(&r, "SD0000001", &expiry, lines, NULL), SDC_OK);
    ck_assert_int_eq(strncmp(lines[1], "90<<<<", 6), 0);
    ck_assert_int_eq(strncmp(lines[1] + 7, "<1204159D<<", 11), 0);
    ck_assert_int_eq(lines[1][6], sdc_mrz_check_digit("90<<<<", 6));
    r.date_of_birth.month = 5;
    ck_assert_int_eq(sdc_mrz_td1(&r, "SD0000001", &expiry, lines, NULL), SDC_OK);
    ck_assert_int_eq(strncmp(lines[1], "9005<<", 6), 0);
    char covered[64];
    snprintf(covered, sizeof covered, "%.25s%.7s%.7s%.11s", lines[0] + 5, lines[1], lines[1] + 8, lines[1] + 18);
    ck_assert_int_eq(lines[1][29], sdc_mrz_check_digit(covered, strlen(covered)));
    ck_assert_uint_eq(strlen(lines[0]), SDC_MRZ_LINE);
    ck_assert_uint_eq(strlen(lines[1]), SDC_MRZ_LINE);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    struct sdc_error e = { 0 };
    char lines[3][SDC_MRZ_LINE + 1];
    static const char *const numbers[] = { "", "SD000001", "SD00000011", "sd0000001", "SD 000001", "SD000000<" };
    struct sdc_record r = specimen();
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        ck_assert_int_eq(sdc_mrz_td1(&r, numbers[i], &expiry, lines, &e), SDC_E_INPUT);
    r.sex = 0;
    ck_assert_int_eq(sdc_mrz_td1(&r, "SD0000001", &expiry, lines, &e), SDC_E_INPUT);
    r = specimen();
    memcpy(r.surname, "\xd0\x98", 3);
    ck_assert_int_eq(sdc_mrz_td1(&r, "SD0000001", &expiry, lines, &e), SDC_E_INPUT);
    ck_assert_ptr_null(strstr(e.text, "\xd0\x98"));
    r.surname[0] = r.given_names[0] = '\0';
    ck_assert_int_eq(sdc_mrz_td1(&r, "SD0000001", &expiry, lines, &e), SDC_E_INPUT);
    r = specimen();
    memcpy(r.nationality, "ut", 3);
    ck_assert_int_eq(sdc_mrz_td1(&r, "SD0000001", &expiry, lines, &e), SDC_E_INPUT);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { check_digit_is_icaos, COUNT(digits) },
        { name_is_transliterated, COUNT(names) },
        { every_letter_of_table_a_has_its_rule, COUNT(table_a) },
        { room_for_a_name_is_kept, 0 },
        { name_field_is_cut_as_icao_shows, COUNT(fields) },
        { name_fields_keep_their_rules, 0 },
        { lines_are_the_specimens, 0 },
        { unknown_parts_are_fillers, 0 },
        { wrong_arguments_are_refused, 0 },
    };
    return suite_run("mrz", tests, sizeof tests / sizeof tests[0]);
}
