/* SPDX-License-Identifier: BSD-2-Clause */
/* Enrolment records: a batch file is read whole, every fault in it is reported, and only then may anything happen. */
#ifndef SDC_RECORD_H
#define SDC_RECORD_H

#include "bytes.h"
#include "codes.h"

/* Bytes of UTF-8 in surname or given names. Together with ", " they are at most 125: Printed Information has no more.
 */
#define SDC_NAME_MAX     100
#define SDC_BENEFITS_MAX 8
#define SDC_RECORDS_MAX  10000

struct sdc_record {
    char transaction_id[37]; /* lower-case UUID */
    char a_number[11];
    char surname[SDC_NAME_MAX + 1], given_names[SDC_NAME_MAX + 1]; /* UTF-8 NFC, one of them may be empty */
    struct sdc_date date_of_birth;
    char sex; /* F M X */
    char nationality[4], country_of_birth[4];
    char place_of_birth[65]; /* "" = not given */
    int height_cm;           /* 0 = not given */
    char eye_color[4];       /* "" = not given */
    char photo[256];         /* path as the batch names it, relative to the batch's folder */
    char language[3];
    struct {
        char line1[65], line2[65], city[41], state[3], zip[11];
    } address;
    struct {
        char court[4], case_type[4];
        struct sdc_date charging_document_date;
        bool hearing; /* next_hearing is given */
        struct {
            struct sdc_date date;
            char time[6], calendar[2], medium[10];
        } next_hearing;
    } case_;
    struct {
        bool applied;
        char kind[12]; /* affirmative, defensive; "" where not applied */
        struct sdc_date filed;
    } asylum;
    struct {
        bool given;
        char category[4];
        struct sdc_date until;
    } employment_authorization;
    struct {
        char office[97], schedule[10];
        struct sdc_date next;
    } reporting;
    struct {
        char program[16], state[3];
        struct sdc_date from, until;
    } benefits[SDC_BENEFITS_MAX];
    size_t benefits_len;
    struct {
        char profile[33];
        struct sdc_date valid_until;
    } card;
    uint8_t digest[32]; /* SHA-256 over the record's canonical JSON (sorted keys, compact): same id, same content? */
    unsigned photo_warnings; /* SDC_PHOTO_... of photo.h: usable, but somebody should look at it */
    bool faulty;             /* at least one fault names this record */
};

/* One fault. record 0 = the batch itself. */
struct sdc_fault {
    size_t record;           /* from 1 */
    char transaction_id[37]; /* "" where the record has no well-formed one */
    char pointer[96];        /* JSON pointer inside the record (RFC 6901), "" = the whole */
    char reason[160]; /* one line of plain words; it may quote a code, never a name, date of birth or number of the
                         person */
};

struct sdc_batch {
    char name[65];
    char folder[4096]; /* folder of the batch file: photos lie below */
    struct sdc_record *records;
    size_t records_len;
    struct sdc_fault *faults; /* in order of record; in a record by field, then what several fields say together */
    size_t faults_len;
};

/* Reads and checks a batch file with its photos (they are opened, decoded and measured). 'today' decides what is past
 * and how far six years reach; what has happened is held against the day the batch was made, so that a batch doesn't
 * become wrong by lying about. SDC_OK where the file is a batch, however many faults of its records stand in
 * batch->faults; SDC_E_INPUT where it is none: unreadable, no JSON, or its own members are wrong (faults of record 0,
 * and those of its records as far as they could be read; every record is 'faulty'). SDC_E_NO_MEMORY. Free with
 * sdc_batch_free in any case.
 * Limits: 32 MiB, nesting of 16, SDC_RECORDS_MAX records, a million values, no member named twice. */
enum sdc_status sdc_batch_read(const char *path, const struct sdc_codes *codes, const struct sdc_date *today,
                               struct sdc_batch *batch, struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_batch_free(struct sdc_batch *batch); /* wipes */
/* Record by transaction id: its index, or records_len. */
size_t sdc_batch_find(const struct sdc_batch *batch, const char *transaction_id);
/* "record 7 (TRANSACTION) /case/court: no court 'QQQ'" into out. */
void sdc_fault_text(const struct sdc_fault *fault, char *out, size_t cap);

#endif
