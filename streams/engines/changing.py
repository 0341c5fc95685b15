"""From one version of the rules to the next: how it stands with a log, and what moves it on.

A server of a data folder does it by itself, being the only one who decides there. On a cluster a
person says when every worker has been replaced: a worker that lacks the version of a log ends.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.commands import ChangeRules
from schemas.ids import command_id
from schemas.turns import OWNER, REGISTRY, Envelope, Turn
from schemas.values import AreaId, Instant, TimeSource
from schemas.wire import decode_turn
from streams.engines import LogReader
from streams.engines.folder import opening
from streams.versions import present

UNMADE: Final = 0  # the version of a log without a turn


class Standing(NamedTuple):
    """Which version decides in a log now, and from where the next may: its last turn.

    `at`: the log's last time, where time is given.
    """

    area: AreaId
    rules: int
    sequence: int
    at: Instant | None


def standing(log: LogReader, area: AreaId) -> Standing:
    """As the log says it. NotReadable, FolderUnfit."""
    found = Standing(area, UNMADE, 0, None)
    given = False
    for stored in log.read(area):
        turn = decode_turn(stored)
        if not found.sequence:
            given = opening(turn).time_source is TimeSource.GIVEN
        found = Standing(area, turn.rules, turn.sequence, turn.at if given else None)
    return found


def changing(log: Standing) -> Envelope:
    """The command from which the present version decides, under a key of this end of the log."""
    key = f"rules-{present().number}-{log.sequence}"
    return Envelope(
        area=log.area,
        operation=REGISTRY,
        mode=None,
        actor=OWNER,
        command_id=command_id(log.area, REGISTRY, OWNER, key),
        command=ChangeRules(rules=present().number),
        at=log.at,
    )


def answer(log: LogReader, asked: Envelope, after: int) -> Turn | None:
    """The turn of a command behind a sequence; None where there is none yet."""
    for stored in log.read(asked.area, after):
        turn = decode_turn(stored)
        if turn.command_id == asked.command_id:
            return turn
    return None
