#!/usr/bin/env bash
# Build the wheel and the sdist, install the wheel in an environment that knows nothing of this
# checkout, and use it from there: the import, the command, the examples that it carries.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf dist
.venv/bin/python -m hatchling build >/dev/null
wheel=$(echo "$PWD"/dist/weigh-*.whl)

clean=$(mktemp -d)
trap 'rm -rf "$clean"' EXIT
.venv/bin/python -m venv "$clean/venv"
pip=("$clean/venv/bin/python" -m pip --disable-pip-version-check --quiet --quiet)
"${pip[@]}" install --no-deps --require-hashes --only-binary :all: -r requirements/run.txt
"${pip[@]}" install --no-deps --no-index "$wheel"
"${pip[@]}" check

cd "$clean"
python=venv/bin/python
"$python" - <<'PYTHON'
import importlib.metadata
import pathlib

import weigh

home = pathlib.Path(weigh.__file__).parent
assert "site-packages" in home.parts, f"weigh was imported from {home}"
assert (home / "py.typed").is_file(), "py.typed is missing: type checkers would ignore weigh's types"
assert importlib.metadata.version("weigh") == weigh.__version__
for name in weigh.__all__:
    getattr(weigh, name)
examples = sorted(path.parent.name for path in home.glob("examples/*/question.yaml"))
assert examples, "the wheel carries no example"
print("examples:", ", ".join(examples))
PYTHON
venv/bin/weigh --help >/dev/null
venv/bin/weigh demo >/dev/null

echo "wheel: ${wheel##*/}, $(du -k "$wheel" | cut -f1) kB, works when installed"
