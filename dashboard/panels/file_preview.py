"""An upload of people as it is understood, before the price: for bulk jobs and lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from dashboard.account import Account
from dashboard.formatting import count, escape_markdown, strip_control_chars
from dashboard.state import ChosenFile, UploadedTable, session, set_widget_values, widget_values
from dashboard.tables import preview, upload_limits
from dashboard.tables.fields import FOUND, MATCH, Columns, find_columns
from dashboard.tables.header import HEADER_ROWS
from dashboard.tables.spreadsheet import (
    NO_HEADER,
    ReadingChoice,
    SkipReason,
    Table,
    UnreadableFileError,
    column_names,
    read_upload,
)
from dashboard.widgets.tables import csv_download, table

MAX_EXAMPLE_LENGTH = 40  # characters of a cell that shows what is in a column
COLUMN_INPUTS_PER_ROW = 4
HIDDEN_REASONS = (SkipReason.FILTERED, SkipReason.HIDDEN)


class Upload(NamedTuple):
    """What is uploaded where: a label and help, the limits, and the fields that columns can hold.

    ``key`` begins the keys of the widgets.
    """

    key: str
    label: str
    help: str
    fields: Mapping[str, str]
    max_megabytes: int = upload_limits.MAX_BULK_MEGABYTES
    max_rows: int = upload_limits.MAX_BULK_ROWS


class PeopleFile(NamedTuple):
    """A file of people as it was read: its columns by field, and how the user wanted it read."""

    name: str
    content: bytes
    table: Table
    columns: dict[str, tuple[int, ...]]
    choice: ReadingChoice


def people_file_input(account: Account, upload: Upload) -> PeopleFile | None:
    """Lets the user choose a file and check how it is understood; None while there is none."""
    file = _chosen_file(upload, _uploader_key(upload))
    if file is None:
        return None
    keys = _Keys(f"{upload.key}_{file.file_id}")
    choice = keys.choice()
    uploaded = _read(account, upload, UploadedTable(file.file_id, choice), file.content)
    if uploaded.table is None:
        st.error(escape_markdown(uploaded.problem), icon=":material/edit:")
        if choice != ReadingChoice():
            keys.reset_button()
        return None
    columns = _preview(upload, uploaded.table, keys)
    _show_skipped(uploaded.table, upload.key)
    return PeopleFile(file.name, file.content, uploaded.table, columns, choice)


def choose_file(upload: Upload, name: str, content: bytes) -> None:
    """Puts a file where one is uploaded, as if the user had chosen it."""
    session().file = ChosenFile(_uploader_key(upload), name, name, content)


def _uploader_key(upload: Upload) -> str:
    return f"{upload.key}_file_{session().form_version}"


def _chosen_file(upload: Upload, key: str) -> ChosenFile | None:
    """Returns the file in the uploader with this key, or the one that was in it before a detour."""
    current = session()
    file = st.file_uploader(
        upload.label,
        max_upload_size=upload.max_megabytes,
        key=key,
        help=upload.help,
        on_change=current.forget_file,
    )
    if file is not None:
        current.file = ChosenFile(key, file.name, file.file_id, file.getvalue())
    if current.file is None or current.file.uploader != key:
        return None
    if file is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f":material/draft: {escape_markdown(current.file.name)}", width="content")
            st.button("Remove", key=f"{key}_remove", on_click=current.forget_file)
    return current.file


class _Keys(NamedTuple):
    """The keys of the widgets that say how one file is read."""

    prefix: str

    @property
    def sheet(self) -> str:
        return f"{self.prefix}_sheet"

    @property
    def header(self) -> str:
        return f"{self.prefix}_header"

    @property
    def hidden(self) -> str:
        return f"{self.prefix}_hidden"

    def choice(self) -> ReadingChoice:
        """Returns what the widgets say, which the file has to be read for before they are drawn."""
        values = widget_values((self.sheet, self.header, self.hidden))
        return ReadingChoice(values[self.sheet], values[self.header], bool(values[self.hidden]))

    def reset_button(self) -> None:
        """Draws a button that reads the file as it was found again."""
        found = {self.sheet: None, self.header: None, self.hidden: False}
        st.button("Reset to automatic", on_click=set_widget_values, args=(found,))


def _read(account: Account, upload: Upload, wanted: UploadedTable, content: bytes) -> UploadedTable:
    """Returns the table in the file, or its problem; reads each file once for each choice."""
    read = account.state.uploaded_table
    if read is None or (read.file_id, read.choice) != (wanted.file_id, wanted.choice):
        try:
            with st.spinner("Reading the file …"):
                found = read_upload(
                    content,
                    wanted.choice,
                    max_rows=upload.max_rows,
                    max_megabytes=upload.max_megabytes,
                )
            read = UploadedTable(wanted.file_id, wanted.choice, found)
        except UnreadableFileError as error:
            read = UploadedTable(wanted.file_id, wanted.choice, problem=str(error))
        account.state.uploaded_table = read
    return read


# How the file was understood ---------------------------------------------------------------------


def _preview(upload: Upload, file: Table, keys: _Keys) -> dict[str, tuple[int, ...]]:
    """Draws how the file was understood; returns its columns by field as the user has them."""
    found = find_columns(file)
    is_uncertain = bool(found.inferred) or not any(
        field in found.by_field for field in preview.IDENTIFYING
    )
    with st.expander(
        "How the file was read",
        expanded=is_uncertain or file.header_line == NO_HEADER,
        key=f"{keys.prefix}_preview",
        icon=":material/view_column:",
    ):
        lines = (f"{label}: {text}" for label, text in preview.facts(file).items())
        st.caption(escape_markdown(" · ".join(lines)))
        _reading_inputs(file, keys)
        columns = _columns_input(upload.fields, file, found, keys)
        st.caption("The first rows, as understood:")
        table(preview.understood_rows(file, columns), f"{keys.prefix}_rows")
    for note in file.notes:
        st.warning(escape_markdown(note))
    return columns


def _reading_inputs(file: Table, keys: _Keys) -> None:
    """Draws what changes how the file is read."""
    hidden = sum(file.skipped_by_reason.get(reason, 0) for reason in HIDDEN_REASONS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(file.sheets) > 1:
            st.selectbox(
                "Sheet",
                [None, *file.sheets],
                format_func=lambda name: strip_control_chars(name or "Automatic"),
                key=keys.sheet,
            )
        st.selectbox(
            "Header row",
            [None, NO_HEADER, *range(1, HEADER_ROWS + 1)],
            format_func=lambda row: {None: "Automatic", NO_HEADER: "None"}.get(row, f"Row {row}"),
            key=keys.header,
        )
        if hidden or keys.choice().with_hidden_rows:
            st.checkbox("Include hidden rows", key=keys.hidden)


def _columns_input(
    fields: Mapping[str, str], file: Table, found: Columns, keys: _Keys
) -> dict[str, tuple[int, ...]]:
    """Returns the columns of each field: as they were found, unless the user changes them."""
    columns = {field: found.by_field[field] for field in (MATCH, FOUND) if field in found.by_field}
    labels = [_column_label(file, index) for index in range(len(file.columns))]
    slots = st.columns(COLUMN_INPUTS_PER_ROW)
    for number, (field, label) in enumerate(fields.items()):
        indexes = slots[number % COLUMN_INPUTS_PER_ROW].multiselect(
            label,
            range(len(labels)),
            default=found.by_field.get(field, ()),
            format_func=labels.__getitem__,
            placeholder=preview.NOT_IN_FILE,
            help="Recognized by its contents." if field in found.inferred else None,
            key=f"{keys.prefix}_{file.sheet}_{file.header_line}_{field}",
        )
        if indexes:
            columns[field] = tuple(indexes)
    return columns


def _column_label(file: Table, index: int) -> str:
    """Returns the name of a column with its first cell that is not empty."""
    name = list(column_names(file.columns))[index]
    example = next((row[index] for row in file.rows if row[index].strip()), "empty")
    return strip_control_chars(f"{name} · {example[:MAX_EXAMPLE_LENGTH]}")


def _show_skipped(file: Table, key: str) -> None:
    """Shows the rows that are no data, by reason."""
    if not file.skipped:
        return
    reasons = ", ".join(
        f"{reason} ({number:,})" for reason, number in file.skipped_by_reason.items()
    )
    rows = count(len(file.skipped), "row was", "rows were")
    with st.expander(f"{rows} skipped: {reasons}", key=f"{key}_skipped", icon=":material/rule:"):
        frame = preview.skipped_rows(file)
        table(frame, f"{key}_skipped_rows")
        csv_download(frame, "rows-skipped", f"{key}_skipped_csv", "Download skipped rows")
