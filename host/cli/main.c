/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <locale.h>
#include <string.h>

static int usage(void)
{
    cli_help(stderr);
    return EXIT_USAGE;
}

static int help(int argc, char **argv)
{
    int words;
    if (argc == 0) {
        cli_help(stdout);
        return EXIT_ACCEPT;
    }
    const struct cli_command *command = cli_find_command(argc, argv, &words);
    if (argc == 1 && cli_help_group(stdout, argv[0]))
        return EXIT_ACCEPT;
    if (!command || words != argc) {
        fprintf(stderr, "sdc: no such command; these are there:\n\n");
        return usage();
    }
    cli_help_command(stdout, command);
    return EXIT_ACCEPT;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli cli = { .command = command };
    struct sdc_error e = { .tries = -1 };
    if (asks_for_help(argc, argv)) {
        cli_help_command(stdout, command);
        return EXIT_ACCEPT;
    }
    if (cli_parse(&cli, argc, argv, &e) != SDC_OK) {
        int code = cli_fail(&cli, &e);
        fprintf(stderr, "     All about it: sdc help %s\n", command->name);
        return code;
    }
    int code = command->run(&cli);
    cli_progress_end();
    if (cli.value[OPT_STATS] && !cli.value[OPT_JSON])
        cli_print_stats(&cli);
    return code;
}

static int dispatch(int argc, char **argv)
{
    int words;
    if (argc < 2)
        return usage();
    if (strcmp(argv[1], "help") == 0)
        return help(argc - 2, argv + 2);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(0, NULL);
    if (strcmp(argv[1], "--version") == 0) {
        printf("sdc %s\n", CLI_VERSION);
        return EXIT_ACCEPT;
    }
    const struct cli_command *command = cli_find_command(argc - 1, argv + 1, &words);
    if (!command && asks_for_help(argc - 2, argv + 2) && cli_help_group(stdout, argv[1]))
        return EXIT_ACCEPT;
    if (!command && cli_help_group(stderr, argv[1]))
        return EXIT_USAGE;
    if (!command) {
        fprintf(stderr, "sdc: no such command; these are there:\n\n");
        return usage();
    }
    return run(command, argc - 1 - words, argv + 1 + words);
}

int main(int argc, char **argv)
{
    cli_keep_memory();
    setlocale(LC_CTYPE, "");
    int code = dispatch(argc, argv);
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    return written || code != EXIT_ACCEPT ? code : EXIT_IO;
}
