"""Whether who came back is whom the row names."""

import json
from hashlib import sha256

import pytest

from dashboard.identity.names import read_name
from dashboard.identity.person import read_person
from dashboard.jobs.match import fits_name, match_of
from tests.conftest import CASES


def answer(
    name: str,
    *companies: tuple[str, str],
    emails: tuple[str, ...] = (),
    personal: tuple[str, ...] = (),
    **more: object,
) -> dict:
    positions = [{"companyInfo": {"name": name, "domain": site}} for name, site in companies]
    for position in positions[:1]:
        position["emails"] = [{"value": value} for value in emails]
    return {
        "id": "PersonID-1",
        "name": {"fullName": name},
        "currentPositions": positions,
        "personalEmails": [{"value": value} for value in personal],
        **more,
    }


def profile(slug: str) -> dict:
    return {"linkedinUrl": f"https://www.linkedin.com/in/{slug}"}


ACME = ("Acme Inc", "acme.com")
EMAIL = {"email": "jane@acme.com"}
JANE = {"fullName": "Jane Doe"}
IVAN = {"email": "ivan.petrov@acme.ru"}
PRIVATE = {"email": "jane.doe@gmail.com"}
HASHED = {"hashedEmail": sha256(b"jane@acme.com").hexdigest()}
PHONES = [{"value": "+1 603-555-0101"}]
NAME = {"fullName": "Jane Doe", "company": {"name": "Acme"}}


@pytest.mark.parametrize(
    ("row", "input", "found", "match"),
    [
        ({"fullName": "Jane Doe"}, EMAIL, answer("Jane Doe", ACME), "exact"),
        ({"fullName": "Doe, Jane"}, EMAIL, answer("Jane A. Doe"), "exact"),
        (
            {},
            EMAIL,
            answer("Gus Gray", ACME),
            "check: jane@acme.com does not fit the name Gus Gray",
        ),
        ({}, EMAIL, answer("Jane Doe", ACME), "exact"),
        ({}, EMAIL, answer("Gus Gray", ACME, emails=("Jane@acme.com",)), "exact"),
        (
            {},
            EMAIL,
            answer("Jane Doe", ACME, emails=("jane@doe.com",)),
            "check: jane@acme.com is not on the record",
        ),
        # What is of another kind shows nothing: verified work emails alone may have been wanted.
        (
            {},
            PRIVATE,
            answer("Jane Doe", ACME, emails=("j@x.com",)),
            "exact",
        ),
        (
            {},
            {"email": "jane.doe@gmail.com"},
            answer("Jane Smith", personal=("js@gmail.com",)),
            "check: jane.doe@gmail.com is not on the record",
        ),
        (
            {},
            EMAIL,
            answer("Jane Smith", ("Fund", "fund.com")),
            "check: jane@acme.com is at none of the person's companies",
        ),
        ({}, profile("jane-doe"), answer("Jane Doe", linkedin=profile("Jane-Doe")), "exact"),
        (
            {},
            profile("jane-doe"),
            answer("Gus Gray", linkedin=profile("gus-gray")),
            "check: another LinkedIn profile",
        ),
        # A member's token and a name are two addresses of one profile.
        (
            JANE,
            profile("ACwAAAB1cD2ef"),
            answer("Jane Doe", linkedin=profile("jane-doe")),
            "exact",
        ),
        (
            {},
            profile("ACwAAAB1cD2ef"),
            answer("Gus Gray", linkedin=profile("gus-gray")),
            "check: nothing else in the row confirms the person",
        ),
        (
            {},
            profile("jane-doe"),
            answer("Gus Gray"),
            "check: nothing else in the row confirms the person",
        ),
        ({}, profile("jane-doe-17"), answer("Jane Doe"), "exact"),
        (
            {},
            {"id": "PersonID-1"},
            answer("Gus Gray") | {"id": "PersonID-2"},
            "check: another LeadIQ id",
        ),
        (JANE, {"id": "PersonID-1"}, answer("Jane Doe") | {"id": "PersonID-2"}, "exact"),
        # Only an initial, or only one name, could be anybody's.
        (
            {},
            {"email": "jsmith@acme.com"},
            answer("Adam Smith", ACME),
            "check: jsmith@acme.com does not fit the name Adam Smith",
        ),
        (
            {"lastName": "Smith"},
            {"email": "jane@acme.com"},
            answer("Adam Smith", ACME),
            "check: jane@acme.com does not fit the name Adam Smith",
        ),
        # Names in different letters cannot be compared: the address has to tell.
        ({"fullName": "Иван Петров"}, IVAN, answer("Ivan Petrov", ("Acme", "acme.ru")), "exact"),
        (
            {"fullName": "Иван Петров"},
            IVAN,
            answer("Gus Gray", ("Acme", "acme.ru")),
            "check: ivan.petrov@acme.ru does not fit the name Gus Gray",
        ),
        (
            {"fullName": "山田太郎", "company.name": "Acme"},
            {"fullName": "山田太郎", "company": {"name": "Acme"}},
            answer("Gus Gray", ACME),
            "check: a name in other letters, Gus Gray",
        ),
        (JANE, EMAIL, answer("", ACME), "check: no name on the record"),
        ({}, EMAIL, answer("", ACME), "check: no name on the record"),
        ({}, EMAIL, answer("", ACME, emails=("jane@acme.com",)), "exact"),
        # A tag is the owner's own addition to an address.
        (
            {},
            {"email": "jane+news@acme.com"},
            answer("Gus Gray", ACME, emails=("jane@acme.com",)),
            "exact",
        ),
        (
            {},
            {"phone": "+49305550101"},
            answer("Jane Doe", personalPhones=PHONES),
            "check: the number is not on the record",
        ),
        (
            {},
            {"phone": "(603) 555 0101"},
            answer("Jane Doe", personalPhones=PHONES),
            "exact",
        ),
        (
            {"fullName": "Jane Doe"},
            profile("jane-doe"),
            answer("Jane Doe", linkedin=profile("jane-doe-phd")),
            "exact",
        ),
        ({}, HASHED, answer("Jane Doe", ACME, emails=("jane@acme.com",)), "exact"),
        (
            {},
            HASHED,
            answer("Gus Gray", ACME, emails=("gus@acme.com",)),
            "check: the address is not on the record",
        ),
        ({}, HASHED, answer("Jane Doe"), "check: nothing else in the row confirms the person"),
        ({}, {"phone": "+16035550101"}, answer("Jane Doe", personalPhones=PHONES), "exact"),
        (
            {},
            {"phone": "+16035550199"},
            answer("Jane Doe", personalPhones=PHONES),
            "check: the number is not on the record",
        ),
        (
            {},
            {"phone": "+16035550101"},
            answer("Jane Doe"),
            "check: nothing else in the row confirms the person",
        ),
        ({}, EMAIL, answer("Jane Doe", ACME, confidence=79), "check: confidence 79%"),
        ({}, EMAIL, answer("Jane Doe", ACME, confidence=80), "exact"),
        ({"fullName": "Jane Doe"}, EMAIL, answer("Gus Gray"), "check: another name, Gus Gray"),
        (
            {"fullName": "Jane Doe", "company.name": "Acme"},
            NAME,
            answer("Jane Doe", ("Acme Bakery", "bakery.com")),
            "check: another company, Acme Bakery",
        ),
        (
            {"fullName": "Jane Doe", "company.name": "ACME GmbH"},
            NAME,
            answer("Jane Doe", ("Fund", "fund.com"), ACME),
            "exact",
        ),
        (
            {"fullName": "Jane Doe", "company.domain": "ge.com"},
            profile("jane-doe"),
            answer("Jane Doe", ("Genpact", None)),
            "check: another company, Genpact",
        ),
        (
            {"fullName": "Jane Doe", "company.domain": "ge.com"},
            profile("jane-doe"),
            answer("Jane Doe", ("GE Healthcare", None)),
            "exact",
        ),
        (
            {"fullName": "Jane Doe", "company.domain": "www.acme.com"},
            NAME,
            answer("Jane Doe", ("A.C.M.E.", "acme.com")),
            "exact",
        ),
        # Without company information there is no domain to compare with.
        (
            {"fullName": "Jane Doe", "company.domain": "acme.com"},
            NAME,
            answer("Jane Doe", ("Acme Inc", "")),
            "exact",
        ),
        (
            {"fullName": "Jane Doe", "company.domain": "acme.com"},
            NAME,
            answer("Jane Doe", ("Fund", "")),
            "check: another company, Fund",
        ),
        (
            {"fullName": "Jane Doe"},
            NAME,
            answer("Jane Doe", totalResults=2),
            "check: 2 people match",
        ),
        (JANE, EMAIL, answer("Jane Doe", totalResults=2), "exact"),
    ],
)
def test_how_sure_an_answer_is(row: dict, input: dict, found: dict, match: str) -> None:
    asked = read_person({field: (text,) for field, text in row.items()})
    assert match_of(asked, input, found, 80) == match


@pytest.mark.parametrize(
    ("case", "row", "match"),
    [
        ("d01_email_finds_somebody_else", {}, "check: jane@acme.com is not on the record"),
        (
            "d02_low_confidence",
            {"fullName": "Jane Doe", "company.name": "Acme"},
            "check: another company, Acme Bakery, confidence 61%",
        ),
        ("d03_two_current_positions", {}, "exact"),
    ],
)
def test_the_cases(case: str, row: dict, match: str) -> None:
    file = CASES / "inputs" / f"{case}.json"
    if not file.exists():
        pytest.skip("the cases are not beside this checkout")
    given = json.loads(file.read_text(encoding="utf-8"))
    asked = read_person({field: (text,) for field, text in row.items()})
    assert match_of(asked, given["input"], given["answer"], 80) == match


@pytest.mark.parametrize(
    ("local", "name", "fits"),
    [
        ("jane.doe.17", "Jane Doe", True),
        ("jdoe", "Jane Doe", True),
        ("jd", "Jane Doe", True),
        ("jane", "Jane Doe", True),
        ("li.wei", "Wei Li", True),
        ("jörg.müller", "Jörg Müller", True),
        ("yamada", "山田 太郎", True),
        ("robsmith", "Robert Smith", True),
        ("bobsmith", "Robert Smith", True),
        ("doej", "Jane Doe", True),
        ("smithj2", "Jane Smith", True),
        ("maya.diaz", "Maya Chen", False),
        ("jsmith", "Adam Smith", False),
        ("j.smith", "Adam Smith", False),
        ("jane.d", "Jane Roe", False),
        ("janesmith", "Jane Roe", False),
        ("jd", "Gus Gray", False),
        ("gus", "Jane Doe", False),
    ],
)
def test_an_address_that_fits_a_name(local: str, name: str, fits: bool) -> None:
    assert fits_name(local, read_name(name)) is fits
