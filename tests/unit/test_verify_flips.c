/* SPDX-License-Identifier: BSD-2-Clause */
/* An issued card in which something was changed afterwards: any bit of any object, any length, any reply. What a
 * signature covers is never accepted changed. */
#include "suite.h"
#include "verify_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (int)(sizeof(a) / sizeof(a)[0])

/* The genuine card that every test changes, made before the tests fork. */
static struct fake_piv genuine;

static void copy_card(struct fake_piv *card)
{
    *card = genuine;
    card->pending = (struct sdc_buf)SDC_BUF_INIT;
    for (size_t i = 0; i < FAKE_OBJECTS; i++) {
        card->objects[i].content = (struct sdc_buf)SDC_BUF_INIT;
        sdc_buf_put(&card->objects[i].content, genuine.objects[i].content.data, genuine.objects[i].content.len);
    }
}

static void assert_rejected(struct fake_piv *card, const char *what)
{
    struct sdc_report report;
    kit_verify(card, TEST_PIN, &report);
    if (report.verdict < SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD || report.verdict > SDC_VERDICT_REJECT_CLONE) {
        kit_print(&report);
        ck_abort_msg("%s: %s", what, sdc_verdict_name(report.verdict));
    }
    kit_assert_nothing(&report);
    sdc_report_free(&report);
}

static void assert_flip_rejected(struct fake_piv *card, size_t object, size_t bit)
{
    struct sdc_buf *content = &card->objects[object].content;
    char what[64];
    uint8_t mask = (uint8_t)(0x80U >> bit % 8);
    snprintf(what, sizeof what, "object %X, byte %zu, bit %02X", (unsigned)card->objects[object].tag, bit / 8, mask);
    content->data[bit / 8] ^= mask;
    assert_rejected(card, what);
    content->data[bit / 8] ^= mask;
}

/* Every bit of the small objects, every seventeenth of the others (odd, so that it reaches each place of a byte). */
START_TEST(any_bit_of_an_object)
{
    struct fake_piv card;
    copy_card(&card);
    size_t bits = card.objects[_i].content.len * 8, step = bits < 1500 ? 1 : 17;
    ck_assert_uint_gt(bits, 0);
    for (size_t bit = 0; bit < bits; bit += step)
        assert_flip_rejected(&card, (size_t)_i, bit);
    fake_piv_free(&card);
}
END_TEST

START_TEST(random_bits)
{
    struct fake_piv card;
    size_t bits = 0;
    copy_card(&card);
    srand(20261125);
    for (size_t i = 0; i < FAKE_OBJECTS; i++)
        bits += card.objects[i].content.len * 8;
    for (int n = 0; n < 500; n++) {
        size_t bit = (size_t)rand() % bits, object = 0;
        while (bit >= card.objects[object].content.len * 8)
            bit -= card.objects[object++].content.len * 8;
        assert_flip_rejected(&card, object, bit);
    }
    fake_piv_free(&card);
}
END_TEST

START_TEST(any_length)
{
    struct fake_piv card;
    copy_card(&card);
    struct sdc_buf *content = &card.objects[_i].content;
    size_t whole = content->len, step = whole < 200 ? 1 : whole / 100;
    for (size_t len = 0; len < whole; len += step) {
        content->len = len;
        assert_rejected(&card, "cut short");
    }
    content->len = whole;
    sdc_buf_u8(content, 0);
    assert_rejected(&card, "longer");
    fake_piv_free(&card);
}
END_TEST

/* Objects of another card of the same issuer: each is genuine by itself. */
START_TEST(object_of_another_card)
{
    struct test_recipe recipe = { .fault = { FAULT_NONE } };
    struct fake_piv card, other;
    EVP_PKEY *own[FAKE_KEYS];
    copy_card(&card);
    test_issuer.guid[3] ^= 0x55;
    for (size_t i = 0; i < FAKE_KEYS; i++) {
        own[i] = test_issuer.keys[i];
        test_issuer.keys[i] = EVP_EC_gen("P-256");
    }
    recipe.fault[PART_CCC] = CCC_EMPTY; /* these two have no GUID in them: let them differ all the same */
    recipe.fault[PART_PRINTED] = PRINTED_LINE;
    test_issue(&recipe, &other);
    struct sdc_buf kept = card.objects[_i].content;
    card.objects[_i].content = other.objects[_i].content;
    if (kept.len != card.objects[_i].content.len || memcmp(kept.data, card.objects[_i].content.data, kept.len) != 0)
        assert_rejected(&card, "object of another card");
    card.objects[_i].content = kept;
    for (size_t i = 0; i < FAKE_KEYS; i++)
        card.keys[i] = test_issuer.keys[i];
    assert_rejected(&card, "all objects in another chip");
    for (size_t i = 0; i < FAKE_KEYS; i++) {
        EVP_PKEY_free(test_issuer.keys[i]);
        test_issuer.keys[i] = own[i];
    }
    fake_piv_free(&other);
    fake_piv_free(&card);
}
END_TEST

/* ---- replies ---- */

struct flip {
    size_t at, seen; /* byte of all replies in a row, and how many went by */
    uint8_t mask;
};
static void flip_reply(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap, size_t *len)
{
    (void)cmd;
    (void)cmd_len;
    (void)cap;
    struct flip *flip = ctx;
    if (flip->at >= flip->seen && flip->at < flip->seen + *len)
        resp[flip->at - flip->seen] ^= flip->mask;
    flip->seen += *len;
}

static void assert_genuine(const struct sdc_report *report, const struct flip *flip)
{
    ck_assert_msg(!report->has_guid || memcmp(report->guid, test_issuer.guid, SDC_GUID_LEN) == 0, "byte %zu", flip->at);
    ck_assert(!report->has_guid || sdc_date_compare(&report->expiry, &test_issuer.expiry) == 0);
    ck_assert(report->name[0] == '\0' || strcmp(report->name, TEST_NAME) == 0);
    ck_assert(report->portrait.len == 0 || (report->portrait.len == TEST_IMAGE_LEN &&
                                            memcmp(report->portrait.data, test_image, TEST_IMAGE_LEN) == 0));
}

/* Replies carry more than objects: what is outside a signature may change the verdict or not, what is shown never
 * changes. */
START_TEST(any_reply)
{
    struct fake_piv card;
    struct sdc_report report;
    struct flip flip = { .at = SIZE_MAX };
    copy_card(&card);
    card.tamper = flip_reply;
    card.tamper_ctx = &flip;
    kit_verify(&card, TEST_PIN, &report);
    kit_assert(&report, "unchanged", NULL, SDC_VERDICT_ACCEPT);
    sdc_report_free(&report);
    size_t bytes = flip.seen;
    srand(311);
    for (int n = 0; n < 500; n++) {
        flip = (struct flip) { (size_t)rand() % bytes, 0, (uint8_t)(1U << rand() % 8) };
        struct sdc_link *link = fake_piv_link(&card, true);
        const struct sdc_verify_options options = { "chip", TEST_PIN, 6, test_issuer.today };
        card.tries = 3;
        ck_assert_int_eq(sdc_verify(link, kit_trust, &options, &report, NULL), SDC_OK);
        assert_genuine(&report, &flip);
        sdc_report_free(&report);
        sdc_link_close(link);
    }
    fake_piv_free(&card);
}
END_TEST

int main(void)
{
    const struct test_recipe recipe = { .fault = { FAULT_NONE } };
    kit_init();
    test_issue(&recipe, &genuine);
    const struct suite_test tests[] = {
        { any_bit_of_an_object, FAKE_OBJECTS },   { random_bits, 0 }, { any_length, FAKE_OBJECTS },
        { object_of_another_card, FAKE_OBJECTS }, { any_reply, 0 },
    };
    int status = suite_run("verify: changed cards", tests, COUNT(tests));
    fake_piv_free(&genuine);
    return status;
}
