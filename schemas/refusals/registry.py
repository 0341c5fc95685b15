"""Refusals about organizations, their certificates, and grants."""

from __future__ import annotations

from schemas.refusals.codes import Message, Refusal

WORDS: dict[Refusal, Message] = {
    Refusal.ADULTS_UNCONFIRMED: Message(
        409,
        "危险作业只由成年人承担，该组织尚未登记“只派成年人”；请致电值班室，登记后再答应一次即可。",
        "Hazardous work is for adults only, and it is not on record that this organization sends "
        "none but adults. Call the desk; once it has recorded that, say yes again.",
    ),
    Refusal.CERTIFICATE_EXISTS: Message(
        409,
        "该发证单位的这个证书编号已登记在另一组织名下（见所列组织）：一个编号只是一本证书。"
        "登记错了的请先在那里撤销；确为两家共有的，请注明坚持登记。",
        "This issuer's number is on record for another organization (the one listed): a number is "
        "one certificate. Withdraw it there if that was a mistake; insist if both hold it.",
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
    Refusal.CREWS_TAKEN: Message(
        409,
        "该组织可同时出动的单位已全部派出；请减少数量，或请其更新可同时出动的单位数。",
        "This organization has as many units at work as it can man; take fewer, "
        "or have it state anew how many it can man at once.",
    ),
    Refusal.GRANT_REASON_MISSING: Message(
        422,
        "授予管理员或值班室角色须说明原因，并须由另一人在 24 小时内确认。",
        "Say why the role of a steward or a desk is given; a second person confirms it within "
        "24 hours.",
    ),
    Refusal.NOTHING_WAITS: Message(
        409,
        "没有待确认的授权或链接：已确认、已结束，或已超过 24 小时。",
        "Nothing waits to be confirmed: it was, it has ended, or 24 hours are over.",
    ),
    Refusal.SECOND_PERSON: Message(
        409,
        "此事须由另一人确认：不能是经办人、被授权人，或经办人刚为其签发过登录链接的人。",
        "This takes a second person: not who did it, not whom it is for, and nobody who was just "
        "let in by who did it.",
    ),
    Refusal.SELF_GRANT: Message(
        403,
        "任何人不得给自己授权；请由另一位管理员办理。",
        "Nobody grants a role to themselves; another steward has to.",
    ),
    Refusal.GRANT_UNFIT: Message(
        422,
        "授权须写明范围：机构角色写组织，其他角色写区划；结束时间须在将来。",
        "A grant names an organization for that role and a division for all others, "
        "and ends in the future.",
    ),
    Refusal.INSURANCE_UNCONFIRMED: Message(
        409,
        "危险作业前须有人身意外伤害保险，该组织没有登记有效保险；"
        "请致电值班室，登记后再答应一次即可。",
        "Hazardous work asks for accident insurance, and none that is good today is on record for "
        "this organization. Call the desk; once it has recorded one, say yes again.",
    ),
    Refusal.ISSUER_WITHDRAWN: Message(
        409,
        "该发证单位的证书已全部撤销，只有全区管理员可以重新登记。",
        "Every certificate of this issuer was withdrawn; only a steward of the whole area "
        "may record one again.",
    ),
    Refusal.LAST_STEWARD: Message(
        409,
        "这是最后一位全区管理员；请先授权另一位。",
        "This is the last steward of the whole area; give the role to another one first.",
    ),
    Refusal.LEAVE_UNFIT: Message(
        422,
        "休假须先开始后结束，结束时间在将来一年之内。",
        "A leave begins before it ends, and ends ahead of now, within a year.",
    ),
    Refusal.NOT_ENROLLED: Message(
        409,
        "该组织未报名参加演练；请先为其报名，或改请他人。",
        "This organization has not enrolled for exercises; enroll it first, or ask another one.",
    ),
    Refusal.ORGANIZATION_EXISTS: Message(
        409,
        "该组织似已登记（见所列组织）；如确为另一组织，请注明坚持登记。",
        "This organization seems to be registered already (as the one listed); insist if it is "
        "another one.",
    ),
    Refusal.ORGANIZATION_MERGED: Message(
        409,
        "该组织已并入另一组织（见所列组织）；请改用该组织，或先拆分。",
        "This organization was merged into another one (the one listed); use that one, or separate "
        "them.",
    ),
    Refusal.ORGANIZATION_NOT_MERGED: Message(
        409, "该组织没有并入其他组织。", "This organization is not merged into another one."
    ),
    Refusal.ORGANIZATION_RETIRED: Message(409, "该组织已停用。", "This organization is retired."),
    Refusal.SKILL_MISSING: Message(
        409, "该组织未登记此项技能。", "This organization has not registered the skill."
    ),
    Refusal.STANDARD_UNFIT: Message(
        422,
        "请填写该技能的队伍等级标准（见代码表）；个人证书和地方等级不是队伍等级。",
        "Name the standard of this skill (see the codes); "
        "a person's grade or a city's own is not a team's.",
    ),
    Refusal.VALIDITY_UNFIT: Message(
        422,
        "有效期须为真实日期，且开始不晚于结束。",
        "A validity has days of the calendar, and starts before it ends.",
    ),
    Refusal.VILLAGE_UNFIT: Message(
        422,
        "填写村（社区）时，所在区划须为乡镇（街道）；请改填乡镇，或留空村（社区）。",
        "A village is named within a township: give the township as home, or leave the village "
        "out.",
    ),
}
