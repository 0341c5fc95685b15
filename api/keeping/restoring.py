"""Bringing a folder back out of a copy: nothing is in its place before all of it was checked."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from api.keeping.copies import Copy, newest, read_stand
from api.keeping.heads import SignedHead, heads_of
from api.keeping.reading import KEYS
from api.keeping.sealing import Damaged, Unkept
from api.keeping.stands import KeptFile, Stand
from api.keeping.turns import End, Torn
from schemas.turns import GENESIS
from schemas.values import AreaId
from schemas.wire import NotReadable, decode_turn, digest
from streams.area import Area
from streams.checkpoint import state_hash
from streams.engines import checkpoints
from streams.engines.folder import LOG, Divisions, opening, sync_names
from streams.engines.folding import fold_log
from streams.engines.log_file import LogFile, Reader, Row
from streams.verify import Head, Verdict, verify

RESTORING: Final = "restoring"
AT_ONCE: Final = 1_000  # turns in one commit

Progress = Callable[[AreaId, int], None]


@dataclass(frozen=True, slots=True)
class Back:
    """An area that was brought back. `lost`: turns known to be missing; None: nobody knows."""

    area: AreaId
    turns: int
    at: int  # the rule time of its last turn
    head: str
    state: str
    verdict: Verdict | None  # where every command was decided again
    lost: int | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, as of when, and the seconds that it took."""

    stand: int
    whole_until: int  # the wall clock's: nothing recorded until then is missing
    areas: tuple[Back, ...]
    copied_s: float
    checked_s: float


def restore(
    copy: Copy,
    target: Path,
    again: bool,
    heads: Sequence[Head | SignedHead],
    number: int | None,
    progress: Progress,
) -> Restored:
    """Everything of a stand, and of the log also what came behind it, into an empty folder.

    With `again` every command is decided again. Unkept says what is wrong; then the target holds
    no folder that anybody could serve, and the same can be tried again.
    """
    begun = time.monotonic()
    stand = _chosen(copy, number)
    place = _emptied(target)
    _files(copy, stand, place)
    known = {end.area: end for end in stand.logs}
    with closing(LogFile(place / LOG, create=True)) as log:
        for end in stand.logs:
            for done in _brought(log, end, copy, last=number is None):
                progress(end.area, done)
    copied = time.monotonic()
    areas = tuple(_checked(place, area, again, heads_of(area, heads), progress) for area in known)
    _into_place(place, target)
    return Restored(
        stand.number,
        max(stand.at, copy.seen() if number is None else 0),
        areas,
        copied - begun,
        time.monotonic() - copied,
    )


def _chosen(copy: Copy, number: int | None) -> Stand:
    stand = newest(copy) if number is None else read_stand(copy, number)
    if stand is None:
        raise Unkept(
            f"副本 {copy.path} 中还没有一次完整的备份。请用另一份副本。",
            f"There is no whole backup in {copy.path} yet. Use another copy.",
        )
    return stand


def _emptied(target: Path) -> Path:
    """Where it is put together, inside the target; what an earlier try has left is removed."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    if [path.name for path in target.iterdir() if path.name != RESTORING]:
        raise Unkept(
            f"{target} 不是空目录；恢复只写入空目录，不覆盖任何内容。请另指定一个（--data）。",
            f"{target} is not empty. A restore writes over nothing: name another folder (--data).",
        )
    place = target / RESTORING
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    return place


def _files(copy: Copy, stand: Stand, place: Path) -> None:
    for file in stand.files:
        _file(copy.pieces.get(file), file, place, copy.path)
    if stand.keys is None:
        raise Unkept(
            f"第 {stand.number} 号备份点没有密钥副本。请用 --stand 选另一个备份点。",
            f"Stand {stand.number} has no copy of keys. Choose another stand with --stand.",
        )
    _file(copy.keys.get(stand.keys), stand.keys, place, copy.path)


def _file(content: Iterable[bytes], file: KeptFile, place: Path, copy: Path) -> None:
    path = place / file.name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
            for piece in content:
                to.write(piece)
            to.flush()
            os.fsync(to.fileno())
    except Damaged:
        keys_zh = "；密钥副本如另放他处，请用 --keys 指明" if file.name == KEYS else ""
        keys_en = "; where keys are kept apart, say so with --keys" if file.name == KEYS else ""
        raise Unkept(
            f"副本 {copy} 中的 {file.name} 缺失或已损坏{keys_zh}。请用另一份副本，"
            "或用 --stand 选另一个备份点。",
            f"In the copy {copy}, {file.name} is missing or damaged{keys_en}. Use another copy,"
            " or choose another stand with --stand.",
        ) from None


def _brought(log: LogFile, end: End, copy: Copy, last: bool) -> Iterator[int]:
    """Write an area's turns, each hung on the one before; gives how many there are by now.

    Behind the stand whatever is whole is taken, too, where it is the newest.
    """
    previous, done = GENESIS, 0
    rows: list[Row] = []
    try:
        for stored in copy.turns(end.area).read():
            if done >= end.turns and (not last or not _follows(stored, done, previous)):
                break
            done, previous = done + 1, digest(stored)
            if done == end.turns and previous != end.digest:
                raise Torn(done, copy.path, cut=False)
            rows.append(Row(end.area, done, stored))
            if len(rows) == AT_ONCE:
                log.append(rows)
                rows.clear()
                yield done
    except Torn as torn:
        if done < end.turns:
            raise _unkept_turns(copy, end, torn) from None
    log.append(rows)
    yield done
    if done < end.turns:
        raise _unkept_turns(copy, end, Torn(done + 1, copy.path / "turns", cut=True))


def _follows(stored: bytes, done: int, previous: str) -> bool:
    try:
        turn = decode_turn(stored)
    except NotReadable:
        return False
    return (turn.sequence, turn.previous) == (done + 1, previous)


def _unkept_turns(copy: Copy, end: End, torn: Torn) -> Unkept:
    zh = "被截短" if torn.cut else "已损坏"
    en = "cut short" if torn.cut else "damaged"
    return Unkept(
        f"副本 {copy.path} {zh}：区域 {end.area} 应有 {end.turns} 轮，第 {torn.turn} 轮起读不出"
        f"（{torn.path.name}）。请用另一份副本；如只有这一份，请先把它原样保存，再找人修复。",
        f"The copy {copy.path} is {en}: of {end.turns} turns of area {end.area}, those from turn"
        f" {torn.turn} on cannot be read ({torn.path.name}). Use another copy; where this is the"
        " only one, keep it as it is and have it looked into.",
    )


# Checking


def _checked(
    place: Path, area: AreaId, again: bool, heads: Sequence[Head], progress: Progress
) -> Back:
    """Fold it, or decide it again; the next start begins with the state that came of it."""
    with closing(Reader(place / LOG)) as reader:
        divisions = Divisions(place)
        verdict = None
        if again:
            opened = opening(decode_turn(reader.stored(area, 1)))
            state = Area(area, divisions.tree(opened.divisions))
            verdict = verify(state, reader.read(area), partial(progress, area))
            _refuse_unsound(verdict)
        else:
            state = fold_log(divisions, reader, area)
        for head in heads:
            _refuse_another_head(reader, state, head)
    checkpoints.write(place, state)
    lost = max(max(h.sequence for h in heads) - state.sequence, 0) if heads else None
    at_end = str(Head(state.sequence, state.previous))
    return Back(area, state.sequence, state.at, at_end, state_hash(state), verdict, lost)


def _refuse_unsound(verdict: Verdict) -> None:
    if not verdict.sound:
        raise Unkept(
            f"副本中的日志校验不通过：区域 {verdict.area} 第 {verdict.bad} 轮"
            f"（{verdict.chain}；{verdict.replay}）。没有建立可用的目录；"
            "请用另一份副本，或用写下它的版本。",
            f"The log in the copy does not stand: area {verdict.area}, turn {verdict.bad}"
            f" ({verdict.chain}; {verdict.replay}). No folder was made that could be served."
            " Use another copy, or the release that wrote it.",
        )


def _refuse_another_head(reader: Reader, state: Area, head: Head) -> None:
    """A log that ends before the head is what a loss leaves; one that departs from it is not."""
    if head.sequence <= state.sequence:
        found = digest(reader.stored(state.id, head.sequence))
        if found != head.digest:
            raise Unkept(
                f"副本中第 {head.sequence} 轮与所给的链头不符：这份日志被改写过，或是另一份日志。"
                "没有建立可用的目录；请用另一份副本，并查明原因。",
                f"Turn {head.sequence} in the copy is not the one of the head given: this log was"
                " decided anew, or is another one. No folder was made that could be served. Use"
                " another copy, and find out why.",
            )


def _into_place(place: Path, target: Path) -> None:
    """The log last: a folder without one is served by nobody."""
    names = [path.name for path in place.iterdir() if path.name != LOG]
    for name in (*names, LOG):
        (place / name).replace(target / name)
    sync_names(target)
    place.rmdir()
