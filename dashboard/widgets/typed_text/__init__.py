"""Text is kept, and sent, as it is typed.

Streamlit's own multiselect takes the first option that matches at Enter, and forgets the text when
the focus leaves; its text area sends nothing before that. Neither has an option for it, so these
components watch the boxes of their page. They draw nothing, request nothing and have no HTML: with
``widgets/maps``, they are the documented exception to "no component of our own" in
``tests/test_architecture.py``. Without them, boxes work as Streamlit's do.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent


def keep_typed_text() -> None:
    """Makes the multiselects of this page keep what is typed into them."""
    _watch("typed_text")


def send_typed_lines() -> None:
    """Makes the text areas of this page send what is typed. Not for forms: it would submit them."""
    _watch("typed_lines")


def _watch(name: str) -> None:
    script = (_FOLDER / f"{name}.js").read_text(encoding="utf-8")
    st.components.v2.component(name, js=script)(key=name, height=0)
