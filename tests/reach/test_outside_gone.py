"""A message's link of a team that is retired, or merged into another one, by then."""

from __future__ import annotations

import pytest

from schemas.values import DivisionCode
from tests.api.house import TOWN, House
from tests.reach.outside import asked, read
from tests.reach.stage import until

ENGLISH = ("accept-language", "en-GB,en;q=0.9,zh;q=0.5")


@pytest.mark.parametrize("why", ["retired", "merged"])
async def test_a_team_that_is_retired_or_merged_has_no_form_but_the_number_of_the_desk(
    house: House, why: str
) -> None:
    scene = await asked(house)
    other, _ = await house.organization()
    assert (await scene.say(answer="no")).status == 200
    assert "仍可前往" in read(await scene.look()), "a late yes is still possible"
    steward = await house.steward()
    if why == "retired":
        path, body = f"/organizations/{scene.organization}/retire", {}
    else:
        path, body = f"/organizations/{other}/merge", {"merged": scene.organization}
    assert (await steward.post(path, body)).status == 200
    without = await scene.look()
    assert "名册中没有该值班室的电话" in read(without)
    house.context.persons.add("值班员", "0577-6722 2110", division=DivisionCode(TOWN))
    chinese, english = await scene.look(), await scene.look(ENGLISH)
    assert {"retired": "已停用", "merged": "已并入另一组织"}[why] in read(chinese)
    assert {"retired": "is retired", "merged": "was merged"}[why] in read(english)
    for page in (chinese, english, await scene.say(answer="yes", quantity=1)):
        assert 'href="tel:057767222110"' in page.content.decode()
        assert "<form" not in page.content.decode()
    assert scene.row.state != "accepted"


async def test_a_team_that_is_retired_while_it_is_asked_is_told_whom_to_call(house: House) -> None:
    scene = await asked(house)
    steward = await house.steward()
    assert (await steward.post(f"/organizations/{scene.organization}/retire", {})).status == 200
    await until(lambda: scene.row.state == "stood_down")
    assert "已停用" in read(await scene.look())


async def test_what_is_over_for_everybody_is_over_for_a_retired_team(house: House) -> None:
    scene = await asked(house)
    closed = await scene.desk.post(
        f"/demands/{scene.demand}/close", {"reason": "canceled"}, revision=1
    )
    assert closed.status == 200
    await until(lambda: scene.row.state == "stood_down")
    steward = await house.steward()
    assert (await steward.post(f"/organizations/{scene.organization}/retire", {})).status == 200
    assert "已停用" not in read(await scene.look())
