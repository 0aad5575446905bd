"""How long a job takes, and whom it can find: as the key and the server allow."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard import data
from dashboard.jobs.model import JobState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.saved_searches import SavedSearch
from leadiq_sandbox import Sandbox
from tests.conftest import client_of, leave
from tests.pages.conftest import Open, text_of, use
from tests.pages.driver import button, in_mode


@pytest.fixture
def slow_key(closed_jobs: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """An account whose key may send 10 requests a minute, on a server without a cursor."""
    running = Sandbox(people=300, credits=100_000, rpm=10, cursor=False).start()
    use(running, monkeypatch)
    monkeypatch.setenv("LEADIQ_REQUESTS_PER_MINUTE", "60")
    yield running
    leave(running)


def save(account: Sandbox, name: str, operation: str, input: dict[str, Any]) -> None:
    saved = SavedSearch(name, operation, input, (), "", datetime.now(UTC))
    data.ledger().saved_searches.save(client_of(account).fingerprint, saved)


def test_the_time_is_that_of_the_keys_limit(slow_key: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    lines = ["Email", *(f"p{n}@x.example" for n in range(1000))]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    # 40 requests of 25 people each, two of them every 13 seconds
    assert "About 4 minutes at 10 requests a minute" in text_of(app)
    app.segmented_control(key="bulk_what").set_value("Verify email addresses").run()
    assert "About 108 minutes" not in text_of(app)
    assert "About 2 hours at 10 requests a minute" in text_of(app)


def test_a_search_is_priced_for_whom_leadiq_returns(slow_key: Sandbox, open_page: Open) -> None:
    save(slow_key, "a flat one", "flatAdvancedSearch", {})
    save(slow_key, "by company", "groupedAdvancedSearch", {"limitPerCompany": 5})
    app = in_mode(open_page("people_search"), "From a search")
    app.selectbox(key="bulk_search").set_value("a flat one").run()
    assert app.number_input(key="bulk_most").max == 10_000
    app.selectbox(key="bulk_search").set_value("by company").run()
    assert app.number_input(key="bulk_most").max == 50_000
    app.number_input(key="bulk_most").set_value(40_000).run()
    assert not app.exception
    assert "About 35 minutes at 10 requests a minute" in text_of(app)  # 320 pages, no lookups
    app.selectbox(key="bulk_search").set_value("a flat one").run()
    assert not app.exception
    assert app.number_input(key="bulk_most").value <= 10_000
    button(app, f"Find and enrich · up to {app.number_input(key='bulk_most').value / 10:,.0f} UC")


def test_a_job_says_how_long_it_takes_before_its_first_answers(
    slow_key: Sandbox, open_page: Open
) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    lines = ["Email", *(f"p{n}@x.example" for n in range(400))]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    slow_key.latency = 4.0
    button(app, "Look up 400 people").click().run()
    app = app.run()
    bars = [bar.proto.text for bar in app.get("progress") if "of 400" in bar.proto.text]
    assert "0 of 400 · 2 minutes left" in bars
    (job,) = JobRecords(data.ledger()).jobs(client_of(slow_key).fingerprint)
    assert job.state == JobState.RUNNING
