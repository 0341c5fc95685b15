#!/bin/sh
# A C compiler, for the fast search over organizations. Never fails: without it the plain one works.
set -u

if command -v "${CC:-cc}" >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null
then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing gcc ..."
    export DEBIAN_FRONTEND=noninteractive
    if (apt-get -qq update && apt-get -qq install -y --no-install-recommends gcc libc6-dev) \
        </dev/null >/dev/null 2>&1; then
        exit 0
    fi
    echo "apt-get could not install gcc." >&2
fi
echo "No C compiler. Install one (Debian, as root: deploy/install-cc.sh;" \
    "macOS: xcode-select --install)." >&2
exit 0
