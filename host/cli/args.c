/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the command line. Its texts quote no value: it may be a PIN that somebody put in the wrong place. */
#include "cli.h"

#include <string.h>

const struct cli_command *cli_find_command(int argc, char **argv, int *words)
{
    for (size_t i = 0; i < cli_commands_len; i++) {
        const char *name = cli_commands[i].name, *space = strchr(name, ' ');
        size_t first = space ? (size_t)(space - name) : strlen(name);
        if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], name, first) != 0)
            continue;
        if (space && (argc < 2 || strcmp(argv[1], space + 1) != 0))
            continue;
        *words = space ? 2 : 1;
        return &cli_commands[i];
    }
    return NULL;
}

/* The option that a word "--name" or "--name=value" names; CLI_OPTIONS where there is none. */
static enum cli_option find_option(const char *word)
{
    size_t len = strcspn(word, "=");
    for (int i = 0; i < CLI_OPTIONS; i++)
        if (strlen(cli_options[i].name) == len && strncmp(cli_options[i].name, word, len) == 0)
            return (enum cli_option)i;
    return CLI_OPTIONS;
}

/* Where a secret comes from is checked before anything else happens. What isn't a source may be the secret itself: it
 * is taken off the command line, where other programs see it. */
static enum sdc_status check_source(const char *name, char *value, struct sdc_error *e)
{
    int fd;
    if (cli_secret_source(value, &fd))
        return SDC_OK;
    sdc_wipe(value, strlen(value));
    return sdc_fail(
        e, SDC_E_USAGE,
        "--%s takes 'ask' or 'fd:N'. A PIN itself is never taken from the command line, where every program "
        "on this machine can read it",
        name);
}

/* One option, with its value from the same or the next word. *at is moved past what was used. */
static enum sdc_status take_option(struct cli *cli, int argc, char **argv, int *at, struct sdc_error *e)
{
    char *word = argv[*at] + 2;
    enum cli_option option = find_option(word);
    if (option == CLI_OPTIONS || !(cli->command->options & CLI_HAS(option)))
        return sdc_fail(e, SDC_E_USAGE, "%s has no option --%.*s", cli->command->name,
                        (int)strspn(word, "abcdefghijklmnopqrstuvwxyz-"), word);
    const struct cli_option_info *info = &cli_options[option];
    char *value = strchr(word, '=');
    ++*at;
    if (cli->value[option])
        return sdc_fail(e, SDC_E_USAGE, "--%s is given twice", info->name);
    if (!info->argument) {
        if (value)
            return sdc_fail(e, SDC_E_USAGE, "--%s takes no value", info->name);
        cli->value[option] = "";
        return SDC_OK;
    }
    if (value)
        value++;
    else if (*at < argc)
        value = argv[(*at)++];
    else
        return sdc_fail(e, SDC_E_USAGE, "--%s needs %s", info->name, info->argument);
    cli->value[option] = value;
    return info->secret ? check_source(info->name, value, e) : SDC_OK;
}

enum sdc_status cli_parse(struct cli *cli, int argc, char **argv, struct sdc_error *e)
{
    bool options = true;
    for (int at = 0; at < argc;) {
        if (options && strcmp(argv[at], "--") == 0) {
            options = false;
            at++;
        } else if (options && strncmp(argv[at], "--", 2) == 0) {
            enum sdc_status status = take_option(cli, argc, argv, &at, e);
            if (status != SDC_OK)
                return status;
        } else if (options && argv[at][0] == '-' && argv[at][1] != '\0') {
            return sdc_fail(e, SDC_E_USAGE, "options are long words with two dashes");
        } else if (cli->operand || !cli->command->operand) {
            return sdc_fail(e, SDC_E_USAGE, "%s takes %s", cli->command->name,
                            cli->command->operand ? "one file" : "options only");
        } else {
            cli->operand = argv[at++];
        }
    }
    if (cli->command->operand && !cli->operand)
        return sdc_fail(e, SDC_E_USAGE, "%s needs %s", cli->command->name, cli->command->operand);
    return SDC_OK;
}
