#!/bin/sh
# Kafka needs Java, and its jars come by Maven. Never fails: without them tests skip and say so.
set -u

if java -version >/dev/null 2>&1 && command -v mvn >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Java and Maven ..."
    export DEBIAN_FRONTEND=noninteractive
    if { apt-get -qq update &&
        apt-get -qq install -y --no-install-recommends default-jre-headless maven
    } </dev/null >/dev/null 2>&1; then
        exit 0
    fi
    echo "apt-get could not install Java and Maven." >&2
fi
echo "No Java or no Maven. Install them (Debian, as root: deploy/install-java.sh;" \
    "macOS: brew install temurin maven)." >&2
exit 0
