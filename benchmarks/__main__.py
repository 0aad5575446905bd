"""Measures speed on this machine, and prints the tables of docs/performance.md.

``python -m benchmarks`` measures everything, in 25 minutes; ``python -m benchmarks reruns lists``
some parts. With ``--write``, the tables go into docs/performance.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from benchmarks import browsing, bulk, client, crowd, growth, reruns
from benchmarks.measure import Table
from benchmarks.servers import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"

PARTS: Mapping[str, Callable[[], list[Table]]] = {
    "browser": browsing.tables,
    "reruns": reruns.tables,
    "elements": reruns.element_tables,
    "sessions": crowd.tables,
    "chips": growth.chip_tables,
    "usage": growth.usage_tables,
    "lists": growth.list_tables,
    "exports": growth.export_tables,
    "client": client.tables,
    "bulk": bulk.tables,
}


def written(document: str, part: str, text: str) -> str:
    """Returns the document with a part's tables replaced: what stands between its two marks."""
    begin, end = f"<!-- {part} -->", f"<!-- end of {part} -->"
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{DOCUMENT.name} has no {begin} … {end}")
    return f"{before}{begin}\n{text}\n{end}{after}"


def main() -> None:
    """Measures the parts that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--write", action="store_true", help=f"into {DOCUMENT.relative_to(ROOT)}")
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; choose of {', '.join(PARTS)}")
    for part in options.parts or PARTS:
        text = "\n\n".join(table.markdown() for table in PARTS[part]())
        print(f"{text}\n", flush=True)
        if options.write:
            document = DOCUMENT.read_text(encoding="utf-8")
            DOCUMENT.write_text(written(document, part, text), encoding="utf-8")


if __name__ == "__main__":
    main()
