/* SPDX-License-Identifier: BSD-2-Clause */
/* Cards swapped in four readers of this process while four threads sign and one waits for events. SDC_SOAK_INSERTIONS
 * and SDC_SOAK_SIGNERS say other numbers than those of an everyday run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ec_judge.h"
#include "memory_link.h"
#include "module.h"
#include "module_fixture.h"
#include "soak.h"

#define CARDS 8 /* two for each reader, in turns */

static struct card_memory *cards[CARDS];
static uint8_t points[CARDS][EC_JUDGE_POINT];

static void make_cards(void)
{
    for (unsigned i = 0; i < CARDS; i++) {
        EVP_PKEY *keys[CARD_ISSUE_KEYS] = { NULL };
        uint8_t guid[16];
        size_t len = 0;
        memcpy(guid, other_guid, sizeof guid);
        guid[15] = (uint8_t)i;
        cards[i] = calloc(1, sizeof *cards[i]);
        card_memory_init(cards[i]);
        cards[i]->entropy_state = (uint64_t)(i + 100) << 32; /* keys of its own */
        card_memory_reset(cards[i]);
        struct sdc_link *link = memory_link_open(cards[i]);
        card_issue(link, guid, WITHOUT_NOTHING, keys);
        sdc_link_close(link);
        EVP_PKEY_get_octet_string_param(keys[3], "pub", points[i], sizeof points[i], &len);
        ck_assert_uint_eq(len, sizeof points[i]);
        for (unsigned k = 0; k < CARD_ISSUE_KEYS; k++)
            EVP_PKEY_free(keys[k]);
    }
}

static void move_card(void *ctx, unsigned reader, unsigned long turn, bool in)
{
    (void)ctx;
    if (in)
        desk_insert(&desk, reader, cards[2 * reader + turn % 2]);
    else
        desk_remove(&desk, reader);
}

static bool known(void *ctx, const CK_BYTE *point)
{
    (void)ctx;
    for (unsigned i = 0; i < CARDS; i++)
        if (memcmp(points[i], point, sizeof points[i]) == 0)
            return true;
    return false;
}

static unsigned long number(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : otherwise;
}

START_TEST(survives_swaps)
{
    struct soak s = {
        .readers = SOAK_READERS,
        .signers = (unsigned)number("SDC_SOAK_SIGNERS", 4),
        .insertions = number("SDC_SOAK_INSERTIONS", 200),
        .card = move_card,
        .known = known,
    };
    RV(C_GetFunctionList(&s.f), CKR_OK);
    make_cards();
    desk_memory_init(&desk, SOAK_READERS);
    p11_set_desk(&desk.desk);
    soak_run(&s);
    bool good = soak_good(&s);
    fflush(stdout);
    ck_assert(good);
    ck_assert_uint_eq(s.events, 2 * s.insertions); /* none twice either */
    ck_assert_int_eq(desk.links, 0);
    ck_assert_int_eq(desk.watches, 0);
    for (unsigned i = 0; i < CARDS; i++)
        free(cards[i]);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { survives_swaps, 0 } };
    return suite_run("pkcs11 soak", tests, sizeof tests / sizeof tests[0]);
}
