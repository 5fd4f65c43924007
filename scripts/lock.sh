#!/usr/bin/env bash
# Write requirements/*.txt: every package pinned, for each Python from 3.11 on, with the hashes of
# all its files on PyPI. No address, host or path goes in, so that a mirror serves as well.
#
# One resolution of everything first, then each file from it: a package has the same version in
# all of them, and one environment can hold any mixture. (All but lowest.txt, which stands alone.)
#
# scripts/lock.sh            keep the versions that the files name, add and remove what changed
# scripts/lock.sh --upgrade  take the newest of everything (-P NAME for one package)
set -euo pipefail
cd "$(dirname "$0")/.."

whole=$(mktemp)
trap 'rm -f "$whole"' EXIT

# The pins that stand are what uv prefers, so that a lock moves only when asked to.
cat requirements/{build,run,test,dev,docs,bench}.txt >"$whole" 2>/dev/null || true

compile() {
  .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
    --fork-strategy fewest --no-header --no-emit-index-url --no-annotate --no-emit-find-links "$@"
}

compile pyproject.toml --group pyproject.toml:dev --no-build "$@" --output-file "$whole"

write() {
  local file=requirements/$1.txt what=$2
  shift 2
  compile "$@" --generate-hashes --constraint "$whole" --no-build >"$file.new"
  { echo "# $what. Written by \`make lock\`."; cat "$file.new"; } >"$file"
  rm "$file.new"
}

write build "What builds weigh" --group pyproject.toml:build
write run "What weigh needs to run" pyproject.toml
write test "What the tests need" pyproject.toml --group pyproject.toml:test
write dev "What linters and type checks need" pyproject.toml --extra web --group pyproject.toml:lint
write docs "What the documentation needs" pyproject.toml --group pyproject.toml:docs
write bench "What the benchmarks time against" pyproject.toml --group pyproject.toml:bench

# The oldest versions that pyproject.toml allows, for `make lowest`: of what it names, not of what that needs in turn.
file=requirements/lowest.txt
compile pyproject.toml --all-extras --resolution lowest-direct --generate-hashes --no-build "$@" --output-file "$file.new"
{ echo "# The oldest versions that weigh says it runs with. Written by \`make lock\`."; cat "$file.new"; } >"$file"
rm "$file.new"
