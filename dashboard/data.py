"""The only caches of the project.

``st.cache_data`` is shared by all users of the server, so every key has the account's fingerprint
in it. The client goes in with an underscore: it is not part of the key, and no key ever is.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from dashboard.jobs.records import JobRecords
from dashboard.ledger.billing import read_billing
from dashboard.ledger.database import LedgerError, default_url
from dashboard.ledger.days import default_zone
from dashboard.ledger.files import make_private_folder
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.lists.open_list import LastOpened, OpenList
from dashboard.search.enriched import EnrichedPeople
from dashboard.search.recent import RecentSearches
from dashboard.search.results import Results
from dashboard.state import stop_if_left
from dashboard.tables.api_json import Json
from dashboard.tables.export import read_list_export
from leadiq_api import ApiKey, LeadIQClient, LeadIQError, SearchKind, Settings

if TYPE_CHECKING:
    from leadiq_sandbox import Sandbox

# Seconds. A result stays for as long as a user works with it: asking again is free for a year, but
# only after LeadIQ was asked. What changes outside this app expires sooner.
RESULT_TTL = 3600
ACCOUNT_TTL = 600
LISTS_TTL = 300
MAX_RESULTS = 500  # entries of each cache
MAX_LISTS = 30  # whose prospects are kept; one of 50,000 takes about 300 MB
MAX_SEARCHES = 30  # searches whose loaded rows are kept; one of 10,000 rows takes about 60 MB

# The embedded sandbox limits nobody, so its client need not wait.
SANDBOX_REQUESTS_PER_MINUTE = 6000
SANDBOX_FILE = "sandbox.db"


@st.cache_resource(show_spinner=False)
def sandbox() -> Sandbox:
    """Returns the embedded sandbox: one per process, on a free port of the loopback address.

    The server starts it in a thread, beside its first page; what needs it earlier waits for it.
    Its credits and lists are in a file beside the ledger, so that both survive a restart.
    """
    from leadiq_sandbox import Sandbox  # a server, which an app with a key does not start

    folder = ledger().database.folder
    if not folder.exists():  # PostgreSQL's ledger is elsewhere
        make_private_folder(folder)
    return Sandbox(rpm=0, db=folder / SANDBOX_FILE).start()


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


@st.cache_data(ttl=ACCOUNT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def supports(_client: LeadIQClient, fingerprint: str, name: str) -> bool:
    """Returns whether the server has an operation or a field, as ``LeadIQClient.supports``. Free.

    What cannot be asked is taken to be missing, and not asked again for a while.
    """
    try:
        return _client.supports(name)
    except LeadIQError:
        return False


@st.cache_data(ttl=ACCOUNT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def contact_tracking_balance(_client: LeadIQClient, fingerprint: str) -> dict[str, Any]:
    """Returns how many contacts may be tracked; {} without tracking, or if it cannot be read."""
    try:
        return _client.contact_tracking_balance()
    except LeadIQError:
        return {}


@st.cache_data(ttl=ACCOUNT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def icp_definitions(_client: LeadIQClient, fingerprint: str) -> list[dict[str, Any]]:
    """Returns the team's ideal customer profiles; [] if they cannot be read. Free.

    Nothing depends on them, so a failure is cached like an answer: no user waits for it again.
    """
    try:
        return _client.icp_definitions()
    except LeadIQError:
        return []


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
    first = input.keys().isdisjoint(("skip", "after"))
    call = partial(search, input, data_points=data_points, total=first, cursor="skip" not in input)
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


@st.cache_resource(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def recent_searches(fingerprint: str, user: str, page: str) -> RecentSearches:
    """Returns what a user searched for last on a page; empty at first, filled by the page."""
    return RecentSearches()


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


@st.cache_resource(show_spinner=False)
def suggest_sandbox_values(fingerprint: str) -> None:
    """Suggests the sandbox's own titles, industries and places before any was seen."""
    if not suggestions(fingerprint):
        suggest(fingerprint, sandbox().world.common_values())


def _free_reader(client: LeadIQClient) -> LeadIQClient:
    """Returns the client for a free read of many pages, which ends with the tab that wants it."""
    return client.with_gate(stop_if_left)


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def lists(_client: LeadIQClient, fingerprint: str) -> list[dict[str, Any]]:
    """Returns all lists of the account. Free."""
    return _free_reader(_client).lists()


# A list can be long: all sessions of an account share what was read, which nobody changes, instead
# of getting a copy at each run.
@st.cache_resource(ttl=LISTS_TTL, max_entries=MAX_LISTS, show_spinner=False)
def list_prospects(_client: LeadIQClient, fingerprint: str, list_id: str) -> list[dict[str, Any]]:
    """Returns all prospects of a list. Free."""
    return _free_reader(_client).list_prospects(list_id)


def open_list(client: LeadIQClient, fingerprint: str, list_id: str) -> OpenList:
    """Returns a list with the emails that jobs have found for its prospects. Free."""
    records = JobRecords(ledger())
    return _last_opened(fingerprint, list_id).open(
        list_prospects(client, fingerprint, list_id),
        records.version_of_answers(fingerprint),
        partial(records.answers_by_person, fingerprint),
    )


@st.cache_resource(ttl=LISTS_TTL, max_entries=MAX_LISTS, show_spinner=False)
def _last_opened(fingerprint: str, list_id: str) -> LastOpened:
    return LastOpened()


@st.cache_resource(ttl=LISTS_TTL, max_entries=MAX_LISTS, show_spinner=False)
def list_export(_client: LeadIQClient, fingerprint: str, list_id: str) -> pd.DataFrame:
    """Returns a list as the service exports it, by ``read_list_export``. Free."""
    read = list_prospects(_client, fingerprint, list_id)
    return read_list_export(_client.export_list(list_id, read=read))


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


def saved_prospects(
    client: LeadIQClient, fingerprint: str, list_ids: Sequence[str]
) -> tuple[float, list[Json]]:
    """Returns the prospects of these lists, and since when they may have changed (Unix seconds).

    Free. Each list is read once an hour, or after a write to it.
    """
    read = [_compared_list(client, fingerprint, list_id) for list_id in list_ids]
    oldest = min((at for at, _ in read), default=time.time())
    return oldest, [prospect for _, prospects in read for prospect in prospects]


@st.cache_data(ttl=RESULT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def _compared_list(
    _client: LeadIQClient, fingerprint: str, list_id: str
) -> tuple[float, list[dict[str, Any]]]:
    return time.time(), _free_reader(_client).list_prospects(list_id)


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def company_lists(_client: LeadIQClient, fingerprint: str) -> list[dict[str, Any]]:
    """Returns all company lists of the account. Free."""
    return _free_reader(_client).company_lists()


@st.cache_data(ttl=LISTS_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def company_list(_client: LeadIQClient, fingerprint: str, list_id: str) -> dict[str, Any]:
    """Returns a company list with its companies. Free."""
    return _free_reader(_client).company_list(list_id)


def invalidate_company_lists(client: LeadIQClient, fingerprint: str) -> None:
    """Reloads company lists at their next use, as after a write."""
    company_lists.clear(client, fingerprint)
    company_list.clear()


@st.cache_data(ttl=ACCOUNT_TTL, max_entries=MAX_RESULTS, show_spinner=False)
def whoami(_client: LeadIQClient, fingerprint: str) -> dict[str, Any]:
    """Returns whose account it is: {user, team}, or {problem} if that cannot be read. Free.

    Nothing depends on it, so a failure is cached like an answer: no user waits for it again.
    """
    try:
        return _client.whoami()
    except LeadIQError as error:
        return {"problem": error.message}


def start_job_workers(client: LeadIQClient) -> JobRecords:
    """Starts this process's workers for the bulk jobs of the client's account; returns the jobs.

    DBOS is launched once per process; calling this again only adds the account.
    """
    from dashboard.jobs import workflows  # imports DBOS, which no page needs without a job

    return workflows.launch(ledger(), client)


def invalidate_account(client: LeadIQClient, fingerprint: str) -> None:
    """Reloads the balance and the usage at their next use, as after a payment."""
    account_info.clear(client, fingerprint)
    usage.clear(client, fingerprint)


def invalidate_lists(client: LeadIQClient, fingerprint: str, list_id: str | None = None) -> None:
    """Reloads the lists, and one list's prospects, at their next use, as after a write."""
    lists.clear(client, fingerprint)
    if list_id is not None:
        list_prospects.clear(client, fingerprint, list_id)
        list_export.clear(client, fingerprint, list_id)
        _compared_list.clear(client, fingerprint, list_id)
    for cached in (prospect, find_prospects):
        cached.clear()
