"""The servers that are measured, each in a process and a home of its own."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[1]
CONSOLE = ROOT / "app.py"
FLOOR = ROOT / "benchmarks" / "floor" / "app.py"
HEADLESS = ("--server.headless", "true", "--browser.gatherUsageStats", "false")
POLL_SECONDS = 0.02
START_SECONDS = 120
UNLIMITED_REQUESTS_PER_MINUTE = 999_999


class Server(NamedTuple):
    """A running Streamlit server: its address, its process and its home folder."""

    url: str
    process: int
    home: Path

    @property
    def ledger(self) -> Path:
        """The file of the console's ledger, once a page was drawn."""
        return self.home / "leadiq-console" / "ledger.db"

    def cpu_seconds(self) -> float:
        """Returns the seconds of CPU that the process has taken; 0 without ``/proc``."""
        try:
            fields = Path(f"/proc/{self.process}/stat").read_text("utf-8").rpartition(")")[2]
        except OSError:
            return 0.0
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Returns the memory that the process takes now; 0 without ``/proc``."""
        try:
            pages = Path(f"/proc/{self.process}/statm").read_text("utf-8").split()[1]
        except OSError:
            return 0.0
        return int(pages) * resource.getpagesize() / 1e6


@contextmanager
def serve(app: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Runs a Streamlit app in its own folder, in a home without settings, until it is left."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        clean = {name: text for name, text in os.environ.items() if not name.startswith("LEADIQ_")}
        port = _free_port()
        address = ["--server.port", str(port), "--server.address", "127.0.0.1"]
        process = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-m", "streamlit", "run", app.name, *address, *HEADLESS],
            cwd=app.parent,
            env={**clean, "HOME": folder, "XDG_DATA_HOME": folder, **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            server = Server(f"http://127.0.0.1:{port}", process.pid, home)
            _wait_until_up(server.url)
            yield server
        finally:
            process.terminate()
            process.wait()


@contextmanager
def console(sandbox: Sandbox) -> Iterator[Server]:
    """Runs the console with the key of a sandbox."""
    settings = {
        "LEADIQ_API_KEY": sandbox.api_key,
        "LEADIQ_GRAPHQL_URL": sandbox.graphql_url,
        "LEADIQ_PROSPECTOR_URL": sandbox.prospector_url,
        "LEADIQ_REQUESTS_PER_MINUTE": str(UNLIMITED_REQUESTS_PER_MINUTE),
    }
    with serve(CONSOLE, settings) as server:
        yield server


def client_of(sandbox: Sandbox) -> LeadIQClient:
    """Returns a client of a sandbox that waits for no limit."""
    return LeadIQClient(
        sandbox.api_key,
        graphql_url=sandbox.graphql_url,
        prospector_url=sandbox.prospector_url,
        requests_per_minute=UNLIMITED_REQUESTS_PER_MINUTE,
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_until_up(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            urlopen(f"{url}/_stcore/health", timeout=5).close()  # noqa: S310  our own server
        except (URLError, OSError):
            time.sleep(POLL_SECONDS)
        else:
            return
    raise TimeoutError(f"{url} did not come up in {START_SECONDS} seconds")
