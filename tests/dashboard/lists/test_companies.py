"""Companies are saved once, whatever happens to the answers."""

import pytest

from dashboard.lists.companies import entry_of, remove_companies, save_companies
from leadiq_api import LeadIQClient
from leadiq_api.company_list_operations import COMPANY_BATCH_LIMIT
from leadiq_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("short_waits")


@pytest.fixture
def list_id(client: LeadIQClient) -> str:
    return str(client.create_company_list("Accounts")["id"])


def companies(number: int) -> list[dict[str, str]]:
    return [{"id": f"MergedCompany-{n:x}", "name": f"Company {n}"} for n in range(number)]


def saved_ids(client: LeadIQClient, list_id: str) -> list[str]:
    return [row["companyId"] for row in client.company_list(list_id)["companies"]]


def test_an_entry_has_what_is_known() -> None:
    company = {"id": "MergedCompany-1", "name": "Acme", "domain": None, "industry": "Software"}
    assert entry_of(company) == {"companyId": "MergedCompany-1", "name": "Acme"}


def test_each_company_is_saved_once_in_batches(client: LeadIQClient, list_id: str) -> None:
    wanted = companies(COMPANY_BATCH_LIMIT + 5)
    first = save_companies(client, list_id, wanted[:3])
    assert (first.saved, first.already_listed, first.error) == (3, 0, None)
    second = save_companies(client, list_id, [*wanted, *wanted[:10]])
    assert (second.saved, second.already_listed) == (COMPANY_BATCH_LIMIT + 2, 3)
    assert saved_ids(client, list_id) == [row["id"] for row in wanted]


def test_after_a_lost_answer_the_list_is_read_back(
    sandbox: Sandbox, client: LeadIQClient, list_id: str
) -> None:
    sandbox.faults.choose(["lost:1"])
    result = save_companies(client, list_id, companies(4))
    assert (result.saved, result.unconfirmed, result.error) == (4, 0, None)
    sandbox.faults.choose([])
    assert len(saved_ids(client, list_id)) == 4
    written = [s for s in sandbox.requests if s.operation == "addCompaniesToCompanyList"]
    assert len(written) == 1


def test_what_was_not_saved_is_sent_again(
    sandbox: Sandbox, client: LeadIQClient, list_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = LeadIQClient.add_companies, []

    def lose_the_first(client: LeadIQClient, list_id: str, entries: list) -> dict:
        calls.append([entry["companyId"] for entry in entries])
        if len(calls) == 1:
            sandbox.faults.choose(["reset:1"])
            try:
                return real(client, list_id, entries)
            finally:
                sandbox.faults.choose([])
        return real(client, list_id, entries)

    monkeypatch.setattr(LeadIQClient, "add_companies", lose_the_first)
    result = save_companies(client, list_id, companies(2))
    assert (result.saved, result.error) == (2, None)
    assert calls == [["MergedCompany-0", "MergedCompany-1"]] * 2
    assert len(saved_ids(client, list_id)) == 2


def test_a_list_that_cannot_be_read_back_leaves_it_unconfirmed(
    client: LeadIQClient, list_id: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = LeadIQClient.add_companies

    def lose_all_after(client: LeadIQClient, list_id: str, entries: list) -> dict:
        sandbox.faults.choose(["500:1"])
        return real(client, list_id, entries)

    monkeypatch.setattr(LeadIQClient, "add_companies", lose_all_after)
    result = save_companies(client, list_id, companies(3))
    assert (result.saved, result.unsent, result.unconfirmed) == (0, 0, 3)
    assert result.error is not None


def test_a_refused_list_sends_nothing(client: LeadIQClient) -> None:
    result = save_companies(client, "0" * 24, companies(2))
    assert (result.saved, result.unsent, result.error.status) == (0, 2, 404)


def test_entries_are_removed_once_also_after_a_lost_answer(
    sandbox: Sandbox, client: LeadIQClient, list_id: str
) -> None:
    save_companies(client, list_id, companies(3))
    entries = [row["id"] for row in client.company_list(list_id)["companies"]]
    sandbox.faults.choose(["lost:1"])
    assert remove_companies(client, list_id, entries[:1]) == 1
    sandbox.faults.choose([])
    assert remove_companies(client, list_id, entries[:2]) == 2  # the first is gone already
    assert saved_ids(client, list_id) == ["MergedCompany-2"]
