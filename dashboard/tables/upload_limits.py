"""What a file that somebody chose may be: looked at before anything of it is unpacked. Pure."""

from __future__ import annotations

import io
import zipfile

MAX_PROSPECT_MEGABYTES = 5  # of a file of prospects
MAX_PROSPECT_ROWS = 5_000  # of it
MAX_COLUMNS = 200  # of any file

# An xlsx is a zip. What it may become when unpacked, and how much smaller it may be before: text
# of tables shrinks to a tenth, rarely to a fiftieth; a bomb to a thousandth.
MAX_UNPACKED_MEGABYTES = 500
MAX_RATIO = 100
MAX_ENTRIES = 1_000
SMALL_BYTES = 100_000  # bytes; what unpacks to less than this may have any ratio


def check_file(content: bytes, most_megabytes: int = MAX_PROSPECT_MEGABYTES) -> str | None:
    """What to mend in a CSV or xlsx file before it can be read, or None.

    Looks at the size and, in a zip, at its directory alone: nothing is unpacked.
    """
    if len(content) > most_megabytes * 1_000_000:
        size = f"{len(content) / 1e6:,.1f} MB"
        most = f"{most_megabytes} MB go at a time"
        return f"The file has {size}; {most}. Split it, then choose a part."
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            entries = book.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError):
        return "This file is damaged. Save the table anew, then choose it again."
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED_MEGABYTES * 1_000_000
        or unpacked > max(SMALL_BYTES, MAX_RATIO * min(packed, len(content)))
        or any(
            entry.file_size > max(SMALL_BYTES, MAX_RATIO * entry.compress_size) for entry in entries
        )
    ):
        return (
            "This file would become far too large when it is opened, as no table of this size "
            "does. Save the table as CSV, then choose that."
        )
    if any(entry.flag_bits & 1 for entry in entries):
        return "This file has a password. Save the table without one, then choose it again."
    return None


def check_table(rows: int, columns: int, most_rows: int = MAX_PROSPECT_ROWS) -> str | None:
    """What to mend in a table of so many rows under its header, and columns, or None."""
    if columns > MAX_COLUMNS:
        return (
            f"The file has {columns:,} columns; {MAX_COLUMNS:,} are the most. Keep those of names, "
            "email, company and contact data."
        )
    if rows > most_rows:
        return f"The file has {rows:,} rows; {most_rows:,} go at a time. Split it."
    return None
