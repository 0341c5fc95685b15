"""Refusals: every reason to say no, with its HTTP status and its words in both languages.

The words say what to do next and never repeat what was sent.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Refusal(StrEnum):
    """What a rule may answer instead of facts. Codes are stored, so they are never renamed."""

    ALREADY_ANSWERED = "already_answered"
    ASSIGNMENT_ENDED = "assignment_ended"
    ASSIGNMENT_NOT_REPORTED = "assignment_not_reported"
    CAPACITY_TAKEN = "capacity_taken"
    CODE_UNKNOWN = "code_unknown"
    DEMAND_CLOSED = "demand_closed"
    DEMAND_OPEN = "demand_open"
    DIVISION_UNKNOWN = "division_unknown"
    GRANT_UNFIT = "grant_unfit"
    INCIDENT_HAS_ASSIGNMENTS = "incident_has_assignments"
    INCIDENT_NOT_OPEN = "incident_not_open"
    INCIDENT_EXISTS = "incident_exists"
    KEY_DESTROYED = "key_destroyed"
    KEY_EXPIRED = "key_expired"
    LINES_TOO_MANY = "lines_too_many"
    LOG_ALREADY_OPEN = "log_already_open"
    LOG_NOT_OPEN = "log_not_open"
    MINIMUM_OVER_TARGET = "minimum_over_target"
    MODE_MISMATCH = "mode_mismatch"
    NOT_FOUND = "not_found"
    OFFER_EXPIRED = "offer_expired"
    OFFER_STOOD_DOWN = "offer_stood_down"
    QUANTITY_OVER_OFFER = "quantity_over_offer"
    REVISION_STALE = "revision_stale"
    ROLE_MISSING = "role_missing"
    SKILL_GRADE_UNFIT = "skill_grade_unfit"
    SKILL_UNKNOWN = "skill_unknown"
    TASK_NOT_CLAIMABLE = "task_not_claimable"
    TASK_NOT_PROPOSED = "task_not_proposed"
    TASK_NOT_REPORTABLE = "task_not_reportable"
    TASK_NOT_REPORTED = "task_not_reported"
    TASK_CLAIMED = "task_claimed"
    TICK_OUT_OF_ORDER = "tick_out_of_order"
    VALIDITY_UNFIT = "validity_unfit"
    VERIFIER_IS_DOER = "verifier_is_doer"


class Message(NamedTuple):
    """HTTP status and words of a refusal or of a problem at the door."""

    status: int
    zh: str
    en: str


REFUSALS: dict[Refusal, Message] = {
    Refusal.ALREADY_ANSWERED: Message(
        409,
        "该邀约已有答复,先到的答复有效。",
        "This offer has been answered; the first answer stands.",
    ),
    Refusal.ASSIGNMENT_ENDED: Message(
        409, "该任务已结束,不能再更改。", "This assignment has ended and can no longer change."
    ),
    Refusal.ASSIGNMENT_NOT_REPORTED: Message(
        409,
        "队伍尚未报告完成,请等待或代为记录。",
        "The crew has not reported done yet; wait, or record it on their behalf.",
    ),
    Refusal.CAPACITY_TAKEN: Message(
        409,
        "该组织的可用力量已被其他任务占用。",
        "The organization's units are committed elsewhere by now.",
    ),
    Refusal.CODE_UNKNOWN: Message(
        422,
        "代码不在代码表中,请查看 /api/v1/codes。",
        "Unknown code; see /api/v1/codes for the lists.",
    ),
    Refusal.DEMAND_CLOSED: Message(
        409,
        "该需求已关闭;如仍需要,请重新打开。",
        "This demand is closed; reopen it if it is still needed.",
    ),
    Refusal.DEMAND_OPEN: Message(409, "该需求尚未关闭。", "This demand is open already."),
    Refusal.DIVISION_UNKNOWN: Message(
        422,
        "区划代码不在本系统的区划表中。",
        "This division is not in the loaded division tree.",
    ),
    Refusal.GRANT_UNFIT: Message(
        422,
        "授权须写明范围:机构角色写组织,其他角色写区划;结束时间须在将来。",
        "A grant names an organization for that role and a division for all others, "
        "and ends in the future.",
    ),
    Refusal.INCIDENT_HAS_ASSIGNMENTS: Message(
        409,
        "仍有进行中的任务;请确认它们,或在关闭时逐一列出。",
        "Assignments are still live; confirm them, or name each of them when closing.",
    ),
    Refusal.INCIDENT_NOT_OPEN: Message(409, "该事件未在进行中。", "This incident is not open."),
    Refusal.INCIDENT_EXISTS: Message(
        409,
        "该区划同类事件已在进行中,请加入该事件。",
        "An incident of this hazard is open in this division already; join it.",
    ),
    Refusal.KEY_DESTROYED: Message(
        409,
        "该事件的个人信息已依法销毁,不能再打开;请新建事件并注明来源。",
        "Personal data of this incident has been destroyed as the law asks; open a new one.",
    ),
    Refusal.KEY_EXPIRED: Message(
        409,
        "该请求在很久以前已处理,请查看现有记录。",
        "This request was carried out long ago; look at the existing record.",
    ),
    Refusal.LINES_TOO_MANY: Message(
        422, "一条需求最多 20 行,请分开发布。", "A demand has at most 20 lines; post several."
    ),
    Refusal.LOG_ALREADY_OPEN: Message(409, "日志已经启用。", "This log has been opened already."),
    Refusal.LOG_NOT_OPEN: Message(
        409, "日志尚未启用,请先运行 shouwang init。", "This log is not open yet; run shouwang init."
    ),
    Refusal.MINIMUM_OVER_TARGET: Message(
        422, "最低数量不能大于目标数量。", "The minimum must not exceed the target."
    ),
    Refusal.MODE_MISMATCH: Message(
        409,
        "该日志不接受这种模式:演练与实战不得混用。",
        "This log does not take this mode: exercises and actual work never mix.",
    ),
    Refusal.NOT_FOUND: Message(
        404, "没有这条记录,或不在您的范围内。", "There is no such record within your scope."
    ),
    Refusal.OFFER_EXPIRED: Message(
        409,
        "答复期限已过;如仍可出动,请电话联系值班台。",
        "The time to answer is over; call the desk if you can still go.",
    ),
    Refusal.OFFER_STOOD_DOWN: Message(
        409, "该邀约已撤回,感谢您。", "This offer has been stood down; thank you."
    ),
    Refusal.QUANTITY_OVER_OFFER: Message(
        422, "接受的数量不能大于邀约数量。", "You cannot accept more units than were asked for."
    ),
    Refusal.REVISION_STALE: Message(
        412,
        "该需求已被他人修改,请重新读取后再改。",
        "Somebody changed this demand meanwhile; load it again, then edit.",
    ),
    Refusal.ROLE_MISSING: Message(
        403, "您的角色不能执行此操作。", "Your role does not allow this."
    ),
    Refusal.SKILL_GRADE_UNFIT: Message(
        422,
        "只有分级技能可以要求等级。",
        "Only a graded skill can ask for a grade, and a graded one must.",
    ),
    Refusal.SKILL_UNKNOWN: Message(
        422, "技能代码不在代码表中。", "This skill is not in the list of skills."
    ),
    Refusal.TASK_NOT_CLAIMABLE: Message(
        409, "该恢复任务不在可认领状态。", "This recovery task cannot be claimed now."
    ),
    Refusal.TASK_NOT_PROPOSED: Message(
        409, "该恢复任务已打开或已结束。", "This recovery task is open or ended already."
    ),
    Refusal.TASK_NOT_REPORTABLE: Message(
        409,
        "只有已认领的恢复任务可以报告完成。",
        "Only a claimed recovery task can be reported done.",
    ),
    Refusal.TASK_NOT_REPORTED: Message(
        409, "该恢复任务尚未报告完成。", "This recovery task has not been reported done yet."
    ),
    Refusal.TASK_CLAIMED: Message(
        409, "该恢复任务已被认领。", "Somebody has claimed this recovery task already."
    ),
    Refusal.TICK_OUT_OF_ORDER: Message(
        409, "时钟序号不连续。", "This tick is not the next one of its operation."
    ),
    Refusal.VALIDITY_UNFIT: Message(
        422, "有效期的开始须早于结束。", "A validity starts before it ends."
    ),
    Refusal.VERIFIER_IS_DOER: Message(
        409, "核验人不能是完成人,请由另一方核验。", "Whoever did the work cannot verify it."
    ),
}
