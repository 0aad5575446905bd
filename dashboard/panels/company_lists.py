"""Company lists on Company search, where the server has them: saving, opening, removing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.errors import read_or_show_error, show_error
from dashboard.formatting import count, escape_markdown, option_labels
from dashboard.lists import companies as saving
from dashboard.lists.writing import create_once
from dashboard.state import session
from dashboard.tables import frames
from dashboard.tables.api_json import Json, rows_at, text_at
from dashboard.widgets.buttons import write_button
from dashboard.widgets.tables import csv_download, selectable_table, table_version
from leadiq_api import LeadIQError

NEW_LIST = ""  # in place of a list's id
CONFLICT = 409  # the status of a name that is taken


def show_company_lists(account: Account) -> None:
    """Draws the account's company lists, folded; nothing where the server has none."""
    if not _has_lists(account):
        return
    panel = st.expander(
        "Company lists", icon=":material/domain:", key="company_lists", on_change="rerun"
    )
    if not panel.open:  # what nobody looks at is not read
        return
    with panel:
        names = _read_names(account)
        if names is None:
            return
        if not names:
            st.caption("Nothing saved yet. Search for companies, then save them.")
            return
        list_id = st.selectbox(
            "Open a company list",
            list(names),
            format_func=option_labels(names).__getitem__,
            key="open_company_list",
        )
        _show_list(account, list_id, names[list_id])


def _show_list(account: Account, list_id: str, name: str) -> None:
    found = read_or_show_error("the company list", account.caller, data.company_list, list_id)
    if found is None:
        return
    companies = frames.listed_companies(rows_at(found, "companies"))
    st.caption(f"{escape_markdown(name)}: {count(len(companies), 'company', 'companies')}")
    if companies.empty:
        return
    selected = selectable_table(
        companies, "entry_id", "listed_companies", table_version(*companies["entry_id"])
    )
    with st.container(horizontal=True):
        csv_download(
            companies, f"leadiq-company-list-{list_id}", "listed_companies_csv", "Download the list"
        )
        if selected:
            _remove_button(account, list_id, name, selected)


def _remove_button(account: Account, list_id: str, name: str, entry_ids: Sequence[str]) -> None:
    """Draws a button that removes companies from a list, after asking."""
    companies = count(len(entry_ids), "company", "companies")
    with st.popover(f"Remove {companies}", icon=":material/delete:", key="ask_remove_companies"):
        st.markdown(f"{companies} will no longer be on **{escape_markdown(name)}**.")
        if write_button(f"Remove {companies} · free", "remove_companies"):
            _remove(account, list_id, name, entry_ids)


def _remove(account: Account, list_id: str, name: str, entry_ids: Sequence[str]) -> None:
    try:
        with _writing(account, "Removing …"):
            removed = saving.remove_companies(account.client, list_id, entry_ids)
            companies = count(removed, "company was", "companies were")
            session().flash_message = f"{companies} removed from {escape_markdown(name)}."
    except LeadIQError as error:
        show_error(error)
        return
    st.rerun()


@contextmanager
def _writing(account: Account, message: str) -> Iterator[None]:
    """A write to company lists: they are read again after it, whatever its outcome."""
    with st.spinner(message), session().write():
        try:
            yield
        finally:
            data.invalidate_company_lists(*account.caller)


def save_companies(account: Account, companies: Sequence[Json], selected: Collection[str]) -> None:
    """Draws a panel that saves the selected companies on a list, or all if none is selected."""
    if not _has_lists(account):
        return
    wanted = [row for row in companies if not selected or text_at(row, "id") in selected]
    panel = st.expander(
        "Save to a company list",
        icon=":material/playlist_add:",
        key="save_to_company_list",
        on_change="rerun",
    )
    if not panel.open:
        return
    with panel:
        names = _read_names(account)
        if names is None:
            return
        list_id = st.selectbox(
            "Company list",
            [*names, NEW_LIST],
            format_func=option_labels(names | {NEW_LIST: "A new list"}).__getitem__,
            key="save_on",
        )
        name = ""
        if list_id == NEW_LIST:
            name = st.text_input("Name of the new list", max_chars=200, key="save_on_new").strip()
        label = f"Save {count(len(wanted), 'company', 'companies')} · free"
        if not write_button(label, "save_companies"):
            return
        if list_id == NEW_LIST and not name:
            st.error("Give the list a name.", icon=":material/edit:")
            return
        _save(account, names, list_id, name, wanted)


def _save(
    account: Account, names: Mapping[str, str], list_id: str, name: str, companies: Sequence[Json]
) -> None:
    client, current = account.client, session()
    try:
        with _writing(account, "Saving …"):
            if list_id == NEW_LIST:
                created = create_once(
                    lambda: client.create_company_list(name), client.company_lists, name, names
                )
                list_id = str(created["id"])
            result = saving.save_companies(client, list_id, companies)
            message = _summary(result, names.get(list_id, name))
            is_complete = result.error is None and not result.failed
            if is_complete:
                current.flash_message = message
    except LeadIQError as error:
        if error.status == CONFLICT:
            st.error(f"A list called {escape_markdown(name)} exists already. Choose another name.")
        else:
            show_error(error)
        return
    if is_complete:
        st.rerun()
    st.warning(message)
    if result.error is not None:
        show_error(result.error)


def _summary(result: saving.SavedCompanies, name: str) -> str:
    """Returns the outcome in words."""
    parts = [
        f"{count(result.saved, 'company', 'companies')} saved on {escape_markdown(name)}",
        result.already_listed and f"{result.already_listed:,} there already",
        result.unsent and f"{result.unsent:,} not saved",
        result.unconfirmed
        and f"{result.unconfirmed:,} may have been saved: open the list before you save them again",
        *(
            f"{escape_markdown(company)}: {escape_markdown(reason)}"
            for company, reason in result.failed.items()
        ),
    ]
    return " · ".join(part for part in parts if part)


def _has_lists(account: Account) -> bool:
    return account.supports("companyLists")


def _read_names(account: Account) -> dict[str, str] | None:
    """The lists' names by id; None after an error, which is shown."""
    lists = read_or_show_error("the company lists", account.caller, data.company_lists)
    return None if lists is None else {str(row.get("id")): str(row.get("name")) for row in lists}
