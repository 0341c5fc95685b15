"""The flags of the commands that keep a folder: copies of it, and bringing it back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from api.cli.flags import add, heads_flag, settings_flags


def add_keeping(commands: Any) -> None:
    here = "api.cli.keeping"
    words = "备份数据目录，服务不必停。 Copy a data folder, sealed, also while it serves."
    add(commands, "backup", (here, "backup"), words, _backup_flags)
    words = "从副本恢复。 Bring a data folder back out of a copy, into an empty folder."
    add(commands, "restore", (here, "bring_back"), words, _restore_flags)
    words = "签署当前链头，交给另一方保存。 Sign the log's head now, for another body to keep."
    add(commands, "head", ("api.cli.heads", "sign"), words, _head_flags)
    words = (
        "检查数据目录与本机，逐项说明怎么办。 Examine a folder and its machine, with what to do."
    )
    add(commands, "doctor", ("api.cli.doctor", "examine"), words, _doctor_flags)


def _doctor_flags(made: argparse.ArgumentParser) -> None:
    settings_flags(made, "data", "area", "host", "port", "address", "https")
    settings_flags(made, "key_file", "key_command", "heads")


def _head_flags(made: argparse.ArgumentParser) -> None:
    settings_flags(made, "data", "area", "key_file", "key_command", "heads")
    words = "write it there, too: a stick, or a share of the other body"
    made.add_argument("--to", type=Path, metavar="FOLDER", help=words)


def _backup_flags(made: argparse.ArgumentParser) -> None:
    settings_flags(made, "data", "key_file", "key_command")
    words = "the copy: an empty folder, or an earlier copy of this folder; best on another disk"
    made.add_argument("--to", type=Path, required=True, metavar="COPY", help=words)
    _keys_flag(made)
    words = "keep the copy up, at most a second behind, until Ctrl-C"
    made.add_argument("--follow", action="store_true", help=words)


def _restore_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("copy", type=Path, metavar="COPY", help="what `backup` has made")
    settings_flags(made, "data", "key_file", "key_command")
    _keys_flag(made)
    words = "decide every command again, as `verify` does, not only fold the turns"
    made.add_argument("--verify", action="store_true", help=words)
    heads_flag(made, "a head that was kept elsewhere: says how many turns are lost")
    words = "an older stand, by its number (default: the newest)"
    made.add_argument("--stand", type=int, metavar="NUMBER", help=words)


def _keys_flag(made: argparse.ArgumentParser) -> None:
    words = "where copies of the sealing keys are, apart (default: keys/ in the copy)"
    made.add_argument("--keys", type=Path, metavar="FOLDER", help=words)
