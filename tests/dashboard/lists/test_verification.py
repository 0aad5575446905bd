"""A verification is paid once, even if its answer is lost."""

from decimal import Decimal
from pathlib import Path

import pytest

from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.lists.verification import verify_email
from leadiq_api import ServiceError
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of

ADA = {"firstName": "Ada", "lastName": "Byron", "workEmail": "ada@engine.example"}


def test_a_verification_is_paid_once(sandbox: Sandbox, tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    client = client_of(sandbox)
    payments = Payments(ledger, client.fingerprint, "me", "Lists", DEFAULT_PRICES)
    list_id = client.create_list("Pilots")["id"]
    client.add_prospects(list_id, [ADA])
    (prospect,) = client.list_prospects(list_id)
    sandbox.faults.choose(["502:1"])
    with pytest.raises(ServiceError):
        verify_email(payments, client, prospect)
    assert sandbox.store.used == 0
    sandbox.faults.choose(["502:2"])
    client.whoami()
    status = verify_email(payments, client, prospect)  # refused once, then done
    assert sandbox.store.used == Decimal("0.1")
    assert status in ("Verified", "VerifiedLikely", "Unverified", "Invalid")
    (prospect,) = client.list_prospects(list_id)
    sandbox.faults.choose(["lost:1"])
    assert verify_email(payments, client, prospect) == status  # read back, not sent again
    assert sandbox.store.used == Decimal("0.2")
    ledger.close()
