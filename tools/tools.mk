# SPDX-License-Identifier: BSD-2-Clause
# Set-up, sandbox, and the targets that show and measure the product.
BOX_SRC := $(wildcard tools/box/*.c)

# What holds the tests is not under test: no sanitizer, whose leak check doesn't work across the sandbox's namespaces.
plain = $(filter-out -fsanitize% -fno-sanitize%,$(1))
$(B)/obj/tools/box/%.o $(B)/obj/tools/pcsc-wait.o $(B)/obj/tools/echo-card.o: LAYER = $(call plain,$(HOSTED) $(HOST_CFLAGS))
$(B)/tools/sandbox-run $(B)/tools/pcsc-wait $(B)/tools/echo-card: LDHARD := $(call plain,$(LDHARD))

$(B)/tools/sandbox-run: $(call obj,$(BOX_SRC))
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $^

$(B)/tools/pcsc-wait: $(B)/obj/tools/pcsc-wait.o
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $^ -lpcsclite

$(B)/tools/echo-card: $(B)/obj/tools/echo-card.o
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $^

$(B)/obj/tools/blank-factory.o: LAYER = $(HOSTED) -Iapplet/include -Iapplet/edge -Iapplet/port/vcard $(HOST_CFLAGS)
$(B)/tools/blank-factory: $(B)/obj/tools/blank-factory.o $(B)/lib/libcard.a
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $^ -lbearssl $(call pkg-libs,libcrypto)

.PHONY: setup sandbox-tools
setup:
	@tools/setup
sandbox-tools: $(B)/tools/sandbox-run $(B)/tools/pcsc-wait $(B)/tools/echo-card $(B)/tools/blank-factory

# ---- static checks: each part is a script in tools/lint/ ----
.PHONY: lint asan fuzz bench demo
lint:
	@tools/setup dev
	@$(LOCKED) $(MAKE) --no-print-directory $(PARALLEL) all unit test-programs sandbox-tools
	@tools/lint/run $(PARTS)

# ---- the whole suite under sanitizers, in a build folder of its own ----
asan:
	@ASAN_OPTIONS=strict_string_checks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
	    LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lib/lsan.supp:print_suppressions=0 \
	    SDC_TEST_SECONDS=1800 $(MAKE) --no-print-directory B=$(B)/asan SAN=address,undefined check

# ---- fuzzers: clang's libFuzzer over everything, FUZZ_SECONDS shared by all of them ----
FUZZ_SECONDS ?= 60
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(B)/fuzzers/%,$(FUZZ_SRC))
$(FUZZ_BIN): $(B)/fuzzers/%: $(B)/obj/tests/fuzz/%.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) -fsanitize=fuzzer $< $(TESTS_LINK)
$(B)/fuzzers/fuzz_pkcs11: $(B)/lib/libmodule.a
$(B)/fuzzers/fuzz_pkcs11: TESTS_LINK = $(P11_TESTS_LINK)
$(B)/fuzzers/fuzz_docket: TESTS_LINK += $(DOCKET_WRAPPED)
.PHONY: fuzzers
fuzzers: $(FUZZ_BIN)
fuzz:
	@tools/setup dev
	@$(MAKE) --no-print-directory $(PARALLEL) B=$(B)/fuzz CC=clang-14 SAN=address,undefined CFLAGS=-fsanitize=fuzzer-no-link fuzzers
	@B=$(B)/fuzz tools/fuzz $(FUZZ_SECONDS) $(notdir $(FUZZ_BIN))

# ---- counts and times ----
BENCH_BIN := $(patsubst tools/bench/%.c,$(B)/tools/%,$(wildcard tools/bench/*.c))
$(BENCH_BIN): $(B)/tools/%: $(B)/obj/tools/bench/%.o
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $^ -lpcsclite
$(B)/obj/tools/bench/module-time.o: LAYER = $(HOSTED) -Ipkcs11 $(HOST_CFLAGS) $(P11_CFLAGS)
bench:
	@tools/setup dev
	@$(LOCKED) $(MAKE) --no-print-directory $(PARALLEL) all sandbox-tools test-programs $(BENCH_BIN)
	@tools/sandbox -n 2 --reader YubicoYubikey -- tools/bench/run

# ---- lines of the card that tests run ----
.PHONY: coverage
coverage:
	@tools/setup dev
	@B=$(B) tools/coverage

# ---- what the card takes on a Cortex-M3 ----
.PHONY: size
size:
	@tools/setup dev
	@tools/size

# ---- one card's whole way ----
demo:
	@tools/setup
	@$(LOCKED) $(MAKE) --no-print-directory $(PARALLEL) all sandbox-tools test-programs
	@flock $(B)/.demo-lock tools/sandbox -- tools/demo
