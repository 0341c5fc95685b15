"""Answers from outside: looking changes nothing, one answer counts, and the page says so."""

from __future__ import annotations

from typing import Any

import pytest

from api.safe.patience import TRIES_MAX
from schemas.commands import AcceptOffer, DeclineOffer
from schemas.facts import OfferAccepted, SealedTextOpened
from schemas.refusals import REFUSALS, Refusal
from schemas.values import DeclineReason, DivisionCode, Mode
from tests.api.house import TOWN, House, ask
from tests.reach.outside import FORM, HIDDEN, asked, at_once, post, read

ENGLISH = ("accept-language", "en-GB,en;q=0.9,zh;q=0.5")
CHINESE = ("accept-language", "zh-CN,zh;q=0.9")
PAGE_BYTES_MAX = 12 * 1024


# --- looking ---------------------------------------------------------------------------------


async def test_a_preview_that_looks_a_hundred_times_changes_nothing(house: House) -> None:
    scene = await asked(house)
    before, row = house.sequence, scene.row
    for _ in range(50):
        assert (await scene.look()).status == 200
        assert (await scene.look(method="HEAD")).status == 200
    assert house.sequence == before
    assert scene.row == row
    reply = await scene.say(answer="yes", quantity=1)
    assert reply.status == 200, "the link is as good as before"


async def test_a_link_shows_what_is_asked_and_nothing_that_is_sealed_or_exact(
    house: House,
) -> None:
    scene = await asked(house)
    chinese, english = await scene.look(CHINESE), await scene.look(ENGLISH)
    for word in ("抽水排涝 2 台", "永嘉县", "距离", "前", "答应", "不能去", "无人可派", "实战"):
        assert word in read(chinese), word
    for word in ("Pumping and drainage 2 pumps", "Yongjia", "Answer by", "Yes, we come"):
        assert word in read(english), word
    await scene.say(answer="yes", quantity=2)
    for reply in (chinese, english, await scene.look()):
        page = reply.content.decode()
        assert not [word for word in HIDDEN if word in page]
        assert "王队长" not in page
        assert len(reply.content) < PAGE_BYTES_MAX


async def test_a_page_is_kept_by_nobody_and_named_neutrally(house: House) -> None:
    scene = await asked(house)
    for reply in (await scene.look(), await scene.say(answer="no"), await scene.enter("wrong")):
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["x-robots-tag"].startswith("noindex")
        assert "script" not in reply.content.decode()
        head = reply.content.decode().partition("</head>")[0]
        assert '<meta property="og:title" content="守望 Shouwang">' in head
        assert "<title>守望 Shouwang</title>" in head


async def test_the_language_is_the_browser_s_unless_one_is_chosen(house: House) -> None:
    scene = await asked(house)
    assert "Answer by" in read(await scene.look(CHINESE, query="?lang=en"))
    assert "请答复" in read(await scene.look(ENGLISH, query="?lang=zh"))
    assert "Answer by" in read(await scene.look(ENGLISH, query="?lang=xx"))
    assert "请答复" in read(await scene.look(("accept-language", "fr, *;q=x")))
    assert 'lang="en"' in (await scene.look(ENGLISH)).content.decode()


async def test_a_forged_link_and_one_that_is_over_look_alike(stage: House) -> None:
    scene = await asked(stage)
    forged = await ask(stage.app, "GET", "/o/AAAAAAAAAAAAAAAAAAAAAA")
    assert forged.status == 404
    assert "链接无效或已过期" in read(forged)
    assert "演练" in read(forged)
    await stage.wait(minutes=24 * 60 + 10)
    assert (await scene.look()).content == forged.content
    before = stage.sequence
    late = await scene.say(answer="yes", quantity=1)
    assert (late.status, late.content) == (404, forged.content)
    assert stage.sequence == before


async def test_who_has_left_the_organization_answers_nothing(house: House) -> None:
    scene = await asked(house)
    house.context.persons.remove(scene.leader)
    assert (await scene.look()).status == 404
    assert (await scene.say(answer="yes")).status == 404
    assert (await scene.enter(scene.told.code)).status == 404
    assert not scene.turns()


# --- answering -------------------------------------------------------------------------------


async def test_a_yes_is_that_person_s_command_and_opens_nothing(house: House) -> None:
    scene = await asked(house)
    reply = await scene.say(answer="yes", quantity=1, minutes=30)
    assert reply.status == 200
    assert "已记录：答应 1 台" in read(reply)
    [turn] = scene.turns()
    assert turn.command == AcceptOffer(
        offer=scene.offer, quantity=1, minutes=30, person=scene.leader
    )
    assert not [fact for fact in turn.facts if isinstance(fact, SealedTextOpened)]
    assert scene.row.state == "accepted"
    assert "已答复：答应 1 台" in read(await scene.look())


async def test_who_has_said_yes_has_the_number_of_the_desk(house: House) -> None:
    """They see no rally point here; the desk tells them, and not before the yes."""
    house.context.persons.add("值班员", "0577-6722 2110", division=DivisionCode(TOWN))
    scene = await asked(house)
    assert "0577" not in (await scene.look()).content.decode()
    await scene.say(answer="yes", quantity=1)
    page = (await scene.look()).content.decode()
    assert 'href="tel:057767222110"' in page
    assert "值班员" not in page


async def test_a_no_has_a_reason_and_perhaps_a_time(house: House) -> None:
    scene = await asked(house)
    free_from = house.context.now() // 1_000 * 1_000 + 3_600_000
    reply = await scene.say(answer="no", reason="road_blocked", free_from=free_from)
    assert "已记录：谢绝（道路不通）" in read(reply)
    assert "起可出动" in read(reply)
    assert scene.commands() == [
        DeclineOffer(
            offer=scene.offer,
            reason=DeclineReason.ROAD_BLOCKED,
            free_from=free_from,
            person=scene.leader,
        )
    ]
    page = read(await scene.look())
    assert "仍可答应" in page
    assert "不能去" not in page


async def test_a_group_s_link_answers_for_no_person(house: House) -> None:
    scene = await asked(house)
    scene.told = scene.told_anew(None)
    assert (await scene.say(answer="yes")).status == 200
    assert scene.commands() == [AcceptOffer(offer=scene.offer, quantity=2)]


@pytest.mark.parametrize("fields", [{"answer": "yes", "quantity": 2}, {"answer": "no"}])
async def test_two_posts_at_once_are_one_answer_with_one_result(
    house: House, fields: dict[str, Any]
) -> None:
    scene = await asked(house)
    before = house.sequence
    replies = await at_once(scene.say(**fields), scene.say(**fields), scene.say(**fields))
    assert {reply.status for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 1
    assert house.sequence == before + 1
    assert (await scene.say(**fields)).content == replies[0].content, "also a while later"


async def test_link_and_code_of_one_message_are_one_answer(house: House) -> None:
    scene = await asked(house)
    by_link, by_code = await at_once(
        scene.say(answer="yes", quantity=2),
        scene.enter(scene.told.code, answer="yes", quantity=2),
    )
    assert by_link.status == by_code.status == 200
    assert len(scene.turns()) == 1
    assert "已记录" in read(by_code)


async def test_the_same_word_after_another_one_counts_again(house: House) -> None:
    scene = await asked(house)
    for said, state in (("no", "declined"), ("yes", "accepted")):
        await scene.say(answer=said)
        assert scene.row.state == state
    reply = await scene.say(answer="no")
    message = REFUSALS[Refusal.ALREADY_ANSWERED]
    assert reply.status == message.status
    assert message.zh in read(reply), "not the old 'recorded'"
    assert scene.row.state == "accepted"


async def test_who_was_refused_may_come_back(stage: House) -> None:
    scene = await asked(stage)
    busy = {"capabilities": [{"skill": "PUMP_DRAIN", "units": 1}]}
    path = f"/organizations/{scene.organization}/capacity"
    assert (await scene.crew.post(path, busy)).status == 200
    first = await scene.say(answer="yes", quantity=2)
    message = REFUSALS[Refusal.CAPACITY_TAKEN]
    assert first.status == message.status
    assert message.zh in read(first)
    assert "没有记录" in read(first)
    assert (await scene.say(answer="yes", quantity=2)).content == first.content
    free = {"capabilities": [{"skill": "PUMP_DRAIN", "units": 2}]}
    assert (await scene.crew.post(path, free)).status == 200
    await stage.wait(seconds=20)
    assert "已记录：答应 2 台" in read(await scene.say(answer="yes", quantity=2))


# --- too late --------------------------------------------------------------------------------


async def test_after_the_deadline_a_yes_still_counts_where_help_is_short(stage: House) -> None:
    scene = await asked(stage)
    await stage.wait(minutes=4)
    page = read(await scene.look())
    assert "答复时间已过，仍可答复" in page
    assert "目前仍缺人手" in page
    assert "演练" in page
    assert scene.row.mode is Mode.EXERCISE
    reply = read(await scene.say(answer="yes"))
    assert "虽已过答复时间，仍需要您" in reply
    [turn] = scene.turns()
    assert [fact.late for fact in turn.facts if isinstance(fact, OfferAccepted)] == [True]


async def test_the_link_of_an_earlier_message_answers_the_newest_offer(stage: House) -> None:
    scene = await asked(stage)
    await stage.wait(minutes=9)
    assert not scene.row.answerable, "it was asked anew"
    page = read(await scene.look())
    assert "正在等待您的答复" in page
    assert "已记录：答应 2 台" in read(await scene.say(answer="yes"))
    [command] = scene.commands()
    assert command.offer != scene.offer
    assert "已答复：答应 2 台" in read(await scene.look())


async def test_too_late_for_what_is_covered_is_a_standby(stage: House) -> None:
    scene = await asked(stage)
    await stage.wait(minutes=4)
    line = scene.row.line
    done = await scene.desk.post(f"/lines/{line}/own-crew", {"units": 2})
    assert done.status == 200
    assert "目前已够" in read(await scene.look())
    reply = read(await scene.say(answer="yes", quantity=1))
    assert "已登记候补：1 台" in reply
    assert "暂勿出发" in reply
    page = read(await scene.look())
    assert "已登记候补" in page
    await scene.say(answer="no")
    assert scene.row.state == "declined"


async def test_too_late_for_what_is_over_is_thanked(house: House) -> None:
    scene = await asked(house)
    closed = await scene.desk.post(
        f"/demands/{scene.demand}/close", {"reason": "done_by_others"}, revision=1
    )
    assert closed.status == 200
    page = await scene.look(CHINESE)
    assert "已不再需要" in read(page)
    assert "<form" not in page.content.decode()
    reply = await scene.say(CHINESE, answer="yes")
    assert "太晚了，但谢谢您" in read(reply)
    english = await scene.say(ENGLISH, answer="yes")
    assert "Too late, but thank you" in read(english)


# --- codes -----------------------------------------------------------------------------------


async def test_a_code_shows_the_offer_and_then_takes_the_answer(house: House) -> None:
    scene = await asked(house)
    code = scene.told.code
    typed = f" {code[:4].lower()}-{code[4:].lower()} "
    before = house.sequence
    for path in ("/answer", "/a"):
        assert "八位编号" in read(await ask(house.app, "GET", path))
        shown = await post(house, path, {"code": typed})
        assert "抽水排涝 2 台" in read(shown)
    assert house.sequence == before
    assert f'name="code" value="{typed}"' in shown.content.decode()
    assert "已记录：谢绝" in read(await scene.enter(typed, answer="no", reason="too_far"))


async def test_too_many_wrong_codes_block_the_client(house: House) -> None:
    scene = await asked(house)
    first = await scene.enter("AAAA0000")
    assert first.status == 404
    for _ in range(TRIES_MAX - 1):
        assert (await scene.enter("AAAA0000")).content == first.content
    blocked = await scene.enter(scene.told.code, answer="yes")
    assert blocked.status == 429
    assert 0 < int(blocked.headers["retry-after"]) <= 900
    assert "15 分钟" in read(blocked)
    assert not scene.turns()
    assert (await scene.look()).status == 200, "a link is not guessed"


async def test_a_code_that_is_over_counts_as_a_wrong_one(stage: House) -> None:
    scene = await asked(stage)
    wrong = await scene.enter("AAAA0000")
    await stage.wait(minutes=24 * 60 + 10)
    for _ in range(TRIES_MAX - 1):
        over = await scene.enter(scene.told.code)
        assert (over.status, over.content) == (wrong.status, wrong.content)
    assert (await scene.enter(scene.told.code)).status == 429


# --- bad input -------------------------------------------------------------------------------

BAD: list[tuple[bytes, int]] = [
    (b"", 422),
    (b"quantity=1", 422),
    (b"answer=maybe", 422),
    (b"answer=yes&answer=yes", 400),
    (b"answer=yes&person=somebody", 422),
    (b"answer=yes&reason=other", 422),
    (b"answer=no&quantity=1", 422),
    (b"answer=no&reason=because", 422),
    (b"answer=yes&quantity=0", 422),
    (b"answer=yes&quantity=501", 422),
    (b"answer=yes&quantity=1.5", 422),
    (b"answer=yes&quantity=-1", 422),
    (b"answer=yes&quantity=%EF%BC%92", 422),
    (b"answer=yes&minutes=2881", 422),
    (b"answer=no&free_from=9999999999999999", 422),
    (b"answer=%FF", 400),
    ("answer=是".encode(), 400),
    (b"answer", 400),
    (b"&".join(b"f%d=1" % number for number in range(99)), 400),
    (b"answer=" + b"x" * 5_000, 413),
    (b'{"answer":"yes"}', 400),
]


async def test_a_form_that_is_not_ours_is_refused_on_a_page(house: House) -> None:
    scene = await asked(house)
    before = house.sequence
    for raw, status in BAD:
        reply = await ask(house.app, "POST", f"/o/{scene.told.token}", [FORM], [raw])
        assert reply.status == status, raw
        assert reply.headers["content-type"].startswith("text/html")
        assert b"somebody" not in reply.content
    assert house.sequence == before


async def test_more_than_was_asked_for_is_refused_by_the_rules(house: House) -> None:
    scene = await asked(house)
    reply = await scene.say(answer="yes", quantity=3)
    assert REFUSALS[Refusal.QUANTITY_OVER_OFFER].zh in read(reply)
    assert scene.row.state == "sent"


async def test_only_our_own_pages_post(house: House) -> None:
    scene = await asked(house)
    for header in (("origin", "https://evil.example"), ("origin", "null")):
        assert (await scene.say(header, answer="yes")).status == 403
    assert (await scene.say(("sec-fetch-site", "cross-site"), answer="yes")).status == 403
    json_form = ("content-type", "application/json")
    path = f"/o/{scene.told.token}"
    assert (await ask(house.app, "POST", path, [json_form], [b"{}"])).status == 400
    assert not scene.turns()
    own = ("origin", house.context.settings.url)
    assert (await scene.say(own, answer="yes")).status == 200


async def test_the_sheet_to_print_names_the_fixed_page(house: House) -> None:
    reply = await ask(house.app, "GET", "/answer/poster")
    page = reply.content.decode()
    assert f"{house.context.settings.url}/answer<" in page
    assert "<svg" in page
    assert "style=" not in page
    assert "<style" not in page


async def test_a_name_that_could_be_markup_is_text(house: House) -> None:
    reply = await post(house, "/answer", {"code": '"><script>alert(1)</script>'})
    assert b"<script" not in reply.content
