"""`shouwang profile check`: a profile against the code lists and a file, before anything plays."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator

from api import records, sheets
from api.cli.records import base_of, plainly
from api.cli.trouble import Answer, settings_of, told_plainly
from api.language import say
from api.records import Ground, Profile, ProfileUnfit, Reader, Reading
from schemas.codes import KINDS, counted

SHOWN_MOST = 30
DEMAND, DUPLICATE = "demand", "duplicate"
HEADS = ("row", "outcome", "kind", "lines", "priority", "place", "mode", "rule", "word", "marks")


def profile(typed: argparse.Namespace) -> tuple[int, Answer]:
    """1 where anything is wrong with it, or no row becomes a demand; every doubt by its line."""
    try:
        with told_plainly():
            found = records.loaded(typed.profile_file)
    except ProfileUnfit as unfit:
        tell_faults(typed.profile_file, unfit.faults)
        return 1, {"faults": len(unfit.faults), "rows": 0, "demands": 0, "refused": 0}
    with plainly(typed.file):
        return _held(typed, found)


def _held(typed: argparse.Namespace, found: Profile) -> tuple[int, Answer]:
    """Against the file: fields that it lacks, and what becomes of every row."""
    path = typed.profile_file
    encoding = typed.encoding or found.file.encoding or None
    source = records.read(typed.file, encoding, found.file.records)
    rows = list(source.rows)
    faults = records.unused(found, rows, path.read_text(encoding="utf-8"))
    tell_faults(path, faults)
    base = base_of(settings_of(typed), found, typed)
    reader = Reader(found, Ground(base.tree, base.area, base.regions))
    met = records.Met()
    table = [list(_row(raw, reader, met)) for raw in rows]
    for row in table[:SHOWN_MOST]:
        print("  ".join(filter(None, row)))
    if len(table) > SHOWN_MOST:
        print(say(f"另有 {len(table) - SHOWN_MOST} 行", f"and {len(table) - SHOWN_MOST} more rows"))
    if typed.csv is not None:
        with told_plainly():
            sheets.write(typed.csv, [list(HEADS), *table])
    found_as = Counter(row[1] for row in table)
    demands, doubled = found_as[DEMAND], found_as[DUPLICATE]
    refused = len(table) - demands - doubled
    counts = {"rows": len(table), "demands": demands, "duplicates": doubled, "refused": refused}
    print(", ".join(f"{name} {count}" for name, count in counts.items()))
    return int(bool(faults) or not demands), {"faults": len(faults), **counts}


def tell_faults(path: object, faults: list[records.Fault]) -> None:
    """Each by table and line."""
    for one in faults:
        words = records.REASONS[one.code]
        where = f"{path}:{one.line}  [{one.table}]  "
        print(f"{where}{say(words.zh, words.en)}: {one.detail}")


def _row(raw: records.Raw, reader: Reader, met: records.Met) -> Iterator[str]:
    """As an import counts it: a demand, the very same record once more, or a refusal."""
    yield str(raw.number)
    try:
        if raw.record is None:
            raise records.Refused(raw.problem)
        doubled = met.before(raw.record, reader)
        reading = records.life(raw.number, raw.record, reader).moments[0].reading
    except records.Refused as refused:
        yield from (refused.code, *[""] * 6, refused.detail, refused.field)
        return
    yield DUPLICATE if doubled else DEMAND
    yield from _told(reading, reader)


def _told(reading: Reading, reader: Reader) -> Iterator[str]:
    kind = KINDS[reading.kind]
    yield say(kind.zh, kind.en)
    units = [counted(line.request.skill, line.request.target) for line in reading.lines]
    skills = [line.request.skill for line in reading.lines]
    told = [f"{skill} {say(*unit)}" for skill, unit in zip(skills, units, strict=True)]
    yield "; ".join(told)
    yield f"P{reading.priority}"
    yield reader.ground.name(reading.place.division)
    yield reading.mode.value
    yield reading.rule
    yield reading.word
    yield ", ".join(reading.flags)
