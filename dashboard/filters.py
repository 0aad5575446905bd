"""The filter boxes of an advanced search; each gives its part of the API's input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import forms
from dashboard.frames import SENIORITIES
from dashboard.wording import ENUM_LABELS

Input = dict[str, Any]


def contact_filters() -> Input:
    """Who they are: a ``ContactFilter``; open boxes are empty in it."""
    st.markdown("**Contact**")
    return {
        "titles": forms.lines(_words("Titles", "Head of Sales, Account Executive", "titles")),
        "seniorities": _choice("Seniority", SENIORITIES, "seniorities"),
        "roles": _choice("Role", forms.ROLES, "roles", typed=True),
        "locations": forms.locations(
            _words("Location, one a line", "Boston, Massachusetts, United States", "locations")
        ),
        "names": forms.lines(_words("Names", "Jane Doe", "names")),
        "containsWorkEmails": _choice("Work email", ("Verified", "VerifiedLikely"), "work_emails"),
    }


def company_filters() -> Input:
    """Where they work: a ``CompanyFilter``; open boxes are empty in it."""
    st.markdown("**Company**")
    return {
        "industries": _choice("Industry", forms.INDUSTRIES, "industries", typed=True),
        "sizes": forms.sizes(_choice("Employees", tuple(forms.SIZE_BANDS), "sizes")),
        "locations": forms.locations(
            _words("Company location, one a line", "California, United States", "company_locations")
        ),
        "technologies": _choice("Technologies", forms.TECHNOLOGIES, "technologies", typed=True),
        "names": forms.lines(_words("Company names", "Acme, Globex", "company_names")),
        "domains": forms.domains(_words("Company domains", "acme.com", "company_domains")),
    }


def _choice(label: str, options: Sequence[str], key: str, *, typed: bool = False) -> list[str]:
    """Several of the options, or typed ones where LeadIQ takes any text."""
    return st.multiselect(
        label,
        options,
        format_func=lambda value: ENUM_LABELS.get(value, value),
        accept_new_options=typed,
        placeholder="Choose or type" if typed else "Choose",
        key=f"filter_{key}",
        persist_state="session",
    )


def _words(label: str, example: str, key: str) -> str:
    return st.text_area(
        label, placeholder=example, height=68, key=f"filter_{key}", persist_state="session"
    )
