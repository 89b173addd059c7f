# The commands of this repository. Each sets the machine up first (./setup), which takes no time when it is done.

node := $(CURDIR)/node_modules/.bin/node
# Samba listens on ports below 1024 and owns its files, so what starts a domain runs as root.
as_root := $(if $(filter 0,$(shell id -u)),,sudo -E env)
run := $(as_root) PATH="$(CURDIR)/node_modules/.bin:$(PATH):/usr/sbin:/sbin" $(node)

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests root demo test check chaos chaos-bugs endurance bench package

help: ## Show this
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: ## Install what is missing: Debian's redis-server and Samba, npm packages, Node 24; build the page
	@./setup

setup-tests:
	@./setup --tests

root:
	@[ "$$(id -u)" -eq 0 ] || command -v sudo >/dev/null || \
	  { echo 'This starts a domain controller, which needs root: run it as root, or install sudo.' >&2; exit 1; }

demo: root setup ## Sync a real directory into a simulated LastPass, change it, watch it; ONCE=1 ends after the round
	@$(run) demo/main.ts $(if $(filter-out 0 no,$(ONCE)),--once)

test: root setup-tests ## Types, lint, unit and integration tests
	@$(run) tests/run.ts

endurance: root setup ## An hour of changes on a real directory: does anything grow, slow down, get lost; MINUTES=60 RATE=20
	@MINUTES='$(MINUTES)' RATE='$(RATE)' $(run) tests/endurance/main.ts

bench: root setup ## How fast it is, and what it takes, beside yardsticks; RUNS=3 ONLY=first-sync OUT=file.json
	@RUNS='$(RUNS)' ONLY='$(ONLY)' OUT='$(OUT)' $(run) tests/bench/main.ts

check: setup ## Types and lint only
	@$(node) tests/run.ts --check

package: setup ## One file of a release for Debian, and its SBOM, into dist/; VERSION=0.2.0
	@$(node) --disable-warning=ExperimentalWarning packaging/main.ts $(if $(VERSION),--version '$(VERSION)')

chaos: root setup ## Random operations and overlapping faults on real servers; FAULTS=100 SEED=7 says how many, and repeats a run; DIRECTORIES=2
	@$(run) tests/chaos/main.ts

chaos-bugs: root setup ## Plant one bug after the other and let chaos find it; BUG=fence chooses, FAULTS=300 is the most
	@$(run) tests/chaos/find-planted-bugs.ts
