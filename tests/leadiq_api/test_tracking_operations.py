"""Contacts are tracked by an id of our own, and read over pages; a plan may not have it."""

import pytest

from leadiq_api import tracking_operations
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.leadiq_api.scripted_server import Script, failure


def test_all_pages_of_an_import_are_read(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking_operations, "PAGE_LIMIT", 2)
    client, world = client_of(sandbox), sandbox.world
    movers = [i for i in range(world.people) if world.change[i] == 1][:5]
    contacts = []
    for i in movers:
        (person,) = client.search_people({"id": world.person_ids[i]}, data_points=set())["results"]
        name, company = person["name"], world.company_names[world.previous_company[i]]
        contact = {
            "firstName": name["first"],
            "lastName": name["last"] or "",
            "companyName": company,
        }
        contacts.append({**contact, "referenceId": str(i)})
    used = sandbox.store.used
    sent = client.track_contacts({"importId": "import-1", "contacts": contacts})
    assert (sent["importId"], sent["totalCount"], sent["errorCode"]) == ("import-1", 5, None)
    assert client.tracked_contacts("import-1")["isProcessing"]
    found = client.tracked_contacts("import-1")
    assert [row["referenceId"] for row in found["contacts"]] == [str(i) for i in movers]
    assert (found["isProcessing"], found["errorCode"]) == (False, None)
    assert client.tracked_contacts("import-2")["errorCode"] == "NotFound"
    assert client.contact_tracking_balance()["balance"] == 9995
    assert sandbox.store.used == used


def test_a_plan_without_tracking_has_no_balance(sandbox: Sandbox, script: Script) -> None:
    sandbox.graphql.tracking.state = "UnsupportedByCreditPlan"
    assert client_of(sandbox).contact_tracking_balance() == {}
    fields = [{"name": "contactTrackingBalance"}]
    script.answers = [
        (200, {"data": {"__schema": {"queryType": {"fields": fields}}}}),
        (200, failure(code="UnsupportedByCreditPlan", path=["contactTrackingBalance"])),
    ]
    assert script.client(deadline=0).contact_tracking_balance() == {}
