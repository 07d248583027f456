/* SPDX-License-Identifier: BSD-2-Clause */
/* The product's two sides face to face: an issued card read by the terminals of its station, at what cost, with wrong
 * passwords, and PIN management in a PACE channel. */
#include <string.h>

#include "issue_kit.h"
#include "sdc/docket.h"
#include "sdc/terminal.h"
#include "suite.h"

static struct kit kit;
static struct card_memory card;
static struct sdc_issued issued;
static struct sdc_error error;
static struct sdc_trust *trust;
static struct sdc_docket_view view;
static const char pin[] = "271828";

static void open_all(bool extended)
{
    char transport[9];
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_msg(kit_issue(&kit, 0, &issued) == SDC_OK, "%s", kit_error.text);
    kit_transport(&issued, transport);
    ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, pin, 6, &error), SDC_OK);
    ck_assert_int_eq(sdc_trust_load(temp_path(kit.home, "trust"), &trust, &error), SDC_OK);
    kit_link(&kit, &card, -1, KIT_BEFORE, extended);
    kit.link->short_only = !extended;
}

static void close_all(void)
{
    sdc_docket_view_free(&view);
    sdc_trust_free(trust);
    kit_close(&kit);
}

static enum sdc_status read_card(const char *terminal, enum sdc_password_kind kind, const char *text, bool travel)
{
    struct sdc_terminal_use *use = NULL;
    const struct sdc_password password = { kind, text, strlen(text) };
    ck_assert_int_eq(sdc_terminal_open(kit.station, terminal, &use, &error), SDC_OK);
    const struct sdc_docket_request request = { .password = &password,
                                                .terminal = sdc_terminal_of(use),
                                                .rights = sdc_terminal_rights(use),
                                                .travel = travel,
                                                .trust = trust,
                                                .today = sdc_date_today() };
    sdc_docket_view_free(&view);
    kit.link->stats = (struct sdc_stats) { 0 };
    enum sdc_status status = sdc_docket_read(kit.link, &request, &view, &error);
    sdc_terminal_close(use);
    return status;
}

START_TEST(budgets)
{
    open_all(_i);
    ck_assert_msg(read_card("officer", SDC_PASSWORD_CAN, issued.can, false) == SDC_OK, "%s", error.text);
    ck_assert_uint_le(kit.link->stats.apdus, _i ? 24 : 48);
    ck_assert_msg(read_card("officer", SDC_PASSWORD_PIN, pin, true) == SDC_OK, "%s", error.text);
    ck_assert_uint_le(kit.link->stats.apdus, _i ? 40 : 145);
    ck_assert_msg(read_card("benefits", SDC_PASSWORD_PIN, pin, false) == SDC_OK, "%s", error.text);
    ck_assert_uint_le(kit.link->stats.apdus, _i ? 24 : 36);
    close_all();
}
END_TEST

START_TEST(passwords)
{
    char wrong[7];
    open_all(true);
    strcpy(wrong, issued.can);
    wrong[5] = wrong[5] == '0' ? '1' : '0';
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_CAN, wrong, false), SDC_E_DENIED);
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_PIN, "314159", false), SDC_E_PIN_WRONG);
    ck_assert_int_eq(error.tries, 2);
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_PIN, "314159", false), SDC_E_PIN_WRONG);
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_PIN, pin, false), SDC_OK);
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_PIN, "314159", false), SDC_E_PIN_WRONG);
    ck_assert_int_eq(error.tries, 2);
    close_all();
}
END_TEST

/* The holder sets another PIN in a PIN channel: PIV knows it too. */
START_TEST(new_pin)
{
    const struct sdc_password holder = { SDC_PASSWORD_PIN, pin, 6 }, can = { SDC_PASSWORD_CAN, issued.can, 6 };
    struct sdc_eac *session = NULL;
    open_all(true);
    ck_assert_int_eq(sdc_eac_open(kit.link, &holder, NULL, &session, &error), SDC_OK);
    ck_assert_int_eq(sdc_eac_set_pin(session, "12345", 5, &error), SDC_E_PIN_FORMAT);
    ck_assert_msg(sdc_eac_set_pin(session, "161803", 6, &error) == SDC_OK, "%s", error.text);
    sdc_eac_close(session);
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_PIN, pin, false), SDC_E_PIN_WRONG);
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_PIN, "161803", false), SDC_OK);
    ck_assert_int_eq(sdc_piv_select(kit.link, &error), SDC_OK);
    ck_assert_int_eq(sdc_piv_verify(kit.link, "161803", 6, &error), SDC_OK);
    ck_assert_int_eq(sdc_eac_open(kit.link, &can, NULL, &session, &error), SDC_OK);
    ck_assert_int_eq(sdc_eac_set_pin(session, "271828", 6, &error), SDC_E_BUG);
    sdc_eac_close(session);
    close_all();
}
END_TEST

/* "Is this card valid on that day?", without learning until when it is. */
START_TEST(not_expired)
{
    struct sdc_terminal_use *use = NULL;
    struct sdc_eac *session = NULL;
    struct sdc_document *document = NULL;
    struct sdc_buf file = SDC_BUF_INIT;
    const struct sdc_date today = sdc_date_today();
    open_all(true);
    const struct sdc_password can = { SDC_PASSWORD_CAN, issued.can, 6 };
    ck_assert_int_eq(sdc_terminal_open(kit.station, "officer", &use, &error), SDC_OK);
    const uint64_t rights = sdc_terminal_rights(use);
    ck_assert_int_eq(sdc_document_new(trust, &today, &document, &error), SDC_OK);
    ck_assert_int_eq(sdc_eac_open(kit.link, &can, &rights, &session, &error), SDC_OK);
    ck_assert_int_eq(sdc_eac_terminal(session, sdc_terminal_of(use), &today, &error), SDC_OK);
    ck_assert_int_eq(sdc_lds_read(sdc_eac_link(session), SDC_EF_CARD_SECURITY, &file, &error), SDC_OK);
    ck_assert_int_eq(sdc_document_card_security(document, sdc_buf_rd(&file), sdc_eac_card_access(session), &error),
                     SDC_OK);
    ck_assert_int_eq(sdc_eac_chip(session, sdc_document_chip_key(document, 2), &error), SDC_OK);
    enum sdc_status status = sdc_eac_not_expired(session, &error);
    ck_assert_msg(status == SDC_OK, "%s", error.text);
    sdc_buf_free(&file);
    sdc_eac_close(session);
    sdc_document_free(document);
    sdc_terminal_close(use);
    close_all();
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { budgets, 2 }, { passwords, 0 }, { new_pin, 0 }, { not_expired, 0 } };
    return suite_run("docket_card", tests, sizeof tests / sizeof *tests);
}
