# SPDX-License-Identifier: BSD-2-Clause
# The tests: each tests/unit/test_*.c is a program of its own, each tests/unit/test_*.sh a script that runs as it is,
# each tests/e2e/*.sh and tests/long/*.sh one that runs in the sandbox. tests/programs/ holds what scripts call.
UNIT_SRC   := $(wildcard tests/unit/test_*.c)
UNIT_BIN   := $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SRC))
UNIT_SH    := $(wildcard tests/unit/test_*.sh)
# valgrind judges the program as it ships: not one with sanitizers in it
BY_VALGRIND := tests/e2e/constant-time.sh tests/e2e/cost.sh tests/e2e/privacy-counts.sh
# programs of others start further ones, with environments of their own: no place for a sanitizer's run-time
BY_OTHERS  := $(wildcard tests/e2e/recipes-*.sh tests/long/recipes-*.sh)
E2E_SH     := $(filter-out tests/e2e/lib.sh $(if $(SAN),$(BY_VALGRIND) $(BY_OTHERS)),$(wildcard tests/e2e/*.sh))
LONG_SH    := $(filter-out $(if $(SAN),$(BY_OTHERS)),$(wildcard tests/long/*.sh))
PROGRAM_BIN := $(patsubst tests/programs/%.c,$(B)/tests/%,$(wildcard tests/programs/*.c))
TEST_LIB   := $(wildcard tests/lib/*.c)
TEST_LIBS  := $(B)/lib/libtest.a $(B)/lib/libsdc.a $(B)/lib/libvcard.a $(B)/lib/libcard.a
TESTS_LINK  = $(TEST_LIBS) -lbearssl $(HOST_LIBS) $(CHECK_LIBS)

$(B)/lib/libtest.a: $(call obj,$(TEST_LIB))

$(UNIT_BIN): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $< $(TESTS_LINK)

# the PKCS#11 module exports three names; its own tests see the rest too
P11_TESTS  := $(filter $(B)/tests/test_pkcs11%,$(UNIT_BIN))
$(B)/lib/libmodule.a: $(call obj,$(P11_SRC))
$(P11_TESTS): $(B)/lib/libmodule.a
$(P11_TESTS): TESTS_LINK = $(P11_TESTS_LINK)
P11_TESTS_LINK = $(B)/lib/libtest.a $(B)/lib/libmodule.a $(TEST_LIBS) -lbearssl $(HOST_LIBS) $(CHECK_LIBS)

# the command line program without its main
CLI_TESTS  := $(filter $(B)/tests/test_host_cli%,$(UNIT_BIN))
$(B)/lib/libcli.a: $(call obj,$(filter-out host/cli/main.c,$(CLI_SRC)))
$(CLI_TESTS): $(B)/lib/libcli.a
$(CLI_TESTS): TESTS_LINK = $(B)/lib/libcli.a $(TEST_LIBS) -lbearssl $(HOST_LIBS) $(CHECK_LIBS)

# OpenPACE as the other side
$(B)/tests/test_eac_openpace $(B)/tests/test_lds $(B)/tests/test_docket_read: TESTS_LINK += $(call pkg-libs,libeac)

# the self-tests are shown wrong answers: the library's functions go through the test
WRAPPED := sha1 sha256 aes128_encrypt aes128_decrypt aes_cbc_encrypt aes_cbc_decrypt cmac_end drbg_generate ec_sign
$(B)/tests/test_applet_self_test: TESTS_LINK += $(WRAPPED:%=-Wl,--wrap=crypto_%)

$(B)/tests/pam-login: TESTS_LINK = -lpam

# the steps of a roll fail one after the other
PKI_STEPS := token_find_key token_make_key certificate_make sdc_cvc_make sdc_file_write
$(B)/tests/test_pki_faults: TESTS_LINK += $(PKI_STEPS:%=-Wl,--wrap=%)

# who is handed transport keys and what is wiped goes through the test
$(B)/tests/test_issue_wiping: TESTS_LINK += -Wl,--wrap=stock_transport_keys -Wl,--wrap=sdc_wipe

# whole issues, whose photos are prepared once: test_photo* are about photos, test_issue_wiping about what is left of them
ISSUING := attested change_over interrupt stock
PHOTO_ONCE := -Wl,-u,__wrap_sdc_photo_decode -Wl,--wrap=sdc_photo_decode -Wl,--wrap=sdc_portrait_encode
$(ISSUING:%=$(B)/tests/test_issue_%) $(B)/tests/test_issue $(B)/tests/test_privacy_issued $(B)/tests/test_verify_issued \
    $(B)/tests/test_clone $(B)/tests/test_docket_read $(B)/tests/test_lds: TESTS_LINK += $(PHOTO_ONCE)

$(B)/tests/test_lds_peers $(B)/tests/eac-peer: TESTS_LINK += $(call pkg-libs,libeac)

# the worked run has the card's random numbers, too
$(B)/tests/test_lds_vectors: TESTS_LINK += -Wl,--wrap=crypto_ec_generate -Wl,--wrap=crypto_drbg_generate
$(B)/tests/test_lds_points: TESTS_LINK += -Wl,--wrap=crypto_ec_generate

$(PROGRAM_BIN): $(B)/tests/%: $(B)/obj/tests/programs/%.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $< $(TESTS_LINK)

# the virtual card as it ships; its APDUs go through the test
DOOMED_MAIN := $(call obj,applet/port/vcard/main.c)
$(B)/tests/doomed-card: $(DOOMED_MAIN)
$(B)/tests/doomed-card: TESTS_LINK = $(DOOMED_MAIN) $(B)/lib/libvcard.a $(B)/lib/libcard.a -lbearssl -Wl,--wrap=card_apdu

# the fuzzers' corpora once more, by test_fuzz_corpora.sh
REPLAY_BIN := $(patsubst tests/fuzz/fuzz_%.c,$(B)/tests/replay-%,$(wildcard tests/fuzz/fuzz_*.c))
$(REPLAY_BIN): $(B)/tests/replay-%: $(B)/obj/tests/fuzz/fuzz_%.o $(B)/obj/tests/fuzz/replay.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $(filter %.o,$^) $(TESTS_LINK)
$(B)/tests/replay-pkcs11: $(B)/lib/libmodule.a
$(B)/tests/replay-pkcs11: TESTS_LINK = $(P11_TESTS_LINK)
# whatever a card holds may be signed, there
DOCKET_WRAPPED := -Wl,--wrap=vf_cms_verify -Wl,--wrap=vf_trust_signer
$(B)/tests/replay-docket: TESTS_LINK += $(DOCKET_WRAPPED)

.PHONY: unit test-programs check check-long
unit: $(UNIT_BIN) $(REPLAY_BIN)
test-programs: $(PROGRAM_BIN)

# What doesn't build is a failure among the others, not the end of the run.
# Two runs in one tree build one after the other.
LOCKED   = mkdir -p $(B) && flock $(B)/.lock
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
# The scripts come first: they wait more than they compute, and the longest isn't left for the end.
BUILD_TESTED = build=; $(LOCKED) $(MAKE) --no-print-directory -k $(PARALLEL) all unit test-programs sandbox-tools || build=--build-failed
check:
	@tools/setup check
	@$(BUILD_TESTED); tools/run-tests $$build $(E2E_SH) $(UNIT_BIN) $(UNIT_SH)

check-long:
	@tools/setup long
	@$(BUILD_TESTED); SDC_LONG=1 SDC_TEST_SECONDS=7200 tools/run-tests $$build $(UNIT_BIN) $(UNIT_SH) $(E2E_SH) $(LONG_SH)
