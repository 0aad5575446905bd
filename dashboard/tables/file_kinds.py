"""What kind of file some bytes are, whatever the file's name says. Pure.

A file that is no table is rejected with what to do instead.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from enum import StrEnum

from dashboard.tables.file_rows import UnreadableFileError

PASSWORD = "This file has a password. Save it without one, then choose it again."  # noqa: S105
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Office wrote until 2007, and encrypts until today
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
MAX_MANIFEST = 1_000_000  # bytes of an archive's part that are looked at
PROBED_CHARACTERS = 100_000
MAX_JSON_LINE = 10_000  # characters of a line that is tried as JSON


class FileKind(StrEnum):
    """How a file is read."""

    TEXT = "text"
    EXCEL = "excel"  # .xlsx, .xlsm
    BINARY_EXCEL = "binary Excel"  # .xlsb
    EXCEL_97 = "Excel 97"  # .xls
    OPEN_DOCUMENT = "OpenDocument"  # .ods


# What a file begins with that is no table, and what to do with it.
_UNPACK = "This is an archive. Unpack it, then choose the table inside, as CSV or .xlsx."
_PICTURE = "This is a picture. Type or copy its table into a spreadsheet and save that as .xlsx."
REJECTED_STARTS: tuple[tuple[bytes, str], ...] = (
    (
        b"%PDF",
        "This is a PDF, which is made for printing. Ask for the table itself, or copy it into a "
        "spreadsheet, and save that as CSV or .xlsx.",
    ),
    (b"{\\rtf", "This is a text document. Copy its table into a spreadsheet and save it as .xlsx."),
    (b"\x1f\x8b", _UNPACK),
    (b"BZh", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", _UNPACK),
    (b"Rar!\x1a\x07", _UNPACK),
    (b"\xfd7zXZ\x00", _UNPACK),
    (b"\x28\xb5\x2f\xfd", _UNPACK),
    (b"\x89PNG\r\n", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"PAR1", "This is a Parquet file. Save its table as CSV, then choose that."),
    (b"SQLite format 3\x00", "This is a database. Export its table as CSV, then choose that."),
)
NUMBERS = (
    "This is a Numbers file. Open it in Numbers, choose File > Export To > Excel or CSV, then "
    "choose what that saves."
)
ANOTHER_ARCHIVE = (
    "This is an archive, not a workbook, despite its name. Unpack it, then choose the table "
    "inside, as CSV or .xlsx."
)
DOCUMENT = "This is a document. Copy its table into a spreadsheet and save that as CSV or .xlsx."
WEB_PAGE = (
    "This is a web page, not a table, despite its name. Open it in a spreadsheet "
    "and save it as CSV or .xlsx, then choose that."
)
CONTACT_CARDS = (
    "These are contact cards (vCard). Import them into an address book such as Google Contacts, "
    "export that as CSV, then choose the CSV."
)
JSON_TEXT = (
    "This is JSON, not a table. Save it as CSV or .xlsx, one row for each person, then choose that."
)
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|head|meta|table|\?xml)\b", re.IGNORECASE)
_CONTACT_CARD = re.compile(r"\s*BEGIN:VCARD\s", re.IGNORECASE)


def kind_of(content: bytes) -> FileKind:
    """Returns how a file is read. Raises ``UnreadableFileError`` for what is no table."""
    for start, problem in REJECTED_STARTS:
        if content.startswith(start):
            raise UnreadableFileError(problem)
    if content.startswith(OLE):
        if ENCRYPTED_PACKAGE in content:
            raise UnreadableFileError(PASSWORD)
        return FileKind.EXCEL_97
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_archive(content)
    return FileKind.TEXT


def _kind_of_archive(content: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return FileKind.EXCEL
            if "xl/workbook.bin" in names:
                return FileKind.BINARY_EXCEL
            if _part(archive, "mimetype").startswith(ODS):
                if b"encryption-data" in _part(archive, "META-INF/manifest.xml"):
                    raise UnreadableFileError(PASSWORD)
                return FileKind.OPEN_DOCUMENT
    except UnreadableFileError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        raise UnreadableFileError(
            "This file is damaged. Save the table again as .xlsx or CSV, then choose that."
        ) from None
    if any(name.endswith((".iwa", ".apxl", "Index.zip")) for name in names):
        raise UnreadableFileError(NUMBERS)
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise UnreadableFileError(DOCUMENT)
    raise UnreadableFileError(ANOTHER_ARCHIVE)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(MAX_MANIFEST)


def reject_other_text(text: str) -> None:
    """Raises ``UnreadableFileError`` if a text is a web page, contact cards or JSON."""
    start = text[:PROBED_CHARACTERS]
    if _WEB_PAGE.match(start):
        raise UnreadableFileError(WEB_PAGE)
    if _CONTACT_CARD.match(start):
        raise UnreadableFileError(CONTACT_CARDS)
    if _is_json(start):
        raise UnreadableFileError(JSON_TEXT)


def _is_json(start: str) -> bool:
    """Whether a text begins as JSON does: a list of objects, or an object in the first line."""
    text = start.lstrip()
    if text.startswith("["):
        return re.match(r"\[\s*[{\[]", text) is not None
    if not text.startswith("{"):
        return False
    line = text.partition("\n")[0].strip()
    if line == "{" or text.startswith('{"'):
        return True
    try:
        return isinstance(json.loads(line[:MAX_JSON_LINE]), dict)
    except ValueError:
        return False
