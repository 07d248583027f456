/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify_output.h"

static const char *const verdict_texts[] = {
    [SDC_VERDICT_RETRY] = "The card could not be read. Put it in again.",
    [SDC_VERDICT_PIN_WRONG] = "The PIN is wrong.",
    [SDC_VERDICT_PIN_BLOCKED] = "The PIN is blocked. The issuer's desk can unblock it.",
    [SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD] = "This is not a Secure Docket Card.",
    [SDC_VERDICT_REJECT_SIGNATURE] = "A signature is wrong: something on this card was changed. Trust nothing of it.",
    [SDC_VERDICT_REJECT_UNKNOWN_ISSUER] = "This card was made by an issuer that is not trusted here.",
    [SDC_VERDICT_REJECT_CLONE] = "The data is genuine, but this chip is not the one it was made for.",
    [SDC_VERDICT_REJECT_CANCELLED] = "This card was cancelled.",
    [SDC_VERDICT_REJECT_SUSPENDED] = "This card is suspended.",
    [SDC_VERDICT_REJECT_EXPIRED] = "This card has expired.",
    [SDC_VERDICT_REFER] = "A required check could not be made. Refer to the issuer.",
    [SDC_VERDICT_ACCEPT_STALE] = "The card is genuine and valid, but what is known here of cancelled cards is old.",
    [SDC_VERDICT_ACCEPT] = "The card is genuine and valid.",
};

const char *cli_verdict_text(enum sdc_verdict verdict)
{
    size_t i = (size_t)verdict;
    return i < sizeof verdict_texts / sizeof verdict_texts[0] ? verdict_texts[i] : "";
}

/* The word before a check. With a wrong signature nothing that passed may look as if it counted. */
static const char *state_word(const struct sdc_report *report, enum sdc_check_state state)
{
    switch (state) {
    case SDC_CHECK_PASSED:
        return report->verdict == SDC_VERDICT_REJECT_SIGNATURE ? "ignored" : "passed";
    case SDC_CHECK_FAILED:
        return "FAILED";
    case SDC_CHECK_NOT_MADE:
        break;
    }
    return "not made";
}

static void print_field(FILE *out, const char *name, const char *text)
{
    if (!*text)
        return;
    fprintf(out, "  %-9s ", name);
    cli_print_text(out, text);
    fputc('\n', out);
}

static void expiry_text(const struct sdc_report *report, char out[static 16])
{
    *out = '\0';
    if (report->expiry.year > 0)
        snprintf(out, 16, "%04d-%02d-%02d", report->expiry.year % 10000, report->expiry.month % 100,
                 report->expiry.day % 100);
}

static void print_covered(FILE *out, const struct sdc_report *report)
{
    char guid[37] = "", expiry[16];
    expiry_text(report, expiry);
    if (report->has_guid)
        cli_guid_text(report->guid, guid);
    if (!*guid && !*expiry && !*report->issuer && !*report->name && !*report->card_serial)
        return;
    fprintf(out, "\nCovered by a verified signature:\n");
    print_field(out, "name", report->name);
    print_field(out, "serial", report->card_serial);
    print_field(out, "GUID", guid);
    print_field(out, "expires", expiry);
    print_field(out, "issuer", report->issuer);
    if (report->portrait.len > 0)
        fprintf(out, "  %-9s %zu bytes (--photo OUT writes it)\n", "portrait", report->portrait.len);
}

void verify_print(FILE *out, const struct sdc_report *report)
{
    for (size_t i = 0; i < report->checks_len; i++) {
        const struct sdc_check *check = &report->checks[i];
        fprintf(out, "%-8s  %s", state_word(report, check->state), check->name);
        if (*check->why) {
            fputs(": ", out);
            cli_print_text(out, check->why);
        }
        fputc('\n', out);
    }
    print_covered(out, report);
    fprintf(out, "%s%s\n", report->checks_len > 0 ? "\n" : "", cli_verdict_text(report->verdict));
    if (report->tries >= 0)
        fprintf(out, "%d %s left.\n", report->tries, report->tries == 1 ? "try is" : "tries are");
    fprintf(out, "verdict: %s\n", sdc_verdict_name(report->verdict));
}

static json_t *checks_json(const struct sdc_report *report)
{
    static const char *const states[] = {
        [SDC_CHECK_PASSED] = "passed", [SDC_CHECK_FAILED] = "failed", [SDC_CHECK_NOT_MADE] = "not made"
    };
    json_t *checks = json_array();
    for (size_t i = 0; i < report->checks_len; i++) {
        const struct sdc_check *check = &report->checks[i];
        json_array_append_new(checks, json_pack("{s:s, s:s, s:s, s:o}", "id", check->id, "name", check->name, "state",
                                                states[check->state], "why", cli_json_text(check->why)));
    }
    return checks;
}

json_t *verify_json(const struct sdc_report *report)
{
    char guid[37], expiry[16];
    expiry_text(report, expiry);
    json_t *root = json_pack("{s:s, s:i, s:s, s:o}", "verdict", sdc_verdict_name(report->verdict), "exit",
                             sdc_verdict_exit(report->verdict), "text", cli_verdict_text(report->verdict), "checks",
                             checks_json(report));
    if (!root)
        return NULL;
    if (report->has_guid) {
        cli_guid_text(report->guid, guid);
        json_object_set_new(root, "guid", json_string(guid));
    }
    const struct {
        const char *key, *text;
    } fields[] = { { "expires", expiry },
                   { "issuer", report->issuer },
                   { "name", report->name },
                   { "card_serial", report->card_serial } };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (*fields[i].text)
            json_object_set_new(root, fields[i].key, cli_json_text(fields[i].text));
    if (report->tries >= 0)
        json_object_set_new(root, "tries", json_integer(report->tries));
    return root;
}
