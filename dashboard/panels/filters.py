"""The filters of an advanced search, drawn from the table of filter fields."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from dashboard.formatting import escape_markdown
from dashboard.search import parsing
from dashboard.search.filter_fields import (
    COMPANY_BOXES,
    CONTACT_BOXES,
    EXCLUDED_COMPANY_BOXES,
    EXCLUDED_CONTACT_BOXES,
    JOB_CHANGE_BOXES,
    KEYS,
    MAX_LINK_CHARACTERS,
    SORT_COMPANIES,
    SORT_PEOPLE,
    Box,
    Suggestions,
    address,
)
from dashboard.search.inputs import Input
from dashboard.search.parsing import Parsed
from dashboard.state import widget_values
from dashboard.widgets.typed_text import keep_typed_text

BOXES_PER_ROW = 3  # if the window is wide enough


class ParsedBox(NamedTuple):
    """A box with its value for the API, and what is wrong with what was entered."""

    box: Box
    value: Any
    problem: str | None


def filters_input(flat: bool, suggestions: Suggestions) -> tuple[Input, list[str]]:
    """Draws all boxes; returns the search's input without empty boxes, and problems by box.

    ``flat`` draws the boxes that only a flat search has.
    """
    last = (*JOB_CHANGE_BOXES, SORT_PEOPLE) if flat else (SORT_PEOPLE, SORT_COMPANIES)
    tabs = st.tabs(
        ["Contact", "Company", "Leave out", "Job changes and order" if flat else "Order"]
    )
    groups = (
        CONTACT_BOXES,
        COMPANY_BOXES,
        (*EXCLUDED_CONTACT_BOXES, *EXCLUDED_COMPANY_BOXES),
        last,
    )
    parsed: list[ParsedBox] = []
    fits = len(link()) <= MAX_LINK_CHARACTERS
    for tab, boxes in zip(tabs, groups, strict=True):
        with tab:
            for start in range(0, len(boxes), BOXES_PER_ROW):
                columns = st.columns(BOXES_PER_ROW, gap="medium")
                for column, box in zip(columns, boxes[start : start + BOXES_PER_ROW], strict=False):
                    with column:
                        parsed.append(ParsedBox(box, *_draw(box, suggestions, fits)))
    keep_typed_text()
    request = parsing.advanced_search_input((entry.box.path, entry.value) for entry in parsed)
    problems = [f"{entry.box.label}: {entry.problem}" for entry in parsed if entry.problem]
    return request, problems


def _draw(box: Box, suggestions: Suggestions, fits: bool) -> Parsed:
    """Draws one box with its problem below; returns its value for the API, and the problem.

    If the filters are too long for the address (not ``fits``), lines stay in the session alone.
    """
    entered: Any
    if box.kind == "day":
        entered = st.date_input(
            box.label, None, min_value="1970-01-01", key=box.key, bind="query-params"
        )
    elif box.kind == "choice":
        entered = st.multiselect(
            box.label,
            _choices(box, suggestions),
            format_func=box.option_label,
            accept_new_options=box.accepts_text,
            filter_mode="prefix",
            select_all=False,
            placeholder=box.example or ("Choose or type" if box.accepts_text else "Choose"),
            help=box.help,
            key=box.key,
            bind="query-params",
        )
    elif box.kind == "range":
        entered = st.text_input(
            box.label, placeholder=box.example, help=box.help, key=box.key, bind="query-params"
        )
    else:
        entered = st.text_area(
            f"{box.label}, one a line",
            placeholder=box.example,
            height=68,
            key=box.key,
            bind="query-params" if fits else None,
            persist_state="session",
        )
    value, problem = box.parse(entered)
    if problem:
        st.caption(f":red[{escape_markdown(problem)}]")
    return Parsed(value, problem)


def _choices(box: Box, suggestions: Suggestions) -> list[str]:
    """Returns what a box offers: what an ambiguous entry can mean first, then what is known."""
    meanings = box.meanings(widget_values([box.key])[box.key] or ())
    return [*dict.fromkeys([*meanings, *box.options, *suggestions.get(box.suggested, ())])]


def link() -> str:
    """Returns the query of an address that opens the page with the boxes as they are."""
    return address(widget_values(KEYS))
