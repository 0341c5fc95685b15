"""`shouwang exercise`: a script checked, played, and scored."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from api import drill
from api.cli import playing
from api.cli.stewarding import at_running
from api.cli.trouble import Answer, Trouble, at_server, settings_of, told_plainly
from api.client import Session
from api.drill import INJECTS, Script, ScriptUnfit
from api.history import Exercises
from api.language import say
from api.serving import areas_of, opened_as, run, tree_of
from api.settings import Settings
from geo.divisions import DivisionTree
from schemas.codes import HAZARDS, KINDS, counted
from schemas.values import Purpose
from streams.engines.folder import DIVISIONS

FASTEST = 100_000


def exercise(typed: argparse.Namespace) -> tuple[int, Answer]:
    """One of the three."""
    if typed.action == "score":
        from api.cli.scores import score  # only here: a play needs no measures

        return score(typed)
    if typed.file is None:
        raise Trouble("请给出脚本文件。", "name the script: shouwang exercise check FILE")
    return check(typed) if typed.action == "check" else play(typed)


def check(typed: argparse.Namespace) -> tuple[int, Answer]:
    """What will happen, before anything does; 1 where a word of the script does not fit."""
    settings = settings_of(typed)
    with told_plainly():
        tree = _tree(settings, typed)
        try:
            script = drill.read_script(typed.file, tree)
        except ScriptUnfit as unfit:
            _tell_faults(typed.file, unfit)
            return 1, {"faults": len(unfit.faults)}
    _tell(script, tree)
    counts = {"demands": len(script.postings), "injects": len(script.happenings)}
    return 0, {"faults": 0, **counts, "minutes": script.lasts // 60_000}


def _tree(settings: Settings, typed: argparse.Namespace) -> DivisionTree:
    """The divisions of the folder's log; where there is none, those that were named, or ours."""
    there = areas_of(settings.data)
    if not there:
        return DivisionTree.load(typed.divisions or settings.divisions)
    area = there[0] if len(there) == 1 else settings.area
    return tree_of(settings.data, opened_as(settings.data, area))


def _tell_faults(path: Path, unfit: ScriptUnfit) -> None:
    """Each by table and line."""
    for one in unfit.faults:
        words = drill.REASONS[one.code]
        print(f"{path}:{one.line}  [{one.table}]  {say(words.zh, words.en)}: {one.detail}")


def _tell(script: Script, tree: DivisionTree) -> None:
    where = tree.get(script.division)
    place = script.division if where is None else say(where.name, where.english)
    hazard = HAZARDS[script.hazard]
    lasts = say("共", "lasts")
    print(f"{script.name} · {say(hazard.zh, hazard.en)} · {place} · {lasts} {_time(script.lasts)}")
    for _, line in sorted(_lines(script, tree)):
        print(line)


def _lines(script: Script, tree: DivisionTree) -> Iterator[tuple[int, str]]:
    """One an entry, in order of time."""
    for posting in script.postings:
        kind, node = KINDS[posting.body["kind"]], tree.get(posting.town)
        place = "" if node is None else say(node.name, node.english)
        units = [
            f"{line['skill']} {say(*counted(line['skill'], line['target']))}"
            for line in posting.body["lines"]
        ]
        who, name = say("脚本", "script"), posting.name and f" ({posting.name})"
        words = f"P{posting.body['priority']} {say(kind.zh, kind.en)}{name}  {place}"
        yield posting.after, f"{_time(posting.after)}  {who}  {words}  {', '.join(units)}"
    for happening in script.happenings:
        inject, table = INJECTS[happening.what], happening.table
        who = say("脚本", "script") if inject.acted else say("参演", "people")
        keys = (name for name in table.__struct_fields__[2:] if getattr(table, name))
        more = "  ".join(f"{name}={_told(getattr(table, name))}" for name in keys)
        words = f"{happening.what}  {say(inject.zh, inject.en)}"
        yield happening.after, f"{_time(happening.after)}  {who}  {words}  {more}"


def _told(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _time(milliseconds: int) -> str:
    minutes = milliseconds // 60_000
    return f"{minutes // 60}:{minutes % 60:02}"


# Playing


def play(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Beside actual work where the folder is for operations, else in a folder of its own."""
    if typed.pace is not None and not 0 < typed.pace <= FASTEST:
        raise Trouble(f"--pace 须在 0 与 {FASTEST} 之间。", f"--pace has to be up to {FASTEST}")
    settings = settings_of(typed)
    with told_plainly():
        there = areas_of(settings.data)
        if len(there) == 1:
            settings = replace(settings, area=there[0])
        live = bool(there) and opened_as(settings.data, settings.area).purpose
        if live is Purpose.OPERATIONS:
            return _beside(typed)
        return _apart(typed, settings)


def _beside(typed: argparse.Namespace) -> tuple[int, Answer]:
    """At the server that holds the folder: people have to reach it anyway."""
    settings = at_server(typed)
    script = _fitting(typed, _tree(settings, typed))
    simulated = typed.people == "simulated"
    plot = drill.Plot(script, Exercises(settings.data), simulated, beside=True)

    async def work(session: Session) -> tuple[bool, Answer]:
        try:
            return await drill.beside(session, plot, typed.pace or 1.0)
        except* drill.Hopeless as hopeless:
            raise _hopeless(hopeless) from None

    whole, told = at_running(settings, work)
    return 0, {"data": str(settings.data), "whole": whole, **told}


def _hopeless(group: BaseExceptionGroup[BaseException]) -> Trouble:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return Trouble(str(error), str(error))


def _apart(typed: argparse.Namespace, settings: Settings) -> tuple[int, Answer]:
    """In an exercise's own folder, which is made where it is not there."""
    settings = replace(settings, purpose=Purpose.EXERCISE)
    playing.make_stage(settings)
    opened = opened_as(settings.data, settings.area)
    _fitting(typed, tree_of(settings.data, opened))
    file = settings.data / DIVISIONS / f"{opened.divisions}.json"
    given = (("--pace", typed.pace and f"{typed.pace:g}"), ("--people", typed.people))
    more = [part for name, value in given if value for part in (name, value)]
    arguments = (str(typed.file), str(settings.data), str(file), *more)
    player = playing.Play("api.drill.script_player", arguments, typed.json)
    ending = run(lambda: playing.play(settings, player))
    return ending.code, {"data": str(settings.data), **ending.told}


def _fitting(typed: argparse.Namespace, tree: DivisionTree) -> Script:
    try:
        return drill.read_script(typed.file, tree)
    except ScriptUnfit as unfit:
        _tell_faults(typed.file, unfit)
        raise Trouble("脚本有误，未开始。", "The script does not fit: nothing was begun.") from None
