"""What is too large, or would become so, is refused before it is unpacked."""

import io
import random
import tomllib
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from dashboard.tables import upload_limits
from dashboard.tables.export import excel_bytes
from dashboard.tables.spreadsheet import UnreadableFileError, read_table


def zipped(*entries: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        for name, inside in entries:
            book.writestr(name, inside)
    return content.getvalue()


@pytest.mark.parametrize("rows", [1, 5_000])
def test_a_real_workbook_is_accepted(rows: int) -> None:
    frame = pd.DataFrame({"first name": ["Ada"] * rows, "notes": ["the same words " * 20] * rows})
    content = excel_bytes(frame)
    assert upload_limits.check_file(content) is None
    assert upload_limits.check_file(b"first name,last name\r\nAda,Byron\r\n") is None
    assert upload_limits.check_file(b"") is None


def test_a_file_that_is_too_large_is_reported() -> None:
    assert upload_limits.check_file(b"a" * 5_000_000) is None
    assert "6.0 MB is too large (max 5 MB)" in str(upload_limits.check_file(b"a" * 6_000_000))


BOMBS = {
    "one entry": lambda: zipped(("xl/worksheets/sheet1.xml", bytes(50_000_000))),
    "beyond memory": lambda: zipped(*((f"{n}.xml", bytes(20_000_000)) for n in range(10))),
    "many entries": lambda: zipped(*((f"{n}.xml", b"x") for n in range(2_000))),
    "behind a prefix": lambda: b"name,\n" + zipped(("sheet.xml", bytes(50_000_000))),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_goes_off(bomb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = BOMBS[bomb]()
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("An entry was unpacked."))
    assert "far too large when it is opened" in str(upload_limits.check_file(content))
    with pytest.raises(UnreadableFileError, match="far too large"):
        read_table(content)


def test_overlapping_entries_are_a_bomb() -> None:
    """Many names for the same bytes: each looks harmless, together they are not."""
    inside = random.Random(0).randbytes(400_000)
    content = zipped(("a.xml", inside))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        entry, start = book.infolist()[0], book.start_dir
    directory = content[start : content.index(b"PK\x05\x06")]
    ends = bytearray(content[content.index(b"PK\x05\x06") :])
    ends[8:10] = ends[10:12] = (400).to_bytes(2, "little")
    ends[12:16] = (400 * len(directory)).to_bytes(4, "little")
    bomb = content[:start] + directory * 400 + bytes(ends)
    assert upload_limits.check_file(content) is None
    assert entry.compress_size < len(bomb) < 400 * entry.file_size
    assert "far too large" in str(upload_limits.check_file(bomb))


def test_a_damaged_or_locked_workbook_is_reported() -> None:
    content = zipped(("a.xml", b"x" * 1000))
    broken = bytearray(content)
    broken[content.index(b"PK\x01\x02")] = 0
    assert "damaged" in str(upload_limits.check_file(bytes(broken)))
    locked = bytearray(content)
    locked[content.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in str(upload_limits.check_file(bytes(locked)))


def test_rows_and_columns_have_limits() -> None:
    assert upload_limits.check_table(5_000, 2_000) is None
    assert "10,002,000 cells; the limit is 10,000,000" in str(
        upload_limits.check_table(5_001, 2_000, 9_999)
    )
    header = b"first name,last name"
    many = b"\n".join([header, *[b"A,B"] * 5_001])
    with pytest.raises(UnreadableFileError, match=r"5,001 rows are too many \(max 5,000\)"):
        read_table(many, max_rows=5_000)
    for wide in (header + b"," * 3_000 + b"\nA,B", header + b"\nA,B" + b"," * 3_000):
        with pytest.raises(UnreadableFileError, match="3,002 columns; the limit is 2,000"):
            read_table(wide)


def test_the_server_accepts_files_as_large_as_a_page_does() -> None:
    config = Path(__file__).resolve().parents[3] / ".streamlit" / "config.toml"
    limit = tomllib.loads(config.read_text(encoding="utf-8"))["server"]["maxUploadSize"]
    assert limit == max(upload_limits.MAX_PROSPECT_MEGABYTES, upload_limits.MAX_BULK_MEGABYTES)
