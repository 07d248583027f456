/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program with threads needs around libpcsclite. Version 1.9.9 (Debian 12) has two things that all contexts of a
 * process share without a lock:
 *
 * - The list of card handles of each context. SCardConnect adds to it and SCardDisconnect takes from it, while any call
 *   with a handle walks, in order of age, the lists of all contexts up to the one that it looks for. So here
 *   a context has one handle; from its making until its handle is there no other one is made that might get a handle
 *   (sdc_pcsc_opening), so that nobody's walk comes by; and no handle is ever taken off: SCardReleaseContext does that,
 *   under the library's lock, and leaves the card as it is where no transaction is open.
 * - One table of the readers' states, which SCardListReaders, SCardStatus and SCardGetStatusChange overwrite and then
 *   read. So those that return at once take turns; SCardStatus, which may wait for another program, isn't used. A
 *   wait for events can't take turns: what it overwrites is at most a moment old, and who waits looks again.
 *
 * All of it is safe in the child of a fork. Errors are PC/SC's own. */
#ifndef SDC_CARD_PCSC_H
#define SDC_CARD_PCSC_H

#include <stdbool.h>
#include <winscard.h>

/* Around SCardEstablishContext to SCardConnect of a context that gets a handle. */
void sdc_pcsc_opening(void);
void sdc_pcsc_opened(void);

/* SCardListReaders into *len bytes; no reader is an empty list. */
LONG sdc_pcsc_readers(SCARDCONTEXT context, char *names, DWORD *len);
/* SCardGetStatusChange without waiting. */
LONG sdc_pcsc_states(SCARDCONTEXT context, SCARD_READERSTATE *states, DWORD count);

#endif
