"""Sealed text: unreadable in the log, opened by a fact, gone with its key."""

import hmac
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from api.vault import KeyGone, TextDamaged, Vault
from schemas.facts import DemandPublished, KeyDestroyed, SealedTextOpened
from schemas.values import IncidentId
from tests.api.house import AREA, OTHER_TOWN, House, Person, demand_body, opened
from tests.api.test_doors import done, the_row

CONTACT = "王小明 13800138000"
ADDRESS = "永嘉县桥头镇学前路 9 号"
NOTE = "二楼有老人 👵🏼"
TEXTS = {"contact": CONTACT, "address": ADDRESS, "note": NOTE}
INCIDENT, OTHER = IncidentId("incident-one"), IncidentId("incident-two")


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
    assert (await the_row(desk, "demand"))["sealed"] == ["contact", "address", "note"]


async def test_reading_it_is_a_fact(house: House) -> None:
    desk = await house.desk()
    _, demand = await published(house, desk)
    reply = await desk.post(f"/demands/{demand}/sealed", {})
    assert reply.json == TEXTS
    assert reply.headers["cache-control"] == "no-store"
    fact = house.turns()[-1].facts[0]
    assert isinstance(fact, SealedTextOpened)
    assert (fact.demand, fact.account) == (demand, desk.account)


async def test_what_was_not_given_is_null(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    made = await desk.post("/demands", demand_body(incident, note=NOTE))
    reply = await desk.post(f"/demands/{made.json['id']}/sealed", {})
    assert reply.json == {"contact": None, "address": None, "note": NOTE}


async def test_an_organization_reads_it_only_while_it_works_there(house: House) -> None:
    _, crew = await house.organization()
    desk, neighbor = await house.desk(), await house.desk(OTHER_TOWN)
    _, demand = await published(house, desk)
    path = f"/demands/{demand}/sealed"
    for stranger in (crew, neighbor):
        reply = await stranger.post(path, {})
        assert (reply.status, reply.code) == (404, "not_found")
    offer = (await the_row(crew, "offer"))["id"]
    yes = done(await crew.post(f"/offers/{offer}/accept", {"quantity": 1}))
    assert (await crew.post(path, {})).json == TEXTS
    assignment = next(m["id"] for m in yes["made"] if m["fact"] == "AssignmentCommitted")
    done(await crew.post(f"/assignments/{assignment}/cannot-complete", {}))
    assert (await crew.post(path, {})).status == 404


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


async def test_with_the_key_everything_is_gone(house: House) -> None:
    desk = await house.desk()
    vault = house.context.vault
    incident = await house.incident(desk)
    await desk.post("/demands", demand_body(incident, **TEXTS))
    fact = next(f for t in house.turns() for f in t.facts if isinstance(f, DemandPublished))
    assert fact.contact is not None
    assert vault.open(fact.contact, "contact") == CONTACT
    reply = await desk.post(f"/demands/{fact.demand}/close", {"reason": "canceled"}, revision=1)
    done(reply)
    done(await desk.post(f"/incidents/{incident}/close", {}))
    assert any(isinstance(f, KeyDestroyed) for t in house.turns() for f in t.facts)
    with pytest.raises(KeyGone):
        vault.open(fact.contact, "contact")
    with pytest.raises(KeyGone):
        vault.seal(IncidentId(incident), "contact", CONTACT)
    sealed = await desk.post(f"/demands/{fact.demand}/sealed", {})
    assert (sealed.status, sealed.code) == (409, "key_destroyed")
    late = await desk.post("/demands", demand_body(incident, **TEXTS))
    assert (late.status, late.code) == (409, "key_destroyed")
    late = await desk.post("/demands", demand_body(incident))
    assert (late.status, late.code) == (409, "incident_not_open")


async def test_a_deletion_that_a_crash_prevented_is_made_good_at_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with opened(folder) as house:
        desk = await house.desk()
        incident, _ = await published(house, desk)
        kept = _copied(folder)
        fact = next(f for t in house.turns() for f in t.facts if isinstance(f, DemandPublished))
        assert fact.note is not None
        demand = fact.demand
        done(await desk.post(f"/demands/{demand}/close", {"reason": "canceled"}, revision=1))
        done(await desk.post(f"/incidents/{incident}/close", {}))
    _restore(folder, kept)  # as if the process had ended before the deletion
    vault = Vault(folder / "keys.db")
    assert vault.open(fact.note, "note") == NOTE
    vault.close()
    async with opened(folder) as house:
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
        desk = await house.desk()
        _, demand = await published(house, desk)
    async with opened(folder) as house:
        again = Person(house, desk.role, desk.cookie, desk.account)
        assert (await again.post(f"/demands/{demand}/sealed", {}, key="later")).json == TEXTS
        assert [turn.area for turn in house.turns()][-1] == AREA


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
    key = _key(vault, IncidentId(""))
    expected = hmac.digest(key, b"POST\x1f/x\x1f{}", "sha256").hex()[:32]
    assert vault.body_digest("POST", "/x", "{}") == expected
    assert vault.body_digest("POST", "/y", "{}") != expected
    vault.close()
