"""What an error is shown as: each kind has its own words, and what derives from it has them too."""

import pytest

from dashboard.errors import ADVICE, advice_for
from dashboard.ledger.database import LedgerError
from dashboard.ledger.ledger import BudgetExceededError
from leadiq_api import (
    AuthenticationError,
    ConnectError,
    LeadIQError,
    NotFoundError,
    RateLimitError,
    ServiceError,
)


@pytest.mark.parametrize("kind", ADVICE)
def test_a_kind_and_what_derives_from_it_have_the_same_advice(kind: type[LeadIQError]) -> None:
    derived = type("Derived", (kind,), {})
    assert advice_for(kind("message")) == ADVICE[kind]
    assert advice_for(derived("message")) == ADVICE[kind]


def test_names_of_settings_are_apart_from_the_advice() -> None:
    assert not [advice for advice in ADVICE.values() if "LEADIQ_" in advice.next_step]


def test_no_kind_hides_one_that_derives_from_it() -> None:
    kinds = list(ADVICE)
    for index, kind in enumerate(kinds):
        assert not [later for later in kinds[index + 1 :] if issubclass(later, kind)]


def test_every_kind_of_the_client_has_advice() -> None:
    waiting = [LeadIQError]
    kinds = []
    while waiting:
        derived = waiting.pop().__subclasses__()
        kinds += [kind for kind in derived if kind.__module__.startswith("leadiq_api")]
        waiting += derived
    assert {*kinds} >= {AuthenticationError, NotFoundError, RateLimitError, ServiceError}
    assert {ConnectError, BudgetExceededError, LedgerError, *kinds} == {*ADVICE}


def test_an_error_of_no_known_kind_is_a_failure_of_the_service() -> None:
    assert advice_for(LeadIQError("message")) == ADVICE[ServiceError]
