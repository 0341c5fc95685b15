"""Heads on the command line: signed now, read from what others have kept, and told."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import time_ns

import msgspec

from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.keeping import HEADS, SignedHead, heads_of, keep_head, public_key, signed_head
from api.language import say
from api.safe import master_key
from schemas.values import AreaId
from streams.engines.folder import LOG, FolderUnfit
from streams.engines.log_file import Reader
from streams.verify import Head


def sign(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Of every area, or of the one named; also while the server runs."""
    settings = settings_of(typed)
    now = time_ns() // 1_000_000
    with told_plainly():
        master = master_key(settings)
        if not (settings.data / LOG).is_file():
            raise FolderUnfit(f"{settings.data / LOG} is missing; no log has been made here")
        with closing(Reader(settings.data / LOG)) as reader:
            areas = [AreaId(typed.area)] if typed.area else reader.areas()
            signed = [
                signed_head(master, area, end, reader.stored(area, end), now)
                for area, end in ((area, reader.length(area)) for area in areas)
            ]
        places = [settings.data / HEADS]
        if settings.heads:
            places.append(Path(settings.heads))
        if typed.to is not None:
            places.append(typed.to)
        for head in signed:
            keep_head(head, places)
    for head in signed:
        print(
            say(
                f"区域 {head.area} 第 {head.sequence} 轮", f"area {head.area}, turn {head.sequence}"
            )
        )
        print(f"  head    {head.head}")
        print(
            say("  已写入：", "  written:"), "、".join(str(place / head.name) for place in places)
        )
    print(say("签名公钥：", "signed by (public key):"), public_key(master))
    return 0, {"heads": [msgspec.to_builtins(head) for head in signed]}


def refuse_foreign(kept: Sequence[Head | SignedHead], areas: Sequence[AreaId]) -> None:
    """Trouble where a head says nothing about this log, so that nobody takes silence for proof."""
    if len(areas) > 1 and any(isinstance(one, Head) for one in kept):
        raise Trouble("有多个区域，请用 --area 指明。", "There are several areas; name one.")
    if kept and not any(heads_of(area, kept) for area in areas):
        there = "、".join(sorted({one.area for one in kept if isinstance(one, SignedHead)}))
        raise Trouble(
            f"所给链头属于区域 {there}，不是这份日志的。",
            f"These heads are of area {there}, not of this log.",
        )
