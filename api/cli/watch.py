"""`shouwang watch`: a process apart that hears when demands are stuck, and says so."""

from __future__ import annotations

import argparse
import json
import logging
import os
import shlex
import shutil
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import apsw
from msgspec.structs import asdict

from api.cli.trouble import Answer, Trouble, at_server, settings_of, told_plainly
from api.language import say
from api.settings import PREFIX
from api.watch import WORDS, Alarm, Door, Finding, Log, Written, clocks, write
from schemas.values import Instant
from streams.engines.clock import Clock
from streams.engines.folder import FolderUnfit
from streams.engines.log_file import Reader
from streams.engines.logs import open_reader

BELIEVED_MS = 60_000  # by the desk's page, after the last look
AGAIN_MS = 3_600_000  # an alarm that lasts is told once an hour
COMMAND_S = 10.0  # for the operator's command

_logger = logging.getLogger("shouwang.watch")
Alarms = dict[tuple[str, str], Finding]


class Looking(Protocol):
    """What knows of something wrong at a time: the log's state, for all but tests."""

    def look(self, now: Instant) -> list[Finding]: ...


class Watch:
    """Looks, and remembers which alarms stand and when each was told.

    What it finds stands in the data folder too, for the desk's page, until it is old.
    """

    def __init__(
        self, folder: Path, log: Looking, door: Door, clock: Clock, bound: int, command: list[str]
    ) -> None:
        self._folder, self._log, self._door, self._clock = folder, log, door, clock
        self._bound, self._command = bound, command
        self.alarms: Alarms = {}
        self._told: dict[tuple[str, str], int] = {}

    def look(self) -> bool:
        """One look; gives whether anything may yet become an alarm."""
        found = [*clocks(self._clock), *self._door.look(self._clock), *self._of_log()]
        standing: Alarms = {}
        for one in found:
            if one.age >= self._bound:
                standing.setdefault((one.kind, one.area), one)
        for place in [place for place in self.alarms if place not in standing]:
            self._tell(self.alarms[place], "ended")
            del self._told[place]
        now = self._clock.steady()
        for place, one in standing.items():
            if place not in self._told or now - self._told[place] >= AGAIN_MS:
                self._tell(one, "lasts" if place in self._told else "began")
                self._told[place] = now
        self.alarms = standing
        self._write()
        return any(one.age < self._bound for one in found)

    def _write(self) -> None:
        now = time.time_ns() // 1_000_000
        alarms = tuple(_alarm(one, now) for one in self.alarms.values())
        write(self._folder, Written(now, now + BELIEVED_MS, alarms))

    def _of_log(self) -> list[Finding]:
        try:
            return self._log.look(self._clock.now())
        except (OSError, apsw.Error, FolderUnfit) as error:
            _logger.warning("the log cannot be read just now: %s", error)
            return [Finding("log_unreadable", "", self._bound)]

    def _tell(self, one: Finding, state: str) -> None:
        alarm = told(one, state)
        print(f"{state} {say(alarm['zh'], alarm['en'])} {one.area}".rstrip(), flush=True)
        if self._command:
            _run(self._command, alarm)


def told(one: Finding, state: str) -> dict[str, Any]:
    """An alarm as the operator's command gets it."""
    return {**asdict(_alarm(one, time.time_ns() // 1_000_000)), "state": state}


def _alarm(one: Finding, now: int) -> Alarm:
    zh, en = WORDS[one.kind]
    return Alarm(one.kind, one.area, one.subjects, now - one.age, zh, en)


def _run(command: list[str], alarm: dict[str, Any]) -> None:
    """Never through a shell; what goes wrong with it is logged, and the watch goes on."""
    text = json.dumps(alarm, ensure_ascii=False)
    names = {f"{PREFIX}ALARM_{name.upper()}": str(alarm[name]) for name in ("kind", "state")}
    told_so = {**os.environ, **names, f"{PREFIX}ALARM": text}
    try:
        subprocess.run(command, input=text.encode(), env=told_so, timeout=COMMAND_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        _logger.error("the command of an alarm has failed: %s", error)


def watch(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Until Ctrl-C; with `--once` until it is clear: 0 calm, 1 an alarm stands."""
    settings = settings_of(typed)
    command = _command(typed.run_command)
    with told_plainly(), closing(open_reader(settings.data)) as reader:
        if not isinstance(reader, Reader):
            raise FolderUnfit(f"{settings.data} is a cluster's; watch reads one machine's log")
        bound = round(typed.bound * 1_000)
        log = Log(settings.data, reader)
        door = Door(settings.data, lambda: at_server(typed).near)
        watching = Watch(settings.data, log, door, Clock(), bound, command)
        end = time.monotonic() + typed.bound + 2 * typed.every
        while watching.look() or not typed.once:
            if typed.once and (watching.alarms or time.monotonic() > end):
                break
            time.sleep(typed.every)
    standing = [told(one, "lasts") for one in watching.alarms.values()]
    return int(bool(standing)), {"calm": not standing, "alarms": standing}


def _command(text: str | None) -> list[str]:
    try:
        command = shlex.split(text or "")
    except ValueError:
        command = [text or ""]
    if command and shutil.which(command[0]) is None:
        zh, en = f"找不到命令 {command[0]}", f"There is no command {command[0]}"
        raise Trouble(zh, en)
    return command
