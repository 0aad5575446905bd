"""Tracking job changes on Lists: sent once, watched, shown, and absent without the plan."""

from functools import partial
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.jobs.records import JobRecords
from dashboard.ledger.payments import Payments
from dashboard.ledger.tracking_imports import TrackingImports
from dashboard.lists import tracking
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import ROOT, Open, text_of
from tests.pages.driver import button, click_and_again, wait_for_end


def movers(sandbox: Sandbox, number: int) -> list[dict[str, Any]]:
    """Prospects as they were before they changed companies."""
    client, world = client_of(sandbox), sandbox.world
    prospects = []
    for i in [i for i in range(world.people) if world.change[i] == 1][:number]:
        (person,) = client.search_people({"id": world.person_ids[i]}, data_points=())["results"]
        company = world.company_names[world.previous_company[i]]
        name = {"firstName": person["name"]["first"], "lastName": person["name"]["last"] or "-"}
        prospects.append({**name, "company": company})
    return prospects


@pytest.fixture
def lists(account: Sandbox, open_page: Open) -> AppTest:
    client = client_of(account)
    list_id = client.create_list("Champions")["id"]
    staying = {"firstName": "No", "lastName": "Body", "company": "Nowhere"}
    client.add_prospects(list_id, [*movers(account, 2), staying])
    app = open_page("lists")
    app.session_state["track_job_changes"] = True
    return app.run()


def test_who_moved_is_shown_and_free(account: Sandbox, lists: AppTest) -> None:
    used = account.store.used
    app = button(lists, "Track 3 people · free").click().run()
    assert not app.exception
    app = app.run()  # the watching fragment asks again
    assert "**2 of 3 people changed jobs**" in text_of(app)
    shown = next(frame.value for frame in app.dataframe if "profiles" in frame.value)
    assert shown["previous_company"].tolist() == [row["company"] for row in movers(account, 2)]
    assert shown["changed_at"].notna().all()
    assert "If you look them up: " in text_of(app)
    sent = [seen for seen in account.requests if seen.operation == "trackContacts"]
    assert len(sent) == 1
    (stored,) = data.ledger().tracking_imports.all(client_of(account).fingerprint)
    assert (stored.name, stored.sent, len(stored.contacts)) == ("Champions", True, 3)
    assert account.store.used == pytest.approx(used)


def test_the_link_to_those_who_moved_has_as_many_as_it_says(
    account: Sandbox, lists: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page("pages/lists.py")
    app.session_state["track_job_changes"] = True
    app = button(app.run(), "Track 3 people · free").click().run().run()

    def link() -> tuple[str, list[str]]:
        (found,) = [one.proto for one in app.get("page_link") if "Advanced" in one.proto.label]
        return found.label, parse_qs(found.query_string)["linkedin_urls"][0].splitlines()

    shown = next(frame.value for frame in app.dataframe if "profiles" in frame.value)
    label, profiles = link()
    assert label == "Open 2 people on Advanced search"
    assert profiles == shown["linkedin_url"].tolist()
    moved = tracking.moves

    def with_a_profile_less(*arguments: Any) -> Any:
        return moved(*arguments).assign(linkedin_url=[profiles[0], None])

    monkeypatch.setattr(tracking, "moves", with_a_profile_less)
    app = app.run()
    assert link() == ("Open 1 person on Advanced search", profiles[:1])


def test_a_lost_request_is_kept_and_sent_when_asked(
    account: Sandbox, lists: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.faults.choose(["reset:1"])
    app = button(lists, "Track 3 people · free").click().run()
    assert not app.exception
    account.faults.choose([])
    app = app.run()
    assert "3 people not sent yet." in text_of(app)
    app = button(app, "Send them · free").click().run()
    assert "LeadIQ is now tracking 3 people." in text_of(app)
    assert "not sent yet" not in text_of(app.run())


def test_a_second_click_while_contacts_are_stored_leaves_none_unsent(lists: AppTest) -> None:
    app = click_and_again(lists, "Track 3 people · free", "add", TrackingImports).run()
    assert not app.exception
    assert "LeadIQ is now tracking 3 people." in text_of(app)
    assert "not sent yet" not in text_of(app)


def test_contacts_that_leadiq_refuses_are_not_kept(account: Sandbox, lists: AppTest) -> None:
    account.graphql.tracking.state = "UnsupportedByCreditPlan"
    app = button(lists, "Track 3 people · free").click().run()
    assert not app.exception
    assert "UnsupportedByCreditPlan" in text_of(app)
    assert "not sent yet" not in text_of(app.run())


def test_who_moved_is_looked_up_at_the_price_shown(account: Sandbox, lists: AppTest) -> None:
    app = button(lists, "Track 3 people · free").click().run()
    app = app.run()
    used = account.store.used
    app.button_group(key="track_points").set_value(["email"]).run()
    priced = button(app, "Look up 2 people · up to 2 UC")
    assert account.store.used == used
    app = wait_for_end(priced.click().run(), account)
    assert not app.exception
    assert 0 < account.store.used - used <= 2
    (job,) = JobRecords(data.ledger()).jobs(client_of(account).fingerprint)
    assert job.name == "Champions, changed jobs"
    spent, reserved = data.ledger().spent_by_job(job.account, job.id)
    assert float(spent) == pytest.approx(float(account.store.used - used))
    assert not reserved


def test_whoever_was_looked_up_elsewhere_can_be_tracked(account: Sandbox, lists: AppTest) -> None:
    client, world = client_of(account), account.world
    payments = Payments(data.ledger(), client.fingerprint, "local", "People search", DEFAULT_PRICES)
    for i in [i for i in range(world.people) if world.change[i] == 1][:3]:
        input = {"id": world.person_ids[i]}
        call = partial(client.search_people, input, data_points=("email", "phone"))
        payments.pay("searchPeople", input, ("email", "phone"), call)
    contacts = len(data.ledger().contacts(client.fingerprint))
    assert contacts > 1
    used = account.store.used
    app = lists.segmented_control(key="track_from").set_value("People you unlocked").run()
    app = button(app, f"Add {contacts} people you looked up elsewhere · free").click().run()
    app = wait_for_end(app, account)
    assert not app.exception
    assert not [one for one in app.button if "looked up elsewhere" in one.label]
    app = button(app, f"Track {contacts} people · free").click().run()
    assert account.store.used == used
    stored = data.ledger().tracking_imports.all(client.fingerprint)
    assert [len(one.contacts) for one in stored] == [contacts]
    assert all(row["companyName"] for row in stored[0].contacts)


def test_a_plan_without_tracking_sees_no_trace_of_it(account: Sandbox, open_page: Open) -> None:
    account.graphql.tracking.state = "UnsupportedByCreditPlan"
    client_of(account).create_list("Champions")
    app = open_page("lists")
    assert not app.exception
    assert "Track job changes" not in [block.label for block in app.expander]
