"""Errors in plain words, and a free read that shows its own error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, NoReturn, TypeVar

import streamlit as st
from streamlit.errors import StreamlitDuplicateElementKey

from dashboard.formatting import escape_markdown
from dashboard.ledger.database import LedgerError
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
    RefusedBatchError,
    ServiceError,
)

T = TypeVar("T")


class Advice(NamedTuple):
    """What happened, and what to do next."""

    headline: str
    next_step: str
    setting: str = ""  # what may be wrong that only those who run the app can change


CUSTOM_ADDRESS = "LeadIQ's address can be changed with the setting `LEADIQ_GRAPHQL_URL`."

# By kind of error; the first kind that an error is an instance of.
ADVICE: Mapping[type[LeadIQError], Advice] = {
    BudgetExceededError: Advice(
        "Over your limit, nothing sent",
        "Nothing was sent and nothing was charged. Choose fewer data points or a smaller page, or "
        "change the limits under Budget in the sidebar.",
    ),
    AuthenticationError: Advice(
        "LeadIQ did not accept the key",
        "Copy the key again from LeadIQ (Settings → API), then connect it in the sidebar.",
        "The key that everyone uses is the setting `LEADIQ_API_KEY`.",
    ),
    LedgerError: Advice(
        "The ledger cannot be used",
        "Every request that costs credits is written to the ledger first, so none is sent until it "
        "works again. What you have paid for stays on its page.",
    ),
    InsufficientCreditsError: Advice(
        "There are not enough credits",
        "Nothing was charged for this. Choose fewer data points or a smaller page, "
        "or wait for the next period shown on Usage.",
    ),
    RateLimitError: Advice(
        "Too many requests",
        "Nothing was charged. Wait a minute and press the button again; another app may be "
        "using the same key.",
    ),
    RefusedBatchError: Advice(
        "LeadIQ refused the request",
        "Nothing was charged, and nobody in it is the reason: your plan may not include this.",
        CUSTOM_ADDRESS,
    ),
    InvalidRequestError: Advice(
        "LeadIQ refused the request",
        "Fix the problem below and try again.",
    ),
    NotFoundError: Advice(
        "This no longer exists",
        "It may have been deleted, or it belongs to another account. Refresh and choose again.",
    ),
    ConnectError: Advice(
        "LeadIQ cannot be reached",
        "Nothing was sent or charged. What you have already loaded stays on its page; "
        "your ledger and saved searches still work. Check your connection, then try again.",
        CUSTOM_ADDRESS,
    ),
    ServiceError: Advice(
        "LeadIQ could not be reached or didn't respond properly",
        "Your entries are kept. Wait a moment and try again; if this keeps happening, check your "
        "connection.",
        CUSTOM_ADDRESS,
    ),
}
UNKNOWN_CHARGE_ADVICE = (
    "We don't know if LeadIQ processed this, so we didn't retry. Your entries are kept: refresh "
    "Usage and compare the balance before you try again."
)
MAX_DETAIL_CHARACTERS = 300  # of the service's own words
THE_ACCOUNT = "the account"  # what every page reads first
FAILED_READ_SECONDS = 300  # how long a failed read is not tried again by itself


def advice_for(error: LeadIQError) -> Advice:
    """Returns what to say about an error: that of its own kind, or of the kind it derives from."""
    matching = (advice for kind, advice in ADVICE.items() if isinstance(error, kind))
    return next(matching, ADVICE[ServiceError])


def show_error(error: LeadIQError, *, paid: bool = False) -> None:
    """Shows an error in plain words, with what to do next and the service's own message.

    ``paid`` means that the request would have cost credits. That LeadIQ cannot be reached is
    explained once on a page; after that a line says that the request was not sent.
    """
    advice = advice_for(error)
    if isinstance(error, ConnectError):
        if session().says_unreachable:
            st.markdown(f":red[:material/error: Not sent: {advice.headline}.]")
            return
        session().says_unreachable = True
    next_step = UNKNOWN_CHARGE_ADVICE if paid and may_be_charged(error) else advice.next_step
    detail = error.message[:MAX_DETAIL_CHARACTERS]
    ellipsis = "…" if len(error.message) > MAX_DETAIL_CHARACTERS else ""
    status = "" if error.status is None else f" ({error.status})"
    st.error(
        f"{next_step}\n\n{escape_markdown(detail + ellipsis)}{status}",
        title=advice.headline,
        icon=":material/error:",
    )


def show_account_error(error: LeadIQError) -> None:
    """Shows why there is no account, with the setting that may be wrong in a closed expander."""
    show_error(error)
    setting = advice_for(error).setting
    if setting:
        with st.expander("Details"):
            st.caption(setting)


def stop() -> NoReturn:
    """Ends the run of a page, with its title if it has no heading so far."""
    session().draw_heading()
    st.stop()


@contextmanager
def explained_ledger_errors() -> Iterator[None]:
    """Explains a failure of the ledger's database, and stops the script there."""
    try:
        yield
    except LedgerError as error:
        show_error(error)
        stop()


def read_or_show_error(
    what: str, caller: tuple[LeadIQClient, str], read: Callable[..., T], *arguments: Any
) -> T | None:
    """Returns the result of a free read of ``dashboard.data``; if it fails, shows why: None.

    A failed read has waited for the deadline of its retries, so a rerun does not repeat it: the
    button below the error does, or ``FAILED_READ_SECONDS``. An error of the key stops the script.
    Nothing else is read if there was no connection for the account: the page has said so already.
    """
    client, fingerprint = caller
    failures = session().of(fingerprint).failures
    if what != THE_ACCOUNT and is_unreachable(failures):
        return None
    read_id = ReadId(what, repr(arguments))
    failed = failures.get(read_id)
    if failed is None or time.monotonic() > failed.at + FAILED_READ_SECONDS:
        failures.pop(read_id, None)
        try:
            with st.spinner(f"Reading {what} …"):
                return read(client, fingerprint, *arguments)
        except LeadIQError as error:
            failed = failures[read_id] = FailedRead(time.monotonic(), error)
    if what == THE_ACCOUNT:
        show_account_error(failed.error)
    else:
        show_error(failed.error)
    with suppress(StreamlitDuplicateElementKey):  # read twice on a page: one button
        st.button("Try again", key=f"retry_{what}", on_click=failures.clear)
    if isinstance(failed.error, AuthenticationError):
        stop()
    return None


def is_unreachable(failures: Mapping[ReadId, FailedRead]) -> bool:
    """Whether the account could not be read because nothing accepted the connection."""
    failed = failures.get(ReadId(THE_ACCOUNT, "()"))
    return failed is not None and isinstance(failed.error, ConnectError)
