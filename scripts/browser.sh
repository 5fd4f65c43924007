#!/usr/bin/env bash
# The one thing that tests need from outside the checkout: Debian's Chromium, and fonts for it.
# Installs them as root or through sudo; otherwise says what is missing and lets the tests go on
# (those in a browser are skipped, or fail where WEIGH_REQUIRE_BROWSER or CI is set).
set -euo pipefail

packages=(chromium fonts-dejavu-core)

if command -v chromium >/dev/null; then
  exit 0
fi

say() {
  echo "browser: tests of the pages need Chromium, which is not installed." >&2
  echo "browser: $*" >&2
  exit 0
}

as_root=()
if ! command -v apt-get >/dev/null; then
  say "Install it so that \`chromium\` is on the PATH (this is no Debian: there is no apt-get)."
elif [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
  "${as_root[@]}" true 2>/dev/null ||
    say "Install it with:  sudo apt-get install --no-install-recommends ${packages[*]}"
fi

install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@"
}

echo "browser: installing ${packages[*]} (Debian packages)" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Package lists may be absent or old on a fresh machine; an update that fails leaves what there is.
install update >"$log" 2>&1 || true
if ! install install -y --no-install-recommends "${packages[@]}" >>"$log" 2>&1; then
  tail -n 20 "$log" >&2
  say "apt-get could not install it; its last words are above."
fi
