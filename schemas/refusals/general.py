"""Refusals of any room: who may, what is there, what the log and its incidents are open for."""

from __future__ import annotations

from schemas.refusals.codes import Message, Refusal

WORDS: dict[Refusal, Message] = {
    Refusal.CODE_UNKNOWN: Message(
        422,
        "代码不在代码表中，请查看 /api/v1/codes。",
        "Unknown code; see /api/v1/codes for the lists.",
    ),
    Refusal.DIVISION_UNKNOWN: Message(
        422, "区划代码不在本系统的区划表中。", "This division is not in the loaded division tree."
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
    Refusal.SHIFT_HANDED_OVER: Message(
        409,
        "本班已交班，等待接班；接班之后才能再次交班。",
        "This shift is handed over already, and waits for somebody to take it.",
    ),
    Refusal.LOG_ALREADY_OPEN: Message(409, "日志已经启用。", "This log has been opened already."),
    Refusal.RULES_UNFIT: Message(
        409,
        "规则只能改为更新的一版。",
        "Rules change to a newer version only.",
    ),
    Refusal.LOG_NOT_OPEN: Message(
        409,
        "日志尚未启用，请先运行 shouwang init。",
        "This log is not open yet; run shouwang init.",
    ),
    Refusal.MODE_MISMATCH: Message(
        409,
        "该日志不接受这种模式：演练与实战不得混用。",
        "This log does not take this mode: exercises and actual work never mix.",
    ),
    Refusal.NOT_FOUND: Message(
        404, "没有这条记录，或不在您的范围内。", "There is no such record within your scope."
    ),
    Refusal.PLACE_OUTSIDE_INCIDENT: Message(
        409,
        "该乡镇不在本次突发事件范围内；请先由其加入。",
        "This place is outside the incident; let its township join first.",
    ),
    Refusal.REVISION_STALE: Message(
        412,
        "该需求已被他人修改，请重新读取后再改。",
        "Somebody changed this demand meanwhile; load it again, then edit.",
    ),
    Refusal.ROLE_MISSING: Message(
        403, "您的角色不能执行此操作。", "Your role does not allow this."
    ),
    Refusal.TICK_OUT_OF_ORDER: Message(
        409, "时钟序号不连续。", "This tick is not the next one of its operation."
    ),
}
