"""What facts of the registry say to a reader, and the names in them that no other fact has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from schemas import registry_facts as r
from schemas.codes import Words
from schemas.values import Instant, Leave, Shift
from streams.review_codes import GRANT_REASONS


class Names(Protocol):
    """What fills in a template in one language."""

    fact: Any

    def pick(self, zh: str, en: str) -> str: ...
    def listed(self, items: Iterable[str]) -> str: ...
    def time(self, at: Instant) -> str: ...


REGISTRY: dict[type, Words] = {
    r.LogOpened: Words(
        "日志启用：{division}，用途为{purpose}。", "The log of {division} was opened for {purpose}."
    ),
    r.LogMoved: Words(
        "{division}的日志在此结束，迁往{medium}。",
        "The log of {division} ended here and moved to {medium}.",
    ),
    r.LogArrived: Words(
        "{division}的日志已迁入{medium}，由此继续。",
        "The log of {division} arrived in {medium} and goes on there.",
    ),
    r.RulesChanged: Words(
        "自此按第 {rules} 版规则决定；此前的决定不变。",
        "From here on rules {rules} decide; what was decided before stays.",
    ),
    r.RoleGranted: Words(
        "账户 {account} 获得{role}角色，范围：{scope}{given}。",
        "Account {account} was given the role {role} for {scope}{given}.",
    ),
    r.GrantEnded: Words(
        "账户 {account} 的{role}角色已收回。", "The role {role} of account {account} was ended."
    ),
    r.LinkMade: Words(
        "为账户 {account} 签发{role}登录链接（{link_reason}）：持有者可以该账户登录{unconfirmed}。",
        "A link to sign in as account {account}, {role}, was made ({link_reason}): whoever holds "
        "it can act as that account{unconfirmed}.",
    ),
    r.LinkUsed: Words(
        "有人用签发的链接以账户 {account}（{role}）登录。",
        "Somebody signed in as account {account}, {role}, by a link that was made for it.",
    ),
    r.AccessConfirmed: Words(
        "另一人已确认账户 {account} 的{role}{what}。",
        "A second person has confirmed the {what} of account {account} as {role}.",
    ),
    r.SessionsEnded: Words(
        "账户 {account} 的{role}登录全部被结束。",
        "Every session of account {account} as {role} was ended.",
    ),
    r.OrganizationRegistered: Words(
        "{organization}已入库（{class}），驻地{division}，{people} 人；{capabilities}。",
        "{organization} was entered in the registry ({class}), at home in {division}, "
        "{people} people; {capabilities}.",
    ),
    r.OrganizationCorrected: Words(
        "更正{organization}的登记（{class}），驻地{division}，{people} 人。",
        "The entry of {organization} was corrected ({class}), at home in {division}, "
        "{people} people.",
    ),
    r.OrganizationRetired: Words("{organization}停用。", "{organization} was retired."),
    r.OrganizationReinstated: Words("{organization}恢复使用。", "{organization} was reinstated."),
    r.OrganizationsMerged: Words(
        "{merged}并入{organization}。", "{merged} was merged into {organization}."
    ),
    r.OrganizationsSeparated: Words(
        "{merged}与{organization}重新分开。", "{merged} was separated from {organization} again."
    ),
    r.CertificateRecorded: Words(
        "记录{organization}的证书：{certificate}。",
        "A certificate of {organization} was recorded: {certificate}.",
    ),
    r.CertificateWithdrawn: Words(
        "撤销{organization}的证书（{issuer}，编号 {number}）。",
        "A certificate of {organization} was withdrawn ({issuer}, number {number}).",
    ),
    r.IssuerWithdrawn: Words(
        "撤销{issuer}所发的全部证书，涉及 {organizations} 个组织。",
        "All certificates of {issuer} were withdrawn, of {organizations} organizations.",
    ),
    r.CapacitySet: Words(
        "{organization}更新力量：{capabilities}{crews}。",
        "{organization} stated its units anew: {capabilities}{crews}.",
    ),
    r.DutySet: Words("{organization}{duty}。", "{organization} is {duty} now."),
    r.HoursSet: Words(
        "{organization}的值守时段：{hours}{leaves}。",
        "{organization} is on duty: {hours}{leaves}.",
    ),
    r.SafeguardsRecorded: Words(
        "记录{organization}的安全保障：{adults}，{insurance}（{account}）。",
        "Safeguards of {organization} were recorded: {adults}, {insurance} ({account}).",
    ),
    r.EnrollmentSet: Words("{organization}{enrollment}。", "{organization} {enrollment}."),
    r.ReachRestored: Words("{organization}可以联系上了。", "{organization} can be reached again."),
}

DAYS = Words("一二三四五六日", "Mon Tue Wed Thu Fri Sat Sun")


def _hours(names: Names) -> str:
    def said(shift: Shift) -> str:
        begins, ends = clock(shift.begins), clock(shift.ends)
        day = names.pick(f"周{DAYS.zh[shift.day - 1]}", DAYS.en.split()[shift.day - 1])
        return f"{day} {begins}–{ends}"

    return names.listed(map(said, names.fact.hours)) or names.pick("全天", "at any hour")


def clock(minutes: int) -> str:
    """A minute of the day as "08:30"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _leaves(names: Names) -> str:
    def said(leave: Leave) -> str:
        return f"{names.time(leave.begins)}–{names.time(leave.ends)}"

    listed = names.listed(map(said, names.fact.leaves))
    return listed and names.pick(f"；休假 {listed}", f"; on leave {listed}")


def _crews(names: Names) -> str:
    most = names.fact.crews_most
    return "" if most is None else names.pick(f"；最多同时 {most}", f"; at most {most} at once")


def _adults(names: Names) -> str:
    said = {
        True: ("只派成年人", "none but adults"),
        False: ("并非只派成年人", "not only adults"),
        None: ("是否只派成年人未知", "whether none but adults is unknown"),
    }
    return names.pick(*said[names.fact.adults_only])


def _insurance(names: Names) -> str:
    through = names.fact.insured_through
    if through is None:
        return names.pick("保险未知", "insurance is unknown")
    return names.pick(f"保险至 {through}", f"insured through {through}")


def _enrollment(names: Names) -> str:
    if names.fact.enrolled:
        return names.pick("报名参加演练", "enrolled for exercises")
    return names.pick("不参加演练", "takes no part in exercises")


def _duty(names: Names) -> str:
    if names.fact.on_duty:
        return names.pick("转为值守", "on duty")
    return names.pick("转为不值守", "off duty")


def _given(names: Names) -> str:
    """Why, and that it ends unless somebody else confirms it."""
    reason = GRANT_REASONS.get(names.fact.reason)
    why = "" if reason is None else names.pick(f"（{reason.zh}）", f" ({reason.en})")
    return why + _unconfirmed(names)


def _unconfirmed(names: Names) -> str:
    if names.fact.confirm_by is None:
        return ""
    until = names.time(names.fact.confirm_by)
    return names.pick(
        f"；须在 {until} 前由另一人确认，否则自动失效",
        f"; it ends at {until} unless a second person confirms it",
    )


def _confirmed(names: Names) -> str:
    if names.fact.link is None:
        return names.pick("授权", "grant")
    return names.pick("登录链接", "link")


MAKERS: dict[str, Callable[[Names], str]] = {
    "given": _given,
    "unconfirmed": _unconfirmed,
    "what": _confirmed,
    "duty": _duty,
    "hours": _hours,
    "leaves": _leaves,
    "crews": _crews,
    "adults": _adults,
    "insurance": _insurance,
    "enrollment": _enrollment,
}
