/* SPDX-License-Identifier: BSD-2-Clause */
/* The PC/SC transport among other users of the same card: what a reset, a pulled card and a card that comes back look
 * like. Runs in the sandbox; 'pcsc-link READER PULL START' where PULL and START are shell commands that take the card
 * out and put it in. One line a step that went wrong; exit 0 where none did. */
#include <stdio.h>
#include <stdlib.h>

#include "sdc/piv.h"

static int wrong;

static void expect(const char *step, enum sdc_status want, enum sdc_status got, const struct sdc_error *e)
{
    if (want == got)
        return;
    wrong = 1;
    printf("%s: wanted '%s', got '%s' (%s)\n", step, sdc_status_text(want), sdc_status_text(got), e->text);
}

static void own_reset(struct sdc_link *a)
{
    struct sdc_error e = { .text = "" };
    expect("begin", SDC_OK, sdc_link_begin(a, &e), &e);
    expect("select", SDC_OK, sdc_piv_select(a, &e), &e);
    expect("reset inside a transaction", SDC_OK, sdc_link_reset(a, &e), &e);
    expect("select after it", SDC_OK, sdc_piv_select(a, &e), &e);
    sdc_link_end(a);
    expect("our own reset is no news", SDC_OK, sdc_link_begin(a, &e), &e);
    expect("transactions nest", SDC_OK, sdc_link_begin(a, &e), &e);
    sdc_link_end(a);
    sdc_link_end(a);
}

static void foreign_reset(struct sdc_link *a, struct sdc_link *b)
{
    struct sdc_error e = { .text = "" };
    expect("the other resets", SDC_OK, sdc_link_reset(b, &e), &e);
    expect("begin tells it", SDC_E_RESET, sdc_link_begin(a, &e), &e);
    expect("and then begins", SDC_OK, sdc_link_begin(a, &e), &e);
    expect("select", SDC_OK, sdc_piv_select(a, &e), &e);
    sdc_link_end(a);
    uint64_t before = a->stats.apdus;
    expect("the other resets again", SDC_OK, sdc_link_reset(b, &e), &e);
    expect("a command tells it", SDC_E_RESET, sdc_piv_select(a, &e), &e);
    if (a->stats.apdus != before) {
        wrong = 1;
        printf("a command that wasn't sent is counted\n");
    }
    expect("and works again", SDC_OK, sdc_piv_select(a, &e), &e);
}

static void removal(struct sdc_link *a, const char *pull, const char *start)
{
    struct sdc_error e = { .text = "" };
    if (system(pull) != 0)
        wrong = 1;
    expect("begin without card", SDC_E_REMOVED, sdc_link_begin(a, &e), &e);
    expect("command without card", SDC_E_REMOVED, sdc_piv_select(a, &e), &e);
    expect("reset without card", SDC_E_REMOVED, sdc_link_reset(a, &e), &e);
    if (system(start) != 0)
        wrong = 1;
    expect("another insertion is another card", SDC_E_REMOVED, sdc_piv_select(a, &e), &e);
}

int main(int argc, char **argv)
{
    struct sdc_link *a = NULL, *b = NULL;
    struct sdc_error e = { .text = "" };
    if (argc != 4)
        return 64;
    expect("open", SDC_OK, sdc_link_open_pcsc(argv[1], &a, &e), &e);
    expect("open a second time", SDC_OK, sdc_link_open_pcsc(argv[1], &b, &e), &e);
    if (!a || !b)
        return 1;
    own_reset(a);
    expect("the other is told", SDC_E_RESET, sdc_link_begin(b, &e), &e);
    foreign_reset(a, b);
    sdc_link_close(b);
    expect("closing disturbs nobody", SDC_OK, sdc_piv_select(a, &e), &e);
    removal(a, argv[2], argv[3]);
    sdc_link_close(a);
    expect("open again", SDC_OK, sdc_link_open_pcsc(argv[1], &a, &e), &e);
    expect("select again", SDC_OK, sdc_piv_select(a, &e), &e);
    sdc_link_close(a);
    return wrong;
}
