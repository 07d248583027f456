/* SPDX-License-Identifier: BSD-2-Clause */
/* Issuing onto chips of a delivery: transport keys, the maker's certificate, each key attested; and each way in which a
 * chip isn't what its maker delivered. Refused early: card and registry are as they were. Refused at its keys: there is
 * no certificate, and another blank takes the request over. */
#include <string.h>

#include "card_edge.h"
#include "card_maker.h"
#include "issue_kit.h"
#include "key_set.h"
#include "life_cycle.h"
#include "piv_secret.h"
#include "sdc/stock.h"
#include "station_state.h"
#include "suite.h"

#define CHIP  "53444300000000000A01"
#define SPARE "53444300000000000A02"
#define OTHER "53444300000000000B01"

static struct kit kit;
static struct card_maker maker, other_maker;
static struct card_memory card;
static struct sdc_error error;

static enum sdc_status receive(const struct card_maker *signed_by)
{
    static const char *const serials[] = { SPARE, CHIP };
    size_t chips = 0;
    const char *folder = temp_folder();
    card_maker_deliver(&maker, folder, "B1", serials, 2, signed_by);
    enum sdc_status status = sdc_stock_receive(kit.station, folder, &chips, &error);
    ck_assert_uint_eq(chips, status == SDC_OK ? 2 : 0);
    return status;
}

static void open_all(void)
{
    card_maker_open(&maker);
    card_maker_open(&other_maker);
    kit_open(&kit);
    strcpy(kit.station->config.unlisted_blanks, "false");
    ck_assert_msg(receive(NULL) == SDC_OK, "%s", error.text);
}

static void close_all(void)
{
    kit_close(&kit);
    card_maker_close(&maker);
    card_maker_close(&other_maker);
}

static void put_in(const char *serial, const struct card_flaw *flaw)
{
    card_maker_chip(&maker, &card, "B1", serial, flaw, NULL);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
}

static void check_counts(unsigned long assigned, unsigned long issued, unsigned long spoiled)
{
    struct sdc_registry_health h;
    ck_assert_int_eq(sdc_registry_examine(temp_path(kit.home, "registry.sqlite"), &h, NULL), SDC_OK);
    ck_assert_uint_eq(h.count[SDC_CARD_ASSIGNED], assigned);
    ck_assert_uint_eq(h.count[SDC_CARD_ISSUED], issued);
    ck_assert_uint_eq(h.count[SDC_CARD_SPOILED], spoiled);
}

/* A whole issue; then the chip is a card, for nobody else. */
START_TEST(good)
{
    struct sdc_issued issued;
    struct sdc_stock stock;
    char want[120];
    open_all();
    put_in(CHIP, NULL);
    ck_assert_msg(kit_issue(&kit, 0, &issued) == SDC_OK, "%s", kit_error.text);
    ck_assert_int_eq(kit_verdict(&kit, NULL), SDC_VERDICT_ACCEPT);
    check_counts(0, 1, 0);
    ck_assert_int_eq(sdc_stock_list(kit.station, &stock, NULL), SDC_OK);
    ck_assert(!stock.batches[0].chips[0].blank && stock.batches[0].chips[0].state == SDC_CARD_ISSUED);
    sdc_stock_list_free(&stock);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 1, &issued), SDC_E_DENIED);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_OK); /* and again: the answer of before */
    ck_assert(issued.repeated);
    snprintf(want, sizeof want, "this card is not blank: it is %s", issued.guid);
    ck_assert_int_eq(kit_issue(&kit, 1, &issued), SDC_E_DENIED);
    ck_assert_str_eq(kit_error.text, want);
    put_in(CHIP, NULL); /* a chip of that serial number, as it was delivered */
    ck_assert_int_eq(kit_issue(&kit, 1, &issued), SDC_E_CONFLICT);
    ck_assert_ptr_nonnull(strstr(kit_error.text, "this chip is card "));
    check_counts(0, 1, 0);
    close_all();
}
END_TEST

/* ---- refused at a look ---- */

static const struct {
    const char *serial;
    struct card_flaw flaw;
    bool by_other; /* certified by another maker */
    enum sdc_status status;
    const char *text;
} early[] = {
    { OTHER, { .batch = NULL }, false, SDC_E_DENIED, "chip " OTHER " came with no delivery" },
    { CHIP,
      { .no_attestation = true },
      false,
      SDC_E_SIGNATURE,
      "attestation: the chip has no certificate of its maker" },
    { CHIP,
      { .batch = NULL },
      true,
      SDC_E_SIGNATURE,
      "attestation: the chip's certificate is not of the card maker's CA" },
    { CHIP,
      { .certified_for = SPARE },
      false,
      SDC_E_SIGNATURE,
      "attestation: the chip's certificate is for another chip" },
};

START_TEST(refused_at_a_look)
{
    static struct card_memory before;
    struct sdc_issued issued;
    struct card_flaw flaw = early[_i].flaw;
    open_all();
    if (early[_i].by_other)
        flaw.certified_by = &other_maker;
    put_in(early[_i].serial, &flaw);
    before = card;
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), early[_i].status);
    ck_assert_str_eq(kit_error.text, early[_i].text);
    ck_assert_mem_eq(card.banks, before.banks, sizeof card.banks);
    check_counts(0, 0, 0);
    put_in(CHIP, NULL); /* a proper one is taken */
    ck_assert_msg(kit_issue(&kit, 0, &issued) == SDC_OK, "%s", kit_error.text);
    close_all();
}
END_TEST

/* A manifest that its maker didn't sign, on arrival and in stock. */
START_TEST(forged_manifest)
{
    static const char *const more[] = { CHIP, OTHER };
    struct sdc_issued issued;
    struct sdc_buf der = SDC_BUF_INIT;
    const char *folder = temp_folder();
    card_maker_open(&maker);
    card_maker_open(&other_maker);
    kit_open(&kit);
    strcpy(kit.station->config.unlisted_blanks, "false");
    ck_assert_int_eq(receive(&other_maker), SDC_E_SIGNATURE);
    ck_assert_str_eq(error.text, "the delivery manifest is not signed by this card maker");
    put_in(CHIP, NULL);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_DENIED); /* nothing of it was taken */
    ck_assert_int_eq(receive(NULL), SDC_OK);
    card_maker_deliver(&maker, folder, "B1", more, 2, &other_maker); /* somebody adds a chip to what is in stock */
    file_content(temp_path(folder, "manifest.p7"), &der);
    ck_assert_int_eq(sdc_file_write(temp_path(kit.home, "stock/B1.p7"), der.data, der.len, 0600, NULL), SDC_OK);
    sdc_buf_free(&der);
    put_in(OTHER, NULL);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_SIGNATURE);
    ck_assert_str_eq(kit_error.text, "the delivery manifest is not signed by this card maker");
    check_counts(0, 0, 0);
    close_all();
}
END_TEST

/* ---- refused later ---- */

/* Whoever has other transport keys than this serial number was delivered with is told nothing: it is the card that
 * proves its keys first. */
START_TEST(other_transport_keys)
{
    struct sdc_issued issued;
    open_all();
    put_in(CHIP, &(struct card_flaw) { .batch = "B2" });
    static struct card_memory before;
    before = card;
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_SIGNATURE);
    ck_assert_str_eq(kit_error.text, "secure channel: the card has other keys");
    ck_assert_mem_eq(card.banks, before.banks, sizeof card.banks);
    check_counts(1, 0, 0);
    put_in(SPARE, NULL);
    ck_assert_msg(kit_issue(&kit, 0, &issued) == SDC_OK, "%s", kit_error.text);
    check_counts(0, 1, 1);
    close_all();
}
END_TEST

static uint8_t meddled; /* the reference whose key is replaced once it was made; 0: none any more */

/* The chip's second key was not made by it. */
static void import(struct kit *k, const uint8_t *cmd)
{
    struct core *core = (struct core *)(void *)k->card->card.state;
    struct piv_secret secret;
    if (cmd[1] != INS_GENERATE_ASYMMETRIC || cmd[3] != meddled)
        return;
    ck_assert(piv_secret_load(core, meddled, &secret));
    secret.origin = ORIGIN_IMPORTED;
    ck_assert_uint_eq(piv_secret_store(core, meddled, &secret), SW_OK);
    meddled = 0;
}

/* It answers with one key and keeps another one. */
static void swap(struct kit *k, const uint8_t *cmd)
{
    struct core *core = (struct core *)(void *)k->card->card.state;
    struct piv_secret secret;
    if (cmd[1] != INS_GENERATE_ASYMMETRIC || cmd[3] != meddled)
        return;
    ck_assert(piv_secret_load(core, meddled, &secret));
    secret.key[5] ^= 1;
    ck_assert_uint_eq(piv_secret_store(core, meddled, &secret), SW_OK);
    meddled = 0;
}

static const struct {
    void (*after)(struct kit *kit, const uint8_t *cmd);
    bool other_key; /* the chip's certificate is for another key */
    uint8_t ref;
    const char *text;
} late[] = {
    { import, false, KEY_PIV_AUTHENTICATION, "attestation: the chip says that it didn't make the key" },
    { import, false, KEY_CARD_AUTHENTICATION, "attestation: the chip says that it didn't make the key" },
    { swap, false, KEY_DIGITAL_SIGNATURE, "attestation: the certificate is for another key" },
    { NULL, true, KEY_CARD_AUTHENTICATION, "attestation: the key's certificate was not made by this chip" },
};

START_TEST(refused_at_a_key)
{
    struct sdc_issued issued;
    struct sdc_card_row row;
    struct sdc_buf der = SDC_BUF_INIT;
    bool found = true;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    open_all();
    meddled = late[_i].ref;
    put_in(CHIP, &(struct card_flaw) { .certified_key = late[_i].other_key ? key : NULL });
    kit.after = late[_i].after;
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_SIGNATURE);
    ck_assert_str_eq(kit_error.text, late[_i].text);
    kit.after = NULL;
    check_counts(1, 0, 0);
    ck_assert_int_eq(
        sdc_registry_find_request(kit.station->registry, kit.batch.records[0].transaction_id, &row, &found, NULL),
        SDC_OK);
    ck_assert(found);
    ck_assert_int_eq(sdc_registry_get_certificate(kit.station->registry, row.guid, late[_i].ref, &der, &found, NULL),
                     SDC_OK);
    ck_assert(!found); /* that key has no certificate */
    put_in(SPARE, NULL);
    ck_assert_msg(kit_issue(&kit, 0, &issued) == SDC_OK, "%s", kit_error.text);
    ck_assert_str_ne(issued.guid, row.guid);
    check_counts(0, 1, 1);
    EVP_PKEY_free(key);
    close_all();
}
END_TEST

/* ---- refused after it was SECURED ---- */

static void stop_once_secured(struct kit *k, const uint8_t *cmd)
{
    k->gone = k->gone || (cmd[1] == INS_SET_STATUS && cmd[3] == LIFE_SECURED);
}

/* The issue stopped between SECURED and the registry, and what comes back has the GUID, says that it is SECURED, and
 * shows transport keys that everybody knows. The card's own keys are not for it. */
START_TEST(secured_with_transport_keys)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    static struct card_memory genuine;
    struct key_set keys = { .version = KEY_VERSION_TRANSPORT, .len = sizeof known };
    struct sdc_issued issued;
    open_all();
    put_in(CHIP, NULL);
    kit.after = stop_once_secured;
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_REMOVED);
    kit.after = NULL;
    check_counts(1, 0, 0);
    genuine = card;
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    struct core *core = (struct core *)(void *)card.card.state;
    ck_assert_uint_eq(life_cycle(core), LIFE_SECURED);
    for (size_t i = 0; i < KEY_COUNT; i++)
        memcpy(keys.key[i], known, sizeof known);
    ck_assert_uint_eq(key_set_write(core, &keys), SW_OK);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_DENIED);
    ck_assert_str_eq(kit_error.text, "a card that is SECURED shows keys of version 7F: it is not that card");
    ck_assert(key_set_read((struct core *)(void *)card.card.state, &keys));
    ck_assert_uint_eq(keys.version, KEY_VERSION_TRANSPORT);
    check_counts(1, 0, 0);
    card.card = genuine.card;
    memcpy(card.banks, genuine.banks, sizeof card.banks);
    kit_link(&kit, &card, -1, KIT_BEFORE, true); /* the genuine one is finished */
    ck_assert_msg(kit_issue(&kit, 0, &issued) == SDC_OK, "%s", kit_error.text);
    check_counts(0, 1, 0);
    close_all();
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { good, 0 },
                                        { refused_at_a_look, sizeof early / sizeof *early },
                                        { forged_manifest, 0 },
                                        { other_transport_keys, 0 },
                                        { refused_at_a_key, sizeof late / sizeof *late },
                                        { secured_with_transport_keys, 0 } };
    return suite_run("issue-attested", tests, sizeof tests / sizeof *tests);
}
