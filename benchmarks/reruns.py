"""A rerun of each page, empty and full, and what it sends: nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks.events import fill_ledger, fill_list
from benchmarks.measure import COST_HEADINGS, Row, Table, in_turn, ratio
from benchmarks.servers import FLOOR, Server, client_of, console, serve
from benchmarks.sessions import Session, open_session
from leadiq_sandbox import Sandbox

PAGES = ("usage", "people_search", "company_search", "advanced_search", "lists")
SEARCH = "work_emails=Verified&limit=100"
EVENTS = 1_000  # of a full ledger
PROSPECTS = 1_000  # of the list that is open
COMPANIES = 10  # that are compared
FLOOR_ROW = "floor: one table, one bar chart"


class Page(NamedTuple):
    """A page to measure: what serves it, and what opens a session on it."""

    server: Server
    open: Callable[[], AbstractContextManager[Session]]


Pages = Mapping[str, Page]  # by the name of their rows, the floor's first


def tables() -> list[Table]:
    """Measures all pages beside each other, each in a session of its own."""
    headings = ("rerun, one session", *COST_HEADINGS, "kB", "requests", "UC")
    return [Table(headings, empty_and_full(_rows))]


def element_tables() -> list[Table]:
    """Measures each page beside one of the floor's with as many elements of the same kinds."""
    headings = (
        "rerun, one session",
        "elements",
        "Streamlit alone, ms",
        "console, ms",
        "× Streamlit",
    )
    return [Table(headings, empty_and_full(_element_rows))]


def _element_rows(_: Sandbox, pages: Pages, stack: ExitStack) -> list[Row]:
    floor, rows = pages[FLOOR_ROW].server, []
    for name, page in pages.items():
        session = stack.enter_context(page.open())
        session.rerun()
        query = urlencode(session.drawn)
        alone = stack.enter_context(open_session(floor, "elements", query))
        costs = in_turn({"alone": (floor, alone.rerun), "console": (page.server, session.rerun)})
        assert not alone.failed, query  # noqa: S101  a kind that the floor does not draw
        taken = [costs[one].milliseconds for one in ("alone", "console")]
        times = [f"{one:,.0f}" for one in taken]
        rows.append((name, f"{session.drawn.total()}", *times, ratio(taken[1], taken[0])))
    return rows


def empty_and_full(rows_of: Callable[[Sandbox, Pages, ExitStack], list[Row]]) -> list[Row]:
    """Returns the rows of all pages, empty and then full; the floor's, which is first, once."""
    rows: list[Row] = []
    for served in (_empty_pages, _full_pages):
        with ExitStack() as stack:
            sandbox = stack.enter_context(Sandbox(people=5_000, rpm=0, credits=10**6))
            measured = rows_of(sandbox, stack.enter_context(served(sandbox)), stack)
            rows += measured[1:] if rows else measured
    return rows


def _rows(sandbox: Sandbox, pages: Pages, stack: ExitStack) -> list[Row]:
    sessions = {name: stack.enter_context(page.open()) for name, page in pages.items()}
    for session in sessions.values():
        session.rerun()  # Usage reads what was used once more, as the others have searched
    sent, used = len(sandbox.requests), sandbox.store.used
    costs = in_turn({name: (pages[name].server, sessions[name].rerun) for name in pages})
    sends = (str(len(sandbox.requests) - sent), str(sandbox.store.used - used))
    rows = []
    for name, session in sessions.items():
        assert not session.failed, name  # noqa: S101  a broken page would be fast
        kilobytes = f"{session.received / 1000:,.0f}"
        sent_by_it = ("–", "–") if name == FLOOR_ROW else sends
        rows.append((name, *costs[name].columns(costs[FLOOR_ROW]), kilobytes, *sent_by_it))
    return rows


@contextmanager
def _empty_pages(sandbox: Sandbox) -> Iterator[Pages]:
    """Serves the floor, and each page as a new account sees it."""
    with serve(FLOOR) as floor, console(sandbox) as server:
        opened = partial(open_session, server)
        pages = {f"{page}, empty": Page(server, partial(opened, page)) for page in PAGES}
        yield {FLOOR_ROW: Page(floor, partial(open_session, floor, "page_1")), **pages}


@contextmanager
def _full_pages(sandbox: Sandbox) -> Iterator[Pages]:
    """Serves the floor, and each page with something on it."""
    fill_list(sandbox, "Pilots", PROSPECTS)
    with serve(FLOOR) as floor, console(sandbox) as server:
        with open_session(server):  # which makes the ledger
            fill_ledger(server.ledger, client_of(sandbox).fingerprint, EVENTS)
        opened = {
            f"usage, {EVENTS:,} requests": partial(open_session, server, "usage"),
            "people_search, one person": partial(_person, sandbox, server),
            f"company_search, {COMPANIES} companies": partial(_companies, sandbox, server),
            "advanced_search, 100 people": partial(_people, server),
            f"lists, {PROSPECTS:,} prospects": partial(open_session, server, "lists"),
        }
        pages = {name: Page(server, opens) for name, opens in opened.items()}
        yield {FLOOR_ROW: Page(floor, partial(open_session, floor, "page_1")), **pages}


@contextmanager
def _person(sandbox: Sandbox, server: Server) -> Iterator[Session]:
    with open_session(server, "people_search") as session:
        session.enter("LinkedIn URL, email or LeadIQ ID", string_value=sandbox.world.person_ids[0])
        session.click("Search")
        yield session


@contextmanager
def _companies(sandbox: Sandbox, server: Server) -> Iterator[Session]:
    with open_session(server, "company_search") as session:
        session.enter("Companies", string_value="\n".join(sandbox.world.domains[:COMPANIES]))
        session.rerun()
        session.click("Search")
        confirm(session)
        yield session


@contextmanager
def _people(server: Server) -> Iterator[Session]:
    with open_session(server, "advanced_search", SEARCH) as session:
        if session.shows("Search · "):  # unless another session has found them
            session.click("Search · ")
            confirm(session)
        yield session


def confirm(session: Session) -> None:
    """Agrees to the price, if the page asks."""
    if session.shows("Spend up to "):
        session.click("Spend up to ")
