"""Addresses: where people are reached, what they agreed to, and that nothing else is used."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from api.people import Address, Addresses, AddressRefused, Whose, mobile, national, shown
from api.safe import TextDamaged, Vault
from schemas.values import DivisionCode, OrganizationId
from tests.api.book import HOOK, NUMBER, OF_OTHER, OF_TEAM, TEAM, TYPED, Book
from tests.api.house import TOWN

# Numbers


@pytest.mark.parametrize(
    "typed",
    [
        "13905770001",
        "139 0577 0001",
        "139-0577-0001",
        "+86 139 0577 0001",
        "0086-13905770001",
        "8613905770001",
        "（+86）139 0577 0001",
        "１３９０５７７０００１",
    ],
)
def test_a_mobile_number_has_one_form_however_it_is_typed(typed: str) -> None:
    assert mobile(typed) == NUMBER
    assert national(NUMBER) == "13905770001"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "110",
        "0577-67220000",
        "400 800 1234",
        "12905770001",
        "1390577000",
        "139057700011",
        "+85213905770001",
        "1390577000a",
        "+1 139 0577 0001",
        "861390577000",
        "139٠577٠٠٠1",
    ],
)
def test_what_is_no_mainland_mobile_number_is_none(typed: str) -> None:
    assert mobile(typed) is None


def test_a_landline_can_be_called_and_takes_no_messages(book: Book) -> None:
    person = book.person("0577-67220000")
    for channel in ("sms", "voice"):
        with pytest.raises(AddressRefused, match="number_not_mobile"):
            book.addresses.add(channel, "0577-67220000", OF_TEAM, person=person)
    assert book.persons.of_organization(TEAM)[0].telephone == "0577-67220000"


# What may be used


def test_nothing_is_used_that_is_not_verified_and_agreed_to(book: Book) -> None:
    id = book.sms(book.person())
    assert book.of_team() == []
    with pytest.raises(AddressRefused, match="address_not_verified"):
        book.addresses.consent(id, ["ask"], by="a")
    book.addresses.confirm(id, book.code(id), by="a")
    assert book.of_team() == [], "not agreed to"
    book.addresses.consent(id, ["ask"], by="a")
    assert book.of_team() == [[id]]
    book.addresses.withdraw(id, ["ask"], by="a", how="page")
    assert book.of_team() == [], "verified, and not agreed to"


def test_what_may_be_used_comes_opened_in_the_order_of_calling(book: Book) -> None:
    late = book.usable("13905770002", order=2)
    first = book.usable("13905770003")
    robot = book.addresses.add("dingtalk_robot", HOOK, OF_TEAM, secret="SEC1", by="a")
    book.addresses.vouch(robot, "tried", by="a")
    book.addresses.consent(robot, ["ask", "drill"], by="a")
    book.usable("13905770004", OF_OTHER)
    found = book.addresses.of_organization(TEAM)
    assert [[a.id for a in one.addresses] for one in found] == [[robot], [first], [late]]
    assert [one.order for one in found] == [0, 1, 2]
    assert found[0].person is None
    assert found[0].addresses[0].to == HOOK
    assert found[0].addresses[0].secret == "SEC1"
    assert found[0].addresses[0].consent == ("ask", "drill")
    assert (found[1].name, found[1].addresses[0].to) == ("王五", "+8613905770003")


def test_a_division_has_addresses_of_its_own(book: Book) -> None:
    town = DivisionCode(TOWN)
    id = book.usable(whose=Whose(None, town))
    assert [one.addresses[0].id for one in book.addresses.of_division(town)] == [id]
    assert book.addresses.of_division(DivisionCode("330324")) == []
    assert book.addresses.of_organization(OrganizationId(TOWN)) == []


def test_a_number_counts_for_both_its_rungs_and_each_is_agreed_to(book: Book) -> None:
    person = book.person()
    sms = book.sms(person)
    book.addresses.confirm(sms, book.code(sms), by="a")
    voice = book.addresses.add("voice", TYPED, OF_TEAM, person=person, by="a")
    book.addresses.consent(voice, ["ask", "night"], by="a")
    (found,) = book.addresses.of_organization(TEAM)
    assert [(a.id, a.rung, a.night) for a in found.addresses] == [(voice, "voice", True)]
    with pytest.raises(AddressRefused, match="code_unknown"):
        book.addresses.consent(sms, ["night"], by="a")


def test_an_address_is_added_once(book: Book) -> None:
    person = book.person()
    id = book.addresses.add("sms", TYPED, OF_TEAM, person=person, id="given")
    assert id == book.addresses.add("sms", TYPED, OF_TEAM, person=person, id="given")
    with pytest.raises(AddressRefused, match="address_exists"):
        book.addresses.add("sms", "+86 13905770001", OF_TEAM, person=person)
    book.addresses.remove(id)
    book.addresses.add("sms", TYPED, OF_TEAM, person=person, id="given")
    assert book.addresses.of(OF_TEAM) == [], "a request that comes late brings nothing back"
    assert book.addresses.add("sms", TYPED, OF_TEAM, person=person) != id


@pytest.mark.parametrize(
    ("channel", "to"),
    [
        ("dingtalk_robot", "oapi.dingtalk.com"),
        ("webhook", "ftp://a.example/"),
        ("webhook", "https:///x"),
        ("webhook", "https://u:p@a.example/"),
        ("webhook", "https://a.example:x/"),
        ("webhook", ""),
        ("webhook", "https://a.example/\u202e"),
        ("wecom", "a|b"),
        ("bark", ""),
        ("ntfy", "a b"),
    ],
)
def test_addresses_that_lead_nowhere_are_refused(book: Book, channel: str, to: str) -> None:
    person = book.person() if channel in ("wecom", "bark", "ntfy") else None
    with pytest.raises(AddressRefused, match="format_invalid"):
        book.addresses.add(channel, to, OF_TEAM, person=person)


def test_whose_an_address_can_be(book: Book) -> None:
    person = book.person()
    with pytest.raises(AddressRefused, match="code_unknown"):
        book.addresses.add("dingtalk_robot", HOOK, OF_TEAM, person=person)
    with pytest.raises(AddressRefused, match="code_unknown"):
        book.addresses.add("wecom", "zhang", OF_TEAM)
    with pytest.raises(LookupError):
        book.addresses.add("wecom", "zhang", OF_OTHER, person=person)
    with pytest.raises(AddressRefused, match="code_unknown"):
        book.addresses.add("pigeon", "zhang", OF_TEAM, person=person)
    for number in range(20):
        book.addresses.add("wecom", f"zhang{number}", OF_TEAM, person=person)
    with pytest.raises(AddressRefused, match="too_many"):
        book.addresses.add("wecom", "zhang", OF_TEAM, person=person)


# Sealed, and gone


def test_nothing_of_an_address_is_readable_on_the_disk(book: Book, tmp_path: Path) -> None:
    id = book.addresses.add("dingtalk_robot", HOOK, OF_TEAM, secret="SECRET-KEY", by="a")
    book.addresses.vouch(id, "looked at it together", by="a")
    person = book.persons.add("王五", "119", organization=TEAM)
    book.sms(person)
    code = book.code(book.addresses.of(OF_TEAM)[1].address.id)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for text in ("access_token", "SECRET-KEY", "13905770001", "together", code):
        assert text.encode() not in kept


def test_a_sealed_address_is_bound_to_its_id(book: Book, tmp_path: Path) -> None:
    sealed = book.vault.seal_for_folder("to:a", NUMBER)
    assert book.vault.open_for_folder("to:a", sealed) == NUMBER
    for about, text in (("to:b", sealed), ("to:a", sealed[:-1]), ("to:a", b"")):
        with pytest.raises(TextDamaged):
            book.vault.open_for_folder(about, text)
    with closing(Vault(tmp_path / "other.db")) as other, pytest.raises(TextDamaged):
        other.open_for_folder("to:a", sealed)


def test_with_another_key_file_nothing_is_used_and_nothing_fails(
    book: Book, tmp_path: Path
) -> None:
    book.usable()
    with (
        closing(Vault(tmp_path / "other.db")) as other,
        closing(Addresses(book.path, other)) as addresses,
    ):
        assert addresses.of_organization(TEAM) == []
        assert [kept.address.to for kept in addresses.of(OF_TEAM)] == [""]


def test_who_is_removed_is_reached_no_more(book: Book) -> None:
    id = book.usable()
    (kept,) = book.addresses.of(OF_TEAM)
    assert kept.address.person is not None
    book.persons.remove(kept.address.person)
    assert book.of_team() == []
    assert book.addresses.of(OF_TEAM) == []
    assert book.addresses.by_number(TYPED) == []
    with pytest.raises(LookupError):
        book.addresses.verify(id, by="a", request="r")


def test_another_telephone_is_verified_anew(book: Book) -> None:
    id = book.usable()
    person = book.addresses.of(OF_TEAM)[0].address.person
    assert person is not None
    book.addresses.follow(person, "139-0577-0001")
    assert book.of_team() == [[id]], "the same number, typed otherwise"
    code = book.code(id)
    book.addresses.follow(person, "13905770009")
    assert book.of_team() == []
    assert book.addresses.of(OF_TEAM)[0].address.to == "+8613905770009"
    with pytest.raises(AddressRefused, match="code_over"):
        book.addresses.confirm(id, code, by="a")
    book.addresses.follow(person, "0577-67220000")
    assert book.addresses.of(OF_TEAM) == []


def test_another_telephone_is_agreed_to_anew(book: Book) -> None:
    """Whoever has the new number has agreed to nothing yet."""
    id = book.usable()
    person = book.addresses.of(OF_TEAM)[0].address.person
    assert person is not None
    book.addresses.follow(person, TYPED)
    assert book.withdrawn(id) == [(None, False)], "the same number"
    book.addresses.follow(person, "13905770009")
    assert book.withdrawn(id) == [("number", True)]
    book.addresses.vouch(id, "called", by="a")
    assert book.of_team() == []
    book.addresses.consent(id, ["ask"], by="a")
    assert book.of_team() == [[id]]


def test_what_is_removed_ends_its_consents(book: Book) -> None:
    id, other = book.usable(), book.usable("13905770002")
    book.addresses.withdraw(id, ["ask"], by="a", how="page")
    book.addresses.consent(id, ["drill"], by="a")
    book.addresses.remove(id)
    assert book.withdrawn(id) == [("page", True), ("removed", True)]
    (kept,) = book.addresses.of(OF_TEAM)
    assert kept.address.person is not None
    book.persons.remove(kept.address.person)
    assert book.withdrawn(other) == [("removed", True)]


def test_what_may_be_shown() -> None:
    def of(channel: str, to: str) -> Address:
        return Address("x", "chat", channel, to, "s", None, TEAM, None, None, ())

    assert shown(of("sms", NUMBER), telephone=True) == NUMBER
    assert shown(of("sms", NUMBER), telephone=False) == "…0001"
    assert shown(of("dingtalk_robot", HOOK), telephone=True) == "oapi.dingtalk.com…cdef"
    assert shown(of("wecom", "zhangsan"), telephone=True) == "…"
    assert shown(of("bark", "k3yk3yk3yk3y"), telephone=True) == "…yk3y"
