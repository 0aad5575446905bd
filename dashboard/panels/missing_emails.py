"""The emails that prospects of a list lack: a job gets them, and the list shows what it found."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.account import Account
from dashboard.formatting import count
from dashboard.jobs.records import JobRecords
from dashboard.lists.prospect_table import with_found_emails
from dashboard.panels.people_job import people_job
from dashboard.tables.api_json import Json, text_at
from leadiq_api.data_points import EMAIL


def with_emails_of_jobs(account: Account, prospects: Sequence[Json]) -> list[Json]:
    """Returns prospects with the emails that jobs have found for them, which LeadIQ's lack.

    LeadIQ cannot change a prospect, and a second one of the same person would be a duplicate.
    """
    persons = [id for prospect in prospects if (id := text_at(prospect, "personId"))]
    found = JobRecords(account.ledger).answers_by_person(account.fingerprint, persons)
    return with_found_emails(prospects, found)


def get_missing_emails(
    account: Account, list_id: str, list_name: str, prospects: Sequence[Json], key: str = "missing"
) -> None:
    """Draws a button that starts a job for the prospects without an email, if there are any.

    ``key`` begins the button's widget key.
    """
    lacking = [prospect for prospect in prospects if not text_at(prospect, "workEmail")]
    if not lacking or account.ledger_problem is not None:
        return
    people_job(
        account,
        f"{list_name}, missing emails",
        lacking,
        (EMAIL.id,),
        lambda number: f"Get {count(number, 'missing email')}",
        key=f"{key}_{list_id}",
        icon=":material/mail:",
        notes=False,
    )
