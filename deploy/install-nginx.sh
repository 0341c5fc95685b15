#!/bin/sh
# TLS in front is nginx's, as the system has it. Never fails: without it its tests skip and say so.
set -u

if command -v nginx >/dev/null; then
    exit 0
fi
policy=/usr/sbin/policy-rc.d
kept=

# Debian starts and enables a service that it installs. Ours is started by hand, in its own folder.
install_quietly() {
    export DEBIAN_FRONTEND=noninteractive
    if [ -e $policy ]; then
        kept=$(mktemp) && cp -p $policy "$kept"
    fi
    trap put_back EXIT
    trap 'exit 1' INT TERM
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
    apt-get -qq update && apt-get -qq install -y --no-install-recommends nginx
    installed=$?
    if [ $installed = 0 ] && command -v systemctl >/dev/null; then
        systemctl disable nginx || true
    fi
    return $installed
}

put_back() {
    if [ -n "$kept" ]; then
        mv "$kept" $policy
    else
        rm -f $policy
    fi
}

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing nginx ..."
    if (install_quietly) </dev/null >/dev/null 2>&1; then
        exit 0
    fi
    echo "apt-get could not install nginx." >&2
fi
echo "No nginx. Install it (Debian, as root: deploy/install-nginx.sh;" \
    "macOS: brew install nginx)." >&2
exit 0
