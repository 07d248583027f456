# SPDX-License-Identifier: BSD-2-Clause
# The tests: each tests/unit/test_*.c is a program of its own, each tests/e2e/*.sh a script that runs in the sandbox.
UNIT_SRC   := $(wildcard tests/unit/test_*.c)
UNIT_BIN   := $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SRC))
TEST_LIB   := $(wildcard tests/lib/*.c)
TESTS_LINK  = $(B)/lib/libtest.a $(B)/lib/libsdc.a $(B)/lib/libvcard.a $(B)/lib/libcard.a -lbearssl $(HOST_LIBS) $(CHECK_LIBS)

$(B)/lib/libtest.a: $(call obj,$(TEST_LIB))

$(B)/tests/test_%: $(B)/obj/tests/unit/test_%.o $(B)/lib/libtest.a $(B)/lib/libsdc.a $(B)/lib/libvcard.a $(B)/lib/libcard.a
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $< $(TESTS_LINK)

.PHONY: unit
unit: $(UNIT_BIN)

# helper programs of the shell tests and of the demo
PROGRAM_BIN := $(patsubst tests/programs/%.c,$(B)/tests/%,$(wildcard tests/programs/*.c))
$(PROGRAM_BIN): $(B)/tests/%: $(B)/obj/tests/programs/%.o $(B)/lib/libtest.a $(B)/lib/libsdc.a $(B)/lib/libvcard.a $(B)/lib/libcard.a
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $< $(TESTS_LINK)

.PHONY: test-programs
test-programs: $(PROGRAM_BIN)
