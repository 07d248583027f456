# SPDX-License-Identifier: BSD-2-Clause
# make install and uninstall: programs, libraries, headers, data, the module's man page and its p11-kit file.
#   DESTDIR  a folder in which the files are laid out, for packages; PREFIX (/usr/local) and LIBDIR (PREFIX/lib) are where
#            they will be found. Programs find libsdc and data by their own place, so that a whole installation may move.
DESTDIR ?=
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
VERSION := 0.1

# mode, file, folder: what is copied as it is; then what is filled in, and links
INSTALLED := \
    755:$(B)/bin/sdc:$(PREFIX)/bin \
    644:$(B)/lib/libsdc.so.0:$(LIBDIR) \
    644:$(B)/lib/sdc-pkcs11.so:$(LIBDIR)/pkcs11 \
    $(patsubst %,644:%:$(PREFIX)/share/sdc,$(DATA)) \
    644:host/include/sdc.h:$(PREFIX)/include \
    $(patsubst %,644:%:$(PREFIX)/include/sdc,$(wildcard host/include/sdc/*.h))
FILLED := \
    tools/install/sdc.pc.in:$(LIBDIR)/pkgconfig/sdc.pc \
    tools/install/sdc-pkcs11.module.in:$(PREFIX)/share/p11-kit/modules/sdc-pkcs11.module \
    pkcs11/sdc-pkcs11.8:$(PREFIX)/share/man/man8/sdc-pkcs11.8

part = $(word $(1),$(subst :, ,$(2)))
fill = sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@LIBDIR@|$(LIBDIR)|g' -e 's|@VERSION@|$(VERSION)|g' $(1) > $(2)

.PHONY: install uninstall
install: all $(DATA)
	$(foreach i,$(INSTALLED),install -D -m $(call part,1,$(i)) $(call part,2,$(i)) $(DESTDIR)$(call part,3,$(i))/$(notdir $(call part,2,$(i))) &&) :
	$(foreach i,$(FILLED),install -d $(dir $(DESTDIR)$(call part,2,$(i))) && $(call fill,$(call part,1,$(i)),$(DESTDIR)$(call part,2,$(i))) && chmod 644 $(DESTDIR)$(call part,2,$(i)) &&) :
	ln -sf libsdc.so.0 $(DESTDIR)$(LIBDIR)/libsdc.so

uninstall:
	rm -f $(foreach i,$(INSTALLED),$(DESTDIR)$(call part,3,$(i))/$(notdir $(call part,2,$(i)))) \
	    $(foreach i,$(FILLED),$(DESTDIR)$(call part,2,$(i))) $(DESTDIR)$(LIBDIR)/libsdc.so
	-rmdir $(foreach d,$(PREFIX)/share/sdc $(PREFIX)/include/sdc $(LIBDIR)/pkcs11,$(DESTDIR)$(d)) 2>/dev/null
