"""A batch of requests: one after the other, with its progress, stopped when the rest would fail."""

from types import SimpleNamespace

import pytest

from dashboard.widgets import batch
from leadiq_api import AuthenticationError, LeadIQError, NotFoundError


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """What the progress bar showed."""
    shown: list[tuple[float, str]] = []

    def progress(value: float, text: str) -> SimpleNamespace:
        shown.append((value, text))
        return SimpleNamespace(progress=progress)

    monkeypatch.setattr(batch.st, "progress", progress)
    return shown


def send(errors: dict[str, LeadIQError]) -> list[str]:
    sent: list[str] = []

    def one_request(item: str) -> LeadIQError | None:
        sent.append(item)
        return errors.get(item)

    batch.send_batch(["a", "b", "c"], one_request, "Sending …")
    return sent


def test_every_item_is_sent_in_order_with_its_progress(drawn: list[tuple[float, str]]) -> None:
    assert send({}) == ["a", "b", "c"]
    assert drawn == [(0.0, "Sending …"), (1 / 3, "1 of 3"), (2 / 3, "2 of 3"), (1.0, "3 of 3")]


def test_an_error_of_one_item_does_not_stop_the_others(drawn: list[tuple[float, str]]) -> None:
    assert send({"a": NotFoundError("missing")}) == ["a", "b", "c"]


def test_an_error_that_would_meet_every_item_stops(drawn: list[tuple[float, str]]) -> None:
    assert send({"b": AuthenticationError("refused")}) == ["a", "b"]
    assert drawn[-1] == (1 / 3, "1 of 3")
