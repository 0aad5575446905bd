"""Job changes of found people that are none, with the dates that show it."""

import pytest

from dashboard.tables import frames
from dashboard.tables.job_changes import false_change

JUNE = 1_780_272_000_000  # 2026-06-01, Unix milliseconds


def person(since: str, kind: str = "JobChange", company: str = "Globex") -> dict:
    return {
        "id": "PersonID-1",
        "company": {"id": "2", "name": company},
        "currentPositionStartDate": since,
        "personJobChange": {
            "jobChangeType": kind,
            "startedAt": JUNE,
            "previousPosition": {
                "companyId": "1",
                "title": "CTO",
                "company": {"id": "1", "name": "Acme"},
            },
            "currentPosition": {"companyId": "2", "title": "CTO"},
        },
    }


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (person("2026-05-20T00:00:00Z"), None),
        (person("2019-01-01T00:00:00Z"), "Renamed or acquired company"),
        (person("2026-05-20T00:00:00Z", company="ACME Ltd."), "Renamed or acquired company"),
        ({"id": "PersonID-1", "personJobChange": None}, None),
    ],
)
def test_a_change_is_checked_by_names_and_dates(found: dict, expected: str | None) -> None:
    assert false_change(found) == expected
    assert frames.found_people([found])["change_check"].tolist() == [expected]
