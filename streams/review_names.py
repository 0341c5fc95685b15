"""Names: a fact's sentence in both languages, with everything in it called by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from schemas.codes import DOMAINS, HAZARDS, KINDS, SKILLS, counted
from schemas.facts import Fact
from schemas.values import (
    Capability,
    DivisionCode,
    GateCount,
    Instant,
    LineId,
    LineRequest,
    Mode,
)
from streams import review_plans, review_registry, review_unasked, scene_words
from streams.days import time_of_day
from streams.ledger import About, Ledger
from streams.matching.why import kilometers
from streams.parameters import MINUTE
from streams.review_appeals import APPEALED
from streams.review_batches import BATCHED
from streams.review_codes import (
    CLAIM_ENDS,
    CLASSES,
    GATES,
    LINK_REASONS,
    MARKS,
    MEDIA,
    OPENINGS,
    PURPOSES,
    REACHES,
    REASONS,
    ROLES,
    STEPS,
)
from streams.review_demands import DEMANDS
from streams.review_groups import GROUPED
from streams.review_handing import HANDS
from streams.review_waiting import WAITS
from streams.review_words import FACTS


class Text(msgspec.Struct, frozen=True):
    """One sentence in both languages."""

    zh: str
    en: str


def words(ledger: Ledger, fact: Fact, about: About, mode: Mode | None) -> Text:
    """What a fact says to a reader, with every name filled in."""
    zh, en = (
        template.format_map(Names(ledger, fact, about, mode, language))
        for language, template in enumerate(FACTS[type(fact)])
    )
    return Text(zh, en[:1].upper() + en[1:])


class Names(dict[str, str]):
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

    def organization(self, id: str | None) -> str:
        known = self.ledger.organizations.get(id or "")
        return str(id or "") if known is None else known.name

    def counted(self, skill: str, number: int) -> str:
        """So many units of a skill, in its own measure word."""
        return str(counted(skill, number)[self.language])

    def units(self, number: int) -> str:
        """So many units of the skill of the line that the fact is about."""
        line = self.ledger.lines.get(self.about.line or "")
        return str(number) if line is None else self.counted(line.skill, number)

    def time(self, at: Instant) -> str:
        """A time of day as the fact's own day sees it."""
        return time_of_day(at, self.fact.at)

    def skill(self, code: str) -> str:
        return self.word(SKILLS.get(code), code)

    def marked(self, number: int, mode: Mode | None) -> str:
        return f"{'' if mode is None else MARKS[mode][self.language]}{number}"

    def listed(self, items: Iterable[str]) -> str:
        return self.pick("、", ", ").join(items)

    def place(self, code: DivisionCode | None) -> str:
        found = self.ledger.divisions.get(code or "")
        return str(code or "") if found is None else self.pick(found.name, found.english)


def _incident(names: Names) -> str:
    known = names.ledger.incidents[names.about.incident or ""]
    number = names.marked(known.number, known.mode)
    hazard = names.word(HAZARDS.get(known.hazard), known.hazard)
    return names.pick(f"{number} 号事件（{hazard}）", f"incident {number} ({hazard})")


def _was(names: Names) -> str:
    """A demand as it was filed in another incident."""
    before = names.fact.before
    incident = names.ledger.incidents[before.incident]
    mode = incident.mode
    number, of = names.marked(before.number, mode), names.marked(incident.number, mode)
    if not before.number:
        return names.pick(f"{of} 号事件中的需求草稿", f"a draft of incident {of}")
    return names.pick(f"{of} 号事件 {number} 号需求", f"demand {number} of incident {of}")


def _demand(names: Names) -> str:
    known = names.ledger.demands[names.about.demand or ""]
    number = names.marked(known.number, known.mode)
    kind = names.word(KINDS.get(known.kind), known.kind)
    if not known.number:
        return names.pick(f"需求草稿（{kind}）", f"a draft ({kind})")
    return names.pick(f"{number} 号需求（{kind}）", f"demand {number} ({kind})")


def _line(names: Names) -> str:
    return _named_line(names, names.about.line or LineId(""))


def _named_line(names: Names, id: LineId) -> str:
    line = names.ledger.lines[id]
    demand = names.ledger.demands[line.demand]
    number, skill = names.marked(demand.number, demand.mode), names.skill(line.skill)
    return names.pick(
        f"{number} 号需求第 {line.number} 项「{skill}」",
        f"demand {number}, line {line.number} ({skill})",
    )


def _task(names: Names) -> str:
    known = names.ledger.tasks[names.about.task or ""]
    number = names.marked(known.number, known.mode)
    return names.pick(f"{number} 号恢复任务", f"recovery task {number}")


def _organization(names: Names) -> str:
    return names.organization(names.about.organization)


def _scope(names: Names) -> str:
    return _organization(names) if names.fact.organization else names.place(names.fact.division)


def _certificate(names: Names) -> str:
    held = names.fact.certificate
    skill = names.skill(held.skill)
    return names.pick(f"{skill} {held.grade} 级", f"{skill}, grade {held.grade}")


def _capabilities(names: Names) -> str:
    def said(item: Capability) -> str:
        return names.pick(f"{names.skill(item.skill)} {item.units}", "") or (
            f"{item.units} × {names.skill(item.skill)}"
        )

    none = names.pick("未登记技能", "no units")
    return names.listed(said(item) for item in names.fact.capabilities) or none


def _lines(names: Names) -> str:
    asked = [(names.skill(n.request.skill), n.request) for n in names.fact.lines]
    whole = names.pick("（整体承担）", " as a whole")

    def said(skill: str, item: LineRequest) -> str:
        if item.whole:
            return f"{skill} {names.counted(item.skill, item.target)}{whole}"
        return f"{skill} {item.minimum}–{names.counted(item.skill, item.target)}"

    return names.listed(said(skill, item) for skill, item in asked)


def _added(names: Names) -> str:
    said = _lines(names)
    return said and names.pick(f"，新增：{said}", f", added: {said}")


def _gates(names: Names) -> str:
    def said(item: GateCount) -> str:
        gate = names.word(GATES.get(item.gate), item.gate)
        return names.pick(f"{gate} {item.count}", f"{item.count} {gate}")

    listed = names.listed(said(item) for item in names.fact.gates)
    return listed and names.pick(f"（{listed}）", f" ({listed})")


def _short(names: Names) -> str:
    """Units that no offer asks for; with none, it is offers that are too few."""
    missing = names.fact.missing
    if missing == 0:
        return names.pick(
            "等待答复中，已请求家数偏少", "awaits answers of fewer than it should ask"
        )
    units = names.units(missing)
    return names.pick(f"还缺 {units}", f"is short of {units}")


def _listed(names: Names) -> str:
    """The lines of a fruitless look: a few by name, of many only how many."""
    lines = names.fact.lines
    if len(lines) > 3:
        return names.pick(f"{len(lines)} 项需求", f"{len(lines)} lines")
    return names.listed(_named_line(names, id) for id in lines)


def _wanted(names: Names) -> str:
    if names.fact.line is None:
        return names.pick("，目前没有需求缺它", ", and no line lacks it now")
    line, when = _line(names), names.time(names.fact.wake_at)
    return names.pick(f"，{when} 为{line}再试", f"; tried for {line} at {when}")


def _chosen(names: Names) -> str:
    """By its place in the order, or by a desk; or it waited there already."""
    if names.fact.rank == 0 and names.fact.reason is None:
        return names.pick("已在等候，先于其他组织", "it waits already, so before all others")
    if names.fact.rank == 0:
        return names.pick("由值班室直接请求，理由保密", "by the desk itself, for a sealed reason")
    rank, considered, gates = names.fact.rank, names.fact.considered, _gates(names)
    by_plan = names.fact.by_plan
    plan = None if by_plan is None else review_plans.chosen(by_plan.number, by_plan.saved)
    zh, en = ("", "") if plan is None else (f"{plan.zh}，", f"{plan.en}, ")
    return names.pick(
        f"{zh}可请求的组织中按距离第 {rank} 家，比较 {considered} 家{gates}",
        f"{en}number {rank} by distance among those who could be asked, "
        f"{considered} considered{gates}",
    )


def _own(names: Names) -> str:
    if not names.fact.quantity:
        return names.pick("不再由自有力量承担", "does no part any more")
    quantity = names.units(names.fact.quantity)
    return names.pick(f"由自有力量承担：{quantity}", f"takes on {quantity}")


def _free(names: Names) -> str:
    if names.fact.free_from is None:
        return ""
    time = names.time(names.fact.free_from)
    return names.pick(f"，{time} 起可出动", f", free from {time}")


def _minutes(milliseconds: int) -> str:
    """Whole minutes, rounded up."""
    return str(-(-milliseconds // MINUTE))


def _late(names: Names) -> str:
    """A yes after its time, or one that had been kept until it was needed."""
    if names.fact.kept:
        return names.pick("（先前的答应，此时采用）", " (kept until now)")
    return names.pick("（补答）", " (late)") if names.fact.late else ""


def _arrival(names: Names) -> str:
    minutes = names.fact.minutes
    return "" if minutes is None else names.pick(f"，约 {minutes} 分钟到达", f", in {minutes} min")


def _own_act(names: Names) -> bool:
    """Whether a desk has acted itself: it takes on who would come or is there, or sends home."""
    fact = names.fact
    key = getattr(fact, "assignment", None) or getattr(fact, "offer", None)
    return key is not None and names.ledger.acts.get(key) == fact.at


def _phone(names: Names) -> str:
    """That an answer or a step did not come by the organization's own page."""
    if names.fact.by_desk and _own_act(names):
        return names.pick("（值班室确定）", " (by the desk's own word)")
    if names.fact.by_desk:
        return names.pick("（值班室电话代录）", " (by phone, recorded by the desk)")
    village = getattr(names.fact, "by_committee", None)
    if village is not None:
        told = f" (recorded by the village committee of {village})"
        return names.pick(f"（{village}村（居）委会代录）", told)
    if getattr(names.fact, "by_message", False):
        return names.pick("（消息答复）", " (by message)")
    return ""


_MAKERS: dict[str, Callable[[Names], str]] = {
    **review_registry.MAKERS,
    "incident": _incident,
    "demand": _demand,
    "line": _line,
    "task": _task,
    "organization": _organization,
    "merged": lambda names: names.organization(names.fact.merged),
    "was": _was,
    "division": lambda names: names.place(names.about.division),
    "scope": _scope,
    "certificate": _certificate,
    "capabilities": _capabilities,
    "lines": _lines,
    "added": _added,
    "listed": _listed,
    "targets": lambda names: names.listed(str(target) for target in names.fact.targets),
    "gates": _gates,
    "short": _short,
    "chosen": _chosen,
    **review_unasked.MAKERS,
    "own": _own,
    "quantity": lambda names: names.units(names.fact.quantity),
    "amount": lambda names: names.counted(names.fact.skill, names.fact.units),
    "wanted": _wanted,
    "skill": lambda names: names.skill(names.fact.skill),
    "kilometers": lambda names: kilometers(names.fact.meters),
    "answer": lambda names: _minutes(names.fact.answer_by - names.fact.at),
    "retry": lambda names: names.time(names.fact.retry_at),
    "next": lambda names: names.time(names.fact.next),
    "again": lambda names: names.time(names.fact.again_at),
    "until": lambda names: names.time(names.fact.until),
    "promised": lambda names: names.time(names.fact.promised_at),
    "due": lambda names: names.time(names.fact.due),
    **scene_words.MAKERS,
    "lost": lambda names: _minutes(names.fact.lost),
    "arrival": _arrival,
    "late": _late,
    "free": _free,
    **DEMANDS,
    **APPEALED,
    **GROUPED,
    **HANDS,
    **BATCHED,
    **review_plans.MAKERS,
    **WAITS,
    "seen": lambda names: (
        "" if names.fact.said else names.pick("（其间有行动）", " (something was done)")
    ),
    "link_reason": lambda names: names.word(LINK_REASONS.get(names.fact.reason), ""),
    "opening": lambda names: names.word(OPENINGS.get(names.fact.reason), names.fact.reason),
    "ending": lambda names: names.word(CLAIM_ENDS.get(names.fact.reason), names.fact.reason),
    "reach": lambda names: names.word(REACHES.get(names.fact.by), names.fact.by),
    "deadline": lambda names: names.time(names.fact.answer_by),
    "step": lambda names: names.word(STEPS.get(names.fact.step), names.fact.step),
    "reason": lambda names: names.word(REASONS.get(names.fact.reason), names.fact.reason),
    "domain": lambda names: names.word(DOMAINS.get(names.fact.domain), names.fact.domain),
    "role": lambda names: names.word(ROLES.get(names.fact.role), names.fact.role),
    "class": lambda names: names.word(
        CLASSES.get(names.fact.registration_class), names.fact.registration_class
    ),
    "purpose": lambda names: names.word(PURPOSES.get(names.fact.purpose), names.fact.purpose),
    "medium": lambda names: names.word(MEDIA.get(names.fact.medium), names.fact.medium),
    "phone": _phone,
    "well": lambda names: (
        names.pick("报告已按指令停止或撤出，全员平安", "has stopped or left as told, all safe")
        if names.fact.out
        else names.pick("现场报平安", "checked in, all well")
    ),
    "unheard": lambda names: (
        names.pick("未报告全员安全", "has not said that all of them are safe")
        if names.fact.out
        else names.pick("未按时报平安", "has not checked in")
    ),
    "implied": lambda names: (
        names.pick("（由后一步推定）", " (implied by a later step)") if names.fact.implied else ""
    ),
}
