"""Why (not): one organization and one line, answered from the state in the rules' own words."""

from __future__ import annotations

from typing import NamedTuple

from schemas.values import AgainOn, Gate, Instant, LineId, OrganizationId
from streams import asking, force, load
from streams.area import Area, Operation
from streams.days import end_of, time_of_day
from streams.entities import (
    Assignment,
    AssignmentState,
    HeldCertificate,
    Line,
    Offer,
    OfferState,
    Organization,
)
from streams.gates import Bar, radius, unproved
from streams.matching.bars import barred, distance
from streams.remembered import Asked
from streams.review_codes import REASONS
from streams.review_plans import chosen


class Words(NamedTuple):
    zh: str
    en: str


class Why(NamedTuple):
    """Whether an organization was asked for a line; the gate that is shut, until when; in words.

    `until`: from when time alone opens the gate; None where a change or nobody opens it.
    """

    asked: bool
    gate: Gate | None
    until: Instant | None
    meters: int
    words: Words
    offer: Offer | None = None  # the one that it is about


def why(
    area: Area, operation: Operation, line: LineId, organization: OrganizationId, at: Instant
) -> Why | None:
    """The answer for the state at hand; None where the line or the organization is not there."""
    row = operation.lines.get(line)
    known = area.registry.organizations.get(organization)
    if row is None or known is None:
        return None
    away = distance(operation, row, known)
    bar = barred(operation, row, known, away, at)
    gate, until = (None, None) if bar is None else bar
    asked = asking.known(operation, row, organization)
    if asked is None:
        before = operation.asked.get((line, organization))
        words = _part(operation, row, known, at) if gate is Gate.WHOLE else None
        words = words or _unasked(bar, row, known, away, at)
        if before is None:
            return Why(False, gate, until, away, words)
        said, first = _earlier(operation, before, words, at), operation.offers[before.offer]
        return Why(True, gate, until, away, said, first)
    offer = operation.offers[asked.offer]
    crew = _crew(operation, offer)
    said = _outcome(offer, crew, at)
    settled = not row.open or (crew is not None and crew.live)
    again = Words("", "") if settled else _again(asked, offer, bar, at)
    words = Words(f"{said.zh}{again.zh}", f"{said.en}{again.en}")
    return Why(True, gate, until, offer.meters, words, offer)


def _part(operation: Operation, line: Line, organization: Organization, at: Instant) -> Words:
    """How much of a whole line it has free."""
    held = load.all_held(operation, organization.id, line.skill)
    free = force.free(organization, line.skill, held, line.priority, at, rested=True)
    return Words(
        f"此项须由一家组织整体承担：需要 {line.target}，其空闲 {free}。",
        f"The line goes as a whole: {line.target} are needed together, and it has {free} free.",
    )


def _earlier(operation: Operation, before: Asked, words: Words, at: Instant) -> Words:
    """What was said in an earlier round, and how it stands in this one."""
    offer = operation.offers[before.offer]
    said = _outcome(offer, _crew(operation, offer), at)
    zh = f"第 {before.round} 轮：{said.zh}需求重新打开后尚未请求：{words.zh}"
    en = f"In round {before.round}: {said.en} Not asked since the demand was reopened: {words.en}"
    return Words(zh, en)


def _crew(operation: Operation, offer: Offer) -> Assignment | None:
    """The crew that came of a yes."""
    for crew in operation.assignments_between.of((offer.demand, offer.organization)):
        if crew.offer == offer.id:
            return crew
    return None


def _outcome(offer: Offer, crew: Assignment | None, at: Instant) -> Words:
    """How it was chosen, what it answered, and what became of its word."""
    away, sent = _away(offer.meters), time_of_day(offer.sent_at, at)
    if offer.unasked and not offer.by_desk:
        zh, en = f"{sent} 主动报名", f"Offered itself at {sent}"
    elif offer.unasked:
        zh, en = f"{sent} 未经请求自行前来", f"Came at {sent} without being asked"
    elif offer.by_hand:
        zh = f"{sent} 由值班室直接请求，{away.zh}"
        en = f"Asked at {sent} by the desk itself, {away.en}"
    elif offer.rank == 0:
        zh = f"{sent} 已请求：其已在原地待命，先于其他组织"
        en = f"Asked at {sent} before all others, since it waited there already"
    elif offer.by_plan is not None:
        plan = chosen(offer.by_plan.number, offer.by_plan.saved)
        zh = f"{sent} 已请求：{plan.zh}，{away.zh}，按距离第 {offer.rank} 家"
        en = f"Asked at {sent}: {plan.en}; {away.en}, number {offer.rank} by distance"
    else:
        zh = (
            f"{sent} 已请求：可请求的组织中按距离第 {offer.rank} 家，{away.zh}；"
            f"共比较 {offer.considered} 家"
        )
        en = (
            f"Asked at {sent}: number {offer.rank} by distance among those who could be asked, "
            f"{away.en}; {offer.considered} considered"
        )
    answer, left = _answer(offer, at), _left(crew, at)
    return Words(f"{zh}；{answer.zh}{left.zh}。", f"{en}; {answer.en}{left.en}.")


def _answer(offer: Offer, at: Instant) -> Words:
    ended = time_of_day(offer.ended_at or offer.sent_at, at)
    deadline = time_of_day(offer.answer_by, at)
    match offer.state:
        case OfferState.SENT:
            return Words(f"等待答复至 {deadline}", f"its answer is awaited until {deadline}")
        case OfferState.ACCEPTED:
            return Words(f"{ended} 答应出动", f"said yes at {ended}")
        case OfferState.NO_ANSWER:
            return Words(f"至 {deadline} 未答复", f"no answer by {deadline}")
        case OfferState.UNREACHABLE:
            return Words(f"{ended} 各渠道均未送达", f"no channel could reach it by {ended}")
        case OfferState.STANDBY:
            return Words(f"{ended} 表示仍可出动（备勤）", f"would still come, said at {ended}")
        case OfferState.DECLINED:
            reason = REASONS[offer.decline_reason or ""]
            return Words(f"{ended} 谢绝：{reason.zh}", f"said no at {ended}: {reason.en}")
        case OfferState.STOOD_DOWN:
            reason = REASONS[offer.stand_down_reason or ""]
            return Words(f"{ended} 撤回：{reason.zh}", f"stood down at {ended}: {reason.en}")


def _left(crew: Assignment | None, at: Instant) -> Words:
    """How a crew has ended that did not finish."""
    if crew is None or crew.ended_at is None:
        return Words("", "")
    ended = time_of_day(crew.ended_at, at)
    if crew.state is AssignmentState.GIVEN_UP:
        return Words(f"，{ended} 无法继续", f", gave up at {ended}")
    if crew.state is AssignmentState.STOOD_DOWN:
        reason = REASONS[crew.stand_down_reason or ""]
        return Words(f"，{ended} 撤下：{reason.zh}", f", stood down at {ended}: {reason.en}")
    return Words("", "")


def _again(asked: Asked, offer: Offer, bar: Bar | None, at: Instant) -> Words:
    """When it may be asked again, or what keeps it from that now."""
    if offer.state is OfferState.SENT:
        return Words("", "")
    if bar is None:
        return Words("现在可再次请求。", " May be asked again now.")
    if bar.gate is not Gate.ASKED_BEFORE:
        words = GATE_WORDS[bar.gate]
        return Words(f"目前：{words.zh}", f" At present: {words.en}")
    change = CHANGES[asked.again_on] if asked.again_on else Words("", "")
    if bar.until is None:
        return Words(f"{change.zh}后可再次请求。", f" May be asked again {change.en}, or by hand.")
    until = time_of_day(bar.until, at)
    zh, en = f"{until} 起可再次请求", f" May be asked again from {until}"
    if asked.again_on:
        return Words(f"{zh}，{change.zh}后即可。", f"{en}, or {change.en}.")
    return Words(f"{zh}。", f"{en}.")


CHANGES: dict[AgainOn, Words] = {
    AgainOn.FORCE: Words("其力量或值守变化", "once its units or its duty change"),
    AgainOn.SCENE: Words(
        "地点、风险或集合点更改", "once place, risk or where to report are amended"
    ),
    AgainOn.REACH: Words("可以联系上", "once a channel reaches it again"),
}


def _unasked(
    bar: Bar | None, line: Line, organization: Organization, away: int, at: Instant
) -> Words:
    far, there = kilometers(away), _away(away)
    if bar is None:
        return Words(
            f"条件符合（{there.zh}），但更近的合格组织已足够。",
            f"Qualified ({there.en}), but nearer qualified organizations were enough.",
        )
    if bar.gate is Gate.CERTIFICATE_EXPIRED:
        day = _last_day(organization.certificates, line.skill, at)
        return Words(f"证书已于 {day} 到期。", f"Its certificate expired at the end of {day}.")
    if bar.gate is Gate.DISTANCE:
        limit = kilometers(radius(organization, line.skill, line.grade, at))
        return Words(
            f"距离 {far} 公里，超出 {limit} 公里的范围。",
            f"{far} km away, beyond the reach of {limit} km.",
        )
    if bar.gate is unproved(organization):
        return Words(
            "危险作业须先登记队员均已成年且有保险，才能答应；尚未登记的组织已请求了足够多家。",
            "Hazardous work asks for adults and insurance on record before a yes; of those who "
            "lack that, enough are asked already.",
        )
    if bar.gate is Gate.INSURANCE:
        day = organization.insured_through or ""
        return Words(
            f"危险作业须有保险；其保险已于 {day} 到期。",
            f"Hazardous work asks for insurance; its own ended with {day}.",
        )
    if bar.gate is Gate.CREWS:
        most = organization.crews_most
        return Words(
            f"最多同时出动 {most} 个单位，已全部派出或被同样紧急的请求占用。",
            f"It can man {most} units at once; all are committed, or held by requests as urgent.",
        )
    words = GATE_WORDS[bar.gate]
    if bar.until is None:
        return words
    until = time_of_day(bar.until, at)
    return Words(f"{words.zh}{until} 起不再受此限。", f"{words.en} Open again from {until}.")


GATE_WORDS = {
    Gate.ZONE_CLOSED: Words(
        "该地点已封控，或已要求全体停止、撤离；解除前不请求任何组织。",
        "Nobody goes there now: a zone is closed, or all were told to leave.",
    ),
    Gate.RETIRED: Words("该组织已停用。", "Retired."),
    Gate.SKILL: Words("未登记该项技能。", "Has not registered this skill."),
    Gate.DISTANCE: Words("超出范围。", "Beyond the reach."),
    Gate.REGISTRATION_CLASS: Words(
        "分级任务只请求在民政部门登记的组织。",
        "Graded lines ask only organizations registered with civil affairs.",
    ),
    Gate.CERTIFICATE_MISSING: Words("没有该技能的认证证书。", "Has no certificate for this skill."),
    Gate.CERTIFICATE_GRADE: Words(
        "证书等级低于要求。", "Its certificate's grade is lower than asked for."
    ),
    Gate.CERTIFICATE_NOT_YET: Words("证书尚未生效。", "Its certificate is not valid yet."),
    Gate.CERTIFICATE_EXPIRED: Words("证书已过期。", "Its certificate has expired."),
    Gate.CERTIFICATE_WITHDRAWN: Words("证书已被撤销。", "Its certificate was withdrawn."),
    Gate.ENROLLMENT: Words("未报名参加演练。", "Has not enrolled for exercises."),
    Gate.ADULTS: Words(
        "危险作业只请求仅派成年人的组织。",
        "Hazardous work asks only organizations that send none but adults.",
    ),
    Gate.INSURANCE: Words("保险已到期。", "Its insurance has ended."),
    Gate.CREW_SILENT: Words(
        "其队伍在危险区内失联；联系上并报平安之前，不再请求。",
        "A crew of it is silent in a danger zone; it is not asked again until that has been heard "
        "of.",
    ),
    Gate.LEAVING: Words(
        "其在本处的队伍已接到停止或撤离指令；解除前不再请求其前来。",
        "Its crew here is told to leave; it is not asked to come before that is lifted.",
    ),
    Gate.DUTY: Words("不在值守。", "Off duty."),
    Gate.LEAVE: Words("休假中。", "On leave."),
    Gate.HOURS: Words("不在其值守时段。", "Outside its duty hours."),
    Gate.ASKED: Words("正在等待其答复。", "Its answer is awaited."),
    Gate.ASKED_BEFORE: Words("此前已请求。", "Was asked before."),
    Gate.CAPACITY: Words(
        "力量已全部派往或被同样紧急的请求占用。",
        "All its units are committed, or held by requests as urgent.",
    ),
    Gate.CREWS: Words("已达到其可同时出动的单位数。", "As many units at work as it can man."),
    Gate.WHOLE: Words(
        "此项须由一家组织整体承担，其空闲力量不足。",
        "The line goes as a whole, and it has too few units free for that.",
    ),
    Gate.REST: Words("其力量长时间作业后正在休整。", "Its units rest after long work."),
    Gate.DAILY_CAP: Words(
        "24 小时内已被请求四次一般需求。", "Was asked for four less urgent demands within 24 hours."
    ),
}


def _last_day(held: tuple[HeldCertificate, ...], skill: str, at: Instant) -> str:
    """The last day on which a certificate was good that is good no more."""
    return max(
        item.certificate.valid_through
        for item in held
        if item.certificate.skill == skill and end_of(item.certificate.valid_through) <= at
    )


def _away(distance: int) -> Words:
    """How far; of two that are known by their township alone, no more than is known."""
    if not distance:
        return Words("同一地点或同一乡镇", "at the same place or in the same township")
    far = kilometers(distance)
    return Words(f"{far} 公里", f"{far} km away")


def kilometers(distance: int) -> str:
    """Meters as kilometers with one decimal, in integers."""
    tenths = (distance + 50) // 100
    return f"{tenths // 10}.{tenths % 10}"
