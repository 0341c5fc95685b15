"""Invented organizations: the same for the same seed, and such as there might be."""

import json
from collections import Counter

from api.doors.calling import AddPersonBody
from api.doors.certificates import RecordCertificateBody
from api.doors.organizations import RegisterOrganizationBody
from api.drill.organizations import MARK, Invented, Town, invent
from schemas.codes import SKILLS
from schemas.values import RegistrationClass
from streams.days import day_of

AT = 1_751_700_000_000
HOUR = 3_600_000
TOWNS = [
    Town("330324102", "桥头镇", 120.4737, 28.1703, False),
    Town("330324109", "枫林镇", 120.7634, 28.3220, False),
    Town("330324113", "金溪镇", 120.6882, 28.1554, True),
]


def graded(made: list[Invented]) -> list[Invented]:
    return [one for one in made if one.certificates]


def test_the_same_seed_invents_the_same() -> None:
    assert invent(7, TOWNS, 240, AT) == invent(7, TOWNS, 240, AT)
    assert invent(7, TOWNS, 240, AT) != invent(8, TOWNS, 240, AT)


def test_names_are_marked_and_no_two_are_alike() -> None:
    names = [one.name for one in invent(7, TOWNS, 240, AT)]
    assert all(name.startswith(MARK) for name in names)
    assert len(set(names)) == 240


def test_the_doors_take_every_body() -> None:
    for one in invent(7, TOWNS, 240, AT):
        RegisterOrganizationBody.model_validate_json(json.dumps(one.body), strict=True)
        for certificate in one.certificates:
            RecordCertificateBody.model_validate_json(json.dumps(certificate), strict=True)
        person = json.dumps({**one.person, "organization": "o"})
        AddPersonBody.model_validate_json(person, strict=True)


def test_most_have_general_skills_and_are_filed() -> None:
    made = invent(7, TOWNS, 240, AT)
    classes = Counter(one.body["registration_class"] for one in made)
    assert 10 <= len(graded(made)) <= 36
    assert classes[RegistrationClass.FILED] > 120 > classes[RegistrationClass.REGISTERED] > 0
    assert classes[RegistrationClass.VILLAGE_GUIDED] > 20


def test_graded_skills_come_with_certificates_and_only_they() -> None:
    for one in invent(7, TOWNS, 240, AT):
        skills = {capability["skill"] for capability in one.body["capabilities"]}
        assert {c["skill"] for c in one.certificates} == {s for s in skills if SKILLS[s].graded}


def test_whoever_is_graded_is_registered_and_certified_by_the_standard() -> None:
    for one in graded(invent(7, TOWNS, 240, AT)):
        assert one.body["registration_class"] == RegistrationClass.REGISTERED
        for certificate in one.certificates:
            assert certificate["standard"] == SKILLS[certificate["skill"]].standard
            assert certificate["number"].startswith(MARK)


def test_a_village_s_boatmen_have_boats_and_no_grade() -> None:
    boatmen = [
        one
        for one in invent(7, TOWNS, 240, AT)
        if one.body["registration_class"] == RegistrationClass.VILLAGE_GUIDED
        and any(own["skill"] == "BOAT_OPERATE" for own in one.body["capabilities"])
    ]
    assert boatmen
    assert not any(one.certificates for one in boatmen)


def test_nobody_has_the_telephone_of_a_person_in_an_exercise() -> None:
    persons = [one.person for one in invent(7, TOWNS, 240, AT)]
    assert all(person["telephone"].startswith("000-") for person in persons)
    assert len({person["telephone"] for person in persons}) == 240


def test_some_certificates_have_expired_and_some_lapse_in_the_first_days() -> None:
    ends = [c["valid_through"] for one in invent(7, TOWNS, 2_000, AT) for c in one.certificates]
    today, later = day_of(AT), day_of(AT + 40 * HOUR)
    assert any(end < today for end in ends)
    assert any(today <= end <= later for end in ends)
    assert sum(end > later for end in ends) > len(ends) / 2


def test_days_are_those_of_the_area() -> None:
    assert day_of(1_751_731_199_999) == "2025-07-05"
    assert day_of(1_751_731_200_000) == "2025-07-06"


def test_a_town_without_a_seat_is_named_whole() -> None:
    for one in invent(7, TOWNS, 60, AT):
        has_point = "lon" in one.body["place"]
        assert has_point == (one.body["home"] != "330324113")


def test_points_keep_to_what_fits() -> None:
    made = invent(7, TOWNS[:1], 60, AT, fits=lambda _code, lon, _lat: lon < 120.4737)
    longitudes = [one.body["place"]["lon"] for one in made if "lon" in one.body["place"]]
    assert longitudes
    assert max(longitudes) < 120.4737


def test_frequencies_can_be_told() -> None:
    made = invent(7, TOWNS, 100, AT, {"ELECTRIC_REPAIR": 10_000, "CATERING": 0})
    first = Counter(one.body["capabilities"][0]["skill"] for one in made)
    assert first["ELECTRIC_REPAIR"] > 60
    assert "CATERING" not in first
