"""Receipts: what the requests of one action were charged, and what may have been."""

from contextlib import suppress
from decimal import Decimal
from functools import partial

import pytest

from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.ledger.receipts import Charge
from dashboard.ledger.schema import EventState
from leadiq_api import LeadIQError, ServiceError
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.ledger.driver import ACCOUNT, request, up_to

ZERO = Decimal(0)


def payments(ledger: Ledger) -> Payments:
    return Payments(ledger, ACCOUNT, "local", "Test", DEFAULT_PRICES)


def search(paying: Payments, sandbox: Sandbox, *companies: int) -> None:
    client = client_of(sandbox)
    for company in companies:
        input = {"id": sandbox.world.company_ids[company]}
        with suppress(LeadIQError):
            paying.pay("searchCompany", input, (), partial(client.search_company, input))


def test_a_receipt_holds_what_was_paid_since_it_was_begun(ledger: Ledger, sandbox: Sandbox) -> None:
    first, second = payments(ledger), payments(ledger)
    search(first, sandbox, 0, 1)
    assert ledger.charge_of(ACCOUNT, first.receipt) == Charge(Decimal(6), ZERO, 0, ZERO)
    search(second, sandbox, 1, 2)
    assert ledger.charge_of(ACCOUNT, second.receipt) == Charge(Decimal(3), Decimal(3), 0, ZERO)
    assert sandbox.store.used == 9
    assert ledger.charge_of("b" * 16, second.receipt) == Charge(ZERO, ZERO, 0, ZERO)
    assert ledger.charge_of(ACCOUNT, []) == Charge(ZERO, ZERO, 0, ZERO)


@pytest.mark.parametrize(
    ("fault", "charge"),
    [
        ("500:1", Charge(ZERO, ZERO, 1, Decimal(3))),
        ("402:1", Charge(ZERO, ZERO, 0, ZERO)),
        ("partial:1", Charge(Decimal(3), ZERO, 0, ZERO)),
    ],
)
def test_a_failure_is_in_the_receipt(
    ledger: Ledger, sandbox: Sandbox, fault: str, charge: Charge
) -> None:
    paying = payments(ledger)
    sandbox.faults.choose([fault])
    search(paying, sandbox, 0)
    assert ledger.charge_of(ACCOUNT, paying.receipt) == charge


def test_a_receipt_follows_the_ledger(ledger: Ledger) -> None:
    """A request that turns out not to have been charged is not on the receipt any more."""
    receipt = [ledger.reserve(request(), up_to("3"))]
    assert ledger.charge_of(ACCOUNT, receipt) == Charge(ZERO, ZERO, 1, Decimal(3))
    ledger.settle(*receipt, state=EventState.ESTIMATED, charge=Decimal(3))
    assert ledger.charge_of(ACCOUNT, receipt) == Charge(Decimal(3), ZERO, 0, ZERO)
    with ledger.database.writing() as db:
        ledger.void_unknown_charges(db, dict.fromkeys(receipt, ZERO))
    assert ledger.charge_of(ACCOUNT, receipt) == Charge(ZERO, ZERO, 0, ZERO)


def test_flat_prices_are_in_the_receipt(ledger: Ledger) -> None:
    paying = payments(ledger)
    paying.pay_verification(lambda: {"status": "Verified"})
    assert ledger.charge_of(ACCOUNT, paying.receipt) == Charge(Decimal("0.1"), ZERO, 0, ZERO)
    for saved in (0, 3):
        exporting = payments(ledger)
        exporting.pay_export("company", lambda: {"status": "created"})
        assert ledger.charge_of(ACCOUNT, exporting.receipt) == Charge(
            Decimal(3 - saved), Decimal(saved), 0, ZERO
        )

    def fail() -> dict[str, object]:
        raise ServiceError("lost")

    lost = payments(ledger)
    with pytest.raises(ServiceError):
        lost.pay_verification(fail)
    assert ledger.charge_of(ACCOUNT, lost.receipt) == Charge(ZERO, ZERO, 1, Decimal("0.1"))
