#!/bin/sh
# See to it that a Chromium and a Chinese font are there for the browser tests: by Debian's package
# manager where we are root, else by Playwright's own installer, else by saying what to install.
set -eu

found() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_font() { ! command -v fc-list >/dev/null 2>&1 || [ -n "$(fc-list :lang=zh 2>/dev/null | head -1)" ]; }
has_own() {
  .venv/bin/python - <<'PYTHON'
import pathlib
import sys

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    sys.exit(not pathlib.Path(playwright.chromium.executable_path).exists())
PYTHON
}

if found >/dev/null && has_font; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium and a Chinese font for the browser tests …" >&2
  log=.venv/browser.log
  if apt-get update -qq >"$log" 2>&1 &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      chromium fonts-wqy-microhei fontconfig >>"$log" 2>&1; then
    exit 0
  fi
  tail -3 "$log" >&2
fi
if found >/dev/null || has_own; then exit 0; fi
if .venv/bin/playwright install chromium; then exit 0; fi
echo "The browser tests need Chromium and a Chinese font. On Debian or Ubuntu, as root:" >&2
echo "  apt-get install chromium fonts-wqy-microhei" >&2
exit 1
