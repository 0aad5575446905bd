"""Every operation of the client under every fault of the sandbox."""

import time
from collections.abc import Iterable
from typing import Any

import pytest

import leadiq_api as api
from leadiq_api import transport
from leadiq_api.client import LeadIQClient
from leadiq_sandbox import Sandbox
from leadiq_sandbox.faults import KINDS
from tests.conftest import client_of
from tests.faults import ERROR_OF_FAULT


def first_failure(outcomes: Iterable[tuple[int, Any]]) -> None:
    """Raises the error of the first row that has one."""
    for error in [outcome for _, outcome in outcomes if isinstance(outcome, api.LeadIQError)]:
        raise error


def operations(sandbox: Sandbox, list_id: str, prospect_id: str) -> dict[str, Any]:
    """Each operation; the prospect has an email, and is on a list of its own."""
    person = {"id": sandbox.world.person_ids[0]}
    people = [person, {"id": sandbox.world.person_ids[1]}]
    emails = [{"email": "a@b.example"}, {"email": "b@b.example"}]
    rows = [{"firstName": "A", "lastName": "B"}]
    (other,) = sandbox.store.prospect(prospect_id)["listIds"]
    return company_operations(sandbox) | {
        "account": lambda c: c.account(),
        "usage": lambda c: c.usage(),
        "search_people": lambda c: c.search_people(person, data_points={"email"}),
        "search_people_preview": lambda c: c.search_people_preview({"email": "a@b.example"}),
        "enrich_people": lambda c: first_failure(c.enrich_people(people, data_points=set())),
        "preview_people": lambda c: first_failure(c.preview_people(emails)),
        "search_company": lambda c: c.search_company({"domain": sandbox.world.domains[0]}),
        "flat_advanced_search": lambda c: c.flat_advanced_search({"limit": 2}, data_points=set()),
        "grouped_advanced_search": lambda c: c.grouped_advanced_search(
            {"limit": 2}, data_points=set()
        ),
        "icp_definitions": lambda c: c.icp_definitions(),
        "regenerate": lambda c: c.regenerate(person["id"]),
        "regenerated_time": lambda c: c.regenerated_time(person["id"]),
        "contact_tracking_balance": lambda c: c.contact_tracking_balance(),
        "track_contacts": lambda c: c.track_contacts({"importId": "one", "contacts": []}),
        "tracked_contacts": lambda c: c.tracked_contacts("one"),
        "whoami": lambda c: c.whoami(),
        "lists": lambda c: c.lists(),
        "list": lambda c: c.list(list_id),
        "create_list": lambda c: c.create_list("Another"),
        "list_prospects": lambda c: c.list_prospects(list_id),
        "add_prospects": lambda c: c.add_prospects(list_id, rows),
        "export_list": lambda c: c.export_list(list_id),
        "prospect": lambda c: c.prospect(prospect_id),
        "prospects": lambda c: c.prospects(email="kept@a.example"),
        "attach_prospect": lambda c: c.attach_prospect(other, prospect_id),
        "verify_prospect_email": lambda c: c.verify_prospect_email(prospect_id),
        "verify_email": lambda c: c.verify_email("kept@a.example"),
        "export_to_salesforce": lambda c: c.export_to_salesforce(prospect_id),
        "submit_person_feedback": lambda c: c.submit_person_feedback({"value": "x"}),
    }


def company_operations(sandbox: Sandbox) -> dict[str, Any]:
    """Each operation of company lists; two lists are there, one with a company."""
    client = client_of(sandbox)
    companies = [{"companyId": id} for id in sandbox.world.company_ids[:2]]
    list_id, old = (client.create_company_list(name)["id"] for name in ("Accounts", "Old"))
    (entry,) = client.add_companies(list_id, companies[:1])["succeeded"]
    return {
        "company_lists": lambda c: c.company_lists(),
        "company_list": lambda c: c.company_list(list_id),
        "create_company_list": lambda c: c.create_company_list("More"),
        "update_company_list": lambda c: c.update_company_list(list_id, {"name": "Customers"}),
        "add_companies": lambda c: c.add_companies(list_id, companies[1:]),
        "remove_company": lambda c: c.remove_company(list_id, entry["id"]),
        "delete_company_list": lambda c: c.delete_company_list(old),
    }


def wait_for_requests(sandbox: Sandbox, number: int) -> None:
    """Waits until as many requests have met their fault.

    On a loaded machine a client can give up on one that the server has yet to read.
    """
    latest = time.monotonic() + 60
    while len(sandbox.requests) < number and time.monotonic() < latest:
        time.sleep(0.02)


@pytest.mark.parametrize("fault", ERROR_OF_FAULT)
def test_every_operation_meets_every_fault(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(people=60, credits=100, rpm=0) as sandbox:
        patience = 0.15 if fault in ("hang", "drip") else 10.0
        monkeypatch.setattr(transport, "VERIFICATION_TIMEOUT", patience)
        client = client_of(sandbox, deadline=0.05, timeout=(5.0, patience))
        list_id = client_of(sandbox).create_list("Pilots")["id"]
        other = client_of(sandbox).create_list("Other")["id"]
        body = {"firstName": "K", "lastName": "P", "workEmail": "kept@a.example"}
        prospect_id = sandbox.store.create_prospect(body, other)["id"]
        calls = operations(sandbox, list_id, prospect_id)
        used, seen = sandbox.store.used, len(sandbox.requests)
        sandbox.faults.choose([f"{fault}:1"])
        for name, call in calls.items():
            kind = ERROR_OF_FAULT[fault]
            with pytest.raises(api.LeadIQError) as raised:
                call(client)
            assert type(raised.value) is kind, name
        wait_for_requests(sandbox, seen + len(calls))
        sandbox.faults.choose([])
        client = client_of(sandbox)
        if fault in ("truncated", "drip"):  # done, but the answer did not arrive
            assert len(client.lists()) == 3
            assert len(client.list_prospects(list_id)) == 1
        else:
            assert sandbox.store.used == used
            assert len(client.lists()) == 2
            assert client.list_prospects(list_id) == []
            assert sandbox.prospector.exported == []
            assert sandbox.graphql.feedback == []
        for name, call in calls.items():
            if name not in ONCE:
                call(client)  # usable afterwards


# Processed, then answered badly or not at all: what may be repeated is, all else is sent once.
REPEATED = {
    "account",
    "usage",
    "search_people_preview",
    "whoami",
    "lists",
    "list",
    "prospect",
    "list_prospects",
    "export_list",
    "prospects",
    "attach_prospect",
    "preview_people",
    "icp_definitions",
    "regenerated_time",
    "contact_tracking_balance",
    "tracked_contacts",
    "company_lists",
    "company_list",
}
MUTATIONS = {
    "submit_person_feedback",
    "regenerate",
    "track_contacts",
    "create_company_list",
    "update_company_list",
    "add_companies",
    "remove_company",
    "delete_company_list",
}
# Refused if they were done before.
ONCE = {"create_list", "create_company_list", "remove_company", "delete_company_list"}
WRITES = MUTATIONS | {
    "create_list",
    "add_prospects",
    "attach_prospect",
    "verify_prospect_email",
    "export_to_salesforce",
}
QUERIES = {
    "account",
    "usage",
    "search_people",
    "search_people_preview",
    "search_company",
    "flat_advanced_search",
    "grouped_advanced_search",
    "enrich_people",
    "preview_people",
    "icp_definitions",
    "regenerated_time",
    "contact_tracking_balance",
    "tracked_contacts",
    "company_lists",
    "company_list",
}
# Nothing of their answers may be null, so a part that fails leaves nothing.
WITHOUT_PARTS = {"submit_person_feedback", "regenerate", "track_contacts"}
# Sent once, by GET: the fault that loses the answer of a write does not meet it.
PAID_READS = {"verify_email"}
ROWS = {"enrich_people", "preview_people"}
DONE = {"lost": WRITES, "lost-paid": QUERIES, "partial": QUERIES | MUTATIONS, "one-of-many": ROWS}
# "supports" asks for the schema, which no fault meets.
SENDS_NOTHING = {"people_per_request", "with_gate", "supports"}


def test_the_tables_are_whole(sandbox: Sandbox) -> None:
    """A new fault or a new operation of the client cannot be forgotten here."""
    assert set(ERROR_OF_FAULT) | set(DONE) == set(KINDS)
    public = {
        name
        for part in LeadIQClient.__mro__[:-1]
        for name, value in vars(part).items()
        if name[0] != "_" and callable(value)
    }
    list_id = client_of(sandbox).create_list("Pilots")["id"]
    prospect_id = sandbox.store.create_prospect({"firstName": "K", "lastName": "P"}, list_id)["id"]
    assert set(operations(sandbox, list_id, prospect_id)) == public - SENDS_NOTHING
    assert public - SENDS_NOTHING == QUERIES | WRITES | REPEATED | PAID_READS


@pytest.mark.parametrize("fault", DONE)
def test_what_was_done_in_spite_of_a_fault_is_done_once(fault: str) -> None:
    with Sandbox(people=60, credits=100, rpm=0) as sandbox:
        list_id = client_of(sandbox).create_list("Pilots")["id"]
        other = client_of(sandbox).create_list("Other")["id"]
        body = {"firstName": "K", "lastName": "P", "workEmail": "kept@a.example"}
        prospect_id = sandbox.store.create_prospect(body, other)["id"]
        calls = operations(sandbox, list_id, prospect_id)
        for name in calls:
            if name not in DONE[fault]:
                continue
            client = client_of(sandbox, deadline=0.05)
            sandbox.faults.choose([f"{fault}:1"])
            asked, used = len(sandbox.requests), sandbox.store.used
            with pytest.raises(api.ServiceError) as raised:
                calls[name](client)
            tries = len(sandbox.requests) - asked
            assert tries >= 1 if name in REPEATED else tries == 1, name
            if fault == "partial":
                assert bool(raised.value.data) == (name not in WITHOUT_PARTS), name
            sandbox.faults.choose([])
            assert sandbox.store.used - used <= 3, name  # the dearest here is one company
        client = client_of(sandbox)
        assert [row["name"] for row in client.lists()].count("Another") == (fault == "lost")
        # Added once and attached at most once, however often that was asked.
        assert len(client.list_prospects(list_id)) == (fault == "lost")
        assert len(client.list_prospects(other)) == 1
        assert len(sandbox.prospector.exported) == (fault == "lost")
        assert len(sandbox.graphql.feedback) == (fault in ("lost", "partial"))


def test_a_lost_write_is_done_once_and_reported_as_unknown(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    list_id = client.create_list("Pilots")["id"]
    sandbox.faults.choose(["lost:2"])
    rows = [{"firstName": f"N{n}", "lastName": "X"} for n in range(250)]
    with pytest.raises(api.ServiceError) as raised:
        client.add_prospects(list_id, rows)
    assert len(raised.value.data["succeeded"]) == 100
    assert raised.value.data["unknown"] == [*range(100, 200)]
    sandbox.faults.choose([])
    assert len(client.list_prospects(list_id)) == 200  # the second batch was done, once


def test_a_lost_paid_answer_is_charged_once(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    sandbox.faults.choose(["lost-paid:1"])
    with pytest.raises(api.ServiceError):
        client.search_company({"domain": sandbox.world.domains[0]})
    assert sandbox.store.used == 3
    assert len(sandbox.requests) == 1


def test_partial_answers_keep_their_data(sandbox: Sandbox) -> None:
    sandbox.faults.choose(["partial:1"])
    with pytest.raises(api.ServiceError) as raised:
        client_of(sandbox).search_company({"domain": sandbox.world.domains[0]})
    (company,) = raised.value.data["searchCompany"]["results"]
    assert company["locationInfo"] is None
    assert company["domain"] == sandbox.world.domains[0]
