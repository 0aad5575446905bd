"""``python -m leadiq_api check``: do this client and the live service still agree?"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from leadiq_api.check import INTROSPECTION_QUERY, Report, compare, read_introspection
from leadiq_api.client import LeadIQClient
from leadiq_api.credits import credit_plan
from leadiq_api.errors import LeadIQError
from leadiq_api.logs import configure_from
from leadiq_api.queries import every_document
from leadiq_api.settings import Settings
from leadiq_api.transport import ask_without_key

DESCRIPTION = "Check that this client and LeadIQ's live service still agree."
CHECK = (
    "Compare every document that this client sends with the service's schema, and try the key in "
    "LEADIQ_API_KEY if it is set. Costs nothing. The exit code is 1 if anything no longer fits."
)
NEW_SHOWN = 12  # names in the short report; --json has all


def main(arguments: list[str] | None = None) -> int:
    """Prints what was compared. Returns 1 if something breaks, else 0."""
    parser = argparse.ArgumentParser(prog="python -m leadiq_api", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check",
        help="compare every document with the service's schema, and try the key",
        description=CHECK,
    )
    check.add_argument(
        "--introspection",
        type=Path,
        metavar="FILE",
        help="compare with a saved introspection result, without the network",
    )
    check.add_argument("--json", action="store_true", help="print the comparison as JSON")
    options = parser.parse_args(arguments)
    try:
        configure_from(os.environ)
        return _check(options.introspection, as_json=options.json)
    except LeadIQError as error:
        print(f"{type(error).__name__}: {error.message}", file=sys.stderr)
        return 1


def _check(file: Path | None, *, as_json: bool) -> int:
    settings = Settings.from_mapping(os.environ)
    if file is None:
        source = settings.graphql_url
        introspection = ask_without_key(source, INTROSPECTION_QUERY)
    else:
        source, introspection = str(file), read_introspection(file)
    report = compare(introspection)
    if as_json:
        print(json.dumps({"source": source, **asdict(report)}, indent=2))
        return 1 if report.breaks else 0
    _print(report, source)
    if report.breaks:
        return 1
    if file is None:
        _try_key(settings)
    return 0


def _print(report: Report, source: str) -> None:
    for line in report.deprecated:
        print(f"deprecated: {line}")
    if report.new:
        print(f"new on the server: {', '.join(report.new[:NEW_SHOWN])}{_more(report.new)}.")
    for line in report.breaks:
        print(f"drift: {line}", file=sys.stderr)
    if report.breaks:
        print(f"{source}: the schema no longer has what this client asks for.", file=sys.stderr)
    else:
        print(f"{source}: all {len(every_document())} documents are valid.")


def _more(names: list[str]) -> str:
    return f" and {len(names) - NEW_SHOWN} more" if len(names) > NEW_SHOWN else ""


def _try_key(settings: Settings) -> None:
    key = os.environ.get("LEADIQ_API_KEY")
    if not key:
        return
    client = LeadIQClient.from_settings(key, settings)
    plan = credit_plan(client.account())
    print(f"account: {plan.get('available', 'no')} universal credits available.")
    user = client.whoami().get("user") or {}
    print(f"whoami: {user.get('email', 'nobody')}.")


if __name__ == "__main__":
    sys.exit(main())
