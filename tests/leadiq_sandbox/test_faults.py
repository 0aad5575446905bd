"""Chosen faults: their kinds, and which requests they count."""

import pytest

from leadiq_sandbox import UnknownFaultError
from leadiq_sandbox.faults import KINDS, Faults


def test_faults_count_their_own_requests() -> None:
    faults = Faults()
    faults.choose(["402:2", "lost:1"])
    reads = [faults.due(graphql=True, write=False) for _ in range(4)]
    assert reads == [None, "402", None, "402"]
    assert faults.due(graphql=False, write=True) == "lost"
    with pytest.raises(UnknownFaultError):
        faults.choose(["no-such-kind:1"])
    assert len(KINDS) == 22
