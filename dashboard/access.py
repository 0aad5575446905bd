"""Who may use the app: signed-in users if sign-in is configured, else this machine alone."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from enum import Enum

import streamlit as st
from streamlit.errors import StreamlitAuthError, StreamlitSecretNotFoundError

from dashboard.formatting import escape_markdown
from leadiq_api.settings import is_loopback

ALLOWED_USERS = "LEADIQ_ALLOWED_USERS"
ALLOWED_HOSTS = "LEADIQ_ALLOWED_HOSTS"
ALLOW_WITHOUT_SIGN_IN = "LEADIQ_ALLOW_WITHOUT_SIGN_IN"
ASSUME_EMAIL_VERIFIED = "LEADIQ_ASSUME_EMAIL_VERIFIED"
EVERYONE = "*"

# The names by which a browser on this machine calls it.
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})

# One address, not a list of them or a name with one: of two, the wrong one could be compared.
_ONE_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\]+")
# Only A to Z: case folding beyond ASCII makes different addresses the same.
_LOWER_CASE = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class Access(Enum):
    """Whether somebody may use the app; if not, why."""

    GRANTED = "granted"
    SIGN_IN_FIRST = "sign in first"
    NOT_LISTED = "signed in, but not on the list"
    NO_SIGN_IN = "there is a list of users, and no sign-in"
    OPEN_SERVER = "strangers could spend the credits of the server's own key"


def access_of(claims: Mapping[str, object], configured: Mapping[str, str]) -> Access:
    """Returns whether somebody with these OIDC claims may use the app as it is configured.

    With ``[auth]`` in the secrets, a user must be signed in with an address in
    LEADIQ_ALLOWED_USERS. Without it, anybody who can reach the server is a user: so there must be
    no such list, and a server that others can reach does not lend its own key, unless
    LEADIQ_ALLOW_WITHOUT_SIGN_IN allows it.
    """
    if not signs_in():
        if configured.get(ALLOWED_USERS, "").strip():
            return Access.NO_SIGN_IN
        return Access.OPEN_SERVER if lends_its_key(configured) else Access.GRANTED
    if claims.get("is_logged_in") is not True:
        return Access.SIGN_IN_FIRST
    address = proven_address(claims, configured)
    if is_allowed(configured.get(ALLOWED_USERS, ""), address):
        return Access.GRANTED
    return Access.NOT_LISTED


def require_access(configured: Mapping[str, str], draw_heading: Callable[[], None]) -> None:
    """Stops the script, with a heading and what to do next, unless the user may use the app."""
    access = access_of(st.user.to_dict(), configured)
    if access is Access.GRANTED:
        return
    draw_heading()
    if access is Access.SIGN_IN_FIRST:
        _sign_in()
    elif access is Access.NOT_LISTED:
        _show_not_listed()
    elif access is Access.NO_SIGN_IN:
        st.error(
            f"{ALLOWED_USERS} says who may use this app, but there is no `[auth]` section in "
            "secrets.toml to sign in with. Add the section, or remove the setting.",
            title="Sign-in is not set up",
            icon=":material/lock:",
        )
    else:
        st.error(
            "This server can be reached from other machines, has a LeadIQ key of its own and no "
            "sign-in: anyone who can reach it could spend your credits. Set up sign-in (`[auth]` "
            f"in secrets.toml), or start it with `--server.address 127.0.0.1` and without "
            f"{ALLOWED_HOSTS}. If something else keeps strangers out, set "
            f"{ALLOW_WITHOUT_SIGN_IN}=1.",
            title="Sign-in required",
            icon=":material/lock:",
        )
    st.stop()


def signs_in() -> bool:
    """Whether sign-in is configured: there is an ``[auth]`` in the secrets, usable or not."""
    try:
        return "auth" in st.secrets
    except (StreamlitSecretNotFoundError, OSError, ValueError):  # missing, or cannot be read
        return False


def is_signed_in() -> bool:
    """Whether the user is signed in through ``[auth]``."""
    return st.user.get("is_logged_in") is True


def show_sign_out() -> None:
    """Shows who is signed in, and a button that signs out."""
    st.caption(f"Signed in as {escape_markdown(str(st.user.get('email')))}")
    st.button("Sign out", icon=":material/logout:", on_click=st.logout, width="stretch")


def is_allowed(users: str, address: str | None) -> bool:
    """Whether ``users`` allows the user with this proven address, or with none.

    ``users`` holds addresses and domains (``jane@acme.com, acme.org``), or ``*`` for everybody
    whom the provider lets in; empty, it allows nobody. A domain does not include its subdomains.
    """
    entries = {entry.removeprefix("@") for entry in re.split(r"[\s,;]+", _fold(users)) if entry}
    if EVERYONE in entries:
        return True
    return address is not None and bool({address, address.partition("@")[2]} & entries)


def proven_address(claims: Mapping[str, object], configured: Mapping[str, str]) -> str | None:
    """Returns the email address that is proven to be the user's, in lower case, or None.

    It is if the provider says that it is verified; with LEADIQ_ASSUME_EMAIL_VERIFIED, also if it
    says nothing about that.
    """
    email = claims.get("email")
    verified = claims.get("email_verified", _is_on(configured, ASSUME_EMAIL_VERIFIED))
    address = _ONE_ADDRESS.fullmatch(_fold(email)) if isinstance(email, str) else None
    return address[0] if address and (verified is True or verified == "true") else None


def allowed_hosts(configured: Mapping[str, str]) -> frozenset[str]:
    """Returns the names under which the app may be called: this machine's, and configured ones."""
    names = re.split(r"[\s,;]+", _fold(configured.get(ALLOWED_HOSTS, "")))
    return LOOPBACK_HOSTS | {name for name in names if name}


def _fold(text: str) -> str:
    return text.translate(_LOWER_CASE)


def has_own_key(configured: Mapping[str, str]) -> bool:
    """Whether the server has a LeadIQ key of its own; without one, it serves the sandbox."""
    return bool(configured.get("LEADIQ_API_KEY", "").strip())


def _is_on(configured: Mapping[str, str], name: str) -> bool:
    return configured.get(name, "").strip().lower() in ("1", "true", "yes")


def lends_its_key(configured: Mapping[str, str], *, is_reached: bool = False) -> bool:
    """Whether strangers could spend the credits of the server's own key.

    ``is_reached`` says that a request came from outside this machine, whatever
    ``server.address`` is.
    """
    is_open = (
        is_reached or not _listens_on_loopback_only() or allowed_hosts(configured) != LOOPBACK_HOSTS
    )
    guards = signs_in() or _is_on(configured, ALLOW_WITHOUT_SIGN_IN)
    return has_own_key(configured) and is_open and not guards


def _listens_on_loopback_only() -> bool:
    """Whether the server listens on this machine alone; no address means every interface."""
    address = str(st.get_option("server.address") or "")
    return address.startswith("unix://") or is_loopback(address)


def _show_not_listed() -> None:
    user = escape_markdown(str(st.user.get("email") or "An account without an email address"))
    st.error(
        f"{user} isn't allowed to use this app. Ask your admin to add your address, or its domain, "
        f"to {ALLOWED_USERS}, or sign out and use another account. Your sign-in provider must have "
        "verified the address.",
        title="You're signed in, but not on the list",
        icon=":material/lock:",
    )
    with st.container(width=300):
        show_sign_out()


def _providers() -> list[str]:
    """Returns the names of the providers of ``[auth]``."""
    section = st.secrets["auth"]
    if not isinstance(section, Mapping):  # st.login reports what is missing
        return ["default"]
    providers = [
        name
        for name, value in section.items()
        if isinstance(value, Mapping) and "client_id" in value
    ]
    return providers if providers and "client_id" not in section else ["default", *providers]


def _sign_in() -> None:
    st.info("Sign in to use this app.", icon=":material/lock:")
    providers = _providers()
    for name in providers:
        label = "Sign in" if len(providers) == 1 else f"Sign in with {escape_markdown(name)}"
        if st.button(label, type="primary", key=f"sign_in_{name}"):
            try:
                st.login(None if name == "default" else name)
            except StreamlitAuthError as error:
                st.error(
                    escape_markdown(str(error)),
                    title="Sign-in is not set up",
                    icon=":material/error:",
                )
