"""Enriched people: what was bought of each, over several purchases."""

from dashboard.search.enriched import EnrichedPeople


def test_purchases_of_one_person_add_up() -> None:
    people = EnrichedPeople()
    people.add("1", ("email",), {"work_email": "jane@acme.com"})
    people.add("1", ("phone",), {"phone": "+1 555 0100"})
    people.add("2", ("email",), {"work_email": None})
    assert people.column("work_email") == {"1": "jane@acme.com"}
    assert people.column("phone") == {"1": "+1 555 0100"}


def test_only_what_was_not_bought_is_left_to_buy() -> None:
    people = EnrichedPeople()
    people.add("1", ("email", "phone"), {})
    people.add("2", ("email",), {})
    ids = ["1", "2", "3"]
    assert people.without(ids, ("email",)) == ["3"]
    assert people.without(ids, ("email", "phone")) == ["2", "3"]
    assert people.without(ids, ()) == []
