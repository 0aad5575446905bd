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
        (parsing.parse_companies, "Acme, Inc\n\n Globex \nACME", ["Acme", "Globex", "ACME"]),
        (
            parsing.parse_companies,
            '"Acme, Inc"\r\n"Say ""Hi"" Ltd";24" Screens\r\nAcme, Inc\r\n',
            ["Acme", 'Say "Hi', '24" Screens'],
        ),
        (
            parsing.parse_people,
            'Jane Doe\n"Doe, Jane"\nDr. Jörg Müller, MBA\n山田太郎',
            ["Jane Doe", "Jörg Müller", "山田太郎"],
        ),
        (
            parsing.parse_profiles,
            "https://de.linkedin.com/in/jane-doe/?trk=x\nlinkedin.com/in/Jane-Doe\n"
            "https://www.linkedin.com/sales/lead/ACwAAAbCdEf,NAME_SEARCH,x1y2\n"
            "https://www.linkedin.com/in/j%C3%B6rg-m%C3%BCller",
            [
                "https://www.linkedin.com/in/jane-doe",
                "https://www.linkedin.com/in/ACwAAAbCdEf",
                "https://www.linkedin.com/in/jörg-müller",
            ],
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
            parsing.parse_locations,
            ["Deutschland", "USA", "Boston, TX", "London, UK", ", , Georgia"],
            [
                {"country": "Germany"},
                {"country": "United States"},
                {"city": "Boston", "areaLevel1": "Texas", "country": "United States"},
                {"city": "London", "country": "United Kingdom"},
                {"areaLevel1": "London", "country": "United Kingdom"},
                {"country": "Georgia"},
            ],
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
        (parsing.parse_amount, "10,5M – 1 500 Mio.", {"start": 10_500_000, "end": 1_500_000_000}),
        (parsing.parse_amount, "1.500 – 1,500", {"start": 1500, "end": 1500}),
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
        (parsing.parse_domains, "gmail.com", "“gmail.com” is not a domain of a company"),
        (parsing.parse_people, "jane@acme.com", "“jane@acme.com” is not a name"),
        (parsing.parse_companies, "acme.com", "“acme.com” is not a company's name"),
        (
            parsing.parse_locations,
            ["London"],
            "“London” is not clear: enter “London, ,” for the city or “London,” for the state or "
            "region.",
        ),
        (
            parsing.parse_locations,
            ["Georgia"],
            "“Georgia” is not clear: enter “, , Georgia” for the country or “Georgia, United "
            "States” for the state or region.",
        ),
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
    assert "in the past" in problem


def test_a_day_that_has_begun_in_auckland_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 10, 6, 19, tzinfo=UTC)  # 8:00 on the 7th in Auckland

    monkeypatch.setattr(parsing, "datetime", Clock)
    assert parsing.parse_date(date(2026, 10, 7)) == (1791331200000, None)
    assert "in the past" in (parsing.parse_date(date(2026, 10, 8))[1] or "")


LINES = (
    parsing.parse_people,
    parsing.parse_companies,
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
    assert len(parsing.parse_codes(text).value) == len(content)
    for parse in (parsing.parse_profiles, parsing.parse_people, parsing.parse_companies):
        value, problem = parse(text)
        assert problem is not None or bool(value) == bool(content)
    for parse in (parsing.parse_locations, parsing.parse_sizes):
        value, problem = parse([text])
        assert problem is not None or len(value) >= len(content)


def test_each_choice_of_an_ambiguous_place_names_one() -> None:
    for text in ("London", "Georgia", "Munich, DE", "London, England", "Texas"):
        choices = parsing.location_choices([text])
        assert choices
        assert parsing.location_choices(choices) == []
        assert [parsing.parse_locations([choice])[1] for choice in choices] == [None] * len(choices)


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
