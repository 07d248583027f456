# SPDX-License-Identifier: BSD-2-Clause
# Secure Docket Card. Everyday use: `make demo`, `make check`. Everything that is made stands below $(B).
#
#   make            programs and libraries          make demo        issue, verify and sign with one virtual card
#   make check      all tests, below 15 minutes     make check-long  what takes longer
#   make lint       static checks                   make asan        the suite under sanitizers
#   make fuzz       the fuzzers                     make bench       counts and times against peers
#
# Others: setup, clean, install, uninstall (DESTDIR, PREFIX). Variables: B (build folder), CC, SAN (sanitizers), V=1 (show the commands).
B      ?= build
ifeq ($(origin CC),default)
CC     := gcc
endif
SAN    ?=
export B

.DEFAULT_GOAL := all
.SUFFIXES:
# short lines; V=1 shows the commands
$(V).SILENT:
.DELETE_ON_ERROR:

# ---- flags (style: warnings are errors under gcc and clang) ----
WARN   := -Wall -Wextra -Werror -Wshadow -Wcast-qual -Wwrite-strings -Wmissing-prototypes -Wstrict-prototypes \
          -Wconversion -Wsign-conversion -Wimplicit-fallthrough -Wvla -Wformat=2 -Wundef -Wpointer-arith
# gcc warns falsely in instrumented code; the plain build is the judge
SANFLAGS := $(if $(SAN),-Wno-error -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
HARDEN := -fstack-protector-strong -fstack-clash-protection $(if $(SAN),,-D_FORTIFY_SOURCE=2) -fPIC
BASE   := -std=c11 -O2 -g $(WARN) -fvisibility=hidden -ffunction-sections -fdata-sections $(HARDEN) $(SANFLAGS) -MMD -MP
HOSTED := $(BASE) -D_GNU_SOURCE
# what libsdc exports is said by host/libsdc.exports
LIBSDC := $(HOSTED) -fvisibility=default
LDHARD := -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed -Wl,--gc-sections $(SANFLAGS)

pkg-cflags = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(1) 2>/dev/null))
pkg-libs   = $(shell pkg-config --libs $(1) 2>/dev/null)
HOST_PKGS := libcrypto libpcsclite libp11 jansson libopenjp2 libturbojpeg libpng sqlite3 zlib
# pkg-config is asked once the packages are there, so that `make setup` works without it
HOST_CFLAGS = $(eval HOST_CFLAGS := $(call pkg-cflags,$(HOST_PKGS)))$(HOST_CFLAGS)
HOST_LIBS   = $(eval HOST_LIBS := $(call pkg-libs,$(HOST_PKGS)) -lunistring)$(HOST_LIBS)
P11_CFLAGS  = $(eval P11_CFLAGS := $(call pkg-cflags,libcrypto libpcsclite p11-kit-1 zlib))$(P11_CFLAGS)
P11_LIBS    = $(eval P11_LIBS := $(call pkg-libs,libcrypto libpcsclite zlib))$(P11_LIBS)
CHECK_CFLAGS = $(eval CHECK_CFLAGS := $(call pkg-cflags,check))$(CHECK_CFLAGS)
CHECK_LIBS   = $(eval CHECK_LIBS := $(call pkg-libs,check))$(CHECK_LIBS)

# ---- layers: sources by folder, each compiled with only its own include paths ----
CORE_SRC   := $(wildcard applet/core/*.c applet/issuer/*.c applet/lds/*.c applet/piv/*.c)
CRYPTO_SRC := $(wildcard applet/crypto/*.c)
VCARD_SRC  := $(wildcard applet/port/vcard/*.c)
LIB_SRC    := $(wildcard host/base/*.c host/card/*.c host/issue/*.c host/registry/*.c host/verify/*.c)
CLI_SRC    := $(wildcard host/cli/*.c)
P11_SRC    := $(wildcard pkcs11/*.c)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))

$(B)/obj/applet/core/%.o $(B)/obj/applet/issuer/%.o $(B)/obj/applet/lds/%.o $(B)/obj/applet/piv/%.o: \
    LAYER = $(BASE) -ffreestanding -Iapplet/include -Iapplet/edge -Iapplet/core -Iapplet/issuer -Iapplet/lds -Iapplet/piv
$(B)/obj/applet/crypto/%.o: LAYER = $(BASE) -Iapplet/include
$(B)/obj/applet/port/vcard/%.o: LAYER = $(HOSTED) -Iapplet/include -Iapplet/port/vcard
$(B)/obj/host/base/%.o: LAYER = $(LIBSDC) -Ihost/include -Ihost/base $(HOST_CFLAGS)
$(B)/obj/host/card/%.o: LAYER = $(LIBSDC) -Ihost/include -Iapplet/edge -Ihost/base -Ihost/card $(HOST_CFLAGS)
$(B)/obj/host/issue/%.o: LAYER = $(LIBSDC) -Ihost/include -Iapplet/edge -Ihost/base -Ihost/issue $(HOST_CFLAGS)
$(B)/obj/host/registry/%.o: LAYER = $(LIBSDC) -Ihost/include -Ihost/base -Ihost/registry $(HOST_CFLAGS)
$(B)/obj/host/verify/%.o: LAYER = $(LIBSDC) -Ihost/include -Iapplet/edge -Ihost/base -Ihost/verify $(HOST_CFLAGS)
$(B)/obj/host/cli/%.o: LAYER = $(HOSTED) -Ihost/include -Ihost/cli $(HOST_CFLAGS)
$(B)/obj/pkcs11/%.o: LAYER = $(HOSTED) -Ihost/include -Ipkcs11 $(P11_CFLAGS)
$(B)/obj/tests/%.o: LAYER = $(HOSTED) -Iapplet/include -Iapplet/edge -Iapplet/core -Iapplet/issuer -Iapplet/lds -Iapplet/piv -Iapplet/port/vcard -Ihost/include -Ihost/base -Ihost/card \
    -Ihost/issue -Ihost/registry -Ihost/verify -Ihost/cli -Ipkcs11 -Itests/lib $(HOST_CFLAGS) $(P11_CFLAGS) $(CHECK_CFLAGS)
$(B)/obj/tools/%.o: LAYER = $(HOSTED) -Iapplet/include -Iapplet/port/vcard -Ihost/include $(HOST_CFLAGS)

$(B)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  cc    $<"
	$(CC) $(LAYER) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# ---- libraries ----
# whole archives are rebuilt: ar keeps members whose source is gone
$(B)/lib/libcard.a: $(call obj,$(CORE_SRC) $(CRYPTO_SRC))
$(B)/lib/libsdc.a: $(call obj,$(LIB_SRC))
$(B)/lib/libvcard.a: $(call obj,$(filter-out applet/port/vcard/main.c,$(VCARD_SRC)))
$(B)/lib/%.a:
	@mkdir -p $(@D)
	rm -f $@ && $(AR) rcs $@ $^

# the version script comes from the list of exported symbols
$(B)/obj/%.map: %.exports
	@mkdir -p $(@D)
	(echo '{ global:'; sed -e 's/#.*//' -e '/^ *$$/d' -e 's/$$/;/' $<; echo 'local: *; };') > $@

$(B)/lib/libsdc.so: $(B)/lib/libsdc.a $(B)/obj/host/libsdc.map
	$(CC) -shared -Wl,-soname,libsdc.so.0 -Wl,--version-script=$(B)/obj/host/libsdc.map -o $@ $(LDHARD) \
	    -Wl,--whole-archive $< -Wl,--no-whole-archive $(HOST_LIBS)
	ln -sf libsdc.so $(B)/lib/libsdc.so.0

$(B)/lib/sdc-pkcs11.so: $(call obj,$(P11_SRC)) $(B)/lib/libsdc.a $(B)/obj/pkcs11/sdc-pkcs11.map
	@mkdir -p $(@D)
	$(CC) -shared -Wl,-z,nodelete -Wl,--version-script=$(B)/obj/pkcs11/sdc-pkcs11.map -o $@ $(LDHARD) \
	    $(call obj,$(P11_SRC)) -Wl,--exclude-libs,ALL $(B)/lib/libsdc.a $(P11_LIBS)

# ---- programs ----
$(B)/bin/sdc: $(call obj,$(CLI_SRC)) $(B)/lib/libsdc.so
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $(call obj,$(CLI_SRC)) -L$(B)/lib -lsdc -Wl,-rpath,'$$ORIGIN/../lib' $(HOST_LIBS)

$(B)/bin/sdc-vcard: $(call obj,$(wildcard applet/port/vcard/main.c)) $(B)/lib/libvcard.a $(B)/lib/libcard.a
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $^ -lbearssl

# ---- data: the code tables, found beside the library or program that runs ----
DATA := $(patsubst host/data/%,$(B)/share/sdc/%,$(wildcard host/data/*))
$(B)/share/sdc/%: host/data/%
	@mkdir -p $(@D)
	cp $< $@
host unit fuzzers: $(DATA)

.PHONY: all applet host pkcs11 clean
applet: $(B)/bin/sdc-vcard
host: $(B)/bin/sdc
pkcs11: $(B)/lib/sdc-pkcs11.so
all: applet host pkcs11
clean:
	rm -rf $(B)

include tests/tests.mk
include tools/tools.mk
include tools/install.mk

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
