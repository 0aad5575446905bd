"""``python -m leadiq_sandbox``: the sandbox as a server of its own."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from queue import SimpleQueue
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
    received = SimpleQueue[int]()  # put() may interrupt get(); an Event could deadlock

    def receive(number: int, _frame: FrameType | None) -> None:
        received.put(number)

    signal.signal(signal.SIGINT, receive)
    signal.signal(signal.SIGTERM, receive)
    received.get()


def _parser() -> argparse.ArgumentParser:
    kinds = "\n".join(f"  {kind:12} {what}" for kind, what in KINDS.items())
    outcomes = "\n".join(f"  {name:30} {what}" for name, (_, what) in SALESFORCE.items())
    parser = argparse.ArgumentParser(
        prog="python -m leadiq_sandbox",
        description=DESCRIPTION,
        epilog=f"kinds of faults (--fault 500:3 fails every third request):\n{kinds}\n\n"
        f"outcomes of an export to Salesforce:\n{outcomes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_server_options(parser)
    _add_fault_options(parser)
    _add_account_options(parser)
    _add_accounting_options(parser)
    parser.add_argument(
        "--seed",
        type=int,
        default=DEFAULT_SEED,
        metavar="N",
        help="use a different seed for different people",
    )
    return parser


def _add_server_options(parser: argparse.ArgumentParser) -> None:
    """Adds where, how large and how fast the sandbox is, and what it keeps."""
    parser.add_argument(
        "--port",
        type=_whole_number_from(0),
        default=8787,
        metavar="N",
        help="the port to listen on (default: 8787); 0 takes a free one",
    )
    parser.add_argument(
        "--people",
        type=_whole_number_from(1),
        default=50_000,
        metavar="N",
        help="how many people there are (default: 50,000)",
    )
    parser.add_argument(
        "--latency-ms",
        type=_whole_number_from(0),
        default=0,
        metavar="MS",
        help="delay every answer by this long",
    )
    parser.add_argument(
        "--rpm",
        type=_whole_number_from(0),
        default=60,
        metavar="N",
        help="requests per minute (default: 60); 0 for no limit",
    )
    parser.add_argument(
        "--db", type=Path, metavar="FILE", help="keep credits and lists in this file"
    )


def _add_fault_options(parser: argparse.ArgumentParser) -> None:
    """Adds how requests fail or are refused."""
    parser.add_argument(
        "--fault",
        type=_fault,
        nargs="+",
        action="extend",
        default=[],
        metavar="KIND:EVERY_NTH",
        help="how every nth request fails; the kinds are below",
    )
    parser.add_argument(
        "--salesforce",
        choices=SALESFORCE,
        default="created",
        metavar="OUTCOME",
        help="outcome of every Salesforce export; the outcomes are below (default: %(default)s)",
    )
    parser.add_argument(
        "--http-errors",
        action="store_true",
        help="refuse GraphQL requests with an HTTP status, instead of errors[] in a 200",
    )
    parser.add_argument(
        "--max-aliases",
        type=_whole_number_from(1),
        metavar="N",
        help="refuse GraphQL documents with more aliases than this",
    )


def _add_account_options(parser: argparse.ArgumentParser) -> None:
    """Adds what differs between accounts of LeadIQ."""
    parser.add_argument(
        "--credits",
        type=_whole_number_from(0),
        default=10_000,
        metavar="UC",
        help="credits per period (default: 10,000)",
    )
    parser.add_argument(
        "--tracking", choices=TRACKING, default="done", help="outcome of tracking (default: done)"
    )
    parser.add_argument(
        "--no-job-changes",
        dest="job_changes",
        action="store_false",
        help="no access to job changes, previous companies and past positions",
    )
    parser.add_argument(
        "--data-hub-plan",
        action="store_true",
        help="report the credits in dataHubPlan, and universalPlan as null",
    )

    parser.add_argument(
        "--impostors",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="share of lookups by email or profile that find somebody else, 0 to 1",
    )
    parser.add_argument(
        "--no-cursor",
        dest="cursor",
        action="store_false",
        help="no cursor in advanced searches, which end after 10,000 rows",
    )
    parser.add_argument(
        "--no-company-lists",
        dest="company_lists",
        action="store_false",
        help="no company lists",
    )


def _add_accounting_options(parser: argparse.ArgumentParser) -> None:
    """Adds how credits are charged and reported where LeadIQ's sources disagree or say nothing."""
    parser.add_argument(
        "--always-deduct",
        action="store_true",
        help="charge for company information at every lookup",
    )
    parser.add_argument(
        "--charge-repeats", action="store_true", help="charge again for what was unlocked before"
    )
    parser.add_argument(
        "--profile-beside-company",
        action="store_true",
        help="charge for company information on top of the profile's 0.1 UC",
    )
    parser.add_argument(
        "--shy-previews",
        action="store_true",
        help="previews tell only what is likely, and may be wrong",
    )
    parser.add_argument(
        "--balance-delay",
        type=_whole_number_from(0),
        default=0,
        metavar="SECONDS",
        help="report the balance as it was this long ago",
    )
    parser.add_argument(
        "--rounding",
        choices=ROUNDINGS,
        default="up",
        help="how the used UC are rounded (default: up)",
    )
    parser.add_argument(
        "--colleague",
        type=_whole_number_from(0),
        default=0,
        metavar="UC_PER_MINUTE",
        help="credits that somebody else spends with the same account",
    )


if __name__ == "__main__":
    sys.exit(main())
