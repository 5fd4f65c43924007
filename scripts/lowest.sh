#!/usr/bin/env bash
# Run the tests with the oldest versions that pyproject.toml allows, in an environment of its own.
# They show that the lower bounds there are true.
set -euo pipefail
cd "$(dirname "$0")/.."

.venv/bin/python -m venv --clear .venv/lowest
python=.venv/lowest/bin/python
pip=("$python" -m pip --disable-pip-version-check --quiet --quiet)
"${pip[@]}" install --no-deps --require-hashes --only-binary :all: -r requirements/build.txt -r requirements/test.txt
"${pip[@]}" install --require-hashes --only-binary :all: --no-deps -r requirements/lowest.txt
"${pip[@]}" install --no-deps --no-build-isolation --no-index --editable .
"${pip[@]}" check
# Warnings count as errors in make test; here, what old libraries say of each other is no fault of ours.
OPENBLAS_NUM_THREADS=1 "$python" -m pytest -n auto --dist worksteal -W ignore::DeprecationWarning "$@"
