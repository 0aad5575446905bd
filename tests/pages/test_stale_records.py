"""A record that LeadIQ makes current: asked first, watched, and looked up again."""

from leadiq_sandbox import Sandbox, graphql_schema
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button, click_and_again, somebody


def find(account: Sandbox, open_page: Open):
    app = open_page("people_search")
    person_id = account.world.person_ids[somebody(account)]
    app.text_input(key="people_identifier").input(person_id).run()
    return button(app, "Search").click().run()


def test_a_record_is_refreshed_and_looked_up_again(account: Sandbox, open_page: Open) -> None:
    app = find(account, open_page)
    used = account.store.used
    assert "LeadIQ doesn't publish a price for this" in text_of(app)
    app = button(app, "Ask LeadIQ to refresh it · price not known").click().run()
    assert not app.exception
    app = app.run()  # the watching fragment asks again
    assert "LeadIQ has refreshed this record." in text_of(app)
    started = [seen for seen in account.requests if seen.operation == "regenerate"]
    assert len(started) == 1
    app = button(app, "Look the person up again · ").click().run()
    assert not app.exception
    assert "as of now:" in text_of(app)
    assert account.store.used == used  # unlocked within the year
    looked_up = [seen for seen in account.requests if seen.operation == "searchPeople"]
    assert len(looked_up) == 2


def test_a_refreshed_record_says_nothing_of_what_was_not_requested_for_it(
    account: Sandbox, open_page: Open
) -> None:
    app = find(account, open_page)
    app = button(app, "Ask LeadIQ to refresh it").click().run().run()
    app = button(app, "Look the person up again · ").click().run()
    assert text_of(app).count("You didn't request contact data.") == 2
    app = app.button_group(key="people_points").set_value(["phone"]).run()
    app = button(app, "Search · ").click().run()
    assert not app.exception
    assert "as of now:" in text_of(app)
    assert text_of(app).count("You didn't request contact data.") == 1
    assert "No valid phone found" not in text_of(app)


def test_a_lost_answer_is_watched_and_not_sent_again(account: Sandbox, open_page: Open) -> None:
    app = find(account, open_page)
    account.faults.choose(["lost:1"])
    app = button(app, "Ask LeadIQ to refresh it").click().run()
    account.faults.choose([])
    app = app.run()
    assert not app.exception
    assert "LeadIQ has refreshed this record." in text_of(app.run())
    assert len([seen for seen in account.requests if seen.operation == "regenerate"]) == 1


def test_a_second_click_does_not_lose_the_first(account: Sandbox, open_page: Open) -> None:
    app = find(account, open_page)
    app = click_and_again(app, "Ask LeadIQ to refresh it", "regenerated_time")
    assert len([seen for seen in account.requests if seen.operation == "regenerate"]) == 1
    assert "LeadIQ has refreshed this record." in text_of(app.run().run())


def test_a_server_that_cannot_shows_no_trace_of_it(account: Sandbox, open_page: Open) -> None:
    schema = account.graphql.schema = graphql_schema.build(cursor=True, company_lists=True)
    del schema.mutation_type.fields["regenerate"]
    app = find(account, open_page)
    assert not app.exception
    assert "refresh" not in text_of(app).lower()
    assert not [b for b in app.button if "refresh it" in b.label]
