"""``python -m leadiq_sandbox``: the sandbox as a server of its own."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from leadiq_sandbox.accounting import ROUNDINGS, Accounting
from leadiq_sandbox.faults import KINDS, Fault, UnknownFaultError
from leadiq_sandbox.logs import configure_from
from leadiq_sandbox.prospector import SALESFORCE
from leadiq_sandbox.server import DEFAULT_SEED, Sandbox
from leadiq_sandbox.tracking import STATES as TRACKING

DESCRIPTION = """A LeadIQ of your own on this machine: made-up people, play-money credits.

GraphQL at /graphql, by POST or by GET with query, variables and operationName: every query and
mutation of LeadIQ's schema, the after cursor of the advanced searches, and company lists.
Introspection needs no key. Prospector at /v1/... and, as the guide writes it, without /v1: lists,
prospects, verify-email, export to Salesforce. It tells its limit in ratelimit-policy, ratelimit and
retry-after, and refuses with the codes of its OpenAPI.

The key is Basic, as it is printed or as Base64 of "key:", or X-API-Key, decoded. Pages of this
machine may call it (CORS). The same --seed and --people are the same people at every start, under
the same ids; several of them share a name, and some have two positions, or none.
"""


def _fault(text: str) -> str:
    try:
        Fault.parse(text)
    except UnknownFaultError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _whole_number_from(minimum: int) -> type:
    def whole(text: str) -> int:
        number = int(text)
        if number < minimum:
            raise argparse.ArgumentTypeError(f"{text} is less than {minimum}")
        return number

    whole.__name__ = "whole number"
    return whole  # type: ignore[return-value]


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 1")
    return share


def main(arguments: list[str] | None = None) -> int:
    """Runs until SIGINT or SIGTERM. Returns 0, or 1 if the port is taken."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        configure_from(os.environ)
    except ValueError as error:
        parser.error(str(error))
    sandbox = Sandbox(
        port=options.port,
        people=options.people,
        credits=options.credits,
        latency_ms=options.latency_ms,
        rpm=options.rpm,
        faults=options.fault,
        db=options.db,
        http_errors=options.http_errors,
        job_changes=options.job_changes,
        max_aliases=options.max_aliases,
        accounting=Accounting(
            always_deduct=options.always_deduct,
            charge_repeats=options.charge_repeats,
            profile_beside_company=options.profile_beside_company,
            balance_delay=options.balance_delay,
            rounding=options.rounding,
            colleague=options.colleague,
        ),
        shy_previews=options.shy_previews,
        data_hub_plan=options.data_hub_plan,
        cursor=options.cursor,
        company_lists=options.company_lists,
        impostors=options.impostors,
        seed=options.seed,
    )
    sandbox.prospector.salesforce = options.salesforce
    sandbox.graphql.tracking.state = options.tracking
    try:
        sandbox.start()
    except OSError as error:
        print(f"Port {options.port} cannot be used: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"GraphQL     {sandbox.graphql_url}")
    print(f"Prospector  {sandbox.prospector_url}")
    print(f"Key         {sandbox.api_key}", flush=True)
    _wait_for_a_signal()
    sandbox.stop()
    return 0


def _wait_for_a_signal() -> None:
    received = threading.Event()

    def receive(_signal: int, _frame: FrameType | None) -> None:
        received.set()

    signal.signal(signal.SIGINT, receive)
    signal.signal(signal.SIGTERM, receive)
    received.wait()


def _parser() -> argparse.ArgumentParser:
    kinds = "\n".join(f"  {kind:12} {what}" for kind, what in KINDS.items())
    outcomes = "\n".join(f"  {name:30} {what}" for name, (_, what) in SALESFORCE.items())
    parser = argparse.ArgumentParser(
        prog="python -m leadiq_sandbox",
        description=DESCRIPTION,
        epilog=f"kinds of faults:\n{kinds}\n\noutcomes of an export to Salesforce:\n{outcomes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port", type=_whole_number_from(0), default=8787, help="0 takes a free one"
    )
    parser.add_argument(
        "--people",
        type=_whole_number_from(1),
        default=50_000,
        help="in the world (%(default)s)",
    )
    parser.add_argument(
        "--credits", type=_whole_number_from(0), default=10_000, help="UC of the period"
    )
    parser.add_argument(
        "--latency-ms", type=_whole_number_from(0), default=0, help="added to every answer"
    )
    parser.add_argument(
        "--rpm", type=_whole_number_from(0), default=60, help="requests a minute; 0: no limit"
    )
    parser.add_argument(
        "--fault",
        type=_fault,
        nargs="+",
        action="extend",
        default=[],
        metavar="KIND:EVERY_NTH",
        help="how every Nth request fails; the kinds are below",
    )
    parser.add_argument(
        "--salesforce",
        choices=SALESFORCE,
        default="created",
        metavar="OUTCOME",
        help="of every export; the outcomes are below (%(default)s)",
    )
    parser.add_argument("--db", type=Path, metavar="FILE", help="keeps credits and lists")
    parser.add_argument(
        "--http-errors",
        action="store_true",
        help="GraphQL refuses with the HTTP status, not with errors[] in a 200",
    )
    parser.add_argument(
        "--max-aliases",
        type=_whole_number_from(1),
        help="refuses GraphQL documents that have more of them",
    )
    _add_account_options(parser)
    _add_accounting_options(parser)
    parser.add_argument(
        "--tracking", choices=TRACKING, default="done", help="what becomes of what is tracked"
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another world")
    return parser


def _add_account_options(parser: argparse.ArgumentParser) -> None:
    """Adds what differs between accounts of LeadIQ."""
    parser.add_argument(
        "--no-job-changes",
        dest="job_changes",
        action="store_false",
        help="an account without access to job changes, previous companies and positions",
    )
    parser.add_argument(
        "--data-hub-plan",
        action="store_true",
        help="an account whose credits are in dataHubPlan; its universalPlan is null",
    )

    parser.add_argument(
        "--impostors",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="of people instead of whom an address or a profile finds somebody else, 0 to 1",
    )
    parser.add_argument(
        "--no-cursor",
        dest="cursor",
        action="store_false",
        help="advanced searches without a cursor: the first 10,000 rows are all",
    )
    parser.add_argument(
        "--no-company-lists",
        dest="company_lists",
        action="store_false",
        help="a server without company lists",
    )


def _add_accounting_options(parser: argparse.ArgumentParser) -> None:
    """Adds how credits are charged and reported where LeadIQ's sources disagree or say nothing."""
    parser.add_argument(
        "--always-deduct", action="store_true", help="charges company information at every lookup"
    )
    parser.add_argument(
        "--charge-repeats", action="store_true", help="charges again what was unlocked before"
    )
    parser.add_argument(
        "--profile-beside-company",
        action="store_true",
        help="charges company information on top of the profile's 0.1 UC",
    )
    parser.add_argument(
        "--shy-previews",
        action="store_true",
        help="previews say only what can likely be produced at work, and may be wrong",
    )
    parser.add_argument(
        "--balance-delay",
        type=_whole_number_from(0),
        default=0,
        metavar="SECONDS",
        help="reports the balance as it was so long ago",
    )
    parser.add_argument(
        "--rounding", choices=ROUNDINGS, default="up", help="of the used UC that are reported"
    )
    parser.add_argument(
        "--colleague",
        type=_whole_number_from(0),
        default=0,
        metavar="UC_PER_MINUTE",
        help="what somebody else spends meanwhile",
    )


if __name__ == "__main__":
    sys.exit(main())
