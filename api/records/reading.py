"""Records read by a profile: what each asks for, where, how urgent, and which rule decided."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from api.records.deciding import Decider, Said
from api.records.fields import Record, paths_of, text_of, value_at
from api.records.placing import Ground, Placed, PlaceRefused
from api.records.profile import Profile
from api.records.texts import MOST, kept
from api.records.times import TimeRefused, instant
from schemas.values import CloseReason, Instant, LineRequest, Mode, Place

ID_LENGTH: Final = 32


class Refused(Exception):
    """Why a record is no demand: a code, the field or rule that it is about, what stands there."""

    def __init__(self, code: str, field: str = "", detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.detail = detail


class Line(msgspec.Struct, frozen=True):
    """A line, and whether only a public crew can do it."""

    request: LineRequest
    public: bool


class Reading(msgspec.Struct, frozen=True):
    """What one record comes to at one moment of its life; `rule` and `word` decided."""

    id: str
    at: Instant
    mode: Mode
    kind: str
    priority: int
    place: Place
    lines: tuple[Line, ...]
    risk: str
    rally_point: str
    stage: str
    reason: CloseReason
    texts: dict[str, str]
    flags: tuple[str, ...]
    rule: str
    word: str


class Reader:
    """Reads the records of one profile over one ground."""

    def __init__(self, profile: Profile, ground: Ground) -> None:
        self.profile, self.ground = profile, ground
        self._decider = Decider(profile)

    def read(self, record: Record) -> Reading:
        """What it comes to. Raises Refused."""
        at = self.at(record)
        said = self._decided(record, at)
        demand = self.profile.demands[said.by["demand"].rule.demand]
        placed, (stage, unknown) = self._placed(record), self.stage(record)
        lines = self._lines(record, said)
        texts, cut = self._texts(record)
        mode, false = self._mode(said), "false_report" in said.by or stage == "false_report"
        marks = {
            **dict.fromkeys((*placed.flags, *unknown, *cut), True),
            "false_report": false,
            mode.value: mode is not Mode.ACTUAL,
            "public_crew": any(line.public for line in lines),
        }
        return Reading(
            id=self.id(record),
            at=at,
            mode=mode,
            kind=demand.kind,
            priority=min([demand.priority, *said.raises]),
            place=placed.place,
            lines=lines,
            risk=demand.risk,
            rally_point=self._rally_point(placed.place),
            stage="done" if stage == "false_report" else stage,
            reason=CloseReason.UNFOUNDED if false else self._reason(said),
            texts=texts,
            flags=tuple(flag for flag, there in marks.items() if there),
            rule=said.by["demand"].rule.name,
            word=said.by["demand"].word,
        )

    def id(self, record: Record) -> str:
        """A hash of the record's own id, else of all that it says."""
        field = self.profile.fields.id
        own = text_of(value_at(record, field))
        if paths_of(field) and not own:
            raise Refused("id_missing", "id")
        return sha256(own.encode() if own else _content(record)).hexdigest()[:ID_LENGTH]

    def at(self, record: Record) -> Instant:
        """When it was filed. Raises Refused."""
        try:
            return _filed_at(record, self.profile)
        except TimeRefused as refused:
            raise Refused(refused.code, "time", refused.detail) from None

    def _decided(self, record: Record, at: Instant) -> Said:
        said = self._decider.said(record, at)
        if "leave_out" in said.by:
            hit = said.by["leave_out"]
            raise Refused(hit.rule.leave_out, detail=hit.word)
        if "demand" not in said.by:
            raise Refused("not_understood")
        return said

    def _placed(self, record: Record) -> Placed:
        try:
            return self.ground.place(record, self.profile)
        except PlaceRefused as refused:
            raise Refused(refused.code, refused.field) from None

    def stage(self, record: Record) -> tuple[str, tuple[str, ...]]:
        """How far it is by its status, and what is marked about that. Raises Refused."""
        status, field = self.profile.status, self.profile.fields.status
        if not paths_of(field):
            return "open", ()
        words = [text_of(value_at(record, path)) for path in paths_of(field)]
        found = next((stage for word in words if (stage := status.stage(word))), None)
        if found is None and status.unknown == "refuse":
            raise Refused("status_unknown", "status")
        return (found, ()) if found is not None else ("open", ("status_unknown",))

    def _lines(self, record: Record, said: Said) -> tuple[Line, ...]:
        demand = self.profile.demands[said.by["demand"].rule.demand]
        found = self._decider.lines(record, [*demand.lines, *said.add])
        return tuple(Line(request, rule.public) for rule, request in found.items())

    def _texts(self, record: Record) -> tuple[dict[str, str], tuple[str, ...]]:
        texts, cut = {}, False
        for field in MOST:
            text, short = kept(
                field, text_of(value_at(record, getattr(self.profile.fields, field)))
            )
            cut = cut or short
            if text:
                texts[field] = text
        return texts, ("text_cut",) if cut else ()

    def _rally_point(self, place: Place) -> str:
        return self.profile.place.rally_point.format(township=self.ground.name(place.division))

    def _mode(self, said: Said) -> Mode:
        found = said.by["mode"].rule.mode if "mode" in said.by else None
        return found or Mode.ACTUAL

    def _reason(self, said: Said) -> CloseReason:
        found = said.by["close_reason"].rule.close_reason if "close_reason" in said.by else None
        return found or self.profile.status.reason


def filed_at(record: Record, profile: Profile) -> Instant | None:
    """When a record was filed; None where that cannot be read."""
    try:
        return _filed_at(record, profile)
    except TimeRefused:
        return None


def county_of(record: Record, profile: Profile) -> str:
    """The county that a record names."""
    return text_of(value_at(record, profile.fields.county))


def _filed_at(record: Record, profile: Profile) -> Instant:
    value = value_at(record, profile.fields.time)
    return instant(value, profile.time.formats, profile.zone)


def content_of(record: Record) -> str:
    """A digest of all that a record says."""
    return sha256(_content(record)).hexdigest()


def _content(record: Record) -> bytes:
    return msgspec.json.encode(record, order="deterministic")
