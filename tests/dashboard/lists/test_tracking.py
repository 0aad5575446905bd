"""Contacts are sent once under a stored id, whatever happens to the answer."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from dashboard.ledger.ledger import Ledger
from dashboard.lists.tracking import contacts_of, moves, send
from leadiq_api import InvalidRequestError, LeadIQClient, ServiceError
from leadiq_sandbox import Sandbox

CONTACT = {"firstName": "Ada", "lastName": "Byron", "companyName": "Acme"}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield opened
    opened.close()


def test_prospects_and_their_inputs_are_contacts() -> None:
    prospect = {
        "id": "0" * 24,
        "firstName": "Ada",
        "lastName": "Byron",
        "workEmail": "ada@acme.example",
        "company": {"name": "Acme", "domain": "acme.example"},
    }
    body = {"firstName": "Bob", "lastName": "Roe", "company": "Globex", "title": "CTO"}
    nameless = {"firstName": "Cy", "company": "Globex"}
    assert contacts_of([prospect, body, nameless, {}]) == (
        [
            {**CONTACT, "companyDomain": "acme.example", "email": "ada@acme.example"},
            {"firstName": "Bob", "lastName": "Roe", "companyName": "Globex", "title": "CTO"},
        ],
        2,
    )


def test_an_import_is_sent_once_under_its_stored_id(
    sandbox: Sandbox, client: LeadIQClient, ledger: Ledger
) -> None:
    one = ledger.tracking_imports.add("a", "Pilots", [CONTACT])
    assert send(client, ledger.tracking_imports, "a", one) is None
    assert ledger.tracking_imports.all("a")[0].sent
    assert client.tracked_contacts(one.id)["errorCode"] is None
    assert sandbox.store.used == 0


def test_after_a_lost_answer_leadiq_is_asked_for_the_import(
    sandbox: Sandbox, client: LeadIQClient, ledger: Ledger
) -> None:
    one = ledger.tracking_imports.add("a", "Pilots", [CONTACT])
    sandbox.faults.choose(["lost:1"])
    assert send(client, ledger.tracking_imports, "a", one) is None
    assert ledger.tracking_imports.all("a")[0].sent
    sent = [seen for seen in sandbox.requests if seen.operation == "trackContacts"]
    assert len(sent) == 1


def test_what_leadiq_does_not_have_stays_unsent(
    sandbox: Sandbox, client: LeadIQClient, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ServiceError("no answer")

    one = ledger.tracking_imports.add("a", "Pilots", [CONTACT])
    with monkeypatch.context() as patch:
        patch.setattr(LeadIQClient, "track_contacts", fail)
        with pytest.raises(ServiceError):
            send(client, ledger.tracking_imports, "a", one)
    assert not ledger.tracking_imports.all("a")[0].sent
    assert send(client, ledger.tracking_imports, "a", one) is None  # under the same id
    assert ledger.tracking_imports.all("a")[0].sent


def test_a_refused_import_is_forgotten(
    sandbox: Sandbox, client: LeadIQClient, ledger: Ledger
) -> None:
    sandbox.graphql.tracking.state = "InsufficientCredits"
    one = ledger.tracking_imports.add("a", "Pilots", [CONTACT])
    with pytest.raises(InvalidRequestError, match="InsufficientCredits"):
        send(client, ledger.tracking_imports, "a", one)
    assert not ledger.tracking_imports.all("a")


def test_who_moved_where_and_when() -> None:
    row = {
        "id": "PersonID-1",
        "firstName": "Ada",
        "lastName": "",
        "title": "CTO",
        "company": "Globex",
        "lastKnownCompany": "Acme",
        "jobChangeType": "JobChange",
        "jobStartDate": "2026-05-01",
        "matchedICPIds": ["icp-1", "icp-9"],
    }
    seat = {**row, "company": "Initech", "title": "Board Member"}
    frame = moves([row, seat], {"icp-1": "Sales leaders"})
    assert frame["change_check"].fillna("").tolist() == ["", "Additional board seat"]
    assert frame.loc[0, ["name", "previous_company", "company", "profiles"]].tolist() == [
        "Ada",
        "Acme",
        "Globex",
        "Sales leaders, icp-9",
    ]
    assert frame.loc[0, "changed_at"] == pd.Timestamp("2026-05-01", tz="UTC")
    assert moves([], {}).empty
