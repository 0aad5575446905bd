"""What is no table is rejected with what to do instead, whatever its name says."""

import io
import random
import zipfile

import pytest

from dashboard.tables.file_kinds import OLE
from dashboard.tables.spreadsheet import UnreadableFileError, read_table

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def zipped(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7 ...", "This is a PDF"),
        (b"{\\rtf1 x}", "text document"),
        (b"\x1f\x8b\x08abc", "archive. Unpack it"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"BEGIN:VCARD\r\nFN:Jane Doe\r\nEND:VCARD\r\n", "contact cards"),
        (b'[{"first_name": "Jane"}]', "JSON"),
        (b'{\n "people": []\n}', "JSON"),
        (b'{"first_name": "Jane"}\n{"first_name": "Ann"}\n', "JSON"),
        (b"<!DOCTYPE html><table></table>", "web page"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "has a password"),
        (OLE + b"nothing", "workbook is damaged"),
        (zipped(Index__Document_iwa=b"x", **{"Index/Tables.iwa": b"x"}), "Numbers file"),
        (zipped(**{"word/document.xml": b"x"}), "document"),
        (zipped(**{"people.csv": b"Email\n"}), "archive, not a workbook"),
        (
            zipped(mimetype=MIMETYPE, **{"META-INF/manifest.xml": b"<encryption-data/>"}),
            "has a password",
        ),
        (b"Name,Email\0\0,\0x\n", "isn't a CSV file"),
        (b"Name\x01\x02\x03\x04\n", "isn't a CSV file"),
        (random.Random(1).randbytes(5_000), "isn't a CSV file"),
    ],
)
def test_what_is_no_table(content: bytes, told: str) -> None:
    with pytest.raises(UnreadableFileError, match=told):
        read_table(content)


@pytest.mark.parametrize(
    "content", [b"[Name],Company\nJane Doe,Acme\n", b"{id},Name\n1,Jane Doe\n"]
)
def test_brackets_alone_are_no_json(content: bytes) -> None:
    assert len(read_table(content).rows) == 1


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_end_in_a_rejection_or_a_table(seed: int) -> None:
    content = random.Random(seed).randbytes(20_000)
    with pytest.raises(UnreadableFileError):
        read_table(content)
