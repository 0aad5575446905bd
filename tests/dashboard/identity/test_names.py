"""A person's name without titles, degrees and decoration; its parts; names of one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.identity.names import names_agree, read_name


@pytest.mark.parametrize(
    "written",
    [
        "Jane Doe",
        "Doe, Jane",
        "DOE, JANE",
        "Jane Doe, MBA, PMP",
        "Doe, Jane, MBA",
        "Dr. Jane Doe",
        "Prof. Dr. Jane Doe",
        "Dr. med. Jane Doe",
        "Frau Jane Doe",
        "Ms Jane Doe PhD",
        "JANE DOE MBA",
        "Jane Doe, CFA®",
        "🚀 Jane Doe 🌟",
        "𝐉𝐚𝐧𝐞 Doe",
        "Jane (Janie) Doe",
        'Jane "JD" Doe',
        "Jane 'Janie' Doe",
        "JANE DOE",
        "jane doe",
        "Jane DOE",
        "DOE Jane",
        "jane.doe",
        "Jane Doe (she/her)",
        "Jane Doe she/her",
        "Jane Doe - We're hiring!",
        "Jane Doe | SaaS",
        "Jane Doe, Head of Sales",
        "Jane Doe Jr.",
        "Jane Doe III",
        "Jane A. Doe",
        "Jane  Doe ",
        "Jane Doe Esq.",
        "Jane Doe*",
        "Jane Doe née Roe",
        "Jane Doe geb. Roe",
        "Jane Doe @Acme",
        "Jane Doe @ Acme",
        "Jane Doe, Acme Inc.",
        "Geom. Jane Doe",
        "dr inż. Jane Doe",
        "Eng.ª Jane Doe",
        "Sayın Jane Doe",
        "Jane&nbsp;Doe",
    ],
)
def test_a_decorated_name_is_the_name(written: str) -> None:
    assert read_name(written)[:4] == ("Jane", "Doe", "Jane Doe", "")


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("Ludwig van der Berg III", "Ludwig", "van der Berg"),
        ("van der Berg, Ludwig", "Ludwig", "van der Berg"),
        ("María José García López", "María José", "García López"),
        ("García López, María José", "María José", "García López"),
        ("José Ortega y Gasset", "José", "Ortega y Gasset"),
        ("MARY MCDONALD", "Mary", "McDonald"),
        ("O'BRIEN, SEAN", "Sean", "O'Brien"),
        ("Jack Ma", "Jack", "Ma"),
        ("JACK MA", "Jack", "Ma"),
        ("Eff, Ed", "Ed", "Eff"),
        ("Do, Ed", "Ed", "Do"),
        ("Nguyen Thi Vi", "Nguyen Thi", "Vi"),
        ("J&#252;rgen M&#xFC;ller", "Jürgen", "Müller"),
        ("Anh Do", "Anh", "Do"),
        ("Phil Collins", "Phil", "Collins"),
        ("Neymar Junior", "Neymar", "Junior"),
        # A last name of several words that is marked by capitals or stands first.
        ("GARCÍA LÓPEZ Ana", "Ana", "García López"),
        ("Ana GARCÍA LÓPEZ", "Ana", "García López"),
        ("DOE Jane Mary Ann", "Jane Mary Ann", "Doe"),
        ("LE GOFF Yann", "Yann", "le Goff"),
        ("von der Leyen Ursula", "Ursula", "von der Leyen"),
        ("VAN DEN BERG JAN", "Jan", "van den Berg"),
        ("de Vries Jan", "Jan", "de Vries"),
        ("Vries de, Jan", "Jan", "de Vries"),
        ("Berg van den, Jan", "Jan", "van den Berg"),
        ("McDONALD, RONALD", "Ronald", "McDONALD"),
        ("Le Van Nam", "Le", "Van Nam"),
        ("La Toya Jackson", "La Toya", "Jackson"),
        ("J. Ben Smith", "Ben", "Smith"),
        ("Jan van 't Hoff", "Jan", "van 't Hoff"),
        ("'t Hoff, Jan", "Jan", "'t Hoff"),
        ("Karl von und zu Guttenberg", "Karl", "von und zu Guttenberg"),
        ("İSMAİL YILDIZ", "İsmail", "Yildiz"),
        ("Иван Петров", "Иван", "Петров"),
        ("山田 太郎", "太郎", "山田"),
        ("山田太郎", "太郎", "山田"),
        ("王小明", "小明", "王"),
        ("김민수", "민수", "김"),
        ("남궁민수", "민수", "남궁"),
    ],
)
def test_the_parts_of_a_whole_name(written: str, first: str, last: str) -> None:
    name = read_name(written)
    assert (name.first, name.last, name.problem) == (first, last, "")
    assert name.as_input == {"fullName": name.full}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("", "Jane", "Doe, MBA"), {"firstName": "Jane", "lastName": "Doe"}),
        (("", "Dr. Jane", "O'Neil, Jr."), {"firstName": "Jane", "lastName": "O'Neil"}),
        (("", "Jane", "Doe Jr."), {"firstName": "Jane", "lastName": "Doe"}),
        (("", "Jane", "Doe III"), {"firstName": "Jane", "lastName": "Doe"}),
        (("", "Jane", "Doe PhD, MBA"), {"firstName": "Jane", "lastName": "Doe"}),
        (("", "Jane PhD", "Doe"), {"firstName": "Jane", "lastName": "Doe"}),
        (("", "Jack", "MA"), {"firstName": "Jack", "lastName": "MA"}),
        (("", "Viktor A.", "Khan"), {"firstName": "Viktor", "lastName": "Khan"}),
        (("", "DOE", "Jane"), {"firstName": "Jane", "lastName": "Doe"}),
        (("", "Doe,", "Jane"), {"firstName": "Jane", "lastName": "Doe"}),
        (("Jane Doe", "Doe", "Jane"), {"fullName": "Jane Doe"}),
        (("", "Jane Doe", ""), {"fullName": "Jane Doe"}),
        (("", "Jane Doe", "Doe"), {"fullName": "Jane Doe"}),
        (("", "Jane", "Jane Doe"), {"fullName": "Jane Doe"}),
        (("", "Jane Doe", "(she/her)"), {"fullName": "Jane Doe"}),
        (("", "Dr.", "Jane Doe"), {"fullName": "Jane Doe"}),
        (("", "太郎", "山田"), {"firstName": "太郎", "lastName": "山田"}),
    ],
)
def test_columns_may_be_joined_or_swapped(columns: tuple[str, str, str], expected: dict) -> None:
    name = read_name(*columns)
    assert name.as_input == expected
    assert name.problem == ""


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("Jane D.", "only an initial"),
        ("J. R. R. Tolkien", "only an initial"),
        ("J. de Vries", "only an initial"),
        ("Dhr. A. van den Berg", "only an initial"),
        ("Vries, J. de", "only an initial"),
        ("Sukarno", "only one name"),
        ("Mr. Doe", "only one name"),
        ("Jane & John Doe", "not one person's name"),
        ("Mr & Mrs Smith", "not one person's name"),
        ("Jane Doe; John Roe", "not one person's name"),
        ("007", "not a name"),
        ("Jane " * 500, "not one person's name"),
    ],
)
def test_what_fits_many_people_is_reported(written: str, problem: str) -> None:
    assert problem in read_name(written).problem


@pytest.mark.parametrize("written", ["", "N/A", "-", "LinkedIn Member", "jane@acme.com"])
def test_a_cell_without_a_name_is_empty(written: str) -> None:
    assert read_name(written) == read_name()


@given(some.text(max_size=60), some.text(max_size=30))
def test_any_text_is_read(one: str, other: str) -> None:
    for name in (read_name(one), read_name("", one, other)):
        assert name.full == name.full.strip()
        assert names_agree(name, name)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("J. Doe", "Jane A. Doe", True),
        ("Müller, Jörg", "Joerg Mueller", True),
        ("Bob Smith", "Robert Smith", True),
        ("Jane Doe", "Jane Doe-Smith", True),
        ("Viktor Meyer", "Victor Meier", True),
        ("山田太郎", "Taro Yamada", True),
        ("", "Jane Doe", True),
        ("Jane Doe", "Gus Gray", False),
        # Short names differ by a letter.
        ("Kim Lee", "Kim Le", False),
        ("Anna Moe", "Anna Mo", False),
        ("Joe Smith", "Joey Smith", True),
        ("Ana Doe", "Anna Doe", True),
        # Father and son.
        ("John Smith Jr.", "John Smith III", False),
        ("Smith, John, Sr.", "John Smith Jr", False),
        ("John Smith Jr.", "John Smith", True),
        ("John Smith II", "John Smith Jr.", True),
        ("J.R. Smith", "John Smith III", True),
        ("Sr. Juan Pérez", "Juan Pérez Jr.", True),
        ("Jane Doe", "John Doe", False),
        ("Jane Doe", "Jane Smith", False),
        ("Daniel Costa", "Daniela Costa", False),
        ("Alexander Costa", "Alexandra Costa", False),
        ("Alex Costa", "Alexandra Costa", True),
        ("Andreas Costa", "Andrea Costa", False),
        ("Antonio Costa", "Antonia Costa", False),
        ("Albert Costa", "Alfred Costa", False),
        ("Maria Rossi", "Marta Rossi", False),
    ],
)
def test_names_of_one_person_do_not_contradict(one: str, other: str, agree: bool) -> None:
    assert names_agree(read_name(one), read_name(other)) is agree


@pytest.mark.parametrize(
    ("text", "first", "last", "generation"),
    [
        ("Smith, John Jr.", "John", "Smith", "2"),
        ("Smith, John MBA", "John", "Smith", ""),
        ("Dr. Doe, Jane", "Jane", "Doe", ""),
        ("Prof. Dr. Doe, Jane, PhD", "Jane", "Doe", ""),
        ("Prof. Dr. h.c. mult. Hans Meier", "Hans", "Meier", ""),
    ],
)
def test_what_stands_beside_the_parts_of_a_turned_name(
    text: str, first: str, last: str, generation: str
) -> None:
    name = read_name(text)
    assert (name.first, name.last, name.generation) == (first, last, generation)


@pytest.mark.parametrize(
    ("first", "last", "full"),
    [
        ("Na", "Li", "Na Li"),
        ("Steve", "Blank", "Steve Blank"),
        ("Jennifer", "Null", "Jennifer Null"),
        ("Jennifer", "null", "Jennifer"),
        ("Jennifer", "NaN", "Jennifer"),
        ("NULL", "Doe", "Doe"),
    ],
)
def test_a_name_that_is_a_word_for_nothing_too(first: str, last: str, full: str) -> None:
    assert read_name("", first, last).full == full
