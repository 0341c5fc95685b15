"""Refusals about asking and answering."""

from __future__ import annotations

from schemas.refusals.codes import Message, Refusal

WORDS: dict[Refusal, Message] = {
    Refusal.COUNTER_LATE: Message(
        409,
        "答复期限已过，不能再提出其他时间；仍能前来的，请直接答应并填写几分钟到。",
        "The time to answer is over, so no other time can be offered; if you can come, say yes "
        "with the minutes that it takes.",
    ),
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
    Refusal.FREE_FROM_UNFIT: Message(
        422,
        "可出动时间最多在 48 小时以内。",
        "The time from which you are free lies within 48 hours.",
    ),
    Refusal.NO_LONGER_NEEDED: Message(
        409, "此项需求已结束，感谢您。", "This is over and no longer needed; thank you."
    ),
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
    Refusal.PLAN_AHEAD: Message(
        409,
        "方案所依据的记录尚不存在，不予采用。",
        "The plan is made of a turn that this log does not have; nothing of it is taken.",
    ),
    Refusal.PLAN_OUTDATED: Message(
        409,
        "方案所依据的情况早于上一个方案，不予采用；请按现状重新计算。",
        "The plan was made before the last one was taken; make it anew of how things stand now.",
    ),
    Refusal.QUANTITY_OVER_OFFER: Message(
        422, "答应的数量不能大于请求的数量。", "You cannot accept more units than were asked for."
    ),
    Refusal.STANDBY_OVER: Message(
        409, "没有有效的备勤；请重新请求。", "Nobody stands by on this request; ask again."
    ),
    Refusal.WHOLE_PART: Message(
        409,
        "此项须由一家组织整体承担，只有一部分没有用处；请由力量足够的组织承担全部，或者谢绝。",
        "This line is of use only as a whole, from one organization: all of it is taken on by "
        "somebody who has it, or they say no.",
    ),
    Refusal.WORDS_CHANGED: Message(
        409,
        "请求内容已变更，此次答应未生效；请看清新的内容后再答复。",
        "What is asked has changed, so this yes was not taken; read the new words, then answer.",
    ),
}
