"""The `shouwang` command: what can be typed. What it does is imported when it is asked for."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from api.cli.exercise_flags import exercise_flags
from api.cli.flags import add as _add
from api.cli.flags import heads_flag
from api.cli.flags import settings_flags as _settings_flags
from api.cli.keeping_flags import add_keeping
from api.cli.trouble import Answer, Trouble
from api.language import say
from api.settings import HELP, PREFIX
from schemas.values import AreaId, Role

TROUBLE = 2
HANDED_ON = ("export", "import", "map", "poster", "review", "link")  # write what others read
PIPE_CLOSED = 141  # as shells have it: 128 + SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 a difference was found or a player failed, 2 trouble."""
    typed = parser().parse_args(arguments)
    try:
        code: int = _run(typed)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads what is told, as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return code


def _run(typed: argparse.Namespace) -> int:
    os.umask(0o077)  # whatever a command writes is its owner's alone
    module, name = typed.run
    if typed.command not in HANDED_ON:
        os.umask(os.umask(0o077) | 0o077)
    code: int
    answer: Answer
    try:
        code, answer = getattr(import_module(module), name)(typed)
    except Trouble as trouble:
        code, answer = TROUBLE, {"error": trouble.en}
        print(say(trouble.zh, trouble.en), file=sys.stderr)
    except KeyboardInterrupt:
        code, answer = 130, {"error": "interrupted"}
    if typed.json and answer:
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return code


def parser() -> argparse.ArgumentParser:
    """Every subcommand with its flags."""
    found = argparse.ArgumentParser(
        prog="shouwang",
        description="守望：乡镇发布需求，就近请求社会力量协助。"
        " Townships publish demands, organizations are asked, every step is on record.",
        epilog=f"Settings may also stand in the environment, as {PREFIX}DATA, {PREFIX}PORT …",
    )
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_folder(commands)
    add_keeping(commands)
    _add_cluster(commands)
    return found


# Of every data folder


def _add_folder(commands: Any) -> None:
    here = "api.cli.folder"
    _add(commands, "init", (here, "init"), "建立数据目录。 Make a data folder.", _init_flags)
    words = "启动服务。 Serve a data folder, until Ctrl-C or SIGTERM."
    _add(commands, "serve", (here, "serve_folder"), words, _serve_flags)
    words = "签发一次性登录链接。 Make a one-time link, also while the server runs."
    _add(commands, "link", (here, "link"), words, _link_flags)
    words = "打印答复页二维码。 Write a sheet to print: where codes are entered, as QR."
    _add(commands, "poster", (here, "poster"), words, _poster_flags)
    words = "运行一场演练。 Play an exercise; the next start goes on from the same log."
    _add(commands, "run", (here, "run_exercise"), words, _run_flags)
    words = "用历史灾情演练。 Play a real history, in an exercise of its own."
    _add(commands, "drill", (here, "drill"), words, _drill_flags)
    words = "按脚本演练：检查、进行、评分。 Check a script, play it beside actual work, score it."
    _add(commands, "exercise", ("api.cli.exercises", "exercise"), words, exercise_flags)
    words = "校验日志。 Verify a log, also while the server runs."
    _add(commands, "verify", ("api.cli.verify", "verify_folder"), words, _verify_flags)
    here = "api.cli.history"
    words = "复盘指标：三段用时与未满足的原因。 Measure a period: three clocks, and what was unmet."
    _add(commands, "review", ("api.cli.reviewing", "measure"), words, _review_flags)
    words = "重建历史库。 Build history.db anew from the log, also while the server runs."
    _add(commands, "history", (here, "rebuild"), words, _history_flags)
    words = "值守：发现停滞即告警。 Raise an alarm when a demand or the server is stuck."
    _add(commands, "watch", ("api.cli.watch", "watch"), words, _watch_flags)
    words = "统筹方案：全部未满足的需求一并权衡。 Plan for all short lines together; propose it."
    _add(commands, "plan", ("api.cli.planning", "plan"), words, _plan_flags)
    words = "设置、测试通知通道。 Set up and test the channels by which people are reached."
    _add(commands, "channel", ("api.cli.channel", "channel"), words, _channel_flags)
    words = "查看通知：各通道状态、未送达原因。 Show how messages stand, and who was not reached."
    _add(commands, "notices", ("api.cli.notices", "notices"), words, _notices_flags)
    words = "安全记录：登录、失败、授权、查看与导出。 Print the security record, as JSON lines."
    _add(commands, "audit", ("api.cli.audit", "audit"), words, _audit_flags)
    here = "api.cli.sheets"
    words = "导入组织、区划、需求。 Enter organizations, divisions or demands, every doubt named."
    _add(commands, "import", ("api.cli.importing", "bring_in"), words, _import_flags)
    words = "检查说明文件。 Check a profile against the code lists and a file of records."
    _add(commands, "profile", ("api.cli.profiles", "profile"), words, _profile_flags)
    words = "导出组织表格或图层。 Write the organizations as a spreadsheet, or layers for a map."
    _add(commands, "export", ("api.cli.picturing", "export"), words, _export_flags)
    words = "绘制需求分布图。 Draw the demands on a map, as a picture."
    _add(commands, "map", ("api.cli.picturing", "draw_map"), words, _map_flags)


def _init_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "area", "divisions", "purpose", "address", "https")
    _settings_flags(made, "host", "port", "key_file", "key_command")
    made.add_argument("--name", default="", help="name of the first steward")
    made.add_argument("--ask", action="store_true", help="ask for each, one after another")
    words = "where the copy is to be, for what is said at the end"
    made.add_argument("--copy", type=Path, metavar="FOLDER", help=words)
    words = "write the settings there, too, as variables for a service to read"
    made.add_argument("--environment", type=Path, metavar="FILE", help=words)


def _serve_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "area", "host", "port", "address", "https", "proxy", "names")
    _settings_flags(made, "plain", "planner", "session_hours", "link_hours")
    _settings_flags(made, "key_file", "key_command", "heads")
    words = "the machine's clock is right although it does not fit the log"
    made.add_argument("--accept-clock", action="store_true", help=words)


def _link_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "area", "host", "port", "address", "https", "link_hours")
    who = made.add_mutually_exclusive_group()
    who.add_argument("--account", help="id of the account")
    who.add_argument("--name", help="name of the account")
    made.add_argument("--role", type=Role, choices=list(Role), help="where it has several")
    words = "its password and telephone sign nobody in any more; to be set anew by this link"
    made.add_argument("--end-password", action="store_true", help=words)
    words = "it is signed out wherever it is signed in; what begins by this link then lasts"
    made.add_argument("--end-sessions", action="store_true", help=words)
    _qr_flags(made)


def _qr_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("--qr", action="store_true", help="show it as a QR code, too")
    words = "write a sheet of A4 to print, as HTML, readable by you alone"
    made.add_argument("--paper", type=Path, metavar="FILE", help=words)


def _poster_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "host", "port", "address")
    _qr_flags(made)


def _run_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "area", "divisions", "host", "port", "address")
    words = "end so many seconds after the first post"
    made.add_argument("--for", dest="seconds", type=float, metavar="SECONDS", help=words)
    made.add_argument("--pace", type=float, metavar="FACTOR", help="rule seconds per second")


def _drill_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "host", "port")
    made.add_argument("--history", type=Path, required=True, metavar="CASES", help="its folder")
    words = "what its records mean, as in docs/profiles/"
    made.add_argument("--profile", type=Path, required=True, metavar="FILE", help=words)
    made.add_argument("--limit", type=int, help="play only so many cases (default: all)")


def _verify_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("folder", nargs="?", type=Path, metavar="DATA", help=HELP["data"])
    _settings_flags(made, "data")
    made.add_argument("--area", type=AreaId, help="this area only; all of them if left out")
    heads_flag(
        made, "a head that was kept elsewhere: as printed, or a file or folder of signed ones"
    )
    words = "also ask for a second opinion, of a program that knows none of the rules"
    made.add_argument("--invariants", action="store_true", help=words)


def _review_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "area")
    day: dict[str, Any] = {"type": _day, "metavar": "DAY"}
    words = "first day on which demands were published, as 2025-07-30 (default: the first)"
    made.add_argument("--from", dest="since", help=words, **day)
    made.add_argument("--to", dest="until", help="last such day (default: the last)", **day)
    words = "write it as a table for other programs; - for standard output"
    made.add_argument("--csv", type=Path, metavar="FILE", help=words)
    words = "write a workbook: the measures, and the organizations"
    made.add_argument("--xlsx", type=Path, metavar="FILE", help=words)
    words = "write the demands as points, by a grid of some 100 m, with what became of them"
    made.add_argument("--geojson", type=Path, metavar="FILE", help=words)
    words = "draw demands by township, open over time, the three clocks and the map into a folder"
    made.add_argument("--plot", type=Path, metavar="DIR", help=words)
    words = "also tell what each organization was asked, answered and did, by name"
    made.add_argument("--organizations", action="store_true", help=words)
    words = "also tell who has opened sealed texts in the period, of what and for what"
    made.add_argument("--openings", action="store_true", help=words)


def _day(typed: str) -> date:
    """A day as typed. argparse.ArgumentTypeError says what is expected."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{typed!r} is not a day as 2025-07-30") from None


def _history_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("action", choices=["rebuild"], help="what to do with history")
    _settings_flags(made, "data")


def _watch_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "host", "port", "address")
    words = "run for each alarm, without a shell; it gets the alarm as JSON on standard input"
    made.add_argument("--run", dest="run_command", metavar="COMMAND", help=words)
    made.add_argument("--once", action="store_true", help="look once: 0 calm, 1 an alarm stands")
    words = "so much lateness is borne (default: %(default)s)"
    made.add_argument("--bound", type=float, default=30, metavar="SECONDS", help=words)
    words = "from one look to the next (default: %(default)s)"
    made.add_argument("--every", type=float, default=3, metavar="SECONDS", help=words)


def _plan_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "area")
    words = "leave it for the server, which puts it to the rules"
    made.add_argument("--propose", action="store_true", help=words)
    words = "propose again whenever the log goes on and something is better, until Ctrl-C"
    made.add_argument("--follow", action="store_true", help=words)
    words = "from one look to the next (default: %(default)s)"
    made.add_argument("--every", type=float, default=1, metavar="SECONDS", help=words)


def _channel_flags(made: argparse.ArgumentParser) -> None:
    actions = ["add", "test", "list", "pause", "resume", "remove"]
    made.add_argument("action", choices=actions, help="what to do with a channel")
    words = "add: the kind, as aliyun_sms; else the name of a channel"
    made.add_argument("what", nargs="?", metavar="KIND|NAME", help=words)
    _settings_flags(made, "data", "area")
    made.add_argument("--name", help="add: what to call it (default: its kind)")
    words = "add: one setting; =@FILE reads it from a file, which a secret must come from"
    made.add_argument("--set", action="append", metavar="KEY=VALUE", help=words)
    made.add_argument("--replace", action="store_true", help="add: change one that is there")
    words = "add: it may reach this private host and port, also without https"
    made.add_argument("--allow", action="append", metavar="HOST:PORT", help=words)
    words = "test: recipient, may come often; @FILE: its address, and its secret on the next line"
    made.add_argument("--to", action="append", metavar="ADDRESS", help=words)


def _notices_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data")
    which = made.add_mutually_exclusive_group()
    which.add_argument("--offer", metavar="ID", help="every message about one offer")
    words = "who was not reached, and why"
    which.add_argument("--failed", action="store_true", help=words)
    words = "--failed: of the last so many hours (default: %(default)s)"
    made.add_argument("--since", type=float, default=24, metavar="HOURS", help=words)


def _audit_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data")
    made.add_argument("--since", type=float, metavar="HOURS", help="of the last so many hours")
    made.add_argument("--what", metavar="KIND", help="one kind only, as sign_in_failed")


def _sheet_flags(made: argparse.ArgumentParser, *what: str) -> None:
    made.add_argument("what", choices=["organizations", *what], help="what the file lists")
    _settings_flags(made, "data", "area", "host", "port", "address")


def _import_flags(made: argparse.ArgumentParser) -> None:
    _sheet_flags(made, "demands", "divisions")
    words = "organizations: .csv or .xlsx; the others: see docs/profiles.md"
    made.add_argument("file", nargs="?", type=Path, metavar="FILE", help=words)
    words = "demands, divisions: what the file means, as docs/profiles.md has it"
    made.add_argument("--profile", type=Path, metavar="FILE", help=words)
    words = "divisions file of a folder that is made anew"
    made.add_argument("--divisions", type=Path, metavar="FILE", help=words)
    words = "write an empty sheet with an invented row, and do nothing else"
    made.add_argument("--template", type=Path, metavar="FILE", help=words)
    made.add_argument("--dry-run", action="store_true", help="say what would be done, do nothing")
    words = "enter the good rows although others are refused"
    made.add_argument("--keep-good", action="store_true", help=words)
    made.add_argument("--encoding", help="of a CSV, where it is not UTF-8: gb18030")
    words = "write the refused rows there with why: mended, it can be read in"
    made.add_argument("--report", type=Path, metavar="FILE", help=words)


def _profile_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("action", choices=["check"], help="what to do with a profile")
    made.add_argument("file", type=Path, metavar="FILE", help="records of that origin")
    made.add_argument("profile_file", type=Path, metavar="PROFILE", help="what they mean, as TOML")
    _settings_flags(made, "data", "area", "divisions")
    made.add_argument("--encoding", help="of the file, where it is not UTF-8: gb18030")
    words = "write what becomes of every row as a table"
    made.add_argument("--csv", type=Path, metavar="FILE", help=words)


def _export_flags(made: argparse.ArgumentParser) -> None:
    _sheet_flags(made, "geo")
    words = "organizations: a new .csv or .xlsx; geo: a new .gpkg or .geojson"
    made.add_argument("file", type=Path, metavar="FILE", help=words)


def _map_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("folder", nargs="?", type=Path, metavar="DATA", help=HELP["data"])
    _settings_flags(made, "data", "area")
    words = "where to: a new .png"
    made.add_argument("--out", type=Path, required=True, metavar="FILE", help=words)


# Of a cluster


def _add_cluster(commands: Any) -> None:
    here = "api.cli.cluster"
    words = "查看或更换规则版本。 Show which rules decide, or have the present ones decide."
    _add(commands, "rules", ("api.cli.rules", "rules"), words, _rules_flags)
    words = "规划、建立或检查主题。 Plan, make or check the topics of a cluster."
    _add(commands, "topics", (here, "topics"), words, _topics_flags)
    words = "运行决策进程。 Decide the commands of a cluster, until it is stopped."
    _add(commands, "decide", (here, "decide"), words, _worker_flags)
    words = "运行投影进程。 Bring the turns of a cluster to its board, until it is stopped."
    _add(commands, "project", (here, "project"), words, _worker_flags)
    words = "重建看板。 Build the board anew from the turns, beside the old one."
    _add(commands, "board", (here, "board"), words, _board_flags)
    words = "集群状态。 Show the state of a cluster."
    _add(commands, "cluster", (here, "cluster"), words, _cluster_flags)
    here = "api.cli.move"
    words = "迁移日志。 Move a folder's logs into a cluster's topics, or back into a folder."
    _add(commands, "move", (here, "move"), words, _move_flags)
    words = "导出命令文件。 Write the commands of a log as a command file."
    _add(commands, "commands", (here, "write_commands"), words, _commands_flags)
    words = "播放命令文件。 Play a command file into a data folder, on whichever engine it is for."
    _add(commands, "play", (here, "play_commands"), words, _play_flags)


def _rules_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data")
    words = "on a cluster, once every worker is of this release: decide by its rules from now on"
    made.add_argument("--change", action="store_true", help=words)


def _topics_flags(made: argparse.ArgumentParser) -> None:
    words = "show what apply would do, do it, or compare"
    made.add_argument("action", choices=["plan", "apply", "check"], help=words)
    _settings_flags(made, "data")
    words = "check: look at every turn for areas on a wrong partition, not only at the first ones"
    made.add_argument("--deep", action="store_true", help=words)


def _worker_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data")
    words = "name that survives its restarts (default: the machine and what it does)"
    made.add_argument("--worker", metavar="NAME", help=words)


def _board_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("action", choices=["rebuild"], help="what to do with the board")
    _settings_flags(made, "data")


def _cluster_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data")


def _move_flags(made: argparse.ArgumentParser) -> None:
    kinds: dict[str, Any] = {"type": Path, "required": True, "metavar": "FOLDER"}
    words = "where the logs are; its server must be stopped"
    made.add_argument("--from", dest="source", help=words, **kinds)
    made.add_argument("--to", dest="target", help="where they are to go on", **kinds)


def _commands_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data")
    made.add_argument("--area", type=AreaId, help="this area only; all of them if left out")


def _play_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("file", type=Path, metavar="FILE", help="a command file")
    _settings_flags(made, "data", "divisions")
    words = "commands on their way at once"
    made.add_argument("--pipeline", type=int, default=1, metavar="N", help=words)
