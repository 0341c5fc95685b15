"""The board: what a page weighs once all has ended, and what keeping it costs beside deciding."""

from __future__ import annotations

import time
from gzip import compress
from random import Random
from typing import Any, Final

from api.live import Feed, Reader
from api.live.readers import reader_of
from schemas.values import AccountId, DivisionCode, Role
from schemas.views import GrantView
from streams.engines import Published
from tests.bench.parts import SEED, staffed, thread
from tests.streams.world import WENZHOU, World, divisions

DEMANDS: Final = 1_500
HALF_A_DAY: Final = 13 * 60  # minutes


def run() -> dict[str, Any]:
    """Whole demands, then half a day; a desk of the whole area asks for its page before and after.
    `kept_*` is the page with everything that ever was: what it would be if nothing left."""
    random = Random(SEED)
    world, incident = staffed(random)
    feed, told = Feed(divisions(), WENZHOU), 0
    deciding = keeping = 0.0
    for _ in range(DEMANDS):
        started = time.perf_counter()
        thread(world, random, incident)
        deciding += time.perf_counter() - started
        started = time.perf_counter()
        told = told_to(feed, world, told)
        keeping += time.perf_counter() - started
    kept = len(feed.whole().changes)
    world.wait(minutes=HALF_A_DAY)
    world.organization("the last one", units=1)
    told_to(feed, world, told)
    page, milliseconds = _page(feed)
    everything = sum(len(entry.encoded) for entry in feed._rows.values())
    return {
        "seed": SEED,
        "turns": len(world.turns),
        "rows_kept": kept,
        "everything_kb": round(everything / 1e3),
        "page_kb": round(len(page) / 1e3),
        "page_gzip_kb": round(len(compress(page)) / 1e3),
        "page_ms": milliseconds,
        "keep_share_of_deciding": round(keeping / deciding, 3),
    }


def told_to(feed: Feed, world: World, told: int) -> int:
    for taken in world.turns[told:]:
        turn = taken.turn
        feed.apply([Published(WENZHOU, turn.sequence, turn.at, taken.changes)])
    return len(world.turns)


def _page(feed: Feed) -> tuple[bytes, float]:
    reader = desk()
    feed.page(reader)  # whose bytes are made once, and kept
    started = time.perf_counter()
    page = feed.page(reader)
    return page, round((time.perf_counter() - started) * 1e3, 1)


def desk() -> Reader:
    scope = DivisionCode(WENZHOU)
    grant = GrantView(role=Role.DESK, division=scope, organization=None, until=None)
    return reader_of(
        [grant], account=AccountId("desk"), role=Role.DESK, now=0, tree=divisions(), homes={}
    )
