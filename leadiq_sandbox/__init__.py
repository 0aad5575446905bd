"""A LeadIQ-compatible server on loopback with synthetic people: the app's embedded default."""

from leadiq_sandbox.faults import UnknownFaultError
from leadiq_sandbox.server import Sandbox

__all__ = ["Sandbox", "UnknownFaultError"]
