"""The only caches of the project.

``st.cache_data`` is shared by all users of the server, so every key has the account's fingerprint
in it. The client goes in with an underscore: it is not part of the key, and no key ever is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard.jobs import workflows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.database import default_url
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.lists import writing
from dashboard.search.results import Results
from leadiq_api import ApiKey, LeadIQClient, LeadIQError, Settings
from leadiq_sandbox import Sandbox

# Seconds. A result stays for as long as somebody works with it: asking again is free for a year,
# but not before LeadIQ has been asked. What changes outside this app is read again sooner.
RESULT_TTL = 3600
ACCOUNT_TTL = 600
LISTS_TTL = 300
MAX_RESULTS = 500  # entries of each cache
MAX_SEARCHES = 30  # searches whose loaded rows are kept; one of 10,000 rows takes about 60 MB
MAX_CACHED_ACCOUNTS = 2**31 - 1  # the schema's Int; a balance beyond it is no balance

# The embedded sandbox limits nobody, so its client need not wait.
SANDBOX_REQUESTS_PER_MINUTE = 6000


@st.cache_resource(show_spinner="Starting the sandbox …")
def sandbox() -> Sandbox:
    """The embedded sandbox: one a process, started at first use, on a free loopback port."""
    return Sandbox(rpm=0).start()


@st.cache_resource(show_spinner=False, max_entries=100)
def client(_key: ApiKey, account: str, settings: Settings) -> LeadIQClient:
    """One client an account, for the server's own key: it remembers which paths its server has."""
    return _client_of(_key, settings)


@st.cache_resource(show_spinner=False, scope="session")
def own_client(_key: ApiKey, account: str, settings: Settings) -> LeadIQClient:
    """The same for a key given in the sidebar: it ends with the session, and the key with it."""
    return _client_of(_key, settings)


def _client_of(key: ApiKey, settings: Settings) -> LeadIQClient:
    return LeadIQClient(
        key,
        graphql_url=settings.graphql_url,
        prospector_url=settings.prospector_url,
        requests_per_minute=settings.requests_per_minute,
    )


@st.cache_resource(show_spinner=False)
def ledger() -> Ledger:
    """The ledger's database: opened, and brought up to date, once a process."""
    return Ledger(default_url())


@st.cache_data(ttl=ACCOUNT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def account_info(_client: LeadIQClient, account: str) -> dict[str, Any]:
    """Plans, balance and price list of the account. Free; the ledger keeps each balance."""
    found = _client.account()
    plan = found.get("universalPlan")
    plan = plan if isinstance(plan, dict) else {}
    available, used = plan.get("available"), plan.get("used")
    if all(isinstance(n, int) and abs(n) <= MAX_CACHED_ACCOUNTS for n in (available, used)):
        ledger().record_balance(account, available=available, used=used)
    return found


@st.cache_data(ttl=ACCOUNT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def usage(_client: LeadIQClient, account: str) -> dict[str, Any]:
    """Units used of each API plan. Free."""
    return _client.usage()


@st.cache_data(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def search_people(
    _client: LeadIQClient,
    account: str,
    input: dict[str, Any],
    data_points: tuple[str, ...],
    _payments: Payments,
) -> dict[str, Any]:
    """People found, with the chosen data points. Paid."""
    call = partial(_client.search_people, input, data_points=data_points)
    return _payments.pay("searchPeople", input, data_points, call)


@st.cache_data(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def search_people_preview(
    _client: LeadIQClient, account: str, input: dict[str, Any]
) -> dict[str, Any]:
    """Whether somebody is found, with an e-mail or a phone. Free."""
    return _client.search_people_preview(input)


@st.cache_data(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def search_company(
    _client: LeadIQClient, account: str, input: dict[str, Any], _payments: Payments
) -> dict[str, Any]:
    """Companies found. Paid."""
    return _payments.pay("searchCompany", input, (), partial(_client.search_company, input))


@st.cache_data(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def flat_advanced_search(
    _client: LeadIQClient,
    account: str,
    input: dict[str, Any],
    data_points: tuple[str, ...],
    _payments: Payments,
) -> dict[str, Any]:
    """A page of people; the first page tells the total too. Paid."""
    call = partial(
        _client.flat_advanced_search, input, data_points=data_points, total=not input.get("skip")
    )
    return _payments.pay("flatAdvancedSearch", input, data_points, call)


@st.cache_data(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def grouped_advanced_search(
    _client: LeadIQClient,
    account: str,
    input: dict[str, Any],
    data_points: tuple[str, ...],
    _payments: Payments,
) -> dict[str, Any]:
    """A page of companies with their people, as ``flat_advanced_search``. Paid."""
    call = partial(
        _client.grouped_advanced_search, input, data_points=data_points, total=not input.get("skip")
    )
    return _payments.pay("groupedAdvancedSearch", input, data_points, call)


@st.cache_resource(ttl=RESULT_TTL, max_entries=MAX_SEARCHES, show_spinner=False)
def results(
    account: str, operation: str, input: dict[str, Any], data_points: tuple[str, ...], limit: int
) -> Results:
    """Where the pages of an advanced search are kept: empty at first, filled by who loads them.

    All sessions of an account share it, so that what was loaded outlives a reload of the browser.
    """
    return Results(operation)


@st.cache_resource(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def enriched(account: str) -> dict[str, dict[str, Any]]:
    """The people of this account that were enriched from a table, by id: filled by who pays."""
    return {}


@st.cache_data(max_entries=MAX_RESULTS, show_spinner=False)
def suggestions(account: str) -> dict[str, list[str]]:
    """Values that this account's answers had, by kind, for the filters of the next search."""
    return ledger().saved_searches.suggestions(account)


def suggest(account: str, values: Mapping[str, Counter[str]]) -> None:
    """Has filters suggest these values from now on."""
    ledger().saved_searches.add_suggestions(account, values)
    suggestions.clear(account)


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def lists(_client: LeadIQClient, account: str) -> list[dict[str, Any]]:
    """All lists of the account. Free."""
    return _client.lists()


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def list_prospects(_client: LeadIQClient, account: str, list_id: str) -> list[dict[str, Any]]:
    """All prospects of a list. Free."""
    return _client.list_prospects(list_id)


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def export_list(_client: LeadIQClient, account: str, list_id: str) -> str:
    """A list as the service exports it, CSV text. Free."""
    return _client.export_list(list_id, read=list_prospects(_client, account, list_id))


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def find_prospects(
    _client: LeadIQClient, account: str, email: str, first_name: str, last_name: str
) -> list[dict[str, Any]]:
    """Prospects of all lists by email, or by first and last name. Free."""
    if email:
        return _client.prospects(email=email)
    return _client.prospects(first_name=first_name, last_name=last_name)


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def prospect(_client: LeadIQClient, account: str, prospect_id: str) -> dict[str, Any]:
    """One prospect whole. Free."""
    return _client.prospect(prospect_id)


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def find_saved_prospects(
    _client: LeadIQClient, account: str, inputs: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Prospects of any list that may be the people of these inputs. Free."""
    return writing.find_saved_prospects(_client, inputs)


@st.cache_data(ttl=ACCOUNT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def whoami(_client: LeadIQClient, account: str) -> dict[str, Any]:
    """Whose account it is: {user, team}, or {problem} where that cannot be read. Free.

    Nothing rests on it, so that a failure is kept like an answer and nobody waits for it again.
    """
    try:
        return _client.whoami()
    except LeadIQError as error:
        return {"problem": error.message}


def start_job_workers(_client: LeadIQClient) -> JobRecords:
    """The bulk jobs; this process works on those of the client's account from now on.

    DBOS is launched once a process.
    """
    return workflows.launch(ledger(), _client)


def invalidate_account(_client: LeadIQClient, account_id: str) -> None:
    """Has the balance read again, after something was paid."""
    account_info.clear(_client, account_id)
    usage.clear(_client, account_id)


def invalidate_lists(_client: LeadIQClient, account_id: str, list_id: str | None = None) -> None:
    """Has the lists read again, and one list's prospects, after something was written."""
    lists.clear(_client, account_id)
    if list_id is not None:
        list_prospects.clear(_client, account_id, list_id)
        export_list.clear(_client, account_id, list_id)
    for looked_up in (prospect, find_saved_prospects, find_prospects):
        looked_up.clear()
