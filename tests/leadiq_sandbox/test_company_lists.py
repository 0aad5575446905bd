"""Company lists: pages, names, and companies that are on a list already."""

from collections.abc import Iterator

import pytest

from leadiq_api import InvalidRequestError, LeadIQClient, NotFoundError, company_list_operations
from leadiq_sandbox import Sandbox
from tests.conftest import client_of


@pytest.fixture
def client() -> Iterator[LeadIQClient]:
    with Sandbox(people=10, rpm=0) as running:
        yield client_of(running)


def test_a_company_is_found_again_by_its_first_identifier(client: LeadIQClient) -> None:
    list_id = client.create_company_list("Accounts", "Ours")["id"]
    both = [{"companyId": "MergedCompany-1", "name": "Acme"}, {"domain": "b.example"}, {}]
    answer = client.add_companies(list_id, both)
    assert (answer["created"], answer["updated"]) == (2, 0)
    reason = "one of companyId, domain, linkedinUrl, name is required"
    assert answer["failed"] == [{"index": 2, "reason": reason}]
    again = client.add_companies(list_id, [{"companyId": "MergedCompany-1", "notes": "Met"}])
    assert (again["created"], again["updated"]) == (0, 1)
    found = client.company_list(list_id)
    assert found["description"] == "Ours"
    assert [(row["name"], row["notes"]) for row in found["companies"]] == [
        ("Acme", "Met"),
        (None, None),
    ]


def test_all_pages_are_read(client: LeadIQClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company_list_operations, "PAGE_LIMIT", 2)
    ids = [client.create_company_list(f"List {n}")["id"] for n in range(5)]
    assert [row["id"] for row in client.company_lists()] == ids
    client.add_companies(ids[0], [{"name": f"Company {n}"} for n in range(4)])
    names = [row["name"] for row in client.company_list(ids[0])["companies"]]
    assert names == [f"Company {n}" for n in range(4)]


def test_lists_are_renamed_and_deleted(client: LeadIQClient) -> None:
    one, two = (client.create_company_list(name)["id"] for name in ("One", "Two"))
    with pytest.raises(InvalidRequestError) as taken:
        client.update_company_list(one, {"name": "two"})
    assert taken.value.status == 409
    assert client.update_company_list(one, {"name": "Three"})["name"] == "Three"
    client.add_companies(two, [{"name": "Acme"}])
    assert client.delete_company_list(two) == {"id": two, "name": "Two", "deletedCompanies": 1}
    with pytest.raises(NotFoundError):
        client.company_list(two)
    assert [row["name"] for row in client.company_lists()] == ["Three"]


def test_a_server_without_them_has_no_trace_of_them() -> None:
    with Sandbox(people=10, rpm=0, company_lists=False) as sandbox:
        client = client_of(sandbox)
        assert client.company_lists() == []
        assert not client.supports("companyLists")
        with pytest.raises(InvalidRequestError):
            client.create_company_list("Accounts")
