/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks each const table of the card: its invariants, and that it says what applet/SPEC.md says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card_edge.h"
#include "card_spec.h"
#include "commands.h"
#include "core.h"
#include "issuer.h"
#include "lds.h"
#include "piv.h"
#include "piv_private.h"
#include "piv_secret.h"
#include "records.h"
#include "suite.h"

static const char *access_name(enum access access)
{
    static const char *const names[] = { "ALWAYS", "PIN", "PIN_ALWAYS", "ADMIN", "CHANNEL", "UNTIL_SECURED", "NEVER" };
    ck_assert_uint_lt(access, sizeof names / sizeof names[0]);
    return names[access];
}

static const char *chaining_name(enum chaining chaining)
{
    static const char *const names[] = { "NO", "COLLECT", "STEP", "STREAM" };
    ck_assert_uint_lt(chaining, sizeof names / sizeof names[0]);
    return names[chaining];
}

static void row_invariants(const struct command *c)
{
    ck_assert_uint_eq(c->p1 & c->p1_mask, c->p1); /* else no P1 ever fits */
    ck_assert_uint_eq(c->p2 & c->p2_mask, c->p2);
    ck_assert_uint_le(c->lc_min, c->lc_max);
    ck_assert_ptr_nonnull((void *)(uintptr_t)c->run);
    ck_assert_uint_gt(strlen(c->section), 3);
    ck_assert_uint_ne(c->access, AC_NEVER);
    ck_assert_uint_ne(c->ins & 0xF0, 0x60); /* 6x and 9x are no INS (ISO/IEC 7816-4 5.4.2) */
    ck_assert_uint_ne(c->ins & 0xF0, 0x90);
    if (c->chaining == CHAIN_NO || c->chaining == CHAIN_STEP)
        ck_assert_uint_le(c->lc_max, 255); /* a short APDU can bring it */
    if (c->chaining == CHAIN_COLLECT)
        ck_assert_uint_le(c->lc_max, CHAIN_CAP);
}

/* A row that an earlier one hides could never run. */
static bool hides(const struct command *first, const struct command *second)
{
    return first->ins == second->ins && (first->p1_mask & ~second->p1_mask) == 0 &&
           (second->p1 & first->p1_mask) == first->p1 && (first->p2_mask & ~second->p2_mask) == 0 &&
           (second->p2 & first->p2_mask) == first->p2;
}

static void table_equals_spec(const char *name, const struct command *table, size_t count)
{
    struct spec_command spec[SPEC_ROWS_MAX];
    ck_assert_uint_eq(spec_commands_read(name, spec), count);
    for (size_t i = 0; i < count; i++) {
        const struct command *c = &table[i];
        row_invariants(c);
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(!hides(&table[j], c), "%s: row %zu hides row %zu", name, j, i);
        ck_assert_uint_eq(c->ins, spec[i].ins);
        ck_assert_uint_eq(c->p1_mask, spec[i].p1.mask);
        ck_assert_uint_eq(c->p1, spec[i].p1.value);
        ck_assert_uint_eq(c->p2_mask, spec[i].p2.mask);
        ck_assert_uint_eq(c->p2, spec[i].p2.value);
        ck_assert_msg(c->lc_min == spec[i].lc_min && c->lc_max == spec[i].lc_max, "%s: Lc of row %zu", name, i);
        ck_assert_str_eq(access_name(c->access), spec[i].access);
        ck_assert_str_eq(chaining_name(c->chaining), spec[i].chaining);
        ck_assert_str_eq(c->section, spec[i].section);
    }
}

START_TEST(commands)
{
    table_equals_spec("core", core_commands, core_command_count);
    table_equals_spec("lds", lds_root_app.commands, lds_root_app.command_count);
    table_equals_spec("auxiliary", lds_root_app.gp_commands, lds_root_app.gp_command_count);
    table_equals_spec("piv", piv_app.commands, piv_app.command_count);
    table_equals_spec("session", session_commands, session_command_count);
    table_equals_spec("domain", issuer_app.gp_commands, issuer_app.gp_command_count);
    ck_assert_uint_eq(piv_app.gp_command_count, 0);
    ck_assert_uint_eq(issuer_app.command_count, 0);
}
END_TEST

START_TEST(applications)
{
    for (uint8_t i = 0; i < card_app_count; i++) {
        const struct card_app *app = card_apps[i];
        ck_assert(app->aid_min >= 5 && app->aid_min <= app->aid_len && app->aid_len <= 16);
        ck_assert_ptr_nonnull((void *)(uintptr_t)app->select);
        ck_assert_ptr_nonnull((void *)(uintptr_t)app->chain_end);
        for (uint8_t j = 0; j < i; j++)
            ck_assert_int_ne(memcmp(app->aid, card_apps[j]->aid, 5), 0); /* a prefix selects one */
    }
}
END_TEST

START_TEST(objects)
{
    static struct spec_table spec;
    spec_table_read("objects", &spec);
    ck_assert_uint_eq(spec.rows, piv_object_count);
    size_t largest = 0, all = 0;
    for (size_t i = 0; i < spec.rows; i++) {
        const struct piv_object *o = &piv_objects[i];
        ck_assert_uint_eq(o->tag, strtoul(spec.cell[i][0], NULL, 16));
        ck_assert_uint_eq(o->len_max, strtoul(spec.cell[i][2], NULL, 10));
        ck_assert_str_eq(access_name(o->read), spec.cell[i][3]);
        ck_assert_uint_eq(o->container, strtoul(spec.cell[i][4], NULL, 16));
        ck_assert_ptr_eq(piv_object_find(o->tag), o);
        ck_assert_uint_le(o->len_max, OBJ_MAX_LEN);
        ck_assert_uint_ne(o->record, 0);
        for (size_t j = 0; j < i; j++) {
            ck_assert_uint_ne(piv_objects[j].tag, o->tag);
            ck_assert_uint_ne(piv_objects[j].record, o->record);
        }
        largest = o->len_max > largest ? o->len_max : largest;
        all += o->len_max;
    }
    ck_assert_uint_eq(largest, OBJ_MAX_LEN);
    /* the least memory of card_port.h holds all objects at their longest, but for the room to replace the largest */
    const size_t keys = 24 * (sizeof(struct piv_secret) + 16); /* and all keys, with their records' heads */
    ck_assert_uint_le(all + 16 * piv_object_count + keys + STORE_RESERVE, 128 * 1024);
    ck_assert_uint_le((size_t)piv_object_count + 24 + 20, STORE_ENTRIES);
    ck_assert_ptr_null(piv_object_find(0x5FC124));
    ck_assert_uint_le(sizeof(struct piv_state), APP_STATE_LEN);
}
END_TEST

/* Rows that a key reference meets, all with this access. */
static unsigned rows_for(uint8_t ins, unsigned ref, enum access access)
{
    unsigned rows = 0;
    for (size_t i = 0; i < piv_app.command_count; i++) {
        const struct command *c = &piv_app.commands[i];
        if (c->ins != ins || (ref & c->p2_mask) != c->p2)
            continue;
        ck_assert_uint_eq(c->access, access);
        rows++;
    }
    return rows;
}

static enum access policy_access(uint8_t policy)
{
    return policy == PIN_POLICY_NEVER ? AC_ALWAYS : policy == PIN_POLICY_ONCE ? AC_PIN : AC_PIN_ALWAYS;
}

START_TEST(keys)
{
    static struct spec_table spec;
    spec_table_read("keys", &spec);
    ck_assert_uint_eq(spec.rows, piv_key_count);
    for (size_t i = 0; i < spec.rows; i++) {
        const struct piv_key *k = &piv_keys[i];
        ck_assert_uint_eq(k->first, strtoul(spec.cell[i][0], NULL, 16));
        ck_assert_uint_eq(k->last, strtoul(spec.cell[i][1], NULL, 16));
        ck_assert_str_eq(k->use == KEY_SIGNS ? "SIGNS" : "AGREES", spec.cell[i][2]);
        ck_assert_uint_eq(k->pin, strtoul(spec.cell[i][3], NULL, 16));
        for (unsigned ref = k->first; ref <= k->last; ref++) {
            ck_assert_ptr_eq(piv_key_find((uint8_t)ref), k);
            ck_assert_uint_eq(rows_for(INS_GENERATE_ASYMMETRIC, ref, AC_ADMIN), 1);
            ck_assert_uint_eq(rows_for(INS_GENERAL_AUTHENTICATE, ref, policy_access(k->pin)), 1);
        }
    }
    ck_assert_ptr_null(piv_key_find(0x81));
    ck_assert_ptr_null(piv_key_find(0x96));
    ck_assert_ptr_null(piv_key_find(0x9B));
}
END_TEST

/* Written down again from the design, so that a change of a rule has to be meant. */
START_TEST(rules_of_access)
{
    for (size_t i = 0; i < piv_app.command_count; i++) {
        const struct command *c = &piv_app.commands[i];
        if (c->ins == INS_PUT_DATA || c->ins == INS_GENERATE_ASYMMETRIC || c->ins == INS_IMPORT_KEY ||
            c->ins == INS_SET_MANAGEMENT_KEY || c->ins == INS_SET_TRIES)
            ck_assert_uint_eq(c->access, AC_ADMIN);
        if (c->ins == INS_GENERAL_AUTHENTICATE && (c->p2 == 0x9A || c->p2 == 0x9D || c->p2 < 0x98))
            ck_assert_uint_eq(c->access, AC_PIN);
        if (c->ins == INS_GENERAL_AUTHENTICATE && c->p2 == 0x9C)
            ck_assert_uint_eq(c->access, AC_PIN_ALWAYS);
    }
    for (size_t i = 0; i < piv_object_count; i++) {
        uint32_t tag = piv_objects[i].tag;
        bool pin = tag == OBJ_FACE || tag == OBJ_PRINTED || tag == OBJ_FINGERPRINTS || tag == OBJ_IRIS ||
                   tag == OBJ_PAIRING_CODE;
        enum access read = pin                           ? AC_PIN
                           : tag == OBJ_CERT_ATTESTATION ? AC_UNTIL_SECURED /* it names the chip */
                                                         : AC_ALWAYS;
        ck_assert_uint_eq(piv_objects[i].read, read);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { commands, 0 }, { applications, 0 }, { objects, 0 }, { keys, 0 }, { rules_of_access, 0 },
    };
    return suite_run("applet tables", tests, sizeof tests / sizeof tests[0]);
}
