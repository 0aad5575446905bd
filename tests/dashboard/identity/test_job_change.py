"""Job changes that are none: one case of each kind, and what must stay a real change."""

from datetime import UTC, datetime

import pytest

from dashboard.identity.job_change import ChangeKind, Position, kind_of_change, title_key

CASES = [
    # Another company.
    (("1", "Acme", "VP Sales"), ("2", "Globex", "VP Sales"), ChangeKind.MOVE),
    (("", "Acme", "VP Sales"), ("", "Globex", "CRO"), ChangeKind.MOVE),
    (("1", "", ""), ("2", "", ""), ChangeKind.MOVE),
    (("", "", ""), ("", "Globex", "CRO"), ChangeKind.MOVE),
    (("1", "Acme", "CTO"), ("2", "Acme Robotics", "CTO"), ChangeKind.MOVE),
    # Another title at the same company.
    (("1", "Acme", "Sales Manager"), ("1", "Acme", "VP Sales"), ChangeKind.TITLE),
    (("1", "Acme Inc.", "Manager"), ("2", "ACME", "Senior Manager"), ChangeKind.TITLE),
    (("1", "Acme", ""), ("1", "Acme", "VP Sales"), ChangeKind.TITLE),
    # The company has another name or record.
    (("1", "Facebook", "Engineer"), ("1", "Meta", "Engineer"), ChangeKind.SAME_COMPANY),
    (
        ("1", "Acme GmbH", "CTO"),
        ("2", "Acme SE", "Chief Technology Officer"),
        ChangeKind.SAME_COMPANY,
    ),
    (("1", "Slack", "AE"), ("2", "Slack, a Salesforce Company", "AE"), ChangeKind.SAME_COMPANY),
    (("1", "Apex", "AE"), ("2", "Zenith (formerly Apex)", "AE"), ChangeKind.SAME_COMPANY),
    # A seat beside the job.
    (("1", "Acme", "CEO"), ("2", "Globex", "Board Member"), ChangeKind.BOARD_SEAT),
    (("1", "Acme", "CEO"), ("2", "Globex", "Member of the Board"), ChangeKind.BOARD_SEAT),
    (("1", "Acme", "CFO"), ("2", "Globex", "Non-Executive Director"), ChangeKind.BOARD_SEAT),
    (("1", "Acme", "CFO"), ("2", "Fund", "Angel Investor"), ChangeKind.BOARD_SEAT),
    (("1", "Acme", "CFO"), ("2", "Globex", "Executive Director"), ChangeKind.MOVE),
    # The title is spelled in another way.
    (("1", "Acme", "VP Sales"), ("1", "Acme", "Vice President of Sales"), ChangeKind.SAME_TITLE),
    (
        ("1", "Acme", "Sr. Mgr, Ops"),
        ("1", "Acme", "Senior Operations Manager"),
        ChangeKind.SAME_TITLE,
    ),
]


@pytest.mark.parametrize(("before", "now", "expected"), CASES)
def test_what_a_change_is(before: tuple, now: tuple, expected: ChangeKind) -> None:
    assert kind_of_change(Position(*before), Position(*now)) is expected


@pytest.mark.parametrize(
    ("since", "title", "expected"),
    [
        ((2019, 5), "CTO", ChangeKind.SAME_COMPANY),  # in it for years when it "changed"
        ((2026, 5), "CTO", ChangeKind.MOVE),
        ((2019, 5), "CEO", ChangeKind.MOVE),
    ],
)
def test_a_position_older_than_its_change_was_bought(
    since: tuple[int, int], title: str, expected: ChangeKind
) -> None:
    kind = kind_of_change(
        Position("1", "Acme", "CTO"),
        Position("2", "Globex", title),
        changed=datetime(2026, 6, 1, tzinfo=UTC),
        since=datetime(*since, 1, tzinfo=UTC),
    )
    assert kind is expected


def test_titles_are_compared_by_their_words() -> None:
    assert title_key("SVP, Sales & Marketing") == title_key(
        "Senior Vice President Marketing, Sales"
    )
    assert title_key("Director") != title_key("Managing Director")
