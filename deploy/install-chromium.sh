#!/bin/sh
# Browser tests drive the system's chromium. Never fails: without it they skip and say so.
set -u

if command -v chromium >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing chromium ..."
    export DEBIAN_FRONTEND=noninteractive
    # The font gives Chinese text its true width on the screens under test.
    if { apt-get -qq update &&
        apt-get -qq install -y --no-install-recommends chromium fonts-wqy-microhei
    } </dev/null >/dev/null 2>&1; then
        exit 0
    fi
    echo "apt-get could not install chromium." >&2
fi
echo "Browser tests will be skipped: no chromium." \
    "Install it (Debian: apt-get install chromium) or set SHOUWANG_CHROMIUM to its path." >&2
exit 0
