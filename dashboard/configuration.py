"""The settings of the app and of its workers."""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.runtime.secrets import secrets_singleton

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

# Streamlit writes the secrets over the environment, the empty ones too, and takes what they no
# longer say out of it, even if it was there before.
_ENVIRONMENT_AT_START = {
    name: os.environ[name] for name in (*SETTINGS, *LEDGER_SETTINGS) if os.environ.get(name)
}


class UnreadableSecretsError(InvalidRequestError):
    """Nothing is known of what the secrets say, sign-in and host names included."""


def read_configuration() -> dict[str, str]:
    """Returns the settings by name: the environment first, then ``.streamlit/secrets.toml``.

    Raises ``InvalidRequestError`` if there are secrets that cannot be read, or that say nothing
    or something unknown: the app must not run without a sign-in that its owner believes to be on.
    """
    try:
        secrets = _read_secrets()
    finally:
        os.environ.update(_ENVIRONMENT_AT_START)
    settings = {name: _text(secrets[name]) for name in SETTINGS if name in secrets}
    environment = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
    return settings | environment


def _read_secrets() -> Mapping[str, object]:
    files = [path for path in dict.fromkeys(st.get_option("secrets.files")) if _exists(path)]
    try:
        contents = [_content(path) for path in files]
        _forget_unless_equal(contents)
        secrets = st.secrets.to_dict()
    except (StreamlitSecretNotFoundError, OSError, ValueError) as error:
        _forget_unless_equal([])
        if files:
            raise UnreadableSecretsError(_unreadable(files, error)) from None
        return {}
    empty = [path for path, content in zip(files, contents, strict=True) if not content]
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


def _exists(path: str) -> bool:
    """Whether there is something at a path, be it a folder, a broken link or out of reach."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _content(path: str) -> Mapping[str, object]:
    os.stat(path)  # Streamlit takes a broken link for no file at all
    return secrets_singleton._parse_file_path(path)[0]  # noqa: SLF001  the same for folders


def _forget_unless_equal(contents: Sequence[Mapping[str, object]]) -> None:
    """Makes Streamlit read secrets again at their next use unless it has what the files hold now.

    Its own watcher ends at the first file that it cannot read, and does not notice one that is
    older than the file before it. Verified with Streamlit 1.67, which has no public way for this.
    """
    known = secrets_singleton._secrets  # noqa: SLF001  see above
    if known not in (None, dict(ChainMap(*map(dict, reversed(contents))))):
        secrets_singleton._reset()  # noqa: SLF001  see above


def _unreadable(files: Sequence[str], error: Exception) -> str:
    """Returns why secrets cannot be read, and what to do."""
    reason = getattr(error, "strerror", None)  # of the file system, if it is the reason
    where = f": {error.__cause__}" if error.__cause__ else ""
    how = f" ({reason})" if reason else f" as TOML{where}"
    return f"{' or '.join(files)} cannot be read{how}. Correct it."


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
