"""What a search returned, kept in the session so that a rerun sends nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from leadiq_api import LeadIQError


@dataclass
class Outcome:
    """What a search gave. It stays in the session, so that a rerun sends nothing.

    ``answers`` are the JSON answers by a label of the page's own (a page number, a line);
    ``errors`` the failures by the same labels; ``shown`` the label that is looked at.
    """

    account: str
    request: dict[str, Any]
    data_points: tuple[str, ...] = ()
    answers: MutableMapping[Any, Any] = field(default_factory=dict)
    errors: dict[Any, LeadIQError] = field(default_factory=dict)
    shown: Any = 0
    at: float = field(default_factory=time.time)  # Unix seconds; also the version of its table

    def ask(self, label: Any, call: Callable[[], Any]) -> bool:
        """Sends one request and keeps its answer or its error; whether there was an answer.

        What came back beside an error is kept too: it was paid for.
        """
        self.errors.pop(label, None)
        self.at = time.time()
        try:
            self.answers[label] = call()
        except LeadIQError as error:
            self.errors[label] = error
            fields = error.data.values() if isinstance(error.data, dict) else ()
            self.answers.update((label, partial) for partial in fields if isinstance(partial, dict))
        return label not in self.errors
