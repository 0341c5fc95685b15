"""Compiles the search over organizations, where there is a C compiler. `python -m deploy.native`

Called whenever the package is built or installed (pyproject.toml). Without a compiler everything
works and decides alike, more slowly.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from hashlib import sha256
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path(__file__).parent.parent / "geo" / "native"
HEADER, SOURCE, LIBRARY = FOLDER / "cubes.h", FOLDER / "crowd.c", FOLDER / "crowd.so"
# On integers alone, so whatever the optimizer does, the answers are the same.
FLAGS = ("-O2", "-fno-strict-aliasing", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror")


def compiler() -> list[str] | None:
    """CC, or the first that there is."""
    named = os.environ.get("CC")
    if named:
        return shlex.split(named)
    found = (shutil.which(name) for name in ("cc", "gcc", "clang"))
    return next(([path] for path in found if path), None)


def build(library: Path = LIBRARY) -> str | None:
    """Make the library; in one step, so that nobody loads half of it. Why not, or None."""
    command = compiler()
    if command is None:
        return "there is no C compiler (Debian, as root: deploy/install-cc.sh)"
    new = library.with_name(f"{library.name}.{os.getpid()}")
    # What it was made from: a library of another source is not taken (geo/compiled.py).
    digest = sha256(HEADER.read_bytes() + SOURCE.read_bytes()).hexdigest()
    source = f'-DSOURCE="{digest}"'
    try:
        subprocess.run(
            [*command, *FLAGS, source, "-o", str(new), str(SOURCE)],
            check=True,
            capture_output=True,
            text=True,
        )
        new.replace(library)
    except (OSError, subprocess.CalledProcessError) as problem:
        new.unlink(missing_ok=True)
        said = getattr(problem, "stderr", "") or str(problem)
        return f"{command[0]} could not: {said.strip()}"
    return None


class Native(BuildHookInterface[Any]):
    """Puts the library beside its source before a wheel or an editable installation is made."""

    PLUGIN_NAME = "custom"

    def initialize(
        self,
        version: str,  # noqa: ARG002  # the interface names it: wheel or editable, all one
        build_data: dict[str, Any],
    ) -> None:
        problem = build()
        if problem is not None:
            self.app.display_warning(f"Organizations are searched without the fast path: {problem}")
            return
        build_data["artifacts"].append(LIBRARY.relative_to(FOLDER.parent.parent).as_posix())
        build_data["pure_python"] = False
        # It knows nothing of Python, so one serves every version of it.
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"


def main() -> int:
    """0, or 1 with the reason where it cannot be made."""
    problem = build()
    if problem is not None:
        print(problem, file=sys.stderr)
    return problem is not None


if __name__ == "__main__":
    sys.exit(main())
