"""Refusals about recovery tasks."""

from __future__ import annotations

from schemas.refusals.codes import Message, Refusal

WORDS: dict[Refusal, Message] = {
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
    Refusal.VERIFIER_IS_DOER: Message(
        409, "核验人不能是完成人，请由另一方核验。", "Whoever did the work cannot verify it."
    ),
}
