"""Imports of tracked contacts: stored unsent, marked once sent, apart for each account."""

from pathlib import Path

from dashboard.ledger.ledger import Ledger


def test_an_import_is_stored_before_it_is_sent(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    imports = ledger.tracking_imports
    contacts = [{"firstName": "Zoë", "lastName": "Doe", "companyName": "Acme"}]
    first = imports.add("a", "Pilots", contacts)
    second = imports.add("b", "x" * 300, [])
    assert (first.sent, first.contacts, len(first.id)) == (False, contacts, 32)
    assert first.id != second.id
    assert imports.all("a") == [first]
    assert imports.all("b")[0].name == "x" * 200
    imports.mark_sent("b", first.id)  # not its own
    assert not imports.all("a")[0].sent
    imports.mark_sent("a", first.id)
    assert imports.all("a")[0].sent
    imports.delete("a", first.id)
    assert imports.all("a") == []
    ledger.close()
