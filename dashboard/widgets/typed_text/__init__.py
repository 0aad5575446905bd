"""Text typed into a multiselect is kept as it was typed.

Streamlit's own multiselect takes the first option that matches at Enter, and forgets the text when
the focus leaves. It has no option for either, so this component watches the boxes of its page. It
draws nothing, sends nothing and has no HTML: with ``widgets/maps``, it is the documented exception
to "no component of our own" in ``tests/test_architecture.py``. Without it, boxes work as
Streamlit's do.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).with_name("typed_text.js").read_text(encoding="utf-8")


def keep_typed_text() -> None:
    """Makes the multiselects of this page keep what is typed into them."""
    st.components.v2.component("typed_text", js=_SCRIPT)(key="typed_text", height=0)
