/* SPDX-License-Identifier: BSD-2-Clause */
/* A link to one card in one reader: the transport vtable with its PC/SC and in-process instances, and the exchange of
 * APDUs over it. Not thread-safe: one link, one thread at a time.
 *
 * The card is not trusted: every exchange is bounded (SDC_REPLY_MAX bytes, SDC_REPLY_BLOCKS replies). */
#ifndef SDC_LINK_H
#define SDC_LINK_H

#include <signal.h>

#include "bytes.h"

#define SDC_REPLY_MAX    ((size_t)65536) /* bytes of one whole answer, over all its 61xx parts */
#define SDC_REPLY_BLOCKS 300             /* GET RESPONSEs in one answer */

/* What the link cost so far; --stats prints it. */
struct sdc_stats {
    uint64_t apdus;     /* command-response pairs that went over the transport */
    uint64_t bytes_out; /* command bytes */
    uint64_t bytes_in;  /* response bytes, SW included */
    uint64_t micros;    /* wall time inside the transport */
    uint64_t etus;      /* what the bytes take on the line of a contact card with T=1 (ISO/IEC 7816-3, 11) */
};
/* Milliseconds of line and reader that the exchanges would take in a contact reader of 4.8 MHz, where F/D is 16 (TA1 =
 * 96), 32 (95) or 372 (11), with a millisecond of reader and USB for each; without the card's own time. */
uint64_t sdc_stats_line_ms(const struct sdc_stats *stats, unsigned f_by_d);

/* A transport. Every function gets the ctx of its link. */
struct sdc_link_ops {
    /* One raw APDU: resp gets at most cap bytes (cap is at least 258), at least 2. */
    enum sdc_status (*transmit)(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e);
    /* Exclusive use until end; waits while another program has it. SDC_E_RESET where somebody reset the card since
     * (the link is usable again, its states are lost, and exclusive use has not begun: begin again). */
    enum sdc_status (*begin)(void *ctx, struct sdc_error *e);
    void (*end)(void *ctx);
    /* Cold reset: all of the card's volatile state is gone afterwards. */
    enum sdc_status (*reset)(void *ctx, struct sdc_error *e);
    /* Gives everything back; the card is left powered, not reset. */
    void (*close)(void *ctx);
    /* A command to the reader itself (SCardControl); NULL: it takes none. out gets at most cap bytes. */
    enum sdc_status (*control)(void *ctx, uint32_t code, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap,
                               size_t *out_len, struct sdc_error *e);
};

struct sdc_link {
    const struct sdc_link_ops *ops;
    void *ctx;
    char reader[128]; /* reader's name, UTF-8 */
    uint8_t atr[33];
    size_t atr_len;
    bool extended;     /* the card takes extended length: by card capabilities in the ATR's historical bytes (7816-4
                        * 8.1.1.2.7), or by 7F66 in the answer to SELECT PIV, from then on */
    bool short_only;   /* set by the caller: a reader that carries no extended length, whatever the card takes */
    size_t data_max;   /* most data bytes of one short command; 0: 255. Less where a secure channel adds its own */
    size_t answer_max; /* most bytes of one answer of extended length, where the card says so (EF.ATR/INFO); 0: it
                        * hasn't said. In a secure channel none is longer than a short one then */
    uint32_t pad_verify, pad_modify; /* control codes of the reader's PIN pad; 0: none. See sdc_link_pinpad */
    struct sdc_stats stats;
    const volatile sig_atomic_t
        *cancel; /* NULL, or a flag of the caller (a signal handler may set it): where it is not
                    0 no further APDU is sent, SDC_E_CANCELLED. The one under way is finished. */
};

/* ---- readers ---- */
struct sdc_reader {
    char name[128];
    bool card; /* a card is present */
};
/* Lists the readers in PC/SC's order into at most cap places; *count is how many there are. No pcscd: SDC_E_NO_SERVICE.
 */
enum sdc_status sdc_reader_list(struct sdc_reader *readers, size_t cap, size_t *count,
                                struct sdc_error *e) SDC_WARN_UNUSED;

/* Opens the card in a reader: by index from 0 ("2"), by exact name, or, where 'which' is NULL, the one reader that
 * holds a card (none or several: an error that says so). Shared mode. The caller closes it with sdc_link_close. */
enum sdc_status sdc_link_open_pcsc(const char *which, struct sdc_link **link, struct sdc_error *e) SDC_WARN_UNUSED;
/* A link over functions of the caller, for cards in this process. ops and ctx must live as long as the link; ops->close
 * is called by sdc_link_close. begin, end, reset and close may be NULL: nothing to do. */
enum sdc_status sdc_link_open_process(const struct sdc_link_ops *ops, void *ctx, const uint8_t *atr, size_t atr_len,
                                      struct sdc_link **link, struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_link_close(struct sdc_link *link); /* NULL is fine */
enum sdc_status sdc_link_begin(struct sdc_link *link, struct sdc_error *e) SDC_WARN_UNUSED;
/* sdc_link_begin for who has used nothing of the card's state yet: a reset since is no harm, and exclusive use begins.
 */
enum sdc_status sdc_link_begin_anew(struct sdc_link *link, struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_link_end(struct sdc_link *link);
enum sdc_status sdc_link_reset(struct sdc_link *link, struct sdc_error *e) SDC_WARN_UNUSED;

/* Asks the reader, not the card, whether it has a PIN pad (PC/SC part 10, 2.2). True: sdc_piv_verify_at_pad works, and
 * where pad_modify isn't 0 sdc_piv_change_at_pad too. */
bool sdc_link_pinpad(struct sdc_link *link);

/* ---- exchange ---- */
struct sdc_apdu {
    uint8_t cla, ins, p1, p2;
    const uint8_t *data; /* NULL where there is none */
    size_t data_len;     /* any length: extended length where the card takes it, else command chaining (7816-4 5.3.3) */
    bool le;             /* an answer is wanted */
    size_t le_max;       /* the most bytes wanted: what the card has beyond stays unread (*sw is 61xx); 0 = all */
    bool secret;         /* data or answer is a secret: whoever records APDUs may keep only the header. (Every buffer of
                            ours is wiped after every exchange.) */
};
/* Sends a command whole and collects the whole answer (61xx by GET RESPONSE, 6Cxx repeated once with the right Le) into
 * out (appended; NULL where no data is welcome: then data in the answer is SDC_E_REPLY; unchanged on error). *sw is the
 * last status word; where a block of a chain is refused, that of the block. SDC_OK means that the exchange worked,
 * whatever SW says: see sdc_sw_status. */
enum sdc_status sdc_link_exchange(struct sdc_link *link, const struct sdc_apdu *apdu, struct sdc_buf *out, uint16_t *sw,
                                  struct sdc_error *e) SDC_WARN_UNUSED;
/* The one table from SW to error: 9000 (and 61xx) is SDC_OK; what = what was tried, for the text. 63C0 is
 * SDC_E_PIN_BLOCKED like 6983. */
enum sdc_status sdc_sw_status(uint16_t sw, const char *what, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
