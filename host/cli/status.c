/* SPDX-License-Identifier: BSD-2-Clause */
/* From status to exit code, and what to do about it. */
#include "cli.h"

const struct cli_exit_info cli_exits[] = {
    { EXIT_ACCEPT, "done; the card is accepted" },
    { EXIT_REFER, "refer: a check that is required could not be made, or is too old" },
    { EXIT_REJECT, "reject: the card is refused, or it refuses the command" },
    { EXIT_RETRY, "try again: no card, card pulled, or wrong PIN" },
    { EXIT_USAGE, "the command line is wrong" },
    { EXIT_INPUT, "a record, photo or file is wrong, or contradicts the registry" },
    { EXIT_SERVICE, "no reader, no smart card service, or no token" },
    { EXIT_BUG, "a fault of this program" },
    { EXIT_SYSTEM, "out of memory" },
    { EXIT_IO, "a file, pipe or database failed" },
    { EXIT_CANCELLED, "stopped on request" },
    { 0, NULL },
};

static const struct {
    int code;
    const char *advice; /* NULL: the text says it all */
} by_status[] = {
    [SDC_OK] = { EXIT_ACCEPT, NULL },
    [SDC_E_USAGE] = { EXIT_USAGE, NULL },
    [SDC_E_INPUT] = { EXIT_INPUT, NULL },
    [SDC_E_NO_MEMORY] = { EXIT_SYSTEM, NULL },
    [SDC_E_IO] = { EXIT_IO, NULL },
    [SDC_E_CONFLICT] = { EXIT_INPUT, NULL },
    [SDC_E_NO_SERVICE] = { EXIT_SERVICE, "Start pcscd (systemctl start pcscd.socket), then try: sdc doctor" },
    [SDC_E_NO_READER] = { EXIT_SERVICE, "Connect a reader, then look at the list: sdc doctor" },
    [SDC_E_NO_CARD] = { EXIT_RETRY, "Put the card in, chip first and facing up." },
    [SDC_E_REMOVED] = { EXIT_RETRY, "Put the card back in and give the same command again." },
    [SDC_E_RESET] = { EXIT_RETRY, "Another program uses this card: close it, then give the same command again." },
    [SDC_E_BUSY] = { EXIT_RETRY, "Another program uses this card: close it, then give the same command again." },
    [SDC_E_REPLY] = { EXIT_REJECT, NULL },
    [SDC_E_CARD] = { EXIT_REJECT, NULL },
    [SDC_E_NOT_FOUND] = { EXIT_REJECT, NULL },
    [SDC_E_DENIED] = { EXIT_REJECT, NULL },
    [SDC_E_CONDITIONS] = { EXIT_REJECT, NULL },
    [SDC_E_PIN_FORMAT] = { EXIT_RETRY, NULL },
    [SDC_E_PIN_WRONG] = { EXIT_RETRY, NULL },
    [SDC_E_PIN_BLOCKED] = { EXIT_RETRY, "Only the issuer's desk can unblock it." },
    [SDC_E_CARD_FULL] = { EXIT_REJECT, NULL },
    [SDC_E_TOKEN] = { EXIT_SERVICE, "Look at the token: sdc doctor" },
    [SDC_E_CRYPTO] = { EXIT_BUG, NULL },
    [SDC_E_SIGNATURE] = { EXIT_REJECT, NULL },
    [SDC_E_CANCELLED] = { EXIT_CANCELLED, NULL },
    [SDC_E_BUG] = { EXIT_BUG, "This should not happen; please report it." },
};

static size_t row(enum sdc_status status)
{
    size_t i = (size_t)status;
    return i < sizeof by_status / sizeof by_status[0] ? i : SDC_E_BUG;
}

int cli_exit_code(enum sdc_status status)
{
    return by_status[row(status)].code;
}

static json_t *error_json(const struct sdc_error *e)
{
    json_t *error = json_pack("{s:s, s:o}", "status", sdc_status_text(e->status), "text", cli_json_text(e->text));
    char sw[5];
    snprintf(sw, sizeof sw, "%04X", e->sw);
    if (error && e->sw)
        json_object_set_new(error, "sw", json_string(sw));
    if (error && e->tries >= 0)
        json_object_set_new(error, "tries", json_integer(e->tries));
    return json_pack("{s:o}", "error", error);
}

int cli_fail(struct cli *cli, const struct sdc_error *e)
{
    const char *advice = by_status[row(e->status)].advice;
    int code = cli_exit_code(e->status);
    cli_progress_end();
    fputs("sdc: ", stderr);
    cli_print_text(stderr, e->text);
    fputc('\n', stderr);
    if (advice)
        fprintf(stderr, "     %s\n", advice);
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, error_json(e), code);
    return code;
}
