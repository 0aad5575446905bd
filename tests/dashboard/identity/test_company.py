"""A company's name without decoration and legal form, or the domain in its place."""

import pytest

from dashboard.identity.company import read_company, same_company


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Redwood Networks, Inc.", "Redwood Networks"),
        ("COPPER RESEARCH", "COPPER RESEARCH"),
        ("Swift Diagnostics (formerly Initech)", "Swift Diagnostics"),
        ("Acme, formerly Initech", "Acme"),
        ("Drift Dynamics | We are hiring", "Drift Dynamics"),
        ("The Thistle Ember Systems Company", "Thistle Ember Systems"),
        ("The Trade Desk", "The Trade Desk"),
        ("Verdant Supply S.A. de C.V.", "Verdant Supply"),
        ("Indigo Mobility GmbH & Co. KG", "Indigo Mobility"),
        ("Copper Delta Builders®", "Copper Delta Builders"),
        (" Stone Partners Ltd ", "Stone Partners"),
        ("Apex Mesa Engineering - EMEA", "Apex Mesa Engineering"),
        ("ACME® Inc. (NYSE: ACM)", "ACME"),
        ("McKinsey & Company", "McKinsey & Company"),
        ("Johnson & Johnson", "Johnson & Johnson"),
        ("Barilla S.p.A.", "Barilla"),
        ("Acme (acme.com); Beta (beta.com)", "Acme"),
        ("Zen Spa", "Zen Spa"),
        ("Telecom Italia SpA", "Telecom Italia"),
        ("Aldi Einkauf SE & Co. oHG", "Aldi Einkauf"),
        ("Nokia Oy", "Nokia"),
        ("Philips Nv", "Philips"),
        ("Siemens Aktiengesellschaft", "Siemens"),
        ("Rossi S.r.l. unipersonale", "Rossi"),
        ("Acme SA/NV", "Acme"),
        ("Padaria Silva LTDA ME", "Padaria Silva"),
        ("The Company", "The Company"),
        ("The Limited", "The Limited"),
        ("Volvo AB", "Volvo"),
        ("AB Volvo", "AB Volvo"),
        ("ООО Яндекс", "Яндекс"),
        ("アクメ株式会社", "アクメ"),
        ("株式会社アクメ", "アクメ"),
        ("삼성전자 주식회사", "삼성전자"),
        ("腾讯科技有限公司", "腾讯科技"),
        ("Samsung Electronics Co., Ltd.", "Samsung Electronics"),
        ("Limited", "Limited"),
        ("Node.js Foundation", "Node.js Foundation"),
        ("3M", "3M"),
        ("AT&amp;T Inc.", "AT&T"),
        ("Acme GmbH, Berlin", "Acme"),
        ("Acme Inc., San Francisco, CA", "Acme"),
        ("Acme Ltd, a Beta company", "Acme"),
        ("Acme, a Beta Group company", "Acme"),
        ("University of California, Berkeley", "University of California, Berkeley"),
        ("Tiffany & Co., Inc.", "Tiffany & Co"),
    ],
)
def test_a_name_is_bare(written: str, name: str) -> None:
    assert read_company(written) == (name, "", "")


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("lumentelecom.example", "lumentelecom.example"),
        ("https://www.micanovapharma.example/about?x", "micanovapharma.example"),
        ("Booking.com", "booking.com"),
        ("Booking.com B.V.", "booking.com"),
        ("acme.com (US)", "acme.com"),
        ("http://xn--mller-kva.de/", "müller.de"),
    ],
)
def test_a_domain_in_place_of_the_name_is_one(written: str, domain: str) -> None:
    assert read_company(written) == ("", domain, "")


@pytest.mark.parametrize(
    ("name", "site", "expected"),
    [
        ("Ames Bakery", "facebook.com/amesbakery", {"name": "Ames Bakery"}),
        ("Brown Consulting", "gmail.com", {"name": "Brown Consulting"}),
        ("Fox Inc", "n/a", {"name": "Fox"}),
        ("Acme", "https://www.acme.com", {"name": "Acme", "domain": "acme.com"}),
        ("", "ames.example", {"domain": "ames.example"}),
    ],
)
def test_a_host_of_others_is_dropped_beside_a_name(name: str, site: str, expected: dict) -> None:
    company = read_company(name, site)
    assert company.as_input == expected
    assert company.problem == ""


@pytest.mark.parametrize(
    ("name", "site", "problem"),
    [
        ("", "gmail.com", "gmail.com is a mail provider"),
        ("0015e0000016206AAA", "", "a record's number"),
        ("Freelance", "", "is not a company"),
        ("https://www.linkedin.com/in/jane-doe", "", "an address on LinkedIn"),
        ("http://10.0.0.1/", "", "is not a domain"),
        ("http://intranet/crm", "", "is not a domain"),
        ("Acme " * 200, "", "too long"),
    ],
)
def test_what_names_no_company_is_reported(name: str, site: str, problem: str) -> None:
    company = read_company(name, site)
    assert company.as_input == {}
    assert problem in company.problem


def test_an_empty_cell_is_no_problem() -> None:
    assert read_company("n/a", "-") == ("", "", "")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ACME Corp.", "Acme Corporation", True),
        ("Coca-Cola", "Coca Cola", True),
        ("Société Générale SA", "SOCIETE GENERALE", True),
        ("Marks & Spencer plc", "Marks and Spencer", True),
        ("Acme", "Acme Bakery", False),
    ],
)
def test_spellings_of_one_company(one: str, other: str, same: bool) -> None:
    assert same_company(one, other) is same


@pytest.mark.parametrize("name", ["Cloud9Solutions", "Studio54Capital", "3dexperiencehub"])
def test_a_name_of_one_word_with_a_digit_is_no_record(name: str) -> None:
    assert read_company(name).name == name


@pytest.mark.parametrize("record", ["0015g00000AbCdE", "0015g00000AbCdEfGH", "a0B5g00000AbCdE"])
def test_the_record_of_a_crm_is_no_company(record: str) -> None:
    assert "record's number" in read_company(record).problem


@pytest.mark.parametrize(
    "form", ["GmbH u. Co. KG", "GmbH und Co. KG", "UG haftungsbeschränkt & Co. KG", "PartGmbB"]
)
def test_german_forms_in_full(form: str) -> None:
    assert read_company(f"Acme {form}").name == "Acme"
