"""What people do with prospects: add them, look at one, verify, report what is wrong, export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import data, forms, frames, list_writing, state, uploads
from dashboard.list_writing import Plan, Written, plan
from dashboard.page import Account, read, show_error
from dashboard.purse import HOPELESS
from dashboard.widgets import csv_download, excel_download, may_send, notice, paid_button, table
from dashboard.wording import ENUM_LABELS, count, day, link, plain, verbatim, visible
from leadiq_api import LeadIQError, may_have_taken_effect
from leadiq_api.credits import total

Json = Mapping[str, Any]

# What Salesforce's export can answer, by the OpenAPI's codes, and what to do about it.
SALESFORCE: Mapping[str, str] = {
    "created": "Salesforce has a new record of this prospect.",
    "updated": "The record that Salesforce had was brought up to date.",
    "submitted": "LeadIQ handed it to Salesforce, but does not know what became of it. Look in "
    "Salesforce; do not export it again.",
    "salesforce_export_disabled": "An admin of your LeadIQ account has switched Salesforce export "
    "off. Ask them to allow it.",
    "salesforce_export_not_enabled": "LeadIQ has not switched Salesforce export on for your team "
    "yet. Ask LeadIQ for it.",
    "salesforce_not_connected": "No Salesforce is connected to your LeadIQ user. Connect it in "
    "LeadIQ, then export again.",
    "salesforce_save_as_unsupported": "Your “Save to” setting in LeadIQ is not one that this "
    "export supports. Choose Lead or Contact there.",
    "salesforce_account_required": "A Contact needs an Account in Salesforce, and none was found. "
    "Create the Account, or save to Lead.",
    "quality_skipped": "Your rules for data quality left this prospect out. Verify its email or "
    "complete it first.",
    "export_rejected": "Your organization's rules in LeadIQ rejected this export.",
    "salesforce_rejected_record": "Salesforce rejected the record, by a validation or duplicate "
    "rule of your own. Its admin can tell which.",
}
UNKNOWN_EXPORT = (
    "Whether Salesforce has a record of it is not known, so it was not sent again. Look in "
    "Salesforce."
)

# What can be wrong with an address or a number, as ApiPersonFeedback has it: InvalidReason knows
# only bounce codes, the wrong person and anything else.
WRONG = {
    "The email bounced": "EmailBounceCode550",
    "The person left the company": "Other",
    "It is another person's": "WrongPerson",
    "Something else": "Other",
}


# Adding ------------------------------------------------------------------------------------------


def create_list(account: Account, name: str, description: str) -> str | None:
    """Creates a list and gives its id, or tells why there is none."""
    try:
        known = [str(row.get("id")) for row in data.lists(*account.caller)]
        with st.spinner("Creating the list …"):
            made = list_writing.create_list(account.client, name, description, known)
    except LeadIQError as error:
        if error.status == 409:
            st.error(f"A list called {plain(name)} exists already. Choose another name.")
        else:
            show_error(error)
        return None
    finally:
        data.forget_lists(*account.caller)
    st.session_state[state.NOTICE] = f"{plain(name)} was created."
    return str(made.get("id"))


def add_people(account: Account, people: pd.DataFrame) -> None:
    """A button that opens a panel, where people of a search are put on a list."""
    st.button("Add to a list", icon=":material/playlist_add:", on_click=_open_panel)
    notice()
    if st.session_state[state.ADDING]:
        with st.container(border=True):
            _add_panel(account, people)


def _open_panel() -> None:
    st.session_state[state.ADDING] = not st.session_state[state.ADDING]


def _add_panel(account: Account, people: pd.DataFrame) -> None:
    inputs, left_out = frames.prospect_inputs(people)
    known = read("the lists", account.caller, data.lists)
    if known is None:
        return
    names = {str(row.get("id")): str(row.get("name")) for row in known}
    if not names:
        st.info("There is no list yet. Create one on Lists, then come back: the selection stays.")
        return
    list_id = st.selectbox("List", list(names), format_func=lambda found: visible(names[found]))
    if left_out:
        st.caption(
            f"{count(len(left_out), 'person', 'people')} without a first or last name cannot "
            f"be added: {plain(', '.join(left_out[:5]))}"
        )
    if not written(account, list_id, names[list_id]):
        _add_form(account, list_id, names[list_id], inputs)


def _add_form(account: Account, list_id: str, name: str, inputs: Sequence[Json]) -> None:
    """What would be written, duplicates left out unless chosen, and the button that writes it."""
    listed = read("the prospects", account.caller, data.list_prospects, list_id)
    if listed is None or not inputs:
        return
    try:
        saved = data.saved_of(*account.caller, [dict(body) for body in inputs])
    except LeadIQError as error:
        show_error(error)
        saved = []
    found = plan(inputs, listed, saved)
    chosen = _duplicates(inputs, found)
    attach = [] if "attached" in chosen else [*found.saved]
    places = sorted(
        [*found.new]
        + ([*found.repeated] if "repeated" in chosen else [])
        + ([place for place, _ in found.listed] if "listed" in chosen else [])
        + ([place for place, _ in found.saved] if "attached" in chosen else [])
    )
    number = len(places) + len(attach)
    if st.button(
        f"Add {count(number, 'person', 'people')} to the list · free",
        type="primary",
        disabled=not number,
        icon=":material/playlist_add:",
        key=f"add_to_{list_id}",
    ):
        _write(account, list_id, name, inputs, places, attach)


def _duplicates(inputs: Sequence[Json], found: Plan) -> set[str]:
    """Shows who is there already; gives which of them a person wants written all the same."""
    if len(inputs) > list_writing.LOOKED_UP:
        st.caption(
            "Compared with this list. The other lists are compared for up to "
            f"{list_writing.LOOKED_UP} people at a time."
        )
    chosen = set()
    for kind, places, told in (
        ("repeated", found.repeated, "more than once in what is to be added"),
        ("listed", [place for place, _ in found.listed], "on this list already"),
        ("attached", [place for place, _ in found.saved], "on another list: they will be put on "
         "this one too, as the same prospect"),
    ):  # fmt: skip
        if not places:
            continue
        names = ", ".join(_name(inputs[place]) for place in places[:10])
        more = f" and {len(places) - 10:,} more" if len(places) > 10 else ""
        st.warning(
            f"{count(len(places), 'person is', 'people are')} {told}: {plain(names)}{more}",
            icon=":material/content_copy:",
        )
        label = "Create new prospects of them" if kind == "attached" else "Add them all the same"
        if st.checkbox(label, key=f"duplicates_{kind}"):
            chosen.add(kind)
    return chosen


def _write(
    account: Account,
    list_id: str,
    name: str,
    inputs: Sequence[Json],
    places: Sequence[int],
    attach: Sequence[tuple[int, Json]] = (),
) -> None:
    bar = st.progress(0.0, "Adding to the list …")
    done = list_writing.add(
        account.client, list_id, inputs, places, attach,
        lambda sent: bar.progress(sent / len(places), f"{sent:,} of {len(places):,}"),
    )  # fmt: skip
    data.forget_lists(*account.caller, list_id)
    number = len(done.added) + len(done.attached)
    if number:
        told = f"{count(number, 'person', 'people')} added to {plain(name)}."
        st.session_state[state.NOTICE] = told
    if done.failed or done.unsent or done.unattached or done.unsure or done.error:
        st.session_state[state.WRITTEN] = (account.fingerprint, list_id, [*inputs], done)
    else:
        st.session_state[state.FORM] += 1
        state.forget(state.ADDING)
    st.rerun()


def _left_over(account: Account, list_id: str) -> tuple[list[Json], Written] | None:
    kept = st.session_state[state.WRITTEN]
    return kept[2:] if kept is not None and kept[:2] == (account.fingerprint, list_id) else None


def _after_writing(
    account: Account, list_id: str, name: str, inputs: list[Json], done: Written
) -> None:
    """What an addition left undone: the reasons row by row, and a retry of just those."""
    if done.error is not None:
        show_error(done.error)
    if done.failed:
        st.warning(f"{count(len(done.failed), 'row was', 'rows were')} not added:")
        rows = [{"name": _name(inputs[place]), "problem": reason} for place, reason in done.failed]
        table(pd.DataFrame(rows), f"failed_{list_id}")
    waiting = len(done.unsent) + len(done.unattached)
    if waiting:
        st.warning(f"{count(waiting, 'person was', 'people were')} not put on the list.")
    sure = True
    if done.unsure:
        names = plain(", ".join(_name(inputs[place]) for place in done.unsure[:10]))
        st.warning(
            f"Whether {count(len(done.unsure), 'person', 'people')} reached the list is not known: "
            f"{names}. Look at the list first: LeadIQ does not remove duplicates."
        )
        sure = st.checkbox("I looked: they are not on the list", key=f"sure_{list_id}")
    again = sorted([*(place for place, _ in done.failed), *done.unsent, *done.unsure])
    number = len(again) + len(done.unattached)
    with st.container(horizontal=True):
        retried = st.button(
            f"Try {count(number, 'person', 'people')} again · free",
            key=f"again_{list_id}",
            disabled=not (number and sure),
        )
        st.button("Leave it", key=f"leave_{list_id}", on_click=state.forget, args=(state.WRITTEN,))
    if retried:
        state.forget(state.WRITTEN)
        _write(account, list_id, name, inputs, again, done.unattached)


def add_one(account: Account, list_id: str, name: str, body: Json) -> None:
    """Adds a prospect from the form; somebody who is there already is asked about first."""
    try:
        listed = data.list_prospects(*account.caller, list_id)
    except LeadIQError as error:
        show_error(error)  # and no more: a form holds no button but its own
        return
    if plan([body], listed).new:
        _write(account, list_id, name, [body], [0])
    else:
        there = Written(failed=[(0, "On this list already, by email, LinkedIn, id or name")])
        st.session_state[state.WRITTEN] = (account.fingerprint, list_id, [body], there)
        st.rerun()


def written(account: Account, list_id: str, name: str) -> bool:
    """Draws what the last addition to this list left undone; whether there was anything."""
    left = _left_over(account, list_id)
    if left is not None:
        _after_writing(account, list_id, name, *left)
    return left is not None


def upload(account: Account, list_id: str, name: str) -> None:
    """Adds the rows of a CSV file; rows that Prospector would refuse are told with the reason."""
    file = st.file_uploader(
        "CSV file",
        type=["csv", "txt", "tsv"],
        max_upload_size=uploads.MEGABYTES,
        key=f"upload_{list_id}_{st.session_state[state.FORM]}",
        help="A header row with first name and last name; email, title, company, phone, LinkedIn "
        "URL, notes and email status where there are any.",
    )
    if file is None:
        return
    rows, problem = forms.csv_rows(file.getvalue())
    if problem:
        st.error(problem, icon=":material/edit:")
        return
    inputs, refused = forms.prospect_rows(rows)
    if refused:
        st.warning(f"{count(len(refused), 'row')} cannot be added:")
        told = pd.DataFrame(refused, columns=["row", "problem"])
        table(told, f"refused_{list_id}")
        csv_download(told, "rows-not-added", f"refused_csv_{list_id}", "Download these")
    if _left_over(account, list_id) is None:  # else the page tells first what is left of it
        _add_form(account, list_id, name, inputs)


def _name(body: Json) -> str:
    return " ".join(filter(None, (frames.text(body, "firstName"), frames.text(body, "lastName"))))


# Looking ----------------------------------------------------------------------------------------


def count_prospects(account: Account, list_ids: Sequence[str]) -> None:
    """A button that reads every list to count its prospects."""
    kept = st.session_state[state.COUNTS]
    unread = [one for one in list_ids if (account.fingerprint, one) not in kept]
    label = f"Count prospects of {count(len(unread), 'list')} · free"
    if not unread or not st.button(label, key="count_prospects"):
        return
    bar = st.progress(0.0, "Counting …")
    for place, list_id in enumerate(unread, 1):
        listed = read("the prospects", account.caller, data.list_prospects, list_id)
        if listed is None:
            return
        counted(account, list_id, len(listed))
        bar.progress(place / len(unread), f"{place:,} of {len(unread):,}")


def counted(account: Account, list_id: str, number: int) -> None:
    """Remembers how many prospects a list that was read has."""
    st.session_state[state.COUNTS][account.fingerprint, list_id] = number


def counts(account: Account, list_ids: Sequence[str]) -> list[float | None]:
    """How many prospects each list has, where it was read."""
    kept = st.session_state[state.COUNTS]
    return [kept.get((account.fingerprint, one)) for one in list_ids]


def find(account: Account) -> None:
    """Searches the prospects of all lists, by email or by first and last name."""
    with st.form("find_prospects", border=False):
        email = st.text_input("Email of the prospect", key="find_email").strip()
        first = st.text_input("First name of the prospect", key="find_first").strip()
        last = st.text_input("Last name of the prospect", key="find_last").strip()
        pressed = st.form_submit_button("Find · free", icon=":material/search:")
    if pressed:
        problem = forms.found_by(email, first, last)
        if problem:
            st.error(problem, icon=":material/edit:")
            return
        st.session_state[state.FOUND] = (account.fingerprint, email, first, last)
    asked = st.session_state[state.FOUND]
    if asked is None or asked[0] != account.fingerprint:
        return
    found = read("the saved prospects", account.caller, data.find_prospects, *asked[1:])
    if found is None:
        return
    if not found:
        st.info("No saved prospect has this email or name. Search People search for them instead.")
        return
    st.markdown(f"**{count(len(found), 'saved prospect')}**")
    table(frames.prospects(found), "found_prospects", hidden=("prospect_id", "person_id"))
    if len(found) == 1:
        record(account, str(found[0].get("id")))


def export(exported: str, list_id: str) -> None:
    """The list as LeadIQ exports it, in chosen columns, as CSV or Excel."""
    whole = frames.from_csv(exported)
    columns = st.multiselect(
        "Columns to export", list(whole), placeholder="All columns", format_func=visible
    )
    chosen = whole[columns] if columns else whole
    with st.container(horizontal=True):
        csv_download(chosen, f"leadiq-list-{list_id}", "prospects_csv", "Download the list as CSV")
        excel_download(chosen, f"leadiq-list-{list_id}", "prospects_excel")


def work_with(
    account: Account,
    list_id: str,
    names: Mapping[str, str],
    chosen: Sequence[Json],
    listed: Sequence[Json],
) -> None:
    """What can be done with the selected prospects of a list; without a selection, with all."""
    with st.expander("Verify emails", icon=":material/mark_email_read:"):
        verify(account, list_id, chosen or listed)
    if chosen and len(names) > 1:
        with st.expander("Put on another list", icon=":material/playlist_add:"):
            _attach(account, {one: name for one, name in names.items() if one != list_id}, chosen)
    if len(chosen) == 1:
        whole = record(account, str(chosen[0].get("id")))
        if whole is None:
            return
        with st.expander("Report a wrong address or number", icon=":material/flag:"):
            feedback(account, whole)
        with st.expander("Export to Salesforce", icon=":material/cloud_upload:"):
            salesforce(account, whole)


def _attach(account: Account, names: Mapping[str, str], chosen: Sequence[Json]) -> None:
    target = st.selectbox(
        "Which list", list(names), format_func=lambda found: visible(names[found])
    )
    if target and written(account, target, names[target]):
        return
    label = f"Put {count(len(chosen), 'prospect')} on this list · free"
    if target and st.button(label, type="primary", key="attach"):
        _write(account, target, names[target], chosen, [], [*enumerate(chosen)])


# One prospect ------------------------------------------------------------------------------------


def record(account: Account, prospect_id: str) -> Json | None:
    """Everything that is kept of one prospect."""
    found = read("the prospect", account.caller, data.prospect, prospect_id)
    if found is None:
        return None
    with st.container(border=True):
        st.subheader(plain(_name(found) or frames.text(found, "name") or "No name"), divider="gray")
        for label, path in RECORD.items():
            value = frames.text(found, path)
            if value:
                shown = (
                    verbatim(value) if label == "Email" else plain(ENUM_LABELS.get(value, value))
                )
                st.markdown(f"**{label}:** {shown}")
        phones = [frames.text(row, "value") for row in frames.rows(found, "mobilePhones")]
        more = {"Phones": phones, "Personal emails": frames.texts(found, "personalEmails")}
        for label, values in more.items():
            if any(values):
                st.markdown(f"**{label}:** {', '.join(map(verbatim, filter(None, values)))}")
        lists = count(len(frames.texts(found, "listIds")), "list")
        created, updated = frames.time(found, "createdAt"), frames.time(found, "updatedAt")
        st.caption(f"On {lists} · added {day(created)} · updated {day(updated)}")
        url = link(frames.text(found, "linkedinUrl"))
        if url:
            st.link_button("LinkedIn profile", url, icon=":material/open_in_new:")
    return found


RECORD = {
    "Title": "title",
    "Seniority": "seniority",
    "Function": "function",
    "Company": "company.name",
    "Domain": "company.domain",
    "Industry": "company.industry",
    "Employees": "company.employees",
    "Email": "workEmail",
    "Email status": "emailStatus",
    "Street": "location.streetLine1",
    "City": "location.city",
    "State": "location.state",
    "Country": "location.country",
    "Notes": "notes",
    "LeadIQ id": "personId",
    "Prospect id": "id",
}


def feedback(account: Account, prospect: Json) -> None:
    """Marks an address or a number of the prospect as wrong."""
    values = {"WorkEmail": [frames.text(prospect, "workEmail")]}
    values["PersonalEmail"] = [*frames.texts(prospect, "personalEmails")]
    values["PersonalMobile"] = [frames.text(r, "value") for r in
                                frames.rows(prospect, "mobilePhones")]  # fmt: skip
    offered = {value: kind for kind, found in values.items() for value in found if value}
    if not offered:
        st.info("There is no address or number to report.")
        return
    prospect_id = str(prospect.get("id"))
    with st.form(f"feedback_{prospect_id}", border=False):
        value = st.selectbox("What is wrong", list(offered), format_func=visible)
        reason = st.selectbox("Why", list(WRONG))
        pressed = st.form_submit_button("Report it as wrong · free", type="primary")
    if not pressed or value is None:
        return
    if reason == "The email bounced" and not offered[value].endswith("Email"):
        st.error("A number does not bounce. Choose another reason.", icon=":material/edit:")
        return
    try:
        request = forms.feedback_input(prospect, value, offered[value], WRONG[reason])
        account.client.submit_person_feedback(request)
    except LeadIQError as error:
        show_error(error)
        if may_have_taken_effect(error):
            st.warning("Whether LeadIQ has your report is not known, and it cannot be looked up.")
        return
    st.success(f"{plain(value)} was reported as wrong.", icon=":material/check_circle:")


def salesforce(account: Account, prospect: Json) -> None:
    """Exports one prospect: once, and in spite of duplicates only after a person looked at them."""
    prospect_id = str(prospect.get("id"))
    kept = st.session_state[state.EXPORTS]
    label = (account.fingerprint, prospect_id)
    outcome = kept.get(label)
    price = account.purse.price("exportToSalesforce", {})
    st.caption("Writes to your Salesforce as you, and cannot be undone from here.")
    force = False
    if outcome is None:
        title = "Export to Salesforce"
    elif isinstance(outcome, list):
        st.warning("Nothing was written: Salesforce has records that may be the same person.")
        rows = pd.DataFrame(outcome).reindex(columns=["id", "entityType", "name", "email"])
        table(rows, f"duplicates_{prospect_id}")
        force = st.checkbox("None of these is this person", key=f"none_{prospect_id}")
        if not force:
            return
        title = "Create it all the same"
    else:
        st.info(outcome)
        return
    pressed = paid_button(account, title, price, f"salesforce_{prospect_id}", form=False)
    if not may_send(account, pressed, price, ("salesforce", prospect_id, force)):
        return
    try:
        answer = account.purse.pay_export(
            frames.text(prospect, "company.id"),
            lambda: account.client.export_to_salesforce(prospect_id, force=force),
        )
    except LeadIQError as error:
        unknown = may_have_taken_effect(error)
        if error.code not in SALESFORCE:
            show_error(error, paid=unknown)
        else:
            st.error(SALESFORCE[str(error.code)], icon=":material/error:")
        if unknown:
            kept[label] = UNKNOWN_EXPORT
        return
    found = str(answer.get("status"))
    duplicates = [dict(row) for row in frames.rows(answer, "duplicates")]
    kept[label] = (
        duplicates if found == "duplicates_found"
        else SALESFORCE.get(found, SALESFORCE["submitted"])
    )  # fmt: skip
    data.forget_account(*account.caller)
    st.rerun()


# Verifying ---------------------------------------------------------------------------------------


def verify(account: Account, list_id: str, found: Sequence[Json]) -> None:
    """Verifies the addresses of prospects, with the price, the progress, before and after."""
    known = [row for row in found if frames.text(row, "workEmail")]
    if len(known) < len(found):
        number = count(len(found) - len(known), "prospect has", "prospects have")
        st.caption(f"{number} no email, so there is nothing to verify.")
    if known:
        price = total(account.purse.price("verifyEmail", {}) for _ in known)
        label = f"Verify {count(len(known), 'email')}"
        pressed = paid_button(account, label, price, "verify", form=False)
        ids = [row.get("id") for row in known]
        if may_send(account, pressed, price, ("verify", ids)):
            _verify(account, list_id, known)
    kept = st.session_state[state.VERIFIED]
    if kept is None or kept[0] != account.fingerprint:
        return
    _, rows, stopped = kept
    if stopped is not None:
        show_error(stopped, paid=True)
        st.caption(f"{count(len(rows), 'email')} verified before that.")
    if rows:
        shown = pd.DataFrame(rows, columns=["name", "work_email", "before", "after", "problem"])
        table(shown, "verified")
        csv_download(shown, "leadiq-verified-emails", "verified_csv")


def _verify(account: Account, list_id: str, known: Sequence[Json]) -> None:
    rows: list[dict[str, Any]] = []
    st.session_state[state.VERIFIED] = (account.fingerprint, rows, None)
    bar = st.progress(0.0, "Verifying …")
    for place, prospect in enumerate(known, 1):
        row = {
            "name": _name(prospect),
            "work_email": frames.text(prospect, "workEmail"),
            "before": frames.text(prospect, "emailStatus"),
        }
        try:
            row["after"] = list_writing.verify_email(account.purse, account.client, prospect)
        except HOPELESS as error:
            st.session_state[state.VERIFIED] = (account.fingerprint, rows, error)
            break
        except LeadIQError as error:
            row["problem"] = (
                "There is no email to verify." if error.code == "no_email_to_verify"
                else error.message
            )  # fmt: skip
        rows.append(row)
        bar.progress(place / len(known), f"{place:,} of {len(known):,}")
    data.forget_account(*account.caller)
    data.forget_lists(*account.caller, list_id)
    st.rerun()
