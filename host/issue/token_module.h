/* SPDX-License-Identifier: BSD-2-Clause */
/* A PKCS#11 module loaded into the process, and errors from its return values: private to token*.c. */
#ifndef ISSUE_TOKEN_MODULE_H
#define ISSUE_TOKEN_MODULE_H

#include "token.h"

#include <p11-kit-1/p11-kit/pkcs11.h>

#define TOKEN_SLOTS_MAX 64
#define TOKEN_LABEL_LEN 32 /* CK_TOKEN_INFO.label, blank padded */

struct token_module {
    void *handle; /* of dlopen */
    CK_FUNCTION_LIST *call;
};

/* Loads the module and initialises it for this process; initialised already is fine. */
enum sdc_status token_module_load(const struct token_place *place, struct token_module *module,
                                  struct sdc_error *e) SDC_WARN_UNUSED;
/* Gives the module back: 'finalize' ends every session of this process with it. */
void token_module_unload(struct token_module *module, bool finalize);

/* SDC_OK for CKR_OK; otherwise SDC_E_TOKEN: "WHAT: CKR_…". */
enum sdc_status token_result(CK_RV rv, const char *what, struct sdc_error *e) SDC_WARN_UNUSED;

/* The slot of the token with this label: SDC_E_TOKEN where there is none. */
enum sdc_status token_slot_find(const struct token_module *module, const char *label, CK_SLOT_ID *slot,
                                struct sdc_error *e) SDC_WARN_UNUSED;
/* A slot whose token isn't initialised yet. */
enum sdc_status token_slot_blank(const struct token_module *module, CK_SLOT_ID *slot,
                                 struct sdc_error *e) SDC_WARN_UNUSED;

#endif
