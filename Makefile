# make run    set everything up and start the program
# make test   set everything up and run the test suite, trainer included
# make lint   style, types, and which package may import which
# The set-up itself is scripts/set_up.py; a stamp in .venv keeps it from being repeated.

PYTHON ?= python3
SET_UP := scripts/set_up.py scripts/constraints.txt pyproject.toml

.PHONY: run test lint

run: .venv/.ready-run
	@.venv/bin/asr-desktop

# Hundreds of tests play into a real sound server and kill real processes, on machines that others share: what
# fails is tried once more, and the summary names it as RERUN even if it then passes.
test: .venv/.ready-test
	.venv/bin/python -m pytest --reruns 1 $(ARGS)

lint: .venv/.ready-test
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

.venv/.ready-%: $(SET_UP)
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or 3.12 is needed; install it with:  sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) scripts/set_up.py $*
