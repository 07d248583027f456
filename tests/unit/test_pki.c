/* SPDX-License-Identifier: BSD-2-Clause */
/* Token, keys and certificates of a fresh station. */
#include "data.h"
#include "key_derivation.h"
#include "limits_parse.h"
#include "piv_limits.h"
#include "station_state.h"
#include "suite.h"
#include "temp_station.h"

#include <openssl/x509v3.h>
#include <string.h>
#include <unistd.h>

#include "sdc/pki.h"
#include "token_module.h"

static const char *home;
static struct sdc_station *station;

static void setup(void)
{
    home = temp_station();
    station = temp_station_open(home);
}

static time_t months_later(time_t start, int months)
{
    struct tm tm;
    gmtime_r(&start, &tm);
    tm.tm_mon += months;
    return timegm(&tm);
}

static const struct {
    enum pki_id id;
    int bits;
    const char *usage, *purpose;
    bool ca, issuers;
    int months, usage_months; /* spec: 11 y 6 m / 5 y; 6 y 3 m / 3 months; 10 y; outlives cards of six years */
} wanted[] = {
    { PKI_CSCA, 384, "06", NULL, true, false, 138, 60 },
    { PKI_DOCUMENT_SIGNER, 256, "80", NULL, false, false, 75, 3 },
    { PKI_CARD_CA, 256, "06", NULL, true, false, 120, 0 },
    { PKI_CONTENT_SIGNER, 256, "80", "2.16.840.1.101.3.8.7", false, true, 108, 0 },
};

static void check_signer(size_t i)
{
    X509 *certificate = station->pki.certificate[wanted[i].id];
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    ck_assert_int_eq(EVP_PKEY_get_base_id(key), EVP_PKEY_EC);
    ck_assert_int_eq(EVP_PKEY_get_bits(key), wanted[i].bits);
    limits_any_certificate(certificate);
    certificate_usage_is(certificate, wanted[i].usage, wanted[i].purpose, false);
    certificate_access_is(certificate, wanted[i].issuers, false);
    int critical = -1;
    BASIC_CONSTRAINTS *basic = X509_get_ext_d2i(certificate, NID_basic_constraints, &critical, NULL);
    ck_assert_int_eq(basic != NULL, wanted[i].ca);
    if (basic) {
        ck_assert(critical == 1 && basic->ca && ASN1_INTEGER_get(basic->pathlen) == 0);
        BASIC_CONSTRAINTS_free(basic);
    }
    time_t start = pki_not_before(certificate);
    ck_assert_int_eq(pki_not_after(certificate), months_later(start, wanted[i].months));
    if (wanted[i].usage_months)
        ck_assert_int_eq(pki_usage_end(certificate), months_later(start, wanted[i].usage_months));
    else
        ck_assert_int_lt(X509_get_ext_by_NID(certificate, NID_private_key_usage_period, -1), 0);
}

START_TEST(certificates_are_as_the_table_says)
{
    setup();
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        check_signer(i);
    X509 *const *c = station->pki.certificate;
    ck_assert_int_eq(X509_verify(c[PKI_CSCA], X509_get0_pubkey(c[PKI_CSCA])), 1);
    ck_assert_int_eq(X509_verify(c[PKI_DOCUMENT_SIGNER], X509_get0_pubkey(c[PKI_CSCA])), 1);
    ck_assert_int_eq(X509_verify(c[PKI_CARD_CA], X509_get0_pubkey(c[PKI_CARD_CA])), 1);
    ck_assert_int_eq(X509_verify(c[PKI_CONTENT_SIGNER], X509_get0_pubkey(c[PKI_CARD_CA])), 1);
    ck_assert_int_eq(X509_check_issued(c[PKI_CSCA], c[PKI_DOCUMENT_SIGNER]), X509_V_OK);
    ck_assert_int_eq(X509_check_issued(c[PKI_CARD_CA], c[PKI_CONTENT_SIGNER]), X509_V_OK);
    ck_assert_int_eq(X509_get_signature_nid(c[PKI_DOCUMENT_SIGNER]), NID_ecdsa_with_SHA384);
    ck_assert_int_eq(X509_get_signature_nid(c[PKI_CONTENT_SIGNER]), NID_ecdsa_with_SHA256);
    sdc_station_close(station);
}
END_TEST

/* ICAO 9303-12: country in both alternative names, and what the document signer signs */
START_TEST(icao_extensions)
{
    static const enum pki_id both[] = { PKI_CSCA, PKI_DOCUMENT_SIGNER };
    setup();
    for (size_t i = 0; i < 2; i++) {
        static const int nids[] = { NID_subject_alt_name, NID_issuer_alt_name };
        for (size_t j = 0; j < 2; j++) {
            char text[64] = "";
            GENERAL_NAMES *names = X509_get_ext_d2i(station->pki.certificate[both[i]], nids[j], NULL, NULL);
            ck_assert_ptr_nonnull(names);
            GENERAL_NAME *name = sk_GENERAL_NAME_value(names, 0);
            ck_assert_int_eq(name->type, GEN_DIRNAME);
            X509_NAME_get_text_by_NID(name->d.directoryName, NID_localityName, text, sizeof text);
            ck_assert_str_eq(text, "USA");
            GENERAL_NAMES_free(names);
        }
    }
    ASN1_OBJECT *types = OBJ_txt2obj("2.23.136.1.1.6.2", 1);
    ck_assert_int_ge(X509_get_ext_by_OBJ(station->pki.certificate[PKI_DOCUMENT_SIGNER], types, -1), 0);
    ck_assert_int_lt(X509_get_ext_by_OBJ(station->pki.certificate[PKI_CSCA], types, -1), 0);
    ASN1_OBJECT_free(types);
    sdc_station_close(station);
}
END_TEST

/* Whoever sees a card's issuer must not learn what it is for. */
START_TEST(names_are_neutral)
{
    static const char *const words[] = { "docket", "removal", "immigration", "asylum", "detain", "secure", "sdc" };
    setup();
    for (size_t i = 0; i < PKI_SIGNERS; i++) {
        BIO *bio = BIO_new(BIO_s_mem());
        char *text = NULL;
        X509_print_ex(bio, station->pki.certificate[i], 0, 0);
        BIO_write(bio, "", 1);
        BIO_get_mem_data(bio, &text);
        for (size_t j = 0; j < sizeof words / sizeof *words; j++)
            ck_assert_msg(!strcasestr(text, words[j]), "'%s' in a certificate", words[j]);
        ck_assert_ptr_nonnull(strstr(text, "Example Card Issuer"));
        BIO_free(bio);
    }
    sdc_station_close(station);
}
END_TEST

START_TEST(tables)
{
    for (size_t i = 0; i < PKI_SIGNERS; i++) {
        const struct pki_signer *s = &pki_signers[i];
        ck_assert_uint_le(s->issuer, i); /* issuers are made first */
        ck_assert_int_eq((certificate_profiles[s->kind].flags & CERTIFICATE_CA) != 0,
                         s->kind == CERTIFICATE_CSCA || s->kind == CERTIFICATE_CARD_CA);
        ck_assert_int_ge(s->months, s->usage_months);
        for (size_t j = 0; j < i; j++)
            ck_assert(strcmp(s->stem, pki_signers[j].stem) != 0);
    }
    for (size_t i = 0; i < CERTIFICATE_KINDS; i++) {
        const struct certificate_profile *p = &certificate_profiles[i];
        ck_assert(p->name && p->usage && p->usage[0]);
        ck_assert(!(p->flags & CERTIFICATE_OCSP) || p->flags & CERTIFICATE_ISSUERS);
    }
}
END_TEST

/* Every private and secret key: sensitive, not extractable, and its value isn't given out. */
START_TEST(keys_stay_in_the_token)
{
    static const CK_OBJECT_CLASS classes[] = { CKO_PRIVATE_KEY, CKO_SECRET_KEY };
    static const CK_ULONG count_wanted[] = {
        PKI_SIGNERS + 2 + 3, /* CVCA and DV; the terminals of the demo's policy */
        2,                   /* card master, person tags */
    };
    home = temp_station();
    struct token_place place = { "/usr/lib/softhsm/libsofthsm2.so", "sdc-station", temp_path(home, STATION_SOFTHSM) };
    struct token_module module;
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
    char pin[STATION_PIN_MAX + 1];
    ck_assert_int_eq(station_pin(home, pin, NULL), SDC_OK);
    ck_assert_int_eq(token_module_load(&place, &module, NULL), SDC_OK);
    ck_assert_int_eq(token_slot_find(&module, "sdc-station", &slot, NULL), SDC_OK);
    ck_assert_uint_eq(module.call->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session), CKR_OK);
    ck_assert_uint_eq(module.call->C_Login(session, CKU_USER, (uint8_t *)pin, strlen(pin)), CKR_OK);
    for (size_t i = 0; i < 2; i++) {
        CK_OBJECT_CLASS class = classes[i];
        CK_ATTRIBUTE query = { CKA_CLASS, &class, sizeof class };
        CK_OBJECT_HANDLE found[16];
        CK_ULONG count = 0;
        ck_assert_uint_eq(module.call->C_FindObjectsInit(session, &query, 1), CKR_OK);
        ck_assert_uint_eq(module.call->C_FindObjects(session, found, 16, &count), CKR_OK);
        ck_assert_uint_eq(module.call->C_FindObjectsFinal(session), CKR_OK);
        ck_assert_uint_eq(count, count_wanted[i]);
        for (CK_ULONG k = 0; k < count; k++) {
            CK_BBOOL sensitive = 0, extractable = 1, local = 0;
            uint8_t value[64];
            CK_ATTRIBUTE flags[] = { { CKA_SENSITIVE, &sensitive, 1 },
                                     { CKA_EXTRACTABLE, &extractable, 1 },
                                     { CKA_LOCAL, &local, 1 } };
            CK_ATTRIBUTE secret = { CKA_VALUE, value, sizeof value };
            ck_assert_uint_eq(module.call->C_GetAttributeValue(session, found[k], flags, 3), CKR_OK);
            ck_assert(sensitive && !extractable && local);
            ck_assert_uint_eq(module.call->C_GetAttributeValue(session, found[k], &secret, 1), CKR_ATTRIBUTE_SENSITIVE);
        }
    }
    token_module_unload(&module, true);
}
END_TEST

/* A missing token, a wrong PIN: an error at once, never a question on the terminal. */
START_TEST(token_never_waits)
{
    setup();
    sdc_station_close(station);
    struct token *token = NULL;
    struct sdc_error e;
    const char *conf = temp_path(home, STATION_SOFTHSM);
    struct token_place place = { "/usr/lib/softhsm/libsofthsm2.so", "no such token", conf };
    ck_assert_int_eq(token_open(&place, "1234", &token, &e), SDC_E_TOKEN);
    ck_assert_ptr_null(token);
    place.label = "sdc-station";
    ck_assert_int_eq(token_open(&place, "85207411", &token, &e), SDC_E_TOKEN);
    ck_assert_ptr_nonnull(strstr(e.text, "PIN"));
    ck_assert_ptr_null(strstr(e.text, "85207411"));
    place.label = "sdc-statio"; /* a prefix is another label */
    ck_assert_int_eq(token_open(&place, "1234", &token, &e), SDC_E_TOKEN);
    place.module = "/nonexistent.so";
    ck_assert_int_eq(token_open(&place, "1234", &token, &e), SDC_E_TOKEN);
    place.module = "/lib/x86_64-linux-gnu/libc.so.6";
    if (access(place.module, F_OK) == 0)
        ck_assert_int_eq(token_open(&place, "1234", &token, &e), SDC_E_TOKEN);
    ck_assert_ptr_null(token);
    station = temp_station_open(home); /* and the station still opens */
    sdc_station_close(station);
}
END_TEST

/* SP 800-108 counter mode, its blocks put together by hand: i, label, 00, issuer, GUID, version, bits */
START_TEST(derivation)
{
    static const uint8_t first[] = "\0\0\0\x01"
                                   "9B\0"
                                   "issuer"
                                   "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"
                                   "\0\x01"
                                   "\0\0\0\x80";
    static const uint8_t third[] = "\0\0\0\x03"
                                   "PUK\0"
                                   "issuer"
                                   "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"
                                   "\0\x01"
                                   "\0\0\x01\x40";
    setup();
    struct card_context context = { .master = CARD_MASTER_LABEL, .issuer = "issuer", .version = 1 };
    uint8_t mac[16], key[16], other[16], stream[128];
    char puk[8];
    for (size_t i = 0; i < 10; i++)
        context.serial[i] = (uint8_t)(0x10 + i);
    ck_assert_int_eq(token_cmac(station->token, CARD_MASTER_LABEL, first, sizeof first - 1, mac, NULL), SDC_OK);
    ck_assert_int_eq(card_key_management(station->token, &context, key, NULL), SDC_OK);
    ck_assert_mem_eq(key, mac, 16);
    ck_assert_int_eq(card_key_derive(station->token, &context, "PUK", stream, 40, NULL), SDC_OK);
    ck_assert_int_eq(token_cmac(station->token, CARD_MASTER_LABEL, third, sizeof third - 1, mac, NULL), SDC_OK);
    ck_assert_mem_eq(stream + 32, mac, 8); /* cut */
    ck_assert_int_eq(card_key_puk(station->token, &context, puk, NULL), SDC_OK);
    for (size_t i = 0; i < 8; i++)
        ck_assert(puk[i] >= '0' && puk[i] <= '9');
    context.serial[0] ^= 1;
    ck_assert_int_eq(card_key_management(station->token, &context, other, NULL), SDC_OK);
    ck_assert_mem_ne(other, key, 16);
    context.serial[0] ^= 1;
    context.version = 2;
    ck_assert_int_eq(card_key_management(station->token, &context, other, NULL), SDC_OK);
    ck_assert_mem_ne(other, key, 16);
    context.version = 1;
    context.issuer = "issuel";
    ck_assert_int_eq(card_key_management(station->token, &context, other, NULL), SDC_OK);
    ck_assert_mem_ne(other, key, 16);
    ck_assert_int_eq(card_key_derive(station->token, &context, "X", stream, 129, NULL), SDC_E_BUG);
    ck_assert_int_eq(token_cmac(station->token, "no such key", "", 0, mac, NULL), SDC_E_TOKEN);
    sdc_station_close(station);
}
END_TEST

START_TEST(digits)
{
    char out[9] = { 0 };
    static const struct {
        const char *stream, *wanted;
    } cases[] = {
        { "00000000", "00000000" },         { "00000001", "00000001" },
        { "05F5E0FF", "99999999" },         { "05F5E10000000007", "00000007" }, /* 10^8: too large, the next */
        { "07FFFFFF05F5E0FF", "99999999" }, { "F8000002", "00000002" },         /* only 27 bits count */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t stream[8];
        size_t len = strlen(cases[i].stream) / 2;
        ck_assert(sdc_unhex(cases[i].stream, stream, len));
        ck_assert(card_digits_from(stream, len, out));
        ck_assert_str_eq(out, cases[i].wanted);
    }
    uint8_t large[12];
    memset(large, 0xFF, sizeof large);
    ck_assert(!card_digits_from(large, sizeof large, out));
    ck_assert(!card_digits_from(large, 0, out));
    memset(large, 0, sizeof large);
    ck_assert(!card_digits_from(large, 3, out));
}
END_TEST

/* Card certificates for every expiry from tomorrow to six years ahead. */
START_TEST(card_certificates)
{
    static const struct {
        enum certificate_kind kind;
        uint8_t ref;
    } kinds[] = {
        { CERTIFICATE_9A, 0x9A }, { CERTIFICATE_9C, 0x9C }, { CERTIFICATE_9D, 0x9D }, { CERTIFICATE_9E, 0x9E }
    };
    setup();
    struct limits l = { .ca = station->pki.certificate[PKI_CARD_CA], .issued = sdc_date_today() };
    strcpy(l.guid_text, "0ed90475-9531-485d-9d9d-c9f81818e811");
    EVP_PKEY *key = EVP_EC_gen("P-256");
    uint8_t point[65];
    size_t point_len = 0;
    ck_assert_int_eq(EVP_PKEY_get_octet_string_param(key, "pub", point, sizeof point, &point_len), 1);
    ck_assert_uint_eq(point_len, sizeof point);
    struct pki_card_request request = { .point = point, .guid = l.guid_text, .issued = l.issued };
    for (int years = 1; years <= 6; years++)
        for (size_t i = 0; i < 4; i++) {
            X509 *certificate = NULL;
            struct sdc_buf object = SDC_BUF_INIT;
            request.kind = kinds[i].kind;
            l.expiry = request.expiry = sdc_date_add_years(&l.issued, years);
            ck_assert_int_eq(pki_card_certificate(&station->pki, &station->config, &request, &certificate, NULL),
                             SDC_OK);
            ck_assert_int_eq(data_certificate(certificate, &object, NULL), SDC_OK);
            X509_free(limits_certificate(&l, kinds[i].ref, &object));
            ck_assert_int_eq(EVP_PKEY_eq(X509_get0_pubkey(certificate), key), 1);
            X509_free(certificate);
            sdc_buf_free(&object);
        }
    X509 *certificate = NULL;
    point[64] ^= 1; /* not on the curve */
    ck_assert_int_eq(pki_card_certificate(&station->pki, &station->config, &request, &certificate, NULL), SDC_E_CRYPTO);
    ck_assert_ptr_null(certificate);
    EVP_PKEY_free(key);
    sdc_station_close(station);
}
END_TEST

START_TEST(signers_outlive_cards)
{
    setup();
    struct sdc_date today = sdc_date_today(), six = sdc_date_add_years(&today, 6), later, past = { 2020, 1, 1 };
    struct sdc_error e;
    ck_assert_int_eq(pki_check_dates(&station->pki, &today, &six, NULL), SDC_OK);
    later = sdc_date_add_years(&today, 1); /* the document signer signs for three months */
    ck_assert_int_eq(pki_check_dates(&station->pki, &later, &six, &e), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(e.text, "document signer's time is over"));
    later = sdc_date_add_years(&today, 7); /* and its certificate ends after six years and three */
    ck_assert_int_eq(pki_check_dates(&station->pki, &today, &later, &e), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(e.text, "document signer's certificate ends before"));

    X509 *signer = station->pki.certificate[PKI_DOCUMENT_SIGNER]; /* one that is no hindrance in its place */
    station->pki.certificate[PKI_DOCUMENT_SIGNER] = station->pki.certificate[PKI_CARD_CA];
    later = sdc_date_add_years(&today, 3); /* a card of six years, made then, ends with the content signer */
    six = sdc_date_add_years(&later, 6);
    ck_assert_int_eq(pki_check_dates(&station->pki, &later, &six, &e), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(e.text, "content signer's certificate ends before"));
    later = sdc_date_add_years(&today, 2);
    six = sdc_date_add_years(&later, 6);
    ck_assert_int_eq(pki_check_dates(&station->pki, &later, &six, NULL), SDC_OK);
    ck_assert_int_eq(pki_check_dates(&station->pki, &past, &six, NULL), SDC_E_INPUT); /* the clock is wrong */
    station->pki.certificate[PKI_DOCUMENT_SIGNER] = signer;
    sdc_station_close(station);
}
END_TEST

/* ---- successors ---- */

/* What an old key signed is proven by its certificate, which nothing replaces. */
START_TEST(old_certificates_stay)
{
    struct sdc_buf before = SDC_BUF_INIT, after = SDC_BUF_INIT;
    setup();
    file_content(temp_path(home, STATION_TRUST "/ds-1.pem"), &before);
    ck_assert_int_eq(sdc_pki_roll(station, "ds", NULL), SDC_OK);
    ck_assert_int_eq(sdc_pki_roll(station, "csca", NULL), SDC_OK);
    file_content(temp_path(home, STATION_TRUST "/ds-1.pem"), &after);
    ck_assert_uint_eq(before.len, after.len);
    ck_assert_mem_eq(before.data, after.data, after.len);
    const struct pki *pki = &station->pki;
    ck_assert_int_eq(X509_verify(pki->certificate[PKI_DOCUMENT_SIGNER], X509_get0_pubkey(pki->certificate[PKI_CSCA])),
                     1);
    ck_assert_int_eq(sdc_pki_roll(station, "ds-2", NULL), SDC_E_USAGE);
    sdc_buf_free(&before);
    sdc_buf_free(&after);
    sdc_station_close(station);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { certificates_are_as_the_table_says, 0 },
        { icao_extensions, 0 },
        { names_are_neutral, 0 },
        { tables, 0 },
        { keys_stay_in_the_token, 0 },
        { token_never_waits, 0 },
        { derivation, 0 },
        { digits, 0 },
        { card_certificates, 0 },
        { signers_outlive_cards, 0 },
        { old_certificates_stay, 0 },
    };
    return suite_run("pki", tests, sizeof tests / sizeof *tests);
}
