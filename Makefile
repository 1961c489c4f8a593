# Every target prepares what it needs. `make help` lists them.

VENV   := .venv
PY     := $(VENV)/bin/python
CODE   := settings bot flows worker tests domain store channel sandbox bench
RECORD ?=
ARGS   ?=
DAY    ?= $(shell date +%F)
NOTICE ?=
N      ?= 20000
ID     ?= demo.worker

PAGES  := bot/static/packages/.stamp

.DEFAULT_GOAL := help
.PHONY: help setup run serve doctor talk messages test check lint types floors format lock bench demo demo-code pictures rulebook whatif audit-verify

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.run-stamp $(PAGES) ## the environment alone: .venv and the packages of the pages, with hashes
	@echo '环境已就绪 · $(VENV) is ready'

run: $(VENV)/.run-stamp $(PAGES) ## everything on this machine, with a phone to try it; PORT=8090 SANDBOX=http://127.0.0.1:8091 DATA_DIR=…
	@exec $(PY) -m worker.running.supervise run

serve: $(VENV)/.run-stamp $(PAGES) ## the same for a real account: settings from the environment or .env
	@exec $(PY) -m worker.running.supervise serve

doctor: $(VENV)/.run-stamp ## look at this installation from outside in; says what to do. ARGS=--json for machines
	@exec $(PY) -m worker.doctor $(ARGS)

talk: $(VENV)/.run-stamp ## the bot in this terminal; RECORD=FILE writes the transcript
	@exec $(PY) -m bot.talk $(if $(RECORD),--record '$(RECORD)') $(ARGS)

messages: $(VENV)/.run-stamp ## bring the catalogues in locale/ up to date, and say what lacks its translation
	@$(PY) -m channel.messages; told=$$?; $(PY) -m bot.console.messages && exit $$told

test: $(VENV)/.dev-stamp $(PAGES) ## all tests; ARGS="-k words" for some
	@PY=$(PY) sh .ci/lacking || true
	@exec $(PY) -m pytest -n 2 $(ARGS)

check: lint types floors test ## lint, types, floors and tests

audit-verify: $(VENV)/.run-stamp ## that nothing was changed in the audit, or where; ROOT=… noted earlier has to be in it
	@exec $(PY) -m worker audit verify $(if $(ROOT),--root '$(ROOT)')

lint: $(VENV)/.dev-stamp ## ruff: mistakes and format
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check . || { echo 'make format 可自动整理 · `make format` puts this right'; exit 1; }

types: $(VENV)/.dev-stamp ## mypy --strict
	@$(VENV)/bin/mypy --strict $(CODE)

floors: $(VENV)/.dev-stamp ## upper floors may import lower ones, never the reverse
	@$(VENV)/bin/lint-imports --no-logo

format: $(VENV)/.dev-stamp ## let ruff format and mend what it can
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet .

demo: $(VENV)/.run-stamp ## beside `make run`: N invented people, colleagues of every role, and how they sign in
	@exec $(PY) -m worker demo $(N) --office $(ARGS)

demo-code: $(VENV)/.run-stamp ## the six digits with which an invented colleague signs in; ID=demo.worker
	@exec $(PY) -m worker demo-code $(ID)

bench: $(VENV)/.dev-stamp $(PAGES) ## the measurements, as ratios; ARGS chooses
	@exec $(PY) -m bench $(ARGS)

pictures: $(VENV)/.dev-stamp $(PAGES) ## the pictures of the README, from a real run
	@exec $(PY) -m tests.e2e.pictures

rulebook: $(VENV)/.run-stamp ## the rules that an official signs, text and page, in data/rulebook; DAY=2020-03-02 or NOTICE=draft.py
	@mkdir -p data/rulebook
	@$(PY) -m domain.rulebook $(or $(NOTICE),$(DAY)) > data/rulebook/rules.txt
	@$(PY) -m domain.rulebook $(or $(NOTICE),$(DAY)) --page > data/rulebook/rules.html
	@cat data/rulebook/rules.txt; echo; echo '签字页 · the page to sign: data/rulebook/rules.html'

whatif: $(VENV)/.run-stamp ## how many people a draft notice would recolour, by county, over the real records; NOTICE=draft.py
	@$(if $(NOTICE),,echo '要哪一份草案？make whatif NOTICE=draft.py · which draft?'; exit 2)
	@exec $(PY) -m worker whatif $(NOTICE) $(ARGS)

LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: $(VENV)/.dev-stamp ## write requirements*.txt from requirements*.in; ARGS="--upgrade" takes newer versions
	@$(LOCK) $(ARGS) requirements.in -o requirements.txt
	@$(LOCK) $(ARGS) requirements-dev.in -c requirements.txt -o requirements-dev.txt
	@$(LOCK) $(ARGS) requirements-npm.in -o requirements-npm.txt

# --- the environment ----------------------------------------------------------------------------------------------------

PIP = $(PY) -m pip install -qq --no-input --disable-pip-version-check --require-hashes
FAILED = { echo '依赖未能安装，见上方原因；检查网络后重试 · installing failed, the reason is above; then try again'; exit 1; }

# A .venv whose Python is gone is made anew, and its packages with it.
$(shell test -x $(PY) || rm -f $(VENV)/.run-stamp $(VENV)/.dev-stamp)

$(PY):
	@found=; for python in python3.13 python3.12 python3.11 python3; do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
	  then found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then echo '需要带 venv 的 Python 3.11–3.13 · needs Python 3.11 to 3.13 with venv (Debian: apt install python3 python3-venv)'; exit 1; fi; \
	echo "正在准备环境 · preparing $(VENV) with $$($$found --version)"; $$found -m venv --clear $(VENV)

$(VENV)/.run-stamp: requirements.txt | $(PY)
	@$(PIP) -r requirements.txt || $(FAILED)
	@touch $@

$(VENV)/.dev-stamp: requirements-dev.txt $(VENV)/.run-stamp
	@$(PIP) -r requirements-dev.txt || $(FAILED)
	@touch $@

# What the pages load in a browser: npm checks it against the hashes of package-lock.json and runs none of its scripts.
$(PAGES): package.json package-lock.json requirements-npm.txt | $(VENV)/.run-stamp
	@$(PY) -m bot.packages
	@touch $@
