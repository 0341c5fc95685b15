"""Write golden files that are not there yet: `python -m tests.golden.write [--replace]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from streams.area import Area
from streams.verify import verify
from tests.golden.samples import goldens
from tests.golden.stories import STORIES
from tests.streams.world import WENZHOU, divisions

FOLDER = Path(__file__).parent
LOG, VERDICT = ".log.ndjson", ".verdict.json"

SAMPLE_DIFFERS = """\
{path} differs: these are the bytes of a stored shape. If any log holds that shape, do not replace
the file: give the class the next number, keep the file, add an upcaster in schemas/wire.py.
"""
LOG_DIFFERS = """\
{path} differs: the same commands no longer lead to the same bytes. If these rules were released,
every log that they wrote would fail `verify`: make a new version of the rules in
streams/versions.py, keep this log beside the new one as {stem}-rules-N{ending}, and keep the
version that wrote it. If only the story was told otherwise, the old log is as good as the new one.
"""


def planned() -> dict[str, bytes]:
    """What each golden file would hold if it were written now."""
    found = dict(goldens())
    for name, story in STORIES.items():
        log = story().log
        found[name + LOG] = b"".join(record + b"\n" for record in log)
        found[name + VERDICT] = verdict(log)
    return found


def verdict(log: list[bytes]) -> bytes:
    """What verification says of a log: its sizes and the hash of the state that it leads to."""
    said = verify(Area(WENZHOU, divisions()), log)
    assert said.sound, said
    kept = {name: getattr(said, name) for name in ("turns", "facts", "rules", "state_hash")}
    return msgspec.json.format(msgspec.json.encode(kept)) + b"\n"


def write(folder: Path, *, replace: bool = False) -> tuple[list[str], list[str]]:
    """Write the files that are missing; with `replace` also those that differ.

    Returns the paths written and the paths left as they differ.
    """
    written, left = [], []
    for path, content in planned().items():
        file = folder / path
        if file.exists() and file.read_bytes() == content:
            continue
        if file.exists() and not replace:
            left.append(path)
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        written.append(path)
    return written, left


def warning(path: str) -> str:
    """What replacing a file that differs would mean."""
    for ending in (LOG, VERDICT):
        if path.endswith(ending):
            stem = path.removesuffix(ending)
            return LOG_DIFFERS.format(path=path, stem=stem, ending=ending)
    return SAMPLE_DIFFERS.format(path=path)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden.write", description=__doc__)
    parser.add_argument("--replace", action="store_true", help="write over files that differ")
    written, left = write(FOLDER, replace=parser.parse_args().replace)
    for path in written:
        sys.stdout.write(f"written: tests/golden/{path}\n")
    for path in left:
        sys.stderr.write(warning(path))
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
