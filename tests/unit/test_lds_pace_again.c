/* SPDX-License-Identifier: BSD-2-Clause */
/* PACE inside a channel that PACE opened: what goes on, what is gone, and what it can't be used for. */
#include <string.h>

#include "suite.h"
#include "terminal.h"

#define SW(call, expected) ck_assert_uint_eq((call), (expected))

static struct talk *card;
static struct terminal t;
static const uint64_t officer = CHAT_OFFICER, little = (uint64_t)1 << 24; /* DG17 alone */

static void outer(enum terminal_password password, const char *secret, const uint64_t *chat)
{
    card = terminal_card(16);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, password, secret, chat), 0x9000);
}

/* The docket's groups are open from SFI 'first' to 'last'; 0 to 0: none is. */
static void opens(uint8_t first, uint8_t last)
{
    static const uint8_t groups[] = { 17, 19, 20, 21 };
    SW(terminal_chip(&t, 2), 0x9000);
    SW(terminal_select(&t, 2), 0x9000);
    for (size_t i = 0; i < sizeof groups; i++)
        SW(terminal_read(&t, groups[i]), groups[i] >= first && groups[i] <= last ? 0x9000 : 0x6982);
}

/* Refused under protection: the outer channel stays, with what it opened; what was shown in it must be shown again. */
START_TEST(fails_inside)
{
    uint8_t outer_id[32];
    outer(WITH_CAN, TERMINAL_CAN, &officer);
    memcpy(outer_id, t.id_picc, sizeof outer_id);
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_pso(&t, &shown_dv), 0x9000);
    for (unsigned left = 3; left-- > 0;) {
        SW(terminal_pace(&t, WITH_PIN, "000000", &little), 0x63C0 + left);
        SW(terminal_select(&t, 1), 0x9000);
        SW(terminal_read(&t, 1), 0x9000);
        SW(terminal_select(&t, 0), 0x9000);
    }
    SW(terminal_mse(&t, WITH_PIN, NULL), 0x63C0);
    SW(terminal_nonce(&t, TERMINAL_PIN), 0x6983);
    SW(terminal_pace(&t, WITH_MRZ, "SDC000001890010113112310", NULL), 0x6300);
    SW(terminal_dst(&t, NAME_DV), 0x6A88);
    memcpy(t.id_picc, outer_id, sizeof outer_id);
    SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000); /* by the outer channel's CHAT and ID */
    opens(17, 21);
    terminal_lawful(card);
}
END_TEST

START_TEST(new_keys_hold)
{
    uint8_t cmd[640];
    outer(WITH_CAN, TERMINAL_CAN, NULL);
    struct terminal_keys old = t.keys;
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, NULL), 0x9000);
    SW(terminal_read(&t, 0x1C), 0x9000);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, NULL), 0x9000);
    old.ssc[15] = 10; /* five commands and their answers */
    t.keys = old;
    SW(talk_bytes(card, cmd, terminal_wrap(&t, 0x00B09C00, NULL, 0, 0, cmd)), 0x6988);
    SW(talk_bytes(card, cmd, terminal_wrap(&t, 0x00B09C00, NULL, 0, 0, cmd)), 0x6985);
    terminal_lawful(card);
}
END_TEST

/* The rights are those of the password and the CHAT of the last one. */
START_TEST(last_one_counts)
{
    outer(WITH_PIN, TERMINAL_PIN, &officer);
    SW(terminal_pace(&t, WITH_MRZ, TERMINAL_MRZ, &officer), 0x9000);
    SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000);
    opens(0, 0);
    outer(WITH_PIN, TERMINAL_PIN, &officer);
    SW(terminal_pace(&t, WITH_CAN, TERMINAL_CAN, &little), 0x9000); /* the CAN isn't allowed by this CHAT */
    SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000);
    opens(0, 0);
    outer(WITH_CAN, TERMINAL_CAN, &officer);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &little), 0x9000);
    SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000);
    opens(17, 17);
    outer(WITH_PIN, TERMINAL_PIN, &officer);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, NULL), 0x9000);
    SW(terminal_dst(&t, NAME_CVCA), 0x6982); /* no CHAT any more */
    outer(WITH_PIN, TERMINAL_PIN, &officer);
    SW(terminal_pace(&t, WITH_PUK, TERMINAL_PUK, NULL), 0x9000);
    SW(terminal_select(&t, 1), 0x9000);
    SW(terminal_read(&t, 1), 0x6982); /* nor anything but PIN management */
    terminal_lawful(card);
}
END_TEST

/* Certificates and signatures belong to the channel that they were shown in. */
START_TEST(nothing_is_taken_along)
{
    uint8_t outer_id[32];
    outer(WITH_CAN, TERMINAL_CAN, &officer);
    memcpy(outer_id, t.id_picc, sizeof outer_id);
    SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
    SW(terminal_at_set(&t, NAME_AT), 0x9000);
    SW(terminal_challenge(&t), 0x9000);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &officer), 0x9000);
    SW(terminal_external(&t), 0x6985);
    SW(terminal_at_set(&t, NAME_AT), 0x6985);
    SW(terminal_dst(&t, NAME_DV), 0x6A88);
    SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
    SW(terminal_at_set(&t, NAME_AT), 0x9000);
    SW(terminal_challenge(&t), 0x9000);
    memcpy(t.id_picc, outer_id, sizeof outer_id);
    terminal_sign(&t, "AT");
    SW(terminal_external(&t), 0x6300);
    terminal_lawful(card);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { fails_inside, 0 },
        { new_keys_hold, 0 },
        { last_one_counts, 0 },
        { nothing_is_taken_along, 0 },
    };
    return suite_run("lds: PACE again", tests, sizeof tests / sizeof tests[0]);
}
