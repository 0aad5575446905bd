"""Examples with prices: one click fills a search, and in the sandbox runs it."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.account import Account
from dashboard.formatting import up_to
from dashboard.search.examples import EXAMPLES, Example
from leadiq_api.credits import Estimate, total

MIN_CARD_WIDTH = 200  # pixels; four fit beside each other on a laptop, and one on a phone


def examples(account: Account) -> None:
    """Draws a card for each example, with the price of its search on the button."""
    st.subheader("Try it", anchor=False)
    with st.grid(len(EXAMPLES), min_column_width=MIN_CARD_WIDTH):
        for example in EXAMPLES:
            with st.container(border=True, height="stretch", vertical_alignment="distribute"):
                st.markdown(f"**{example.title}**")
                price = _price(account, example)
                if st.button(
                    f"{example.action} · {up_to(price.maximum)}",
                    key=f"example_{example.action}",
                    width="stretch",
                ):
                    state.set_widget_values(example.entries)
                    # With a key, the page waits for its own button.
                    state.session().clicked_example = price.maximum if account.is_sandbox else None
                    st.switch_page(example.page)


def _price(account: Account, example: Example) -> Estimate:
    return total(
        account.payments.price(example.operation, dict(input), example.data_points)
        for input in example.inputs
    )
