"""What accounts see: boards that follow their streams, and the watch that time waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress

from api.client import Event, Page, ResumeLost, Session, sequence_of
from api.drill.sightings import Sightings
from schemas.values import OrganizationId
from schemas.views import AssignmentRow, OfferRow, Row

CATCH_UP_S = 5.0  # how long time waits for streams that have not told everything yet
STALL_S = 0.1  # nothing moved for so long: perhaps there is nothing to tell


class Board:
    """One account's own copy of its board page, kept up to date by its stream.

    `hear` is called for each row as it is put; `gone` for the id of each that leaves.
    """

    def __init__(
        self,
        session: Session,
        hear: Callable[[Row], None],
        gone: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.session = session
        self.rows: dict[str, Row] = {}
        self.reached = 0  # the sequence up to which everything has been heard
        self.moved: Callable[[], None] = lambda: None
        self._event = ""
        self._hear = hear
        self._gone = gone

    async def open(self) -> None:
        """Read the page and hear every row of it."""
        page: Page = await self.session.board()
        self._event, self.reached = page.event, sequence_of(page.event)
        before, self.rows = self.rows, {row.id: row for row in page.rows}
        for row_id in before.keys() - self.rows.keys():
            self._gone(row_id)
        for row in page.rows:
            self._hear(row)
        self.moved()

    async def follow(self) -> None:
        """Hear every change from now on, until cancelled. Raises ServerGone."""
        while True:
            try:
                async for event in self.session.follow(self._event):
                    self._take(event)
            except ResumeLost:
                await self.open()

    async def probe(self) -> None:
        """Ask whether there is anything left to hear: not every turn shows something to everybody.

        A second stream from the same place says so by beginning with where the log is.
        """
        with suppress(ResumeLost):  # `follow` will notice and begin anew
            async with aclosing(self.session.follow(self._event)) as events:
                first = await anext(events)
            if not first.data.changes:
                self.reached = max(self.reached, first.sequence)

    def _take(self, event: Event) -> None:
        self._event, self.reached = event.id, event.sequence
        for change in event.data.changes:
            if change.put is not None:
                self.rows[change.put.id] = change.put
                self._hear(change.put)
            elif change.removed is not None:
                self.rows.pop(change.removed.id, None)
                self._gone(change.removed.id)
        self.moved()


class Watch:
    """Knows from an account that sees everything what everybody else has yet to be told.

    Players react to their own streams. So time may go on only when what the log holds has
    arrived: first on the watcher's stream, then on each organization's that it was about.
    """

    def __init__(self, watcher: Session) -> None:
        self.board = Board(watcher, self._hear)
        self.known: dict[str, Row] = {}  # also rows that have left the board
        self.sightings = Sightings()
        self.missed = 0
        self._boards: dict[OrganizationId, Board] = {}
        self._expected: dict[OrganizationId, int] = {}
        self._sent = 0
        self._moved = asyncio.Event()
        self.board.moved = self._moved.set

    async def recall(self, reader: Session) -> None:
        """Learn what had left the board before this began, as far as an account may see it."""
        for kind in ("incidents", "demands", "offers", "assignments", "tasks"):
            async for row in reader.past(kind):
                self.known.setdefault(row.id, row)

    def add(self, organization: OrganizationId, board: Board) -> None:
        """Wait for this organization's stream, too, from now on."""
        self._boards[organization] = board
        board.moved = self._moved.set

    def sent(self, sequence: int) -> None:
        """A post was answered with this sequence."""
        self._sent = max(self._sent, sequence)

    def _hear(self, row: Row) -> None:
        self.sightings.note(self.known.get(row.id), row)
        self.known[row.id] = row
        if isinstance(row, OfferRow | AssignmentRow) and row.organization in self._boards:
            self._expected[row.organization] = self.board.reached

    async def settled(self, sequence: int) -> None:
        """Return when every stream has caught up with a sequence and with what was sent.

        One that does not within some seconds is counted as missed.
        """
        self.sent(sequence)
        patience = int(CATCH_UP_S / STALL_S)
        while self._behind():
            self._moved.clear()
            try:
                async with asyncio.timeout(STALL_S):
                    await self._moved.wait()
            except TimeoutError:
                patience -= 1
                await self.board.probe()
            if not patience:
                self.missed += max(1, len(self._expected))
                self._expected.clear()
                self._sent = 0

    def _behind(self) -> bool:
        for organization, sequence in list(self._expected.items()):
            if self._boards[organization].reached >= sequence:
                del self._expected[organization]
        return self.board.reached < self._sent or bool(self._expected)
