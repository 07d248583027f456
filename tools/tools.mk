# SPDX-License-Identifier: BSD-2-Clause
# Set-up, sandbox, and the targets that show and measure the product.
BOX_SRC := $(wildcard tools/box/*.c)

$(B)/tools/sandbox-run: $(call obj,$(BOX_SRC))
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $^

$(B)/tools/pcsc-wait: $(B)/obj/tools/pcsc-wait.o
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $^ -lpcsclite

$(B)/tools/echo-card: $(B)/obj/tools/echo-card.o
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $(LDHARD) $^

.PHONY: setup sandbox-tools
setup:
	@tools/setup
sandbox-tools: $(B)/tools/sandbox-run $(B)/tools/pcsc-wait $(B)/tools/echo-card
