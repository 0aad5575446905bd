"""What the process of an app under test runs: ``streamlit run app.py``, imported before."""

import os
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from streamlit.web import bootstrap, cli  # noqa: F401  the first imports the second late

from dashboard import panels

# What the server imports beside its first page (dashboard/server/start.py).
for panel in pkgutil.iter_modules(panels.__path__, f"{panels.__name__}."):
    import_module(panel.name)


def run_streamlit(
    root: Path, options: Sequence[str], environment: dict[str, str], log: Path
) -> None:
    """Serves the app until it is terminated."""
    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.argv = ["streamlit", "run", "app.py", *options]
    cli.main(prog_name="streamlit")
