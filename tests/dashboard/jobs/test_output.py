"""A command's file follows the umask, is whole, and takes the place of nothing that is read."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.jobs import output
from dashboard.jobs.output import output_problem, write_output


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_file_follows_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    write_output(tmp_path / "out.csv", [b"a,", b"b\n"])
    os.umask(before)
    assert (tmp_path / "out.csv").read_bytes() == b"a,b\n"
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o666 & ~umask
    assert [*tmp_path.iterdir()] == [tmp_path / "out.csv"]


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_bytes(b"old")

    def broken() -> Iterator[bytes]:
        yield b"new"
        raise OSError("no answer")

    with pytest.raises(OSError, match="no answer"):
        write_output(out, broken())
    assert out.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [out]


def test_no_link_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    precious, out = tmp_path / "precious", tmp_path / "out.csv"
    precious.write_bytes(b"precious")
    out.symlink_to(precious)
    assert output_problem(out, []) == f"{out} is a link. Name the file it points to."
    write_output(out, [b"new"])  # as if it had appeared after the check
    assert not out.is_symlink()
    # Nor one that waits under the name of the unfinished file.
    monkeypatch.setattr(output.secrets, "token_hex", lambda length: "known")
    (tmp_path / ".out.csv.known.part").symlink_to(precious)
    with pytest.raises(FileExistsError):
        write_output(out, [b"newer"])
    assert (precious.read_bytes(), out.read_bytes()) == (b"precious", b"new")


def test_a_file_that_is_read_is_not_written(tmp_path: Path) -> None:
    people, twin = tmp_path / "people.csv", tmp_path / "twin.csv"
    people.write_bytes(b"people")
    twin.hardlink_to(people)
    for name in (people, twin, tmp_path / "." / "people.csv"):
        assert "is the file to enrich" in str(output_problem(name, [people]))
    assert output_problem(tmp_path / "out.csv", [people, tmp_path / "missing.csv"]) is None


def test_a_device_is_no_file() -> None:
    assert (
        output_problem(Path("/dev/null"), [])
        == "/dev/null is not a regular file. Name the CSV to write."
    )
