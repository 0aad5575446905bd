"""A user by one spelling of their address. Frozen: never change this file."""

from __future__ import annotations

import re
import string

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

# An address, as sign-in compares it: only A to Z have a lower case. A user without a proven one is
# named by the provider's own name for them, whose capitals count; it has spaces in it.
ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\]+")
LOWER_CASE = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def upgrade() -> None:
    """Writes addresses in lower case, where earlier consoles wrote them as the provider did."""
    db = op.get_bind()
    for name in ("events", "jobs"):
        table = sa.table(name, sa.column("user", sa.String))
        for (user,) in db.execute(sa.select(table.c.user).distinct()).all():
            if ADDRESS.fullmatch(user) and user != user.translate(LOWER_CASE):
                db.execute(
                    table.update()
                    .where(table.c.user == user)
                    .values(user=user.translate(LOWER_CASE))
                )
