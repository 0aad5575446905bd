"""The last searches of a page, to be shown again without sending anything."""

from dashboard.search.outcome import Outcome
from dashboard.search.recent import MAX_RECENT, RecentSearches
from leadiq_api import LeadIQError

ANSWER = {"results": [{"id": "PersonID-1"}]}


def found(at: float = 1.0, **errors: LeadIQError) -> Outcome:
    return Outcome({"id": "PersonID-1"}, ("email",), {0: ANSWER}, dict(errors), at=at)


def test_a_search_is_found_by_what_was_entered() -> None:
    recent = RecentSearches()
    entered = {"email": "jane@acme.com", "limit": 1}
    recent.keep(entered, ("email", "phone"), found())
    reopened = recent.find({"limit": 1, "email": "jane@acme.com"}, ("phone", "email"))
    assert reopened is not None
    assert (reopened.request, reopened.data_points) == ({"id": "PersonID-1"}, ("email",))
    assert reopened.answers == {0: ANSWER}
    assert recent.find(entered, ("email",)) is None


def test_neither_errors_nor_charges_are_kept() -> None:
    recent = RecentSearches()
    outcome = found(line=LeadIQError("No"))
    outcome.receipt = [1]
    recent.keep({}, (), outcome)
    reopened = recent.find({}, ())
    assert reopened is not None
    assert (reopened.errors, reopened.receipt) == ({}, None)
    recent.keep({"only": "errors"}, (), Outcome({}, errors={0: LeadIQError("No")}))
    assert recent.find({"only": "errors"}, ()) is None


def test_sessions_do_not_change_each_others_answers() -> None:
    recent = RecentSearches()
    outcome = found()
    recent.keep({}, (), outcome)
    outcome.answers[1] = ANSWER
    reopened = recent.find({}, ())
    assert reopened is not None
    reopened.answers[2] = ANSWER
    assert [*recent.all()[0].outcome.answers] == [0]


def test_the_newest_come_first_and_the_oldest_go() -> None:
    recent = RecentSearches()
    for number in range(MAX_RECENT + 2):
        recent.keep({"n": number}, (), found(at=number))
    recent.keep({"n": 5}, (), found(at=100))
    kept = [search.request["n"] for search in recent.all()]
    assert kept == [5, *(n for n in range(MAX_RECENT + 1, 1, -1) if n != 5)]
