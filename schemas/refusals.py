"""Refusals: every reason to say no, with its HTTP status and its words in both languages.

The words say what to do next and never repeat what was sent.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Refusal(StrEnum):
    """What a rule may answer instead of facts. Codes are stored, so they are never renamed."""

    ALREADY_ANSWERED = "already_answered"
    ALREADY_ASKED = "already_asked"
    ALREADY_REPORTED = "already_reported"
    ASSIGNMENT_ENDED = "assignment_ended"
    ASSIGNMENT_NOT_REPORTED = "assignment_not_reported"
    BEYOND_REACH = "beyond_reach"
    CAPACITY_TAKEN = "capacity_taken"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_GRADE = "certificate_grade"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_NOT_YET = "certificate_not_yet"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    CERTIFICATE_WITHDRAWN = "certificate_withdrawn"
    CLASS_UNFIT = "class_unfit"
    CODE_UNKNOWN = "code_unknown"
    CREW_ARRIVED = "crew_arrived"
    CREW_ON_SCENE = "crew_on_scene"
    DEMAND_CLOSED = "demand_closed"
    DEMAND_OPEN = "demand_open"
    DEMAND_TAKEN_UP = "demand_taken_up"
    DIVISION_UNKNOWN = "division_unknown"
    FREE_FROM_UNFIT = "free_from_unfit"
    GRANT_UNFIT = "grant_unfit"
    INCIDENT_EXISTS = "incident_exists"
    INCIDENT_HAS_ASSIGNMENTS = "incident_has_assignments"
    INCIDENT_NOT_OPEN = "incident_not_open"
    INCIDENT_OPEN = "incident_open"
    ISSUER_WITHDRAWN = "issuer_withdrawn"
    KEY_DESTROYED = "key_destroyed"
    KEY_EXPIRED = "key_expired"
    LAST_LINE = "last_line"
    LAST_STEWARD = "last_steward"
    LINE_DROPPED = "line_dropped"
    LINES_TOO_MANY = "lines_too_many"
    LOG_ALREADY_OPEN = "log_already_open"
    LOG_NOT_OPEN = "log_not_open"
    MINIMUM_OVER_TARGET = "minimum_over_target"
    MODE_MISMATCH = "mode_mismatch"
    NEEDED_BY_UNFIT = "needed_by_unfit"
    NO_LONGER_NEEDED = "no_longer_needed"
    NOT_FOUND = "not_found"
    NOTHING_TO_UNDO = "nothing_to_undo"
    OFFER_STOOD_DOWN = "offer_stood_down"
    ORGANIZATION_ASKED_SINCE = "organization_asked_since"
    ORGANIZATION_BUSY = "organization_busy"
    ORGANIZATION_EXISTS = "organization_exists"
    ORGANIZATION_MERGED = "organization_merged"
    ORGANIZATION_NOT_MERGED = "organization_not_merged"
    ORGANIZATION_RETIRED = "organization_retired"
    PLACE_OUTSIDE_INCIDENT = "place_outside_incident"
    QUANTITY_OVER_OFFER = "quantity_over_offer"
    REVISION_STALE = "revision_stale"
    ROLE_MISSING = "role_missing"
    SKILL_GRADE_UNFIT = "skill_grade_unfit"
    SKILL_MISSING = "skill_missing"
    SKILL_UNKNOWN = "skill_unknown"
    STANDARD_UNFIT = "standard_unfit"
    STANDBY_OVER = "standby_over"
    STEP_NOT_TAKEN = "step_not_taken"
    STEP_OF_OTHERS = "step_of_others"
    TASK_CLAIMED = "task_claimed"
    TASK_ENDED = "task_ended"
    TASK_NOT_CLAIMABLE = "task_not_claimable"
    TASK_NOT_CLAIMED = "task_not_claimed"
    TASK_NOT_PROPOSED = "task_not_proposed"
    TASK_NOT_REPORTABLE = "task_not_reportable"
    TASK_NOT_REPORTED = "task_not_reported"
    TASK_REPORTED = "task_reported"
    TICK_OUT_OF_ORDER = "tick_out_of_order"
    UNDO_TOO_LATE = "undo_too_late"
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
        "该协助请求已有答复，先到的答复有效；答应后不能前往的，请报告无法继续。",
        "This request has been answered; the first answer stands. Who said yes and cannot come "
        "reports that it cannot go on.",
    ),
    Refusal.ALREADY_ASKED: Message(
        409,
        "该组织正在被请求协助此项需求，请等待答复或代录其答复。",
        "This organization is being asked for this line; wait, or record its answer by phone.",
    ),
    Refusal.ALREADY_REPORTED: Message(
        409,
        "队伍已报告完成；如有误，请值班室更正。",
        "The crew has reported done; if that is wrong, the desk can correct it.",
    ),
    Refusal.ASSIGNMENT_ENDED: Message(
        409,
        "该任务已结束，不能再更改；需求未关闭时，值班室仍可直接请求。",
        "This assignment has ended and can no longer change; while its demand is open, the desk "
        "can ask by hand again.",
    ),
    Refusal.ASSIGNMENT_NOT_REPORTED: Message(
        409,
        "队伍尚未报告完成；请等待，或由值班室电话代录。",
        "The crew has not reported done yet; wait, or record it for them by phone.",
    ),
    Refusal.BEYOND_REACH: Message(
        409,
        "距离超出范围；如确需出动，请值班室直接请求。",
        "Too far away by now; the desk can still ask by hand.",
    ),
    Refusal.CAPACITY_TAKEN: Message(
        409,
        "该组织的力量已派往别处；请减少数量，或等待空闲。",
        "These units are committed elsewhere by now; offer fewer, or wait until they are free.",
    ),
    Refusal.CERTIFICATE_EXPIRED: Message(
        409,
        "所需证书已过期；请联系管理员登记新证书。",
        "The certificate has expired; ask the steward to record the new one.",
    ),
    Refusal.CERTIFICATE_GRADE: Message(
        409, "证书等级低于要求。", "The certificate is of a lower grade than asked for."
    ),
    Refusal.CERTIFICATE_MISSING: Message(
        409,
        "没有该技能的认证证书；请联系管理员登记。",
        "There is no certificate for this skill; ask the steward to record it.",
    ),
    Refusal.CERTIFICATE_NOT_YET: Message(
        409, "证书尚未生效。", "The certificate is not valid yet."
    ),
    Refusal.CERTIFICATE_UNKNOWN: Message(
        404,
        "没有该发证单位和编号的有效证书。",
        "There is no good certificate of this issuer and number.",
    ),
    Refusal.CERTIFICATE_WITHDRAWN: Message(
        409, "所需证书已被撤销。", "The certificate has been withdrawn."
    ),
    Refusal.CLASS_UNFIT: Message(
        409,
        "分级技能只适用于在民政部门登记的社会组织（应急〔2024〕83号第二条）；"
        "其他队伍请按通用技能登记。",
        "Graded skills are only for organizations registered with civil affairs; "
        "enter other teams by a general skill.",
    ),
    Refusal.CODE_UNKNOWN: Message(
        422,
        "代码不在代码表中，请查看 /api/v1/codes。",
        "Unknown code; see /api/v1/codes for the lists.",
    ),
    Refusal.CREW_ARRIVED: Message(
        409,
        "队伍已到达现场，无需再报时间。",
        "The crew has arrived; there is no time to give any more.",
    ),
    Refusal.CREW_ON_SCENE: Message(
        409,
        "其中有队伍已到场的需求，不能成批按此理由关闭；请逐条处理。",
        "Somebody has arrived for it; close such a demand by itself.",
    ),
    Refusal.DEMAND_CLOSED: Message(
        409,
        "该需求已关闭；如仍需要，请重新打开。",
        "This demand is closed; reopen it if it is still needed.",
    ),
    Refusal.DEMAND_OPEN: Message(409, "该需求尚未关闭。", "This demand is open already."),
    Refusal.DEMAND_TAKEN_UP: Message(
        409,
        "接收乡镇已开始处置，不能再取回；请与其值班室联系。",
        "The other township has taken it up; call its desk.",
    ),
    Refusal.DIVISION_UNKNOWN: Message(
        422, "区划代码不在本系统的区划表中。", "This division is not in the loaded division tree."
    ),
    Refusal.FREE_FROM_UNFIT: Message(
        422,
        "可出动时间最多在 48 小时以内。",
        "The time from which you are free lies within 48 hours.",
    ),
    Refusal.GRANT_UNFIT: Message(
        422,
        "授权须写明范围：机构角色写组织，其他角色写区划；结束时间须在将来。",
        "A grant names an organization for that role and a division for all others, "
        "and ends in the future.",
    ),
    Refusal.INCIDENT_EXISTS: Message(
        409,
        "该区划同类突发事件已在响应中，请加入。",
        "An incident of this hazard is open in this division already; join it.",
    ),
    Refusal.INCIDENT_HAS_ASSIGNMENTS: Message(
        409,
        "仍有队伍在执行任务；请核对名单后，用名单摘要确认结束。",
        "Crews are still at work; look at the list, then close with its digest.",
    ),
    Refusal.INCIDENT_NOT_OPEN: Message(409, "该突发事件未在响应中。", "This incident is not open."),
    Refusal.INCIDENT_OPEN: Message(
        409, "该突发事件仍在响应中，或正在结束。", "This incident is open, or still being closed."
    ),
    Refusal.ISSUER_WITHDRAWN: Message(
        409,
        "该发证单位的证书已全部撤销，只有全区管理员可以重新登记。",
        "Every certificate of this issuer was withdrawn; only a steward of the whole area "
        "may record one again.",
    ),
    Refusal.KEY_DESTROYED: Message(
        409,
        "该突发事件的个人信息已依法销毁，不能再打开；请新建并注明来源。",
        "Personal data of this incident has been destroyed as the law asks; open a new one.",
    ),
    Refusal.KEY_EXPIRED: Message(
        409,
        "该请求在很久以前已处理，请查看现有记录。",
        "This request was carried out long ago; look at the existing record.",
    ),
    Refusal.LAST_LINE: Message(
        409,
        "这是最后一项，请关闭整条需求。",
        "This is the last line; close the whole demand instead.",
    ),
    Refusal.LAST_STEWARD: Message(
        409,
        "这是最后一位全区管理员；请先授权另一位。",
        "This is the last steward of the whole area; give the role to another one first.",
    ),
    Refusal.LINE_DROPPED: Message(409, "该项已不再需要。", "This line is no longer wanted."),
    Refusal.LINES_TOO_MANY: Message(
        422,
        "一条需求最多 20 项，且每项须给出数量；更多请分开发布。",
        "A demand has at most 20 lines, each with its number; post several demands for more.",
    ),
    Refusal.LOG_ALREADY_OPEN: Message(409, "日志已经启用。", "This log has been opened already."),
    Refusal.LOG_NOT_OPEN: Message(
        409,
        "日志尚未启用，请先运行 shouwang init。",
        "This log is not open yet; run shouwang init.",
    ),
    Refusal.MINIMUM_OVER_TARGET: Message(
        422, "「至少」不能大于「需要」。", "The minimum must not exceed the target."
    ),
    Refusal.MODE_MISMATCH: Message(
        409,
        "该日志不接受这种模式：演练与实战不得混用。",
        "This log does not take this mode: exercises and actual work never mix.",
    ),
    Refusal.NEEDED_BY_UNFIT: Message(
        422,
        "需要的时间须在当前之后、三十天之内；急需时请留空。",
        "The time by which it is needed must lie ahead, by 30 days at most; leave it open where it "
        "is needed as soon as possible.",
    ),
    Refusal.NO_LONGER_NEEDED: Message(
        409, "此项需求已结束，感谢您。", "This is over and no longer needed; thank you."
    ),
    Refusal.NOT_FOUND: Message(
        404, "没有这条记录，或不在您的范围内。", "There is no such record within your scope."
    ),
    Refusal.NOTHING_TO_UNDO: Message(409, "没有可以撤销的步骤。", "There is no step to undo."),
    Refusal.OFFER_STOOD_DOWN: Message(
        409, "该协助请求已撤回，感谢您。", "This request has been stood down; thank you."
    ),
    Refusal.ORGANIZATION_ASKED_SINCE: Message(
        409,
        "合并后的组织已接到协助请求，不能再拆分。",
        "The organization has been asked since the merger; it stays as it is.",
    ),
    Refusal.ORGANIZATION_BUSY: Message(
        409,
        "该组织仍有任务或待答复的请求，结束后再合并。",
        "This organization is still asked or at work; merge it when that is over.",
    ),
    Refusal.ORGANIZATION_EXISTS: Message(
        409,
        "该组织似已登记（见编号）；如确为另一组织，请注明坚持登记。",
        "This organization seems to be registered already; insist if it is another one.",
    ),
    Refusal.ORGANIZATION_MERGED: Message(
        409,
        "该组织已并入另一组织（见编号）；请改用该组织，或先拆分。",
        "This organization was merged into another one (see its id); use that one, or separate "
        "them.",
    ),
    Refusal.ORGANIZATION_NOT_MERGED: Message(
        409, "该组织没有并入其他组织。", "This organization is not merged into another one."
    ),
    Refusal.ORGANIZATION_RETIRED: Message(409, "该组织已停用。", "This organization is retired."),
    Refusal.PLACE_OUTSIDE_INCIDENT: Message(
        409,
        "该乡镇不在本次突发事件范围内；请先由其加入。",
        "This place is outside the incident; let its township join first.",
    ),
    Refusal.QUANTITY_OVER_OFFER: Message(
        422, "答应的数量不能大于请求的数量。", "You cannot accept more units than were asked for."
    ),
    Refusal.REVISION_STALE: Message(
        412,
        "该需求已被他人修改，请重新读取后再改。",
        "Somebody changed this demand meanwhile; load it again, then edit.",
    ),
    Refusal.ROLE_MISSING: Message(
        403, "您的角色不能执行此操作。", "Your role does not allow this."
    ),
    Refusal.SKILL_GRADE_UNFIT: Message(
        422,
        "只有分级技能可以要求等级，且必须要求。",
        "Only a graded skill can ask for a grade, and a graded one must.",
    ),
    Refusal.SKILL_MISSING: Message(
        409, "该组织未登记此项技能。", "This organization has not registered the skill."
    ),
    Refusal.SKILL_UNKNOWN: Message(
        422, "技能代码不在代码表中。", "This skill is not in the list of skills."
    ),
    Refusal.STANDARD_UNFIT: Message(
        422,
        "请填写该技能的队伍等级标准（见代码表）；个人证书和地方等级不是队伍等级。",
        "Name the standard of this skill (see the codes); "
        "a person's grade or a city's own is not a team's.",
    ),
    Refusal.STANDBY_OVER: Message(
        409, "没有有效的备勤；请重新请求。", "Nobody stands by on this request; ask again."
    ),
    Refusal.STEP_NOT_TAKEN: Message(
        409,
        "队伍还没有到这一步；请直接记录该步骤。",
        "The crew has not come past this step; record the step itself.",
    ),
    Refusal.STEP_OF_OTHERS: Message(
        409,
        "这一步由他人记录，只能由其本人撤销；值班室可以更正。",
        "Somebody else took this step; the desk can correct it.",
    ),
    Refusal.TASK_CLAIMED: Message(
        409,
        "该恢复任务已被认领；请先收回。",
        "Somebody has claimed this recovery task; take it back first.",
    ),
    Refusal.TASK_NOT_CLAIMABLE: Message(
        409, "该恢复任务不在可认领状态。", "This recovery task cannot be claimed now."
    ),
    Refusal.TASK_ENDED: Message(409, "该恢复任务已结束。", "This recovery task has ended."),
    Refusal.TASK_NOT_CLAIMED: Message(
        409, "该恢复任务没有被认领。", "Nobody has claimed this recovery task."
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
    Refusal.TASK_REPORTED: Message(
        409,
        "该恢复任务已报告完成；请先核实，或退回重做。",
        "This recovery task has been reported done; verify it, or send it back first.",
    ),
    Refusal.TICK_OUT_OF_ORDER: Message(
        409, "时钟序号不连续。", "This tick is not the next one of its operation."
    ),
    Refusal.UNDO_TOO_LATE: Message(
        409,
        "超过 30 秒不能自行撤销；请电话联系值班室更正。",
        "It is more than 30 seconds ago; call the desk, which can correct it.",
    ),
    Refusal.VALIDITY_UNFIT: Message(
        422,
        "有效期须为真实日期，且开始不晚于结束。",
        "A validity has days of the calendar, and starts before it ends.",
    ),
    Refusal.VERIFIER_IS_DOER: Message(
        409, "核验人不能是完成人，请由另一方核验。", "Whoever did the work cannot verify it."
    ),
}
