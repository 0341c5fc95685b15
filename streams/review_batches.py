"""What a review says of batches: how many, what became of them, and who took it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from schemas import facts as f
from schemas.batches import BatchKind
from schemas.codes import Words

SHOWN = 12  # of a digest: enough to compare two by eye

BATCHES: Final[dict[type, Words]] = {
    f.BatchListed: Words(
        "{division}列入{batch_what}的一批：本次 {part} 条，共 {count} 条，"
        "摘要 {short_digest}{begins}。",
        "{division} listed {part} of {count} for {batch_what} as one batch, digest "
        "{short_digest}{begins}.",
    ),
    f.BatchSpared: Words(
        "一批中有 {part} 条保持不变：已结束、已被他人处理，或有人在场。",
        "Of a batch {part} stay as they are: over, dealt with, or somebody is there.",
    ),
    f.BatchEnded: Words(
        "一批{undone_or_done}：{count} 条，另有 {spared} 条保持不变，摘要 {short_digest}。",
        "A batch was {undone_or_done}: {count}, with {spared} left as they are, digest "
        "{short_digest}.",
    ),
    f.BatchUndone: Words(
        "{division}撤销一批：恢复原状，此前的请求不恢复。",
        "{division} takes a batch back: all of it as before, but for old requests.",
    ),
    f.BatchOver: Words(
        "一批已不能再撤销，或其名单未列完而作废。",
        "A batch can no longer be undone; or its list was never whole, and nothing was done.",
    ),
    f.TaskProposedAgain: Words(
        "{task}随其批次撤销，重新待确认。", "{task} is a proposal again, as its batch was undone."
    ),
}


def _what(names: Any) -> str:
    if names.fact.kind is BatchKind.VOID:
        return str(names.pick("误报作废", "voiding"))
    return str(names.pick("打开恢复任务", "opening recovery tasks"))


def _begins(names: Any) -> str:
    if not names.fact.whole:
        return ""
    return str(names.pick("；名单已全，开始执行", "; the list is whole, and it begins"))


BATCHED: Final[dict[str, Callable[[Any], str]]] = {
    "batch_what": _what,
    "begins": _begins,
    "part": lambda names: str(len(names.fact.ids)),
    "short_digest": lambda names: str(names.fact.digest[:SHOWN]),
    "undone_or_done": lambda names: str(
        names.pick("已撤销", "undone")
        if names.fact.undone
        else names.pick("已执行完毕", "carried out")
    ),
    "batched": lambda names: (
        "" if names.fact.batch is None else str(names.pick("（批量）", " (with a batch)"))
    ),
}
