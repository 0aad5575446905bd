"""Where the database is, and what stops it from being used."""

from __future__ import annotations

import os
import sys
from pathlib import Path


class LedgerError(Exception):
    """The database cannot be used, in words for the person who set it up."""


def default_url() -> str:
    """``LEADIQ_DATABASE_URL``, or a SQLite file in the user's data folder."""
    configured = os.environ.get("LEADIQ_DATABASE_URL", "").strip()
    if configured:
        return configured
    if sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support"
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home())
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return f"sqlite:///{folder / 'leadiq-console' / 'ledger.db'}"
