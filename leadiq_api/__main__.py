"""``python -m leadiq_api check``: do this client and the live service still agree?"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from leadiq_api.check import INTROSPECTION_QUERY, drift, read_introspection
from leadiq_api.client import LeadIQClient
from leadiq_api.credits import credit_plan
from leadiq_api.errors import LeadIQError
from leadiq_api.logs import configure_from
from leadiq_api.queries import every_document
from leadiq_api.settings import Settings
from leadiq_api.transport import ask_without_key


def main(arguments: list[str] | None = None) -> int:
    """Prints what was compared. Returns 0 if everything agrees and 1 if something does not."""
    parser = argparse.ArgumentParser(prog="python -m leadiq_api", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check", help="compare every document with the service's schema, and try the key"
    )
    check.add_argument(
        "--introspection", type=Path, metavar="FILE", help="a saved result; needs no network"
    )
    options = parser.parse_args(arguments)
    try:
        configure_from(os.environ)
        return _check(options.introspection)
    except LeadIQError as error:
        print(f"{type(error).__name__}: {error.message}", file=sys.stderr)
        return 1


def _check(file: Path | None) -> int:
    settings = Settings.from_mapping(os.environ)
    if file is None:
        source = settings.graphql_url
        introspection = ask_without_key(source, INTROSPECTION_QUERY)
    else:
        source, introspection = str(file), read_introspection(file)
    lines = drift(introspection)
    for line in lines:
        print(f"drift: {line}", file=sys.stderr)
    total = len(every_document())
    if lines:
        print(f"{source}: the schema no longer has what this client asks for.", file=sys.stderr)
        return 1
    print(f"{source}: all {total} documents are valid.")
    key = os.environ.get("LEADIQ_API_KEY")
    if file is None and key:
        client = LeadIQClient.from_settings(key, settings)
        plan = credit_plan(client.account())
        print(f"account: {plan.get('available', 'no')} universal credits available.")
        user = client.whoami().get("user") or {}
        print(f"whoami: {user.get('email', 'nobody')}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
