"""The way every paid request goes: priced, reserved in the ledger, sent, settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dashboard.ledger.ledger import BudgetExceededError, Ledger, Request
from dashboard.ledger.schema import ESTIMATED, REFUSED, UNKNOWN
from dashboard.tables.api_json import Json
from leadiq_api import (
    AuthenticationError,
    ConnectError,
    InsufficientCreditsError,
    LeadIQError,
    RateLimitError,
    ServiceError,
    may_have_taken_effect,
)
from leadiq_api.credits import Estimate, Record, Unlock, estimate, records_of, total, unlocks_of

# The field of the answer that holds an operation's records, where data came beside an error.
ROWS_FIELDS = ("searchPeople", "searchCompany", "flatAdvancedSearch", "groupedAdvancedSearch")

# After these, the next request of a series would go no better.
STOPS_THE_BATCH = (
    AuthenticationError,
    InsufficientCreditsError,
    RateLimitError,
    BudgetExceededError,
)


@dataclass(frozen=True)
class Payments:
    """Whose credits are spent: the ledger with the account, the user, the page and the job."""

    ledger: Ledger
    account: str
    user: str
    page: str
    prices: Mapping[str, Decimal]
    job: str | None = None
    job_budget: Decimal | None = None  # UC

    def price(
        self,
        operation: str,
        input: Json,
        data_points: tuple[str, ...] = (),
        known: Record | None = None,
    ) -> Estimate:
        """The price range (UC) of a request, less what the account unlocked within a year.

        ``known`` is the one person that a free preview has named; an id names one as well, but
        not whether there is anybody behind it.
        """
        ids = [str(known.person)] if known else _ids(operation, [input])
        unlocked = self.ledger.unlocked(self.account, ids) if ids else frozenset()
        return self._price(operation, input, data_points, unlocked, known)

    def price_of_people(
        self,
        inputs: Sequence[Json],
        data_points: tuple[str, ...],
        known: Mapping[int, Record] | None = None,
    ) -> Estimate:
        """The price range (UC) of one person for each input, as ``price``.

        ``known`` are the people that are known already, by the place of their input.
        """
        known = known or {}
        ids = {*_ids("searchPeople", inputs), *(str(one.person) for one in known.values())}
        unlocked = self.ledger.unlocked(self.account, ids)
        return total(
            self._price(
                "searchPeople", {**one, "limit": 1}, data_points, unlocked, known.get(place)
            )
            for place, one in enumerate(inputs)
        )

    def _price(
        self,
        operation: str,
        input: Json,
        data_points: tuple[str, ...],
        unlocked: frozenset[Unlock],
        known: Record | None,
    ) -> Estimate:
        person = known
        if person is None and _ids(operation, [input]):
            companies = None if "company" in data_points else ()
            person = Record(input["id"], None, None, companies)
        if person is None:
            return estimate(operation, input, data_points=data_points, prices=self.prices)
        narrowed = estimate(
            operation,
            input,
            data_points=data_points,
            prices=self.prices,
            records=[person],
            unlocked=unlocked,
        )
        return narrowed if known is not None else replace(narrowed, minimum=Decimal(0))

    def pay(
        self,
        operation: str,
        input: Json,
        data_points: tuple[str, ...],
        call: Callable[[], dict[str, Any]],
    ) -> dict[str, Any]:
        """Sends one paid request within the budget, and writes what became of it.

        Raises ``BudgetExceededError`` before anything is sent, or what ``call`` raises.
        """
        asked = input.get("limit")
        asked = asked if isinstance(asked, int) else 1
        price = self.price(operation, input, data_points)
        with self._reserved(operation, data_points, asked, price, may_be_charged) as event:
            try:
                answer = call()
            except LeadIQError as error:
                fields = error.data.items() if isinstance(error.data, dict) else ()
                for name, partial in fields:
                    if name in ROWS_FIELDS and isinstance(partial, dict):
                        self._settle(event, operation, partial, data_points)
                        break
                raise
        self._settle(event, operation, answer, data_points)
        return answer

    def pay_people(
        self,
        inputs: Sequence[Json],
        data_points: tuple[str, ...],
        call: Callable[[], Sequence[Json | LeadIQError | None]],
        intended: Callable[[sa.Connection, int], None],
        recorded: Callable[[sa.Connection, Sequence[Json | LeadIQError | None], Decimal], None],
    ) -> None:
        """Sends one request for many people within the budget.

        ``call`` gives the outcome of each input. ``intended`` writes, with the reservation and in
        its transaction, that it is going out (event); ``recorded`` writes, with the settlement and
        in its transaction, what came back (outcomes, UC charged as far as is known).
        """
        price = self.price_of_people(inputs, data_points)
        with self._reserved(
            "searchPeople", data_points, len(inputs), price, _may_have_been_done, intended
        ) as event:
            outcomes = call()
        found = {str(row.get("id")): row for row in map(person_of, outcomes) if row is not None}
        unknown = any(is_unknown(outcome) for outcome in outcomes)
        refused = not found and all(isinstance(outcome, LeadIQError) for outcome in outcomes)
        state = UNKNOWN if unknown else REFUSED if refused else ESTIMATED
        answer = {"results": [*found.values()]}
        self._settle(
            event,
            "searchPeople",
            answer,
            data_points,
            state,
            lambda db, charge: recorded(db, outcomes, charge),
        )

    def pay_page(
        self,
        operation: str,
        input: Json,
        call: Callable[[], dict[str, Any]],
        intended: Callable[[sa.Connection, int], None],
        recorded: Callable[[sa.Connection, Json, Decimal], None],
    ) -> None:
        """Sends one page of an advanced search within the budget, as ``pay_people``.

        Raises what ``call`` raises.
        """
        price = self.price(operation, input)
        with self._reserved(
            operation, (), input["limit"], price, _may_have_been_done, intended
        ) as event:
            answer = call()
        self._settle(
            event,
            operation,
            answer,
            (),
            ESTIMATED,
            lambda db, charge: recorded(db, answer, charge),
        )

    def pay_verification(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Sends one verification of an email within the budget; its answer is its charge."""
        return self._pay_flat("verifyEmail", call, lambda _: self.prices["EmailReverification"])

    def pay_export(self, company_id: str | None, call: Callable[[], dict[str, Any]]) -> Any:
        """Sends one export to Salesforce within the budget.

        A record that was made has unlocked the company it names, unless that was unlocked before.
        """
        known = not company_id or self.ledger.unlocked(self.account, [company_id])

        def charge(answer: Json) -> Decimal:
            free = known or answer.get("status") == "duplicates_found"
            return Decimal(0) if free else self.prices["Company"]

        return self._pay_flat("exportToSalesforce", call, charge)

    def _pay_flat(
        self,
        operation: str,
        call: Callable[[], dict[str, Any]],
        charge: Callable[[Json], Decimal],
    ) -> dict[str, Any]:
        price = self.price(operation, {})
        with self._reserved(operation, (), 1, price, may_have_taken_effect) as event:
            answer = call()
        self.ledger.settle(event, state=ESTIMATED, charge=charge(answer), returned=1)
        return answer

    @contextmanager
    def _reserved(
        self,
        operation: str,
        data_points: tuple[str, ...],
        asked: int,
        price: Estimate,
        has_unknown_outcome: Callable[[LeadIQError], bool],
        intended: Callable[[sa.Connection, int], None] | None = None,
    ) -> Iterator[int]:
        """Reserves the price of what is sent inside, and settles it where that fails.

        What was settled inside already, stays as it is.
        """
        request = Request(
            self.account,
            self.user,
            self.page,
            operation,
            data_points,
            asked,
            self.job,
            self.job_budget,
        )
        event = self.ledger.reserve(request, price, intended)
        try:
            yield event
        except LeadIQError as error:
            self.ledger.settle(event, state=UNKNOWN if has_unknown_outcome(error) else REFUSED)
            raise
        except BaseException:  # the page was left in the middle: it may have been done
            self.ledger.settle(event, state=UNKNOWN)
            raise

    def _settle(
        self,
        event: int,
        operation: str,
        answer: Json,
        data_points: tuple[str, ...],
        state: str = ESTIMATED,
        recorded: Callable[[sa.Connection, Decimal], None] = lambda _db, _charge: None,
    ) -> None:
        """What came back is what is charged, less what was unlocked before."""
        records = records_of(operation, answer, data_points)
        gained = unlocks_of(records, data_points)
        before = self.ledger.unlocked(self.account, {id for _, id in gained})
        charged = estimate(
            operation,
            {},
            data_points=data_points,
            prices=self.prices,
            records=records,
            unlocked=before,
        )
        self.ledger.settle(
            event,
            state=state,
            charge=charged.minimum,
            returned=len(records),
            emails=sum(record.email is True for record in records if "email" in data_points),
            unlocked=gained - before,
            recorded=lambda db: recorded(db, charged.minimum),
        )


def _ids(operation: str, inputs: Iterable[Json]) -> list[str]:
    """The LeadIQ ids by which people are asked for."""
    ids = (one.get("id") for one in inputs) if operation == "searchPeople" else ()
    return [one for one in ids if isinstance(one, str)]


def person_of(outcome: Json | LeadIQError | None) -> Json | None:
    """The person of an outcome of ``enrich_people``, one who came back incomplete as well."""
    found = outcome.data if isinstance(outcome, LeadIQError) else outcome
    return found if isinstance(found, Mapping) and found.get("id") else None


def is_unknown(outcome: Json | LeadIQError | None) -> bool:
    """Whether nobody knows if this input of ``enrich_people`` was looked up and charged."""
    return isinstance(outcome, ServiceError) and person_of(outcome) is None


def may_be_charged(error: LeadIQError) -> bool:
    """Whether a failed search may have been charged: it was sent, and not refused."""
    return _may_have_been_done(error) and not isinstance(error, ConnectError)


def _may_have_been_done(error: LeadIQError) -> bool:
    """Whether a search may have been done: any failure of the service, of a gateway or its own."""
    return isinstance(error, ServiceError)
