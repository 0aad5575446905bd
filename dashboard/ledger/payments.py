"""How every paid request is sent: priced, reserved in the ledger, sent, settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dashboard.ledger.database import LedgerError
from dashboard.ledger.events import RESERVATION_ALONE, Sending
from dashboard.ledger.ledger import BudgetExceededError, Ledger, Request
from dashboard.ledger.schema import EventState
from dashboard.ledger.settlement import PriceOfNew
from dashboard.tables.api_json import Json
from leadiq_api import (
    ConnectError,
    LeadIQError,
    SearchKind,
    ServiceError,
    errors,
    may_have_taken_effect,
)
from leadiq_api.credits import Estimate, Record, Unlock, estimate, records_of, total, unlocks_of
from leadiq_api.data_points import COMPANY
from leadiq_api.quality import ANY_QUALITY, Quality

# What ``enrich_people`` returns for each input: a person, an error, or None for nobody.
PersonOutcome = Json | LeadIQError | None

# Operations that are charged by their records; also the field of the answer that holds these.
RECORD_OPERATIONS = (
    "searchPeople",
    "searchCompany",
    SearchKind.FLAT,
    SearchKind.GROUPED,
)

# After one of these, the other requests of a batch would fail as well.
STOPS_THE_BATCH = (*errors.STOPS_THE_BATCH, BudgetExceededError, LedgerError)


@dataclass(frozen=True)
class Payments:
    """Pays for requests of one account: the ledger with the account, user, page and job.

    ``receipt`` collects what it has paid for: a page has a ``Payments`` of its own for each run.
    """

    ledger: Ledger
    account: str
    user: str
    page: str
    prices: Mapping[str, Decimal]
    job: str | None = None
    job_budget: Decimal | None = None  # UC
    receipt: list[int] = field(default_factory=list, compare=False)

    # Prices ----------------------------------------------------------------------------------

    def price(
        self,
        operation: str,
        input: Json,
        data_points: tuple[str, ...] = (),
        person: Record | None = None,
    ) -> Estimate:
        """Returns a request's price range (UC), less what the account unlocked within a year.

        ``person`` is the one person that a free preview, or an earlier answer, has identified; an
        id in ``input`` identifies a person too. Nobody may be found nevertheless: the minimum is 0.
        """
        ids = [str(person.person)] if person else _person_ids(operation, [input])
        unlocked = self._unlocked(ids) if ids else frozenset()
        return self._price(operation, input, data_points, unlocked, person)

    def price_of_people(
        self,
        inputs: Sequence[Json],
        data_points: tuple[str, ...],
        people: Mapping[int, Record] | None = None,
    ) -> Estimate:
        """Returns the price range (UC) of one person for each input, as ``price`` does.

        ``people`` are the people who are identified already, by the index of their input.
        """
        people = people or {}
        ids = {
            *_person_ids("searchPeople", inputs),
            *(str(person.person) for person in people.values()),
        }
        unlocked = self._unlocked(ids)
        return total(
            self._price(
                "searchPeople", {**input, "limit": 1}, data_points, unlocked, people.get(index)
            )
            for index, input in enumerate(inputs)
        )

    def _unlocked(self, ids: Iterable[str]) -> frozenset[Unlock]:
        """Returns what is known to be free: nothing while the ledger cannot be read."""
        try:
            return self.ledger.unlocked(self.account, ids)
        except LedgerError:
            return frozenset()

    def _price(
        self,
        operation: str,
        input: Json,
        data_points: tuple[str, ...],
        unlocked: frozenset[Unlock],
        person: Record | None,
    ) -> Estimate:
        record = person
        if record is None and _person_ids(operation, [input]):
            record = Record(input["id"])
        price = estimate(
            operation,
            input,
            data_points=data_points,
            prices=self.prices,
            records=None if record is None else [record],
            unlocked=unlocked,
        )
        return replace(price, minimum=Decimal(0))

    # Requests --------------------------------------------------------------------------------

    def pay(
        self,
        operation: str,
        input: Json,
        data_points: tuple[str, ...],
        call: Callable[[], dict[str, Any]],
    ) -> dict[str, Any]:
        """Sends one paid request within the budget, and records its outcome.

        Raises ``BudgetExceededError`` or ``LedgerError`` before anything is sent, or what ``call``
        raises.
        """
        limit = input.get("limit")
        row_count = limit if isinstance(limit, int) else 1
        price = self.price(operation, input, data_points)
        with self._reservation(
            operation, data_points, row_count, price, may_be_charged, quality=Quality.of(input)
        ) as event:
            try:
                answer = call()
            except LeadIQError as error:
                partial_answer = _partial_answer(error)
                if partial_answer is not None:
                    self._settle(event, operation, partial_answer, data_points)
                raise
        self._settle(event, operation, answer, data_points)
        return answer

    def pay_people(
        self,
        inputs: Sequence[Json],
        data_points: tuple[str, ...],
        call: Callable[[], Sequence[PersonOutcome]],
        sending: Sending,
        on_answer: Callable[[sa.Connection, Sequence[PersonOutcome], Decimal], None],
        people: Mapping[int, Record] | None = None,
    ) -> None:
        """Sends one request for many people within the budget; ``call`` returns their outcomes.

        ``sending`` records, in the transaction that reserves the price, that the request goes out.
        ``on_answer`` records, in the transaction that settles it, what came back
        (outcomes, UC charged as far as that is certain). ``people`` are identified already, as in
        ``price_of_people``. All inputs accept the same quality.
        """
        price = self.price_of_people(inputs, data_points, people)
        with self._reservation(
            "searchPeople",
            data_points,
            len(inputs),
            price,
            may_be_charged,
            sending,
            Quality.of(inputs[0]),
        ) as event:
            outcomes = call()
        found = {str(person.get("id")): person for person in map(person_of, outcomes) if person}
        if any(is_unknown(outcome) for outcome in outcomes):
            state = EventState.UNKNOWN
        elif not found and all(isinstance(outcome, LeadIQError) for outcome in outcomes):
            state = EventState.REFUSED
        else:
            state = EventState.ESTIMATED
        self._settle(
            event,
            "searchPeople",
            {"results": [*found.values()]},
            data_points,
            state,
            lambda db, charge: on_answer(db, outcomes, charge),
        )

    def pay_page(
        self,
        operation: str,
        input: Json,
        call: Callable[[], dict[str, Any]],
        sending: Sending,
        on_answer: Callable[[sa.Connection, Json, Decimal], None],
    ) -> LeadIQError | None:
        """Sends one page of an advanced search within the budget, as ``pay_people`` does.

        A page that came back beside an error is charged and recorded too; returns that error.
        Raises what ``call`` raises if there is no page.
        """
        price, incomplete = self.price(operation, input), None
        with self._reservation(
            operation, (), input["limit"], price, may_be_charged, sending
        ) as event:
            try:
                answer: Json = call()
            except LeadIQError as error:
                partial_answer = _partial_answer(error)
                if partial_answer is None:
                    raise
                answer, incomplete = partial_answer, error
        self._settle(
            event,
            operation,
            answer,
            (),
            in_transaction=lambda db, charge: on_answer(db, answer, charge),
        )
        return incomplete

    def pay_verification(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Sends one verification of an email within the budget; any answer is charged."""
        price = self.prices["EmailReverification"]
        return self._pay_flat("verifyEmail", call, lambda _: Estimate(price, price))

    def pay_address(
        self,
        call: Callable[[], dict[str, Any]],
        sending: Sending,
        on_answer: Callable[[sa.Connection, Json, Decimal], None],
    ) -> None:
        """Sends one verification of an address of a job, as ``pay_page`` sends a page."""
        price = self.prices["EmailReverification"]
        estimate = Estimate(price, price)
        with self._reservation(
            "verifyEmail", (), 1, estimate, may_have_taken_effect, sending
        ) as event:
            answer = call()
        self.ledger.settle(
            event,
            state=EventState.ESTIMATED,
            charge=lambda _: estimate,
            returned=1,
            in_transaction=lambda db, charge: on_answer(db, answer, charge),
        )

    def pay_export(self, company_id: str | None, call: Callable[[], dict[str, Any]]) -> Any:
        """Sends one export to Salesforce within the budget.

        A record that is created unlocks its company, if that was not unlocked before.
        """
        company = {(COMPANY.price_name, company_id)} if company_id else set[Unlock]()

        def unlocks(answer: Json) -> set[Unlock]:
            return set() if answer.get("status") == "duplicates_found" else company

        def charge(new: frozenset[Unlock]) -> Estimate:
            price = self.prices[COMPANY.price_name] if new else Decimal(0)
            return Estimate(price, price)

        return self._pay_flat("exportToSalesforce", call, charge, unlocks)

    def _pay_flat(
        self,
        operation: str,
        call: Callable[[], dict[str, Any]],
        charge: PriceOfNew,
        unlocks: Callable[[Json], set[Unlock]] = lambda _: set(),
    ) -> dict[str, Any]:
        price = self.price(operation, {})
        with self._reservation(operation, (), 1, price, may_have_taken_effect) as event:
            answer = call()
        unlocked = frozenset(unlocks(answer))
        self.ledger.settle(
            event,
            state=EventState.ESTIMATED,
            charge=charge,
            returned=1,
            unlocked=unlocked,
        )
        return answer

    @contextmanager
    def _reservation(
        self,
        operation: str,
        data_points: tuple[str, ...],
        row_count: int,
        price: Estimate,
        has_unknown_outcome: Callable[[LeadIQError], bool],
        sending: Sending = RESERVATION_ALONE,
        quality: Quality = ANY_QUALITY,
    ) -> Iterator[int]:
        """Reserves the price of the request sent inside, and settles it if that fails.

        Yields the event's id. An event that was settled inside stays as it is.
        """
        request = Request(
            self.account,
            self.user,
            self.page,
            operation,
            data_points,
            row_count,
            self.job,
            self.job_budget,
            quality.to_text(),
        )
        event = self.ledger.reserve(request, price, sending)
        self.receipt.append(event)
        try:
            yield event
        except LeadIQError as error:
            state = EventState.UNKNOWN if has_unknown_outcome(error) else EventState.REFUSED
            self.ledger.settle(event, state=state)
            raise
        except BaseException:  # Streamlit stopped the page meanwhile: it may have been processed
            self.ledger.settle(event, state=EventState.UNKNOWN)
            raise

    def _settle(
        self,
        event: int,
        operation: str,
        answer: Json,
        data_points: tuple[str, ...],
        state: EventState = EventState.ESTIMATED,
        in_transaction: Callable[[sa.Connection, Decimal], None] | None = None,
    ) -> None:
        """Charges what the records that came back unlocked, as far as it is new."""
        records = records_of(operation, answer, data_points)
        unlocks = unlocks_of(records, data_points)

        def charge(new: frozenset[Unlock]) -> Estimate:
            return estimate(
                operation,
                {},
                data_points=data_points,
                prices=self.prices,
                records=records,
                unlocked=unlocks - new,
            )

        self.ledger.settle(
            event,
            state=state,
            charge=charge,
            returned=len(records),
            emails=sum(record.email is True for record in records if "email" in data_points),
            unlocked=unlocks,
            in_transaction=in_transaction,
        )


def _person_ids(operation: str, inputs: Iterable[Json]) -> list[str]:
    """Returns the LeadIQ ids by which people are requested."""
    ids = (input.get("id") for input in inputs) if operation == "searchPeople" else ()
    return [id for id in ids if isinstance(id, str)]


def _partial_answer(error: LeadIQError) -> Json | None:
    """Returns the answer that came back beside an error, if there are records in it."""
    fields = error.data.items() if isinstance(error.data, dict) else ()
    answers = (
        value
        for name, value in fields
        if name in RECORD_OPERATIONS and isinstance(value, dict) and records_of(name, value, ())
    )
    return next(answers, None)


def person_of(outcome: PersonOutcome) -> Json | None:
    """Returns the person of an outcome of ``enrich_people``, an incomplete one included."""
    person = outcome.data if isinstance(outcome, LeadIQError) else outcome
    return person if isinstance(person, Mapping) and person.get("id") else None


def is_unknown(outcome: PersonOutcome) -> bool:
    """Whether an input of ``enrich_people`` may or may not have been looked up and charged."""
    return isinstance(outcome, LeadIQError) and may_be_charged(outcome) and not person_of(outcome)


def may_be_charged(error: LeadIQError) -> bool:
    """Whether a failed search may have been charged: it was sent, and not refused."""
    return isinstance(error, ServiceError) and not isinstance(error, ConnectError)
