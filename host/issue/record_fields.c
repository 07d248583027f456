/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_fields.h"
#include "record_check.h"

/* clang-format off */
#define AT(member)     .at = offsetof(struct sdc_record, member)
#define ROOM(member)   (long)(sizeof((struct sdc_record *)0)->member - 1) /* bytes, without the NUL */
#define UP_TO(member)  .limits = { 1, ROOM(member) }, AT(member)          /* some text */
#define MAYBE(member)  .limits = { 0, ROOM(member) }, AT(member)          /* or none */
#define DATE(member)   .limits = { 1, 32 }, AT(member)
#define OBJECT(f)      { f, sizeof(f) / sizeof(f)[0] }
#define MUST           .kind = RECORD_TEXT, .need = RECORD_MUST
#define MAY            .kind = RECORD_TEXT, .need = RECORD_MAY

/* ---- words ---- */

static const char *const sexes[] = { "F", "M", "X", NULL };
static const char *const languages[] = { "en", "es", "pt", "ht", "fr", NULL };
static const char *const media[] = { "in-person", "video", "telephone", NULL };
static const char *const kinds_of_asylum[] = { "affirmative", "defensive", NULL };
static const char *const schedules[] = { "monthly", "quarterly", "yearly", NULL };
static const char *const programs[] = { "housing", "health-care", "transportation", NULL };
static const char *const profiles[] = { "sdc-1", NULL };
/* NCIC's codes, as driving licences and federal records use them; XXX = unknown */
static const char *const eye_colors[] = {
    "BLK", "BLU", "BRO", "DIC", "GRN", "GRY", "HAZ", "MAR", "MUL", "PNK", "XXX", NULL
};
/* the states, the District of Columbia and the territories with a civil government */
static const char *const states[] = {
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME",
    "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA",
    "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC", "AS", "GU", "MP", "PR", "VI", NULL
};

/* ---- objects ---- */

static const struct record_field address_fields[] = {
    { "line1", MUST, UP_TO(address.line1), .check = record_check_text },
    { "line2", MAY, MAYBE(address.line2), .check = record_check_text },
    { "city", MUST, UP_TO(address.city), .check = record_check_text },
    { "state", MUST, UP_TO(address.state), .check = record_check_word, .what = "state", .words = states },
    { "zip", MUST, UP_TO(address.zip), .check = record_check_zip },
};
static const struct record_object address_object = OBJECT(address_fields);

static const struct record_field hearing_fields[] = {
    { "date", MUST, DATE(case_.next_hearing.date), .check = record_check_date },
    { "time", MUST, UP_TO(case_.next_hearing.time), .check = record_check_time },
    { "calendar", MUST, UP_TO(case_.next_hearing.calendar), .check = record_check_code, .what = "calendar type",
      .table = SDC_CODE_CALENDAR },
    { "medium", MUST, UP_TO(case_.next_hearing.medium), .check = record_check_word, .what = "medium", .words = media },
};
static const struct record_object hearing_object = OBJECT(hearing_fields);

static const struct record_field case_fields[] = {
    { "court", MUST, UP_TO(case_.court), .check = record_check_code, .what = "court", .table = SDC_CODE_COURT },
    { "case_type", MUST, UP_TO(case_.case_type), .check = record_check_code, .what = "case type",
      .table = SDC_CODE_CASE_TYPE },
    { "charging_document_date", MUST, DATE(case_.charging_document_date), .check = record_check_done },
    { "next_hearing", .kind = RECORD_OBJECT, .need = RECORD_NULLABLE,
      .given = offsetof(struct sdc_record, case_.hearing), .object = &hearing_object },
};
static const struct record_object case_object = OBJECT(case_fields);

static const struct record_field asylum_fields[] = {
    { "applied", .kind = RECORD_BOOL, .need = RECORD_MUST, AT(asylum.applied) },
    { "kind", MAY, UP_TO(asylum.kind), .check = record_check_word, .what = "kind of application",
      .words = kinds_of_asylum },
    { "filed", MAY, DATE(asylum.filed), .check = record_check_done },
};
static const struct record_object asylum_object = OBJECT(asylum_fields);

static const struct record_field employment_fields[] = {
    { "category", MUST, UP_TO(employment_authorization.category), .check = record_check_category },
    { "until", MUST, DATE(employment_authorization.until), .check = record_check_date },
};
static const struct record_object employment_object = OBJECT(employment_fields);

static const struct record_field reporting_fields[] = {
    { "office", MUST, UP_TO(reporting.office), .check = record_check_code, .what = "ERO office",
      .table = SDC_CODE_ERO_OFFICE },
    { "schedule", MUST, UP_TO(reporting.schedule), .check = record_check_word, .what = "schedule",
      .words = schedules },
    { "next", MUST, DATE(reporting.next), .check = record_check_date },
};
static const struct record_object reporting_object = OBJECT(reporting_fields);

static const struct record_field benefit_fields[] = {
    { "program", MUST, UP_TO(benefits[0].program), .check = record_check_word, .what = "benefit", .words = programs },
    { "state", MUST, UP_TO(benefits[0].state), .check = record_check_word, .what = "state", .words = states },
    { "from", MUST, DATE(benefits[0].from), .check = record_check_date },
    { "until", MUST, DATE(benefits[0].until), .check = record_check_date },
};
static const struct record_object benefit_object = OBJECT(benefit_fields);

static const struct record_field card_fields[] = {
    { "profile", MUST, UP_TO(card.profile), .check = record_check_word, .what = "card profile", .words = profiles },
    { "valid_until", MUST, DATE(card.valid_until), .check = record_check_expiry },
};
static const struct record_object card_object = OBJECT(card_fields);

/* ---- the record: the id first, so that each fault names it ---- */

static const struct record_field record_fields[] = {
    { "transaction_id", MUST, UP_TO(transaction_id), .check = record_check_uuid },
    { "a_number", MUST, UP_TO(a_number), .check = record_check_a_number },
    { "surname", MUST, MAYBE(surname), .check = record_check_name },
    { "given_names", MUST, MAYBE(given_names), .check = record_check_name },
    { "date_of_birth", MUST, DATE(date_of_birth), .check = record_check_birth },
    { "sex", MUST, .limits = { 1, 1 }, AT(sex), .check = record_check_letter, .what = "sex", .words = sexes },
    { "nationality", MUST, UP_TO(nationality), .check = record_check_code, .what = "ICAO code",
      .table = SDC_CODE_STATE },
    { "country_of_birth", MUST, UP_TO(country_of_birth), .check = record_check_code, .what = "ICAO code",
      .table = SDC_CODE_STATE },
    { "place_of_birth", MAY, MAYBE(place_of_birth), .check = record_check_text },
    { "height_cm", .kind = RECORD_INTEGER, .need = RECORD_MAY, .limits = { 50, 250 }, AT(height_cm) },
    { "eye_color", MAY, UP_TO(eye_color), .check = record_check_word, .what = "eye color", .words = eye_colors },
    { "photo", MUST, UP_TO(photo), .check = record_check_photo },
    { "language", MUST, UP_TO(language), .check = record_check_word, .what = "language", .words = languages },
    { "address", .kind = RECORD_OBJECT, .need = RECORD_MUST, .object = &address_object },
    { "case", .kind = RECORD_OBJECT, .need = RECORD_MUST, .object = &case_object },
    { "asylum", .kind = RECORD_OBJECT, .need = RECORD_MUST, .object = &asylum_object },
    { "employment_authorization", .kind = RECORD_OBJECT, .need = RECORD_NULLABLE,
      .given = offsetof(struct sdc_record, employment_authorization.given), .object = &employment_object },
    { "reporting", .kind = RECORD_OBJECT, .need = RECORD_MUST, .object = &reporting_object },
    { "benefits", .kind = RECORD_LIST, .need = RECORD_MUST, .limits = { 0, SDC_BENEFITS_MAX },
      .given = offsetof(struct sdc_record, benefits_len), .stride = sizeof(((struct sdc_record *)0)->benefits[0]),
      .object = &benefit_object },
    { "card", .kind = RECORD_OBJECT, .need = RECORD_MUST, .object = &card_object },
};
const struct record_object record_object = OBJECT(record_fields);

/* ---- the batch ---- */

static const struct record_field head_fields[] = {
    { "batch", MUST, .limits = { 1, sizeof((struct record_head *)0)->name - 1 },
      .at = offsetof(struct record_head, name), .check = record_check_label },
    { "created", MUST, .limits = { 1, 32 }, .at = offsetof(struct record_head, created),
      .check = record_check_created },
    { "records", .kind = RECORD_LATER, .need = RECORD_MUST },
};
const struct record_object record_head_object = OBJECT(head_fields);
/* clang-format on */
