"""What a review says to whoever has typed for it, in either language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from api.history import Effort, Efforts, Measured, Measures, Opening, Span, iso
from api.language import say
from geo.divisions import DivisionTree
from schemas.codes import HAZARDS, KINDS, Words
from schemas.refusals import Message
from schemas.values import IncidentId, Reach
from schemas.views import IncidentRow
from streams.review_codes import GATES, OPENINGS, REACHES


class Names(NamedTuple):
    """What keys of groups are called by people."""

    tree: DivisionTree
    incidents: dict[IncidentId, IncidentRow]

    def of(self, group: Measured) -> str:
        match group.by:
            case "priority":
                return say(f"优先级 {group.key}", f"priority {group.key}")
            case "incident":
                return self._incident(self.incidents[IncidentId(group.key)])
            case "division":
                return self.place(group.key)
            case "kind":
                return _words(KINDS[group.key]) if group.key in KINDS else group.key
            case "day":
                return group.key
            case "beside":
                place = self.place(group.key)
                return say(f"{place}的相邻乡镇", f"beside {place}")
        return say("合计", "all")

    def _incident(self, row: IncidentRow) -> str:
        hazard = _words(HAZARDS[row.hazard]) if row.hazard in HAZARDS else row.hazard
        about = (hazard, self.place(row.division), row.label)
        return say(f"事件 {row.number}", f"incident {row.number}") + " " + " ".join(about).strip()

    def place(self, code: str) -> str:
        node = self.tree.get(code)
        return code if node is None else say(node.name, node.english)


def tell(found: Measures, names: Names) -> None:
    if not found.groups:
        print(say("这段时间没有发布过需求。", "No demand was published in this period."))
    for group in found.groups:
        print(f"{names.of(group)}  {_counts(group)}")
        for line in _clocks(group):
            print(f"    {line}")


def _counts(group: Measured) -> str:
    told = say(f"{group.lines} 项", f"{group.lines} line{'s' * (group.lines != 1)}")
    if group.withdrawn:
        told += say(f"，不再需要 {group.withdrawn}", f", {group.withdrawn} not needed any longer")
    if group.waiting:
        told += say(f"，仍缺力量 {group.waiting}", f", {group.waiting} still short")
    if not group.unmet:
        return told
    reasons = "; ".join(f"{reason_words(code)} {count}" for code, count in group.reasons.items())
    partly = ""
    if group.partly:
        partly = say(
            f"，其中 {group.partly} 项有部分到场", f", {group.partly} of them helped in part"
        )
    return told + say(
        f"，未满足 {group.unmet}（{reasons}）{partly}", f", {group.unmet} unmet ({reasons}){partly}"
    )


def _clocks(group: Measured) -> Iterator[str]:
    named = (
        (say("发布 → 首次请求", "published → first asked"), group.asked_after),
        (say("请求 → 首次答应", "first asked → first yes"), group.yes_after),
        (say("答应 → 首次到场", "first yes → first arrival"), group.arrived_after),
    )
    told = [f"{name:<26} {span_words(span)}" for name, span in named]
    told += [f"{name:<26} {span_words(span)}" for name, span in _more(group) if span.count]
    judged = kept_words(group)
    if judged:
        told.append(f"{say('响应时限内', 'within the standard'):<26} {judged}")
    if group.requests:
        name = say("请求 → 送达", "asked → reached")
        told.append(f"{name:<26} {span_words(group.reached_after)}   {_heard(group)}")
    return iter(told)


def _more(group: Measured) -> Iterator[tuple[str, Span]]:
    """Clocks that are told where there is anything to tell."""
    yield say("发布 → 首支到场", "published → first there"), group.first_after
    yield say("发布 → 全部到场", "published → all there"), group.full_after
    yield say("答应 → 出发", "yes → set off"), group.turnout
    yield say("出发 → 到场", "set off → there"), group.travel
    yield say("在现场", "on the scene"), group.on_scene


def kept_words(group: Measured) -> str:
    """Of each step, how many lines that can be judged kept the standard of their priority."""
    steps = {
        "asked": say("请求", "asked"),
        "yes": say("答应", "yes"),
        "arrived": say("到场", "there"),
    }
    held = [(words, group.standard[step]) for step, words in steps.items()]
    return say("，", ", ").join(
        f"{words} {one.kept}/{one.count} ({one.kept / one.count:.0%})"
        for words, one in held
        if one.count
    )


def _heard(group: Measured) -> str:
    """By what requests have reached people, and how many of them nobody is known to have heard."""
    by = ", ".join(f"{say(*REACHES[Reach(way)])} {n}" for way, n in group.reached.items())
    unheard = say(f"未送达 {group.unheard}", f"not reached {group.unheard}")
    return say("；", "; ").join(filter(None, (by, unheard)))


def span_words(span: Span) -> str:
    """Both percentiles with how many they are of; a dash of nothing."""
    if not span.count:
        return "–"
    return f"P50 {_time(span.p50)}   P90 {_time(span.p90)}   ({span.count})"


def _time(milliseconds: int | None) -> str:
    seconds = (milliseconds or 0) / 1000
    if seconds < 60:
        return say(f"{seconds:.1f} 秒", f"{seconds:.1f} s")
    if seconds < 7_200:
        return say(f"{seconds / 60:.0f} 分钟", f"{seconds / 60:.0f} min")
    return say(f"{seconds / 3600:.1f} 小时", f"{seconds / 3600:.1f} h")


def reason_words(code: str) -> str:
    """Why a line is unmet."""
    own = {
        "not_come": Words("已答应，未到场或中途退出", "said yes, and did not come or gave up"),
        "not_taken": Words("有队伍可用，未编入", "somebody was there, or would have come"),
        "no_yes": Words("已请求，无人或不够人答应", "asked, too few said yes"),
        "nobody_has_it": Words("没有组织登记此技能", "no organization has this skill"),
        "nobody_asked": Words("结束前未曾请求", "it ended before anybody was looked for"),
    }
    known: dict[str, Any] = {str(gate): words for gate, words in GATES.items()}
    found = own.get(code) or known.get(code)
    return code if found is None else _words(found)


def _words(words: Words | Message | Any) -> str:
    return say(str(words.zh), str(words.en))


# Organizations and openings


def tell_work(found: Efforts, names: Names) -> None:
    """By name, as they come: nobody is ranked."""
    print(say("组织（按驻地和名称排列，不排名）", "Organizations, by home and name, never by rank"))
    for one in found.organizations:
        home = "" if one.home is None else f" · {names.place(one.home)}"
        print(f"    {one.name}{home}  {_part(one)}")


def _part(one: Effort) -> str:
    """What it was asked, answered and did."""
    answers = say(
        f"请求 {one.requests}，答应 {one.yes}，谢绝 {one.declined}，未答复 {one.silent}，"
        f"未送达 {one.unreached}",
        f"asked {one.requests}, yes {one.yes}, declined {one.declined}, silent {one.silent},"
        f" not reached {one.unreached}",
    )
    if not one.crews:
        return answers
    used = ""
    if one.used is not None:
        share = f"{one.used / 10:.1f} %"
        used = say(f"，占用 {share}", f", {share} of its time")
    there, units = _time(one.there), _time(one.unit_time)
    return answers + say(
        f"；出队 {one.crews} 次，在场 {there}（单元时 {units}）{used}",
        f"; {one.crews} crews, {there} on scene ({units} of units){used}",
    )


def tell_openings(openings: Iterable[Opening], count: int, names: Names) -> None:
    """Who has opened what, when and for what; the newest first."""
    print(say(f"保密内容查看 {count} 次", f"Sealed text was opened {count} times"))
    for one in openings:
        who = one.name or say(f"账号 {one.account[:8]}", f"account {one.account[:8]}")
        about = say(f"需求 {one.number}", f"demand {one.number}")
        why = _words(OPENINGS[one.reason])
        print(f"    {iso(one.at)}  {who}  {names.place(one.division)} {about}  {why}")
