/* SPDX-License-Identifier: BSD-2-Clause */
/* libsdc: everything that a program may call. Each header is the contract of one part. */
#ifndef SDC_H
#define SDC_H

#include "sdc/err.h"
#include "sdc/bytes.h"
#include "sdc/tlv.h"
#include "sdc/link.h"
#include "sdc/piv.h"
#include "sdc/cvc.h"
#include "sdc/eac.h"
#include "sdc/lds.h"
#include "sdc/look.h"
#include "sdc/codes.h"
#include "sdc/record.h"
#include "sdc/mrz.h"
#include "sdc/photo.h"
#include "sdc/station.h"
#include "sdc/stock.h"
#include "sdc/issue.h"
#include "sdc/terminal.h"
#include "sdc/update.h"
#include "sdc/verify.h"
#include "sdc/docket.h"

#endif
