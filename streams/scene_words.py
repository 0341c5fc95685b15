"""What the facts of the scene say to a reader: a part of the table in `streams.review_words`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas import facts as f
from schemas.codes import Words
from schemas.values import ReportAnswer, SceneReport
from streams import told_words

FACTS: dict[type, Words] = {
    **told_words.FACTS,
    f.CrewCheckedIn: Words(
        "{organization}{well}：{line}{phone}。",
        "{organization} {well}: {line}{phone}.",
    ),
    f.CheckInMissed: Words(
        "{organization}{unheard}：{line}，应于 {due_at} 前；请值班室致电。",
        "{organization} {unheard}: {line}, due by {due_at}. Its desk has to call it.",
    ),
    f.CheckInEscalated: Words(
        "{organization}仍无音讯：{line}；已上报县值班室。",
        "Still no word of {organization}: {line}. The county's desk has to call it, too.",
    ),
    f.HeadsCounted: Words(
        "{organization}清点人数：{line}，危险区内 {inside} 人{with_others}{phone}。",
        "{organization} counted heads: {line}, {inside} inside the danger zone{with_others}"
        "{phone}.",
    ),
    f.WordsSeen: Words(
        "{organization}已看到需求变更（第 {revision} 版）：{line}{phone}。",
        "{organization} has read what changed, up to revision {revision}: {line}{phone}.",
    ),
    f.SceneReported: Words(
        "{organization}从现场报告：{line}，{found}{phone}。",
        "{organization} reports from the scene: {line}, {found}{phone}.",
    ),
    f.ReportEscalated: Words(
        "{organization}的现场报告未获答复：{line}；已上报县值班室。",
        "Nobody has answered what {organization} reported: {line}. The county's desk has it, too.",
    ),
    f.ReportAnswered: Words(
        "值班室答复{organization}的现场报告：{line}，{report_answer}。",
        "The desk answered what {organization} reported: {line}, {report_answer}.",
    ),
}

FOUND: dict[SceneReport, Words] = {
    SceneReport.NEED_MORE: Words("需要增援", "more is needed"),
    SceneReport.NOT_AS_DESCRIBED: Words("情况与描述不符", "not as described"),
    SceneReport.ROAD_CUT: Words("道路中断", "the road is cut"),
    SceneReport.PEOPLE_HELPED: Words("已帮助群众", "people helped"),
}

ANSWERED: dict[ReportAnswer, Words] = {
    ReportAnswer.RAISED: Words("已增加需求", "more is asked for"),
    ReportAnswer.AMENDED: Words("已修改需求", "the demand was amended"),
    ReportAnswer.NOTED: Words("已知悉", "noted"),
}


def _found(names: Any) -> str:
    """What was reported: how much of which skill, how many people, or in words."""
    fact = names.fact
    what = names.word(FOUND.get(fact.what), fact.what)
    if fact.skill is not None:
        skill, units = names.skill(fact.skill), names.counted(fact.skill, fact.quantity)
        what = names.pick(f"{what}（{skill} {units}）", f"{what} ({skill}, {units})")
    elif fact.quantity is not None:
        what = names.pick(f"{what} {fact.quantity} 人", f"{fact.quantity} {what}")
    return str(names.pick(f"{what}：{fact.text}", f"{what}: {fact.text}") if fact.text else what)


def _report_answer(names: Any) -> str:
    return str(names.word(ANSWERED.get(names.fact.answer), names.fact.answer))


def _told(names: Any) -> str:
    """What a desk has said is left to do."""
    return f"{names.pick('；', '; ')}{names.fact.reason}" if names.fact.reason else ""


MAKERS: dict[str, Callable[[Any], str]] = {
    **told_words.MAKERS,
    "due_at": lambda names: names.time(names.fact.due_at),
    "found": _found,
    "with_others": lambda names: str(
        names.pick("（含随队进入的其他人员）", " (with others who went in with them)")
        if names.fact.others
        else ""
    ),
    "report_answer": _report_answer,
    "told": _told,
}
