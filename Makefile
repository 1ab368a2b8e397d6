# tend: a tiny init for a container that runs one service.
#
# All that is made goes below build/, all that is fetched below CACHE. Every variable in capitals
# may be set on the command line: make CFLAGS=-O2, make install DESTDIR=/tmp/root PREFIX=/usr

VERSION = 0.1.0

PREFIX  = /usr/local
BINDIR  = $(PREFIX)/bin
MANDIR  = $(PREFIX)/share/man
CACHE   = $(or $(TEND_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/tend)

CC      = musl-gcc
GCC     = gcc
CLANG   = clang
CFLAGS  = -Oz
WERROR  = -Werror
V       = # with V=1, commands are shown

# Bytes of the stripped binary: above the first, the goal, make says so; above the second make size and
# so make test fail. It is to come down to 98304 and below, and meanwhile not to go up.
SIZE_WARN  = 65536
SIZE_LIMIT = 110080

# Seconds that each fuzz target runs in `make test` and in `make fuzz`.
FUZZ_BRIEF = 5
FUZZ_LONG  = 300

# The pure core, with every file whose header says "Pure core". It may call itself and these functions
# of libc: none makes a system call, allocates or keeps state.
CORE    := text names options unit command users service restart health jobs wire record status \
           $(patsubst init/%.h,%,$(shell grep -ls 'Pure core' init/*.h))
CORE_MAY = memcpy memmove memset memcmp memchr memrchr memmem strlen strnlen strcmp strncmp \
           strchr strchrnul strrchr strspn strcspn strstr __popcountdi2
# What would bring in a library's worth of code that PID 1 must do without: the heap, stdio.
BANNED   = malloc realloc aligned_alloc vfprintf vsnprintf fwrite fopen getpwnam getgrnam

# What the goals need: a command, or a file, and the Debian package that brings it.
BUILD_NEEDS = gcc:gcc $(firstword $(CC)):musl-tools patch:patch xz:xz-utils \
              /usr/include/linux/capability.h:linux-libc-dev
LINT_NEEDS  = shellcheck:shellcheck mandoc:mandoc clang:clang \
              /usr/include/sys/capability.h:libcap-dev
TEST_NEEDS  = $(BUILD_NEEDS) $(LINT_NEEDS) bats:bats parallel:parallel python3:python3 \
              unshare:util-linux pkill:procps /usr/include/stdio.h:libc6-dev \
              openssl:openssl curl:curl ip:iproute2 \
              /usr/share/zoneinfo/Europe/Berlin:tzdata \
              /usr/lib/python3*/ensurepip/__init__.py:python3-venv \
              /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a:libclang-rt-dev
BENCH_NEEDS = $(BUILD_NEEDS) python3:python3 strace:strace \
              /usr/lib/python3*/ensurepip/__init__.py:python3-venv

SOURCES  = $(wildcard init/*.c)
OBJECTS  = $(SOURCES:init/%.c=build/obj/%.o)
SHARED   = $(filter-out init/string.c,$(SOURCES)) # in the tests, libc's stand for these
PURE     = $(filter $(CORE:%=init/%.c),$(SOURCES))
TESTED   = $(wildcard tests/unit/*.c tests/fuzz/*.c tests/stubs/*.c)
UNITS    = $(patsubst tests/unit/%.c,build/unit/%,$(filter-out %/unit.c,$(wildcard tests/unit/*.c)))
FUZZERS  = $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/*.c))
STUBS    = $(patsubst tests/stubs/%.c,build/stubs/%,$(wildcard tests/stubs/*.c))
SCRIPTS  = $(shell grep -rlsIE '^\#!.*(bash|bats)$$|shellcheck shell=' .ci docker init rootfs tests)

# ---- flags -------------------------------------------------------------------------------------

WARN       = -Wall -Wextra -Wpedantic -Wshadow -Wundef -Wvla -Wformat=2 -Wcast-qual -Wcast-align \
             -Wwrite-strings -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes \
             -Wold-style-definition -Wredundant-decls -Wdouble-promotion -Wconversion \
             -Wno-sign-conversion $(WERROR)
GCC_WARN   = $(WARN) -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wtrampolines
CLANG_WARN = $(WARN) -Wcomma -Wconditional-uninitialized -Wassign-enum -Wloop-analysis \
             -Wunreachable-code-aggressive -Wshorten-64-to-32 -Wmissing-variable-declarations

LANGUAGE   = -std=c11 -D_GNU_SOURCE= -DTEND_VERSION='"$(VERSION)"' -Iinit -MMD -MP

# What the optimizer must not assume in a program that may never die. With LTO, gcc 12's plain stack
# protector knows arrays of unsigned char only: ten functions, none of which reads what strangers send,
# for 460 bytes. Those of char too are guarded by -strong, with whatever has its address taken, for
# 7,500. -ftrivial-auto-var-init=zero costs 1,800, and would clear buffers of 4 KiB on the way to each
# start and each log line. -fcf-protection, which Ubuntu's gcc turns on and musl does not know, costs 150.
DEFENCE    = -fno-strict-aliasing -fwrapv -fno-delete-null-pointer-checks -fno-stack-protector \
             -fcf-protection=none
# At a fixed address: tables that hold pointers are then in memory that nobody can write.
COMPACT    = -fno-pic -fno-pie -ffunction-sections -fdata-sections \
             -fno-asynchronous-unwind-tables -fno-unwind-tables $(SMALLER)
# What gcc 12 does under -Oz too, though it makes this program larger: 2,900 bytes together.
SMALLER    = -fno-caller-saves -fno-ipa-sra -fno-move-loop-invariants -fno-tree-tail-merge \
             -fno-forward-propagate -fno-jump-tables -fno-shrink-wrap -fno-if-conversion \
             -fno-guess-branch-probability -fno-tree-dominator-opts -fno-tree-loop-im \
             -fno-tree-loop-ivcanon -fno-optimize-sibling-calls -fno-tree-forwprop \
             -fno-builtin-memcmp -fira-region=all \
             --param uninlined-function-insns=0 --param max-jump-thread-duplication-stmts=4 \
             $(if $(findstring x86,$(MACHINE)),-malign-data=abi)
# All code is our own, none of libc's is called, and none of it is of floating point: no function saves or
# copies by registers of 16 bytes, so that none needs a stack aligned to them, which is 1,000 bytes; and two
# registers more can survive a call, as init/system.S knows: 400.
OWN        = $(if $(findstring x86_64,$(MACHINE)),-mno-sse -mpreferred-stack-boundary=3 \
             -fcall-saved-r10 -fcall-saved-r11)
# What lies where, of a program that has nothing of libc's.
LAYOUT     = $(if $(findstring x86_64,$(MACHINE)),-T init/layout.ld)
# The objects hold the code as well, for what looks at each of them.
# In one part: what is in several is not inlined across them, which is 1,500 bytes more.
LTO        = -flto=auto -flto-partition=one -ffat-lto-objects
# Without the small "page", the linker fills the file up to where the few writable bytes get a page of
# their own: they can as well follow at once, in a page of the file that is mapped twice.
LINK       = -static -no-pie -nostartfiles \
             -Wl,--gc-sections,--build-id=none,-z,noseparate-code,-z,norelro,-z,noexecstack \
             -Wl,-z,common-page-size=64
SANITIZE   = -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=address,undefined

# Debian's musl-gcc names the start files of a position-independent program only. Asked when it is
# needed, and once: on a fresh machine there is no compiler yet when this file is read.
MACHINE  = $(eval MACHINE := $(shell $(CC) -dumpmachine))$(MACHINE)
CRT  = /usr/lib/$(subst -gnu,-musl,$(MACHINE))/crt1.o
TOOL = $(shell $(CC) -print-prog-name=$1)
# How tend itself starts. Where it needs nothing of libc's it gets nothing either: what libc has compiled
# keeps neither those registers nor that stack.
START = $(if $(findstring x86_64,$(MACHINE)),-nostdlib build/obj/system.o,$(CRT))

# ---- goals -------------------------------------------------------------------------------------

all: build/tend ## the program: build/tend, static and stripped (the default)
	@size=$$(stat -c %s $<); echo "$< has $$size bytes."; \
	[ $$size -le $(SIZE_WARN) ] || echo "More than $(SIZE_WARN): make size tells why." >&2

run: build/tend ## Elasticsearch under tend on Docker, from nothing to a cluster that answers
	@touch build/docker-used
	docker/engine start
	docker/images tend-elasticsearch
	docker/run-demo

check: | to-test ## what needs no Docker and not long: in under a minute
	@$(IN_PARALLEL) build/tend $(UNITS) $(STUBS)
	@tests/run unit build brief

test: | to-test ## every test, fastest first: unit, fuzz, namespace, tini's, docker, systemd, units, elasticsearch
	@$(IN_PARALLEL) build/tend build/sanitize/tend $(UNITS) $(STUBS) $(FUZZERS) clang
	@FUZZ_SECONDS=$(FUZZ_BRIEF) tests/run unit build lint fuzz namespace sanitized tini \
		docker conformance units elasticsearch

fuzz: $(FUZZERS) ## the parsers, fed with what a fuzzer thinks up, for longer than in make test
	@FUZZ_SECONDS=$(FUZZ_LONG) FUZZ_SEED=0 tests/run fuzz

bench: build/tend | to-bench ## the figures in README.md, beside those of other inits
	@CACHE='$(CACHE)' CC='$(CC)' CRT='$(CRT)' LINK='$(LINK)' \
		FLAGS='$(DEFENCE) $(COMPACT) $(LTO) $(CFLAGS)' tests/bench/run

lint: | to-lint ## the manual, the scripts, and the sources as clang's analyzer sees them
	shellcheck $(filter-out %.bats,$(SCRIPTS))
	@# bats runs each test in a subshell, and what it loads cannot be followed.
	shellcheck --exclude=SC2030,SC2031,SC2034,SC2154 $(filter %.bats,$(SCRIPTS))
	mandoc -T lint -W warning init/tend.8
	@# A name that is no function's any more would put nothing in its place, and say nothing.
	@for name in $$(grep -o '\.text\.[a-z_]*' init/layout.ld | cut -d . -f 3); do \
		grep -qw "$$name" init/*.[chS] || { echo "init/layout.ld: $$name is not there" >&2; exit 1; }; done
	@$(IN_PARALLEL) $(SOURCES:init/%.c=build/analyzed/%)

size: build/obj/apart build/tend ## what each object adds to it, in bytes; fails if it is too large
	@tests/size build/obj/apart.map build/tend
	@[ $$(stat -c %s build/tend) -le $(SIZE_LIMIT) ] || \
		{ echo 'build/tend has more than $(SIZE_LIMIT) bytes: too large.' >&2; exit 1; }

install: build/tend ## the program and its manual; DESTDIR and PREFIX are heeded
	install -D -m 755 build/tend $(DESTDIR)$(BINDIR)/tend
	install -D -m 644 init/tend.8 $(DESTDIR)$(MANDIR)/man8/tend.8

uninstall: ## what install has put there
	rm -f $(DESTDIR)$(BINDIR)/tend $(DESTDIR)$(MANDIR)/man8/tend.8

clean: ## undoes all: build/, the containers, the images, the engine if it is one that we started
	@if ls build/docker* >/dev/null 2>&1; then docker/images clean && docker/engine stop; fi
	rm -rf build

distclean: clean ## and what was fetched
	rm -rf $(CACHE)

help: ## this list
	@awk -F ':[^#]*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

# ---- the program -------------------------------------------------------------------------------

IN_PARALLEL = $(MAKE) --no-print-directory --jobs=$$(nproc)
SAY = $(if $(V),,@echo '$1 $(if $2,$2,$@)';)

build/tend: build/obj/tend build/obj/pure
	$(call SAY,STRIP)$(call TOOL,strip) --strip-all --remove-section=.comment \
		--remove-section='.note*' -o $@ $<
	@! $(call TOOL,readelf) --wide --program-headers $@ | grep -E 'INTERP|DYNAMIC|RWE'
	@! $(call TOOL,nm) $< | grep -wE '$(subst $() ,|,$(strip $(BANNED)))'

build/obj/tend: $(OBJECTS) build/obj/system.o build/libcap init/layout.ld
	$(call SAY,LINK)$(CC) $(DEFENCE) $(COMPACT) $(OWN) $(LTO) $(CFLAGS) $(LINK) $(LAYOUT) \
		$(LDFLAGS) -o $@ $(START) $(OBJECTS) build/libcap/libcap.a

# Linked as above, but each object by itself: to see which is how large.
build/obj/apart: $(OBJECTS) build/obj/system.o build/libcap
	$(call SAY,LINK)$(CC) $(LINK) -fno-lto $(LDFLAGS) -Wl,-Map=$@.map -o $@ $(START) $(OBJECTS) \
		build/libcap/libcap.a

build/obj/%.o: init/%.c Makefile | build/libcap
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(LANGUAGE) $(GCC_WARN) $(DEFENCE) $(COMPACT) $(OWN) $(LTO) $(CFLAGS) $(CPPFLAGS) \
		-isystem build/libcap/include -c -o $@ $<

build/obj/%.o: init/%.S Makefile
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) -c -o $@ $<

# Neither may the compiler turn its loops into calls of what they are, nor look into them elsewhere.
build/obj/string.o: LTO = -fno-lto -ffreestanding -fno-tree-loop-distribute-patterns

build/libcap: Makefile init/libcap.sh | to-build
	@mkdir -p $(@D)
	@CC='$(CC)' CFLAGS='$(DEFENCE) $(COMPACT) $(OWN) $(LTO) $(CFLAGS)' init/libcap.sh $(CACHE) $@

# The core keeps no state and calls nobody but itself and those allowed. nm -P: file, name, type.
build/obj/pure: $(PURE:init/%.c=build/obj/%.o)
	@$(call TOOL,nm) --plugin=/dev/null -A -P $(if $^,$^,/dev/null) | awk -v may='$(CORE_MAY)' ' \
		BEGIN { for (n = split(may, name); n; n--) known[name[n]] = 1 } \
		$$3 ~ /[A-TV-Z]/ { known[$$2] = 1 } \
		$$3 == "U" { user[$$2] = $$1 } \
		$$3 ~ /[BbCDd]/ { print $$1 " " $$2 " is state: the core keeps none"; bad = 1 } \
		END { for (n in user) if (!(n in known)) { \
			print user[n] " " n " is not for the core to call"; bad = 1 } \
		exit bad }' >&2
	@touch $@

# ---- what tests it -----------------------------------------------------------------------------

build/sanitize/tend: $(SHARED:init/%.c=build/sanitize/%.o) tests/helpers/sanitizer.c
	$(call SAY,LINK)$(GCC) $(SANITIZE) -o $@ $^ -lcap

build/sanitize/%.o: init/%.c Makefile | to-test
	@mkdir -p $(@D)
	$(call SAY,CC)$(GCC) $(LANGUAGE) $(GCC_WARN) $(SANITIZE) -c -o $@ $<

# The core, and of the shell what is tested apart from its system calls.
$(UNITS): %: %.o build/unit/unit.o $(PURE:init/%.c=build/sanitize/%.o) build/sanitize/pool.o \
          build/sanitize/kernel.o
	$(call SAY,LINK)$(GCC) $(SANITIZE) -o $@ $^

build/unit/%.o: tests/unit/%.c Makefile | to-test
	@mkdir -p $(@D)
	$(call SAY,CC)$(GCC) $(LANGUAGE) $(GCC_WARN) $(SANITIZE) -c -o $@ $<

$(FUZZERS): %: %.o $(PURE:init/%.c=build/fuzz/init/%.o)
	$(call SAY,LINK)$(CLANG) $(SANITIZE) -fsanitize=fuzzer -o $@ $^

build/fuzz/%.o: tests/fuzz/%.c Makefile | to-test
	@mkdir -p $(@D)
	$(call SAY,CLANG)$(CLANG) $(LANGUAGE) $(CLANG_WARN) $(SANITIZE) -fsanitize=fuzzer -c -o $@ $<

build/fuzz/init/%.o: init/%.c Makefile | to-test
	@mkdir -p $(@D)
	$(call SAY,CLANG)$(CLANG) $(LANGUAGE) $(CLANG_WARN) $(SANITIZE) -fsanitize=fuzzer-no-link \
		-c -o $@ $<

build/stubs/%: tests/stubs/%.c Makefile | build/libcap
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(LANGUAGE) $(GCC_WARN) -isystem build/libcap/include -O1 -static -o $@ $<

# For the second compiler's warnings only.
clang: $(patsubst %.c,build/clang/%.o,$(SOURCES) $(TESTED))

build/clang/%.o: %.c Makefile | to-test
	@mkdir -p $(@D)
	$(call SAY,CLANG)$(CLANG) $(LANGUAGE) $(CLANG_WARN) $(DEFENCE) -O2 \
		-c -o $@ $<

# By clang's analyzer, which takes half a minute for the largest machine. The object is there to
# tell whether a header has changed.
build/analyzed/%: init/%.c build/obj/%.o | to-lint
	@mkdir -p $(@D)
	$(call SAY,ANALYZE)$(CLANG) --analyze --analyzer-output text -Xclang -analyzer-werror \
		$(filter-out -MMD -MP,$(LANGUAGE)) $<
	@touch $@

# ---- what it all needs -------------------------------------------------------------------------

# A name without a slash is searched for as a shell would. Where nothing is missing, nothing runs.
found   = $(wildcard $(if $(filter /%,$1),$1,$(addsuffix /$1,$(subst :, ,$(PATH)))))
lacking = $(strip $(foreach need,$1,$(if $(call found,$(firstword $(subst :, ,$(need)))),, \
              $(lastword $(subst :, ,$(need))))))

# One after the other: two apts at a time get into each other's way.
to-test: | build/libcap
to-build: missing = $(call lacking,$(BUILD_NEEDS))
to-lint:  missing = $(call lacking,$(LINT_NEEDS))
to-test:  missing = $(call lacking,$(TEST_NEEDS))
to-bench: missing = $(call lacking,$(BENCH_NEEDS))
to-build to-lint to-test to-bench:
	@$(if $(missing),$(install-missing),:)

define install-missing
[ $$(id -u) = 0 ] || \
		{ echo 'Missing for $(@:to-%=make %). As root: apt-get install $(missing)' >&2; exit 1; }
	@echo 'Installing with apt what is missing for $(@:to-%=make %) (up to a minute): $(missing)'
	@apt-get -qq update
	@DEBIAN_FRONTEND=noninteractive apt-get -qq --yes --no-install-recommends \
		-o DPkg::Lock::Timeout=600 install $(missing) >/dev/null
endef

-include $(wildcard $(addsuffix .d,$(addprefix build/,*/* */*/* */*/*/*)))

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.PHONY: all run check test fuzz bench lint size install uninstall clean distclean help \
        clang to-build to-lint to-test to-bench
