"""Review: what happened, turn by turn, in words that a reader of the timeline understands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

from schemas.codes import DOMAINS, HAZARDS, KINDS, SKILLS
from schemas.facts import Fact
from schemas.refusals import REFUSALS
from schemas.turns import Turn
from schemas.values import (
    Capability,
    DemandId,
    DivisionCode,
    GateCount,
    IncidentId,
    Instant,
    LineId,
    Mode,
    OrganizationId,
)
from streams.ledger import About, Ledger
from streams.matching.why import kilometers
from streams.parameters import MINUTE
from streams.review_words import CLASSES, FACTS, GATES, MARKS, MEDIA, PURPOSES, REASONS, ROLES

TAP_TOLERANCE = 10 * MINUTE  # a device's claim farther from rule time is marked doubtful


class Text(msgspec.Struct, frozen=True):
    """One sentence in both languages."""

    zh: str
    en: str


class FactView(msgspec.Struct, frozen=True):
    """A fact as the timeline shows it: its kind, its words, and what it is about."""

    type: str
    words: Text
    incident: IncidentId | None
    demand: DemandId | None
    line: LineId | None
    organization: OrganizationId | None


class RefusalView(msgspec.Struct, frozen=True):
    """Why a turn changed nothing."""

    code: str
    words: Text


class Entry(msgspec.Struct, frozen=True):
    """A turn as the timeline shows it. No text of a person's device or sealed field is in it."""

    sequence: int
    at: Instant
    tapped_at: Instant | None
    tap_doubtful: bool
    actor: str
    command: str
    facts: tuple[FactView, ...]
    refusal: RefusalView | None


class Scope(NamedTuple):
    """What a reader of the timeline may see, and of which incident it is wanted.

    By `divisions`: what lies inside them, and incidents that one of them has joined. By
    `organizations`: only what concerns these themselves.
    """

    divisions: tuple[DivisionCode, ...] = ()
    organizations: tuple[OrganizationId, ...] = ()
    incident: IncidentId | None = None

    def shows(self, ledger: Ledger, about: About) -> bool:
        if about == About():
            return bool(self.divisions)  # a standstill concerns every desk
        if self.incident not in (None, about.incident):
            return False
        if about.organization in self.organizations:
            return True
        return any(self._holds(ledger, division) for division in _places(ledger, about))

    def _holds(self, ledger: Ledger, division: DivisionCode) -> bool:
        return any(ledger.divisions.contains(scope, division) for scope in self.divisions)


def _places(ledger: Ledger, about: About) -> Iterable[DivisionCode]:
    if about.division is not None:
        yield about.division
    if about.demand is None and about.incident in ledger.incidents:
        yield from ledger.incidents[about.incident].joined


def entry(ledger: Ledger, turn: Turn, scope: Scope) -> Entry | None:
    """A turn with those of its facts that are in scope; None where nothing of it is."""
    ledger.learn(turn)
    facts = tuple(
        _view(ledger, fact, about, turn.mode)
        for fact in turn.facts
        if scope.shows(ledger, about := ledger.about(fact))
    )
    refused = turn.refusal is not None and scope.shows(ledger, ledger.about(turn.command))
    if not facts and not refused:
        return None
    return Entry(
        sequence=turn.sequence,
        at=turn.at,
        tapped_at=turn.tapped_at,
        tap_doubtful=_doubtful(turn),
        actor=turn.actor,
        command=type(turn.command).__name__,
        facts=facts,
        refusal=_refusal(turn) if refused else None,
    )


def _doubtful(turn: Turn) -> bool:
    return turn.tapped_at is not None and abs(turn.tapped_at - turn.at) > TAP_TOLERANCE


def _refusal(turn: Turn) -> RefusalView | None:
    if turn.refusal is None:
        return None
    message = REFUSALS[turn.refusal]
    return RefusalView(turn.refusal.value, Text(message.zh, message.en))


def _view(ledger: Ledger, fact: Fact, about: About, mode: Mode | None) -> FactView:
    return FactView(
        type=type(fact).__name__,
        words=words(ledger, fact, about, mode),
        incident=about.incident,
        demand=about.demand,
        line=about.line,
        organization=about.organization,
    )


def words(ledger: Ledger, fact: Fact, about: About, mode: Mode | None) -> Text:
    """What a fact says to a reader, with every name filled in."""
    zh, en = (
        template.format_map(_Names(ledger, fact, about, mode, language))
        for language, template in enumerate(FACTS[type(fact)])
    )
    return Text(zh, en[:1].upper() + en[1:])


class _Names(dict[str, str]):
    """Fills in a template in one language (0 zh, 1 en); a name is made when it is asked for."""

    def __init__(
        self, ledger: Ledger, fact: Any, about: About, mode: Mode | None, language: int
    ) -> None:
        super().__init__()
        self.ledger = ledger
        self.fact = fact
        self.about = about
        self.mode = mode
        self.language = language

    def __missing__(self, name: str) -> str:
        maker = _MAKERS.get(name)
        return str(getattr(self.fact, name)) if maker is None else maker(self)

    def pick(self, zh: str, en: str) -> str:
        return (zh, en)[self.language]

    def word(self, words: tuple[Any, ...] | None, code: object) -> str:
        """One code's name; a code that this program does not know stands for itself."""
        return str(code) if words is None else str(words[self.language])

    def skill(self, code: str) -> str:
        return self.word(SKILLS.get(code), code)

    def marked(self, number: int, mode: Mode | None) -> str:
        return f"{'' if mode is None else MARKS[mode][self.language]}{number}"

    def listed(self, items: Iterable[str]) -> str:
        return self.pick("、", ", ").join(items)

    def place(self, code: DivisionCode | None) -> str:
        found = self.ledger.divisions.get(code or "")
        return str(code or "") if found is None else self.pick(found.name, found.english)


def _incident(names: _Names) -> str:
    known = names.ledger.incidents[names.about.incident or ""]
    number = names.marked(known.number, known.mode)
    hazard = names.word(HAZARDS.get(known.hazard), known.hazard)
    return names.pick(f"{number} 号事件({hazard})", f"incident {number} ({hazard})")


def _demand(names: _Names) -> str:
    known = names.ledger.demands[names.about.demand or ""]
    number = names.marked(known.number, known.mode)
    kind = names.word(KINDS.get(known.kind), known.kind)
    return names.pick(f"{number} 号需求({kind})", f"demand {number} ({kind})")


def _line(names: _Names) -> str:
    line = names.ledger.lines[names.about.line or ""]
    demand = names.ledger.demands[line.demand]
    number, skill = names.marked(demand.number, demand.mode), names.skill(line.skill)
    return names.pick(
        f"{number} 号需求第 {line.number} 行「{skill}」",
        f"demand {number}, line {line.number} ({skill})",
    )


def _task(names: _Names) -> str:
    known = names.ledger.tasks[names.about.task or ""]
    number = names.marked(known.number, known.mode)
    return names.pick(f"{number} 号恢复任务", f"recovery task {number}")


def _organization(names: _Names) -> str:
    known = names.ledger.organizations.get(names.about.organization or "")
    return str(names.about.organization or "") if known is None else known.name


def _scope(names: _Names) -> str:
    return _organization(names) if names.fact.organization else names.place(names.fact.division)


def _certificate(names: _Names) -> str:
    held = names.fact.certificate
    skill = names.skill(held.skill)
    return names.pick(f"{skill} {held.grade} 级", f"{skill}, grade {held.grade}")


def _capabilities(names: _Names) -> str:
    def said(item: Capability) -> str:
        return names.pick(f"{names.skill(item.skill)} {item.units}", "") or (
            f"{item.units} × {names.skill(item.skill)}"
        )

    none = names.pick("未登记技能", "no units")
    return names.listed(said(item) for item in names.fact.capabilities) or none


def _lines(names: _Names) -> str:
    asked = [(names.skill(n.request.skill), n.request) for n in names.fact.lines]
    return names.listed(f"{skill} {item.minimum}–{item.target}" for skill, item in asked)


def _added(names: _Names) -> str:
    said = _lines(names)
    return said and names.pick(f",新增:{said}", f", added: {said}")


def _gates(names: _Names) -> str:
    def said(item: GateCount) -> str:
        gate = names.word(GATES.get(item.gate), item.gate)
        return names.pick(f"{gate} {item.count}", f"{item.count} {gate}")

    listed = names.listed(said(item) for item in names.fact.gates)
    return listed and names.pick(f"({listed})", f" ({listed})")


def _short(names: _Names) -> str:
    """Units that no offer asks for; with none, it is offers that are too few."""
    missing = names.fact.missing
    if missing == 0:
        return names.pick("的已发邀约少于应有家数", "has fewer open offers than it should")
    return names.pick(f"还缺 {missing} 个单位", f"is short of {missing}")


def _minutes(milliseconds: int) -> str:
    """Whole minutes, rounded up."""
    return str(-(-milliseconds // MINUTE))


def _arrival(names: _Names) -> str:
    minutes = names.fact.minutes
    return "" if minutes is None else names.pick(f",约 {minutes} 分钟到达", f", in {minutes} min")


_MAKERS: dict[str, Callable[[_Names], str]] = {
    "incident": _incident,
    "demand": _demand,
    "line": _line,
    "task": _task,
    "organization": _organization,
    "division": lambda names: names.place(names.about.division),
    "scope": _scope,
    "certificate": _certificate,
    "capabilities": _capabilities,
    "lines": _lines,
    "added": _added,
    "targets": lambda names: names.listed(str(target) for target in names.fact.targets),
    "gates": _gates,
    "short": _short,
    "kilometers": lambda names: kilometers(names.fact.meters),
    "answer": lambda names: _minutes(names.fact.answer_by - names.fact.at),
    "retry": lambda names: _minutes(names.fact.retry_at - names.fact.at),
    "lost": lambda names: _minutes(names.fact.by),
    "arrival": _arrival,
    "reason": lambda names: names.word(REASONS.get(names.fact.reason), names.fact.reason),
    "domain": lambda names: names.word(DOMAINS.get(names.fact.domain), names.fact.domain),
    "role": lambda names: names.word(ROLES.get(names.fact.role), names.fact.role),
    "class": lambda names: names.word(
        CLASSES.get(names.fact.registration_class), names.fact.registration_class
    ),
    "purpose": lambda names: names.word(PURPOSES.get(names.fact.purpose), names.fact.purpose),
    "medium": lambda names: names.word(MEDIA.get(names.fact.medium), names.fact.medium),
    "duty": lambda names: (
        names.pick("转为值守", "on duty")
        if names.fact.on_duty
        else names.pick("转为不值守", "off duty")
    ),
    "phone": lambda names: (
        names.pick("(值班台电话代录)", " (by phone, recorded by the desk)")
        if names.fact.by_desk
        else ""
    ),
    "implied": lambda names: (
        names.pick("(由后一步推定)", " (implied by a later step)") if names.fact.implied else ""
    ),
}
