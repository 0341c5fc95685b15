"""What each code says to a reader, in Chinese and English, where it is not in the code lists."""

from __future__ import annotations

from schemas.access import GrantReason, LinkReason
from schemas.codes import Words
from schemas.values import (
    ClaimEnd,
    CloseReason,
    DeclineReason,
    Gate,
    Medium,
    Mode,
    OpeningReason,
    Purpose,
    Reach,
    RegistrationClass,
    Role,
    SealedText,
    StandDownReason,
    Step,
)

# Reasons are looked up by their text: two lists of reasons share some of theirs.
REASONS: dict[str, Words] = {
    CloseReason.MET: Words("已满足", "met"),
    CloseReason.PARTLY_MET_ACCEPTED: Words("部分满足，可接受", "partly met, and accepted"),
    CloseReason.POSTED_BY_MISTAKE: Words("误发", "posted by mistake"),
    CloseReason.CANCELED: Words("取消", "canceled"),
    CloseReason.DUPLICATE: Words("重复", "a duplicate"),
    CloseReason.UNFOUNDED: Words("情况不实", "unfounded"),
    CloseReason.DONE_BY_OTHERS: Words("已由他人完成", "done by others"),
    CloseReason.EXPIRED_UNMET: Words("过期未满足", "expired unmet"),
    CloseReason.INCIDENT_CLOSED: Words("响应结束", "the incident was closed"),
    DeclineReason.NO_CREW: Words("无人可派", "no crew"),
    DeclineReason.TOO_FAR: Words("距离过远", "too far"),
    DeclineReason.ROAD_BLOCKED: Words("道路不通", "the road is blocked"),
    DeclineReason.EQUIPMENT: Words("装备不足", "equipment"),
    DeclineReason.UNSAFE: Words("不安全", "unsafe"),
    DeclineReason.OTHER: Words("其他原因", "another reason"),
    StandDownReason.COVERED: Words("力量已足够", "covered by now"),
    StandDownReason.PLANNED_ELSEWHERE: Words(
        "统筹调配，改请支援另一需求", "asked for another demand instead, by a plan for all"
    ),
    StandDownReason.NEEDED_ELSEWHERE: Words("力量已派往另一需求", "its units go to another demand"),
    StandDownReason.ASKED_ANEW: Words("已另发请求", "asked anew"),
    StandDownReason.STANDBY_OVER: Words("备勤已过期", "the standby is over"),
    StandDownReason.UNSUITED: Words(
        "值班室致谢：不符合此项要求", "thanked by the desk: not fit for this work"
    ),
    StandDownReason.SENT_HOME: Words(
        "值班室致谢：此处不需要", "thanked by the desk: not needed here"
    ),
    StandDownReason.ZONE_CLOSED: Words("该地点已封控或要求撤离", "nobody goes there for now"),
    StandDownReason.RELIEVED: Words("已由另一支队伍接替", "relieved by another crew"),
    StandDownReason.WITHDRAWN: Words("已按指令撤离", "withdrawn, as instructed"),
    StandDownReason.LINE_DROPPED: Words("该项不再需要", "the line was dropped"),
    StandDownReason.DEMAND_AMENDED: Words("需求已修改", "the demand was amended"),
    StandDownReason.DEMAND_HELD: Words(
        "需求暂缓，待恢复后再联系", "the demand is on hold, and asks again when it goes on"
    ),
    StandDownReason.DEMAND_GROUPED: Words("已并入同一需求", "another report of it is asked for"),
    StandDownReason.ORGANIZATION_RETIRED: Words("组织已停用", "the organization was retired"),
}

REACHES: dict[Reach, Words] = {
    Reach.PAGE: Words("页面", "its open page"),
    Reach.CHAT: Words("聊天消息", "a chat message"),
    Reach.SMS: Words("短信", "SMS"),
    Reach.VOICE: Words("语音电话", "a voice call"),
}

STEPS: dict[Step, Words] = {
    Step.COMMITTED: Words("已答应", "committed"),
    Step.EN_ROUTE: Words("途中", "on the way"),
    Step.ON_SCENE: Words("现场", "on the scene"),
    Step.REPORTED_DONE: Words("已报完成", "reported done"),
}

CLAIM_ENDS: dict[ClaimEnd, Words] = {
    ClaimEnd.GIVEN_BACK: Words("认领方退回", "given back"),
    ClaimEnd.TAKEN_BACK: Words("值班室收回", "taken back by the desk"),
    ClaimEnd.RAN_OUT: Words("认领到期", "the claim ran out"),
}

OPENINGS: dict[OpeningReason, Words] = {
    OpeningReason.ACCEPTED: Words("答应时随附", "with its yes"),
    OpeningReason.CALLING: Words("电话联系", "to call"),
    OpeningReason.ON_THE_WAY: Words("前往途中", "on the way"),
    OpeningReason.ON_SCENE: Words("现场", "on the scene"),
    OpeningReason.HANDING_OVER: Words("交接", "to hand over"),
    OpeningReason.CHECKING: Words("核对", "to check"),
}

GRANT_REASONS: dict[GrantReason, Words] = {
    GrantReason.NEW_PERSON: Words("新到岗", "a new person"),
    GrantReason.STANDING_IN: Words("临时顶岗", "standing in"),
    GrantReason.CHANGED: Words("职责调整", "other duties"),
    GrantReason.RETURNED: Words("恢复权限", "back on duty"),
}

LINK_REASONS: dict[LinkReason, Words] = {
    LinkReason.SESSION_OVER: Words("登录已过期", "the session was over"),
    LinkReason.NEW_DEVICE: Words("更换设备", "another device"),
    LinkReason.DEVICE_LOST: Words("设备遗失", "a lost device"),
    LinkReason.HANDED_OVER: Words("交接", "handed over"),
}

TEXTS: dict[SealedText, Words] = {
    SealedText.CONTACT: Words("联系人", "contact"),
    SealedText.ADDRESS: Words("地址", "address"),
    SealedText.NOTE: Words("备注", "note"),
    SealedText.LEAD: Words("现场负责人", "lead on the scene"),
}

GATES: dict[Gate, Words] = {
    Gate.ZONE_CLOSED: Words("地点已封控或要求撤离", "nobody goes there for now"),
    Gate.RETIRED: Words("已停用", "retired"),
    Gate.SKILL: Words("无此技能", "without the skill"),
    Gate.DISTANCE: Words("超出范围", "beyond reach"),
    Gate.ENROLLMENT: Words("未报名演练", "not enrolled for exercises"),
    Gate.REGISTRATION_CLASS: Words("未在民政登记", "not registered with civil affairs"),
    Gate.CERTIFICATE_MISSING: Words("无证书", "without a certificate"),
    Gate.CERTIFICATE_GRADE: Words("证书等级不足", "with too low a grade"),
    Gate.CERTIFICATE_NOT_YET: Words("证书未生效", "with a certificate not valid yet"),
    Gate.CERTIFICATE_EXPIRED: Words("证书过期", "with an expired certificate"),
    Gate.CERTIFICATE_WITHDRAWN: Words("证书被撤销", "with a withdrawn certificate"),
    Gate.ADULTS: Words("并非只派成年人", "sending not only adults"),
    Gate.INSURANCE: Words("保险已到期", "with insurance that has ended"),
    Gate.CREW_SILENT: Words("有队伍在危险区失联", "with a silent crew in a danger zone"),
    Gate.LEAVING: Words("有队伍正奉命撤离", "told to leave this place"),
    Gate.DUTY: Words("不在值守", "off duty"),
    Gate.LEAVE: Words("休假", "on leave"),
    Gate.HOURS: Words("不在值守时段", "outside their duty hours"),
    Gate.ASKED: Words("待答复", "asked, not answered yet"),
    Gate.ASKED_BEFORE: Words("此前已请求", "asked before, not again yet"),
    Gate.CREWS: Words("同时出动已满", "with as many units at work as they can man"),
    Gate.CAPACITY: Words("力量已占用", "with all units taken"),
    Gate.WHOLE: Words("力量不足以整体承担", "with too few units for the whole"),
    Gate.REST: Words("长时间作业后休整", "resting after long work"),
    Gate.DAILY_CAP: Words("当日已请求四次", "asked four times today"),
}

ROLES: dict[Role, Words] = {
    Role.STEWARD: Words("管理员", "steward"),
    Role.DESK: Words("值班室", "desk"),
    Role.ORGANIZATION: Words("组织", "organization"),
    Role.REVIEWER: Words("复盘", "reviewer"),
    Role.COMMITTEE: Words("村（居）委会", "village committee"),
}

CLASSES: dict[RegistrationClass, Words] = {
    RegistrationClass.REGISTERED: Words("登记", "registered"),
    RegistrationClass.FILED: Words("备案", "filed"),
    RegistrationClass.VILLAGE_GUIDED: Words("村级指导", "village-guided"),
}

PURPOSES: dict[Purpose, Words] = {
    Purpose.OPERATIONS: Words("实战", "operations"),
    Purpose.EXERCISE: Words("演练", "an exercise"),
    Purpose.HISTORY: Words("历史回放", "a history"),
    Purpose.COMPARISON: Words("对比", "a comparison"),
}

MEDIA: dict[Medium, Words] = {
    Medium.FILE: Words("数据目录", "a data folder"),
    Medium.TOPICS: Words("集群的主题", "the topics of a cluster"),
}

MARKS: dict[Mode, Words] = {
    Mode.ACTUAL: Words("", ""),
    Mode.EXERCISE: Words("演", "X"),
    Mode.TEST: Words("测", "T"),
}
"""What stands before a spoken number, so that nobody takes an exercise for real."""
