"""A day with everything: what the ledger says of it agrees with the sandbox's exact meter.

Every operation, repeats, failures, durable jobs whose workers are killed, a colleague's spending
and late balances, under each reading of what LeadIQ leaves open. Where all outcomes are known, the
ledger is within 0.1 UC of the meter; where they are not, its range contains it. Nothing is charged
above the maximum shown.
"""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from dashboard.jobs.model import JobState
from dashboard.ledger import balances
from dashboard.ledger.billing import read_billing
from dashboard.ledger.budgets import Budget
from dashboard.ledger.events import RESERVATION_ALONE
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.ledger.schema import now_ms
from leadiq_api import LeadIQClient, LeadIQError
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from leadiq_sandbox.accounting import ROUNDINGS, Accounting
from tests.conftest import client_of, leave
from tests.dashboard.jobs.killer import LATENCY_MS, Killer, start_job, wait_for_end
from tests.dashboard.jobs.worker import search_and_wait
from tests.dashboard.ledger.driver import EVER, run_at_once
from tests.forkserver import start_process

pytestmark = pytest.mark.slow

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TENTH = Decimal("0.1")
KILLS = 3
FAULTS = ("402", "429-in-200", "500", "reset", "401", "lost-paid")
POINTS: tuple[tuple[str, ...], ...] = ((), ("email",), ("email", "phone"), ("company",))


class Day:
    """One account, and what happens to it in the course of a day."""

    def __init__(self, sandbox: Sandbox, ledger: Ledger, seed: int) -> None:
        self.sandbox, self.ledger = sandbox, ledger
        self.client: LeadIQClient = client_of(sandbox)
        self.account = self.client.fingerprint
        self.payments = Payments(ledger, self.account, "local", "Test", DEFAULT_PRICES)
        self.job = replace(self.payments, page="Bulk", job="job", job_budget=Decimal(500))
        self.random = random.Random(seed)
        self.list_id: str | None = None

    def read_balance(self) -> None:
        read_billing(self.client, self.ledger, self.account)

    def search_people(self) -> None:
        person = self.sandbox.world.person_ids[self.random.randrange(60)]
        points = self.random.choice(POINTS)
        input = {"id": person, "limit": 1}
        self._pay("searchPeople", input, partial(self.client.search_people, input), points)

    def search_company(self) -> None:
        input = {"domain": self.sandbox.world.domains[self.random.randrange(20)]}
        self._pay("searchCompany", input, partial(self.client.search_company, input), ())

    def flat_search(self) -> None:
        input = {"skip": self.random.randrange(40), "limit": 10}
        points = self.random.choice([(), ("company",)])
        self._pay(
            "flatAdvancedSearch", input, partial(self.client.flat_advanced_search, input), points
        )

    def grouped_search(self) -> None:
        input = {"limit": 3, "limitPerCompany": 2}
        points = self.random.choice([(), ("company",)])
        call = partial(self.client.grouped_advanced_search, input)
        self._pay("groupedAdvancedSearch", input, call, points)

    def run_job_request(self) -> None:
        people = self.random.sample(range(200), 8)
        inputs = [{"id": self.sandbox.world.person_ids[i]} for i in people]
        points = self.random.choice(POINTS)

        def call() -> list[Any]:
            found = self.client.enrich_people(inputs, data_points=points, batch_size=len(inputs))
            return [outcome for _, outcome in found]

        with suppress(LeadIQError):
            self.job.pay_people(inputs, points, call, RESERVATION_ALONE, lambda *_: None)

    def verify_email(self) -> None:
        address = self.sandbox.world.work_address(self.random.randrange(60))
        prospect_id = self._prospect(workEmail=address)
        with suppress(LeadIQError):
            self.payments.pay_verification(partial(self.client.verify_prospect_email, prospect_id))

    def export_to_salesforce(self) -> None:
        company = self.sandbox.world.company_ids[self.random.randrange(20)]
        prospect_id = self._prospect(companyId=company)
        with suppress(LeadIQError):
            self.payments.pay_export(
                company, partial(self.client.export_to_salesforce, prospect_id)
            )

    def _prospect(self, **fields: str) -> str:
        """Puts somebody on a list; returns the prospect's id."""
        if self.list_id is None:
            self.list_id = str(self.client.create_list("Scripted day")["id"])
        prospect = {"firstName": "Jane", "lastName": "Doe", **fields}
        added = self.client.add_prospects(self.list_id, [prospect])
        return str(added["succeeded"][0]["id"])

    def die_before_the_answer_is_recorded(self) -> None:
        """A process is killed while it waits for the answer to a request that is charged."""
        input = {"domain": self.sandbox.world.domains[self.random.randrange(20)]}
        received, sender = multiprocessing.Pipe(duplex=False)
        arguments = (str(self.ledger.url), self.sandbox.api_key, self.sandbox.url, input, sender)
        process = start_process(search_and_wait, *arguments)
        received.recv()  # it has been charged
        process.kill()
        process.join()

    def fail(self) -> None:
        self.sandbox.faults.choose([f"{self.random.choice(FAULTS)}:1"])
        self.search_company()
        self.sandbox.faults.choose([])

    def _pay(
        self, operation: str, input: Any, call: Callable[..., Any], points: tuple[str, ...]
    ) -> None:
        if operation != "searchCompany":
            call = partial(call, data_points=points)
        with suppress(LeadIQError):
            self.payments.pay(operation, input, points, call)

    def run_job_with_kills(self, *, beside: bool) -> tuple[str, Decimal]:
        """Runs a durable job and kills its worker, up to ``KILLS`` times; ``beside``, others spend.

        Returns the job's id and the maximum (UC) that was shown for it.
        """
        people = self.sandbox.world.person_ids[20:140]  # some of them have been looked up today
        points = ("email", "phone")
        maximum = self.payments.price_of_people([{"id": id} for id in people], points).maximum
        records, job = start_job(self.ledger, self.sandbox, people, points, max_uc=str(maximum))
        self.sandbox.latency = LATENCY_MS / 1000

        def has_ended() -> bool:
            return not records.has_running(self.account)

        killer, kills = Killer(self.sandbox, str(self.ledger.url), 1, settle=0.3), 0
        try:
            for _ in range(KILLS):
                kills += killer.kill_when_busy(has_ended)
                if beside:
                    self.work(2, failures=True)
                    self.sandbox.store.spend_elsewhere(Decimal(7))
            assert wait_for_end(self.ledger, job) == JobState.DONE
        finally:
            killer.end()
            self.sandbox.latency = 0
        assert kills
        return job, maximum

    def work(self, hours: int, *, failures: bool) -> None:
        steps = [
            self.search_people,
            self.search_company,
            self.flat_search,
            self.grouped_search,
            self.run_job_request,
            self.verify_email,
            self.export_to_salesforce,
        ]
        for _ in range(hours):
            self.random.choice(steps)()
            if failures and self.random.random() < 0.2:
                self.fail()
            self.read_balance()

    def wait_for_balance(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Lets a late balance arrive, and reads it until it is stable."""
        self.sandbox.store.skip_time(60)
        self.read_balance()
        ahead = now_ms() + balances.LATE_MS + 1
        for module in ("ledger", "settlement"):
            monkeypatch.setattr(f"dashboard.ledger.{module}.now_ms", lambda: ahead)
        self.read_balance()


@pytest.fixture
def ledger(database: str) -> Iterator[Ledger]:
    opened = Ledger(database)
    yield opened
    opened.close()


@pytest.fixture
def make_day(ledger: Ledger) -> Iterator[Callable[[Accounting, int], Day]]:
    sandboxes: list[Sandbox] = []

    def make(accounting: Accounting, seed: int) -> Day:
        sandbox = Sandbox(people=1200, credits=5000, rpm=0, accounting=accounting).start()
        sandboxes.append(sandbox)
        return Day(sandbox, ledger, seed)

    yield make
    for sandbox in sandboxes:
        leave(sandbox)


def assert_never_above_the_price_shown(day: Day) -> None:
    events = day.ledger.history(day.account).events(*EVER, limit=None)
    requests = events[(events["page"] != "Balance") & (events["state"] != "exceeded")]
    assert (requests["charge"] <= requests["most"]).all()


@on_sqlite
@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("delay", [0, 25])
@pytest.mark.parametrize("seed", [1, 2])
def test_known_outcomes_agree_with_the_meter(
    make_day: Callable[[Accounting, int], Day],
    monkeypatch: pytest.MonkeyPatch,
    rounding: str,
    delay: int,
    seed: int,
) -> None:
    day = make_day(Accounting(rounding=rounding, balance_delay=delay), seed)
    day.read_balance()
    for _ in range(4):
        day.work(8, failures=False)
        day.sandbox.store.spend_elsewhere(Decimal(7))
        day.sandbox.store.skip_time(10)
        day.read_balance()
    day.wait_for_balance(monkeypatch)
    compared = day.ledger.compare_with_balance(day.account)
    assert compared is not None
    assert compared.unknown == 0
    own = day.sandbox.store.used - day.sandbox.store.used_elsewhere
    assert own > 100
    assert abs(compared.answered - own) <= TENTH
    assert compared.unlocked == 0
    assert abs(compared.elsewhere + compared.unexplained - 28) <= 1
    assert_never_above_the_price_shown(day)


@on_sqlite
@pytest.mark.parametrize(
    "accounting",
    [
        Accounting(),
        Accounting(balance_delay=25, rounding="down"),
        Accounting(charge_repeats=True),
        Accounting(always_deduct=True, rounding="nearest"),
        Accounting(profile_beside_company=True, rounding="truncated"),
    ],
    ids=["published", "late", "repeats are charged", "companies always", "profiles beside"],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_range_contains_the_meter(
    make_day: Callable[[Accounting, int], Day],
    monkeypatch: pytest.MonkeyPatch,
    accounting: Accounting,
    seed: int,
) -> None:
    day = make_day(accounting, seed)
    day.read_balance()
    day.work(20, failures=True)
    day.die_before_the_answer_is_recorded()
    day.work(10, failures=True)
    day.wait_for_balance(monkeypatch)
    compared = day.ledger.compare_with_balance(day.account)
    assert compared is not None
    certain = compared.answered + compared.unexplained + compared.elsewhere - compared.unlocked
    used = day.sandbox.store.used
    assert used > 100
    assert compared.unknown > 0
    # What only a balance shows is in whole credits, rounded either way.
    as_published = replace(accounting, balance_delay=0, rounding="up") == Accounting()
    doubt = TENTH if as_published and not compared.unexplained + compared.elsewhere else 1
    assert certain - doubt <= used <= certain + compared.unknown + doubt
    assert compared.unlocked == 0
    spent = day.ledger.spent_today(day.account)
    assert spent >= used - doubt  # what a budget counts is never less than what was charged
    assert_never_above_the_price_shown(day)


@on_sqlite
def test_what_a_colleague_unlocked_before_is_taken_off(
    make_day: Callable[[Accounting, int], Day], monkeypatch: pytest.MonkeyPatch
) -> None:
    day = make_day(Accounting(), 1)
    for domain in day.sandbox.world.domains[:10]:  # in LeadIQ itself, before this console
        day.client.search_company({"domain": domain})
    day.read_balance()
    before = day.sandbox.store.used
    for domain in day.sandbox.world.domains[:20]:
        input = {"domain": domain}
        day.payments.pay("searchCompany", input, (), partial(day.client.search_company, input))
        day.read_balance()
    compared = day.ledger.compare_with_balance(day.account)
    assert compared is not None
    assert (compared.answered, compared.counted, compared.unlocked) == (60, 30, 0)
    day.wait_for_balance(monkeypatch)
    assert day.ledger.spent_today(day.account) == day.sandbox.store.used - before == 30
    compared = day.ledger.compare_with_balance(day.account)
    assert compared is not None
    assert compared.unlocked == 30


@on_sqlite
def test_budgets_hold_with_ten_tabs_and_a_late_balance(
    make_day: Callable[[Accounting, int], Day],
) -> None:
    day = make_day(Accounting(balance_delay=5), 1)
    day.ledger.budgets.save(day.account, Budget(per_day=Decimal(30)))
    day.read_balance()

    def search_in_a_tab(tab: int) -> None:
        payments = replace(day.payments, receipt=[])
        for domain in day.sandbox.world.domains[tab::10][:3]:
            input = {"domain": domain}
            with suppress(LeadIQError):
                payments.pay("searchCompany", input, (), partial(day.client.search_company, input))
            day.read_balance()

    run_at_once(10, search_in_a_tab)
    assert day.sandbox.store.used == 30


@on_sqlite
@pytest.mark.parametrize("delay", [0, 25])
@pytest.mark.parametrize(
    "habits",
    [
        {"charge_repeats": True},
        {"always_deduct": True, "profile_beside_company": True},
    ],
    ids=["repeats are charged", "companies always, profiles beside"],
)
def test_a_budget_holds_if_what_was_taken_to_be_free_is_charged(
    make_day: Callable[[Accounting, int], Day], habits: dict[str, bool], delay: int
) -> None:
    """A page reads the balance after each search, a job only at its end."""
    day = make_day(Accounting(balance_delay=delay, **habits), 1)
    day.ledger.budgets.save(day.account, Budget(per_day=Decimal(100)))
    day.read_balance()
    people = day.sandbox.world.person_ids[:20]
    points = ("email", "company")
    most = Decimal(0)  # of one request
    for person in people * 2:
        before = day.sandbox.store.used
        input = {"id": person, "limit": 1}
        call = partial(day.client.search_people, input, data_points=points)
        with suppress(LeadIQError):
            day.payments.pay("searchPeople", input, points, call)
        most = max(most, day.sandbox.store.used - before)
        day.read_balance()

    def run_requests(_: int) -> None:
        for person in people * 4:
            input = {"id": person}

            def call(input: dict[str, str] = input) -> list[Any]:
                found = day.client.enrich_people([input], data_points=points)
                return [outcome for _, outcome in found]

            with suppress(LeadIQError):
                day.job.pay_people([input], points, call, RESERVATION_ALONE, lambda *_: None)

    run_at_once(4, run_requests)
    assert 50 < day.sandbox.store.used <= 100 + most


@pytest.mark.parametrize(
    ("database", "beside"),
    [("sqlite", True), ("postgresql", False)],
    ids=["others spend meanwhile, SQLite", "alone, PostgreSQL"],
    indirect=["database"],
)
def test_a_day_with_a_job_whose_workers_are_killed(
    make_day: Callable[[Accounting, int], Day],
    monkeypatch: pytest.MonkeyPatch,
    beside: bool,
) -> None:
    day = make_day(Accounting(), 3)
    day.read_balance()
    day.work(10, failures=False)
    job, maximum = day.run_job_with_kills(beside=beside)
    day.work(10, failures=False)
    day.wait_for_balance(monkeypatch)
    spending = day.ledger.spent_by_job(day.account, job)
    compared = day.ledger.compare_with_balance(day.account)
    assert compared is not None
    own = day.sandbox.store.used - day.sandbox.store.used_elsewhere
    assert own > 150
    if not beside:  # the balance shows what was charged: all is looked up, and the sum is exact
        assert (compared.unknown, compared.unlocked, compared.elsewhere) == (0, 0, 0)
        assert abs(compared.answered + compared.unexplained - own) <= TENTH
    certain = compared.answered + compared.unexplained + compared.elsewhere - compared.unlocked
    used = day.sandbox.store.used
    # Which of two requests for one person LeadIQ charged first is not known after a kill: a tenth.
    doubt = 1 + KILLS * TENTH
    assert certain - doubt <= used <= certain + compared.unknown + doubt
    assert sum(spending) <= maximum
    assert_never_above_the_price_shown(day)
