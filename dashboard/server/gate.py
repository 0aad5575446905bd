"""Whether a visitor has access now: by the settings as they are, and unless they signed out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from anyio import to_thread

from dashboard import access
from dashboard.access import Access
from dashboard.configuration import read_configuration
from dashboard.ledger.files import LedgerError
from dashboard.server.visitors import Visitor
from leadiq_api import InvalidRequestError

if TYPE_CHECKING:
    from dashboard.ledger.sign_outs import SignOuts

LOGGER = logging.getLogger("dashboard")


class Gate:
    """Decides on access at the moment of each request."""

    def __init__(self) -> None:
        self._signed_in_once = access.signs_in()
        self._opened_sign_outs: SignOuts | None = None

    @property
    def signs_in(self) -> bool:
        """Whether sign-in is configured, or was since the server started."""
        self._signed_in_once = self._signed_in_once or access.signs_in()
        return self._signed_in_once

    @property
    def lost_sign_in(self) -> bool:
        """Whether sign-in was configured and no longer is: a file was emptied or lost."""
        return self.signs_in and not access.signs_in()

    async def grants(self, visitor: Visitor) -> bool:
        """Whether a visitor may use the app."""
        granted = await to_thread.run_sync(self._grants, visitor)  # reads what has changed first
        return granted and not self.lost_sign_in

    async def has_signed_out(self, visitor: Visitor) -> bool | None:
        """Whether a visitor's sign-in has ended; None if that cannot be read."""
        if visitor.sign_in is None:
            return False
        return await to_thread.run_sync(self._has_ended, visitor)

    async def end(self, sign_in: str) -> None:
        """Ends a sign-in for every server on the database."""
        await to_thread.run_sync(self._end, sign_in)

    def _grants(self, visitor: Visitor) -> bool:
        try:
            access_now = access.access_of(visitor.claims, read_configuration())
        except InvalidRequestError:
            return False
        return access_now is Access.GRANTED and self._has_ended(visitor) is False

    def _has_ended(self, visitor: Visitor) -> bool | None:
        if visitor.sign_in is None:
            return False
        from sqlalchemy.exc import SQLAlchemyError  # not before somebody has signed in

        try:
            return self._sign_outs.includes(visitor.sign_in)
        except (LedgerError, SQLAlchemyError) as error:
            reason = error.message if isinstance(error, LedgerError) else type(error).__name__
            LOGGER.error("A sign-in cannot be checked: %s", reason)
            return None

    def _end(self, sign_in: str) -> None:
        self._sign_outs.add(sign_in)

    @property
    def _sign_outs(self) -> SignOuts:
        """The ended sign-ins; their database is opened when somebody has signed in."""
        if self._opened_sign_outs is None:
            from dashboard.ledger.database import Database, default_url
            from dashboard.ledger.sign_outs import SignOuts

            self._opened_sign_outs = SignOuts(Database(default_url()))
        return self._opened_sign_outs
