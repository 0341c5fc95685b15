"""What each fact says to a reader, in Chinese and English: one table, filled in by names."""

from __future__ import annotations

from schemas import facts as f
from schemas import registry_facts as r
from schemas.codes import Words
from schemas.values import (
    CloseReason,
    DeclineReason,
    Gate,
    Medium,
    Mode,
    Purpose,
    RegistrationClass,
    Role,
    StandDownReason,
)

FACTS: dict[type, Words] = {
    r.LogOpened: Words(
        "日志启用:{division},用途为{purpose}。", "The log of {division} was opened for {purpose}."
    ),
    r.LogMoved: Words(
        "{division}的日志在此结束,迁往{medium}。",
        "The log of {division} ended here and moved to {medium}.",
    ),
    r.LogArrived: Words(
        "{division}的日志已迁入{medium},由此继续。",
        "The log of {division} arrived in {medium} and goes on there.",
    ),
    r.RoleGranted: Words(
        "账户 {account} 获得{role}角色,范围:{scope}。",
        "Account {account} was given the role {role} for {scope}.",
    ),
    r.GrantEnded: Words(
        "账户 {account} 的{role}角色已收回。", "The role {role} of account {account} was ended."
    ),
    r.OrganizationRegistered: Words(
        "{organization}已入库({class}),驻地{division},{people} 人;{capabilities}。",
        "{organization} was entered in the registry ({class}), at home in {division}, "
        "{people} people; {capabilities}.",
    ),
    r.CertificateRecorded: Words(
        "记录{organization}的证书:{certificate}。",
        "A certificate of {organization} was recorded: {certificate}.",
    ),
    r.CapacitySet: Words(
        "{organization}更新力量:{capabilities}。",
        "{organization} stated its units anew: {capabilities}.",
    ),
    r.DutySet: Words("{organization}{duty}。", "{organization} is {duty} now."),
    f.IncidentOpened: Words("{division}启动{incident}。", "{division} opened {incident}."),
    f.IncidentJoined: Words("{division}加入{incident}。", "{division} joined {incident}."),
    f.IncidentClosing: Words("{incident}开始关闭。", "The closing of {incident} has begun."),
    f.IncidentClosed: Words("{incident}已关闭。", "Closed: {incident}."),
    f.KeyDestroyed: Words(
        "{incident}的密钥已销毁,密封内容不可再读。",
        "The key of {incident} was destroyed; its sealed texts can no longer be read.",
    ),
    f.DemandPublished: Words(
        "{division}发布{demand},优先级 {priority}:{lines}。",
        "{division} published {demand}, priority {priority}: {lines}.",
    ),
    f.DemandAmended: Words(
        "{demand}修改为第 {revision} 版,优先级 {priority},目标 {targets}{added}。",
        "{demand} was amended to revision {revision}, priority {priority}, "
        "targets {targets}{added}.",
    ),
    f.DemandClosed: Words("{demand}已关闭:{reason}。", "{demand} was closed: {reason}."),
    f.DemandReopened: Words("{demand}重新打开。", "{demand} was reopened."),
    f.SealedTextOpened: Words(
        "账户 {account} 打开了{demand}的密封内容。",
        "Account {account} opened the sealed texts of {demand}.",
    ),
    f.LineUnmet: Words(
        "{line}{short},暂无更多组织可邀约;比较 {considered} 家{gates};{retry} 分钟后再试。",
        "{line} {short}, and nobody more can be asked now; {considered} considered{gates}; "
        "tried again in {retry} min.",
    ),
    f.LineInHand: Words(
        "{line}的已发邀约暂时足够,等待答复。",
        "Enough organizations are asked for {line}; answers are awaited.",
    ),
    f.OfferSent: Words(
        "邀约{organization}:{line},{quantity} 个单位;{kilometers} 公里,按距离第 {rank} 家,"
        "比较 {considered} 家{gates};请在 {answer} 分钟内答复。",
        "{organization} was asked: {line}, {quantity}; {kilometers} km away, number {rank} by "
        "distance, {considered} considered{gates}; to answer within {answer} min.",
    ),
    f.OfferAccepted: Words(
        "{organization}接受{line}的邀约:{quantity} 个单位{arrival}{phone}。",
        "{organization} said yes to {line}: {quantity}{arrival}{phone}.",
    ),
    f.OfferDeclined: Words(
        "{organization}婉拒{line}的邀约:{reason}{phone}。",
        "{organization} said no to {line}: {reason}{phone}.",
    ),
    f.OfferExpired: Words(
        "{organization}未在期限内答复{line}的邀约。",
        "{organization} did not answer in time: {line}.",
    ),
    f.OfferStoodDown: Words(
        "撤回对{organization}的邀约:{line};原因:{reason}。",
        "The offer to {organization} was stood down: {line}; {reason}.",
    ),
    f.AssignmentCommitted: Words(
        "{organization}承担{line}:{quantity} 个单位。",
        "{organization} is committed to {line}: {quantity}.",
    ),
    f.AssignmentSetOff: Words(
        "{organization}已出发:{line}{implied}{phone}。",
        "{organization} set off: {line}{implied}{phone}.",
    ),
    f.AssignmentArrived: Words(
        "{organization}已到达:{line}{implied}{phone}。",
        "{organization} arrived: {line}{implied}{phone}.",
    ),
    f.AssignmentReportedDone: Words(
        "{organization}报告完成:{line}{phone}。",
        "{organization} reported done: {line}{phone}.",
    ),
    f.AssignmentSentBack: Words(
        "{organization}的工作未通过确认,继续处置:{line}。",
        "The desk did not find it done; {organization} goes on: {line}.",
    ),
    f.AssignmentConfirmed: Words(
        "{organization}的工作已确认:{line}。",
        "The work of {organization} was confirmed: {line}.",
    ),
    f.AssignmentReleased: Words(
        "{organization}的队伍已释放:{line}。", "{organization} is free again: {line}."
    ),
    f.AssignmentGivenUp: Words(
        "{organization}无法继续:{line}{phone}。",
        "{organization} cannot complete it: {line}{phone}.",
    ),
    f.AssignmentStoodDown: Words(
        "通知{organization}撤下:{line};原因:{reason}。",
        "{organization} was stood down: {line}; {reason}.",
    ),
    f.TaskProposed: Words(
        "提出{task}(恢复{domain}),源自{demand}。",
        "{task} was proposed ({domain}), from {demand}.",
    ),
    f.TaskOpened: Words("{task}开放认领(恢复{domain})。", "{task} was opened ({domain})."),
    f.TaskDropped: Words("{task}已取消。", "{task} was dropped."),
    f.TaskClaimed: Words(
        "{organization}认领{task}{phone}。", "{organization} claimed {task}{phone}."
    ),
    f.TaskReportedDone: Words(
        "{organization}报告{task}完成{phone}。", "{organization} reported {task} done{phone}."
    ),
    f.TaskSentBack: Words(
        "{task}未通过核验,退回{organization}。", "{task} was sent back to {organization}."
    ),
    f.TaskVerified: Words("{task}已核验。", "{task} was verified."),
    f.DeadlinesShifted: Words(
        "系统停顿 {lost} 分钟,未到期的答复期限顺延。",
        "The log stood still for {lost} min; open deadlines were moved by as much.",
    ),
}

# Reasons are looked up by their text: two lists of reasons share some of theirs.
REASONS: dict[str, Words] = {
    CloseReason.MET: Words("已满足", "met"),
    CloseReason.PARTLY_MET_ACCEPTED: Words("部分满足,可接受", "partly met, and accepted"),
    CloseReason.POSTED_BY_MISTAKE: Words("误发", "posted by mistake"),
    CloseReason.CANCELED: Words("取消", "canceled"),
    CloseReason.DUPLICATE: Words("重复", "a duplicate"),
    CloseReason.UNFOUNDED: Words("情况不实", "unfounded"),
    CloseReason.DONE_BY_OTHERS: Words("已由他人完成", "done by others"),
    CloseReason.EXPIRED_UNMET: Words("过期未满足", "expired unmet"),
    CloseReason.INCIDENT_CLOSED: Words("事件关闭", "the incident was closed"),
    DeclineReason.NO_CREW: Words("无人可派", "no crew"),
    DeclineReason.TOO_FAR: Words("距离过远", "too far"),
    DeclineReason.ROAD_BLOCKED: Words("道路不通", "the road is blocked"),
    DeclineReason.EQUIPMENT: Words("装备不足", "equipment"),
    DeclineReason.UNSAFE: Words("不安全", "unsafe"),
    DeclineReason.OTHER: Words("其他原因", "another reason"),
    StandDownReason.COVERED: Words("力量已足够", "covered by now"),
    StandDownReason.DEMAND_CLOSED: Words("需求已关闭", "the demand was closed"),
    StandDownReason.DEMAND_AMENDED: Words("需求已修改", "the demand was amended"),
}

GATES: dict[Gate, Words] = {
    Gate.DUTY: Words("不在值守", "off duty"),
    Gate.ASKED_BEFORE: Words("此前已邀约", "asked before"),
    Gate.SKILL: Words("无此技能", "without the skill"),
    Gate.CERTIFICATE_MISSING: Words("无证书", "without a certificate"),
    Gate.CERTIFICATE_GRADE: Words("证书等级不足", "with too low a grade"),
    Gate.CERTIFICATE_NOT_YET: Words("证书未生效", "with a certificate not valid yet"),
    Gate.CERTIFICATE_EXPIRED: Words("证书过期", "with an expired certificate"),
    Gate.CAPACITY: Words("力量已占用", "with all units taken"),
    Gate.DISTANCE: Words("超出范围", "beyond reach"),
}

ROLES: dict[Role, Words] = {
    Role.STEWARD: Words("管理员", "steward"),
    Role.DESK: Words("值班台", "desk"),
    Role.ORGANIZATION: Words("组织", "organization"),
    Role.REVIEWER: Words("复盘", "reviewer"),
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
