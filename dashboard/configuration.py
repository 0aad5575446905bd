"""The settings given to the app and to its workers."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from dashboard import access
from leadiq_api import InvalidRequestError

SETTINGS = (
    "LEADIQ_API_KEY",
    "LEADIQ_GRAPHQL_URL",
    "LEADIQ_PROSPECTOR_URL",
    "LEADIQ_REQUESTS_PER_MINUTE",
    access.ALLOWED_USERS,
    access.ALLOW_WITHOUT_SIGN_IN,
)


def read_configuration() -> dict[str, str]:
    """The settings given: the environment first, then ``.streamlit/secrets.toml``.

    Raises ``InvalidRequestError`` for secrets that are there but cannot be read: the app must not run
    without a sign-in that somebody thinks is on.
    """
    try:
        secrets = {name: _text(st.secrets[name]) for name in SETTINGS if name in st.secrets}
    except (StreamlitSecretNotFoundError, OSError, UnicodeError):
        broken = [path for path in st.get_option("secrets.files") if Path(path).exists()]
        if broken:
            told = f"{' or '.join(broken)} cannot be read as TOML. Mend it, then reload the page."
            raise InvalidRequestError(told) from None
        secrets = {}
    environment = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
    return secrets | environment


def _text(value: object) -> str:
    """A setting as the environment would have it: of a TOML array, its parts with commas."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
