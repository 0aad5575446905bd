"""Examples with prices: one click fills a search, and in the sandbox runs it."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from dashboard import state
from dashboard.account import Account
from dashboard.formatting import up_to
from dashboard.panels import company_lines, file_preview, filters, new_job, person_lookup
from dashboard.search import filter_fields
from dashboard.search.examples import (
    BY_COMPANY,
    EXAMPLES,
    SAMPLE_FILE,
    SAMPLE_PEOPLE,
    Example,
)
from leadiq_api.credits import Estimate, total
from leadiq_api.data_points import EMAIL

MIN_CARD_WIDTH = 200  # pixels; four fit beside each other on a laptop, and one on a phone


def examples(account: Account) -> None:
    """Draws a card for each example, with its price on the button.

    The people of the sample file are those of the sandbox; with a key there is a search instead.
    """
    st.subheader("Try it", anchor=False)
    searches = EXAMPLES if account.is_sandbox else (*EXAMPLES, BY_COMPANY)
    with st.grid(len(EXAMPLES) + 1, min_column_width=MIN_CARD_WIDTH):
        for example in searches:
            price = _price(account, example)
            if _card(example.title, f"{example.action} · {up_to(price.maximum)}"):
                _fill(account, example)
                # With a key, the page waits for its own button.
                state.session().clicked_example = price.maximum if account.is_sandbox else None
                st.switch_page(example.page)
        if account.is_sandbox and _card("Enrich a sample CSV of people", "Check match rate · free"):
            _open_sample_file()


def _fill(account: Account, example: Example) -> None:
    """Fills an example's page, in which nothing of an earlier search is left."""
    if example.operation == "searchPeople":
        (request,) = example.inputs
        person_lookup.enter(account, request, example.data_points)
    elif example.operation == "searchCompany":
        company_lines.start_over(account)
    else:
        filters.fill(account, filter_fields.entries(""))
    state.set_widget_values(example.entries)


def _card(title: str, action: str) -> bool:
    """Draws a card with a button; returns whether it was clicked."""
    with st.container(border=True, height="stretch", vertical_alignment="distribute"):
        st.markdown(f"**{title}**")
        return st.button(action, key=f"example_{title}", width="stretch")


def _open_sample_file() -> None:
    """Opens the sample file on People search, which previews its people: that is free."""
    file_preview.choose_file(new_job.UPLOAD, SAMPLE_FILE, SAMPLE_PEOPLE.encode())
    state.set_widget_values({"people_mode": new_job.Mode.FILE, "bulk_points": [EMAIL.id]})
    state.session().clicked_example = Decimal(0)
    st.switch_page("pages/people_search.py")


def _price(account: Account, example: Example) -> Estimate:
    return total(
        account.payments.price(example.operation, dict(input), example.data_points)
        for input in example.inputs
    )
