"""Saving companies on a company list: each once, and a lost answer is read back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dashboard.lists import writing
from dashboard.tables.api_json import Json, rows_at, text_at
from leadiq_api import LeadIQClient, LeadIQError, NotFoundError, ServiceError
from leadiq_api.company_list_operations import COMPANY_BATCH_LIMIT

# The fields of an entry by those of a company's information.
_ENTRY_FIELDS = {
    "companyId": "id",
    "name": "name",
    "domain": "domain",
    "linkedinUrl": "linkedinUrl",
}


@dataclass
class SavedCompanies:
    """The outcome of saving companies.

    ``failed`` are LeadIQ's reasons by the company's name; ``unsent`` counts those that are not on
    the list, ``unconfirmed`` those of which that is not known, both because of ``error``.
    """

    saved: int = 0
    already_listed: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    unsent: int = 0
    unconfirmed: int = 0
    error: LeadIQError | None = None


def entry_of(company: Json) -> dict[str, str]:
    """Returns a company's information as a ``SaveCompanyInput``."""
    texts = {name: text_at(company, path) for name, path in _ENTRY_FIELDS.items()}
    return {name: text for name, text in texts.items() if text}


def save_companies(client: LeadIQClient, list_id: str, companies: Iterable[Json]) -> SavedCompanies:
    """Saves companies that have a LeadIQ id on a list, except those that it has.

    Raises nothing: a ``LeadIQError`` is in the result.
    """
    entries = {entry["companyId"]: entry for entry in map(entry_of, companies)}
    result = SavedCompanies()
    waiting = [*entries.values()]
    try:
        listed = _company_ids(client, list_id)
        waiting = [entry for entry in waiting if entry["companyId"] not in listed]
        result.already_listed = len(entries) - len(waiting)
        while waiting:
            batch = waiting[:COMPANY_BATCH_LIMIT]
            _save_batch(client, list_id, batch, result)
            waiting = waiting[len(batch) :]
    except LeadIQError as error:
        result.error = error
        result.unsent = len(waiting) - result.unconfirmed
    return result


def _save_batch(
    client: LeadIQClient, list_id: str, batch: Sequence[dict[str, str]], result: SavedCompanies
) -> None:
    """Saves one request's companies; after a lost answer, sends again only what is missing."""
    for attempt in range(1, writing.MAX_ATTEMPTS + 1):
        try:
            answer = client.add_companies(list_id, batch)
        except ServiceError:
            listed = _settled_ids(client, list_id)
            if listed is None:
                result.unconfirmed = len(batch)
                raise
            missing = [entry for entry in batch if entry["companyId"] not in listed]
            result.saved += len(batch) - len(missing)
            if missing and attempt == writing.MAX_ATTEMPTS:
                raise
            batch = missing
            if not batch:
                return
        else:
            refused = {row["index"]: str(row.get("reason")) for row in rows_at(answer, "failed")}
            for index, reason in refused.items():
                entry = batch[index]
                result.failed[entry.get("name") or entry["companyId"]] = reason
            result.saved += len(batch) - len(refused)
            return


def _company_ids(client: LeadIQClient, list_id: str) -> set[str]:
    return {str(row.get("companyId")) for row in client.company_list(list_id)["companies"]}


def _settled_ids(client: LeadIQClient, list_id: str) -> set[str] | None:
    """The companies of a list once two reads agree; None if it cannot be read or keeps changing."""
    previous = None
    for _ in range(writing.MAX_ATTEMPTS):
        try:
            current = _company_ids(client, list_id)
        except LeadIQError:
            return None
        if current == previous:
            return current
        previous = current
        time.sleep(writing.SETTLE_SECONDS)
    return None


def remove_companies(client: LeadIQClient, list_id: str, entry_ids: Sequence[str]) -> int:
    """Removes entries from a list; returns how many are gone. Raises ``LeadIQError``.

    One that is gone already counts: after a lost answer it is removed once more.
    """
    for entry_id in entry_ids:
        try:
            client.remove_company(list_id, entry_id)
        except NotFoundError:
            client.company_list(list_id)  # the list itself is there
        except ServiceError:
            remaining = client.company_list(list_id)["companies"]
            if any(row.get("id") == entry_id for row in remaining):
                client.remove_company(list_id, entry_id)
    return len(entry_ids)
