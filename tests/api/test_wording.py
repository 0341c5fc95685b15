"""Words that change, through the doors: what a yes answers, and what a crew has read."""

from __future__ import annotations

from schemas.facts import OfferAccepted, WordsSeen, YesOutdated
from tests.api.house import House
from tests.api.test_doors import done, the_row
from tests.api.test_said import amend, at_work, posted
from tests.api.test_steps import facts, refused

DAM = "溃坝，激流，严禁小艇"


async def test_a_yes_to_earlier_words_is_refused_and_said_again_taken(house: House) -> None:
    _, crew = await house.organization()
    desk = await house.desk()
    demand = await posted(house, desk)
    asked = await the_row(crew, "offer")
    yes = {"quantity": 2, "revision": asked["words_in"]}
    await amend(desk, demand, risk_statement=DAM)
    path = f"/offers/{asked['id']}/accept"
    refused(await crew.post(path, yes, key="tapped-once"), 409, "words_changed")
    refused(await crew.post(path, yes, key="tapped-once"), 409, "words_changed")
    assert len(facts(house, YesOutdated)) == 1, "sent twice it is one"
    row = await the_row(crew, "offer")
    assert (row["state"], row["outdated"], row["risk_statement"]) == ("sent", True, DAM)
    assert "risk" in row["changed"]
    answer = done(await crew.post(path, {**yes, "revision": row["words_in"]}))
    assert answer["sealed"]["contact"]
    [accepted] = facts(house, OfferAccepted)
    assert accepted.revision == row["words_in"]


async def test_a_yes_without_a_revision_answers_the_words_as_they_are(house: House) -> None:
    _, crew = await house.organization()
    desk = await house.desk()
    demand = await posted(house, desk)
    await amend(desk, demand, risk_statement=DAM)
    offer = (await the_row(crew, "offer"))["id"]
    done(await crew.post(f"/offers/{offer}/accept", {"quantity": 2}))


async def test_a_revision_that_is_none_is_refused(house: House) -> None:
    _, crew = await house.organization()
    desk = await house.desk()
    await posted(house, desk)
    path = f"/offers/{(await the_row(crew, 'offer'))['id']}/accept"
    for wrong in (0, -1, "1", 1.5, 10**9, True):
        assert (await crew.post(path, {"quantity": 1, "revision": wrong})).status == 422
    refused(await crew.post(path, {"quantity": 1, "revision": 7}), 409, "words_changed")


async def test_a_desk_sees_whether_a_crew_has_read_what_changed(house: House) -> None:
    demand, desk, crew, _ = await at_work(house)
    await amend(desk, demand, risk_statement=DAM, way_in="走 S223")
    row = await the_row(desk, "assignment")
    assert (set(row["changed"]) >= {"risk", "way_in"}, row["seen_at"]) == (True, None)
    path = f"/assignments/{row['id']}/seen"
    done(await crew.post(path, {"revision": row["words_in"]}))
    done(await crew.post(path, {"revision": row["words_in"]}))
    assert len(facts(house, WordsSeen)) == 1
    row = await the_row(desk, "assignment")
    assert (row["changed"], row["seen_at"] is not None) == ([], True)
    refused(await crew.post(path, {"revision": 99}), 412, "revision_stale")
