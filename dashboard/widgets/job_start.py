"""What every panel that starts a job has: its budget, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from dashboard.account import Account
from dashboard.formatting import escape_markdown
from dashboard.jobs.pace import MINUTE_SECONDS, seconds_of, time_estimate
from dashboard.state import session
from leadiq_api.credits import Estimate


def budget_input() -> Decimal | None:
    """Returns what the job may spend at most (UC), or None."""
    entered = st.number_input(
        "Limit for this job (UC)",
        min_value=0.1,
        value=None,
        placeholder="No limit",
        step=1.0,
        key="bulk_budget",
        width=220,
        help="The job stops before it would spend more, and keeps what it has found. The limits "
        "under Budget in the sidebar also apply.",
    )
    return None if entered is None else Decimal(str(round(entered, 1)))


def within(price: Estimate, budget: Decimal | None) -> Estimate:
    """Returns the price, capped at the budget."""
    if budget is None:
        return price
    expected = None if price.expected is None else min(price.expected, budget)
    return replace(price, maximum=min(price.maximum, budget), expected=expected)


def time_note(requests: int, requests_per_minute: int) -> None:
    """Says how long the job takes at the key's actual limit, unless that is a minute or less."""
    if seconds_of(requests, requests_per_minute) > MINUTE_SECONDS:
        st.caption(f":material/schedule: {time_estimate(requests, requests_per_minute)}")


def own_key_note() -> None:
    """Says where a job keeps the user's own key."""
    if session().own_key is not None:
        st.caption(
            "For the job, this server keeps your key in its memory until it is restarted, and "
            "nowhere else. After a restart, the job waits until you connect the key again."
        )


@contextmanager
def starting(account: Account, name: str) -> Iterator[None]:
    """Starts a job inside, once however often that is clicked; then resets the panel and reruns."""
    current, state = session(), account.state
    with current.write():
        yield
        current.flash_message = f"{escape_markdown(name)} is running. You can close this page."
        state.forget_new_job()
        current.form_version += 1
    st.rerun()
