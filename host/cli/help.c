/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <string.h>

static void print_exits(FILE *out)
{
    fprintf(out, "\nExit codes:\n");
    for (const struct cli_exit_info *info = cli_exits; info->text; info++)
        fprintf(out, "  %3d  %s\n", info->code, info->text);
}

void cli_help(FILE *out)
{
    fprintf(out, "Secure Docket Card: issues, hands over and verifies cards.\n\n"
                 "usage: sdc COMMAND [OPTIONS]\n\nCommands:\n");
    for (size_t i = 0; i < cli_commands_len; i++)
        fprintf(out, "  %-14s %s\n", cli_commands[i].name, cli_commands[i].summary);
    fprintf(out, "  %-14s %s\n", "help [COMMAND]", "this list, or all about one command");
    fprintf(out, "\n$SDC_HOME names the station's folder (default /var/lib/sdc).\n");
    print_exits(out);
}

bool cli_help_group(FILE *out, const char *word)
{
    size_t len = strlen(word);
    bool any = false;
    for (size_t i = 0; i < cli_commands_len; i++) {
        const struct cli_command *c = &cli_commands[i];
        if (strncmp(c->name, word, len) != 0 || c->name[len] != ' ')
            continue;
        if (!any)
            fprintf(out, "usage: sdc %s COMMAND [OPTIONS]\n\nCommands:\n", word);
        fprintf(out, "  %-14s %s\n", c->name, c->summary);
        any = true;
    }
    if (any)
        fprintf(out, "\nAll about one: sdc help COMMAND\n");
    return any;
}

void cli_help_command(FILE *out, const struct cli_command *command)
{
    fprintf(out, "usage: sdc %s", command->name);
    if (command->operand)
        fprintf(out, " %s", command->operand);
    for (int i = 0; i < CLI_OPTIONS; i++) {
        if (!(command->options & CLI_HAS(i)))
            continue;
        fprintf(out, " [--%s", cli_options[i].name);
        fprintf(out, cli_options[i].argument ? " %s]" : "]", cli_options[i].argument);
    }
    fprintf(out, "\n\n%s\n", command->text);
    for (int i = 0; i < CLI_OPTIONS; i++) {
        char left[48];
        if (!(command->options & CLI_HAS(i)))
            continue;
        snprintf(left, sizeof left, "--%s %s", cli_options[i].name,
                 cli_options[i].argument ? cli_options[i].argument : "");
        fprintf(out, "  %-26s %s\n", left, cli_options[i].help);
    }
    print_exits(out);
}
