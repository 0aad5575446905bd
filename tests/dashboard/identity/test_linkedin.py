"""A person's LinkedIn profile, in each form of its address."""

import pytest

from dashboard.identity.linkedin import PROFILE_URL


@pytest.mark.parametrize(
    ("text", "kind", "name", "numbers"),
    [
        ("linkedin.com/in/jane", "in", "jane", None),
        ("https://de.LinkedIn.com/in/Jane-Doe/en?trk=x#top", "in", "Jane-Doe", None),
        ("see https://www.linkedin.com/mwlite/in/jane, please", "in", "jane", None),
        ("linkedin.com/pub/jane-doe/5/b87/a12/", "pub", "jane-doe", "/5/b87/a12"),
        ("linkedin.com/pub/jane-doe/5/b87/a12345", "pub", "jane-doe", None),
        ("linkedin.com/sales/lead/ACwAA,NAME_SEARCH,x1", "sales/lead", "ACwAA", None),
        ("linkedin.com/sales/people/ACwAA", "sales/people", "ACwAA", None),
        ("linkedin.com/talent/profile/AEMAA", "talent/profile", "AEMAA", None),
    ],
)
def test_a_profile_is_found(text: str, kind: str, name: str, numbers: str | None) -> None:
    match = PROFILE_URL.search(text)
    assert match is not None
    assert (match["kind"], match["name"], match["numbers"]) == (kind, name, numbers)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "linkedin.com",
        "linkedin.com/in/",
        "linkedin.com/company/acme",
        "linkedin.com/sales/company/17",
        "example.com/in/jane",
    ],
)
def test_other_addresses_are_not_a_profile(text: str) -> None:
    assert PROFILE_URL.search(text) is None
