/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <unistd.h>

volatile sig_atomic_t cli_stop;

static void on_signal(int signal)
{
    static const char text[] = "\nsdc: stopping; a command that a card works on is finished first\n";
    (void)signal;
    cli_stop = 1;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        return; /* nothing more can be said from here */
}

void cli_catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)(SA_RESTART | SA_RESETHAND) };
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction old;
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) /* nohup stays nohup */
            sigaction(signals[i], &action, NULL);
    }
}
