# Everything a developer or a CI machine does, each target with its own set-up.
# A machine with Node.js 20 and npm is enough for all but `make e2e`, which wants Go
# (or KUBEBUILDER_ASSETS, or CLUSTER=kind).

SHELL := /bin/sh
.DEFAULT_GOAL := help

STAMP := node_modules/.package-lock.json
SOURCES := $(shell find src sim scripts/build.mjs -type f 2>/dev/null)

.PHONY: help
help: ## Show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

$(STAMP): package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@scripts/with-node true
	@touch $@

.PHONY: setup
setup: $(STAMP) ## Install dependencies, and a newer Node.js if the machine's is too old

dist/ptp-health.js: $(STAMP) $(SOURCES)
	npm run --silent build

.PHONY: build
build: dist/ptp-health.js ## Bundle the program into dist/

.PHONY: demo
demo: build ## Start a simulated cluster with the operator in it and show what it sees
	@bin/ptp-health demo $(DEMO_ARGS)

.PHONY: test
test: build ## Every test that needs neither root nor Docker nor Go
	npm test --silent

.PHONY: e2e
e2e: build ## The operator against a real Kubernetes control plane
	CLUSTER=$(CLUSTER) e2e/run

.PHONY: lint
lint: setup ## Types, lint, format, import rules, dead code
	npm run --silent types
	npm run --silent lint
	npm run --silent format
	npm run --silent imports
	npm run --silent dead-code

.PHONY: generate
generate: setup ## Write the generated files: CRDs, RBAC, reference pages
	npm run --silent generate

.PHONY: check-generated
check-generated: setup ## Fail when a generated file is not up to date
	npm run --silent generate -- --check

.PHONY: accuracy
accuracy: setup ## Score the engine on the labelled captures and write docs/accuracy.md
	npm run --silent accuracy

.PHONY: bench
bench: build ## Measure speed and size; prints tables, asserts nothing
	npm run --silent bench

.PHONY: image
image: ## Build the container image (BASE= overrides the base image)
	$${CONTAINER_TOOL:-docker} build -t ptp-health-operator:dev $(if $(BASE),--build-arg BASE=$(BASE)) .

.PHONY: clean
clean: ## Remove what was built
	rm -rf dist coverage .eslintcache
