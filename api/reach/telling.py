"""Telling: what the messenger reports becomes commands, in the process that owns the log.

`notices.db` lies between the two: a report stays there until its command has a turn. One that is
sent twice is a repeat, so nothing is lost and nothing is done twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Final

import apsw
import msgspec

from api.live import Feed
from api.reach.notices import Report, open_notices
from api.reach.receiving import sealed_as
from api.safe import Vault
from api.settings import Settings
from schemas.commands import (
    AcceptOffer,
    Command,
    DeclineOffer,
    Reached,
    RecordReach,
    RestoreReach,
)
from schemas.ids import command_id
from schemas.refusals import REFUSALS, Refusal
from schemas.turns import DELIVERY, REGISTRY, Envelope, Turn
from schemas.values import (
    DeclineReason,
    Instant,
    Mode,
    OfferId,
    OperationId,
    OrganizationId,
    PersonId,
    Reach,
)
from schemas.views import OfferRow
from streams.engines import Defect, Engine, KeyReused, Unavailable
from streams.wording import was_outdated

LOOK_S: Final = 0.2
MOST: Final = 200  # reports in one command
SEEN_MOST: Final = 20_000  # that pages have shown, waiting to be written

_logger = logging.getLogger("shouwang.reach")


class Telling:
    """Carries reports to the log, and what open pages have shown to the messenger."""

    def __init__(
        self,
        engine: Engine,
        feed: Feed,
        settings: Settings,
        vault: Vault,
        now: Callable[[], Instant],
    ) -> None:
        self._vault = vault
        # A hold of its own: its threads write while the doors read by theirs.
        self._notices, self._engine, self._feed = open_notices(settings), engine, feed
        self._settings, self._now = settings, now
        self._seen: dict[tuple[str, str], None] = {}

    def close(self) -> None:
        self._notices.close()

    def see(self, shown: Iterable[tuple[str, str]]) -> None:
        """An organization's page has shown these, offers with what of each; told within a moment,
        lost with the process."""
        if len(self._seen) < SEEN_MOST:
            self._seen.update(dict.fromkeys(shown))

    async def run(self) -> None:
        """Until it is canceled; a file or a log that is busy costs a round."""
        while True:
            try:
                await self.step()
            except (apsw.Error, Unavailable) as error:
                _logger.warning("reports wait: %s", type(error).__name__)
            await asyncio.sleep(LOOK_S)

    async def step(self) -> None:
        """Carry what is there now. Raises apsw.Error and Unavailable; what was carried stays so."""
        if self._seen:
            seen, self._seen = self._seen, {}
            await asyncio.to_thread(self._notices.see, list(seen), self._now())
        reports = self._notices.reports(MOST)
        if not reports:
            return
        heard = [report for report in reports if report.kind in ("reached", "unreachable")]
        for told in self._apart(heard):
            await self._carry(_reach(told), told, _key(told))
        restored = [report for report in reports if report.kind == "restored"]
        if restored:
            await self._carry(_restored(restored), restored, _key(restored))
        for report in reports:
            if report.kind == "answered":
                await self._bring(report)

    def _apart(self, reports: list[Report]) -> Iterable[list[Report]]:
        """By operation: a turn belongs to one, and an exercise may go on beside actual work."""
        found: dict[OperationId, list[Report]] = {}
        for report in reports:
            operation, _ = place_of(self._feed, self._settings, OfferId(report.about))
            found.setdefault(operation, []).append(report)
        return found.values()

    async def _bring(self, report: Report) -> None:
        """An answer; one that the rules do not take, and that matters, is for a person to read."""
        key = str(report.content["key"])
        turn = await self._carry(self._answer(report), [report], key)
        refusal = None if turn is None else _refusal(turn)
        if refusal is None or not _matters(report, refusal):
            return
        words = REFUSALS[refusal]
        said = ("可以", "yes") if report.content["yes"] else ("不能", "no")
        text = f"{said[0]}（未采纳：{words.zh}） {said[1]} (not taken: {words.en})"
        sealed = self._vault.seal_for_folder(sealed_as(key), text)
        await asyncio.to_thread(self._notices.refused, key, sealed)

    async def _carry(self, command: Command | None, reports: list[Report], key: str) -> Turn | None:
        """Submit, and note that it is done; a refusal is an answer. None where there is no turn."""
        turn = None
        if command is not None:
            try:
                turn = (await self._engine.submit(self._envelope(command, key))).turn
            except (Defect, KeyReused) as error:  # tried again it would be the same
                _logger.error("a report was not taken: %s", type(error).__name__)
        await asyncio.to_thread(self._notices.done, [report.number for report in reports])
        return turn

    def _envelope(self, command: Command, key: str) -> Envelope:
        operation, mode = self._place(command)
        area = self._settings.area
        return Envelope(
            area=area,
            operation=operation,
            mode=mode,
            actor=DELIVERY,
            command_id=command_id(area, operation, DELIVERY, key),
            command=command,
        )

    def _place(self, command: Command) -> tuple[OperationId, Mode | None]:
        match command:
            case RestoreReach():
                return REGISTRY, None
            case RecordReach():
                offers = (*(one.offer for one in command.reached), *command.unreachable)
                return place_of(self._feed, self._settings, offers[0])
            case AcceptOffer() | DeclineOffer():
                return place_of(self._feed, self._settings, command.offer)
        raise AssertionError(f"no report leads to {type(command).__name__}")

    def _answer(self, report: Report) -> Command | None:
        """A yes is to all units that were asked for; an offer that nobody knows has no answer."""
        told = report.content
        put = self._feed.find("offer", told["offer"])
        if put is None or not isinstance(put.row, OfferRow):
            return None
        person = None if told["person"] is None else PersonId(told["person"])
        if told["yes"]:
            return AcceptOffer(
                offer=put.row.id,
                quantity=put.row.quantity,
                person=person,
                revision=told.get("revision"),
            )
        # One digit gives no reason: it pauses as for a crew that is away just now.
        return DeclineOffer(offer=put.row.id, reason=DeclineReason.NO_CREW, person=person)


def place_of(feed: Feed, settings: Settings, offer: OfferId) -> tuple[OperationId, Mode]:
    """The operation and mode of an offer; of one that nobody knows, the server's own."""
    put = feed.find("offer", offer)
    if put is None or not isinstance(put.row, OfferRow):
        return settings.operation, settings.mode
    return put.row.operation, put.row.mode


def _refusal(turn: Turn) -> Refusal | None:
    return Refusal.WORDS_CHANGED if was_outdated(turn) else turn.refusal


def _matters(report: Report, refusal: Refusal) -> bool:
    """Who takes a yes back has to be heard; a yes to what is over, or was said, changes nothing."""
    if not report.content["yes"]:
        return refusal is Refusal.ALREADY_ANSWERED
    over = (Refusal.ALREADY_ANSWERED, Refusal.OFFER_STOOD_DOWN, Refusal.NO_LONGER_NEEDED)
    return refusal not in over


def _reach(reports: list[Report]) -> Command:
    reached = tuple(
        Reached(offer=OfferId(one.about), by=Reach(one.content["by"]))
        for one in reports
        if one.kind == "reached"
    )
    lost = tuple(OfferId(one.about) for one in reports if one.kind == "unreachable")
    return RecordReach(reached=reached, unreachable=lost)


def _restored(reports: list[Report]) -> Command:
    organizations = tuple(OrganizationId(one.content["id"]) for one in reports)
    return RestoreReach(organizations=organizations)


def _key(reports: list[Report]) -> str:
    """The same reports have the same key."""
    told = [(one.kind, one.about, one.content) for one in reports]
    return sha256(msgspec.json.encode(told, order="sorted")).hexdigest()[:32]
