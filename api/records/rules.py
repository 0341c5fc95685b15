"""The rules of a profile: when one fits a record, and what it then says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Final

from msgspec import Meta, field

from api.records.fields import Condition, Record, Table, Wanted, value_at
from api.records.words import WordList
from schemas.values import CloseReason, Instant, Mode

Priority = Annotated[int, Meta(ge=1, le=4)]
Units = Annotated[int, Meta(ge=1, le=500)]


class Measured(Table, frozen=True):
    """Units by a quantity: one for every `per`, at least and at most so many."""

    of: str
    per: Units = 1
    least: Units = 1
    most: Units = 500

    def units(self, quantity: int | None) -> int:
        return max(self.least, min(self.most, -(-(quantity or 0) // self.per)))


class LineRule(Table, frozen=True):
    """One line; `public`: only a public crew can do it, so no organization is asked."""

    skill: str
    units: Units | Measured = 1
    minimum: Units = 1
    grade: Annotated[int, Meta(ge=1, le=3)] | None = None
    hazardous: bool = False
    whole: bool = False
    public: bool = False


class DemandRule(Table, frozen=True):
    """What is asked for where a rule names it."""

    kind: str
    priority: Priority
    lines: tuple[LineRule, ...]
    risk: str


Conditions = tuple[tuple[str, Condition], ...]

_RENAMED: Final = {"excluded": "except", "within": "in", "since": "from"}


class When(Table, frozen=True, rename=_RENAMED):
    """Conditions, all of which must hold; one that is not given holds.

    `fields`: all of them; `any_field`: one of them. `words` or `patterns` occur in the fields of
    `in`, else in the texts; a word inside one of `except` is none. `from` and `until` bound the
    time of filing. `undecided`: no rule before has said what is asked for.
    """

    fields: dict[str, Wanted] = field(default_factory=dict)
    any_field: dict[str, Wanted] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    quantities: dict[str, Wanted] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    undecided: bool = False

    @cached_property
    def word_list(self) -> WordList:
        return WordList(self.words, self.excluded, self.patterns)

    @cached_property
    def all_of(self) -> Conditions:
        return _conditions(self.fields)

    @cached_property
    def one_of(self) -> Conditions:
        return _conditions(self.any_field)

    @cached_property
    def counted(self) -> Conditions:
        return _conditions(self.quantities)


def _conditions(wanted: Mapping[str, Wanted]) -> Conditions:
    return tuple((name, Condition(one)) for name, one in wanted.items())


class Rule(When, frozen=True, rename=_RENAMED | {"raises": "raise"}):
    """A named rule: its conditions, and what it says where they hold.

    All that fit are applied in their order; what one has said, a later one does not change.
    Of all that `raise`, the most urgent counts; `add` always adds.
    """

    name: str = ""
    unless: When | None = None
    leave_out: str = ""
    mode: Mode | None = None
    false_report: bool = False
    demand: str = ""
    raises: Priority | None = None
    add: tuple[LineRule, ...] = ()
    close_reason: CloseReason | None = None

    @cached_property
    def only_demand(self) -> bool:
        """Whether it says nothing but what is asked for."""
        others = (self.leave_out, self.mode, self.false_report, self.raises, self.add)
        return not any((*others, self.close_reason))


@dataclass(frozen=True, slots=True)
class Matter:
    """A record as rules look at it."""

    record: Record
    at: Instant
    text: Callable[[tuple[str, ...]], str]
    quantity: Callable[[str], int | None]
    moment: Callable[[str], Instant]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fits, and the word or value that decided."""

    rule: Rule
    word: str


_ALWAYS: Final = "–"


def hit(rule: Rule, matter: Matter, decided: bool) -> Hit | None:
    """The rule's hit on a record, if it fits."""
    word = _holds(rule, matter, decided)
    if word is None or (rule.unless is not None and _holds(rule.unless, matter, decided)):
        return None
    return Hit(rule, word)


def _holds(when: When, matter: Matter, decided: bool) -> str | None:
    """What made the conditions hold; None where one does not."""
    if when.undecided and decided:
        return None
    if when.since and matter.at < matter.moment(when.since):
        return None
    if when.until and matter.at >= matter.moment(when.until):
        return None
    record = matter.record
    if not all(condition.fits(value_at(record, name)) for name, condition in when.all_of):
        return None
    if not all(one.fits(matter.quantity(name)) for name, one in when.counted):
        return None
    one = _first_fitting(record, when)
    if when.one_of and one is None:
        return None
    word = None
    if when.words or when.patterns:
        word = when.word_list.first(matter.text(when.within))
        if word is None:
            return None
    return word or one or _shown(record, when) or _ALWAYS


def _first_fitting(record: Record, when: When) -> str | None:
    for name, condition in when.one_of:
        value = value_at(record, name)
        if condition.fits(value):
            return f"{name}={value}"
    return None


def _shown(record: Record, when: When) -> str:
    return ", ".join(f"{name}={value_at(record, name)}" for name in when.fields)
