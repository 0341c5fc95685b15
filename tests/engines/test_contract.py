"""What every engine promises, against the Engine protocol alone."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest

from schemas import commands as c
from schemas.refusals import Refusal
from schemas.turns import GENESIS, OWNER, Envelope
from schemas.values import Purpose, Role, TimeSource
from streams.engines import Engine, KeyReused, Published, Receipt, Stopping, Unavailable
from streams.parameters import FACTS_MOST, TURN_BYTES_MOST
from tests.engines.given import (
    COUNTY,
    DESK,
    HANGZHOU,
    MINUTE,
    START,
    STEWARD,
    WENZHOU,
    Bench,
    Scene,
    board,
    closes,
    commands_in,
    kinds,
    opened,
    state_of,
    stored,
    turns,
    verdict,
)

# Time


async def test_a_turn_carries_the_time_that_it_was_given(scene: Scene) -> None:
    scene.at = START + MINUTE
    receipt = await scene.sent(STEWARD, scene.registration("one"))
    assert receipt.turn.at == START + MINUTE


async def test_rule_time_never_falls(scene: Scene) -> None:
    scene.at = START + MINUTE
    await scene.sent(STEWARD, scene.registration("one"))
    scene.at = START
    receipt = await scene.sent(STEWARD, scene.registration("two"))
    assert receipt.turn.at == START + MINUTE


async def test_a_log_on_given_time_wants_to_be_told_the_time(scene: Scene) -> None:
    scene.at = None  # type: ignore[assignment]  # what a careless door would send
    before = len(stored(scene.engine))
    with pytest.raises(ValueError, match="time"):
        await scene.sent(STEWARD, scene.registration("one"))
    assert len(stored(scene.engine)) == before


async def test_nothing_happens_by_itself_in_a_log_on_given_time(scene: Scene) -> None:
    await scene.send(DESK, scene.demand(await scene.incident()))
    before = len(stored(scene.engine))
    await asyncio.sleep(0.3)
    assert len(stored(scene.engine)) == before


# Areas


async def test_areas_of_one_engine_have_logs_of_their_own(bench: Bench) -> None:
    bench.make(WENZHOU)
    bench.make(HANGZHOU)
    async with opened(bench) as engine:
        scenes = [Scene(engine, area) for area in (WENZHOU, HANGZHOU)]
        await asyncio.gather(*(scene.staffed() for scene in scenes))
        await asyncio.gather(*(scenes[0].organization(f"team-{n}") for n in range(5)))
        await scenes[1].organization("alone")
        assert [turn.sequence for turn in turns(engine, WENZHOU)] == list(range(1, 14))
        assert [turn.sequence for turn in turns(engine, HANGZHOU)] == list(range(1, 6))
        assert {one.area: one.sequence for one in engine.changes()} == {WENZHOU: 13, HANGZHOU: 5}
        for area in (WENZHOU, HANGZHOU):
            assert verdict(stored(engine, area), area).sound


async def test_each_area_has_its_own_next_tick(bench: Bench) -> None:
    bench.make(WENZHOU)
    bench.make(HANGZHOU)
    async with opened(bench) as engine:
        scene = Scene(engine, HANGZHOU)
        await scene.staffed()
        await scene.send(DESK, scene.demand(await scene.incident()))
        assert engine.next_due(WENZHOU) is None
        assert engine.next_due(HANGZHOU) is not None


async def test_an_area_that_is_not_there_is_no_area(scene: Scene) -> None:
    elsewhere = Scene(scene.engine, HANGZHOU)
    with pytest.raises(LookupError):
        await elsewhere.sent(STEWARD, elsewhere.registration("one"))


# Keys


async def test_the_same_key_is_answered_from_the_first_turn(scene: Scene) -> None:
    envelope = scene.envelope(STEWARD, scene.registration("one"))
    first = await scene.engine.submit(envelope)
    await scene.organization("between")
    again = await scene.engine.submit(envelope)
    assert (first.repeated, again.repeated) == (False, True)
    assert again.turn == first.turn
    assert commands_in(scene.engine).count(envelope.command_id) == 1


async def test_the_same_key_with_another_body_is_refused_without_a_turn(scene: Scene) -> None:
    await scene.sent(STEWARD, scene.registration("one"), key="k")
    before = stored(scene.engine)
    with pytest.raises(KeyReused):
        await scene.sent(STEWARD, scene.registration("another"), key="k")
    assert stored(scene.engine) == before


async def test_a_key_belongs_to_its_actor(scene: Scene) -> None:
    grant = c.GrantRole(account=DESK, role=Role.STEWARD, division=scene.county)
    await scene.send(STEWARD, grant)
    ours = await scene.sent(STEWARD, scene.registration("one"), key="k")
    theirs = await scene.sent(DESK, scene.registration("two"), key="k")
    assert (ours.repeated, theirs.repeated) == (False, False)


async def test_duplicates_in_flight_share_one_answer(scene: Scene) -> None:
    envelopes = [scene.envelope(STEWARD, scene.registration(f"team-{n}")) for n in range(20)]
    answers = await asyncio.gather(
        *(scene.engine.submit(envelope) for envelope in envelopes for _ in range(3))
    )
    for first, *others in zip(*[iter(answers)] * 3, strict=True):
        assert not first.repeated
        assert all(other.repeated and other.turn == first.turn for other in others)
    in_log = commands_in(scene.engine)
    assert all(in_log.count(envelope.command_id) == 1 for envelope in envelopes)


async def test_another_body_in_flight_is_refused_and_the_first_stands(scene: Scene) -> None:
    one = scene.envelope(STEWARD, scene.registration("one"), key="k")
    other = scene.envelope(STEWARD, scene.registration("other"), key="k")
    first, second = await asyncio.gather(
        scene.engine.submit(one), scene.engine.submit(other), return_exceptions=True
    )
    assert isinstance(first, Receipt)
    assert isinstance(second, KeyReused)


async def test_a_refusal_is_a_turn_and_binds_its_key(scene: Scene) -> None:
    envelope = scene.envelope(DESK, scene.registration("one"))
    refused = await scene.engine.submit(envelope)
    assert refused.turn.refusal in (Refusal.ROLE_MISSING, Refusal.NOT_FOUND)
    grant = c.GrantRole(account=DESK, role=Role.STEWARD, division=scene.county)
    await scene.send(STEWARD, grant)
    again = await scene.engine.submit(envelope)
    assert again == Receipt(refused.turn, repeated=True)
    assert turns(scene.engine)[refused.turn.sequence - 1] == refused.turn


async def test_keys_outlive_a_restart(bench: Bench) -> None:
    bench.make()
    async with opened(bench) as engine:
        envelope = Scene(engine).envelope(STEWARD, Scene(engine).registration("one"))
        first = await engine.submit(envelope)
    async with opened(bench) as engine:
        assert await engine.submit(envelope) == Receipt(first.turn, repeated=True)


async def test_a_caller_that_goes_away_leaves_its_turn(scene: Scene) -> None:
    envelope = scene.envelope(STEWARD, scene.registration("one"))
    asking = asyncio.create_task(scene.engine.submit(envelope))
    await asyncio.sleep(0)
    asking.cancel()
    again = await scene.engine.submit(envelope)
    assert again.repeated
    assert commands_in(scene.engine).count(envelope.command_id) == 1


# Ticks


async def test_a_stale_tick_writes_nothing(scene: Scene) -> None:
    await scene.organization("one")
    await scene.send(DESK, scene.demand(await scene.incident(), priority=4))
    due = scene.engine.next_due(WENZHOU)
    assert due is not None
    scene.at = due[0]
    assert "OfferSent" in kinds(await scene.tick())
    before = stored(scene.engine)
    with pytest.raises(Unavailable):
        await scene.sent(OWNER, c.Tick(number=due[2]))
    assert stored(scene.engine) == before


async def test_next_due_falls_after_a_tick(scene: Scene) -> None:
    await scene.organization("one")
    await scene.send(DESK, scene.demand(await scene.incident(), priority=4))
    first = scene.engine.next_due(WENZHOU)
    assert first == (START + MINUTE, scene.operation, 1)
    scene.at = first[0]
    await scene.tick()
    second = scene.engine.next_due(WENZHOU)
    assert second is not None
    assert second[0] > scene.at
    assert second[2] == 2


async def test_what_is_due_is_known_to_whoever_has_been_answered(bench: Bench) -> None:
    bench.make()
    async with opened(bench) as engine:
        scene = Scene(engine)
        await scene.staffed()
        await scene.send(DESK, scene.demand(await scene.incident(), priority=4))
        due = engine.next_due(WENZHOU)
    async with opened(bench) as engine:
        assert due is not None
        assert engine.next_due(WENZHOU) == due


async def test_ticks_of_another_than_the_owner_are_refused(scene: Scene) -> None:
    await scene.incident()
    receipt = await scene.sent(DESK, c.Tick(number=1))
    assert receipt.turn.refusal is Refusal.ROLE_MISSING


# A surge


async def test_a_surge_is_worked_off_in_bounded_turns(engine: Engine) -> None:
    scene = Scene(engine)
    incident = await scene.surge(demands=30)
    before = len(stored(engine))
    await scene.send(COUNTY, c.CloseIncident(incident=incident))
    rounds = 0
    while (due := engine.next_due(WENZHOU)) is not None and due[0] <= scene.at:
        await scene.tick()
        rounds += 1
    records = stored(engine)
    closing = turns(engine)[before:]
    facts = [fact for turn in closing for fact in turn.facts]
    assert rounds >= 3
    assert kinds(facts).count("OfferStoodDown") == 3_000
    assert kinds(facts).count("DemandClosed") == 30
    assert kinds(facts).count("IncidentClosed") == 1
    assert all(len(turn.facts) <= FACTS_MOST for turn in closing)
    assert all(len(record) <= TURN_BYTES_MOST for record in records)
    assert verdict(records).sound


async def test_an_owner_of_live_logs_works_a_surge_off_by_itself(bench: Bench) -> None:
    bench.make(WENZHOU, Purpose.OPERATIONS, TimeSource.LIVE)
    async with opened(bench) as engine:
        scene = Scene(engine, purpose=Purpose.OPERATIONS)
        incident = await scene.surge(demands=10)
        ended = asyncio.Event()
        engine.listen(lambda batch: ended.set() if closes(batch) else None)
        await scene.send(COUNTY, c.CloseIncident(incident=incident))
        async with asyncio.timeout(20):
            await ended.wait()
        in_log = turns(engine)
        ticks = [turn for turn in in_log if isinstance(turn.command, c.Tick)]
        assert [turn.command for turn in ticks] == [c.Tick(number=n + 1) for n in range(len(ticks))]
        assert ticks
        assert all(turn.facts for turn in ticks)
        assert verdict(stored(engine)).sound


# Listeners and the board


async def test_listeners_hear_the_log_in_order_and_before_the_answers(bench: Bench) -> None:
    bench.make(WENZHOU)
    bench.make(HANGZHOU)
    heard: list[tuple[str, int]] = []
    async with opened(bench) as engine:
        engine.listen(lambda batch: heard.extend((one.area, one.sequence) for one in batch))

        async def ask(scene: Scene, number: int) -> None:
            receipt = await scene.sent(STEWARD, scene.registration(f"team-{number}"))
            assert (scene.area, receipt.turn.sequence) in heard

        scenes = [Scene(engine, area) for area in (WENZHOU, HANGZHOU)]
        await asyncio.gather(*(ask(scenes[n % 2], n) for n in range(300)))
    for area in (WENZHOU, HANGZHOU):
        assert [sequence for name, sequence in heard if name == area] == list(range(2, 152))


async def test_an_old_page_with_the_changes_applied_equals_a_fresh_page(scene: Scene) -> None:
    heard = scene.engine.changes()
    scene.engine.listen(heard.extend)
    await scene.busy_hour()
    assert board(heard) == board(scene.engine.changes())


async def test_a_page_asked_for_in_the_middle_misses_and_repeats_nothing(scene: Scene) -> None:
    envelopes = [scene.envelope(STEWARD, scene.registration(f"team-{n}")) for n in range(300)]
    asking = [asyncio.create_task(scene.engine.submit(envelope)) for envelope in envelopes]
    await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    heard: list[Published] = []
    scene.engine.listen(heard.extend)
    page = scene.engine.changes()
    missed, heard[:] = list(heard), []
    assert all(one.sequence <= page[0].sequence for one in missed)
    await asyncio.gather(*asking)
    last = page[0].sequence
    assert [one.sequence for one in heard] == list(range(last + 1, last + 1 + len(heard)))
    assert board(page + heard) == board(scene.engine.changes())


# The log


async def test_the_chain_links_every_turn_to_the_bytes_before_it(scene: Scene) -> None:
    await scene.busy_hour()
    previous = GENESIS
    for number, (record, turn) in enumerate(
        zip(stored(scene.engine), turns(scene.engine), strict=True), 1
    ):
        assert (turn.sequence, turn.previous) == (number, previous)
        previous = sha256(record).hexdigest()


async def test_reading_starts_behind_a_sequence(scene: Scene) -> None:
    await scene.busy_hour()
    records = stored(scene.engine)
    assert list(scene.engine.read(WENZHOU, after=5)) == records[5:]
    assert list(scene.engine.read(WENZHOU, after=len(records))) == []


async def test_what_is_answered_is_in_the_log_as_answered(scene: Scene) -> None:
    envelopes = [scene.envelope(STEWARD, scene.registration(f"team-{n}")) for n in range(50)]
    answers = await asyncio.gather(*map(scene.engine.submit, envelopes))
    in_log = turns(scene.engine)
    assert all(in_log[answer.turn.sequence - 1] == answer.turn for answer in answers)


async def test_a_log_opened_again_has_the_same_state(bench: Bench) -> None:
    bench.make()
    async with opened(bench) as engine:
        scene = Scene(engine)
        await scene.staffed()
        await scene.busy_hour()
        records, page, due = stored(engine), engine.changes(), engine.next_due(WENZHOU)
    async with opened(bench) as engine:
        assert stored(engine) == records
        assert state_of(stored(engine)) == state_of(records)
        assert board(engine.changes()) == board(page)
        assert engine.next_due(WENZHOU) == due


async def test_a_log_decided_again_is_the_same_to_the_byte(scene: Scene) -> None:
    await scene.busy_hour()
    records = stored(scene.engine)
    found = verdict(records)
    assert found.sound
    assert found.turns == len(records)
    assert found.state_hash == state_of(records)


# Closing


async def test_closing_under_load_answers_what_was_taken(bench: Bench) -> None:
    bench.make()
    engine = await bench.start()
    scene = Scene(engine)
    envelopes = [scene.envelope(STEWARD, scene.registration(f"team-{n}")) for n in range(400)]

    async def later(number: int, envelope: Envelope) -> Receipt:
        await asyncio.sleep(number / 8_000)
        return await engine.submit(envelope)

    asking = [asyncio.create_task(later(n, one)) for n, one in enumerate(envelopes)]
    await asyncio.sleep(0.025)
    await engine.close()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    async with opened(bench) as again:
        in_log = commands_in(again)
    for envelope, answer in zip(envelopes, answers, strict=True):
        assert isinstance(answer, Receipt | Stopping)
        assert in_log.count(envelope.command_id) == (1 if isinstance(answer, Receipt) else 0)
    assert {type(answer) for answer in answers} == {Receipt, Stopping}


async def test_a_closed_engine_takes_nothing_and_may_be_closed_again(bench: Bench) -> None:
    bench.make()
    engine = await bench.start()
    await engine.close()
    await engine.close()
    scene = Scene(engine)
    with pytest.raises(Stopping):
        await scene.sent(STEWARD, scene.registration("one"))
    with pytest.raises(Stopping):
        engine.changes()
