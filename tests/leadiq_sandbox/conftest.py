"""A small world and everyone in it, as the flat search serves them."""

from collections.abc import Iterator

import pytest

from leadiq_sandbox import Sandbox
from tests.leadiq_sandbox.served import EVERYBODY, WORLD_SIZE, Json, ask, place


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(people=WORLD_SIZE, credits=10**9, rpm=0) as running:
        yield running


@pytest.fixture(scope="module")
def people(server: Sandbox) -> list[Json]:
    """Everyone as the flat search serves them, with more of ``searchPeople``.

    That is the status of the work address and of the mobile phone (None: there is none), and the
    postal code of the place.
    """
    found = [
        person
        for skip in range(0, WORLD_SIZE, 100)
        for person in ask(server, EVERYBODY, skip=skip)["flatAdvancedSearch"]["people"]
    ]
    codes = {place(p["company"]): p["company"]["postalCode"] for p in found}
    for start in range(0, WORLD_SIZE, 100):
        some = found[start : start + 100]
        aliases = [
            f'p{n}: searchPeople(input: {{id: "{person["id"]}", includeInvalid: true}})'
            "{ results { personalPhones { status } currentPositions { emails { status } } } }"
            for n, person in enumerate(some)
        ]
        answer = ask(server, f"{{ {' '.join(aliases)} }}")
        for n, person in enumerate(some):
            (record,) = answer[f"p{n}"]["results"]
            emails = [email for held in record["currentPositions"] for email in held["emails"]]
            person["workEmail"] = emails[0]["status"] if emails else None
            phones = record["personalPhones"]
            person["mobilePhone"] = phones[0]["status"] if phones else None
            person["postalCode"] = codes.get(place(person))
    assert len({person["id"] for person in found}) == WORLD_SIZE
    return found
