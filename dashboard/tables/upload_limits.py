"""The limits of uploaded files, checked before anything is unpacked. Pure."""

from __future__ import annotations

import io
import zipfile

# Of a file of prospects, and of a file for a bulk job.
MAX_PROSPECT_MEGABYTES = 5
MAX_PROSPECT_ROWS = 5_000
MAX_BULK_MEGABYTES = 50
MAX_BULK_ROWS = 50_000
MAX_COLUMNS = 2_000  # of any file: a CRM that exports all its properties has several hundred
MAX_CELLS = 10_000_000  # of any file

# An xlsx is a zip. Tables of text are compressed to a tenth, rarely to a fiftieth; a zip bomb to a
# thousandth.
MAX_UNPACKED_MEGABYTES = 500
MAX_COMPRESSION_RATIO = 100
MAX_ENTRIES = 1_000
SMALL_BYTES = 100_000  # what unpacks to no more than this may have any ratio

MEGABYTE = 1_000_000
ENCRYPTED = 1  # the flag bit of a zip entry that needs a password


def check_file(content: bytes, max_megabytes: int = MAX_PROSPECT_MEGABYTES) -> str | None:
    """Returns the problem of a CSV or xlsx file that must not be read, or None.

    Checks the size and, of a zip, only its directory: nothing is unpacked.
    """
    if len(content) > max_megabytes * MEGABYTE:
        size = f"{len(content) / MEGABYTE:,.1f} MB"
        return f"{size} is too large (max {max_megabytes} MB). Split the file, then choose a part."
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            entries = book.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError):
        return "This file is damaged. Save the table again, then choose it."
    if _is_bomb(entries, len(content)):
        return (
            "This file would become far too large when it is opened, unlike a normal table of "
            "this size. Save the table as CSV, then choose that."
        )
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        return "This file has a password. Save the table without one, then choose it again."
    return None


def _is_bomb(entries: list[zipfile.ZipInfo], file_size: int) -> bool:
    """Whether a zip would unpack to far more than a table of its size.

    Its entries are added up too, against the size of the file: many entries can name the same
    bytes.
    """
    unpacked = sum(entry.file_size for entry in entries)
    packed = min(sum(entry.compress_size for entry in entries), file_size)
    return (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED_MEGABYTES * MEGABYTE
        or _unpacks_too_far(unpacked, packed)
        or any(_unpacks_too_far(entry.file_size, entry.compress_size) for entry in entries)
    )


def _unpacks_too_far(unpacked: int, packed: int) -> bool:
    return unpacked > max(SMALL_BYTES, MAX_COMPRESSION_RATIO * packed)


def check_table(rows: int, columns: int, max_rows: int = MAX_PROSPECT_ROWS) -> str | None:
    """Returns the problem of a table that is too large, or None. ``rows`` excludes its header."""
    if columns > MAX_COLUMNS:
        return (
            f"The file has {columns:,} columns; the limit is {MAX_COLUMNS:,}. Keep those of names, "
            "email, company and contact data."
        )
    if rows * columns > MAX_CELLS:
        return (
            f"The file has {rows * columns:,} cells; the limit is {MAX_CELLS:,}. Leave out columns "
            "that you do not need, or split it."
        )
    if rows > max_rows:
        return f"{rows:,} rows are too many (max {max_rows:,}). Split the file."
    return None
