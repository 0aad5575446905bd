"""Sending many requests one after the other, with a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

import streamlit as st

from dashboard.ledger.payments import STOPS_THE_BATCH
from leadiq_api import LeadIQError

T = TypeVar("T")


def send_batch(items: Collection[T], send: Callable[[T], LeadIQError | None], label: str) -> None:
    """Calls ``send`` for each item; shows ``label``, then how many are done.

    ``send`` sends one request and returns its error, or None. An error after which the next
    request would fail too (``STOPS_THE_BATCH``) ends the batch; any other does not.
    """
    bar = st.progress(0.0, label)
    for number, item in enumerate(items, 1):
        if isinstance(send(item), STOPS_THE_BATCH):
            break
        bar.progress(number / len(items), f"{number:,} of {len(items):,}")
