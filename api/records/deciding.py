"""What a profile's rules say of a record: every rule that fits, in their order."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from api.records.fields import Record, text_of, value_at
from api.records.profile import Profile
from api.records.rules import Hit, LineRule, Matter, Measured, hit
from schemas.values import Instant, LineRequest

ASPECTS: Final = ("leave_out", "mode", "false_report", "demand", "close_reason")


class Said:
    """What has been said of a record, each thing by the first rule that did."""

    def __init__(self) -> None:
        self.by: dict[str, Hit] = {}
        self.raises: list[int] = []
        self.add: list[LineRule] = []

    def hear(self, found: Hit) -> None:
        for aspect in ASPECTS:
            if getattr(found.rule, aspect):
                self.by.setdefault(aspect, found)
        if found.rule.raises is not None:
            self.raises.append(found.rule.raises)
        self.add += found.rule.add


class Decider:
    """A profile's rules, asked of one record after the other."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._moments: dict[str, Instant] = {}

    def said(self, record: Record, at: Instant) -> Said:
        profile, said = self._profile, Said()
        matter = Matter(
            record,
            at,
            text=lambda within: self.text(record, within),
            quantity=lambda name: self._quantity(record, name),
            moment=self._moment,
        )
        for rule in profile.rules:
            if rule.only_demand and "demand" in said.by:
                continue  # it is said already
            found = hit(rule, matter, "demand" in said.by)
            if found is not None:
                said.hear(found)
        return said

    def lines(self, record: Record, rules: list[LineRule]) -> dict[LineRule, LineRequest]:
        """The lines that rules ask for; of one skill and grade the most that one of them asks."""
        found: dict[tuple[str, int | None], tuple[LineRule, LineRequest]] = {}
        for rule in rules:
            request, key = self._request(record, rule), (rule.skill, rule.grade)
            if key not in found or found[key][1].target < request.target:
                found[key] = rule, request
        return dict(found.values())

    def text(self, record: Record, within: tuple[str, ...] = ()) -> str:
        """What words are looked for in."""
        paths = within or self._profile.texts
        return "\n".join(text_of(value_at(record, path)) for path in paths)

    def _quantity(self, record: Record, name: str) -> int | None:
        return self._profile.quantities[name].of(record, lambda: self.text(record))

    def _request(self, record: Record, rule: LineRule) -> LineRequest:
        units = rule.units
        if isinstance(units, Measured):
            units = units.units(self._quantity(record, units.of))
        minimum = units if rule.whole else min(rule.minimum, units)
        return LineRequest(
            skill=rule.skill,
            minimum=minimum,
            target=units,
            grade=rule.grade,
            hazardous=rule.hazardous,
            whole=rule.whole,
        )

    def _moment(self, text: str) -> Instant:
        """A time of the profile's own, local to its zone where it says none."""
        if text not in self._moments:
            local = datetime.fromisoformat(text)
            zoned = local if local.tzinfo else local.replace(tzinfo=self._profile.zone)
            self._moments[text] = round(zoned.timestamp() * 1000)
        return self._moments[text]
