#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs one; prints its path (nothing where there is none).
set -u
find_it() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }
path=$(find_it)
if [ -z "$path" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium libatomic1 fonts-noto-cjk; } >&2 2>/dev/null \
    || DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium libatomic1 >&2
  path=$(find_it)
fi
if [ -z "$path" ]; then
  .venv/bin/playwright install chromium >&2 && path=$(.venv/bin/python -c 'from playwright.sync_api import sync_playwright as p
with p() as x: print(x.chromium.executable_path)' 2>/dev/null) || path=""
fi
echo "$path"
