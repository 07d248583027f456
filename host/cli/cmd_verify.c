/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <string.h>

#include "verify_output.h"

/* The photo's form by its suffix; unknown is refused before a card is touched, and so is one that can't be read. */
static enum sdc_status photo_form(const struct cli *cli, bool *png, struct sdc_error *e)
{
    const char *path = cli->value[OPT_PHOTO];
    size_t len = path ? strlen(path) : 0;
    *png = len > 4 && strcmp(path + len - 4, ".png") == 0;
    if (path && !*png && !(len > 4 && strcmp(path + len - 4, ".jp2") == 0))
        return sdc_fail(e, SDC_E_USAGE, "--photo takes a name that ends in .png or .jp2");
    if (path && !cli->value[OPT_PIN])
        return sdc_fail(e, SDC_E_USAGE, "--photo needs --pin: reading the photo needs the PIN");
    return SDC_OK;
}

static const char *profile(const struct cli *cli)
{
    return cli->value[OPT_PROFILE] ? cli->value[OPT_PROFILE] : "chip";
}

/* Before a PIN is asked for or a card is touched. */
static enum sdc_status check_options(const struct cli *cli, struct sdc_error *e)
{
    bool png;
    return sdc_profile_known(profile(cli)) ? photo_form(cli, &png, e)
                                           : sdc_fail(e, SDC_E_USAGE, "there is no such profile: see sdc help verify");
}

static enum sdc_status to_png(const struct sdc_buf *jp2, struct sdc_buf *png, struct sdc_error *e)
{
    struct sdc_photo photo = { .rgb = NULL };
    enum sdc_status status = sdc_portrait_decode(jp2->data, jp2->len, &photo, e);
    if (status == SDC_OK)
        status = sdc_photo_png(&photo, png, e);
    sdc_photo_free(&photo);
    return status;
}

/* Only what a verified signature covers is in the report; a rejected card gives no photo at all. */
static enum sdc_status write_photo(const struct cli *cli, const struct sdc_report *report, struct sdc_error *e)
{
    const char *path = cli->value[OPT_PHOTO];
    bool png;
    enum sdc_status status = photo_form(cli, &png, e);
    if (status != SDC_OK || !path)
        return status;
    if (report->portrait.len == 0 || sdc_verdict_exit(report->verdict) == EXIT_REJECT) {
        fprintf(stderr, "sdc: no photo was written: none was verified\n");
        return SDC_OK;
    }
    struct sdc_buf out = SDC_BUF_INIT;
    if (png)
        status = to_png(&report->portrait, &out, e);
    const struct sdc_buf *content = png ? &out : &report->portrait;
    if (status == SDC_OK)
        status = sdc_file_write(path, content->data, content->len, 0600, e);
    sdc_buf_free(&out);
    return status;
}

static enum sdc_status load_trust(const struct cli *cli, struct sdc_trust **trust, struct sdc_error *e)
{
    char folder[4096];
    *trust = NULL;
    if (cli->value[OPT_TRUST])
        return sdc_trust_load(cli->value[OPT_TRUST], trust, e);
    if ((size_t)snprintf(folder, sizeof folder, "%s/trust", sdc_home()) >= sizeof folder)
        return sdc_fail(e, SDC_E_USAGE, "$SDC_HOME is too long");
    return sdc_trust_load(folder, trust, e);
}

/* A card that can't be reached is a verdict too: RETRY. */
static bool is_retry(enum sdc_status status)
{
    return status == SDC_E_NO_CARD || status == SDC_E_REMOVED || status == SDC_E_RESET || status == SDC_E_BUSY;
}

static enum sdc_status run_checks(struct cli *cli, const struct sdc_trust *trust, const struct cli_secret *pin,
                                  struct sdc_report *report, struct sdc_error *e)
{
    const struct sdc_verify_options options = { .profile = profile(cli),
                                                .pin = cli->value[OPT_PIN] ? pin->text : NULL,
                                                .pin_len = pin->len,
                                                .today = sdc_date_today() };
    struct sdc_link *link = NULL;
    enum sdc_status status = cli_card_open(cli, &link, e);
    if (is_retry(status)) {
        fputs("sdc: ", stderr);
        cli_print_text(stderr, e->text);
        fputc('\n', stderr);
        *report = (struct sdc_report) { .verdict = SDC_VERDICT_RETRY, .tries = -1 };
        return SDC_OK;
    }
    if (status == SDC_OK)
        status = sdc_verify(link, trust, &options, report, e);
    if (status == SDC_OK && cli_stop)
        status = sdc_fail(e, SDC_E_CANCELLED, "stopped before all checks were made: no verdict");
    cli_card_close(cli, link);
    return status;
}

int cmd_verify(struct cli *cli)
{
    struct sdc_error e = { .tries = -1 };
    struct cli_secret pin = { .len = 0 };
    struct sdc_trust *trust = NULL;
    struct sdc_report report = { .verdict = SDC_VERDICT_RETRY, .tries = -1 };
    enum sdc_status status = check_options(cli, &e);
    if (status == SDC_OK)
        status = load_trust(cli, &trust, &e);
    if (status == SDC_OK && cli->value[OPT_PIN])
        status = cli_secret_read(cli->value[OPT_PIN], "PIN", &pin, &e);
    if (status == SDC_OK)
        status = run_checks(cli, trust, &pin, &report, &e);
    cli_secret_wipe(&pin);
    if (status == SDC_OK)
        status = write_photo(cli, &report, &e);
    int code = sdc_verdict_exit(report.verdict);
    if (status != SDC_OK)
        code = cli_fail(cli, &e);
    else if (cli->value[OPT_JSON])
        code = cli_print_json(cli, verify_json(&report), code);
    else
        verify_print(stdout, &report);
    sdc_report_free(&report);
    sdc_trust_free(trust);
    return code;
}
