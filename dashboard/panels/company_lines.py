"""The box that takes companies, one per line, and says which lines are not sent."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import streamlit as st

from dashboard.account import Account
from dashboard.formatting import count, escape_markdown, uc
from dashboard.identity.words import shown
from dashboard.search.filter_fields import MAX_LINK_CHARACTERS
from dashboard.search.inputs import COMPANY_EXAMPLES, MAX_COMPANIES, Input, company_lines
from dashboard.state import COMPANY_CHART_FILTERS, set_chips, widget_values
from dashboard.widgets.charge import show_breakdown
from dashboard.widgets.typed_text import send_typed_lines
from leadiq_api.credits import COMPANIES_OF_A_NAME, Estimate

LINES = "companies"  # the key of the box
MIN_LINES, MAX_LINES = 3, 8  # that it shows without scrolling
LINE_PIXELS, FRAME_PIXELS = 20, 62  # of a line, and of the label and the border


def company_lines_input(account: Account) -> tuple[dict[str, Input], str | None]:
    """Returns a ``SearchCompanyInput`` by line, and what is wrong with them as a whole.

    The lines are sent as they are typed, and are in the page's address if they are not too long.
    """
    before = widget_values([LINES])[LINES] or ""
    fits = len(quote(before)) <= MAX_LINK_CHARACTERS
    entered = st.text_area(
        "Companies (one per line)",
        placeholder=COMPANY_EXAMPLES,
        key=LINES,
        bind="query-params" if fits else None,
        persist_state="session",
        height=box_height(before),
        help=f"Each company found costs {uc(account.prices['Company'])}. A name can match up to "
        f"{COMPANIES_OF_A_NAME}; a domain, URL or id is exact.",
    )
    send_typed_lines()
    inputs, wrong_lines = company_lines(entered)
    if wrong_lines:
        _show_wrong_lines(wrong_lines)
    if wrong_lines and not inputs:
        return inputs, "None of these lines names a company."
    if not inputs:
        return inputs, "Enter at least one company, one per line."
    if len(inputs) > MAX_COMPANIES:
        companies = count(len(inputs), "company", "companies")
        st.caption(f":material/edit: {companies}: up to {MAX_COMPANIES} go in one search.")
        return inputs, (
            f"That is {companies}; up to {MAX_COMPANIES} go in one search. Remove some lines and "
            "press Search again."
        )
    return inputs, None


def start_over(account: Account) -> None:
    """Shows no companies any more, and no chart filters of theirs."""
    account.state.companies = None
    set_chips(COMPANY_CHART_FILTERS, [])


def box_height(entered: str) -> int:
    """Returns the height (pixels) in which all lines of the box are seen, up to ``MAX_LINES``."""
    lines = 1 + entered.count("\n")
    return FRAME_PIXELS + LINE_PIXELS * min(max(MIN_LINES, lines), MAX_LINES)


def explain_price(inputs: Mapping[str, Input], price: Estimate) -> None:
    """Shows why a price is higher than that of one company per line, if it is."""
    names = sum("name" in input for input in inputs.values())
    if names:
        matches = f"A name can match up to {COMPANIES_OF_A_NAME} companies"
        lines = f"{count(names, 'line is a name', 'lines are names')}"
        show_breakdown(price, f"{matches}, and {lines}. You pay for what is found.")


def _show_wrong_lines(wrong_lines: Mapping[str, str]) -> None:
    reasons = [f"{shown(line)}: {reason}" for line, reason in wrong_lines.items()]
    listed = "".join(f"\n- {escape_markdown(reason)}" for reason in reasons[:MAX_COMPANIES])
    st.warning(f"{count(len(reasons), 'line')} not sent, so not charged:{listed}")
