"""The filters of an advanced search: read, drawn, and shown as pills that remove them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.grid_container import GridContainer
from streamlit.elements.lib.layout_utils import Gap

from dashboard import state
from dashboard.account import Account
from dashboard.formatting import escape_markdown, uc
from dashboard.search import filter_fields, parsing
from dashboard.search.filter_fields import (
    BOXES,
    COMPANY_BOXES,
    CONTACT_BOXES,
    DEFAULT_GROUPING,
    DEFAULT_LIMIT,
    EXCLUDED_COMPANY_BOXES,
    EXCLUDED_CONTACT_BOXES,
    FIRST_KEYS,
    FORMER_GROUPINGS,
    GROUPINGS,
    JOB_CHANGE_BOXES,
    KEYS,
    MAX_LINK_CHARACTERS,
    OTHER_SIZES,
    SORT_COMPANIES,
    SORT_PEOPLE,
    Box,
    Suggestions,
)
from dashboard.search.outcome import LoadedSearch
from dashboard.state import widget_values
from dashboard.widgets.typed_text import keep_typed_text
from leadiq_api import SearchKind

PEOPLE_PER_COMPANY = 5
MAX_PILL_CHARACTERS = 40
MIN_BOX_PIXELS = 150  # of a box's width; else fewer stand beside each other
BOX_GAP: tuple[Gap, Gap] = ("small", "medium")  # between rows, and between boxes of a row
BOX_BY_KEY = {box.key: box for box in BOXES}
SORTS = (SORT_PEOPLE, SORT_COMPANIES)
TABLE_FILTERS = {"find": "", "only_new": False}  # what shows all rows, by widget key
JOB_CHANGE_KEYS = {box.key for box in JOB_CHANGE_BOXES}
EXAMPLES = {
    "VPs of Sales in the United States": "roles=Sales&seniorities=VP&locations=United+States",
    "Engineering leaders at software companies": "roles=Engineering&seniorities=VP"
    "&seniorities=Director&industries=Computer+Software",
    "Marketing directors at mid-size companies": "roles=Marketing&seniorities=Director"
    "&sizes=201–1%2C000&sizes=1%2C001–5%2C000",
}


class EnteredSearch(NamedTuple):
    """The search that stands in the boxes.

    ``request`` has its ``operation``, ``input`` and ``limit``; the input is empty without filters.
    ``problems`` are what is wrong with an entry, by the key of its box. ``active`` are the boxes
    that hold something, with what it is.
    """

    request: dict[str, Any]
    data_points: tuple[str, ...]
    problems: Mapping[str, str]
    active: Mapping[str, Any]

    @property
    def is_flat(self) -> bool:
        """Whether it finds people, and not companies with their people."""
        return self.request["operation"] is SearchKind.FLAT

    @property
    def problem(self) -> str | None:
        """Why it is not sent as it stands, as Markdown; None if it can be."""
        texts = [f"{BOX_BY_KEY[key].label}: {text}" for key, text in self.problems.items()]
        if texts:
            return f"Nothing was sent. {escape_markdown(' · '.join(texts))}"
        return None if self.request["input"] else "Choose at least one filter, then press Search."


def entered_search() -> EnteredSearch:
    """Returns the search in the boxes, as they were drawn last or as the address fills them."""
    values = widget_values(KEYS)
    if values["results"] is None:
        values = entries_of_address() | {
            key: value for key, value in values.items() if value is not None
        }
    kind = GROUPINGS.get(values["results"], SearchKind.FLAT)
    flat = kind is SearchKind.FLAT
    unused = {SORT_COMPANIES.key} if flat else JOB_CHANGE_KEYS
    entries = {box: values[box.key] for box in BOXES if values[box.key] and box.key not in unused}
    parsed = {box: box.parse(entry) for box, entry in entries.items()}
    input = parsing.advanced_search_input((box.path, one.value) for box, one in parsed.items())
    if input and not flat:
        input["limitPerCompany"] = PEOPLE_PER_COMPANY
    limit = int(values["limit"] or DEFAULT_LIMIT)
    return EnteredSearch(
        {"operation": kind, "input": input, "limit": limit},
        ("company",) if values["company_information"] else (),
        {box.key: one.problem for box, one in parsed.items() if one.problem},
        {box.key: entry for box, entry in entries.items() if box not in SORTS},
    )


def restore(account: Account) -> None:
    """Fills the boxes with the search whose results are shown, if the address says nothing.

    A link with filters opens these alone: Streamlit would keep what stood in the other boxes.
    """
    if state.session().take_opening() and {*KEYS} & {*st.query_params}:
        _open_link(account)
    search = account.state.advanced
    is_opened = widget_values(["results"])["results"] is None
    is_silent = is_opened and not {*KEYS} & {*st.query_params}
    if search is not None and (is_silent or account.state.refill):
        state.set_widget_values(filter_fields.entries(search.address))
        state.set_chips(state.CHART_FILTERS, search.chips)
    elif is_opened and st.query_params.get("results") in FORMER_GROUPINGS:
        grouping = FORMER_GROUPINGS[st.query_params["results"]]
        state.set_widget_values({"results": grouping})
    account.state.refill = False


def _open_link(account: Account) -> None:
    """Forgets what the boxes held, and the results unless they are of the link's search."""
    search = account.state.advanced
    state.forget_widgets([*KEYS, state.CHART_FILTERS, *TABLE_FILTERS])
    if search is not None and filter_fields.entries(search.address) != entries_of_address():
        account.state.forget_advanced_search()


def entries_of_address() -> dict[str, Any]:
    """Returns what the page's address fills the boxes with, by key."""
    query = [(key, text) for key in st.query_params for text in st.query_params.get_all(key)]
    return filter_fields.entries(urlencode(query))


def refill_after_back(account: Account, before: EnteredSearch, drawn: EnteredSearch) -> None:
    """Draws the page again if the browser's Back has emptied the boxes while they were drawn.

    Streamlit leaves no filters in the address of a page that was left, and Back obeys the address.
    """
    if account.state.advanced is not None and before.active and not drawn.active:
        account.state.refill = True
        st.rerun()


# The form ----------------------------------------------------------------------------------------


def filter_panel(
    header: DeltaGenerator, entered: EnteredSearch, search: LoadedSearch | None
) -> DeltaGenerator:
    """Returns where the form is drawn: in sight at first, behind a button once there are rows."""
    if search is None or 0 not in search.results:
        return st.container(border=True)
    # Another key after each search, which closes it.
    return header.popover(
        _counted("Filters", len(entered.active)), icon=":material/tune:", key=f"filters_{search.at}"
    )


def settings_input(account: Account, entered: EnteredSearch, with_sort: bool) -> None:
    """Draws what is decided beside the filters: people or companies, rows, company data.

    ``with_sort`` adds the order, which is above the table once there is one.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "View",
            list(GROUPINGS),
            default=DEFAULT_GROUPING,
            required=True,
            key="results",
            bind="query-params",
        )
        # Not of whole numbers: with ?limit=1e400 in the address Streamlit would fail to make one.
        st.number_input(
            "Rows per load",
            1.0,
            100.0,
            float(DEFAULT_LIMIT),
            1.0,
            "%.0f",
            key="limit",
            bind="query-params",
            width=130,
        )
        if with_sort:
            sort_input(entered.is_flat)
        st.toggle(
            f"Add company data · {uc(account.prices['Company'])} per company",
            key="company_information",
            bind="query-params",
            help=f"Without it each person costs {uc(account.prices['Profile'])}. You choose emails "
            "and phones once you see who was found.",
        )


def filter_boxes(entered: EnteredSearch, suggestions: Suggestions) -> DeltaGenerator:
    """Draws all boxes: five in sight, the others behind "More filters".

    Returns where the form's button is drawn: after the first three, so that few Tabs lead to it.
    """
    boxes = _Boxes(suggestions, entered.problems, fits=len(link()) <= MAX_LINK_CHARACTERS)
    first = [BOX_BY_KEY[key] for key in FIRST_KEYS]
    boxes.draw(st.grid(3, min_column_width=MIN_BOX_PIXELS, gap=BOX_GAP), first[:3])
    action = st.container(horizontal=True, vertical_alignment="center")
    boxes.draw(st.grid(1), first[3:])
    groups = {
        "Contact": _side_by_side(CONTACT_BOXES, EXCLUDED_CONTACT_BOXES),
        "Company": [OTHER_SIZES, *_side_by_side(COMPANY_BOXES, EXCLUDED_COMPANY_BOXES)],
    }
    if entered.is_flat:
        groups["Job changes"] = [*JOB_CHANGE_BOXES]
    held = {
        title: sum(box.key in entered.active for box in group) for title, group in groups.items()
    }
    with st.expander(_counted("More filters", sum(held.values())), key="more_filters"):
        tabs = st.tabs([_counted(*group) for group in held.items()], key="filter_tabs")
        for tab, group in zip(tabs, groups.values(), strict=True):
            boxes.draw(tab.grid(2, min_column_width=MIN_BOX_PIXELS, gap=BOX_GAP), group)
    keep_typed_text()
    return action


def _side_by_side(included: Sequence[Box], excluded: Sequence[Box]) -> list[Box]:
    """Returns each box and the one that excludes the same; first those without the former."""
    pairs = [*zip(included, excluded, strict=True)]
    alone = [other for box, other in pairs if box.key in FIRST_KEYS]
    return alone + [one for pair in pairs if pair[0].key not in FIRST_KEYS for one in pair]


def _counted(title: str, number: int) -> str:
    return f"{title} · {number}" if number else title


class _Boxes(NamedTuple):
    """Draws boxes; lines too long for the address (not ``fits``) stay in the session alone."""

    suggestions: Suggestions
    problems: Mapping[str, str]
    fits: bool

    def draw(self, grid: GridContainer, boxes: Sequence[Box]) -> None:
        """Draws each box in a cell, with its problem below if there is one."""
        for box in boxes:
            problem = self.problems.get(box.key)
            with grid.cell() if problem else grid:  # a cell of its own costs as much as a box
                self._entry(box)
                if problem:
                    st.markdown(f":red[{escape_markdown(problem)}]")

    def _entry(self, box: Box) -> Any:
        if box.kind == "day":
            return st.date_input(
                box.label, None, min_value="1970-01-01", key=box.key, bind="query-params"
            )
        if box.kind == "pills":
            return st.pills(
                box.label,
                self._choices(box),
                selection_mode="multi",
                format_func=box.option_label,
                help=box.help,
                key=box.key,
                bind="query-params",
            )
        if box.kind == "choice":
            return choice_box(box, self._choices(box))
        if box.kind == "range":
            return st.text_input(
                box.label, placeholder=box.example, help=box.help, key=box.key, bind="query-params"
            )
        return st.text_area(
            f"{box.label} (one per line)",
            placeholder=box.example,
            height=68,
            key=box.key,
            bind="query-params" if self.fits else None,
            persist_state="session",
        )

    def _choices(self, box: Box) -> list[str]:
        """Returns what a box offers: what an ambiguous entry can mean first, then what is known."""
        entered = widget_values([box.key])[box.key] or st.query_params.get_all(box.key)
        known = [*box.meanings(entered), *box.options, *self.suggestions.get(box.suggested, ())]
        # Pills take no text, but an older link may hold a size of its own.
        own = entered if box.kind == "pills" and box.accepts_text else ()
        return [*dict.fromkeys([*known, *own])]


def choice_box(box: Box, choices: Sequence[str], **options: Any) -> list[str]:
    """Draws a box in which several values are chosen, and typed if it accepts any."""
    return st.multiselect(
        box.label,
        choices,
        format_func=box.option_label,
        accept_new_options=box.accepts_text,
        filter_mode="prefix",
        select_all=False,
        placeholder=box.example or ("Choose or type" if box.accepts_text else "Choose"),
        help=box.help,
        key=box.key,
        bind="query-params",
        **options,
    )


def sort_input(flat: bool) -> None:
    """Draws the order in which LeadIQ returns the rows."""
    for box in (SORT_PEOPLE,) if flat else SORTS:
        named = replace(box, example=box.label)
        choice_box(named, box.options, label_visibility="collapsed", width=180)


def examples(account: Account) -> None:
    """Draws searches to start from, which fill the boxes."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Try", width="content")
        for label, query in EXAMPLES.items():
            st.button(
                label,
                key=f"example_{label}",
                on_click=fill,
                args=(account, filter_fields.entries(query)),
            )


def fill(account: Account, entries: Mapping[str, Any]) -> None:
    """Fills boxes with another search, by key; what was found before is no longer shown."""
    state.set_widget_values(entries)
    clear_table_filters()
    account.state.forget_advanced_search()


def clear_table_filters() -> None:
    """Shows all rows that a search has loaded: no chart filter, no words, not only new people."""
    state.set_chips(state.CHART_FILTERS, [])
    state.set_widget_values(TABLE_FILTERS)


# The filters in use ------------------------------------------------------------------------------


def active_filters(account: Account, entered: EnteredSearch) -> None:
    """Draws a pill for each box that holds something; a click on one empties the box."""
    labels = {key: _pill_label(BOX_BY_KEY[key], entry) for key, entry in entered.active.items()}
    if labels:
        pills = f"active_filters_{hash(tuple(labels.items()))}"
        st.pills(
            "Active filters",
            [*labels],
            default=[*labels],
            selection_mode="multi",
            format_func=labels.__getitem__,
            label_visibility="collapsed",
            key=pills,
            on_change=_keep_only,
            args=(pills, [*labels]),
        )
        st.button("Clear all", type="tertiary", on_click=_clear_all, args=(account,))


def _pill_label(box: Box, entry: Any) -> str:
    text = ", ".join(box.texts(entry))
    if len(text) > MAX_PILL_CHARACTERS:
        text = f"{text[:MAX_PILL_CHARACTERS].rstrip()}…"
    return escape_markdown(f"{box.label}: {text} ✕")


def _keep_only(pills: str, keys: Sequence[str]) -> None:
    kept = widget_values([pills])[pills]
    state.set_widget_values({key: BOX_BY_KEY[key].empty for key in keys if key not in kept})


def _clear_all(account: Account) -> None:
    fill(account, {box.key: box.empty for box in BOXES})


def link() -> str:
    """Returns the query of an address that opens the page with the boxes as they are."""
    return filter_fields.address(widget_values(KEYS))
