/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenPACE as the card: its PACE, terminal authentication, chip authentication and secure messaging against the
 * host's. Keys and nonces are random on both sides. */
#include <string.h>

#include "eac_vectors.h"
#include "openpace_card.h"
#include "suite.h"

static struct openpace_card card;
static struct sdc_link *link_to_card;
static struct sdc_error error;

static void make_card(bool aes_256)
{
    memset(&card, 0, sizeof card);
    card.can = "846201";
    card.cvca = vector("C_CVCA");
    struct sdc_buf *access = &card.file[SDC_EF_CARD_ACCESS];
    *access = vector("EF_CardAccess");
    for (size_t i = 1; aes_256 && i + 9 < access->len; i++) /* the last byte of PACE's and chip authentication's OIDs */
        if (memcmp(access->data + i, "\x04\x00\x7F\x00\x07\x02\x02", 7) == 0 &&
            (access->data[i + 7] == 3 || access->data[i + 7] == 4) && access->data[i - 1] == 10)
            access->data[i + 9] = 4;
    openpace_card_reset(&card);
    link_to_card = openpace_card_link(&card);
}

static void drop_card(void)
{
    sdc_link_close(link_to_card);
    openpace_card_free(&card);
}

static const uint64_t rights = SDC_CHAT_READ(17) | SDC_CHAT_CAN_ALLOWED;
static const struct sdc_password can = { SDC_PASSWORD_CAN, "846201", 6 };

static void check(enum sdc_status status)
{
    ck_assert_msg(status == SDC_OK, "%s", error.text);
}

static enum sdc_status terminal(struct sdc_eac *session, const char *signer, const struct sdc_date *day)
{
    struct sdc_buf dv = vector("C_DV"), at = vector("C_AT");
    const struct sdc_terminal t = { .chain = { sdc_buf_rd(&dv), sdc_buf_rd(&at) },
                                    .chain_len = 2,
                                    .signer = vector_signer(signer) };
    enum sdc_status status = sdc_eac_terminal(session, &t, day, &error);
    sdc_buf_free(&dv);
    sdc_buf_free(&at);
    return status;
}

START_TEST(whole_way)
{
    const struct sdc_date day = { 2026, 11, 23 };
    struct sdc_eac *session = NULL;
    struct sdc_security_infos infos;
    for (bool again = false;; again = true) { /* OpenPACE drops leading zeros of ours too */
        if (again) {
            sdc_eac_close(session);
            drop_card();
        }
        make_card(_i % 2);
        check(sdc_eac_open(link_to_card, &can, &rights, &session, &error));
        check(terminal(session, "AT", _i & 2 ? &day : NULL));
        if (!openpace_card_unlucky(&card))
            break;
    }
    check(sdc_security_infos_parse(sdc_eac_card_access(session), &infos, &error));
    struct sdc_chip_key key = *sdc_security_infos_key(&infos, 2);
    ck_assert_uint_eq(key.suite, _i % 2 ? 32 : 16);
    key.has_point = true;
    vector_copy("Q_ca_card", key.point, sizeof key.point);
    check(sdc_eac_chip(session, &key, &error));
    check(sdc_lds_select(sdc_eac_link(session), SDC_LDS_DOCKET, &error));
    ck_assert_int_eq(card.selected, SDC_LDS_DOCKET);
    check(sdc_lds_select(sdc_eac_link(session), SDC_LDS_MF, &error));
    ck_assert_int_eq(card.selected, SDC_LDS_MF);
    sdc_eac_close(session);
    drop_card();
}
END_TEST

START_TEST(wrong_password)
{
    const struct sdc_password wrong = { SDC_PASSWORD_CAN, "846202", 6 };
    struct sdc_eac *session = NULL;
    make_card(false);
    ck_assert_int_eq(sdc_eac_open(link_to_card, &wrong, &rights, &session, &error), SDC_E_DENIED);
    ck_assert_ptr_null(session);
    drop_card();
}
END_TEST

START_TEST(wrong_token)
{
    struct sdc_eac *session = NULL;
    make_card(false);
    card.fail_token = true;
    ck_assert_int_eq(sdc_eac_open(link_to_card, &can, &rights, &session, &error), SDC_E_SIGNATURE);
    drop_card();
}
END_TEST

/* Another key signs: the card refuses. Another key is expected of the chip: the host does. */
START_TEST(wrong_keys)
{
    struct sdc_eac *session = NULL;
    make_card(false);
    check(sdc_eac_open(link_to_card, &can, &rights, &session, &error));
    ck_assert_int_eq(terminal(session, "DV", NULL), SDC_E_DENIED);
    ck_assert_uint_eq(error.sw, 0x6300);
    ck_assert_int_eq(terminal(session, "AT", NULL), SDC_E_BUG); /* one for a channel */
    sdc_eac_close(session);
    drop_card();
    make_card(false);
    check(sdc_eac_open(link_to_card, &can, &rights, &session, &error));
    check(terminal(session, "AT", NULL));
    struct sdc_chip_key key = { .id = 2, .version = 2, .suite = 16, .has_point = true };
    vector_copy("Q_ca1_card", key.point, sizeof key.point);
    ck_assert_int_eq(sdc_eac_chip(session, &key, &error), SDC_E_SIGNATURE);
    sdc_eac_close(session);
    drop_card();
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { whole_way, 8 }, { wrong_password, 0 }, { wrong_token, 0 }, { wrong_keys, 0 }
    };
    return suite_run("eac_openpace", tests, sizeof tests / sizeof *tests);
}
