"""What each fact says to a reader, in Chinese and English: one table, filled in by names."""

from __future__ import annotations

from schemas import facts as f
from schemas.codes import Words
from streams import scene_words
from streams.review_appeals import APPEALS
from streams.review_batches import BATCHES
from streams.review_handing import HANDING
from streams.review_plans import PLANNED
from streams.review_registry import REGISTRY
from streams.review_unasked import UNASKED
from streams.review_waiting import WAITING

FACTS: dict[type, Words] = {
    **REGISTRY,
    **WAITING,
    **HANDING,
    **UNASKED,
    **APPEALS,
    **BATCHES,
    **PLANNED,
    f.IncidentOpened: Words("{division}启动响应：{incident}。", "{division} opened {incident}."),
    f.IncidentJoined: Words("{division}加入{incident}。", "{division} joined {incident}."),
    f.IncidentClosing: Words("{incident}开始结束响应。", "The closing of {incident} has begun."),
    f.IncidentClosed: Words("{incident}已结束响应。", "Closed: {incident}."),
    f.IncidentReopened: Words("{incident}恢复响应。", "Reopened: {incident}."),
    f.KeyDestructionDue: Words(
        "{incident}的密钥将于 {due} 销毁，除非恢复响应。",
        "The key of {incident} is to be destroyed at {due}, unless it is reopened.",
    ),
    f.KeyDestroyed: Words(
        "{incident}的密钥已销毁，保密信息不可再读；备份中的副本最迟 7 天后清除。",
        "The key of {incident} was destroyed; its sealed texts can no longer be read, "
        "and copies in backups are gone within 7 days.",
    ),
    f.DemandPublished: Words(
        "{division}发布{demand}，优先级 {priority}："
        "{lines}{needed}{substitute}{similar}{numbers}。",
        "{division} published {demand}, priority {priority}: {lines}{needed}{substitute}{similar}"
        "{numbers}.",
    ),
    f.DemandAmended: Words(
        "{demand}修改为第 {revision} 版，优先级 {priority}，"
        "需要 {targets}{added}{needed}{sealed}{numbers}。",
        "{demand} was amended to revision {revision}, priority {priority}, "
        "targets {targets}{added}{needed}{sealed}{numbers}.",
    ),
    f.DemandRefiled: Words(
        "{was}改列{incident}，现为{demand}；队伍不变，无人需再次答复。",
        "{was} was filed in {incident} instead, and is {demand} now; its crews stay with it, and "
        "nobody is asked again.",
    ),
    f.DemandTakenBack: Words(
        "{demand}由移出的乡镇取回，回到{division}。",
        "{demand} was taken back by {division}, which had moved it.",
    ),
    f.StillNeededAsked: Words(
        "{demand}已半天没有动静，询问值班室是否仍需要{climbs}。",
        "Nothing has happened about {demand} for half a day; its desk is asked if it is "
        "needed{climbs}.",
    ),
    f.DemandKept: Words(
        "{demand}仍需要{seen}；{until} 前不再询问。",
        "{demand} is still needed{seen}; not asked again before {until}.",
    ),
    f.DemandClosed: Words(
        "{demand}已关闭：{reason}{led}{in_place}{batched}。",
        "{demand} was closed: {reason}{led}{in_place}{batched}.",
    ),
    f.DemandReopened: Words(
        "{demand}重新打开{led}{batched}。", "{demand} was reopened{led}{batched}."
    ),
    f.DemandGrouped: Words(
        "{demand}与{leading}为同一需求，由后者统一请求。",
        "{demand} tells of the same need as {leading}, which is asked for in its place.",
    ),
    f.DemandUngrouped: Words(
        "{demand}不再与{leading}合并，重新单独请求{apart}。",
        "{demand} stands for itself again, apart from {leading}{apart}.",
    ),
    f.SealedTextOpened: Words(
        "查看了{demand}的保密信息（{opening}）。",
        "The sealed texts of {demand} were opened ({opening}).",
    ),
    f.DemandNoted: Words(
        "{demand}的值班记录增加第 {number} 条。", "Note {number} was made about {demand}."
    ),
    f.PersonsShown: Words(
        "查看了{organization}的联系电话（{demand}）。",
        "Whom to call of {organization} was looked up ({demand}).",
    ),
    f.OwnCrewSet: Words("{line}{own}。", "The township's own crew {own} of {line}."),
    f.LineDropped: Words("{line}不再需要。", "Dropped: {line}."),
    f.LineUnmet: Words(
        "{line}{short}，暂无更多组织可请求；比较 {considered} 家{gates}；{retry} 再试{to_desk}。",
        "{line} {short}, and nobody more can be asked now; {considered} considered{gates}; "
        "next try {retry}{to_desk}.",
    ),
    f.LinesLookedAt: Words(
        "{listed}仍无组织可请求，原因未变；{next} 再试。",
        "Still nobody for {listed}, for the same reasons; next try {next}.",
    ),
    f.LineWoken: Words(
        "{organization}可以出动（{skill}）{wanted}。",
        "{organization} has become able ({skill}){wanted}.",
    ),
    f.LineInHand: Words(
        "{line}已请求的组织暂时足够，等待答复。",
        "Enough organizations are asked for {line}; answers are awaited.",
    ),
    f.OfferSent: Words(
        "请求{organization}协助：{line}，{quantity}；{kilometers} 公里，{chosen}；"
        "请在 {answer} 分钟内答复。",
        "{organization} was asked: {line}, {quantity}; {kilometers} km away, {chosen}; "
        "to answer within {answer} min.",
    ),
    f.CrewReceived: Words(
        "{organization}未经请求，自行{came}：{line}，{quantity}。",
        "{organization} {came} without being asked: {line}, {quantity}.",
    ),
    f.OfferAccepted: Words(
        "{organization}答应{line}：{quantity}{arrival}{late}{phone}。",
        "{organization} said yes to {line}: {quantity}{arrival}{late}{phone}.",
    ),
    f.OfferDeclined: Words(
        "{organization}谢绝{line}：{reason}{free}{phone}。",
        "{organization} said no to {line}: {reason}{free}{phone}.",
    ),
    f.YesOutdated: Words(
        "{organization}答复的是{line}变更前的内容{phone}，未生效；请其看过新内容后再答复，"
        "期限 {deadline}。",
        "{organization} answered earlier words of {line}{phone}, which was not taken; asked "
        "once more with the new ones, until {deadline}.",
    ),
    f.OfferReached: Words(
        "请求已送达{organization}（{reach}）：{line}；答复期限 {deadline}。",
        "{organization} was reached by {reach}: {line}. Its answer is awaited until {deadline}.",
    ),
    f.OfferUnreachable: Words(
        "各渠道均未能送达{organization}：{line}；{again} 起可再次请求。",
        "No channel could reach {organization}: {line}. Asked again from {again}.",
    ),
    f.OfferExpired: Words(
        "{organization}未在期限内答复{line}；仍可补答，{again} 起可再次请求。",
        "{organization} did not answer in time: {line}. It still can; asked again from {again}.",
    ),
    f.OfferStoodDown: Words(
        "撤回对{organization}的协助请求：{line}；原因：{reason}。",
        "The request to {organization} was stood down: {line}; {reason}.",
    ),
    f.StandbyOffered: Words(
        "{organization}表示{would}：{line}，{quantity}{arrival}{phone}；{waits}。",
        "{organization} {would}: {line}, {quantity}{arrival}{phone}; {waits}.",
    ),
    f.AssignmentCommitted: Words(
        "{organization}承担{line}：{quantity}，预计 {promised} 到达。",
        "{organization} is committed to {line}: {quantity}, expected at {promised}.",
    ),
    f.AssignmentSetOff: Words(
        "{organization}已出发：{line}{implied}{phone}。",
        "{organization} set off: {line}{implied}{phone}.",
    ),
    f.AssignmentArrived: Words(
        "{organization}已到达：{line}{implied}{phone}。",
        "{organization} arrived: {line}{implied}{phone}.",
    ),
    f.AssignmentReportedDone: Words(
        "{organization}报告完成：{line}{phone}。",
        "{organization} reported done: {line}{phone}.",
    ),
    f.CrewOverdue: Words(
        "{organization}逾期未到：{line}；已询问领队。",
        "{organization} is overdue: {line}. Its leader is asked.",
    ),
    f.CrewDoubted: Words(
        "{organization}能否到达存疑：{line}，另请一队。",
        "{organization} may not come: one more team is asked for {line}.",
    ),
    f.NewTimeGiven: Words(
        "{organization}改报到达时间：{line}，{promised}{phone}。",
        "{organization} gave a new time: {line}, {promised}{phone}.",
    ),
    **scene_words.FACTS,
    f.StepUndone: Words(
        "{organization}撤销误报：{line}，回到「{step}」{phone}。",
        "{organization} undid a step it did not mean: {line}, back at {step}{phone}.",
    ),
    f.StepCorrected: Words(
        "值班室更正{organization}的进度：{line}，改为「{step}」。",
        "The desk corrected how far {organization} has come: {line}, {step}.",
    ),
    f.AssignmentSentBack: Words(
        "{organization}的工作未通过确认，继续处置：{line}{told}。",
        "The desk did not find it done; {organization} goes on: {line}{told}.",
    ),
    f.AssignmentConfirmed: Words(
        "{organization}的工作已确认：{line}。",
        "The work of {organization} was confirmed: {line}.",
    ),
    f.AssignmentReleased: Words(
        "{organization}的队伍已释放：{line}。", "{organization} is free again: {line}."
    ),
    f.AssignmentGivenUp: Words(
        "{organization}无法继续：{line}{phone}。",
        "{organization} cannot complete it: {line}{phone}.",
    ),
    f.AssignmentStoodDown: Words(
        "通知{organization}撤下：{line}；原因：{reason}。",
        "{organization} was stood down: {line}; {reason}.",
    ),
    f.TaskProposed: Words(
        "提出{task}（恢复{domain}）：{amount}，源自{demand}。",
        "{task} was proposed ({domain}): {amount}, from {demand}.",
    ),
    f.TaskOpened: Words(
        "{task}开放认领（恢复{domain}）{batched}。", "{task} was opened ({domain}){batched}."
    ),
    f.TaskDropped: Words("{task}已取消。", "{task} was dropped."),
    f.TaskNeedAsked: Words(
        "{task}长期无进展，请发布方确认是否仍需要。",
        "Nothing has happened about {task} for long; its desk is asked whether it is still needed.",
    ),
    f.TaskLapsed: Words("{task}长期无人处理，已失效。", "{task} has lapsed; nobody carried it on."),
    f.TaskClaimEnded: Words(
        "{task}重新开放认领：{ending}{phone}。", "{task} is open to others again: {ending}{phone}."
    ),
    f.TaskClaimed: Words(
        "{organization}认领{task}{phone}。", "{organization} claimed {task}{phone}."
    ),
    f.TaskReportedDone: Words(
        "{organization}报告{task}完成{phone}。", "{organization} reported {task} done{phone}."
    ),
    f.TaskSentBack: Words(
        "{task}未通过核验，退回{organization}。", "{task} was sent back to {organization}."
    ),
    f.TaskVerified: Words("{task}已核验。", "{task} was verified."),
    f.TimeGivenBack: Words(
        "停顿顺延继续：又有 {count} 项期限已顺延。",
        "The lost time was given back to {count} more.",
    ),
    f.WorkSetAside: Words(
        "系统反复未能处理此项，已搁置一小时，其余照常进行；请人工跟进。",
        "The program failed on this again and again and has set it aside for an hour; "
        "the rest goes on. A person has to see to it.",
    ),
    f.Resumed: Words(
        "系统停顿 {lost} 分钟后恢复；待答复的期限按所剩时间顺延。",
        "The log stood still for {lost} min; whoever has to answer has the time that was left.",
    ),
}
