"""A list that stays open: what is made of it once, and when it is made again."""

from collections.abc import Sequence

from dashboard.lists.open_list import LastOpened
from dashboard.tables.api_json import Json

LISTED = [
    {"id": "a", "personId": "1", "firstName": "Ada", "workEmail": "ada@acme.example"},
    {"id": "b", "personId": "2", "firstName": "Bob", "workEmail": " "},
    {"id": "c", "firstName": "Cyd"},
]
EMAIL = {"value": "bob@acme.example", "status": "Verified", "type": "WorkEmail"}
BOB = {"id": "2", "currentPositions": [{"emails": [EMAIL]}]}


class Jobs:
    """Counts how often what jobs have found is looked up."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    def found(self, persons: Sequence[str]) -> dict[str, Json]:
        self.asked.append(persons)
        return {"2": BOB}


def test_a_list_is_made_once_until_it_is_read_again_or_jobs_have_other_answers() -> None:
    last, jobs = LastOpened(), Jobs()
    first = last.open(LISTED, (1, 0), jobs.found)
    assert last.open(LISTED, (1, 0), jobs.found) is first
    assert first.people is first.people
    assert jobs.asked == [["1", "2"]]
    assert last.open(LISTED, (2, 0), jobs.found) is not first
    assert len(jobs.asked) == 2
    assert last.open([*LISTED], (2, 0), jobs.found).prospects is not LISTED
    assert len(jobs.asked) == 3


def test_an_open_list_shows_emails_of_jobs_and_keeps_those_of_leadiq() -> None:
    opened = LastOpened().open(LISTED, 0, Jobs().found)
    assert [*opened.people["work_email"].fillna("")] == ["ada@acme.example", EMAIL["value"], ""]
    assert [one["id"] for one in opened.without_email] == ["c"]
    assert [one["id"] for one in opened.with_email] == ["a"]  # verified are LeadIQ's own
    assert opened.by_id["b"] is LISTED[1]


def test_what_is_made_once_is_made_again_for_another_key() -> None:
    opened, made = LastOpened().open(LISTED, 0, Jobs().found), list[int]()
    for key in ("x", "x", "y"):
        opened.once(key, lambda: made.append(1))
    assert len(made) == 2
