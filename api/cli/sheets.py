"""Commands on sheets: organizations out of a spreadsheet into the registry, and back into one.

Both are clients of the doors: of the server that holds the folder, else of one that serves for
just as long as it takes.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from api import sheets
from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.client import Doors, Refused, ServerGone, Session
from api.language import say
from api.people import Holder, holders, new_link
from api.serving import listening, opened, opened_as, run, serve
from api.settings import Settings
from api.sheets import Outcome, Step, Table, Unreadable
from schemas.codes import Words
from schemas.values import Role
from schemas.views import OrganizationRow
from streams.engines.folder import FolderHeld

TOLD_EVERY = 100
SHOWN_MOST = 20  # refusals on the screen; the report has all of them
OUTCOMES = {
    Outcome.RECORD: Words("新登记", "new"),
    Outcome.CHANGE: Words("变更", "changed"),
    Outcome.SAME: Words("无变化", "as on record"),
    Outcome.DUPLICATE: Words("重复行", "doubled rows"),
    Outcome.PARTLY: Words("部分导入", "entered in part"),
    Outcome.REFUSED: Words("未导入", "refused"),
}

Work = Callable[[Session], Awaitable[Any]]


def bring_in(typed: argparse.Namespace) -> tuple[int, Answer]:
    """All rows or none, unless told to keep the good ones; 1 where a row was refused."""
    if typed.template:
        with told_plainly():
            sheets.write(typed.template, [sheets.heads(), sheets.sample()])
        print(say("已写入", "Written:"), typed.template)
        return 0, {"template": str(typed.template)}
    if typed.file is None:
        raise Trouble("请给出文件，或 --template 文件名。", "name a FILE, or --template FILE")
    table = _read(typed)

    async def work(session: Session) -> tuple[list[Step], dict[str, Words]]:
        words = await _words(session)
        steps = await _planned(session, table)
        held_back = not typed.keep_good and any(step.problems for step in steps)
        _tell_plan(steps)
        if not typed.dry_run and not held_back:
            await sheets.carry_out(session, steps, _progress(steps))
        return steps, words

    steps, words = _with_session(typed, work)
    return _ended(typed, table, steps, words)


def _read(typed: argparse.Namespace) -> Table:
    try:
        with told_plainly():
            table = sheets.read(typed.file, typed.encoding)
    except Unreadable as problem:
        raise _unreadable(typed.file, problem) from None
    if table.guessed and not typed.dry_run:
        raise _unreadable(typed.file, Unreadable("encoding_guessed"))
    where = table.form if table.form == "xlsx" else f"{table.form}, {table.encoding}"
    guess = say("（推测）", " (a guess)") if table.guessed else ""
    print(f"{typed.file}: {where}{guess}, {len(table.rows)} {say('行', 'rows')}")
    return table


def _unreadable(file: Path, problem: Unreadable) -> Trouble:
    why = sheets.told(sheets.REASONS, sheets.Problem("", problem.code, problem.detail))
    return Trouble(f"{file}：{why.zh}。", f"{file}: {why.en}")


async def _words(session: Session) -> dict[str, Words]:
    """Every reason: a sheet's own, and those that the doors know."""
    codes = await session.get("/codes")
    listed = {**codes["problems"], **codes["refusals"]}
    known = {code: Words(one["zh"], one["en"]) for code, one in listed.items()}
    return {**known, **sheets.REASONS}


async def _homes(session: Session) -> sheets.Homes:
    me = await session.get("/me")
    return sheets.Homes(await session.get(f"/divisions?under={me['area']}"))


async def _organizations(session: Session) -> list[OrganizationRow]:
    rows = (await session.board()).rows
    return [row for row in rows if isinstance(row, OrganizationRow)]


async def _planned(session: Session, table: Table) -> list[Step]:
    homes, known = await _homes(session), await _organizations(session)
    try:
        steps = sheets.plan(table, known, homes)
    except Unreadable as problem:
        raise _unreadable(Path(say("标题", "heads")), problem) from None
    await sheets.compare_persons(session, steps)
    return steps


def _tell_plan(steps: list[Step]) -> None:
    """Every difference before it is made."""
    for step in steps:
        if step.known is not None and step.outcome is Outcome.CHANGE:
            print(f"{step.row.number}  {step.known.name}")
            for one in step.differences:
                title = say(*sheets.titles(one.column))
                print(f"      {title}: {one.before or '–'} → {one.after}")


def _progress(steps: list[Step]) -> Callable[[Step], None]:
    wanted = sum(step.outcome in (Outcome.RECORD, Outcome.CHANGE) for step in steps)
    done = 0

    def told(_: Step) -> None:
        nonlocal done
        done += 1
        if done % TOLD_EVERY == 0 and sys.stderr.isatty():
            print(f"\r{done} / {wanted}", end="", file=sys.stderr, flush=True)

    return told


def _ended(
    typed: argparse.Namespace, table: Table, steps: list[Step], words: dict[str, Words]
) -> tuple[int, Answer]:
    refused = [step for step in steps if step.problems]
    for step in refused[:SHOWN_MOST]:
        for each in step.problems:
            why = sheets.told(words, each)
            print(f"{typed.file}:{step.row.number}  {say(why.zh, why.en)}", file=sys.stderr)
    if len(refused) > SHOWN_MOST:
        more = len(refused) - SHOWN_MOST
        print(say(f"另有 {more} 行未列出。", f"{more} more are not shown."), file=sys.stderr)
    if typed.report and refused:
        with told_plainly():
            sheets.write(typed.report, sheets.refused(table, refused, words))
        print(say("未导入的行已写入", "The refused rows are in"), typed.report)
    counts = Counter(step.outcome for step in steps)
    said = ", ".join(f"{say(*OUTCOMES[each])} {counts[each]}" for each in Outcome if counts[each])
    print(said or say("没有可导入的行。", "There are no rows."))
    held_back = bool(refused) and not typed.keep_good
    if typed.dry_run or (held_back and counts[Outcome.RECORD] + counts[Outcome.CHANGE]):
        print(say("未写入任何内容。", "Nothing was entered."))
    answer = {"rows": len(steps), **{each.value: counts[each] for each in Outcome}}
    taken = len(steps) - len(refused)
    return (1 if refused or not taken else 0), {**answer, "dry_run": typed.dry_run}


def write_out(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Every organization that is not retired, with whom to call; read again, nothing changes."""

    async def work(session: Session) -> list[list[str]]:
        homes = await _homes(session)
        rows = [sheets.heads()]
        there = [row for row in await _organizations(session) if not row.retired]
        for row in sorted(there, key=lambda row: (row.home, row.name, row.id)):
            rows.append(sheets.cells(row, await sheets.persons(session, row.id), homes))
        return rows

    rows = _with_session(typed, work)
    with told_plainly():
        sheets.write(typed.file, rows)
    print(
        say("已写入", "Written:"), typed.file, say(f"（{len(rows) - 1} 家）", f"({len(rows) - 1})")
    )
    return 0, {"file": str(typed.file), "organizations": len(rows) - 1}


# A session of the steward


def _with_session(typed: argparse.Namespace, work: Work) -> Any:
    """Do it as the steward, at the server that holds the folder, else at one made for it."""
    settings = settings_of(typed)
    with told_plainly():
        told = opened_as(settings.data, settings.area)
        settings = replace(settings, purpose=told.purpose)
        with suppress(FolderHeld):
            return run(lambda: _served(settings, work))
        return run(lambda: _signed_in(settings, settings.url, work))


async def _served(settings: Settings, work: Work) -> Any:
    async with opened(replace(settings, quotas=False)) as context:
        listener = listening("127.0.0.1", 0)
        port = listener.getsockname()[1]
        context.settings = replace(context.settings, host="127.0.0.1", port=port)
        address = f"http://127.0.0.1:{port}"
        return await serve(context, listener, _signed_in(settings, address, work))


async def _signed_in(settings: Settings, address: str, work: Work) -> Any:
    steward = await asyncio.to_thread(_steward, settings)
    link = new_link(settings, steward.account, Role.STEWARD, steward.name or "?")
    token = link.rpartition("link=")[2]
    async with Doors(address) as doors:
        try:
            session = await doors.sign_in(token, Role.STEWARD, secrets.token_hex(8))
            try:
                return await work(session)
            finally:
                with suppress(Refused, ServerGone):
                    await session.send("/sessions/end", {}, secrets.token_hex(8))
        except ServerGone:
            raise Trouble(
                f"{address} 没有应答：目录正被另一进程使用，请用 --address 或 --port 指明其地址。",
                f"{address} does not answer: a process holds the folder; say where it serves"
                " with --address or --port",
            ) from None


def _steward(settings: Settings) -> Holder:
    found = next((one for one in holders(settings) if one.role is Role.STEWARD), None)
    if found is None:
        raise Trouble("这个目录没有管理员。", "this folder has no steward")
    return found
