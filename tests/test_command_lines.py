"""The help of the command lines: every command and option is explained."""

import argparse

import pytest

from dashboard.jobs import __main__ as jobs
from leadiq_sandbox import __main__ as sandbox


def parsers(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """A parser, and those of its commands."""
    groups = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    return [parser, *(command for group in groups for command in group.choices.values())]


@pytest.mark.parametrize(
    "parser", [*parsers(jobs._parser()), *parsers(sandbox._parser())], ids=lambda one: one.prog
)
def test_everything_is_explained(parser: argparse.ArgumentParser) -> None:
    assert parser.description
    options = [one for one in parser._actions if not isinstance(one, argparse._SubParsersAction)]
    assert not [one.dest for one in options if not one.help]
    assert len(parser.format_help()) > len(parser.description)
