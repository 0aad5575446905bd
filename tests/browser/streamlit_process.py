"""What the process of an app under test runs: ``streamlit run app.py``."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from streamlit.web import cli


def run_streamlit(
    root: Path, options: Sequence[str], environment: dict[str, str], log: Path, *, forked: bool
) -> None:
    """Serves the app until it is terminated: in this process, or else in a new Python."""
    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.argv = ["streamlit", "run", "app.py", *options]
    if not forked:
        os.execve(sys.executable, [sys.executable, "-m", *sys.argv], environment)  # noqa: S606
    cli.main(prog_name="streamlit")
