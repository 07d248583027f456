/* SPDX-License-Identifier: BSD-2-Clause */
/* The program sdc: one table of subcommands, one of options, one from status to exit code. It uses what sdc.h declares
 * and nothing else of libsdc. */
#ifndef CLI_H
#define CLI_H

#include <stdio.h>

#include <jansson.h>

#include "sdc.h"

#define CLI_VERSION "0.1.0"

/* ---- options ---- */
enum cli_option {
    OPT_JSON,
    OPT_STATS,
    OPT_READER,
    OPT_RECORD,
    OPT_TRANSACTION,
    OPT_TRANSPORT,
    OPT_PIN,
    OPT_PROFILE,
    OPT_PHOTO,
    OPT_TRUST,
    OPT_FINGERPRINT,
    OPT_CAN,
    OPT_MRZ,
    OPT_TERMINAL,
    OPT_TRAVEL,
    OPT_SIGN,
    CLI_OPTIONS
};
#define CLI_HAS(option) (1U << (option))

struct cli_option_info {
    const char *name;     /* without the two dashes */
    const char *argument; /* NULL: a flag */
    const char *help;
    bool secret; /* its argument names where a secret comes from: "ask" or "fd:N", never the secret */
};
extern const struct cli_option_info cli_options[CLI_OPTIONS];

/* ---- commands ---- */
struct cli {
    const struct cli_command *command;
    const char *value[CLI_OPTIONS]; /* NULL: not given; "" for a flag that is */
    const char *operand;            /* NULL: not given */
    struct sdc_stats stats;         /* of all links that were closed */
};

struct cli_command {
    const char *name; /* one or two words */
    const char *summary;
    const char *operand;         /* NULL: takes none; "FILE" must be given */
    unsigned options;            /* CLI_HAS of those it takes */
    const char *text;            /* for sdc help COMMAND */
    int (*run)(struct cli *cli); /* returns the exit code */
};
extern const struct cli_command cli_commands[];
extern const size_t cli_commands_len;

int cmd_init(struct cli *cli);
int cmd_records_check(struct cli *cli);
int cmd_issue(struct cli *cli);
int cmd_handover(struct cli *cli);
int cmd_verify(struct cli *cli);
int cmd_card_show(struct cli *cli);
int cmd_doctor(struct cli *cli);
int cmd_stock_receive(struct cli *cli);
int cmd_stock_list(struct cli *cli);
int cmd_terminal_request(struct cli *cli);
int cmd_terminal_install(struct cli *cli);
int cmd_terminal_renew(struct cli *cli);
int cmd_terminal_status(struct cli *cli);
int cmd_pki_status(struct cli *cli);
int cmd_pki_roll(struct cli *cli);
int cmd_pki_export(struct cli *cli);
int cmd_trust_add(struct cli *cli);
int cmd_docket_read(struct cli *cli);
int cmd_update(struct cli *cli);

/* 2026-11-25 */
#define CLI_DATE_LEN 40
void cli_date(const struct sdc_date *date, char text[static CLI_DATE_LEN]);

/* Reads what follows the command's name. SDC_E_USAGE with a text that quotes no value. Sources of secrets are checked
 * here: a PIN on the command line is refused (and wiped from it). */
enum sdc_status cli_parse(struct cli *cli, int argc, char **argv, struct sdc_error *e) SDC_WARN_UNUSED;
/* The command that argv[0] (and argv[1]) names and how many words it took; NULL where there is none. */
const struct cli_command *cli_find_command(int argc, char **argv, int *words);
void cli_help(FILE *out);
/* The commands whose first word is this one, where it takes a second; false where there is none. */
bool cli_help_group(FILE *out, const char *word);
void cli_help_command(FILE *out, const struct cli_command *command);

/* ---- results ---- */
enum {
    EXIT_ACCEPT = 0,
    EXIT_REFER = 10,
    EXIT_REJECT = 20,
    EXIT_RETRY = 30,
    EXIT_USAGE = 64,
    EXIT_INPUT = 65,
    EXIT_SERVICE = 69,
    EXIT_BUG = 70,
    EXIT_SYSTEM = 71,
    EXIT_IO = 74,
    EXIT_CANCELLED = 130
};
struct cli_exit_info {
    int code;
    const char *text;
};
extern const struct cli_exit_info cli_exits[]; /* for the help; ends with text NULL */
int cli_exit_code(enum sdc_status status);
/* Says what went wrong, on stderr ("sdc: TEXT", then what to do about it) and with --json as {"error": …} on stdout.
 * Returns the exit code. */
int cli_fail(struct cli *cli, const struct sdc_error *e);
/* Prints a JSON object to stdout, with "stats" where asked for; takes the reference. Returns code, or EXIT_IO where
 * stdout can't be written, EXIT_BUG where root is NULL (no memory). */
int cli_print_json(struct cli *cli, json_t *root, int code);
/* The stats as one line on stderr. */
void cli_print_stats(const struct cli *cli);
/* A JSON string also of text that isn't UTF-8. */
json_t *cli_json_text(const char *text);
/* Prints text with control characters replaced, so that nothing read from a card or file moves the cursor. */
void cli_print_text(FILE *out, const char *text);
/* RFC 4122 text, lower case. */
void cli_guid_text(const uint8_t guid[static SDC_GUID_LEN], char out[static 37]);

/* ---- progress, on stderr ---- */
/* A step: one line updated in place on a terminal, plain lines otherwise. 'steps' 0: not counted. */
void cli_progress(unsigned step, unsigned steps, const char *name);
void cli_progress_end(void); /* leaves a clean line */

/* ---- stopping ---- */
extern volatile sig_atomic_t cli_stop; /* 1 from the first SIGINT, SIGTERM or SIGHUP on; the second one kills */
/* From now on these signals set cli_stop and say that the running card command is finished first. */
void cli_catch_signals(void);

/* ---- card ---- */
/* Opens the card in the reader that --reader names, with cli_stop as its cancel flag. */
enum sdc_status cli_card_open(struct cli *cli, struct sdc_link **link, struct sdc_error *e) SDC_WARN_UNUSED;
/* Adds the link's stats to the command's and closes it. Stopped in the middle: the PIN state is taken back first. */
void cli_card_close(struct cli *cli, struct sdc_link *link);

/* ---- secrets ---- */
/* From now on nothing of this process' memory, where PINs and dockets are, gets into a core file or to another process
 * of the same user. */
void cli_keep_memory(void);

#define CLI_SECRET_MAX 63
struct cli_secret {
    char text[CLI_SECRET_MAX + 1];
    size_t len;
};
/* Whether a word says where a secret comes from: "ask", or "fd:N" with N from 0 to 1023 (*fd; -1 for ask). */
bool cli_secret_source(const char *word, int *fd);
/* Reads one line: from the terminal without echo ("ask"), or from a descriptor byte by byte, so that the next line can
 * be another secret ("fd:N"). One newline is taken off. SDC_E_INPUT where there is no line, no terminal or too much;
 * SDC_E_CANCELLED. */
enum sdc_status cli_secret_read(const char *source, const char *prompt, struct cli_secret *secret,
                                struct sdc_error *e) SDC_WARN_UNUSED;
void cli_secret_wipe(struct cli_secret *secret);

/* ---- what opens a card, and who asks ---- */
struct cli_access {
    struct cli_secret typed;
    char mrz[SDC_MRZ_INFORMATION + 1];
    struct sdc_password password; /* points into this struct */
};
/* From exactly one of --can, --mrz and --pin. Wipe it with sdc_wipe. */
enum sdc_status cli_access_read(const struct cli *cli, struct cli_access *access, struct sdc_error *e) SDC_WARN_UNUSED;
/* A card at a reader of this station: the terminal that --terminal names (NULL: none), the trust anchors of --trust,
 * else of the station, and the link to the card. Close it in any case. */
struct cli_desk {
    struct sdc_station *station;
    struct sdc_terminal_use *use;
    struct sdc_trust *trust;
    struct sdc_link *link;
    struct sdc_docket_request request; /* with this password; the caller adds what else it wants */
};
enum sdc_status cli_desk_open(struct cli *cli, const struct sdc_password *password, struct cli_desk *desk,
                              struct sdc_error *e) SDC_WARN_UNUSED;
void cli_desk_close(struct cli *cli, struct cli_desk *desk);

/* ---- batches ---- */
/* Reads the batch that the operand names, with today's date. The caller frees both in any case. */
enum sdc_status cli_batch_read(struct cli *cli, struct sdc_codes **codes, struct sdc_batch *batch,
                               struct sdc_error *e) SDC_WARN_UNUSED;

/* The record that --record N or --transaction ID means, exactly one of them. */
enum sdc_status cli_record_choose(const struct cli *cli, const struct sdc_batch *batch, size_t *index,
                                  struct sdc_error *e) SDC_WARN_UNUSED;
/* Every fault that stands in the way of this record, on stderr; SDC_E_INPUT where there is one. */
enum sdc_status cli_record_refuse(const struct sdc_batch *batch, size_t index, struct sdc_error *e) SDC_WARN_UNUSED;

/* ---- verdicts ---- */
/* What a verdict means, as a sentence for who holds the card in hand. */
const char *cli_verdict_text(enum sdc_verdict verdict);

#endif
