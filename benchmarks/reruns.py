"""A rerun of each page, empty and full, and what it sends: nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from benchmarks.events import fill_ledger, fill_list
from benchmarks.measure import COST_HEADINGS, Table, in_turn
from benchmarks.servers import FLOOR, Server, client_of, console, serve
from benchmarks.sessions import Session, open_session
from leadiq_sandbox import Sandbox

PAGES = ("usage", "people_search", "company_search", "advanced_search", "lists")
SEARCH = "work_emails=Verified&limit=100"
EVENTS = 1_000  # of a full ledger
PROSPECTS = 1_000  # of the list that is open
COMPANIES = 10  # that are compared
FLOOR_ROW = "floor: one table, one bar chart"


def tables() -> list[Table]:
    """Measures all pages beside each other, each in a session of its own."""
    headings = ("rerun, one session", *COST_HEADINGS, "kB", "requests", "UC")
    empty, full = _measured(_empty_pages), _measured(_full_pages)
    return [Table(headings, [*empty, *full[1:]])]


def _measured(
    open_pages: Callable[[Sandbox, Server, ExitStack], dict[str, Session]],
) -> list[tuple[str, ...]]:
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(people=5_000, rpm=0, credits=10**6))
        floor = stack.enter_context(serve(FLOOR))
        server = stack.enter_context(console(sandbox))
        sessions = {FLOOR_ROW: stack.enter_context(open_session(floor, "page_1"))}
        sessions |= open_pages(sandbox, server, stack)
        sent, used = len(sandbox.requests), sandbox.store.used
        costs = in_turn(
            {
                name: (floor if name == FLOOR_ROW else server, session.rerun)
                for name, session in sessions.items()
            }
        )
        sends = (str(len(sandbox.requests) - sent), str(sandbox.store.used - used))
        rows = []
        for name, session in sessions.items():
            assert not session.failed, name  # noqa: S101  a broken page would be fast
            kilobytes = f"{session.received / 1000:,.0f}"
            sent_by_it = ("–", "–") if name == FLOOR_ROW else sends
            rows.append((name, *costs[name].columns(costs[FLOOR_ROW]), kilobytes, *sent_by_it))
        return rows


def _empty_pages(_sandbox: Sandbox, server: Server, stack: ExitStack) -> dict[str, Session]:
    """Opens each page as a new account sees it."""
    return {f"{page}, empty": stack.enter_context(open_session(server, page)) for page in PAGES}


def _full_pages(sandbox: Sandbox, server: Server, stack: ExitStack) -> dict[str, Session]:
    """Opens each page with something on it."""
    fill_list(sandbox, "Pilots", PROSPECTS)

    def opened(page: str, query: str = "") -> Session:
        return stack.enter_context(open_session(server, page, query))

    people = opened("people_search")
    people.enter("LinkedIn URL, email or LeadIQ ID", string_value=sandbox.world.person_ids[0])
    people.click("Search")
    companies = opened("company_search")
    companies.enter("Companies", string_value="\n".join(sandbox.world.domains[:COMPANIES]))
    companies.rerun()
    companies.click("Search")
    confirm(companies)
    advanced = opened("advanced_search", SEARCH)
    advanced.click("Search")
    confirm(advanced)
    fill_ledger(server.ledger, client_of(sandbox).fingerprint, EVENTS)
    return {
        f"usage, {EVENTS:,} requests": opened("usage"),
        "people_search, one person": people,
        f"company_search, {COMPANIES} companies": companies,
        "advanced_search, 100 people": advanced,
        f"lists, {PROSPECTS:,} prospects": opened("lists"),
    }


def confirm(session: Session) -> None:
    """Agrees to the price, if the page asks."""
    if session.shows("Spend up to "):
        session.click("Spend up to ")
