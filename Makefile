# Two commands are enough on a fresh machine with a Swift toolchain, git, make and python3:
#   make demo    make test
# Each installs the Debian packages it misses, and says so.

SHELL := /bin/bash
SWIFT ?= swift
DATA := ../shared/data/marketing_agents
BENCH := .build/bench
# The static runtime keeps the start short and the memory small.
RELEASE := -c release --static-swift-stdlib
CHECKED := --explicit-target-dependency-import-check error

.PHONY: demo test bench recall-embedded sanitize lint format interop autobahn packages

packages:
	@./deploy/install-packages.sh

demo: packages
	$(SWIFT) build $(RELEASE) --product leadrelay
	$(SWIFT) build $(RELEASE) --product mcp-client
	$(SWIFT) build $(RELEASE) --product triage-agent
	$(SWIFT) build $(RELEASE) --product engagement-agent
	$(SWIFT) build $(RELEASE) --product optimizer-agent
	@./Benchmarks/demo.sh "$$($(SWIFT) build $(RELEASE) --show-bin-path)" "$(DATA)"

# One debug build serves lint, tests and interoperability. More tests at a time take no less time on two
# cores, and run those that wait for other processes into their time limits.
GENTLE := --experimental-maximum-parallelization-width 6

# Before the tests: some send mails to a server in one of these environments, and are skipped without it.
test: packages lint
	@./clients/python/setup.sh
	$(SWIFT) build --build-tests $(CHECKED)
	@set -o pipefail; $(SWIFT) test --skip-build $(GENTLE) 2>&1 | tee .build/test.log
	@grep -qaE "Test run with [0-9]+ tests.* passed" .build/test.log \
	  || { echo "the tests ended without saying that they passed" >&2; exit 1; }
	@$(MAKE) --no-print-directory interop

# Over WebSocket all scripts but those about lines, and about what comes behind the end of the input.
LINE_SCRIPTS := $(addprefix clients/replay/,07-% 11-% 18-% 20-%)
FRAME_SCRIPTS := $(filter-out $(LINE_SCRIPTS),$(sort $(wildcard clients/replay/*.jsonl)))
# Over HTTP those whose messages a client can send: no broken ones, no batches, no second handshake, and none
# of which the order counts, as two requests may come in by two connections.
REQUEST_SCRIPTS := $(foreach number,02 12 13 15 17 19 22,$(wildcard clients/replay/$(number)-*.jsonl))

interop:
	@./clients/python/setup.sh
	@"$$($(SWIFT) build --show-bin-path)/mcp-client" replay clients/replay/*.jsonl --failures-only
	@"$$($(SWIFT) build --show-bin-path)/mcp-client" replay $(FRAME_SCRIPTS) --over websocket --failures-only
	@"$$($(SWIFT) build --show-bin-path)/mcp-client" replay $(REQUEST_SCRIPTS) --over http --failures-only
	@./clients/python/run_all.sh "$$($(SWIFT) build --show-bin-path)/leadrelay"
	@python3 ./clients/python/readme.py "$$($(SWIFT) build --show-bin-path)"

# The public WebSocket cases (Autobahn), against our server and our client.
autobahn: packages
	$(SWIFT) build --product websocket-echo
	@./Tests/WebSocketEcho/autobahn.sh "$$($(SWIFT) build --show-bin-path)/websocket-echo"

bench: packages
	$(SWIFT) build $(RELEASE) --product leadrelay
	$(SWIFT) build $(RELEASE) --product mcp-client
	@./Benchmarks/bench.sh "$$($(SWIFT) build $(RELEASE) --show-bin-path)" "$(BENCH)"

# Recall on public conversations with an embedder, which is a service of ours on this machine. Reads DIALOGUES.
DIALOGUES := ../shared/data/locomo_dev.json

recall-embedded: packages
	$(SWIFT) build $(RELEASE) --product leadrelay
	@./Benchmarks/recall-embedded.sh "$$($(SWIFT) build $(RELEASE) --show-bin-path)/leadrelay" "$(DIALOGUES)"

# ThreadSanitizer cannot see the futex in Synchronization.Mutex; the flag puts pthread locks in its place.
# Code that is ten times slower wants fewer tests at a time, or they run into their time limits.
SANITIZED := --experimental-maximum-parallelization-width 2
# One thread's long computations, which take a quarter of an hour under ThreadSanitizer.
ALONE := --skip VectorSearchTests

sanitize: packages
	$(SWIFT) test --sanitize=thread --scratch-path .build-tsan -Xswiftc -DSANITIZE_THREAD $(SANITIZED) $(ALONE)
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/lsan.supp \
	  $(SWIFT) test --sanitize=address --scratch-path .build-asan $(SANITIZED)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests clients

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests clients
