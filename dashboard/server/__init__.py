"""What stands between the network and Streamlit: every request passes here before any script."""

from __future__ import annotations

from starlette.middleware import Middleware

from dashboard.server.hosts import HostGuard
from dashboard.server.sign_in import SignInGuard

MIDDLEWARE = (Middleware(HostGuard), Middleware(SignInGuard))
