"""The settings given to the app and to its workers."""

from __future__ import annotations

import os

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

SETTINGS = (
    "LEADIQ_API_KEY",
    "LEADIQ_GRAPHQL_URL",
    "LEADIQ_PROSPECTOR_URL",
    "LEADIQ_REQUESTS_PER_MINUTE",
)


def configuration() -> dict[str, str]:
    """The settings given: the environment first, then ``.streamlit/secrets.toml``."""
    try:
        secrets = {name: str(st.secrets[name]) for name in SETTINGS if name in st.secrets}
    except StreamlitSecretNotFoundError:
        secrets = {}
    environment = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
    return secrets | environment
