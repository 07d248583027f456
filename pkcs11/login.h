/* SPDX-License-Identifier: BSD-2-Clause */
/* PIN and PUK. PIV has no way to check a PUK without using it, so the SO's login only keeps it (8 characters, locked
 * memory) until C_InitPIN or C_SetPIN use it, where a wrong one shows. */
#ifndef P11_LOGIN_H
#define P11_LOGIN_H

#include "session.h"

CK_RV p11_login(struct p11_session *s, CK_USER_TYPE user, const CK_UTF8CHAR *pin, CK_ULONG len);
CK_RV p11_logout(struct p11_session *s);
CK_RV p11_init_pin(struct p11_session *s, const CK_UTF8CHAR *pin, CK_ULONG len); /* RESET RETRY COUNTER */
CK_RV p11_set_pin(struct p11_session *s, const CK_UTF8CHAR *old_pin, CK_ULONG old_len, const CK_UTF8CHAR *new_pin,
                  CK_ULONG new_len); /* CHANGE REFERENCE DATA */

#endif
