"""A place: a country is a country, and what is not clear is not guessed."""

import pytest

from dashboard.identity.location import Place, country_name, read_place


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Germany", "Germany"),
        ("Deutschland", "Germany"),
        ("ALLEMAGNE", "Germany"),
        ("日本", "Japan"),
        ("USA", "United States"),
        ("U.S.", "United States"),
        ("UK", "United Kingdom"),
        ("Holland", "Netherlands"),
        ("Singapore", "Singapore"),
        ("London", ""),
        ("", ""),
    ],
)
def test_a_country_in_any_language(text: str, country: str) -> None:
    assert country_name(text) == country


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Deutschland", [Place(country="Germany")]),
        ("Texas, USA", [Place(area="Texas", country="United States")]),
        ("Boston, TX", [Place("Boston", "Texas", "United States")]),
        (
            "London, UK",
            [
                Place(city="London", country="United Kingdom"),
                Place(area="London", country="United Kingdom"),
            ],
        ),
        ("Bonn, NRW, Deutschland", [Place("Bonn", "NRW", "Germany")]),
        ("Bonn, ,", [Place(city="Bonn")]),
        ("Texas,", [Place(area="Texas")]),
        (", , Georgia", [Place(country="Georgia")]),
    ],
)
def test_a_clear_place(text: str, places: list[Place]) -> None:
    assert read_place(text) == (tuple(places), ())


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("London", ("London, ,", "London,")),
        ("Georgia", (", , Georgia", "Georgia, United States")),
        ("CA", (", , Canada", "California, United States")),
        ("Texas", ("Texas, ,", "Texas, United States")),
        ("London, England", ("London, England,",)),
        ("Munich, DE", ("Munich, Delaware, United States", "Munich, , Germany")),
    ],
)
def test_the_readings_of_an_ambiguous_place_are_offered(
    text: str, choices: tuple[str, ...]
) -> None:
    assert read_place(text) == ((), choices)
    for choice in choices:
        assert len(read_place(choice).places) == 1


@pytest.mark.parametrize("text", ["", ",,", "A, B, C, D"])
def test_other_text_is_no_place(text: str) -> None:
    assert read_place(text) == ((), ())
