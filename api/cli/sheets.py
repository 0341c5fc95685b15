"""Commands on sheets: organizations out of a spreadsheet into the registry, and back into one.

Both are clients of the doors. What is to go in is tried on a copy first, by the same doors.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from api import sheets
from api.cli.exporting import note_export
from api.cli.stewarding import as_steward, rehearsed, steward_of
from api.cli.trouble import Answer, Trouble, at_server, told_plainly
from api.client import ServerGone, Session
from api.language import say
from api.sheets import Outcome, Step, Table, Unreadable
from schemas.codes import Words
from schemas.views import OrganizationRow

TOLD_EVERY = 100
LINES_SHOWN = 3  # of a file whose encoding is guessed
SHOWN_MOST = 20  # refusals on the screen; the report has all of them
OUTCOMES = {
    Outcome.RECORD: Words("新登记", "new"),
    Outcome.CHANGE: Words("变更", "changed"),
    Outcome.SAME: Words("无变化", "as on record"),
    Outcome.DUPLICATE: Words("重复行", "doubled rows"),
    Outcome.PARTLY: Words("部分导入", "entered in part"),
    Outcome.REFUSED: Words("未导入", "refused"),
}


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
    return _ended(typed, table, *_judged_and_done(typed, table))


def _judged_and_done(
    typed: argparse.Namespace, table: Table
) -> tuple[list[Step], dict[str, Words]]:
    """Tried on a copy first, by the doors' own rules; then done, where nothing holds it back.

    Of a cluster's folder there is no copy: what the rules refuse is seen as rows are entered.
    """
    settings = at_server(typed)

    async def tried(session: Session) -> tuple[list[Step], dict[str, Words]]:
        steps = await _planned(session, table)
        await sheets.carry_out(session, steps, lambda _: None)
        return steps, await _words(session)

    async def done(session: Session) -> tuple[list[Step], dict[str, Words]]:
        steps = await _planned(session, table)
        if before is not None:
            sheets.judged_alike(steps, before[0])
        _tell_plan(steps)
        if not typed.dry_run and not _held_back(typed, steps):
            await _carried_out(session, steps)
        return steps, await _words(session)

    before = rehearsed(settings, tried)
    if before is None or not (typed.dry_run or _held_back(typed, before[0])):
        return as_steward(settings, done)
    steps, words = before
    sheets.taken_back(steps)
    _tell_plan(steps)
    return steps, words


def _held_back(typed: argparse.Namespace, steps: list[Step]) -> bool:
    return not typed.keep_good and any(step.problems for step in steps)


async def _carried_out(session: Session, steps: list[Step]) -> None:
    """Trouble that says what is on record already, where the server goes away meanwhile."""
    try:
        await sheets.carry_out(session, steps, _progress(steps))
    except ServerGone:
        there = sum(step.on_record for step in steps)
        raise Trouble(
            f"服务中途没有应答：已写入 {there} 行，其余未知；请再次导入同一文件，不会重复登记。",
            f"The server went away: {there} rows are on record, of others it is not known. Read"
            " the same file in again; nothing is entered twice.",
        ) from None


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
    if table.guessed:
        _show(table)
    return table


def _show(table: Table) -> None:
    """Its first lines as they were read, so that who guessed can be told right or wrong."""
    for cells in (table.heads, *(row.cells for row in table.rows[:LINES_SHOWN])):
        print("    " + " | ".join(each if isinstance(each, str) else each.came for each in cells))


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
    counts = Counter(step.outcome for step in steps)
    there = [step for step in steps if step.on_record]
    said = ", ".join(f"{say(*OUTCOMES[each])} {counts[each]}" for each in Outcome if counts[each])
    print(said or say("没有可导入的行。", "There are no rows."))
    if not there and (typed.dry_run or counts[Outcome.RECORD] + counts[Outcome.CHANGE]):
        print(say("未写入任何内容。", "Nothing was entered."))
    if there and _held_back(typed, steps):
        _tell_there(there)
    answer = {"rows": len(steps), **{each.value: counts[each] for each in Outcome}}
    taken = len(steps) - len(refused)
    if typed.report and refused:  # at the end: what cannot be written costs nobody the rest
        with told_plainly():
            sheets.write(typed.report, sheets.refused(table, refused, words))
        print(say("未导入的行已写入", "The refused rows are in"), typed.report)
    answer |= {"on_record": len(there)}
    return (1 if refused or not taken else 0), {**answer, "dry_run": typed.dry_run}


def _tell_there(there: list[Step]) -> None:
    """Where it was to be all or none, and something was refused that the rehearsal had not."""
    lines = ", ".join(str(step.row.number) for step in there[:SHOWN_MOST])
    print(
        say(
            f"有 {len(there)} 行在发现问题之前已写入，仍在册（行 {lines}）。改正其余行后再次导入"
            "即可；要撤回，请逐家停用（/organizations/编号/retire）。",
            f"{len(there)} rows were entered before that was known, and stay on record (rows"
            f" {lines}). Mend the others and read the file in again; to take them back, retire"
            " each (/organizations/ID/retire).",
        ),
        file=sys.stderr,
    )


def write_out(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Every organization that is not retired, with whom to call; read again, nothing changes."""

    async def work(session: Session) -> list[list[str]]:
        homes = await _homes(session)
        rows = [sheets.heads()]
        there = [row for row in await _organizations(session) if not row.retired]
        for row in sorted(there, key=lambda row: (row.home, row.name, row.id)):
            rows.append(sheets.cells(row, await sheets.persons(session, row.id), homes))
        return rows

    settings = at_server(typed)
    rows = as_steward(settings, work)
    note_export(settings, "organizations", steward_of(settings).account)
    with told_plainly():
        sheets.write(typed.file, rows)
    print(
        say("已写入", "Written:"), typed.file, say(f"（{len(rows) - 1} 家）", f"({len(rows) - 1})")
    )
    return 0, {"file": str(typed.file), "organizations": len(rows) - 1}
