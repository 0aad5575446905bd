"""Entries in the boxes of an advanced search -> the API's filters, or the problem to fix."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.search import parsing


@pytest.mark.parametrize(
    ("parse", "entered", "expected"),
    [
        (parsing.parse_choices, ["CEO", "CFO\nCTO\r\nCEO"], ["CEO", "CFO", "CTO"]),
        (parsing.parse_names, "Acme, Inc\n\n Globex \nAcme, Inc", ["Acme, Inc", "Globex"]),
        (
            parsing.parse_names,
            '"Acme, Inc"\r\n"Say ""Hi"" Ltd";24" Screens\r\nAcme, Inc\r\n',
            ["Acme, Inc", 'Say "Hi" Ltd', '24" Screens'],
        ),
        (
            parsing.parse_domains,
            "https://www.A.com/x, b@b.com\tc.io\na.com",
            ["a.com", "b.com", "c.io"],
        ),
        (
            parsing.parse_domains,
            '"WWW.A.com:443";"b.com."\r\n<jane@c.io>\r\nhttp://d.io?x=1#y',
            ["a.com", "b.com", "c.io", "d.io"],
        ),
        (
            parsing.parse_locations,
            ["Germany", "Texas, United States", "Bonn, NRW, Germany"],
            [
                {"country": "Germany"},
                {"areaLevel1": "Texas", "country": "United States"},
                {"city": "Bonn", "areaLevel1": "NRW", "country": "Germany"},
            ],
        ),
        (
            parsing.parse_locations,
            ["Texas,", "Bonn, ,", "Bonn, , Germany"],
            [{"areaLevel1": "Texas"}, {"city": "Bonn"}, {"city": "Bonn", "country": "Germany"}],
        ),
        (
            parsing.parse_sizes,
            ["51–200", "5,001+", "120 - 450", "70"],
            [
                {"min": 51, "max": 200},
                {"min": 5001},
                {"min": 120, "max": 450},
                {"min": 70, "max": 70},
            ],
        ),
        (
            parsing.parse_amounts,
            "10M – 50M; $1.5B+",
            [{"start": 10**7, "end": 5 * 10**7}, {"start": 1_500_000_000}],
        ),
        (parsing.parse_amount, "– 250k", {"end": 250_000}),
        (parsing.parse_amount, " ", None),
        (
            parsing.parse_codes,
            "5415\nsoftware publishers",
            [{"code": "5415"}, {"description": "software publishers"}],
        ),
        (parsing.parse_date, date(2026, 1, 2), 1767312000000),
        (parsing.parse_since, date(2026, 1, 2), {"start": 1767312000000}),
        (parsing.parse_since, None, None),
    ],
)
def test_entries_are_parsed(parse, entered, expected) -> None:
    assert parse(entered) == (expected, None)


@pytest.mark.parametrize(
    ("parse", "entered", "expected"),
    [
        (parsing.parse_domains, "acme.com\nnot a domain", "“not”, “a”, “domain” are not"),
        (parsing.parse_profiles, "linkedin.com/company/acme", "not a LinkedIn profile"),
        (parsing.parse_locations, ["A, B, C, D"], "“A, B, C, D” is not a place"),
        (parsing.parse_locations, [",,"], "“,,” is not a place"),
        (parsing.parse_sizes, ["some"], "“some” is not a number of employees"),
        (parsing.parse_sizes, ["90 – 10"], "not a number of employees"),
        (parsing.parse_amount, "lots", "“lots” is not an amount"),
        (parsing.parse_amounts, "1M – 2M; 5M – 4M", "“5M – 4M” is not an amount"),
        (parsing.parse_codes, "1", "not a code of two to eight digits"),
    ],
)
def test_a_wrong_entry_is_reported_in_words(parse, entered, expected: str) -> None:
    problem = parse(entered)[1]
    assert problem is not None
    assert expected in problem


def test_a_future_day_is_reported() -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    problem = parsing.parse_since(tomorrow)[1]
    assert problem is not None
    assert "yet to come" in problem


LINES = (
    parsing.parse_names,
    parsing.parse_domains,
    parsing.parse_codes,
    parsing.parse_profiles,
    parsing.parse_amounts,
)
CHOICES = (parsing.parse_choices, parsing.parse_locations, parsing.parse_sizes)


@given(st.text(max_size=30))
def test_any_text_has_a_value_or_a_problem(text: str) -> None:
    parsed = [parse(text) for parse in LINES] + [parse([text]) for parse in CHOICES]
    for value, problem in parsed:
        assert isinstance(value, list)
        assert problem is not None or all(value)  # nothing empty is sent
        assert problem is None or problem.endswith(".")
    amount, problem = parsing.parse_amount(text)
    assert problem is None or amount is None
    assert amount is None or amount.keys() <= {"start", "end"}
    # Only text without any content may be dropped without a problem.
    content = parsing.split_pasted(text)
    for parse in (parsing.parse_codes, parsing.parse_profiles, parsing.parse_names):
        assert len(parse(text).value) == len(content)
    for parse in (parsing.parse_locations, parsing.parse_sizes):
        value, problem = parse([text])
        assert problem is not None or len(value) == len(content)


@given(
    low=st.integers(0, 10**12),
    high=st.integers(0, 10**12),
    dash=st.sampled_from([" - ", "–", " — ", " to "]),
)
def test_a_range_is_read_or_its_ends_are_reported(low: int, high: int, dash: str) -> None:
    expected = {"start": low, "end": high} if low <= high else None
    value, problem = parsing.parse_amount(f"${low:,}{dash}{high}")
    assert value == expected
    assert (problem is None) == (low <= high)


def test_funding_is_one_filter_and_a_job_change_names_its_kinds() -> None:
    assert parsing.advanced_search_input(
        [
            ("companyFilter.fundingInfoFilters.lastFundingRange", {"start": 5}),
            ("companyFilter.fundingInfoFilters.lastFundingDateRange", {"start": 1}),
            ("jobChangeFilter.startedAfter", 7),
            ("contactFilter.titles", []),
        ]
    ) == {
        "companyFilter": {
            "fundingInfoFilters": [
                {"lastFundingRange": {"start": 5}, "lastFundingDateRange": {"start": 1}}
            ]
        },
        "jobChangeFilter": {"startedAfter": 7, "jobChangeTypes": []},
    }


@pytest.mark.parametrize("number", ["9" * 16, "9" * 5_000, f"0.{'0' * 5_000}1", f"{'9' * 5_000}b"])
def test_a_number_too_long_for_the_api_is_a_problem(number: str) -> None:
    for text in (number, f"1 - {number}", f"{number}+"):
        assert parsing.parse_amount(text).problem
        assert parsing.parse_sizes([text]).problem
    assert parsing.parse_amount("9" * 15).value == {"start": 10**15 - 1, "end": 10**15 - 1}
