"""Codes that prove an address, and consent: given, withdrawn, and heard of by whoever delivers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from api.people import AddressRefused
from tests.api.book import DAY, MINUTE, NUMBER, OF_OTHER, OF_TEAM, OTHER, TEAM, TYPED, Book


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


# Codes


def test_a_code_is_given_out_once_and_opens_once(book: Book) -> None:
    id = book.sms(book.person())
    book.addresses.verify(id, by="a", request="r")
    with closing(book.opened()) as worker:
        (waiting,) = worker.to_verify()
        assert worker.to_verify() == []
        assert book.addresses.to_verify() == []
        worker.verification_sent(waiting.id, "sent")
    assert (waiting.address.id, waiting.address.to) == (id, NUMBER)
    assert len(waiting.code) == 6
    assert waiting.code.isdigit()
    book.addresses.confirm(id, waiting.code, by="a")
    with pytest.raises(AddressRefused, match="code_over"):
        book.addresses.confirm(id, waiting.code, by="a")
    (kept,) = book.addresses.of(OF_TEAM)
    assert (kept.address.verified_at, kept.verified_how) == (book.now, "code")


def test_five_tries_and_the_code_is_over(book: Book) -> None:
    id = book.sms(book.person())
    code = book.code(id)
    for _ in range(4):
        with pytest.raises(AddressRefused, match="code_wrong"):
            book.addresses.confirm(id, wrong(code), by="a")
    with pytest.raises(AddressRefused, match="code_over"):
        book.addresses.confirm(id, wrong(code), by="a")
    with pytest.raises(AddressRefused, match="code_over"):
        book.addresses.confirm(id, code, by="a")
    assert book.of_team() == []


def test_after_ten_minutes_the_code_is_over(book: Book) -> None:
    id = book.sms(book.person())
    code = book.code(id)
    book.now += 10 * MINUTE
    (kept,) = book.addresses.of(OF_TEAM)
    assert kept.verification is not None
    assert kept.verification.state == "over"
    with pytest.raises(AddressRefused, match="code_over"):
        book.addresses.confirm(id, code, by="a")


def test_a_code_of_one_address_opens_no_other(book: Book) -> None:
    one, other = book.sms(book.person()), book.sms(book.person("13905770002"), "13905770002")
    code = book.code(one)
    with pytest.raises(AddressRefused, match="code_over"):
        book.addresses.confirm(other, code, by="a")


def test_codes_are_asked_for_once_a_minute_and_ten_times_a_day(book: Book) -> None:
    id = book.sms(book.person())
    again = book.sms(book.person(whose=OF_OTHER), whose=OF_OTHER)
    assert book.addresses.verify(id, by="a", request="r").state == "queued"
    assert book.addresses.verify(id, by="a", request="r").state == "queued"
    with pytest.raises(AddressRefused, match="verification_too_soon"):
        book.addresses.verify(id, by="a", request="r2")
    for number in range(9):
        book.now += 2 * MINUTE
        book.addresses.verify(id, by="a", request=f"more{number}")
    book.now += 2 * MINUTE
    with pytest.raises(AddressRefused, match="verification_too_soon"):
        book.addresses.verify(again, by="b", request="theirs")
    book.now += DAY
    book.addresses.verify(again, by="b", request="theirs")


def test_the_pace_is_the_number_s_over_all_its_entries(book: Book) -> None:
    first, other = book.sms(book.person()), book.sms(book.person())
    book.addresses.verify(first, by="a", request="r")
    book.addresses.remove(first)
    anew = book.sms(book.person())
    for id in (other, anew):
        with pytest.raises(AddressRefused, match="verification_too_soon"):
            book.addresses.verify(id, by="b", request=f"of {id}")
    book.now += MINUTE
    book.addresses.verify(other, by="b", request="later")


def test_one_account_asks_for_thirty_codes_a_day(book: Book) -> None:
    ids = [
        book.sms(book.person(typed), typed) for typed in map(str, range(13905770010, 13905770041))
    ]
    for id in ids[:-1]:
        book.addresses.verify(id, by="a", request=id)
    with pytest.raises(AddressRefused, match="verification_too_soon"):
        book.addresses.verify(ids[-1], by="a", request="one more")
    book.addresses.verify(ids[-1], by="b", request="another's")
    book.now += DAY
    book.addresses.verify(ids[0], by="a", request="tomorrow")


def test_what_came_of_a_code_is_told(book: Book) -> None:
    id = book.sms(book.person())
    book.addresses.verify(id, by="a", request="r")
    (waiting,) = book.addresses.to_verify()
    with pytest.raises(ValueError, match="outcome"):
        book.addresses.verification_sent(waiting.id, "perhaps")
    book.addresses.verification_sent(waiting.id, "unknown", "lost")
    told = book.addresses.of(OF_TEAM)[0].verification
    assert told is not None
    assert (told.state, told.why, told.until) == ("unknown", "lost", book.now + 10 * MINUTE)
    book.addresses.confirm(id, waiting.code, by="a")  # it may have come all the same


def test_what_nobody_took_is_told_as_failed(book: Book) -> None:
    id = book.sms(book.person())
    book.addresses.verify(id, by="a", request="r")
    book.now += 11 * MINUTE
    assert book.addresses.to_verify() == []
    told = book.addresses.of(OF_TEAM)[0].verification
    assert told is not None
    assert (told.state, told.why) == ("failed", "late")


def test_a_code_for_a_call_goes_by_sms_to_the_same_number(book: Book) -> None:
    id = book.addresses.add("voice", TYPED, OF_TEAM, person=book.person())
    book.addresses.verify(id, by="a", request="r")
    (waiting,) = book.addresses.to_verify()
    assert (waiting.address.channel, waiting.address.rung) == ("sms", "sms")


# Consent, withdrawn


def test_consent_is_kept_with_its_text_its_time_and_who_entered_it(book: Book) -> None:
    id = book.sms(book.person())
    book.addresses.vouch(id, "called", by="a")
    book.addresses.consent(id, ["ask"], by="a", text=1)
    begun, book.now = book.now, book.now + MINUTE
    book.addresses.consent(id, ["ask", "drill"], by="b", text=1)
    (kept,) = book.addresses.of(OF_TEAM)
    told = [(each.kind, each.text, each.given_at, each.given_by) for each in kept.consents]
    assert told == [("ask", 1, begun, "a"), ("drill", 1, book.now, "b")]


def test_a_reply_withdraws_all_that_a_number_agreed_to(book: Book) -> None:
    """Whoever else has the number: a reply says no more than which number it comes from."""
    book.usable()
    other = book.usable(whose=OF_OTHER)
    book.addresses.consent(other, ["drill"], by="a")
    apart = book.usable("13905770002")
    assert book.addresses.withdraw_number("+86 139 0577 0001") == 3
    assert book.addresses.withdraw_number(TYPED) == 0
    assert book.addresses.withdraw_number("nothing") == 0
    assert book.of_team() == [[apart]]
    assert book.addresses.of_organization(OTHER) == []


def test_after_a_reply_only_the_number_itself_can_be_agreed_for_again(book: Book) -> None:
    """Given a code that is open, when T comes from the number, then neither serves any more."""
    id = book.usable()
    code = book.code(id)
    book.addresses.withdraw_number(TYPED, by="desk", how="desk")
    book.addresses.consent(id, ["ask"], by="a")
    book.addresses.withdraw_number(TYPED)
    (kept,) = book.addresses.of(OF_TEAM)
    assert kept.address.verified_at is None
    with pytest.raises(AddressRefused, match="address_stopped"):
        book.addresses.vouch(id, "called", by="a")
    with pytest.raises(AddressRefused, match="address_not_verified"):
        book.addresses.consent(id, ["ask"], by="a")
    with pytest.raises(AddressRefused, match="code_over"):
        book.addresses.confirm(id, code, by="a")
    book.now += 2 * MINUTE
    book.addresses.confirm(id, book.code(id), by="a")
    book.addresses.consent(id, ["ask"], by="a")
    assert book.of_team() == [[id]]
    book.addresses.withdraw_number(TYPED)
    assert kept.address.person is not None
    book.addresses.follow(kept.address.person, "13905770009")
    book.addresses.vouch(id, "another number", by="a")


def test_what_was_withdrawn_can_be_given_again(book: Book) -> None:
    id = book.usable()
    assert book.addresses.withdraw(id, ["ask", "drill"], by="a", how="page") == 1
    book.addresses.consent(id, ["ask"], by="a")
    assert book.of_team() == [[id]]


def test_whose_a_number_is(book: Book) -> None:
    book.sms(book.person("13905770005"), "13905770005")
    assert book.addresses.by_number("13905770005") == [], "not verified"
    book.usable()
    book.usable(whose=OF_OTHER)
    found = book.addresses.by_number("8613905770001")
    assert [known.organization for known in found] == [TEAM, OTHER]
    assert all(known.person for known in found)
    assert book.addresses.by_number("110") == []


def test_whoever_reads_hears_of_every_change(book: Book) -> None:
    person = book.person()
    id = book.sms(person)
    acts: list[Callable[[], object]] = [
        lambda: book.addresses.vouch(id, "called", by="a"),
        lambda: book.addresses.consent(id, ["ask"], by="a"),
        lambda: book.addresses.withdraw_number(TYPED),
        lambda: book.persons.correct(person, name="王五", telephone=TYPED, order=2),
        lambda: book.addresses.follow(person, "13905770002"),
        lambda: book.addresses.remove(id),
        lambda: book.persons.remove(person),
    ]
    with closing(book.opened()) as worker:
        seen = [worker.changed()]
        for act in acts:
            act()
            seen.append(worker.changed())
        assert len(dict.fromkeys(seen)) == len(acts) + 1
        assert worker.changed() == seen[-1]
