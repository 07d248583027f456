/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

static const char *const state_words[] = {
    [SDC_LOOK_ABSENT] = "absent",
    [SDC_LOOK_PRESENT] = "present",
    [SDC_LOOK_NEEDS_PIN] = "needs the PIN",
    [SDC_LOOK_BROKEN] = "not readable",
};

static void print_pin(const struct sdc_look *look)
{
    switch (look->pin) {
    case SDC_LOOK_PIN_TRANSPORT:
        printf(look->has_guid ? "  PIN      transport PIN: hand the card over (sdc handover)\n"
                              : "  PIN      not set: the card isn't issued\n");
        break;
    case SDC_LOOK_PIN_SET:
        printf("  PIN      set by the holder; %d %s left\n", look->tries, look->tries == 1 ? "try" : "tries");
        break;
    case SDC_LOOK_PIN_BLOCKED:
        printf("  PIN      blocked: the issuer's desk can unblock it\n");
        break;
    case SDC_LOOK_PIN_UNKNOWN:
        printf("  PIN      unknown: the card doesn't tell\n");
        break;
    }
}

static void print_look(const struct sdc_link *link, const struct sdc_look *look)
{
    char atr[2 * sizeof link->atr + 1], guid[48] = "none: a blank card, or no docket card";
    sdc_hex(link->atr, link->atr_len, atr);
    if (look->has_guid)
        cli_guid_text(look->guid, guid);
    printf("The card in ");
    cli_print_text(stdout, link->reader);
    printf(" says of itself (nothing is verified here: sdc verify):\n");
    printf("  ATR      %s%s\n", atr, link->extended ? ", takes extended length" : "");
    printf("  GUID     %s\n", guid);
    if (*look->expiry)
        printf("  expires  %s\n", look->expiry);
    print_pin(look);
    printf("\nObjects:\n");
    for (size_t i = 0; i < SDC_LOOK_OBJECTS; i++) {
        const struct sdc_look_object *o = &look->objects[i];
        printf("  %6X  %-30s %s", (unsigned)o->tag, o->name, state_words[o->state]);
        printf(o->state == SDC_LOOK_PRESENT ? ", %zu bytes\n" : "\n", o->len);
    }
    printf("\nCertificates:\n");
    for (size_t i = 0; i < SDC_LOOK_CERTS; i++) {
        const struct sdc_look_cert *c = &look->certs[i];
        printf("  %02X  %-20s %s\n", c->key->ref, c->key->name,
               c->state == SDC_LOOK_PRESENT ? c->algorithm : state_words[c->state]);
        if (c->state == SDC_LOOK_PRESENT)
            printf("      subject  %s\n      issuer   %s\n      valid    %s to %s\n      for      %s\n", c->subject,
                   c->issuer, c->from, c->until, *c->usage ? c->usage : "any use");
    }
}

static json_t *certs_json(const struct sdc_look *look)
{
    json_t *certs = json_array();
    for (size_t i = 0; i < SDC_LOOK_CERTS; i++) {
        const struct sdc_look_cert *c = &look->certs[i];
        char ref[3];
        snprintf(ref, sizeof ref, "%02X", c->key->ref);
        json_t *cert = json_pack("{s:s, s:s, s:s}", "key", ref, "name", c->key->name, "state", state_words[c->state]);
        if (cert && c->state == SDC_LOOK_PRESENT)
            json_object_update_new(cert,
                                   json_pack("{s:o, s:o, s:s, s:s, s:s, s:s}", "subject", cli_json_text(c->subject),
                                             "issuer", cli_json_text(c->issuer), "from", c->from, "until", c->until,
                                             "usage", c->usage, "algorithm", c->algorithm));
        json_array_append_new(certs, cert);
    }
    return certs;
}

static json_t *objects_json(const struct sdc_look *look)
{
    json_t *objects = json_array();
    for (size_t i = 0; i < SDC_LOOK_OBJECTS; i++) {
        const struct sdc_look_object *o = &look->objects[i];
        char tag[9];
        snprintf(tag, sizeof tag, "%X", (unsigned)o->tag);
        json_array_append_new(objects, json_pack("{s:s, s:s, s:s, s:I}", "tag", tag, "name", o->name, "state",
                                                 state_words[o->state], "bytes", (json_int_t)o->len));
    }
    return objects;
}

static json_t *look_json(const struct sdc_link *link, const struct sdc_look *look)
{
    static const char *const pins[] = {
        [SDC_LOOK_PIN_UNKNOWN] = "unknown",
        [SDC_LOOK_PIN_TRANSPORT] = "transport",
        [SDC_LOOK_PIN_SET] = "set",
        [SDC_LOOK_PIN_BLOCKED] = "blocked",
    };
    char atr[2 * sizeof link->atr + 1], guid[37];
    sdc_hex(link->atr, link->atr_len, atr);
    json_t *root = json_pack("{s:o, s:s, s:b, s:s, s:o, s:o}", "reader", cli_json_text(link->reader), "atr", atr,
                             "extended_length", link->extended, "pin", pins[look->pin], "objects", objects_json(look),
                             "certificates", certs_json(look));
    if (!root)
        return NULL;
    if (look->has_guid) {
        cli_guid_text(look->guid, guid);
        json_object_set_new(root, "guid", json_string(guid));
    }
    if (*look->expiry)
        json_object_set_new(root, "expires", json_string(look->expiry));
    if (look->pin == SDC_LOOK_PIN_SET || look->pin == SDC_LOOK_PIN_BLOCKED)
        json_object_set_new(root, "tries", json_integer(look->tries));
    return root;
}

int cmd_card_show(struct cli *cli)
{
    struct sdc_link *link = NULL;
    struct sdc_look look = { .has_guid = false };
    struct sdc_error e = { .tries = -1 };
    json_t *json = NULL;
    enum sdc_status status = cli_card_open(cli, &link, &e);
    if (status == SDC_OK)
        status = sdc_link_begin_anew(link, &e);
    if (status == SDC_OK) {
        status = sdc_card_look(link, &look, &e);
        sdc_link_end(link);
    }
    if (status == SDC_OK && cli->value[OPT_JSON])
        json = look_json(link, &look);
    else if (status == SDC_OK)
        print_look(link, &look);
    cli_card_close(cli, link);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    return cli->value[OPT_JSON] ? cli_print_json(cli, json, EXIT_ACCEPT) : EXIT_ACCEPT;
}
