/* SPDX-License-Identifier: BSD-2-Clause */
/* Power cut at a moment: kill-later PID MICROSECONDS sends SIGKILL to PID when so much time has passed. The moment is
 * random by purpose: nothing waits for a result of it. */
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

int main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    pid_t pid = (pid_t)strtol(argv[1], NULL, 10);
    long micros = strtol(argv[2], NULL, 10);
    const struct timespec moment = { micros / 1000000, micros % 1000000 * 1000 };
    if (pid <= 1 || micros < 0 || clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL) != 0)
        return 64;
    return kill(pid, SIGKILL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
