"""The file that a command writes: completely or not at all, by the umask, never through a link."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

READABLE = 0o666  # less the umask


def output_problem(out: Path, inputs: Iterable[Path]) -> str | None:
    """Returns why results, which are paid for, could not be written, or None.

    ``inputs`` are files that the command reads, whatever names they have.
    """
    if not out.parent.is_dir():
        return f"There is no folder {out.parent} to write to."
    if out.is_symlink():
        return f"{out} is a link. Name the file it points to."
    if out.is_dir():
        return f"{out} is a folder. Name the CSV to write."
    if out.exists() and not out.is_file():
        return f"{out} is not a regular file. Name the CSV to write."
    if out.exists() and any(file.exists() and out.samefile(file) for file in inputs):
        return f"{out} is the file to enrich, or the ledger. Name another CSV to write."
    if not os.access(out.parent, os.W_OK):
        return f"Nothing can be written to {out.parent}."
    return None


def write_output(out: Path, pieces: Iterable[bytes]) -> None:
    """Replaces ``out`` once all pieces are written beside it, to a new file of its own."""
    part = out.with_name(f".{out.name}.{secrets.token_hex(8)}.part")
    # O_EXCL: neither a file nor a link that somebody left there is followed.
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READABLE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece)
        part.replace(out)  # of a link that has appeared meanwhile, the link
    finally:
        part.unlink(missing_ok=True)
