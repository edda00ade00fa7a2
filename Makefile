# make run        set everything up and start the program
# make test       set everything up and run the test suite, trainer included, without what takes more than 5 s
# make test-all   the slow tests as well
# make lint       style, types, and which package may import which
# The set-up itself is scripts/set_up.py; a stamp in .venv keeps it from being repeated.

PYTHON ?= python3
SET_UP := scripts/set_up.py scripts/constraints.txt pyproject.toml

# Most of the time tests wait: for a process, a clock, a sound. So there are more of them at once than cores.
PYTEST := .venv/bin/python -m pytest -n 4 --dist loadgroup

.PHONY: run test test-slow test-all lint

run: .venv/.ready-run
	@.venv/bin/asr-desktop

test: .venv/.ready-test
	$(PYTEST) -m "not slow" $(ARGS)

# Most of them play into a real sound server or kill real processes, on machines that others share: what fails is
# tried once more, and the summary names it as RERUN even if it then passes.
test-slow: .venv/.ready-test-all
	$(PYTEST) -m slow --reruns 1 $(ARGS)

test-all: test test-slow

lint: .venv/.ready-test
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

.venv/.ready-%: $(SET_UP)
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11, 3.12 or 3.13 is needed; install it with:  sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) scripts/set_up.py $*
