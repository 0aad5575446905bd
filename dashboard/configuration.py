"""The settings of the app and of its workers."""

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
    "LEADIQ_TIMEOUT_SECONDS",
    "LEADIQ_DEADLINE_SECONDS",
    "LEADIQ_LOG_LEVEL",
    "LEADIQ_LOG_FORMAT",
    access.ALLOWED_USERS,
    access.ALLOW_WITHOUT_SIGN_IN,
)


def read_configuration() -> dict[str, str]:
    """Returns the settings by name: the environment first, then ``.streamlit/secrets.toml``.

    Raises ``InvalidRequestError`` if there are secrets that cannot be read: the app must not run
    without a sign-in that its owner believes to be on.
    """
    try:
        secrets = {name: _text(st.secrets[name]) for name in SETTINGS if name in st.secrets}
    except (StreamlitSecretNotFoundError, OSError, UnicodeError):
        files = [path for path in st.get_option("secrets.files") if Path(path).exists()]
        if files:
            raise InvalidRequestError(
                f"{' or '.join(files)} cannot be read as TOML. Mend it, then reload the page."
            ) from None
        secrets = {}
    environment = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
    return secrets | environment


def _text(value: object) -> str:
    """Returns a setting as the environment would hold it; a TOML array becomes a comma list."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
