"""Refusals about instructions."""

from __future__ import annotations

from schemas.refusals.codes import Message, Refusal

WORDS: dict[Refusal, Message] = {
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
    Refusal.INSTRUCTIONS_STANDING: Message(
        409,
        "现行指令已达上限；请先解除不再有效的指令。",
        "As many instructions hold already as can; lift those that hold no longer first.",
    ),
}
