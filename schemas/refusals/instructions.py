"""Refusals about instructions."""

from __future__ import annotations

from schemas.refusals.codes import Message, Refusal

WORDS: dict[Refusal, Message] = {
    Refusal.INSTRUCTION_EVERYBODY: Message(
        409,
        "该指令是向全体或封控区下达的，不能只对一支队伍解除；请由负责该突发事件的值班室或其上级，"
        "在突发事件卡片上解除。",
        "Everybody in the incident, or in the zone, was told this; it is not lifted for one crew. "
        "The desk of the incident lifts it on the incident's card, or a desk above it.",
    ),
    Refusal.INSTRUCTION_HOLDS: Message(
        409,
        "已要求该队停止、撤离，或该地点已封控；解除前不得出发、进入或另报到达时间。"
        "请按指令执行，有疑问立即致电值班室。",
        "The crew was told to stop or to withdraw, or the place is closed: until that is lifted "
        "nobody sets off, arrives or names a time. Follow the instruction; if in doubt, call the "
        "desk now.",
    ),
    Refusal.INSTRUCTION_MISSING: Message(
        409,
        "尚未要求该队停止、撤离或移交；请先下达指令，让队伍知道原因。",
        "The crew has not been told to stop, to withdraw or to hand over; tell it so first, so "
        "that it knows why.",
    ),
    Refusal.INSTRUCTION_OVER: Message(
        409,
        "该指令已解除，或不是下达给这支队伍的；请查看现行指令。",
        "This instruction holds no longer, or was not given to this crew; look at those that hold.",
    ),
    Refusal.INSTRUCTION_TO_NOBODY: Message(
        409,
        "该突发事件中目前没有在岗队伍，指令无人接收。",
        "Nobody is at work in this incident now; there is nobody to be told.",
    ),
    Refusal.INSTRUCTION_UNFIT: Message(
        422,
        "移交请写明移交给谁，转移请写明到哪里；其他指令不填此项。",
        "Say to whom the crew hands over, or where it comes to; other instructions name neither.",
    ),
    Refusal.ZONE_CLOSED: Message(
        409,
        "该地点已封控，或已要求全体停止、撤离；解除前不派任何队伍进入。",
        "Nobody goes there now: the zone is closed, or everybody was told to stop or to withdraw. "
        "It is taken up again as soon as that is lifted.",
    ),
    Refusal.ZONE_UNFIT: Message(
        422,
        "封控区不成立：圆形半径 10 米至 50 公里；多边形 3 至 64 个顶点，"
        "边不得交叉，跨度不超过约 100 公里。",
        "This is no zone: a circle has a radius of 10 m to 50 km; a polygon has 3 to 64 corners, "
        "does not cross itself, and spans some 100 km at the most.",
    ),
    Refusal.INSTRUCTIONS_STANDING: Message(
        409,
        "现行指令已达上限；请先解除不再有效的指令。",
        "As many instructions hold already as can; lift those that hold no longer first.",
    ),
}
