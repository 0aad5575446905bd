"""The only caches of the project.

``st.cache_data`` is shared by all users of the server, so every key has the account's fingerprint
in it. The client goes in with an underscore: it is not part of the key, and no key ever is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import streamlit as st

from dashboard.jobs import workflows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.billing import read_billing
from dashboard.ledger.database import LedgerError, default_url
from dashboard.ledger.days import default_zone
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.lists import duplicates
from dashboard.search.enriched import EnrichedPeople
from dashboard.search.results import Results
from dashboard.state import stop_if_left
from dashboard.tables.api_json import Json
from leadiq_api import ApiKey, LeadIQClient, LeadIQError, SearchKind, Settings
from leadiq_sandbox import Sandbox

# Seconds. A result stays for as long as a user works with it: asking again is free for a year, but
# only after LeadIQ was asked. What changes outside this app expires sooner.
RESULT_TTL = 3600
ACCOUNT_TTL = 600
LISTS_TTL = 300
MAX_RESULTS = 500  # entries of each cache
MAX_SEARCHES = 30  # searches whose loaded rows are kept; one of 10,000 rows takes about 60 MB

# The embedded sandbox limits nobody, so its client need not wait.
SANDBOX_REQUESTS_PER_MINUTE = 6000


@st.cache_resource(show_spinner="Starting the sandbox …")
def sandbox() -> Sandbox:
    """Returns the embedded sandbox: one per process, on a free port of the loopback address."""
    return Sandbox(rpm=0).start()


@st.cache_resource(show_spinner=False, max_entries=100)
def client(_key: ApiKey, fingerprint: str, settings: Settings) -> LeadIQClient:
    """Returns the client for the server's own key, one per account: it remembers its server."""
    return LeadIQClient.from_settings(_key, settings)


@st.cache_resource(show_spinner=False, scope="session")
def own_client(_key: ApiKey, fingerprint: str, settings: Settings) -> LeadIQClient:
    """Returns the client for a user's own key: it ends with the session, and the key with it."""
    return LeadIQClient.from_settings(_key, settings)


@st.cache_resource(show_spinner=False)
def ledger() -> Ledger:
    """Returns the ledger: its database is opened, and brought up to date, once per process."""
    return Ledger(default_url(), default_zone())


@st.cache_data(ttl=ACCOUNT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def account_info(_client: LeadIQClient, fingerprint: str) -> dict[str, Any]:
    """Returns plans, balance and price list. Free; the ledger records each balance."""
    return read_billing(_client, ledger(), fingerprint)


@st.cache_data(ttl=ACCOUNT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def usage(_client: LeadIQClient, fingerprint: str) -> dict[str, Any]:
    """Returns the units used of each API plan. Free."""
    return _client.usage()


class NotCachedError(LookupError):
    """A paid answer is not in the cache, and there is nobody to pay for it."""


@st.cache_data(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def search_people(
    _client: LeadIQClient,
    fingerprint: str,
    input: dict[str, Any],
    data_points: tuple[str, ...],
    _payments: Payments | None,
) -> dict[str, Any]:
    """Returns people, with the chosen data points. Paid; without payments only from the cache."""
    call = partial(_client.search_people, input, data_points=data_points)
    return _require(_payments).pay("searchPeople", input, data_points, call)


@st.cache_data(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def search_people_preview(
    _client: LeadIQClient, fingerprint: str, input: dict[str, Any]
) -> dict[str, Any]:
    """Returns whether a person would be found, with an email or a phone. Free."""
    return _client.search_people_preview(input)


@st.cache_data(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def search_company(
    _client: LeadIQClient, fingerprint: str, input: dict[str, Any], _payments: Payments | None
) -> dict[str, Any]:
    """Returns companies. Paid; without payments only from the cache."""
    call = partial(_client.search_company, input)
    return _require(_payments).pay("searchCompany", input, (), call)


@st.cache_data(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def advanced_search(
    _client: LeadIQClient,
    fingerprint: str,
    kind: SearchKind,
    input: dict[str, Any],
    data_points: tuple[str, ...],
    _payments: Payments | None,
) -> dict[str, Any]:
    """Returns a page of people, or of companies with their people; the first with the total.

    Paid; without payments only from the cache.
    """
    flat = kind is SearchKind.FLAT
    search = _client.flat_advanced_search if flat else _client.grouped_advanced_search
    call = partial(search, input, data_points=data_points, total=not input.get("skip"))
    return _require(_payments).pay(kind, input, data_points, call)


def _require(payments: Payments | None) -> Payments:
    if payments is None:
        raise NotCachedError
    return payments


def is_cached(
    client: LeadIQClient,
    fingerprint: str,
    operation: str,
    input: dict[str, Any],
    data_points: tuple[str, ...],
) -> bool:
    """Whether a search would be answered from the cache, so that nothing is sent or charged."""
    try:
        if operation == "searchPeople":
            search_people(client, fingerprint, input, data_points, None)
        elif operation == "searchCompany":
            search_company(client, fingerprint, input, None)
        else:
            advanced_search(client, fingerprint, SearchKind(operation), input, data_points, None)
    except NotCachedError:
        return False
    return True


@st.cache_resource(ttl=RESULT_TTL, max_entries=MAX_SEARCHES, show_spinner=False)
def results(
    fingerprint: str,
    kind: SearchKind,
    input: dict[str, Any],
    data_points: tuple[str, ...],
    limit: int,
) -> Results:
    """Returns the pages loaded of an advanced search; empty at first, filled by ``Outcome.ask``.

    All sessions of an account share them, so that they outlive a reload of the browser.
    """
    return Results(kind)


@st.cache_resource(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def enriched(fingerprint: str) -> EnrichedPeople:
    """Returns the people of this account that were enriched from a table; empty at first."""
    return EnrichedPeople()


def suggestions(fingerprint: str) -> dict[str, list[str]]:
    """Returns values of this account's answers, by kind, that filters suggest."""
    with suppress(LedgerError):
        return _suggestions(fingerprint)
    return {}


@st.cache_data(max_entries=MAX_RESULTS, show_spinner=False)
def _suggestions(fingerprint: str) -> dict[str, list[str]]:
    return ledger().saved_searches.suggestions(fingerprint)


def suggest(fingerprint: str, values: Mapping[str, Counter[str]]) -> None:
    """Adds values, with how often each occurred, to those that filters suggest."""
    with suppress(LedgerError):  # the answer that they are from matters more
        ledger().saved_searches.add_suggestions(fingerprint, values)
        _suggestions.clear(fingerprint)


def _free_reader(client: LeadIQClient) -> LeadIQClient:
    """Returns the client for a free read of many pages, which ends with the tab that wants it."""
    return client.with_gate(stop_if_left)


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def lists(_client: LeadIQClient, fingerprint: str) -> list[dict[str, Any]]:
    """Returns all lists of the account. Free."""
    return _free_reader(_client).lists()


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def list_prospects(_client: LeadIQClient, fingerprint: str, list_id: str) -> list[dict[str, Any]]:
    """Returns all prospects of a list. Free."""
    return _free_reader(_client).list_prospects(list_id)


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def export_list(_client: LeadIQClient, fingerprint: str, list_id: str) -> str:
    """Returns a list as the service exports it: CSV text. Free."""
    return _client.export_list(list_id, read=list_prospects(_client, fingerprint, list_id))


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def find_prospects(
    _client: LeadIQClient, fingerprint: str, email: str, first_name: str, last_name: str
) -> list[dict[str, Any]]:
    """Returns prospects of all lists by email, or by first and last name. Free."""
    if email:
        return _free_reader(_client).prospects(email=email)
    return _free_reader(_client).prospects(first_name=first_name, last_name=last_name)


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def prospect(_client: LeadIQClient, fingerprint: str, prospect_id: str) -> dict[str, Any]:
    """Returns everything about one prospect. Free."""
    return _client.prospect(prospect_id)


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def find_saved_prospects(
    _client: LeadIQClient, fingerprint: str, inputs: list[dict[str, Any]]
) -> list[Json]:
    """Returns prospects of any list that may be the people of these inputs. Free."""
    return duplicates.find_saved_prospects(_free_reader(_client), inputs)


@st.cache_data(ttl=ACCOUNT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def whoami(_client: LeadIQClient, fingerprint: str) -> dict[str, Any]:
    """Returns whose account it is: {user, team}, or {problem} if that cannot be read. Free.

    Nothing depends on it, so a failure is cached like an answer: no user waits for it again.
    """
    try:
        return _client.whoami()
    except LeadIQError as error:
        return {"problem": error.message}


def start_job_workers(_client: LeadIQClient) -> JobRecords:
    """Starts this process's workers for the bulk jobs of the client's account; returns the jobs.

    DBOS is launched once per process; calling this again only adds the account.
    """
    return workflows.launch(ledger(), _client)


def invalidate_account(_client: LeadIQClient, fingerprint: str) -> None:
    """Reloads the balance and the usage at their next use, as after a payment."""
    account_info.clear(_client, fingerprint)
    usage.clear(_client, fingerprint)


def invalidate_lists(_client: LeadIQClient, fingerprint: str, list_id: str | None = None) -> None:
    """Reloads the lists, and one list's prospects, at their next use, as after a write."""
    lists.clear(_client, fingerprint)
    if list_id is not None:
        list_prospects.clear(_client, fingerprint, list_id)
        export_list.clear(_client, fingerprint, list_id)
    for cached in (prospect, find_saved_prospects, find_prospects):
        cached.clear()
