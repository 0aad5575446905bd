"""The settings of the app and of its workers."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from dashboard import access
from dashboard.ledger.days import TIME_ZONE
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
    access.ALLOWED_HOSTS,
    access.ALLOW_WITHOUT_SIGN_IN,
    access.ASSUME_EMAIL_VERIFIED,
)
# The ledger reads these from the environment, into which Streamlit puts secrets.
LEDGER_SETTINGS = ("LEADIQ_DATABASE_URL", TIME_ZONE)
SIGN_IN_SECTION = "auth"
# What signs a sign-in's cookie, as nobody should leave it: our example's text, and Streamlit's.
EXAMPLE_COOKIE_SECRETS = ("", "a long random text", "xxx")

# Streamlit writes the secrets over the environment, the empty ones too.
_ENVIRONMENT_AT_START = {
    name: os.environ[name] for name in (*SETTINGS, *LEDGER_SETTINGS) if os.environ.get(name)
}


def read_configuration() -> dict[str, str]:
    """Returns the settings by name: the environment first, then ``.streamlit/secrets.toml``.

    Raises ``InvalidRequestError`` if there are secrets that cannot be read, or that say nothing
    or something unknown: the app must not run without a sign-in that its owner believes to be on.
    """
    secrets = _read_secrets()
    os.environ.update(
        {name: _ENVIRONMENT_AT_START[name] for name in secrets if name in _ENVIRONMENT_AT_START}
    )
    settings = {name: _text(secrets[name]) for name in SETTINGS if name in secrets}
    environment = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
    return settings | environment


def _read_secrets() -> Mapping[str, object]:
    files = [path for path in st.get_option("secrets.files") if Path(path).is_file()]
    try:
        secrets = st.secrets.to_dict()
        empty = [path for path in files if not tomllib.loads(Path(path).read_text("utf-8"))]
    except (StreamlitSecretNotFoundError, OSError, ValueError):
        if files:
            raise InvalidRequestError(
                f"{' or '.join(files)} cannot be read as TOML. Correct it, then reload the page."
            ) from None
        return {}
    if empty:
        raise InvalidRequestError(
            f"{' and '.join(empty)} holds no setting. Restore it, or delete it if it is not needed."
        )
    _check_cookie_secret(secrets)
    unknown = [name for name, value in secrets.items() if _is_unknown(name, value)]
    if unknown:
        raise InvalidRequestError(
            f"The secrets have {', '.join(unknown)}, which the console does not know. "
            f"Correct the name: the section for sign-in is [{SIGN_IN_SECTION}]."
        )
    return secrets


def _check_cookie_secret(secrets: Mapping[str, object]) -> None:
    section = secrets.get(SIGN_IN_SECTION)
    # Without one, Streamlit makes a random one at each start.
    secret = section.get("cookie_secret") if isinstance(section, Mapping) else None
    if secret is not None and str(secret).strip() in EXAMPLE_COOKIE_SECRETS:
        raise InvalidRequestError(
            "The cookie_secret in the [auth] section of secrets.toml is empty or an example, so "
            "anyone could sign in with a forged cookie. Set a long random text, and keep it secret."
        )


def _is_unknown(name: str, value: object) -> bool:
    """Whether a name of the secrets is a section or a setting that may be misspelled."""
    known = {*SETTINGS, *LEDGER_SETTINGS, SIGN_IN_SECTION}
    ours = isinstance(value, Mapping) or name.upper().startswith("LEADIQ_")
    return ours and name not in known


def _text(value: object) -> str:
    """Returns a setting as the environment would hold it; a TOML array becomes a comma list."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
