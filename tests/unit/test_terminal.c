/* SPDX-License-Identifier: BSD-2-Clause */
/* Terminals of a station: asked, granted, installed; what is refused; first trust. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "cvc_private.h"
#include "sdc/tlv.h"
#include "suite.h"
#include "temp_station.h"
#include "terminal_private.h"

static struct sdc_error error;
static struct sdc_station *station;
static const char *home;

static void open_station(void)
{
    home = temp_station();
    station = temp_station_open(home);
}

static void check(enum sdc_status status)
{
    ck_assert_msg(status == SDC_OK, "%s", error.text);
}

static void ask_and_grant(const char *name, const char *profile, struct sdc_buf *chain)
{
    char granted[SDC_TERMINAL_NAME_MAX + 1];
    struct sdc_buf request = SDC_BUF_INIT;
    check(sdc_terminal_request(station, name, &request, &error));
    check(sdc_terminal_grant(station, sdc_buf_rd(&request), sdc_terminal_profile(profile), chain, granted, &error));
    ck_assert_str_eq(granted, name);
    sdc_buf_free(&request);
}

START_TEST(demo)
{
    struct sdc_terminal_info infos[8];
    const struct sdc_date today = sdc_date_today();
    struct sdc_date end = today;
    size_t count = 0;
    open_station();
    check(sdc_terminal_list(station, infos, 8, &count, &error));
    ck_assert_uint_eq(count, 3);
    static const char *const names[] = { "benefits", "officer", "status" };
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(infos[i].name, names[i]);
        ck_assert(infos[i].installed);
        ck_assert_uint_eq(infos[i].rights, sdc_terminal_profile(names[i])->rights);
        ck_assert_int_eq(sdc_date_compare(&infos[i].effective, &today), 0);
    }
    end = sdc_date_next_day(&end);
    ck_assert_int_eq(sdc_date_compare(&infos[1].expiry, &end), 0); /* an officer's: a day */
    for (int i = 1; i < 30; i++)
        end = sdc_date_next_day(&end);
    ck_assert_int_eq(sdc_date_compare(&infos[0].expiry, &end), 0);
    sdc_station_close(station);
}
END_TEST

/* The private key behind an opened terminal is the one its certificate names. */
START_TEST(at_work)
{
    struct sdc_terminal_use *use = NULL;
    struct sdc_cvc cvc;
    uint8_t rs[SDC_RS_LEN], hash[32];
    struct sdc_buf chain = SDC_BUF_INIT;
    char name[SDC_TERMINAL_NAME_MAX + 1];
    open_station();
    ask_and_grant("desk7", "update", &chain);
    ck_assert_int_eq(sdc_terminal_open(station, "desk7", &use, &error), SDC_E_INPUT);
    check(sdc_terminal_install(station, sdc_buf_rd(&chain), name, &error));
    check(sdc_terminal_open(station, "desk7", &use, &error));
    ck_assert_uint_eq(sdc_terminal_rights(use), SDC_CHAT_KNOWN);
    const struct sdc_terminal *t = sdc_terminal_of(use);
    ck_assert_uint_eq(t->chain_len, 2);
    check(sdc_cvc_parse(t->chain[1].p, t->chain[1].left, &cvc, &error));
    ck_assert_int_eq(EVP_Digest(cvc.body.p, cvc.body.left, hash, NULL, EVP_sha256(), NULL), 1);
    check(t->signer.sign(t->signer.ctx, hash, rs, &error));
    cvc.signature = sdc_rd_init(rs, sizeof rs);
    check(sdc_cvc_verify(&cvc, cvc.point, &error));
    sdc_terminal_close(use);
    sdc_buf_free(&chain);
    sdc_station_close(station);
}
END_TEST

START_TEST(requests)
{
    struct sdc_buf first = SDC_BUF_INIT, again = SDC_BUF_INIT, chain = SDC_BUF_INIT;
    struct sdc_cvc_ask one, two;
    char name[SDC_TERMINAL_NAME_MAX + 1];
    static const char *const bad[] = { "", "Desk", "../x", "tencharact", "desk 1" };
    open_station();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(sdc_terminal_request(station, bad[i], &first, &error), SDC_E_USAGE);
    check(sdc_terminal_request(station, "ninechars", &first, &error));
    check(sdc_terminal_request(station, "ninechars", &again, &error));
    check(sdc_cvc_ask_parse(sdc_buf_rd(&first), &one, &error));
    check(sdc_cvc_ask_parse(sdc_buf_rd(&again), &two, &error));
    ck_assert_mem_eq(one.point, two.point, sizeof one.point); /* the same key */
    ck_assert_str_eq(one.chr, "USNINECHARS00001");
    const struct sdc_terminal_profile *profile = sdc_terminal_profile("lane");
    for (size_t bit = 0; bit < 8 * first.len; bit++) {
        first.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        enum sdc_status status = sdc_terminal_grant(station, sdc_buf_rd(&first), profile, &chain, name, &error);
        ck_assert_msg(status == SDC_E_INPUT || status == SDC_E_SIGNATURE, "bit %zu", bit);
        first.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    ck_assert_uint_eq(chain.len, 0);
    check(sdc_terminal_grant(station, sdc_buf_rd(&first), profile, &chain, name, &error));
    sdc_buf_free(&first);
    sdc_buf_free(&again);
    sdc_buf_free(&chain);
    sdc_station_close(station);
}
END_TEST

/* Signs with a key of the station's token, as an issuer that does wrong would. */
static void put_certificate(struct sdc_buf *out, const char *key_label, const struct sdc_cvc_request *request)
{
    EVP_PKEY *key = NULL;
    check(token_private_key(station->token, key_label, &key, &error));
    struct sdc_cvc_signer signer = terminal_signer(key);
    check(sdc_cvc_make(request, &signer, out, &error));
    EVP_PKEY_free(key);
}

START_TEST(not_installed)
{
    struct sdc_buf chain = SDC_BUF_INIT, other = SDC_BUF_INIT, old = SDC_BUF_INIT;
    struct sdc_rd parts[SDC_TERMINAL_CHAIN_MAX];
    struct sdc_cvc cvcs[SDC_TERMINAL_CHAIN_MAX];
    char name[SDC_TERMINAL_NAME_MAX + 1], path[PATH_MAX];
    size_t count = 0;
    open_station();
    ask_and_grant("desk1", "benefits", &chain);
    ask_and_grant("desk2", "benefits", &other);
    check(terminal_split(sdc_buf_rd(&chain), parts, cvcs, &count, &error));
    check(sdc_terminal_install(station, sdc_buf_rd(&chain), name, &error));

    /* one bit, a certificate alone, more behind */
    for (size_t bit = 0; bit < 8 * chain.len; bit += 7) {
        chain.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_int_ne(sdc_terminal_install(station, sdc_buf_rd(&chain), name, &error), SDC_OK);
        chain.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    ck_assert_int_eq(sdc_terminal_install(station, parts[1], name, &error), SDC_E_INPUT);
    ck_assert_int_eq(sdc_terminal_install(station, parts[0], name, &error), SDC_E_INPUT);
    sdc_buf_u8(&other, 0);
    ck_assert_int_eq(sdc_terminal_install(station, sdc_buf_rd(&other), name, &error), SDC_E_INPUT);

    /* over, and of another key under this name */
    struct sdc_cvc_request request = { cvcs[0].chr,   cvcs[1].chr,    SDC_CVC_TERMINAL, 0,
                                       cvcs[1].point, { 2026, 1, 1 }, { 2026, 1, 2 } };
    request.effective = cvcs[0].effective;
    request.expiry = cvcs[0].effective;
    sdc_buf_put(&old, parts[0].p, parts[0].left);
    put_certificate(&old, TERMINAL_DV_KEY, &request);
    check(sdc_terminal_install(station, sdc_buf_rd(&old), name, &error)); /* its last day */
    sdc_buf_cut(&old, parts[0].left);
    request.point = cvcs[0].point;
    put_certificate(&old, TERMINAL_DV_KEY, &request);
    ck_assert_int_eq(sdc_terminal_install(station, sdc_buf_rd(&old), name, &error), SDC_E_SIGNATURE);
    ck_assert_ptr_nonnull(strstr(error.text, "another key"));

    /* the CVCA isn't trusted any more */
    check(station_path(home, TERMINAL_CVCA_FILE, path, &error));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(sdc_terminal_install(station, sdc_buf_rd(&chain), name, &error), SDC_E_SIGNATURE);
    ck_assert_ptr_nonnull(strstr(error.text, "trust add"));
    sdc_buf_free(&chain);
    sdc_buf_free(&other);
    sdc_buf_free(&old);
    sdc_station_close(station);
}
END_TEST

/* ---- first trust ---- */

static void fingerprint(const struct sdc_buf *b, char text[static 65])
{
    uint8_t hash[32];
    ck_assert_int_eq(EVP_Digest(b->data, b->len, hash, NULL, EVP_sha256(), NULL), 1);
    sdc_hex(hash, sizeof hash, text);
}

static const char *save(const char *name, const struct sdc_buf *b)
{
    const char *path = temp_path(home, name);
    check(sdc_file_write(path, b->data, b->len, 0600, &error));
    return path;
}

START_TEST(first_trust)
{
    struct sdc_buf own = SDC_BUF_INIT, link = SDC_BUF_INIT, self = SDC_BUF_INIT;
    struct sdc_cvc cvca;
    char text[65], what[64], wrong[65];
    uint8_t point[SDC_P256_POINT_LEN];
    open_station();
    file_content(temp_path(home, TERMINAL_CVCA_FILE), &own);
    check(sdc_cvc_parse(own.data, own.len, &cvca, &error));
    fingerprint(&own, text);
    ck_assert_int_eq(sdc_trust_add(home, save("x.cvc", &own), text, what, &error), SDC_E_CONFLICT);

    /* another CVCA: with its fingerprint alone */
    memcpy(point, cvca.point, sizeof point);
    const struct sdc_cvc_request foreign = { "USOTHER00001", "USOTHER00001", SDC_CVC_CVCA, 0,
                                             point,          cvca.effective, cvca.expiry };
    put_certificate(&self, TERMINAL_CVCA_KEY, &foreign);
    fingerprint(&self, text);
    memcpy(wrong, text, sizeof wrong);
    wrong[63] = wrong[63] == '0' ? '1' : '0';
    const char *path = save("y.cvc", &self);
    ck_assert_int_eq(sdc_trust_add(home, path, NULL, what, &error), SDC_E_USAGE);
    ck_assert_int_eq(sdc_trust_add(home, path, "00", what, &error), SDC_E_USAGE);
    ck_assert_int_eq(sdc_trust_add(home, path, wrong, what, &error), SDC_E_SIGNATURE);
    check(sdc_trust_add(home, path, text, what, &error));
    ck_assert_int_eq(sdc_trust_add(home, path, text, what, &error), SDC_E_CONFLICT);

    /* a link certificate by one that is trusted needs none; of one that isn't, no fingerprint helps */
    const struct sdc_cvc_request next = {
        cvca.chr, "USNEXT00002", SDC_CVC_CVCA, 0, point, cvca.effective, cvca.expiry
    };
    put_certificate(&link, TERMINAL_CVCA_KEY, &next);
    link.data[link.len - 1] ^= 1;
    ck_assert_int_eq(sdc_trust_add(home, save("z.cvc", &link), NULL, what, &error), SDC_E_SIGNATURE);
    link.data[link.len - 1] ^= 1;
    check(sdc_trust_add(home, save("z.cvc", &link), NULL, what, &error));
    const struct sdc_cvc_request stray = { "USNOBODY00001", "USSTRAY00002", SDC_CVC_CVCA, 0,
                                           point,           cvca.effective, cvca.expiry };
    sdc_buf_clear(&link);
    put_certificate(&link, TERMINAL_CVCA_KEY, &stray);
    fingerprint(&link, text);
    ck_assert_int_eq(sdc_trust_add(home, save("z.cvc", &link), text, what, &error), SDC_E_INPUT);
    sdc_buf_free(&own);
    sdc_buf_free(&link);
    sdc_buf_free(&self);
    sdc_station_close(station);
}
END_TEST

START_TEST(first_trust_in_a_ca)
{
    struct sdc_buf pem = SDC_BUF_INIT, der = SDC_BUF_INIT, leaf = SDC_BUF_INIT;
    char text[65], what[64];
    X509 *cert = NULL;
    open_station();
    file_content(temp_path(home, "trust/csca.pem"), &pem);
    check(certificate_load(temp_path(home, "trust/csca.pem"), &cert, &error));
    check(certificate_der(cert, &der, &error));
    X509_free(cert);
    fingerprint(&der, text);
    ck_assert_int_eq(sdc_trust_add(home, save("other.pem", &pem), text, what, &error), SDC_E_USAGE);
    ck_assert_int_eq(sdc_trust_add(home, save("csca.pem", &pem), text, what, &error), SDC_E_CONFLICT);
    check(sdc_trust_add(home, save("csca-2.pem", &pem), text, what, &error));
    file_content(temp_path(home, "trust/ds-1.pem"), &leaf);
    ck_assert_int_eq(sdc_trust_add(home, save("csca-3.pem", &leaf), text, what, &error), SDC_E_INPUT);
    sdc_buf_free(&pem);
    sdc_buf_free(&der);
    sdc_buf_free(&leaf);
    sdc_station_close(station);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { demo, 0 },          { at_work, 0 },     { requests, 0 },
        { not_installed, 0 }, { first_trust, 0 }, { first_trust_in_a_ca, 0 },
    };
    return suite_run("terminal", tests, sizeof tests / sizeof *tests);
}
