"""Who may use the app: signed-in users if sign-in is configured, else this machine alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st
from streamlit.errors import StreamlitAuthError, StreamlitSecretNotFoundError

from dashboard.formatting import escape_markdown
from leadiq_api.settings import is_loopback

ALLOWED_USERS = "LEADIQ_ALLOWED_USERS"
ALLOW_WITHOUT_SIGN_IN = "LEADIQ_ALLOW_WITHOUT_SIGN_IN"
EVERYONE = "*"


def require_access(configured: Mapping[str, str]) -> None:
    """Stops the script, with what to do next, unless the user may use the app.

    With ``[auth]`` in the secrets, a user must be signed in with an address in
    LEADIQ_ALLOWED_USERS. Without it, anybody who can reach the server is a user: so a server that
    listens beyond this machine does not lend its own key, unless LEADIQ_ALLOW_WITHOUT_SIGN_IN
    allows it.
    """
    providers = _providers()
    if providers is None:
        _require_closed_server(configured)
        return
    if not is_signed_in():
        _sign_in(providers)
        st.stop()
    if not is_allowed(configured.get(ALLOWED_USERS, ""), st.user.to_dict()):
        user = escape_markdown(str(st.user.get("email") or "An account without an email address"))
        st.error(
            f"{user} may not use this app. Ask whoever runs it to add the address, or its domain, "
            f"to {ALLOWED_USERS}; or sign out and choose another account.",
            title="You are signed in, but not on the list",
            icon=":material/lock:",
        )
        with st.container(width=300):
            show_sign_out()
        st.stop()


def _require_closed_server(configured: Mapping[str, str]) -> None:
    """Stops the script if strangers could spend the credits of the server's own key."""
    allowed = configured.get(ALLOW_WITHOUT_SIGN_IN, "").strip().lower() in ("1", "true", "yes")
    has_key = bool(configured.get("LEADIQ_API_KEY", "").strip())
    if allowed or not has_key or _listens_on_loopback_only():
        return
    st.error(
        "This server listens beyond its own machine, has a LeadIQ key of its own and asks "
        "nobody to sign in: whoever can reach it could spend the credits. Start it with "
        "`--server.address 127.0.0.1`, or set up sign-in (`[auth]` in secrets.toml), or, "
        f"where something else keeps strangers out, set {ALLOW_WITHOUT_SIGN_IN}=1.",
        title="Not open to everybody",
        icon=":material/lock:",
    )
    st.stop()


def is_signed_in() -> bool:
    """Whether the user is signed in through ``[auth]``."""
    return st.user.get("is_logged_in") is True


def show_sign_out() -> None:
    """Shows who is signed in, and a button that signs out."""
    st.caption(f"Signed in as {escape_markdown(str(st.user.get('email')))}")
    st.button("Sign out", icon=":material/logout:", on_click=st.logout, width="stretch")


def is_allowed(users: str, claims: Mapping[str, object]) -> bool:
    """Whether ``users`` allows the user with these OIDC claims.

    ``users`` holds addresses and domains (``jane@acme.com, acme.org``), or ``*`` for everybody
    whom the provider lets in; empty, it allows nobody. A domain does not include its subdomains,
    and an address that the provider says is not verified does not count.
    """
    entries = {entry.removeprefix("@") for entry in re.split(r"[\s,;]+", users.lower()) if entry}
    if EVERYONE in entries:
        return True
    email = str(claims.get("email") or "").strip().lower()
    name, at, domain = email.rpartition("@")
    verified = claims.get("email_verified", True) in (True, "true")
    return bool(name and at and domain) and verified and bool({email, domain} & entries)


def _providers() -> list[str] | None:
    """Returns the names of the providers of ``[auth]``; None if there is no such section."""
    try:
        section = st.secrets["auth"]
    except (KeyError, StreamlitSecretNotFoundError):
        return None
    if not isinstance(section, Mapping):  # sign-in was wanted: st.login reports what is missing
        return ["default"]
    providers = [
        name
        for name, value in section.items()
        if isinstance(value, Mapping) and "client_id" in value
    ]
    return providers if providers and "client_id" not in section else ["default", *providers]


def _sign_in(providers: list[str]) -> None:
    st.info("Sign in to use this app.", icon=":material/lock:")
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


def _listens_on_loopback_only() -> bool:
    """Whether the server listens on this machine alone; no address means every interface."""
    address = str(st.get_option("server.address") or "")
    return address.startswith("unix://") or is_loopback(address)
