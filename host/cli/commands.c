/* SPDX-License-Identifier: BSD-2-Clause */
/* The two tables that say what the program can do. */
#include "cli.h"

const struct cli_option_info cli_options[CLI_OPTIONS] = {
    /* clang-format off */
    [OPT_JSON]        = { "json", NULL, "the result as one JSON object on standard output", false },
    [OPT_STATS]       = { "stats", NULL, "what it cost: APDUs, bytes each way, milliseconds here and on a contact card's line", false },
    [OPT_READER]      = { "reader", "INDEX|NAME", "which reader: number from 0, or its exact name", false },
    [OPT_RECORD]      = { "record", "N", "which record of the batch, from 1", false },
    [OPT_TRANSACTION] = { "transaction", "ID", "which record of the batch, by its transaction_id", false },
    [OPT_TRANSPORT]   = { "transport", "ask|fd:N", "where the transport PIN comes from (default: ask)", true },
    [OPT_PIN]         = { "pin", "ask|fd:N", "where the PIN comes from: the terminal, or a line of a descriptor", true },
    [OPT_PROFILE]     = { "profile", "NAME", "what to check: chip (default); of a terminal: what it is for", false },
    [OPT_PHOTO]       = { "photo", "OUT.png|OUT.jp2", "writes the verified portrait there (needs --pin)", false },
    [OPT_TRUST]       = { "trust", "FOLDER", "trust anchors, PEM (default: $SDC_HOME/trust)", false },
    [OPT_FINGERPRINT] = { "fingerprint", "HEX", "SHA-256 of the certificate, from somebody who knows it", false },
    [OPT_CAN]         = { "can", "ask|fd:N", "where the card access number comes from", true },
    [OPT_MRZ]         = { "mrz", "ask|fd:N", "where document number, birth and expiry come from (YYMMDD)", true },
    [OPT_TERMINAL]    = { "terminal", "NAME", "which terminal of this station asks (see sdc terminal status)", false },
    [OPT_SIGN]        = { "sign", NULL, "signs alone; a terminal carries it to the card", false },
    [OPT_TRAVEL]      = { "travel", NULL, "reads the travel document too", false },
    /* clang-format on */
};

#define COMMON      (CLI_HAS(OPT_JSON))
#define CARD_COMMON (CLI_HAS(OPT_JSON) | CLI_HAS(OPT_STATS) | CLI_HAS(OPT_READER))

const struct cli_command cli_commands[] = {
    { "init", "make a new station", NULL, COMMON,
      "Makes a station in $SDC_HOME (default /var/lib/sdc), which must be missing, empty, or hold a station.conf "
      "alone\n"
      "(to choose the name in certificates): a PKCS#11 token with the issuer's keys, the certificates, the registry,\n"
      "and station.conf with every setting explained. Where $SDC_DELIVERY names the folder of a delivery, its blank\n"
      "cards are taken into stock (see sdc help stock receive).\n",
      cmd_init },
    { "records check", "find every fault in a batch of enrolment records", "FILE", COMMON,
      "Reads a batch and its photos and reports every fault with record, place and reason. Exit 0 only where there is\n"
      "none, 65 where there is at least one. No card is needed and nothing is changed.\n",
      cmd_records_check },
    { "issue", "make a blank card into the card of one record", "FILE",
      CARD_COMMON | CLI_HAS(OPT_RECORD) | CLI_HAS(OPT_TRANSACTION),
      "Issues one record of a batch onto the blank card in the reader: checks the record, makes keys on the card,\n"
      "certificates and data, writes them, and verifies the card as a reader would. Prints what goes onto the card's\n"
      "face and where the PIN letter is. An interrupted issue is taken up by the same command with the same card.\n",
      cmd_issue },
    { "handover", "give a card to its holder: transport PIN becomes the holder's PIN", NULL,
      CARD_COMMON | CLI_HAS(OPT_TRANSPORT) | CLI_HAS(OPT_PIN),
      "Sets the holder's PIN (6 to 8 digits). The transport PIN stands in the PIN letter; a wrong one costs one of "
      "its\n"
      "tries. PINs are typed without echo, or come as one line each from descriptors: --transport fd:3 --pin fd:3\n"
      "reads two lines of descriptor 3. A PIN on the command line is refused: every program could read it there.\n",
      cmd_handover },
    { "verify", "is this card genuine and valid?", NULL,
      CARD_COMMON | CLI_HAS(OPT_PROFILE) | CLI_HAS(OPT_PIN) | CLI_HAS(OPT_PHOTO) | CLI_HAS(OPT_TRUST),
      "Checks a card as a reader without any issuer's key, against the trust anchors. One line a check (passed, "
      "FAILED,\n"
      "not made, each with why), then what a verified signature covers, then the verdict as the last line. Without a\n"
      "PIN what needs it is \"not made\". The exit code is the verdict's class.\n",
      cmd_verify },
    { "card show", "what an empty-handed reader sees of a card", NULL, CARD_COMMON,
      "Shows what the card tells anybody: identity, objects, certificates, PIN tries. Nothing of it is verified "
      "here.\n",
      cmd_card_show },
    { "doctor", "examine this desk: service, readers, cards, station", NULL, CARD_COMMON & ~CLI_HAS(OPT_READER),
      "Examines everything a station needs and says what to do where it isn't good. Exit 0 only where nothing is bad,\n"
      "69 otherwise. Changes nothing.\n",
      cmd_doctor },
    { "stock receive", "count a delivery of blank cards in", "FOLDER", COMMON,
      "Takes a card maker's delivery from a folder with manifest.p7 (signed), maker.pem (the maker's certificate: "
      "make\n"
      "sure that it is the maker's) and transport.key (goes into the token and can't be taken out again; delete the\n"
      "file afterwards). The same delivery again is fine; a chip or batch that came otherwise is refused.\n",
      cmd_stock_receive },
    { "stock list", "what became of each chip that was delivered", NULL, COMMON,
      "Counts the chips of each delivery: blank, or the state of the card that was made on them. With --json every\n"
      "chip. The deliveries' signatures are checked again.\n",
      cmd_stock_list },
    { "terminal request", "make a terminal's key and ask for its certificate", "NAME", COMMON,
      "Makes the key of a terminal (1 to 9 characters a-z 0-9) in this station's token, where it stays, and a request\n"
      "file for the issuer. The same name again makes the request again, for the same key.\n",
      cmd_terminal_request },
    { "terminal renew", "grant a terminal new certificates", "NAME|FILE", COMMON | CLI_HAS(OPT_PROFILE),
      "At the issuer's station: new certificates for a terminal of this station, which are installed, or for a "
      "request\n"
      "FILE from elsewhere, beside which FILE.chain is written. --profile says what the terminal is for; without it "
      "the\n"
      "terminal stays what it is. Kinds: officer (whole docket, CAN or PIN, 1 day), update (the same, and writes what\n"
      "the issuer signed, 1 day), benefits (address and benefits, PIN, 30 days), status (immigration status, PIN,\n"
      "30 days), lane (no rights, 30 days).\n",
      cmd_terminal_renew },
    { "terminal install", "take in the certificates that the issuer granted", "FILE", COMMON,
      "Checks a chain of certificates up to a CVCA certificate that this station trusts, and that the terminal's key "
      "is\n"
      "in the token, and keeps it. What was held before stays where it isn't good.\n",
      cmd_terminal_install },
    { "terminal status", "the terminals of this station and how long they may work", NULL, COMMON,
      "One line a terminal, with the days left, and with what to do in the last quarter of its time (sdc doctor warns\n"
      "then, too). Exit 10 where a terminal's time is over.\n",
      cmd_terminal_status },
    { "pki status", "the issuer's signing keys and how long they may sign", NULL, COMMON,
      "One line a kind of key: the newest, since when and until when it signs, the days left, its certificate. Exit "
      "10\n"
      "where one's time is over. sdc doctor warns 30 days before, and where a key ends before a card of six years "
      "would.\n",
      cmd_pki_status },
    { "pki roll", "make the next key of a kind and sign with it from now on", "KEY", COMMON,
      "KEY is csca, ds (signs the data on cards), card-ca, content-signer, cvca or dv (both sign for terminals). A "
      "CA's\n"
      "roll takes along the signer that it certifies. Cards that the old key signed stay valid and can be updated. A "
      "new\n"
      "csca or cvca comes with a link certificate by the old one. After cvca or dv renew the terminals.\n",
      cmd_pki_roll },
    { "pki export", "write the certificates that readers need into a folder", "FOLDER", COMMON,
      "Writes every certificate of $SDC_HOME/trust (CSCAs with their links, document signers, card CAs, content "
      "signers,\n"
      "CVCAs with their links) into FOLDER, which must be missing or empty: what a reader takes with --trust FOLDER. "
      "No\n"
      "key is there and no PIN is asked. The SHA-256 that is printed beside each is what sdc trust add --fingerprint\n"
      "wants: tell it to the readers another way than the files take.\n",
      cmd_pki_export },
    { "trust add", "trust a CSCA, card CA or CVCA certificate from outside", "FILE", COMMON | CLI_HAS(OPT_FINGERPRINT),
      "Takes csca….pem, card-ca….pem or a CVCA certificate into the trust folder where its SHA-256 is the one that\n"
      "--fingerprint says: take it from somebody who knows it, not from where the file came. A link certificate of a\n"
      "CVCA that is trusted already needs none.\n",
      cmd_trust_add },
    { "docket read", "read what a terminal may see of a card", NULL,
      CARD_COMMON | CLI_HAS(OPT_CAN) | CLI_HAS(OPT_MRZ) | CLI_HAS(OPT_PIN) | CLI_HAS(OPT_TERMINAL) |
          CLI_HAS(OPT_TRAVEL) | CLI_HAS(OPT_TRUST),
      "Opens the card with its access number, its MRZ or the holder's PIN, proves the terminal to the card and the "
      "chip\n"
      "to the terminal, and prints what this terminal may see, each with its signature checked. Without --terminal "
      "that\n"
      "is the travel document alone. A wrong PIN costs one of its tries.\n",
      cmd_docket_read },
    { "update", "put a new version of the docket onto a card", "FILE",
      CARD_COMMON | CLI_HAS(OPT_RECORD) | CLI_HAS(OPT_TRANSACTION) | CLI_HAS(OPT_SIGN) | CLI_HAS(OPT_TERMINAL) |
          CLI_HAS(OPT_CAN) | CLI_HAS(OPT_PIN) | CLI_HAS(OPT_TRUST),
      "At the issuer's station FILE is a batch: the record's address, status, docket and benefits are signed anew for "
      "its\n"
      "card, kept under updates/, and written to the card in the reader through the issuer's channel; with --sign "
      "they\n"
      "are only signed. At a terminal with the right to write (--terminal, kind update, with --can or --pin) FILE is "
      "one\n"
      "of those signed files. A card never takes an older version.\n",
      cmd_update },
};
const size_t cli_commands_len = sizeof cli_commands / sizeof cli_commands[0];
