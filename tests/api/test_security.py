"""The security record: who came in, who was kept out; bounded, no secret, bursts told."""

import json
import secrets
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from api import doors
from api.cli import command as cli
from api.safe import Happened, SecurityRecord, What, read_record, security
from schemas.values import Role
from tests.api.house import JSON_HEADERS, TOWN, House, ask, demand_body, need_body
from tests.api.test_sign_in import link_of, use

Captured = pytest.CaptureFixture[str]


def told(house: House) -> list[tuple[str, str, str]]:
    """What, about what, and why not, of all that is on record."""
    house.context.record._write()
    rows = read_record(house.context.settings.data)
    return [(str(r["what"]), str(r.get("about", "")), str(r.get("code", ""))) for r in rows]


async def test_coming_in_and_going_out_is_on_record(house: House) -> None:
    desk = await house.desk()
    await desk.post("/sessions/end", {})
    steward = await house.steward()
    assert told(house) == [
        ("sign_in", "?", ""),
        ("role_granted", str(desk.account), ""),
        ("sign_in", "?", ""),
        ("sign_out", "", ""),
    ]
    rows = list(read_record(house.context.settings.data))
    assert [row["account"] for row in rows] == [
        *(steward.account, steward.account),
        *(desk.account, desk.account),
    ]
    assert rows[0]["count"] == 2, "alike within a second"
    assert {row["address"] for row in rows} == {"127.0.0.1"}


async def test_whoever_is_kept_out_is_on_record_with_our_code_alone(house: House) -> None:
    desk, steward = await house.desk(), await house.steward()
    before = len(told(house))
    await use(house, "x" * 43)
    await ask(house.app, "GET", "/api/v1/board")
    await desk.post("/accounts", {"name": "甲", "role": "desk", "division": "330324001"})
    foreign = [*JSON_HEADERS.items(), ("idempotency-key", "k"), ("origin", "https://evil.example")]
    await steward.send("/accounts", b"{}", foreign)
    await ask(house.app, "GET", "/desk", [("host", "evil.example")])
    assert told(house)[before:] == [
        ("sign_in_failed", "", "link_unknown"),
        ("denied", "", "session_missing"),
        ("denied", "", "role_missing"),
        ("denied", "", "origin_foreign"),
        ("denied", "", "host_foreign"),
    ]


async def test_a_steward_who_lets_himself_in_and_reads_is_on_record(house: House) -> None:
    desk, steward = await house.desk(), await house.steward()
    incident = await house.incident(desk)
    made = await desk.post("/demands", demand_body(incident, contact="王五 13800000001"))
    link = await steward.post(f"/accounts/{desk.account}/link", {"reason": "new_device"})
    impostor = await house.by_link(link.json["link"], Role.DESK)
    opened = await impostor.post(f"/demands/{made.json['id']}/sealed", {"reason": "checking"})
    assert opened.status == 200
    table = await desk.get("/review/measures.csv")
    assert table.status == 200
    assert (await steward.get(f"/persons?division={TOWN}")).status == 200
    for unknown in ("王五13905770001家中断粮", "A" * 64):
        assert (await desk.post(f"/sessions/{quote(unknown)}/end", {})).code == "not_found"
    found = told(house)
    for row in (
        ("link_made", str(desk.account), ""),
        ("link_used", str(steward.account), ""),
        ("opened", made.json["id"], ""),
        ("exported", "review", ""),
        ("opened", TOWN, ""),
    ):
        assert row in found
    assert "sign_out" not in [what for what, _, _ in found], "nothing typed is on record"


ENDS: dict[str, dict[str, object]] = {
    "/accounts/{}/link": {"reason": "device_lost", "end_sessions": True},
    "/accounts/{}/sessions/end": {"role": "desk"},
    "/accounts/{}/end": {"role": "desk"},
}
DOORS = Path(doors.__file__).parent


@pytest.mark.parametrize("path", ENDS)
async def test_whoever_signs_somebody_out_is_on_record_by_whichever_door(
    house: House, path: str
) -> None:
    """A lost phone: what was done about it is found again where it is looked for."""
    desk, steward = await house.desk(), await house.steward()
    answer = await steward.post(path.format(desk.account), ENDS[path])
    assert answer.status == 200
    assert (await desk.get("/board")).status == 401
    assert ("sessions_ended", str(desk.account), "") in told(house)


def test_no_other_door_ends_sessions_or_gives_out_a_table() -> None:
    """Whoever adds one notes it, and adds it here."""
    text = {file.stem: file.read_text("utf-8") for file in DOORS.glob("*.py")}
    assert [name for name, words in text.items() if ".end_all(" in words] == ["accounts"]
    assert text["accounts"].count(".end_all(") == 1
    tables = [name for name, words in text.items() if "text/csv" in words]
    assert all("What.EXPORTED" in text[name] for name in tables)
    assert tables == ["measures"]


async def test_no_secret_and_no_text_is_in_it(house: House) -> None:
    canary = "13912345678"
    link = link_of(house)
    await use(house, link)
    desk = await house.desk()
    incident = await house.incident(desk)
    await desk.post("/demands", demand_body(incident, contact=canary, risk_statement=canary))
    await desk.post("/needs", need_body(incident, contact=canary))
    await use(house, secrets.token_urlsafe(32) + canary)
    await ask(house.app, "GET", f"/api/v1/board?after={canary}", [("user-agent", canary)])
    await ask(house.app, "GET", f"/{canary}", [("host", f"{canary}.example")])
    told(house)
    folder = house.context.settings.data
    kept = b"".join(path.read_bytes() for path in folder.glob("security.db*"))
    cookie = desk.cookie.partition("=")[2]
    for secret in (canary, link[-43:], cookie, "甲"):
        assert secret.encode() not in kept


async def test_failing_fills_no_disk_and_holds_nothing_up(tmp_path: Path) -> None:
    """A million tries in a second are a few rows; so are as many of a thousand addresses."""
    with closing(SecurityRecord(tmp_path / "security.db")) as record:
        for _ in range(50_000):
            record.note(Happened(What.SIGN_IN_FAILED, address="203.0.113.1", code="link_unknown"))
        for number in range(20_000):
            record.note(Happened(What.DENIED, address=f"10.0.{number // 256}.{number % 256}"))
    rows = list(read_record(tmp_path))
    assert sum(int(str(row["count"])) for row in rows) == 70_000
    assert len(rows) < 10_000


def test_it_is_kept_for_six_months(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day, now = 24 * 3_600_000, security._now()
    for days in (200, 185, 0):
        monkeypatch.setattr(security, "_now", lambda at=now - days * day: at)
        with closing(SecurityRecord(tmp_path / "security.db")) as record:
            record.note(Happened(What.SIGN_IN, about=str(days)))
    assert [row["about"] for row in read_record(tmp_path)] == ["185", "0"]


async def test_a_burst_is_an_alarm_for_desks_and_stewards(house: House) -> None:
    desk = await house.desk()
    _, crew = await house.organization()
    alarms = (await desk.get("/alarms")).json["alarms"]
    assert alarms == []
    for _ in range(30):
        await use(house, "x" * 43)
    [alarm] = (await desk.get("/alarms")).json["alarms"]
    assert alarm["kind"] == "sign_in_failed"
    assert "30" in alarm["zh"]
    assert "30" in alarm["en"]
    assert (await crew.get("/alarms")).json["alarms"] == []


def test_audit_prints_json_lines(tmp_path: Path, capsys: Captured) -> None:
    with closing(SecurityRecord(tmp_path / "security.db")) as record:
        record.note(Happened(What.SIGN_IN, account="a"))
        record.note(Happened(What.DENIED, code="role_missing"))
    assert cli.main(["audit", "--data", str(tmp_path), "--what", "denied", "--since", "1"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    row = json.loads(line)
    assert (row["what"], row["code"], row["count"]) == ("denied", "role_missing", 1)
    assert row["time"].endswith("+00:00")
    assert cli.main(["audit", "--data", str(tmp_path / "none")]) == cli.TROUBLE
