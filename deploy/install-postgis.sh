#!/bin/sh
# A peer to measure against (`make bench ONLY=matching`): PostGIS, as the system has it, never
# started as a service. Never fails: without it the bench says so and measures the rest.
set -u

if [ -n "$(find /usr/lib/postgresql /usr/share/postgresql -name 'postgis.control' 2>/dev/null)" ]
then
    exit 0
fi
policy=/usr/sbin/policy-rc.d
kept=

# Debian starts and enables a service that it installs, and would make a cluster of its own.
install_quietly() {
    export DEBIAN_FRONTEND=noninteractive
    if [ -e $policy ]; then
        kept=$(mktemp) && cp -p $policy "$kept"
    fi
    trap put_back EXIT
    trap 'exit 1' INT TERM
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
    postgresql=$(apt-cache depends postgresql | sed -n 's/.*Depends: \(postgresql-[0-9]*\)$/\1/p')
    apt-get -qq update && apt-get -qq install -y --no-install-recommends \
        "$postgresql" "$postgresql-postgis-3"
}

put_back() {
    if [ -n "$kept" ]; then
        mv "$kept" $policy
    else
        rm -f $policy
    fi
}

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing PostGIS ..."
    if (install_quietly) </dev/null >/dev/null 2>&1; then
        exit 0
    fi
    echo "apt-get could not install PostGIS." >&2
fi
echo "No PostGIS. Install it (Debian, as root: deploy/install-postgis.sh)." >&2
exit 0
