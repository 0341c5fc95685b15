"""Write the pages that the program can say itself: refusals, codes, facts, asking, parameters,
invariants and authority, in docs/.

python -m deploy.write_docs [--check]

Not part of the product: it stands above all packages, since refusals belong to the words, problems
to the doors, and what a fact says to the review.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from api.doors.reference import PRIORITIES
from api.invariants import Checker
from api.problem_words import PROBLEMS
from deploy.authority_page import authority_page
from deploy.markdown import Row, page, section, span, table
from deploy.parameters_page import parameters_page
from schemas import facts as f
from schemas.codes import DOMAINS, HAZARDS, KINDS, SKILLS, Words
from schemas.refusals import REFUSALS, Message
from schemas.registry_facts import RegistryFact
from schemas.values import CloseReason, DeclineReason, StandDownReason
from schemas.write import tag_of
from streams import asking, parameters, radius
from streams.matching.why import CHANGES
from streams.review_codes import (
    CLAIM_ENDS,
    CLASSES,
    GATES,
    GRANT_REASONS,
    LINK_REASONS,
    OPENINGS,
    REACHES,
    REASONS,
    ROLES,
    STEPS,
)
from streams.review_words import FACTS

DOCS = Path(__file__).parent.parent / "docs"
ROOMS = {
    "登记 Registry": RegistryFact,
    "突发事件 Incidents": f.IncidentFact,
    "需求 Demands": f.DemandFact
    | f.DraftingFact
    | f.AmendingFact
    | f.HoldingFact
    | f.EndingFact
    | f.GroupingFact,
    "需求项 Lines": f.LineFact,
    "协助请求 Offers": f.OfferFact | f.YesOutdated | f.PlanTaken,
    "自发前来的群众 Helpers": f.HelpersFact,
    "向社会公开 Appeals": f.AppealFact,
    "提请提级 Handing up": f.HandUpFact,
    "任务 Assignments": f.AssignmentFact
    | f.ReliefFact
    | f.ReportFact
    | f.InstructionFact
    | f.BesideFact,
    "值班 Shifts": f.ShiftFact,
    "批次 Batches": f.BatchFact,
    "恢复任务 Recovery tasks": f.TaskFact,
    "时间 Time": f.ClockFact,
}


def pages() -> dict[str, str]:
    """Each page's name and text."""
    return {
        "refusals.md": refusals(),
        "codes.md": codes(),
        "facts.md": facts(),
        "asking.md": asking_page(),
        "parameters.md": parameters_page(),
        "invariants.md": invariants_page(),
        "authority.md": authority_page(),
    }


def refusals() -> str:
    return page(
        "拒绝代码 Refusals",
        "Every reason to say no, with its HTTP status. A refusal of the rules is a turn in the "
        "log; a problem at the door leaves no trace there. No answer repeats what was sent.",
        section("规则 By the rules", _messages({str(k): v for k, v in REFUSALS.items()})),
        section("入口 At the door", _messages(PROBLEMS)),
    )


def _messages(messages: Mapping[str, Message]) -> list[str]:
    rows = [(f"`{code}`", str(m.status), m.zh, m.en) for code, m in sorted(messages.items())]
    return table(("Code", "HTTP", "中文", "English"), rows)


def codes() -> str:
    hazards = [(f"`{c}`", h.zh, h.en, f"`{h.event_kind}`") for c, h in HAZARDS.items()]
    return page(
        "代码表 Codes",
        "Every code list with its names. Codes are stored: they are never renamed or taken away. "
        "Skills with a standard are graded and need a verified certificate of it.",
        section("技能 Skills", _skills()),
        section("灾种 Hazards", table(("Code", "中文", "English", "类别 Class"), hazards)),
        section("需求类别 Kinds of demand", _kinds()),
        *(section(title, _names(entries)) for title, entries in _lists().items()),
    )


def _skills() -> list[str]:
    rows = [
        (f"`{c}`", s.zh, s.en, f"{s.unit_zh} {s.unit_en}, {s.units_en}", s.standard or "")
        for c, s in SKILLS.items()
    ]
    return table(("Code", "中文", "English", "单位 Unit", "分级标准 Standard"), rows)


def _kinds() -> list[str]:
    heads = ("Code", "中文", "English", "通常技能 Usual skill", "同时预设 Beside it", "恢复 Domain")
    rows = [
        (f"`{c}`", k.zh, k.en, f"`{k.skill}`", f"`{k.beside}`" if k.beside else "", f"`{k.domain}`")
        for c, k in KINDS.items()
    ]
    return table(heads, rows)


def _lists() -> dict[str, Mapping[Any, Any]]:
    """The lists whose entries have nothing but names."""
    return {
        "恢复领域 Domains of recovery": DOMAINS,
        "优先级 Priorities": PRIORITIES,
        "需求关闭原因 Why a demand is closed": {key: REASONS[key] for key in CloseReason},
        "谢绝原因 Why a request is declined": {key: REASONS[key] for key in DeclineReason},
        "撤回原因 Why somebody is stood down": {key: REASONS[key] for key in StandDownReason},
        "未被请求的原因 Gates: why an organization was not asked, in order": GATES,
        "再次请求的条件 Changes after which somebody is asked again at once": CHANGES,
        "送达渠道 How an organization was reached": REACHES,
        "进度 Steps of a crew": STEPS,
        "认领结束 Why a claim has ended": CLAIM_ENDS,
        "授权的原因 Why somebody is made a steward or a desk": GRANT_REASONS,
        "补发登录链接的原因 Why another link is made": LINK_REASONS,
        "查看保密信息的理由 Why somebody reads sealed text": OPENINGS,
        "登记类别 Registration classes": CLASSES,
        "角色 Roles": ROLES,
    }


def _names(entries: Mapping[Any, Any]) -> list[str]:
    rows = [(f"`{code}`", words.zh, words.en) for code, words in entries.items()]
    return table(("Code", "中文", "English"), rows)


def facts() -> str:
    return page(
        "事实 Facts",
        "Everything that can be in the log, with its fields in the order of the bytes, and what "
        "the review says of it. Types and bounds: the JSON Schema behind each name.",
        *(section(title, _facts(get_args(room))) for title, room in ROOMS.items()),
    )


def _facts(kinds: Iterable[type[f.Fact]]) -> list[str]:
    rows = []
    for kind in kinds:
        tag, words = tag_of(kind), FACTS[kind]
        fields = ", ".join(f"`{name}`" for name in kind.__struct_fields__)
        rows.append((f"[`{tag}`](../schemas/json/facts/{tag}.json)", fields, words.zh, words.en))
    return table(("Fact", "Fields", "中文", "English"), rows)


# Who is asked again, and how long everything waits

OUTCOMES: dict[str, Words] = {
    asking.SILENT: Words("期限内未答复", "no answer in time"),
    asking.UNREACHED: Words("各渠道均未送达", "no channel could reach it"),
    asking.FEWER: Words("答应的少于请求的", "fewer units than asked for"),
    asking.GAVE_UP: Words("答应后无法继续", "gave up after a yes"),
    asking.ACCEPTED: Words("全部答应", "all that was asked for"),
    asking.STANDBY: Words("备勤", "would still come (standby)"),
    asking.SENT_HOME: Words(
        "力量不足处仍被致谢劝返", "thanked by a desk, though the line is short"
    ),
    asking.PARKED: Words("自行前来，在力量不足处待命", "parked at a line that is short"),
    asking.STOOD_DOWN: Words("已撤回", "stood down, with thanks"),
    **{
        reason: Words(f"谢绝：{REASONS[reason].zh}", REASONS[reason].en) for reason in DeclineReason
    },
}


def asking_page() -> str:
    return page(
        "请求与等待 Asking and waiting",
        "When an organization may be asked again for the same line, and how long everything waits. "
        "The numbers are those of the rules (`streams/asking.py`, `streams/parameters.py`).",
        section("再次请求 Asked again", [*_again(), "", *_again_notes()]),
        section("优先级 By priority", _by_priority()),
        section("期限 How long things wait", _waits()),
        section("范围 How far by itself", [*_radius(), "", *_terms_notes()]),
    )


def _again() -> list[str]:
    heads = ("结果 Outcome", "P1", "P2", "P3", "P4", "或立即于 Or at once upon")
    return table(heads, (_again_row(code, again) for code, again in asking.AGAIN.items()))


def _again_row(code: str, again: asking.Again) -> Row:
    words = OUTCOMES[code]
    pauses = (span(pause) if pause else "立即 at once" for pause in again.pause)
    change = "" if again.on is None else f"`{again.on}` {CHANGES[again.on].zh}"
    return (f"`{code}` {words.zh} {words.en}", *pauses, change)


def _again_notes() -> list[str]:
    silent = ", ".join(span(pause) for pause in parameters.SILENCE_P1)
    least, most = (span(bound) for bound in parameters.FREE_FROM)
    return [
        f"* Silence counts from the deadline. In a row on one line it is {silent} and then always "
        f"the last on P1; below it doubles, up to {span(parameters.SILENCE_MOST)}.",
        "* The time to answer begins when a channel has handed the request over, and no later than "
        "the bound below. Whom no channel reaches was not silent: somebody else is asked at once, "
        f"and the pause doubles each time in a row, up to {span(parameters.UNREACHED_MOST)}; units "
        "or duty stated anew end it as well. Its yes still counts, and is in time until the "
        "deadline.",
        f"* Whoever says from when it is free again ({least} to {most}) is asked then.",
        f"* After {parameters.DECLINES_MOST} noes on a line without such a time, only the change "
        "named in the table, or a desk by hand, asks again.",
        "* Whoever a desk has parked at the demand, or who has offered itself and waits for the "
        "desk's word, is asked before all others once the line looks for somebody.",
        "* Then whoever was not asked yet on the line comes first, then the nearest. What somebody "
        "answered never changes anybody's place.",
        "* A demand that is reopened asks everybody anew. One that becomes more urgent takes "
        "its open requests back and asks the same people with the shorter time; whoever was silent "
        "or not reached is asked again, too.",
        f"* The daily cap: {parameters.CAP} demands of priority {parameters.CAPPED} and below in "
        f"{span(parameters.DAY)}. Repeats, more urgent demands and a desk's own requests are not "
        "counted.",
        "* Units held by an unanswered request count as free for a more urgent one. Units that "
        "were promised are never asked for.",
    ]


def _by_priority() -> list[str]:
    urgency = parameters.URGENCY.values()
    rows = {
        "发出前 Held back before it goes out": [span(item.release) for item in urgency],
        "答复期限 Time to answer": [span(item.answer) for item in urgency],
        "夜间 At night it begins": [_at_night(priority) for priority in parameters.URGENCY],
        "送达最多 Being reached takes none of it, up to": [span(item.reaching) for item in urgency],
        "目标 Aim: somebody says yes": [f"{item.aim / 1000:.0%}" for item in urgency],
        "再试 Next try, at first": [span(item.retry) for item in urgency],
        "再试（以后） Later, while nothing changes": [span(item.rest) for item in urgency],
        "逾期 A crew is overdue after its time by": [span(item.grace) for item in urgency],
    }
    heads = ("", *(f"P{priority}" for priority in parameters.URGENCY))
    return table(heads, ((name, *values) for name, values in rows.items()))


def _at_night(priority: int) -> str:
    """From when a request that goes out at night has its time to answer."""
    falls, ends = (f"{hour // parameters.HOUR:02}:00" for hour in parameters.NIGHT)
    waits = priority >= parameters.AT_DAY
    return f"次日 {ends} at {ends} ({falls}–{ends})" if waits else "立即 at once"


def _waits() -> list[str]:
    rows = {
        "备勤 A standby, for the desk to take": parameters.STANDBY,
        "撤销 Undoing one's own step": parameters.UNDO,
        "另请一队 On P1 one more team is asked, after a crew is overdue": parameters.REPLACED_AFTER,
        "未出发 A crew that has not set off is slow after half its time, at least": parameters.SLOW,
        "报平安 On the scene, from one word of a crew to the next": parameters.CHECK_IN,
        "报平安（危险） On a hazardous line": parameters.CHECK_IN_HAZARDOUS,
        "报平安（危险，P1） On a hazardous line of P1": parameters.CHECK_IN_HAZARDOUS_URGENT,
        "未报平安 A silent crew is its desk's to call, after that": parameters.CHECK_IN_GRACE,
        "报全员安全 Told to stop or to leave, and read: all are safe": parameters.OUT_WITHIN,
        "上报 And the county's desk's as well, after that": parameters.ESCALATED_AFTER,
        "现场报告 A report from the scene is answered within": parameters.REPORT_ANSWER,
        "现场报告（P1） On P1 within": parameters.REPORT_ANSWER_URGENT,
        "指令 An instruction is acknowledged within": parameters.ACKNOWLEDGED_WITHIN,
        "指令上报 And the county's desk calls it, after that": parameters.INSTRUCTION_ESCALATES,
        "恢复任务建议 A proposed recovery task": parameters.PROPOSAL,
        "恢复任务认领 A claim of a recovery task": parameters.CLAIM,
        "恢复任务无进展 Nobody claims or verifies it: its desk is asked, then it lapses": (
            parameters.UNTOUCHED
        ),
        "密钥 The key, after closing and recovery": parameters.KEY_KEPT,
        "密钥（演练） The key, in an exercise": parameters.KEY_KEPT_EXERCISE,
        "停顿后 After a standstill nobody is overdue for": parameters.QUIET,
    }
    return table(("", "时长 Time"), ((name, span(wait)) for name, wait in rows.items()))


def invariants_page() -> str:
    rows = ((f"`{one.name}`", one.zh, one.en) for one in Checker({}).invariants)
    return page(
        "不变式 Invariants",
        "What may be relied on in every log, whatever people did. `shouwang verify --invariants` "
        "looks for breaches in the log's JSON alone (`api/invariants/`), with code that shares "
        "nothing with the rules; the logs that tests make are held against them as well.",
        section("检查 Checked", table(("名称 Name", "中文", "English"), rows)),
    )


def _radius() -> list[str]:
    """By class for general skills; for graded ones by skill and the team's own grade."""
    heads = ("", "一般技能 General", "1 级 Grade 1", "2 级 Grade 2", "3 级 Grade 3")
    classes = (
        (f"{CLASSES[kind].zh} {CLASSES[kind].en}", kilometers(meters), "", "", "")
        for kind, meters in radius.BY_CLASS.items()
    )
    skills = (
        (f"{SKILLS[skill].zh} {SKILLS[skill].en}", "", *map(kilometers, grades))
        for skill, grades in radius.BY_GRADE.items()
    )
    return table(heads, (*classes, *skills))


def kilometers(meters: int) -> str:
    return f"{meters // radius.KILOMETER} km"


def _terms_notes() -> list[str]:
    long, rest = span(parameters.LONG_WORK), span(parameters.REST_AFTER)
    return [
        "* Measured from its home, since a boundary says nothing of the village behind it and most "
        "areas have no polygons loaded. Zhejiang has 105,500 km²: a township has 76 km² on average "
        "(a circle of 5 km), a county 1,170 km² (19 km). So a village-guided group is asked in its "
        "township, a filed one also beside it, a registered one in its county (2020 decision, "
        "Articles 1 and 3).",
        "* Graded teams as their own grade ranges (YJ/T 1.1–1.6-2022): 1 its province and those "
        "beside it, 2 its province, 3 its own prefecture and the counties beside it; medical teams "
        "as far as the first hours reach, and of divers there are few. Where only the range for "
        "collapsed structures was seen, the others follow it.",
        "* Whoever is beyond its reach is counted as such, and its limit is said; a desk asks by "
        "hand beyond it.",
        "* Outside its duty hours, or on leave, an organization is not asked by itself; units that "
        f"worked more than {long} at one scene rest {rest}. The lines that lack it look again the "
        "moment that this ends. By hand it may be asked, and whoever says yes is there.",
        "* Hazardous work: whoever has not on record that all are adults and insured is asked, so "
        "that it can be recorded, and cannot say yes before. Nobody waits for it: others are asked "
        "as if it were not, no more of its like than a line would ask at once, and the desk's card "
        "says whom to call.",
        "* An organization that has a crew silent on the scene, with people counted inside, is "
        "asked for nothing else, by hand neither, and no yes of it is taken, until that crew has "
        "been heard of; what lacks it looks again at once.",
        "* Who has a crew at a demand that is told to stop or to leave is asked for no other line "
        "of it, either, and a request that is open there is taken back, until that is lifted or "
        "the crew's work has ended.",
        "* Whoever has not stated hours can be asked at any.",
        "* Of all skills together no more units are asked for than an organization says it can "
        "man at once; those at work, asked for and at rest count.",
        "* Hazardous work: whoever is known to send not only adults, or whose insurance is over, "
        "is not asked. Of whom it is not known may be asked; its yes counts once both are on "
        "record. No desk passes that by hand.",
    ]


def differing() -> list[str]:
    """The names of the pages that are missing or differ."""
    return [name for name, text in pages().items() if _read(name) != text]


def _read(name: str) -> str | None:
    file = DOCS / name
    return file.read_text(encoding="utf-8") if file.exists() else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.write_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    only_check = parser.parse_args().check
    names = differing()
    for name in names:
        if not only_check:
            (DOCS / name).write_text(pages()[name], encoding="utf-8")
        print(f"{'differs' if only_check else 'written'}: docs/{name}")
    return int(only_check and bool(names))


if __name__ == "__main__":
    sys.exit(main())
