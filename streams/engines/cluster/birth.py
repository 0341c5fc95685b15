"""The birth of an area's log on a cluster: the command that opens it, and its turn."""

from __future__ import annotations

import asyncio
from pathlib import Path

from schemas.turns import Envelope, Turn
from schemas.values import AreaId
from schemas.wire import decode_turn
from streams.engines import Unavailable
from streams.engines.clock import Clock
from streams.engines.cluster.engine import Cluster
from streams.engines.cluster.layout import FILE, Layout
from streams.engines.cluster.replay import Replay
from streams.engines.folder import Birth, Divisions, FolderUnfit, first_turn


def found(path: Path, birth: Birth) -> Turn:
    """Have an area's log opened and wait for its turn. Not for the thread of an event loop.

    Whoever comes again with the same words gets the same turn: the first time may have been
    broken off. Raises FolderUnfit, FolderHeld, LayoutUnfit, BrokerAway, TopicMissing, BoardAway.
    """
    layout = Layout.read(path)
    if birth.area not in layout.areas:
        raise FolderUnfit(f"area {birth.area} is not in the table of {FILE}")
    divisions = Divisions(path)
    envelope = birth.envelope(divisions)
    first_turn(envelope, divisions, Clock().now())
    replay = Replay(layout)
    try:
        earlier = _first(replay, birth.area)
        if earlier is not None and earlier.command == envelope.command:
            return earlier
        birth.refuse_mixture(replay)
    finally:
        replay.close()
    return asyncio.run(_opened(path, envelope))


def _first(replay: Replay, area: AreaId) -> Turn | None:
    try:
        return decode_turn(replay.stored(area, 1))
    except LookupError:
        return None


async def _opened(path: Path, envelope: Envelope) -> Turn:
    engine = await Cluster.open(path)
    try:
        turn = (await engine.submit(envelope)).turn
    except Unavailable as problem:
        raise FolderUnfit(
            f"the log of area {envelope.area} is not open: {problem}; it takes a decider and a "
            "projector that run"
        ) from problem
    finally:
        await engine.close()
    if turn.command != envelope.command or turn.refusal is not None:
        raise FolderUnfit(f"area {envelope.area} has been opened by somebody else just now")
    return turn
