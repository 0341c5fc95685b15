"""Sealed text: unreadable in the log, opened by a fact, gone with its key."""

import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from api.safe import KeyGone, TextDamaged, Vault
from api.settings import Settings
from schemas.facts import DemandPublished, KeyDestroyed, SealedTextOpened
from schemas.values import IncidentId, Purpose, Role
from tests.api.house import (
    AREA,
    COUNTY,
    OTHER_TOWN,
    TOWN,
    House,
    Person,
    demand_body,
    opened,
)
from tests.api.test_doors import done, the_row

CONTACT = "王小明 13800138000"
ADDRESS = "永嘉县桥头镇学前路 9 号"
NOTE = "二楼有老人 👵🏼"
LEAD = "李队 13900139000"
TEXTS = {"contact": CONTACT, "address": ADDRESS, "note": NOTE, "lead": LEAD}
READING = {"reason": "checking"}
INCIDENT, OTHER = IncidentId("incident-one"), IncidentId("incident-two")


def texts(answer: dict[str, Any]) -> dict[str, Any]:
    """What was opened, without where it was said."""
    return {name: text for name, text in answer.items() if name != "sealed_in"}


async def published(house: House, desk: Person, **changed: str) -> tuple[str, str]:
    incident = await house.incident(desk)
    body = demand_body(incident, **(TEXTS | changed))
    return incident, done(await desk.post("/demands", body), status=201)["id"]


async def test_the_log_and_the_board_hold_no_word_of_it(house: House, tmp_path: Path) -> None:
    _, crew = await house.organization()
    desk = await house.desk()
    await published(house, desk)
    board = json.dumps([(await who.get("/board")).json for who in (desk, crew)], ensure_ascii=False)
    files = _bytes(tmp_path / "data")
    for text in TEXTS.values():
        assert text not in board
        assert text.encode() not in files
        assert json.dumps(text)[1:-1].encode() not in files
    there = (await the_row(desk, "demand"))["sealed"]
    assert [one["text"] for one in there] == ["contact", "address", "note", "lead"]


async def test_reading_it_is_a_fact_with_a_reason(house: House) -> None:
    desk = await house.desk()
    _, demand = await published(house, desk)
    reply = await desk.post(f"/demands/{demand}/sealed", {"reason": "calling"})
    assert texts(reply.json) == TEXTS
    assert reply.headers["cache-control"] == "no-store"
    fact = house.turns()[-1].facts[0]
    assert isinstance(fact, SealedTextOpened)
    assert (fact.demand, fact.account, fact.reason) == (demand, desk.account, "calling")


async def test_a_key_that_was_used_shows_nothing(house: House) -> None:
    """Every reading is on record: who reads again sends it again with a new key."""
    desk = await house.desk()
    _, demand = await published(house, desk)
    for number in range(2):
        key, before = f"reading-{number}", house.sequence
        first = await desk.post(f"/demands/{demand}/sealed", READING, key=key)
        assert texts(first.json) == TEXTS
        again = await desk.post(f"/demands/{demand}/sealed", READING, key=key)
        assert (again.status, again.code) == (409, "key_used_up")
        assert not any(text.encode() in again.content for text in TEXTS.values())
        assert house.sequence == before + 1


async def test_what_was_not_given_is_null(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    for given in ({"note": NOTE}, {}):
        made = await desk.post("/demands", demand_body(incident, **given))
        reply = await desk.post(f"/demands/{made.json['id']}/sealed", READING)
        assert texts(reply.json) == dict.fromkeys(TEXTS) | given


async def test_an_organization_reads_it_only_while_it_works_there(house: House) -> None:
    """E3: read while at work; when that is over the same request shows nothing any more."""
    _, crew = await house.organization()
    desk, neighbor = await house.desk(), await house.desk(OTHER_TOWN)
    _, demand = await published(house, desk)
    path = f"/demands/{demand}/sealed"
    for stranger in (crew, neighbor):
        reply = await stranger.post(path, READING)
        assert (reply.status, reply.code) == (404, "not_found")
    yes = done(await crew.post(f"/offers/{await _offer(crew)}/accept", {"quantity": 1}))
    reply = await crew.post(path, {"reason": "on_the_way"}, key="at-work")
    assert texts(reply.json) == TEXTS
    assignment = next(m["id"] for m in yes["made"] if m["fact"] == "AssignmentCommitted")
    done(await crew.post(f"/assignments/{assignment}/cannot-complete", {}))
    before = house.sequence
    for key in ("at-work", "later"):
        reply = await crew.post(path, {"reason": "on_the_way"}, key=key)
        assert (reply.status, reply.code) == (404, "not_found")
        assert not any(text.encode() in reply.content for text in TEXTS.values())
    assert house.sequence == before
    assert _openings(house) == ["accepted", "on_the_way"]


async def test_the_answer_to_a_yes_carries_it_once(house: House) -> None:
    _, crew = await house.organization()
    desk = await house.desk()
    await published(house, desk)
    path = f"/offers/{await _offer(crew)}/accept"
    first = await crew.post(path, {"quantity": 1, "people": 4}, key="yes")
    assert first.headers["cache-control"] == "no-store"
    point = {"lon": 1_206_900_000, "lat": 281_500_000}
    assert texts(done(first)["sealed"]) == TEXTS | point
    again = done(await crew.post(path, {"quantity": 1, "people": 4}, key="yes"))
    assert again == first.json | {"repeated": True, "sealed": None}
    assert _openings(house) == ["accepted"]
    assert _opened(house)[0].account == crew.account
    assert (await the_row(desk, "assignment"))["people"] == 4


async def test_a_yes_that_the_desk_records_reveals_nothing(house: House) -> None:
    _, crew = await house.organization()
    desk = await house.desk()
    await published(house, desk)
    yes = done(await desk.post(f"/offers/{await _offer(crew)}/accept", {"quantity": 1}))
    assert yes["sealed"] is None
    assert _openings(house) == []


async def test_a_yes_to_what_has_no_sealed_text_has_its_point(house: House) -> None:
    _, crew = await house.organization()
    desk = await house.desk()
    incident = await house.incident(desk)
    done(await desk.post("/demands", demand_body(incident)), status=201)
    yes = done(await crew.post(f"/offers/{await _offer(crew)}/accept", {"quantity": 2}))
    nothing = dict.fromkeys(TEXTS)
    assert texts(yes["sealed"]) == nothing | {"lon": 1_206_900_000, "lat": 281_500_000}
    assert _openings(house) == []


async def test_a_yes_counts_though_its_texts_cannot_be_opened(house: House) -> None:
    """A folder that was copied without its keys: the crew goes, and asks by telephone."""
    _, crew = await house.organization()
    desk = await house.desk()
    incident, demand = await published(house, desk)
    house.context.vault.destroy(IncidentId(incident))
    yes = done(await crew.post(f"/offers/{await _offer(crew)}/accept", {"quantity": 1}))
    assert yes["sealed"] is None
    assert (await the_row(desk, "assignment"))["state"] == "committed"
    reply = await crew.post(f"/demands/{demand}/sealed", READING)
    assert (reply.status, reply.code) == (409, "key_destroyed")


async def test_each_opens_what_is_its_own_to_answer_for(house: House) -> None:
    desk, county = await house.desk(), await house.desk(COUNTY)
    _, demand = await published(house, desk)
    reviewer = await house.person(Role.REVIEWER, division=TOWN)
    steward = await house.steward()
    path = f"/demands/{demand}/sealed"
    assert texts((await county.post(path, READING)).json) == TEXTS
    before = house.sequence
    for other in (reviewer, steward):
        reply = await other.post(path, READING)
        assert (reply.status, reply.code) == (403, "role_missing")
    assert house.sequence == before


async def _offer(crew: Person) -> str:
    return str((await the_row(crew, "offer"))["id"])


def _opened(house: House) -> list[SealedTextOpened]:
    return [f for turn in house.turns() for f in turn.facts if isinstance(f, SealedTextOpened)]


def _openings(house: House) -> list[str]:
    return [fact.reason.value for fact in _opened(house)]


async def test_a_key_is_compared_over_personal_fields_too(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    body = demand_body(incident)
    for first, other in ((body | TEXTS, body | TEXTS | {"note": "x"}), (body, body | TEXTS)):
        key = house.new_key()
        done(await desk.post("/demands", first, key=key), status=201)
        assert done(await desk.post("/demands", first, key=key), status=201)["repeated"]
        reply = await desk.post("/demands", other, key=key)
        assert (reply.status, reply.code) == (422, "key_reused")


async def test_with_the_key_everything_is_gone(stage: House) -> None:
    """An hour after an exercise's incident is closed; until then it can be taken up again."""
    desk, vault = await stage.desk(), stage.context.vault
    incident = await stage.incident(desk)
    await desk.post("/demands", demand_body(incident, **TEXTS))
    fact = _published_in(stage)
    assert fact.contact is not None
    await _ended(desk, incident, fact.demand)
    await stage.wait(minutes=59)
    assert vault.open(fact.contact, "contact") == CONTACT
    assert texts((await desk.post(f"/demands/{fact.demand}/sealed", READING)).json) == TEXTS
    await stage.wait(minutes=2)
    assert any(isinstance(f, KeyDestroyed) for t in stage.turns() for f in t.facts)
    with pytest.raises(KeyGone):
        vault.open(fact.contact, "contact")
    with pytest.raises(KeyGone):
        vault.seal(IncidentId(incident), "contact", CONTACT)
    for path, body in (
        (f"/demands/{fact.demand}/sealed", READING),
        ("/demands", demand_body(incident, **TEXTS)),
        (f"/incidents/{incident}/reopen", {}),
    ):
        late = await desk.post(path, body)
        assert (late.status, late.code) == (409, "key_destroyed")
    late = await desk.post("/demands", demand_body(incident))
    assert (late.status, late.code) == (409, "incident_not_open")


async def _ended(desk: Person, incident: str, demand: str) -> None:
    done(await desk.post(f"/demands/{demand}/close", {"reason": "canceled"}, revision=1))
    done(await desk.post(f"/incidents/{incident}/close", {}))


def _published_in(house: House) -> DemandPublished:
    return next(f for t in house.turns() for f in t.facts if isinstance(f, DemandPublished))


async def test_a_deletion_that_a_crash_prevented_is_made_good_at_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    settings = Settings(data=folder, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(folder, settings) as house:
        desk = await house.desk()
        incident, demand = await published(house, desk)
        kept = _copied(folder)
        fact = _published_in(house)
        assert fact.note is not None
        await _ended(desk, incident, demand)
        await house.wait(minutes=61)
    _restore(folder, kept)  # as if the process had ended before the deletion
    vault = Vault(folder / "keys.db")
    assert vault.open(fact.note, "note") == NOTE
    vault.close()
    async with opened(folder, settings) as house:
        with pytest.raises(KeyGone):
            house.context.vault.open(fact.note, "note")


def _copied(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("keys.db*")}


def _restore(folder: Path, kept: dict[str, bytes]) -> None:
    for path in folder.glob("keys.db*"):
        path.unlink()
    for name, content in kept.items():
        (folder / name).write_bytes(content)


async def test_after_a_restart_everything_opens_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with opened(folder) as house:
        _, crew = await house.organization()
        desk = await house.desk()
        _, demand = await published(house, desk)
        offer = await _offer(crew)
    async with opened(folder) as house:
        desk, crew = (Person(house, each.role, each.cookie, each.account) for each in (desk, crew))
        reply = await desk.post(f"/demands/{demand}/sealed", READING, key="later")
        assert texts(reply.json) == TEXTS
        house.context.ciphertexts.clear()
        yes = await crew.post(f"/offers/{offer}/accept", {"quantity": 1}, key="yes-later")
        assert yes.json["sealed"]["contact"] == CONTACT


def test_a_text_belongs_to_its_field_and_its_incident(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys.db")
    sealed = vault.seal(INCIDENT, "contact", CONTACT)
    assert vault.open(sealed, "contact") == CONTACT
    assert vault.seal(INCIDENT, "contact", CONTACT).ciphertext != sealed.ciphertext
    with pytest.raises(TextDamaged):
        vault.open(sealed, "note")
    vault.seal(OTHER, "contact", CONTACT)
    moved = replace(sealed, key=OTHER)
    with pytest.raises(TextDamaged):
        vault.open(moved, "contact")
    altered = type(sealed)(
        key=sealed.key, nonce=sealed.nonce, ciphertext="AAAA" + sealed.ciphertext
    )
    with pytest.raises(TextDamaged):
        vault.open(altered, "contact")
    vault.close()


def test_keys_are_durable_before_they_are_used_and_gone_once_destroyed(tmp_path: Path) -> None:
    path = tmp_path / "keys.db"
    vault = Vault(path)
    first, second = (vault.seal(incident, "note", NOTE) for incident in (INCIDENT, OTHER))
    other = Vault(path)  # what another process would find on the disk at this moment
    assert other.open(first, "note") == NOTE
    other.close()
    key = _key(vault, INCIDENT)
    assert key in _bytes(tmp_path)
    vault.destroy(INCIDENT)
    vault.destroy(INCIDENT)
    assert key not in _bytes(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    vault.close()
    vault = Vault(path)
    with pytest.raises(KeyGone):
        vault.open(first, "note")
    assert vault.open(second, "note") == NOTE
    vault.close()


def _key(vault: Vault, incident: IncidentId) -> bytes:
    asked = "SELECT key FROM keys WHERE incident = ?"
    (row,) = vault._store.execute(asked, (incident,)).fetchall()
    assert isinstance(row[0], bytes)
    return row[0]


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_the_digest_is_hmac(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys.db")
    key = vault._unwrapped("", _key(vault, IncidentId("")))
    expected = hmac.digest(key, b"POST\x1f/x\x1f{}", "sha256").hex()[:32]
    assert vault.body_digest("POST", "/x", "{}") == expected
    assert vault.body_digest("POST", "/y", "{}") != expected
    vault.close()
