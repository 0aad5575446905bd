"""What the readers of workbooks have in common: how they refuse one. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.tables.file_kinds import PASSWORD
from dashboard.tables.file_rows import UnreadableFileError
from dashboard.tables.upload_limits import check_table


def check_width(columns: int) -> None:
    """Raises ``UnreadableFileError`` for a row with too many columns."""
    problem = check_table(0, columns)
    if problem:
        raise UnreadableFileError(problem)


@contextmanager
def reporting_damage() -> Iterator[None]:
    """Raises ``UnreadableFileError`` for whatever a library stumbles over in a damaged file."""
    from python_calamine import PasswordError  # not before there is a workbook to read

    try:
        yield
    except (UnreadableFileError, MemoryError):
        raise
    except PasswordError:
        raise UnreadableFileError(PASSWORD) from None
    except Exception:
        raise UnreadableFileError(
            "This workbook is damaged, or of a kind that cannot be read here. Open it in a "
            "spreadsheet and save it as .xlsx or CSV, then choose that."
        ) from None
