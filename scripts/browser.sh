#!/usr/bin/env bash
# What tests need from outside the checkout: Debian's Chromium with fonts, and Pango to write PDF.
# Installs them as root or through sudo; otherwise says what is missing and lets the tests go on
# (those that need it are skipped, or fail where WEIGH_REQUIRE_BROWSER or CI is set).
set -euo pipefail

packages=(chromium fonts-dejavu-core libpangoft2-1.0-0 libharfbuzz-subset0)

has() {
  PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep "$1" >/dev/null
}

if command -v chromium >/dev/null && has libpangoft2-1.0 && has libharfbuzz-subset; then
  exit 0
fi

say() {
  echo "browser: tests of pages and PDF need Chromium and Pango, which are not all installed." >&2
  echo "browser: $*" >&2
  exit 0
}

as_root=()
if ! command -v apt-get >/dev/null; then
  say "Install them; \`chromium\` must be on the PATH (this is no Debian: there is no apt-get)."
elif [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
  "${as_root[@]}" true 2>/dev/null ||
    say "Install them with:  sudo apt-get install --no-install-recommends ${packages[*]}"
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
  say "apt-get could not install them; its last words are above."
fi
