"""Errors in plain words, and a free read that shows its own failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import streamlit as st
from streamlit.errors import StreamlitDuplicateElementKey

from dashboard.formatting import escape_markdown
from dashboard.ledger.ledger import BudgetExceededError
from dashboard.ledger.payments import may_be_charged
from dashboard.state import FailedRead, ReadId, session
from leadiq_api import (
    AuthenticationError,
    ConnectError,
    InsufficientCreditsError,
    InvalidRequestError,
    LeadIQClient,
    LeadIQError,
    NotFoundError,
    RateLimitError,
    ServiceError,
)

T = TypeVar("T")

# What happened, and what to do next.
ADVICE: Mapping[type[LeadIQError], tuple[str, str]] = {
    AuthenticationError: (
        "LeadIQ did not accept the key",
        "Copy the key again from LeadIQ (Settings → API) and set it as LEADIQ_API_KEY, "
        "or give it in the sidebar.",
    ),
    InsufficientCreditsError: (
        "There are not enough credits",
        "Nothing was charged for this. Choose fewer data points or a smaller page, "
        "or wait for the next period shown on Usage.",
    ),
    RateLimitError: (
        "LeadIQ takes no more requests for now",
        "Nothing was charged. Wait a minute and press the button again; another app may be "
        "using the same key.",
    ),
    InvalidRequestError: (
        "LeadIQ refused the request",
        "Change what is named below and press the button again.",
    ),
    NotFoundError: (
        "That is not there any more",
        "It may have been deleted, or it belongs to another account. Refresh and choose again.",
    ),
    ConnectError: (
        "LeadIQ cannot be reached",
        "Nothing was sent, and nothing charged. Your entries are kept. Check the connection, and "
        "LEADIQ_GRAPHQL_URL, then try again.",
    ),
    ServiceError: (
        "LeadIQ could not be reached or gave no usable answer",
        "Your entries are kept. Wait a moment and try again; if it lasts, check the connection "
        "and LEADIQ_GRAPHQL_URL.",
    ),
}
UNKNOWN_CHARGE_ADVICE = (
    "Whether it was done and charged is not known, so it was not sent again. Your entries are "
    "kept: refresh Usage and compare the balance before you press the button once more."
)
BUDGET_ADVICE = (
    "Not sent: it would pass a limit",
    "Nothing was sent and nothing was charged. Choose fewer data points or a smaller page, or "
    "change the limits under Budget in the sidebar.",
)
MAX_DETAIL_CHARACTERS = 300  # characters of the service's own words
FAILED_READ_SECONDS = 300  # how long a failed read is not tried again by itself


def show_error(error: LeadIQError, *, paid: bool = False) -> None:
    """An error in plain words, with what to do next and what the service itself said.

    ``paid`` says that the request would have cost credits.
    """
    headline, advice = ADVICE.get(type(error), ADVICE[ServiceError])
    if isinstance(error, BudgetExceededError):
        headline, advice = BUDGET_ADVICE
    if paid and may_be_charged(error):
        advice = UNKNOWN_CHARGE_ADVICE
    said = (
        error.message
        if len(error.message) <= MAX_DETAIL_CHARACTERS
        else error.message[:MAX_DETAIL_CHARACTERS] + "…"
    )
    status = "" if error.status is None else f" ({error.status})"
    st.error(
        f"{advice}\n\n{escape_markdown(said)}{status}", title=headline, icon=":material/error:"
    )


def read_or_show_error(
    what: str, caller: tuple[LeadIQClient, str], call: Callable[..., T], *more: Any
) -> T | None:
    """What a free read of ``dashboard.data`` gives; None where it failed, which is told here.

    A failed read has waited for its retries' deadline, so a rerun does not try it again by itself:
    a button does, and time.
    """
    client, fingerprint = caller
    failures = session().of(fingerprint).failures
    read = ReadId(what, repr(more))
    failed = failures.get(read)
    if failed is None or time.monotonic() > failed.at + FAILED_READ_SECONDS:
        failures.pop(read, None)
        try:
            with st.spinner(f"Reading {what} …"):
                return call(client, fingerprint, *more)
        except LeadIQError as error:
            failed = failures[read] = FailedRead(time.monotonic(), error)
    show_error(failed.error)
    with suppress(StreamlitDuplicateElementKey):  # read at two places of a page: one button
        st.button("Try again", key=f"retry_{what}", on_click=failures.clear)
    if isinstance(failed.error, AuthenticationError):
        st.stop()
    return None
