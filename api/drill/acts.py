"""What a script itself does, by the doors that everybody has: demands, and some injects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from api.client import Answer, Refused, Session
from api.drill.directing import DirectedTeam
from api.drill.players import Stage
from api.drill.script import Happening, Posting, Script, place_of
from api.drill.script_tables import INJECTS
from api.history import Entry, Exercise, Zone
from api.language import say
from schemas.codes import KINDS, SKILLS
from schemas.values import Milliseconds
from schemas.views import AssignmentRow, DemandRow, OrganizationRow

SCALE = 10_000_000  # 1e-7 degree
GRADE = 3  # of what false reports ask for
LIVE = ("committed", "en_route", "on_scene", "reported_done")


class Acts:
    """Each takes what it is about, posts it as its township's desk, and says what was played."""

    def __init__(
        self, stage: Stage, script: Script, exercise: Exercise, desks: dict[str, Session]
    ) -> None:
        self._stage, self._script, self._exercise = stage, script, exercise
        self._desks = desks
        self._county = desks[script.division]
        self._numbers = {one.name: one for one in script.postings if one.name}

    async def publish(self, key: str, posting: Posting) -> Entry:
        """A demand, by its township."""
        body = {"incident": self._exercise.incident, **posting.body}
        return await self._entry(
            key, "demand", [await self._post(posting.town, "/demands", body, key)]
        )

    async def happen(self, key: str, happening: Happening, teams: Sequence[DirectedTeam]) -> Entry:
        """An inject: what the script does itself, or who behaves so from now on."""
        match happening.what:
            case "road_cut":
                return await self._cut(key, happening)
            case "withdraw":
                return await self._withdraw(key, happening)
            case "false_flood":
                return await self._flood(key, happening)
            case "hand_up":
                demand, town = self._demand(happening)
                body = {"reason": happening.table.reason, "text": happening.table.text}
                done = await self._post(town, f"/demands/{demand}/hand-up", body, key)
                return await self._entry(key, "hand_up", [done], subjects=(demand,))
            case "volunteer":
                return await self._volunteer(key, happening, teams)
        who = tuple(sorted(self._concerned(happening, teams)))
        return await self._entry(key, happening.what, [], who=who, lasts=happening.lasts)

    # One each

    async def _cut(self, key: str, happening: Happening) -> Entry:
        """A zone around a demand or a point."""
        table = happening.table
        radius = table.radius or 0
        if happening.town is not None and table.point is not None:
            lon, lat = table.point
            zone = Zone(round(lon * SCALE), round(lat * SCALE), radius)
            where: dict[str, Any] = {"place": place_of(happening.town, table.point)}
        else:
            demand, _ = self._demand(happening)
            row = self._stage.watch.known.get(demand)
            at = (row.lon, row.lat) if isinstance(row, DemandRow) else (0, 0)
            zone, where = Zone(*at, radius), {"around": demand}
        body: dict[str, Any] = {"zone": {**where, "radius": radius}}
        if table.text:
            body["text"] = table.text
        path = f"/incidents/{self._exercise.incident}/close-zone"
        done = await self._post(self._script.division, path, body, key)
        return await self._entry(key, "road_cut", [done], zone=zone, subjects=())

    async def _withdraw(self, key: str, happening: Happening) -> Entry:
        """Each crew at a demand; or everybody in the exercise."""
        body = {"what": "withdraw"}
        if happening.table.text:
            body["text"] = happening.table.text
        if not happening.table.demand:
            path = f"/incidents/{self._exercise.incident}/instruct"
            told = tuple(row.id for row in self._crews(""))
            done = await self._post(self._script.division, path, body, key)
            return await self._entry(key, "withdraw", [done], subjects=told)
        demand, town = self._demand(happening)
        told = tuple(row.id for row in self._crews(demand))
        row = self._stage.watch.known.get(demand)
        if isinstance(row, DemandRow) and row.hand_up is not None:
            town = row.hand_up.desk or town  # who answers for it by now
        answers = [
            await self._post(town, f"/assignments/{id}/instruct", body, f"{key}-{id}")
            for id in told
        ]
        return await self._entry(key, "withdraw", answers, subjects=told)

    async def _flood(self, key: str, happening: Happening) -> Entry:
        table = happening.table
        skill = KINDS[table.kind].skill
        grade = {"grade": GRADE} if SKILLS[skill].graded else {}
        assert happening.town is not None
        body = {
            "incident": self._exercise.incident,
            "kind": table.kind,
            "priority": 3,
            "place": place_of(happening.town, table.point),
            "lines": [{"skill": skill, "minimum": 1, "target": 1, **grade}],
            "risk_statement": table.text,
            "rally_point": table.text,
        }
        answers = [
            await self._post(happening.town, "/demands", body, f"{key}-{number}")
            for number in range(table.count or 0)
        ]
        return await self._entry(key, "false_flood", answers)

    async def _volunteer(
        self, key: str, happening: Happening, teams: Sequence[DirectedTeam]
    ) -> Entry:
        demand, _ = self._demand(happening)
        row = self._stage.watch.known.get(demand)
        who = self._concerned(happening, teams)
        for team in teams:
            if team.organization in who and isinstance(row, DemandRow):
                team.volunteer(happening, row)
        return await self._entry(key, "volunteer", [], subjects=(demand,), who=tuple(sorted(who)))

    # What they have in common

    def _concerned(self, happening: Happening, teams: Sequence[DirectedTeam]) -> set[str]:
        """Which organizations are to behave so; of real people, those that are named."""
        rows = self._stage.watch.board.rows.values()
        known = [row for row in rows if isinstance(row, OrganizationRow)]
        played = {team.organization: team for team in teams}
        named = set(happening.table.organizations)
        return {
            row.id
            for row in known
            if (row.id in played and self._is_directed(played[row.id], happening, row))
            or (not teams and (row.id in named or row.name in named))
        }

    @staticmethod
    def _is_directed(team: DirectedTeam, happening: Happening, row: OrganizationRow) -> bool:
        return not happening.kind.who or team.directions.concerns(happening, row.id, row.name)

    def _demand(self, happening: Happening) -> tuple[str, str]:
        """The demand that an inject names, and its township; "" where it was not taken."""
        posting = self._numbers[happening.table.demand]
        entry = self._exercise.entries.get(f"demand-{posting.number}")
        return (entry.subjects[0] if entry and entry.subjects else ""), posting.town

    def _crews(self, demand: str) -> Iterator[AssignmentRow]:
        for row in self._stage.watch.known.values():
            if not isinstance(row, AssignmentRow) or row.incident != self._exercise.incident:
                continue
            if row.state in LIVE and demand in ("", row.demand):
                yield row

    async def _post(
        self, division: str, path: str, body: dict[str, Any], key: str
    ) -> Answer | Refused:
        try:
            answer = await self._desks[division].post(path, body, key)
        except Refused as refused:
            self._stage.refused[refused.code] += 1
            return refused
        self._stage.commands += not answer.repeated
        self._stage.watch.sent(answer.sequence)
        return answer

    async def _entry(
        self,
        key: str,
        what: str,
        answers: Sequence[Answer | Refused],
        *,
        subjects: tuple[str, ...] | None = None,
        who: tuple[str, ...] = (),
        lasts: Milliseconds = 0,
        zone: Zone | None = None,
    ) -> Entry:
        """At the time of the last answer; without one, now."""
        good = [one for one in answers if isinstance(one, Answer)]
        refused = next((one.code for one in answers if isinstance(one, Refused)), "")
        made = tuple(one.id or "" for one in good) if subjects is None else subjects
        at = max((one.at for one in good), default=self._stage.clock.now)
        return Entry(key, what, at, lasts, made, who, zone, refused)

    def told(self, entry: Entry, about: Posting | Happening) -> str:
        """A line for the terminal."""
        minutes = about.after // 60_000
        at = f"{minutes // 60}:{minutes % 60:02}"
        if isinstance(about, Posting):
            kind = KINDS[about.body["kind"]]
            words = say(f"需求 {about.name} {kind.zh}", f"demand {about.name} {kind.en}")
        else:
            inject = INJECTS[about.what]
            words = say(inject.zh, inject.en)
        count = len(entry.who or entry.subjects)
        more = say(f"（{count}）", f" ({count})") if count > 1 else ""
        refused = say(f"，未采纳：{entry.refused}", f", not taken: {entry.refused}")
        return f"  {at}  {words}{more}{refused if entry.refused else ''}"
