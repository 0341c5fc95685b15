"""By hand: whom nothing tells is called at once, and a call that nobody picked up is no silence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from msgspec.structs import replace

from api.reach import only_by_hand
from api.reach.forgetting import Forgetting
from api.reach.notices import NOTICES, Notices, Rang
from schemas.facts import OfferUnreachable
from schemas.values import OfferId
from tests.api.house import OTHER_TOWN, Person
from tests.reach.stage import Stage, Team, staged, until


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


async def calls(desk: Person, *offers: str) -> list[dict[str, Any]]:
    reply = await desk.get(f"/offers/calls?offers={','.join(offers)}")
    assert reply.status == 200, reply.content
    return list(reply.json)


async def by_hand(desk: Person, offer: str) -> bool:
    [told] = await calls(desk, offer)
    return bool(told["by_hand"])


async def asked(stage: Stage, *rungs: str) -> tuple[Team, Person, OfferId]:
    """A team reached by these rungs, the desk that asks it, and the offer."""
    team = await stage.team(*rungs)
    (offer,) = await stage.publish()
    assert stage.desk is not None
    return team, stage.desk, offer.id


async def rang(
    desk: Person, offer: str, person: str | None, key: str | None = None
) -> dict[str, Any]:
    body = {} if person is None else {"person": person}
    reply = await desk.post(f"/offers/{offer}/not-picked-up", body, key=key)
    assert reply.status == 200, reply.content
    return dict(reply.json)


# Whom nothing tells


async def test_a_team_without_any_address_is_called_at_once(stage: Stage) -> None:
    _, desk, offer = await asked(stage)
    told = {"by_hand": True, "tried": 0, "tried_at": None, "left": 1}
    assert await calls(desk, offer) == [{"offer": offer, **told}]


async def test_an_address_counts_only_while_a_channel_is_there_for_it(stage: Stage) -> None:
    _, desk, offer = await asked(stage, "sms")
    assert await by_hand(desk, offer), "nobody has set up any channel"
    name = stage.sms()
    assert not await by_hand(desk, offer)
    stage.setups.pause(name)
    assert await by_hand(desk, offer)
    stage.setups.resume(name)
    stage.setups.broken(name, "balance", 1)
    assert not await by_hand(desk, offer), "the messenger says when it despairs"


async def test_without_consent_nothing_is_sent_so_a_person_calls(stage: Stage) -> None:
    stage.sms()
    await stage.team("sms", consent=("drill",))
    (offer,) = await stage.publish()
    assert stage.desk is not None
    assert await by_hand(stage.desk, offer.id)


async def test_whom_only_a_telephone_call_reaches_is_called_by_hand_where_none_is_made(
    stage: Stage,
) -> None:
    """P4 rings nobody by itself."""
    stage.voice()
    team, _, offer = await asked(stage, "voice")
    row, context = stage.offer(offer), stage.house.context
    beside = [team.organization], context.addresses, context.setups
    assert not only_by_hand(row, *beside)
    assert only_by_hand(replace(row, priority=4), *beside)


async def test_who_has_seen_it_on_the_page_need_not_be_called_at_once(stage: Stage) -> None:
    team, desk, offer = await asked(stage)
    await team.crew.post("/offers/seen", {"offers": [offer]})
    await stage.house.context.telling.step()
    await stage.rounds(2)
    assert stage.offer(offer).reached_by == "page"
    assert not await by_hand(desk, offer)


# Nobody picked up


async def test_after_one_number_the_next_is_offered_and_the_time_runs_on(stage: Stage) -> None:
    team, desk, offer = await asked(stage)
    first = team.person
    await stage.person(team, order=2)
    told = await rang(desk, offer, first)
    assert (told["given_up"], told["calls"]["tried"], told["calls"]["left"]) == (False, 1, 1)
    shown = (await desk.post(f"/offers/{offer}/persons", {})).json["persons"]
    assert [one["tried_at"] is None for one in shown] == [False, True]
    await stage.rounds(2)
    assert stage.offer(offer).state == "sent"


async def test_after_the_last_number_of_whom_nothing_tells_the_next_team_is_asked(
    stage: Stage,
) -> None:
    team, desk, offer = await asked(stage)
    other, _ = await stage.house.organization(capabilities=[{"skill": "PUMP_DRAIN", "units": 9}])
    demand = stage.offer(offer).demand
    told = await rang(desk, offer, team.person)
    assert told["given_up"]
    await until(lambda: stage.offer(offer).state == "unreachable")
    await until(lambda: any(one.organization == other for one in stage.offers(demand)))
    facts = [fact for turn in stage.house.turns() for fact in turn.facts]
    assert sum(isinstance(fact, OfferUnreachable) for fact in facts) == 1, "and no silence"
    assert stage.offer(offer).answerable, "a late yes counts"


async def test_whom_a_message_has_reached_is_not_given_up_for_a_call(stage: Stage) -> None:
    stage.sms()
    team, desk, offer = await asked(stage, "sms")
    await stage.rounds(2)
    assert stage.offer(offer).reached_by == "sms"
    told = await rang(desk, offer, team.person)
    assert (told["given_up"], told["calls"]["left"]) == (False, 0)
    await stage.rounds(2)
    assert stage.offer(offer).state == "sent"


async def test_a_number_that_is_not_registered_is_a_try_and_never_the_last(stage: Stage) -> None:
    _, desk, offer = await asked(stage)
    told = await rang(desk, offer, None)
    assert (told["given_up"], told["calls"]["tried"], told["calls"]["left"]) == (False, 1, 1)


async def test_a_repeat_is_one_try_and_no_turn_says_who_was_called(stage: Stage) -> None:
    team, desk, offer = await asked(stage)
    await stage.person(team, order=2)
    before = stage.house.sequence
    for _ in range(2):
        told = await rang(desk, offer, team.person, key="one")
        assert told["calls"]["tried"] == 1
    assert stage.house.sequence == before


async def test_others_and_other_persons_are_refused(stage: Stage) -> None:
    team, desk, offer = await asked(stage)
    other = await stage.house.desk(OTHER_TOWN)
    path = f"/offers/{offer}/not-picked-up"
    assert (await other.post(path, {})).status == 404
    assert (await team.crew.post(path, {})).status == 403
    assert (await desk.post(path, {"person": "nobody"})).status == 404
    assert await calls(other, offer) == []
    assert (await team.crew.get(f"/offers/calls?offers={offer}")).status == 403
    accepted = await team.crew.post(f"/offers/{offer}/accept", {"quantity": 1})
    assert accepted.status == 200, accepted.content
    assert stage.house.context.notices.rang(offer) == []


async def test_a_crew_that_does_not_pick_up_was_called_and_has_said_nothing(stage: Stage) -> None:
    team, desk, offer = await asked(stage)
    accepted = await team.crew.post(f"/offers/{offer}/accept", {"quantity": 1})
    assert accepted.status == 200, accepted.content
    before = stage.house.sequence
    told = await rang(desk, offer, team.person)
    assert (told["calls"]["tried"], told["given_up"]) == (1, False)
    assert stage.house.sequence == before, "no turn, so nothing that the crew owes is over"


async def test_nobody_is_called_about_what_is_over(stage: Stage) -> None:
    team, desk, offer = await asked(stage)
    demand = stage.offer(offer).demand
    closed = await desk.post(f"/demands/{demand}/close", {"reason": "canceled"}, revision=1)
    assert closed.status == 200, closed.content
    late = await desk.post(f"/offers/{offer}/not-picked-up", {"person": team.person})
    assert (late.status, late.code) == (409, "no_longer_needed")


async def test_tries_go_with_the_key_of_their_incident_and_after_a_month(tmp_path: Path) -> None:
    day = 86_400_000
    notices = Notices(tmp_path / NOTICES)
    for number, offer in enumerate(("gone", "old", "kept")):
        at = 0 if offer == "old" else 40 * day
        notices.ring(Rang(str(number), offer, "p", at, "desk"))
    forgetting = Forgetting(tmp_path / NOTICES, lambda offers: [o for o in offers if o == "gone"])
    await forgetting.step(40 * day + 1)
    forgetting.close()
    assert [bool(notices.rang(offer)) for offer in ("gone", "old", "kept")] == [False, False, True]
    notices.close()
