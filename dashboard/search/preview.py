"""The free preview of a person: who it was of, and what it says. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from dashboard.tables.api_json import Json


@dataclass(frozen=True)
class Preview:
    """The answer of a free preview, and what was requested.

    ``request`` is the ``SearchPeopleInput`` as it was entered. ``id`` names this preview in the key
    of its button, so that a click on the button of an earlier preview is not taken for one on this.
    """

    request: Json
    answer: Json
    id: str = field(default_factory=lambda: uuid4().hex)

    def is_for(self, request: Json) -> bool:
        """Whether the same is still entered."""
        return self.request == request

    @property
    def button_key(self) -> str:
        """The widget key of the button that buys the person found."""
        return f"preview_get_{self.id}"
