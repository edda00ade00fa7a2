# make run        set everything up and start the program
# make test       set everything up and run the test suite, trainer included, without what takes more than 5 s
# make test-all   the slow tests as well
# make lint       style, types, and which package may import which
# make package    wheel, source package, and the packages for this system, in dist/
# make test-package   make them and try them: in an empty environment, and in a Debian with nothing else
# The set-up itself is scripts/set_up.py; a stamp in .venv keeps it from being repeated.

PYTHON ?= python3
SET_UP := scripts/set_up.py scripts/constraints.txt pyproject.toml

PYTEST := .venv/bin/python -m pytest --dist loadgroup

.PHONY: run test test-slow test-all lint package test-package

run: .venv/.ready-run
	@.venv/bin/asr-desktop

# Most of the time tests wait: for a process, a clock, a file. So there are more of them at once than cores.
test: .venv/.ready-test
	$(PYTEST) -n 4 -m "not slow" $(ARGS)

# Those that play into a real sound server have one worker, and so a core, for themselves.
test-slow: .venv/.ready-test-all
	$(PYTEST) -n 2 -m slow $(ARGS)

test-all: test test-slow

lint: .venv/.ready-test
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

package:
	$(PYTHON) packaging/build_packages.py

test-package: .venv/.ready-test-package package
	ASR_DESKTOP_DIST=$(CURDIR)/dist $(PYTEST) -n 0 tests/packaging/test_built_packages.py \
		tests/packaging/test_packaged_program.py $(ARGS)

.venv/.ready-%: $(SET_UP)
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11, 3.12 or 3.13 is needed; install it with:  sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) scripts/set_up.py $*
