"""The broker's jars: fetched by Maven, held against deploy/kafka/jars.sha256.

python -m deploy.servers.jars
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from api.language import say

VERSION = "4.4.0"
JAVA_MIN = 17

ROOT = Path(__file__).parent.parent.parent
KAFKA = ROOT / "deploy" / "kafka"
LIBS = ROOT / ".kafka" / VERSION / "libs"
LIST = KAFKA / "jars.sha256"

COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


class WrongJars(Exception):
    """Jars that are not those on the list, or that could not be fetched; names them."""


def missing() -> str | None:
    """Why there can be no broker here, in one line; None if there can."""
    if java() is None:
        return say(
            f"没有 Java {JAVA_MIN} 或更新版本(Debian:deploy/install-java.sh;"
            "macOS:brew install temurin)",
            f"no Java {JAVA_MIN} or newer (Debian: deploy/install-java.sh; "
            "macOS: brew install temurin)",
        )
    if not LIBS.is_dir() and shutil.which("mvn") is None:
        return say(
            "没有 Maven(Debian:deploy/install-java.sh;macOS:brew install maven)",
            "no Maven (Debian: deploy/install-java.sh; macOS: brew install maven)",
        )
    return None


@cache
def java() -> str | None:
    """The Java to run; None if there is none that is new enough."""
    home = os.environ.get("JAVA_HOME")
    for program in ([f"{home}/bin/java"] if home else []) + ["java"]:
        if (found := shutil.which(program)) and _version_of(found) >= JAVA_MIN:
            return found
    return None


def _version_of(program: str) -> int:
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', told.stderr)
    return int(found[1]) if found else 0


def ready() -> Path:
    """The folder of the jars, fetched if it is not there yet, checked every time.

    Raises WrongJars.
    """
    if not LIBS.is_dir():
        fetch(LIBS)
    check(LIBS)
    return LIBS


def fetch(libs: Path) -> None:
    """Let Maven fetch the jars into a folder, which is there only once it is whole and right."""
    print(
        say(
            f"首次使用:由 Maven 下载 Kafka {VERSION}(约 43 MB)……",
            f"First use: Maven fetches Kafka {VERSION} (about 43 MB) ...",
        ),
        flush=True,
    )
    libs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=libs.parent) as part:
        _copy_dependencies(Path(part) / "libs")
        check(Path(part) / "libs")
        (Path(part) / "libs").rename(libs)


def _copy_dependencies(libs: Path) -> None:
    flags = ["-f", str(KAFKA / "pom.xml"), "-DincludeScope=runtime", f"-DoutputDirectory={libs}"]
    ran = subprocess.run(
        ["mvn", "-B", "-q", COPY, *flags], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        said = "\n".join((ran.stdout + ran.stderr).splitlines()[-5:])
        raise WrongJars(say(f"Maven 下载失败:\n{said}", f"Maven could not fetch them:\n{said}"))


def check(libs: Path) -> None:
    """Hold a folder against the list, which is in the form of sha256sum. Raises WrongJars."""
    wanted = {name: digest for digest, name in map(str.split, LIST.read_text().splitlines())}
    found = {path.name: _digest(path) for path in libs.iterdir()}
    if wrong := sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    ):
        kinds = ", ".join(f"{name} ({_trouble(name, wanted, found)})" for name in wrong)
        raise WrongJars(
            say(
                f"{libs} 与 {LIST.name} 不符:{kinds}。删除该目录后将重新下载。",
                f"{libs} is not as {LIST.name} says: {kinds}. Delete that folder to fetch again.",
            )
        )


def _digest(path: Path) -> str:
    with path.open("rb") as jar:
        return hashlib.file_digest(jar, "sha256").hexdigest()


def _trouble(name: str, wanted: dict[str, str], found: dict[str, str]) -> str:
    if name not in found:
        return say("缺少", "missing")
    return say("内容不同", "altered") if name in wanted else say("多余", "not on the list")


def main() -> int:
    """Have the jars ready before anybody waits for them; a lack of Java is said, not punished."""
    if reason := missing():
        print(say(f"不启动 Kafka:{reason}", f"No Kafka: {reason}"), file=sys.stderr)
        return 0
    try:
        ready()
    except WrongJars as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
