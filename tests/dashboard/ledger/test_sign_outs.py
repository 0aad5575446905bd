"""Sign-ins that have ended, on both databases."""

import pytest

from dashboard.ledger.ledger import Ledger
from tests.dashboard.ledger.driver import set_clock

DAY_MINUTES = 24 * 60


def test_a_sign_out_holds_for_every_server_on_the_database(database: str) -> None:
    here, elsewhere = Ledger(database), Ledger(database)
    assert not elsewhere.sign_outs.includes("a" * 64)
    here.sign_outs.add("a" * 64)
    here.sign_outs.add("a" * 64)
    assert elsewhere.sign_outs.includes("a" * 64)
    assert not elsewhere.sign_outs.includes("b" * 64)
    here.close()
    elsewhere.close()


def test_a_sign_out_is_kept_until_the_cookie_has_expired(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.sign_outs.add("a" * 64)
    set_clock(monkeypatch, minutes=31 * DAY_MINUTES)
    ledger.sign_outs.add("b" * 64)
    assert ledger.sign_outs.includes("a" * 64)
    set_clock(monkeypatch, minutes=33 * DAY_MINUTES)
    ledger.sign_outs.add("c" * 64)
    assert not ledger.sign_outs.includes("a" * 64)
    assert ledger.sign_outs.includes("b" * 64)
