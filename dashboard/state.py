"""Session state: its keys and their defaults, in one table."""

from __future__ import annotations

from copy import copy
from typing import Any

import streamlit as st

from dashboard.search.outcome import Outcome

OWN_KEY = "own_key"  # ApiKey given in the sidebar; lives in this session and nowhere else
PEOPLE = "people_outcome"
COMPANIES = "companies_outcome"
ADVANCED = "advanced_outcome"
OPEN_LIST = "open_list"  # id of the list shown on Lists
FLASH = "notice"  # what a form did, shown once after the rerun that it causes
FORM = "form"  # version of the forms on Lists: a new one begins empty, a failed one keeps its words
FAILURES = "failures"  # (what, fingerprint) -> (monotonic seconds, error) of reads that failed
APPROVED_REQUEST = "confirmed"  # the request whose price was confirmed in the dialog
PREVIEW = "preview"  # (what was entered, answer) of the last free preview
VERIFIED = "verified"  # rows of the last verification: what each address was, and is
PROSPECT_QUERY = "found_prospects"  # (fingerprint, email, first name, last name) last searched for
COUNTS = "counts"  # prospects of each list that was read, by (fingerprint, list id)
EXPORTS = "exports"  # what became of exports to Salesforce, by (fingerprint, prospect id)
ADDING = "adding"  # whether the panel that adds people to a list is open
UNFINISHED_ADDITION = (
    "written"  # (fingerprint, list id, inputs, Written) of an addition with something left
)
SELECTED = "selected"  # ids of the people selected on Advanced search
ENRICHED = "enriched"  # outcome of the last enrichment of selected people
CHART_FILTERS = (
    "narrow"  # chips of the charts that filter; the key of their widget, so in the address too
)
COMPANY_CHART_FILTERS = "narrow_companies"  # the same on Company search
UPLOAD = "bulk_upload"  # (file id, Table or what is wrong with it) of the file for a bulk job
PLAN = "bulk_plan"  # (what it is of, jobs.Plan): a job as it would be
DRY_RUN = "bulk_dry_run"  # (what it is of, jobs.DryRun) of the last one
JOB_STATES = "job_states"  # what the jobs' states were when the page was drawn
SHOWN_PRICE = "offered"  # most UC that the button just pressed had shown

DEFAULTS: dict[str, Any] = {
    OWN_KEY: None,
    PEOPLE: None,
    COMPANIES: None,
    ADVANCED: None,
    OPEN_LIST: None,
    FLASH: None,
    APPROVED_REQUEST: None,
    PREVIEW: None,
    FORM: 0,
    FAILURES: {},
    VERIFIED: None,
    PROSPECT_QUERY: None,
    COUNTS: {},
    EXPORTS: {},
    UNFINISHED_ADDITION: None,
    ADDING: False,
    SHOWN_PRICE: None,
    SELECTED: [],
    ENRICHED: None,
    UPLOAD: None,
    PLAN: None,
    DRY_RUN: None,
    JOB_STATES: None,
}
RESULTS = (PEOPLE, COMPANIES, ADVANCED, OPEN_LIST, SELECTED, ENRICHED)


def set_up() -> None:
    """Gives every key its default where it has no value yet."""
    for key, default in DEFAULTS.items():
        st.session_state.setdefault(key, copy(default))


def outcome(key: str, account: str) -> Outcome | None:
    """The outcome kept under ``key``, unless it belongs to another account."""
    kept = st.session_state[key]
    return kept if kept is not None and kept.account == account else None


def forget(*keys: str) -> None:
    """Gives the keys their defaults again."""
    for key in keys:
        st.session_state[key] = copy(DEFAULTS[key])


def remember_shown_price(most: Any) -> None:
    """Remembers the price that was on the button when it was pressed."""
    st.session_state[SHOWN_PRICE] = most


def approve(request: str) -> None:
    """Remembers that this request's price was agreed to; it is sent once."""
    st.session_state[APPROVED_REQUEST] = request
