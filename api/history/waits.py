"""What history says of one line: how long each of its three waits was, and how it ended.

Of its present round alone: reopening a demand begins another one, with its own waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from api.history.standards import judged
from schemas.values import CloseReason, Instant, Milliseconds
from streams.days import day_of
from streams.grouping import NO_RECOVERY

WITHDRAWN: Final = (*NO_RECOVERY, CloseReason.DONE_BY_OTHERS)
NOT_COME: Final = "not_come"  # enough was promised, and did not come, or was given up there
NOT_TAKEN: Final = "not_taken"  # somebody would have come, or stood there, and no desk took it on
NO_YES: Final = "no_yes"  # somebody was asked who said no, or nothing
NOT_REACHED: Final = "not_reached"  # somebody was asked, and no channel could reach anybody
NOBODY_HAS_IT: Final = "nobody_has_it"  # no organization is registered with the skill
NOBODY_ASKED: Final = "nobody_asked"  # it ended before anybody was looked for

# Whoever came by itself was not asked: it has helped, and is in none of the clocks. A crew of the
# present round has helped once it is there, unless it gave up; a desk may also record one as done
# that has never said that it arrived.
LINES: Final = """
SELECT demands.incident, demands.division, demands.kind, demands.priority, demands.published_at,
    demands.reason, lines.dropped OR lines.asleep, lines.open, lines.unmet AND lines.offers = 0,
    lines.minimum, lines.covered, lines.gates, lines.said_at, lines.opened_at,
    (SELECT min(sent_at) FROM offers
        WHERE line = lines.id AND sent_at >= lines.opened_at AND NOT unasked),
    min(crews.committed_at) FILTER (WHERE NOT crews.unasked),
    min(crews.starts_at) FILTER (WHERE NOT crews.unasked),
    min(crews.arrived_at) FILTER (WHERE NOT crews.unasked),
    lines.own + ifnull(sum(crews.quantity), 0),
    lines.own + ifnull(sum(crews.quantity) FILTER (WHERE crews.state != 'given_up'
        AND (crews.arrived_at IS NOT NULL OR crews.state = 'released')), 0),
    EXISTS (SELECT 1 FROM offers WHERE line = lines.id AND sent_at >= lines.opened_at
        AND state IN ('declined', 'no_answer')),
    EXISTS (SELECT 1 FROM offers WHERE line = lines.id AND sent_at >= lines.opened_at
        AND state = 'unreachable'),
    EXISTS (SELECT 1 FROM offers WHERE line = lines.id AND sent_at >= lines.opened_at
        AND (state = 'standby' OR stand_down_reason = 'sent_home' OR state = 'stood_down'
            AND answered > 0 AND stand_down_reason NOT IN ('needed_elsewhere', 'asked_anew'))),
    lines.own, demands.needed_by, demands.closed_at, min(crews.committed_at),
    min(crews.arrived_at) FILTER (WHERE crews.state != 'given_up'),
    (SELECT min(arrived_at) FROM (
        SELECT arrived_at, sum(quantity) OVER (ORDER BY arrived_at, id) AS there FROM assignments
        WHERE line = lines.id AND round = lines.round
            AND arrived_at IS NOT NULL AND state != 'given_up')
        WHERE lines.own < lines.target AND there >= lines.target - lines.own),
    lines.id
FROM demands JOIN lines ON lines.demand = demands.id
    LEFT JOIN assignments AS crews ON crews.line = lines.id AND crews.round = lines.round
WHERE demands.area = ? AND demands.operation = ? AND demands.number > 0
    AND demands.published_at >= ? AND demands.published_at < ?
    AND (demands.division IN (SELECT value FROM json_each(?))
        OR demands.sender IN (SELECT value FROM json_each(?)))
GROUP BY lines.id
"""
"""One row a line, as `Waited` has it: of the demands of an operation, published in a period, within
some divisions (twice the same JSON list)."""


class Counted(NamedTuple):
    """Of one line: whether it still waits for help; why it is unmet, None where it is not; whether,
    though unmet, it was helped with something; its clocks that have come to an end; which standards
    it can be held against, and whether it kept them."""

    withdrawn: bool
    waiting: bool
    reason: str | None
    partly: bool
    waits: tuple[tuple[int, Milliseconds], ...]
    kept: tuple[tuple[int, bool], ...]


class Waited(NamedTuple):
    """One line. Units are `promised` by whoever said yes, and have `helped` once they were there; a
    township's own crew is both.

    `stuck`: open, with nobody asked or to be asked now. `yes`, `starts`, `arrived`: the first ones
    of who was asked; who is reserved for later is expected to start then. `promise`, `first`: of
    whomever, asked or not; `full`: when its target was there, beside the township's `own`.
    """

    incident: str
    division: str
    kind: str
    priority: int
    published: Instant
    closed_as: str | None
    dropped: int
    open: int
    stuck: int
    minimum: int
    covered: int
    gates: str
    said: Instant | None
    opened: Instant
    asked: Instant | None
    yes: Instant | None
    starts: Instant | None
    arrived: Instant | None
    promised: int
    helped: int
    refused: int
    unreached: int
    left: int
    own: int
    needed: Instant | None
    closed: Instant | None
    promise: Instant | None
    first: Instant | None
    full: Instant | None
    line: str

    def counted(self, now: Instant) -> Counted:
        """What a measure counts of it, in any grouping."""
        unmet = self.unmet
        partly = unmet and (self.covered if self.open else self.helped) > 0
        reason = self.reason if unmet else None
        waits, kept = tuple(self.waits), tuple(self.kept(now))
        return Counted(self.withdrawn, self.waiting, reason, partly, waits, kept)

    @property
    def keys(self) -> tuple[str, ...]:
        """What it is counted under, besides all: in the order of measuring.WAYS."""
        day = day_of(self.published)
        return (str(self.priority), self.incident, self.division, self.kind, day)

    @property
    def withdrawn(self) -> bool:
        """Whether nobody's help was wanted any longer: no need, and so none that was not met."""
        return bool(self.dropped) or self.closed_as in WITHDRAWN

    @property
    def waiting(self) -> bool:
        """Whether it is open, and too few are coming."""
        return bool(self.open) and not self.withdrawn and self.covered < self.minimum

    @property
    def unmet(self) -> bool:
        """Whether too few came by its end, or too few are coming and nobody else can be asked.

        A demand that its desk closed as met was: by its word, by whomever.
        """
        if self.withdrawn or self.closed_as == CloseReason.MET:
            return False
        if self.open:
            return bool(self.stuck) and self.covered < self.minimum
        return self.helped < self.minimum

    @property
    def reason(self) -> str:
        """Why it is unmet: the last thing that was missing on its way to help."""
        if self.promised >= self.minimum:
            return NOT_COME
        if self.left:
            return NOT_TAKEN
        if self.refused:
            return NO_YES
        if self.unreached:
            return NOT_REACHED
        gates = msgspec.json.decode(self.gates)
        if gates:
            return str(max(gates, key=lambda one: one["count"])["gate"])
        if self.asked is not None:
            return NO_YES
        return NOBODY_ASKED if self.said is None else NOBODY_HAS_IT

    @property
    def waits(self) -> Iterator[tuple[int, Milliseconds]]:
        """Each of its clocks that has come to its end, by its number in measuring.CLOCKS.

        A standby of an earlier round that is taken in this one was not asked in it. Until somebody
        is there is counted of what is needed at once: who is wanted tomorrow is not late today.
        """
        if self.asked is not None:
            yield 0, self.asked - self.opened
            if self.yes is not None and self.yes >= self.asked:
                yield 1, self.yes - self.asked
        if self.arrived is not None and self.yes is not None and self.starts is not None:
            yield 2, max(0, self.arrived - max(self.yes, self.starts))
        if self.needed is None:
            for clock, there in ((3, self.first), (4, self.full)):
                if there is not None:
                    yield clock, max(0, there - self.opened)

    def kept(self, now: Instant) -> Iterator[tuple[int, bool]]:
        """Which steps of its priority's standard can be judged by now, and whether it kept them.

        None of a line that nobody needed any longer, or that the township's own crew has served.
        Whoever said yes before anybody was asked did not have to be asked.
        """
        if self.withdrawn or (self.first is None and self.own >= self.minimum):
            return iter(())
        asked = min(filter(None, (self.asked, self.promise)), default=None)
        end = now if self.open or self.closed is None else self.closed
        steps = (asked, self.promise, self.first)
        return judged(self.priority, self.opened, self.needed, steps, end)
