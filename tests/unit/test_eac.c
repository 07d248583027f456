/* SPDX-License-Identifier: BSD-2-Clause */
/* PACE, terminal and chip authentication and secure messaging, the host's side: the worked run byte for byte, and a
 * card that answers otherwise. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "eac_private.h"
#include "eac_vectors.h"
#include "fake_card.h"
#include "sdc/lds.h"
#include "sdc/tlv.h"
#include "suite.h"

static const struct sdc_password can = { SDC_PASSWORD_CAN, "846201", 6 };
static const uint64_t officer =
    SDC_CHAT_READ(17) | SDC_CHAT_READ(19) | SDC_CHAT_READ(20) | SDC_CHAT_READ(21) | SDC_CHAT_CAN_ALLOWED;

/* ---- a card that follows the worked run ---- */

#define STEPS_MAX 32
struct run {
    struct fake_step steps[STEPS_MAX];
    char *text[2 * STEPS_MAX];
    size_t count;
    struct fake_card card;
    struct sdc_link *link;
    struct sdc_eac *session;
    struct sdc_error error;
};
static struct run run;

static void add(const char *command, const char *reply, const char *sw)
{
    char **text = &run.text[2 * run.count];
    ck_assert_uint_lt(run.count, STEPS_MAX);
    ck_assert_int_ge(asprintf(&text[0], "%s", command), 0);
    ck_assert_int_ge(asprintf(&text[1], "%s%s", reply, sw), 0);
    run.steps[run.count++] = (struct fake_step) { text[0], text[1] };
}

static void add_step(const char *command, const char *reply, bool plain)
{
    add(vector_hex(command), vector_hex(reply), plain ? "9000" : "");
}

static void add_pace(void)
{
    static const char *const pace[][2] = { { "A2", "R2" }, { "A3", "R3" }, { "A4", "R4" }, { "A5", "R5" } };
    add("00A4000C", "", "9000");
    add("00B0810000", "", "6A82");
    add("00B09C0000", vector_hex("EF_CardAccess"), "9000");
    add(vector_hex("A1"), "", "9000");
    for (size_t i = 0; i < sizeof pace / sizeof *pace; i++)
        add_step(pace[i][0], pace[i][1], true);
}

static void add_terminal(void)
{
    static const char *const names[] = { "S1_dst",   "S2_pso_dv", "S3_dst",    "S4_pso_at",
                                         "S5_setat", "S6_getch",  "S7_extauth" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char command[32], reply[32];
        snprintf(command, sizeof command, "%s_C", names[i]);
        snprintf(reply, sizeof reply, "%s_R", names[i]);
        add_step(command, reply, false);
    }
}

static void fixed_random(struct eac_random *random)
{
    vector_copy("d_map_term", random->map, sizeof random->map);
    vector_copy("d_eph_term", random->ephemeral, sizeof random->ephemeral);
    vector_copy("d_ca_term", random->chip, sizeof random->chip);
}

static enum sdc_status open_session(const struct sdc_password *password)
{
    struct eac_random random;
    fixed_random(&random);
    run.link = fake_card_open(&run.card, run.steps, run.count, false);
    return eac_open_with(run.link, password, &officer, &random, &run.session, &run.error);
}

static void close_session(void)
{
    sdc_eac_close(run.session);
    sdc_link_close(run.link);
    for (size_t i = 0; i < 2 * run.count; i++)
        free(run.text[i]);
    memset(&run, 0, sizeof run);
}

static void check(enum sdc_status status)
{
    ck_assert_msg(status == SDC_OK, "%s; %s", run.error.text, run.card.text);
}

/* The worked run's terminal signs one message with a signature that is given. */
static enum sdc_status sign_once(void *ctx, const uint8_t hash[static 32], uint8_t rs[static SDC_RS_LEN],
                                 struct sdc_error *e)
{
    uint8_t expected[32];
    struct sdc_buf input = vector("TA_input"), aux = vector("aux");
    (void)ctx;
    if (!strstr(vector_hex("TA_input"), vector_hex("aux")))
        sdc_buf_put(&input, aux.data, aux.len);
    ck_assert_int_eq(EVP_Digest(input.data, input.len, expected, NULL, EVP_sha256(), NULL), 1);
    sdc_buf_free(&input);
    sdc_buf_free(&aux);
    if (memcmp(hash, expected, sizeof expected) != 0)
        return sdc_fail(e, SDC_E_BUG, "another message to sign");
    vector_copy("TA_sig", rs, SDC_RS_LEN);
    return SDC_OK;
}

static enum sdc_status authenticate_terminal(void)
{
    const struct sdc_date day = { 2026, 11, 23 };
    struct sdc_buf dv = vector("C_DV"), at = vector("C_AT");
    const struct sdc_terminal terminal = { .chain = { sdc_buf_rd(&dv), sdc_buf_rd(&at) },
                                           .chain_len = 2,
                                           .signer = { sign_once, NULL } };
    enum sdc_status status = sdc_eac_terminal(run.session, &terminal, &day, &run.error);
    sdc_buf_free(&dv);
    sdc_buf_free(&at);
    return status;
}

static void skip_counter(unsigned exchanges)
{
    struct sdc_rd last = sdc_rd_init(run.session->sm.ssc, EAC_BLOCK);
    sdc_rd_skip(&last, EAC_BLOCK - 1);
    run.session->sm.ssc[EAC_BLOCK - 1] = (uint8_t)(sdc_rd_u8(&last) + 2 * exchanges);
}

static struct sdc_chip_key chip_key(uint8_t id, uint8_t version, const char *point)
{
    struct sdc_chip_key key = { .id = id, .version = version, .suite = 16, .has_point = true };
    vector_copy(point, key.point, sizeof key.point);
    return key;
}

/* ---- the run ---- */

START_TEST(worked_run)
{
    struct sdc_buf answer = SDC_BUF_INIT;
    uint16_t sw = 0;
    add_pace();
    add_terminal();
    add_step("S9_setat_C", "S9_setat_R", false);
    add_step("S10_ga_C", "S10_ga_R", false);
    add_step("D1_sel_C", "D1_sel_R", false);
    add_step("D3_odd_C", "D3_odd_R", false);
    add_step("D4_selmf_C", "D4_selmf_R", false);
    add_step("D5_nor_C", "D5_nor_R", false);
    check(open_session(&can));
    ck_assert_str_eq(sdc_eac_authority(run.session, false), "USSDCCVCA00001");
    ck_assert_str_eq(sdc_eac_authority(run.session, true), "");
    check(authenticate_terminal());
    skip_counter(1); /* EF.CardSecurity */
    struct sdc_chip_key key = chip_key(2, 2, "Q_ca_card");
    struct sdc_eac *s = run.session;
    check(sdc_eac_chip(s, &key, &run.error));
    struct sdc_link *link = sdc_eac_link(s);
    const uint8_t alias[] = { 0xE8, 0x07, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02 };
    const uint8_t offset[] = { 0x54, 0x02, 0x01, 0x00 };
    const struct sdc_apdu commands[] = {
        { .ins = 0xA4, .p1 = 0x04, .p2 = 0x0C, .data = alias, .data_len = sizeof alias },
        { .ins = 0xB1, .p2 = 0x13, .data = offset, .data_len = sizeof offset, .le = true, .le_max = 256 },
        { .ins = 0xA4, .p2 = 0x0C },
        { .ins = 0xB0, .p1 = 0x92, .le = true, .le_max = 256 },
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        check(sdc_link_exchange(link, &commands[i], &answer, &sw, &run.error));
        ck_assert_uint_eq(sw, i == 3 ? 0x6982 : 0x9000);
        if (i == 0)
            skip_counter(1);
    }
    ck_assert_uint_eq(answer.len, 15);
    ck_assert_mem_eq(answer.data, "\x53\x0Dsecure docket", 15);
    ck_assert_ptr_null(fake_card_fault(&run.card));
    sdc_buf_free(&answer);
    close_session();
}
END_TEST

START_TEST(chip_authentication_1)
{
    struct eac_random random;
    uint8_t nothing[2] = { 0x02, 0x00 };
    (void)nothing;
    /* the channel of the vectors is not given: chip authentication runs in the clear channel of a session without one
     */
    struct sdc_eac s = { .state = EAC_CHANNEL };
    vector_copy("d_ca1_term", random.chip, sizeof random.chip);
    memcpy(s.chip_scalar, random.chip, sizeof s.chip_scalar);
    vector_copy("Q_ca1_term", s.chip_point, sizeof s.chip_point);
    char command[2 * 75 + 1];
    snprintf(command, sizeof command, "00860000457C438041%s00", vector_hex("Q_ca1_term"));
    add("002241A40F800A04007F00070202030202840101", "", "9000");
    add(command, "7C00", "9000");
    run.link = fake_card_open(&run.card, run.steps, run.count, false);
    s.link = run.link;
    struct sdc_chip_key key = chip_key(1, 1, "Q_ca1_card");
    check(sdc_eac_chip_1(&s, &key, &run.error));
    uint8_t enc[16], mac[16];
    vector_copy("K_enc_ca1", enc, sizeof enc);
    vector_copy("K_mac_ca1", mac, sizeof mac);
    ck_assert_mem_eq(s.sm.enc, enc, sizeof enc);
    ck_assert_mem_eq(s.sm.mac, mac, sizeof mac);
    const uint8_t select[] = { 0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x0E };
    struct sdc_buf wrapped = SDC_BUF_INIT, expected = vector("CA1_first_C"), answer = vector("CA1_first_R");
    ck_assert(eac_sm_wrap(&s.sm, select, sizeof select, &wrapped));
    ck_assert_uint_eq(wrapped.len, expected.len);
    ck_assert_mem_eq(wrapped.data, expected.data, expected.len);
    size_t len = answer.len;
    check(eac_sm_unwrap(&s.sm, 0xA4, answer.data, &len, &run.error));
    ck_assert_uint_eq(len, 2);
    sdc_buf_free(&wrapped);
    sdc_buf_free(&expected);
    sdc_buf_free(&answer);
    close_session();
}
END_TEST

/* AES-256 and the MRZ: what differs from the run */
START_TEST(alternatives)
{
    uint8_t key[EAC_KEY_MAX], want[EAC_KEY_MAX], hash[20], token[EAC_MAC], point[P256_POINT];
    const struct eac_secret secret = { .secret = "846201", .len = 6 };
    ck_assert(eac_kdf(&secret, 3, 32, key));
    vector_copy("K_pi_256", want, 32);
    ck_assert_mem_eq(key, want, 32);
    struct sdc_buf info = vector("MRZ_info");
    ck_assert_uint_eq(info.len, SDC_MRZ_SECRET_LEN);
    ck_assert_int_eq(EVP_Digest(info.data, info.len, hash, NULL, EVP_sha1(), NULL), 1);
    const struct eac_secret mrz = { .secret = hash, .len = sizeof hash };
    ck_assert(eac_kdf(&mrz, 3, 16, key));
    vector_copy("K_pi_mrz", want, 16);
    ck_assert_mem_eq(key, want, 16);
    vector_copy("K_mac_256", want, 32);
    vector_copy("Q_eph_card", point, sizeof point);
    ck_assert(eac_token(want, 32, eac_oid_pace(32), point, token));
    vector_copy("T_term_256", key, EAC_MAC);
    ck_assert_mem_eq(token, key, EAC_MAC);
    sdc_buf_free(&info);
}
END_TEST

/* ---- a card that answers otherwise ---- */

/* One bit anywhere in one answer of the run: never a session that goes on as if nothing were. */
START_TEST(answers_changed)
{
    static const struct {
        size_t step;
        enum sdc_status status;
    } cases[] = { { 4, SDC_E_SIGNATURE }, { 5, SDC_E_REPLY }, { 6, SDC_E_REPLY }, { 7, SDC_E_SIGNATURE } };
    add_pace();
    char *reply = run.text[2 * cases[_i].step + 1];
    char *at = reply + (cases[_i].step == 7 ? 10 : strlen(reply) - 6); /* the token; the last byte of the data */
    *at = *at == '0' ? '1' : '0';
    enum sdc_status status = open_session(&can);
    if (cases[_i].step == 4) /* another nonce: the keys differ, and the card's token doesn't fit or the script ends */
        ck_assert(status != SDC_OK);
    else
        ck_assert_int_eq(status, cases[_i].status);
    ck_assert_ptr_null(run.session);
    close_session();
}
END_TEST

/* A card that gives our own point back, or none */
START_TEST(points)
{
    static const struct {
        size_t step;
        const char *reply;
    } cases[] = { { 5, NULL }, { 6, NULL }, { 5, "7C038201009000" }, { 6, "7C038401009000" } };
    add_pace();
    char **reply = &run.text[2 * cases[_i].step + 1];
    free(*reply);
    *reply = NULL;
    const char *own = vector_hex(cases[_i].step == 5 ? "Q_map_term" : "Q_eph_term");
    ck_assert_int_ge(_i < 2 ? asprintf(reply, _i == 0 ? "7C438241%s9000" : "7C438441%s9000", own)
                            : asprintf(reply, "%s", cases[_i].reply),
                     0);
    run.steps[cases[_i].step].reply = *reply;
    ck_assert_int_eq(open_session(&can), SDC_E_REPLY);
    ck_assert_uint_eq(run.card.at, cases[_i].step + 1);
    close_session();
}
END_TEST

START_TEST(protected_answers_changed)
{
    const char *reply = vector_hex("S1_dst_R");
    for (size_t i = 0; i < strlen(reply); i++) {
        add_pace();
        add_step("S1_dst_C", "S1_dst_R", false);
        char *at = run.text[2 * run.count - 1] + i;
        *at = *at == '0' ? '1' : '0';
        if (strcmp(run.text[2 * run.count - 1], reply) == 0)
            *at = '2';
        check(open_session(&can));
        ck_assert_int_eq(authenticate_terminal(), SDC_E_SIGNATURE);
        uint16_t sw;
        const struct sdc_apdu apdu = { .ins = 0xA4, .p2 = 0x0C };
        ck_assert_int_eq(sdc_link_exchange(sdc_eac_link(run.session), &apdu, NULL, &sw, &run.error), SDC_E_DENIED);
        ck_assert_uint_eq(run.card.at, run.count); /* nothing more was sent */
        close_session();
    }
}
END_TEST

/* A bare answer: success is not believed, an error is, and ends the channel. */
START_TEST(bare_answers)
{
    static const struct {
        const char *reply;
        enum sdc_status status;
    } cases[] = { { "9000", SDC_E_SIGNATURE }, { "6982", SDC_E_DENIED },  { "6988", SDC_E_SIGNATURE },
                  { "63C2", SDC_E_SIGNATURE }, { "00", SDC_E_SIGNATURE }, { "99029000", SDC_E_SIGNATURE } };
    add_pace();
    add(vector_hex("S1_dst_C"), cases[_i].reply, "");
    check(open_session(&can));
    ck_assert_int_eq(authenticate_terminal(), cases[_i].status);
    ck_assert_uint_eq(run.card.at, run.count);
    close_session();
}
END_TEST

START_TEST(refusals)
{
    static const struct {
        enum sdc_password_kind kind;
        const char *text, *set, *sw;
        enum sdc_status status;
        size_t apdus;
        int tries;
    } cases[] = {
        { SDC_PASSWORD_PIN, "123456", "63C0", "6983", SDC_E_PIN_BLOCKED, 5, -1 },
        { SDC_PASSWORD_PIN, "123456", "6283", "6984", SDC_E_CONDITIONS, 5, -1 },
        { SDC_PASSWORD_PIN, "123456", "6A88", "", SDC_E_NOT_FOUND, 4, -1 },
        { SDC_PASSWORD_CAN, "84620", "", "", SDC_E_PIN_FORMAT, 3, -1 },
        { SDC_PASSWORD_CAN, "8462O1", "", "", SDC_E_PIN_FORMAT, 3, -1 },
        { SDC_PASSWORD_PIN, "123456789", "", "", SDC_E_PIN_FORMAT, 3, -1 },
        { SDC_PASSWORD_PUK, "1234567", "", "", SDC_E_PIN_FORMAT, 3, -1 },
        { SDC_PASSWORD_MRZ, "SDC00000189001011311231", "", "", SDC_E_PIN_FORMAT, 3, -1 },
    };
    const struct sdc_password password = { cases[_i].kind, cases[_i].text, strlen(cases[_i].text) };
    add("00A4000C", "", "9000");
    add("00B0810000", "", "6A82");
    add("00B09C0000", vector_hex("EF_CardAccess"), "9000");
    add("*", cases[_i].set, "");
    add("*", cases[_i].sw, "");
    ck_assert_int_eq(open_session(&password), cases[_i].status);
    ck_assert_uint_eq(run.card.at, cases[_i].apdus);
    close_session();
}
END_TEST

/* The last step's refusal: of the CAN just "wrong", of the PIN with the tries that are left. */
START_TEST(wrong_password)
{
    add_pace();
    run.count--;
    free(run.text[2 * run.count]);
    free(run.text[2 * run.count + 1]);
    add(vector_hex("A5"), _i ? "63C1" : "6300", "");
    ck_assert_int_eq(open_session(&can), _i ? SDC_E_PIN_WRONG : SDC_E_DENIED);
    ck_assert_int_eq(run.error.tries, _i ? 1 : -1);
    close_session();
}
END_TEST

START_TEST(terminal_chains)
{
    static const struct {
        const char *first, *second;
        enum sdc_status status;
    } cases[] = {
        { "C_AT", NULL, SDC_E_NOT_FOUND }, { "C_DV", NULL, SDC_E_USAGE },          { "C_AT", "C_DV", SDC_E_USAGE },
        { "C_CVCA", "C_DV", SDC_E_USAGE }, { "EF_CardAccess", NULL, SDC_E_INPUT }, { NULL, NULL, SDC_E_USAGE },
    };
    add_pace();
    check(open_session(&can));
    struct sdc_buf first = SDC_BUF_INIT, second = SDC_BUF_INIT;
    if (cases[_i].first)
        first = vector(cases[_i].first);
    if (cases[_i].second)
        second = vector(cases[_i].second);
    const struct sdc_terminal terminal = { .chain = { sdc_buf_rd(&first), sdc_buf_rd(&second) },
                                           .chain_len = (cases[_i].first != NULL) + (size_t)(cases[_i].second != NULL),
                                           .signer = { sign_once, NULL } };
    ck_assert_int_eq(sdc_eac_terminal(run.session, &terminal, NULL, &run.error), cases[_i].status);
    ck_assert_uint_eq(run.card.at, run.count);
    sdc_buf_free(&first);
    sdc_buf_free(&second);
    close_session();
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { worked_run, 0 },
        { chip_authentication_1, 0 },
        { alternatives, 0 },
        { answers_changed, 4 },
        { protected_answers_changed, 0 },
        { bare_answers, 6 },
        { refusals, 8 },
        { wrong_password, 2 },
        { terminal_chains, 6 },
        { points, 4 },
    };
    return suite_run("eac", tests, sizeof tests / sizeof *tests);
}
