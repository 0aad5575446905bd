"""The menu of files: first and last name are always there, and a CRM gets whom it can import."""

from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.widgets.exports import with_names

PEOPLE = {
    "name": ["Jane Doe", "Gus Gray", "Ann Low"],
    "first_name": ["Jane", "Gus", "Ann"],
    "last_name": ["Doe", "Gray", "Low"],
    "match": ["exact", "check: another name, Gus Gray", "exact"],
    "work_email": ["jane@acme.com", "gus@other.com", None],
    "email_status": ["VerifiedLikely", "Verified", None],
}


@pytest.mark.parametrize(
    ("columns", "saved"),
    [
        (["name", "match"], ["name", "first_name", "last_name", "match"]),
        (["match"], ["first_name", "last_name", "match"]),
        (["last_name", "name"], ["last_name", "name", "first_name"]),
    ],
)
def test_a_file_of_people_has_first_and_last_name(columns: list[str], saved: list[str]) -> None:
    assert with_names(pd.DataFrame(PEOPLE), columns) == saved
    assert with_names(pd.DataFrame({"company": ["Acme"]}), ["company"]) == ["company"]


@pytest.fixture
def menu(monkeypatch: pytest.MonkeyPatch) -> tuple[AppTest, dict[str, Any]]:
    """The menu of three people, and what its buttons save, by label."""
    saved: dict[str, Any] = {}
    monkeypatch.setattr(
        st, "download_button", lambda label, *, data, **_: saved.__setitem__(label, data)
    )

    def page(people: dict[str, list[str]]) -> None:
        import pandas as pd

        from dashboard.widgets.tables import downloads

        downloads(pd.DataFrame(people), ["name", "work_email", "email_status"], "people", "key")

    return AppTest.from_function(page, args=(PEOPLE,), default_timeout=60), saved


def lines(saved: dict[str, Any], label: str) -> list[str]:
    return saved[label]().decode("utf-8-sig").splitlines()


def test_a_file_has_the_drawn_columns_or_all(menu: tuple[AppTest, dict[str, Any]]) -> None:
    app, saved = menu
    app.run()
    assert lines(saved, "Download CSV · 3 rows")[:2] == [
        "Name,First name,Last name,Email,Email status",
        "Jane Doe,Jane,Doe,jane@acme.com,Likely verified",
    ]
    app.toggle(key="key_whole").set_value(True).run()
    assert lines(saved, "Download CSV · 3 rows")[0] == (
        "Name,First name,Last name,Match,Email,Email status"
    )
    assert not app.exception


def test_a_crm_gets_whom_it_can_import(menu: tuple[AppTest, dict[str, Any]]) -> None:
    app, saved = menu
    app.run()
    app.pills(key="key_crm").set_value("outreach").run()
    assert app.caption[0].value == ("Left out: 1 × may be somebody else, 1 × no work email.")
    assert lines(saved, "Download for Outreach · 1 person")[1:] == [
        "Jane,Doe,jane@acme.com,,,,,,,LeadIQ"
    ]
    assert lines(saved, "Download people left out · 2 people")[1:] == [
        'Gus Gray,,gus@other.com,,"check: another name, Gus Gray"',
        "Ann Low,,,,no work email",
    ]
    assert not app.exception
