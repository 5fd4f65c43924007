#!/usr/bin/env bash
# Make .venv ready for one job: scripts/setup.sh run | test | dev | docs | bench
#
# Needs Python 3.11 or newer and nothing else. Installs what requirements/JOB.txt lists, checked
# against its hashes, and then weigh itself as an editable package. A stamp in .venv keeps what the
# environment was made from, so that a second call returns at once.
set -euo pipefail
cd "$(dirname "$0")/.."

job=${1:?say which requirements file: run, test, dev, docs or bench}
lock=requirements/$job.txt
stamp=.venv/.ready-$job

if [ ! -f "$lock" ]; then
  echo "setup: there is no $lock; choose one of: run, test, dev, docs, bench" >&2
  exit 2
fi

# What the environment was made from, word for word. The path is part of it because a virtual
# environment stops working when its folder is copied or moved.
recipe() {
  echo "$PWD ${PYTHON:-}"
  cat requirements/build.txt "$lock" pyproject.toml scripts/setup.sh
}

if [ -f "$stamp" ] && recipe | cmp -s - "$stamp" && .venv/bin/python -c '' 2>/dev/null; then
  exit 0
fi

is_suitable() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
  local name
  for name in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14 python}; do
    if is_suitable "$name"; then
      command -v "$name"
      return
    fi
  done
  {
    echo "setup: weigh needs Python 3.11 or newer with the modules venv and ensurepip."
    echo "  Tried: ${PYTHON:-python3, python3.11, python3.12, python3.13, python3.14, python}"
    echo "  On Debian or Ubuntu:  apt-get install python3 python3-venv"
    echo "  Elsewhere, install Python and name it:  make PYTHON=/path/to/python3.11 ..."
  } >&2
  return 1
}

# Made by another Python, at another path, or left half done: begin again.
if [ -d .venv ]; then
  if ! is_suitable .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1 ||
    { [ -n "${PYTHON:-}" ] && [ "$("$PYTHON" -V)" != "$(.venv/bin/python -V)" ]; } ||
    ! grep -qF "$PWD/.venv" .venv/bin/activate; then
    echo "setup: making .venv again, the one here does not fit" >&2
    rm -rf .venv
  fi
fi

if [ ! -d .venv ]; then
  python=$(find_python)
  echo "setup: making .venv with $("$python" -V)" >&2
  "$python" -m venv .venv
fi

echo "setup: installing $lock into .venv" >&2
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet --quiet) # errors only
# Wheels only: an sdist would build with requirements that no hash covers. No dependencies beside the
# list, which is complete: pip 23 looks for the newest coverage[toml] although coverage is pinned.
"${pip[@]}" install --no-deps --require-hashes --only-binary :all: -r requirements/build.txt -r "$lock"
"${pip[@]}" install --no-deps --no-build-isolation --no-index --editable .
recipe >"$stamp"
