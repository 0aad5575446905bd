"""What columns are called by many programs, in many languages."""

import pytest

from dashboard.tables.header_names import read_grouped_header, read_header

FIRST, LAST, FULL, COMPANY, EMAIL = (
    "firstName",
    "lastName",
    "fullName",
    "company.name",
    "email",
)


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ("First Name|first_name|firstName|FIRST-NAME|First\u00a0Name|Vorname|Prénom|Prenom", FIRST),
        ("Voornaam|Imię|Imie|Förnamn|Fornavn|Křestní jméno|Attendee first name", FIRST),
        ("Contact: First Name|leadiq_first_name", FIRST),
        ("Last Name|Surname|Nachname|Nom de famille|Apellidos|Sobrenome|Cognome|Achternaam", LAST),
        ("Nazwisko|Efternamn|Etternavn|Příjmení|Soyad|Фамилия|姓", LAST),
        ("Full Name|Contact Name|Person - Name|User Name (Original Name)|Vor- und Nachname", FULL),
        ("Ansprechpartner|Nom complet|Nombre y apellidos|Nome completo|Volledige naam", FULL),
        ("Imię i nazwisko|Fullständigt namn|Fulde navn|Jméno a příjmení|Ad Soyad|ФИО", FULL),
        ("氏名|お名前|姓名|联系人|성명|이름", FULL),
        ("Company|Company / Account|Account: Account Name|Organization 1 - Name", COMPANY),
        ("Company Table Data|Unternehmen|Firma|Société|Empresa|Compañía|Azienda|Bedrijf", COMPANY),
        ("Nazwa firmy|Företag|Virksomhed|Společnost|Şirket|Компания", COMPANY),
        ("会社名|御社名|公司|회사명", COMPANY),
        ("Email|E-mail|E‑mail|Email Address|E-mail 1 - Value|Person - Email - Work", EMAIL),
        ("Work Email (waterfall)|Primary Email|contact_email", EMAIL),
        ("E-Mail geschäftlich|Adresse e-mail|Courriel|Correo electrónico|Endereço de email", EMAIL),
        ("Indirizzo email|E-mailadres|Adres e-mail|E-postadress|E-mailadresse|E-posta", EMAIL),
        ("Электронная почта|メールアドレス（必須）|邮箱|이메일", EMAIL),
        ("Person Linkedin Url|linkedInProfileUrl|LinkedIn Contact Profile URL", "linkedinUrl"),
        ("Website|Company Domain|Sito web|Webseite|Email Domain", "company.domain"),
        ("Mobile|Direct Phone|Phone 1 - Value|Handy|Teléfono|携帯電話", "phone"),
        ("E-mail Display Name", EMAIL),  # Outlook's, beside an address within Exchange
        ("Etunimi|Keresztnév|Utónév|Prenume|Όνομα|Ім’я|الاسم الأول|שם פרטי", FIRST),
        ("Sukunimi|Vezetéknév|Επώνυμο|Прізвище|اسم العائلة|שם משפחה", LAST),
        ("Teljes név|Koko nimi|Nume complet|Ονοματεπώνυμο|الاسم الكامل|الاسم|שם מלא", FULL),
        ("Cég|Cégnév|Yritys|Companie|Εταιρεία|Компанія|الشركة|اسم الشركة|חברה", COMPANY),
        ("Sähköposti|E-mail cím|Ηλεκτρονικό ταχυδρομείο|Електронна пошта|البريد الإلكتروني", EMAIL),
        ('דוא"ל|אימייל', EMAIL),
        ("Puhelin|Telefonszám|Τηλέφωνο|رقم الهاتف|الهاتف|טלפון", "phone"),
        ("leadiq_person_id|personId", "id"),
        ("Company Contact Name|Account Contact|Customer contact|Name (Original Name)", FULL),
        ("Vor- u. Nachname", FULL),
        ("Zugehöriges Unternehmen|Associerat företag|Naam van het bedrijf", COMPANY),
        ("Additional email addresses|other_emails|Company Contact Email", EMAIL),
        ("URL sito web|URL van website|Webbadress|Web ページ", "company.domain"),
        ("País/región", "location.country"),
        # In two languages, as a question, and what programs add to a name.
        ("Vorname / First name|First name (Vorname)|Nombre / First name", FIRST),
        ("What is your first name?|Ihr Vorname|氏名（名）", FIRST),
        ("And your last name?|氏名（姓）", LAST),
        ("Nachname / Last name|Nom / Last name|What's your last name?|Apellido Paterno", LAST),
        ("Name / Full name|氏名（Full name）|Name, Vorname|Imię Nazwisko", FULL),
        ("Last Name, First Name|Cognome Nome", FULL),
        ("Firma / Account|Firma\nCompany|Compañía / Cuenta|Société / Compte|Your company", COMPANY),
        ("Company_Name__c|Unternehmen (Firma)|What company do you work for?", COMPANY),
        ("Zugeordnetes Unternehmen|Entreprise associée|関連付けられた会社", COMPANY),
        ("E-Mail / Email|What is your work email?|Please enter your email|properties.email", EMAIL),
        ("Email__c|Ihre E-Mail-Adresse|Invitee Email|Votre e-mail", EMAIL),
        ("LinkedIn__c|LinkedIn_URL__pc", "linkedinUrl"),
        ("Personal Email1|persoEmail", "personalEmail"),
        ("Mobile Phone1|Phone Number2|Mobiltelefonnummer|Número de teléfono móvil", "phone"),
    ],
)  # fmt: skip
def test_names_of_columns(names: str, field: str) -> None:
    assert {name: read_header(name).field for name in names.split("|")} == dict.fromkeys(
        names.split("|"), field
    )


@pytest.mark.parametrize(
    "name",
    [
        "Contact Owner",
        "Lead Owner Email",
        "Sales Rep Email",
        "Assigned to",
        "Created by",
        "Last Modified By",
        "Scanned By",
        "Sender Email",
        "Buyer first name",
        "Manager's Name",
        "Assistant E-mail",
        "Außendienst E-Mail",
        "Propriétaire du contact",
        "Właściciel",
        "所有者",
        "Owner1",
        "Kontaktinhaber",
        "コンタクト担当者",
    ],
)
def test_columns_of_somebody_else(name: str) -> None:
    header = read_header(name)
    assert (header.field, header.is_of_somebody_else) == ("", True)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Email Opt Out",
        "Email Confidence",
        "Company LinkedIn URL",
        "Company Phone",
        "Account ID",
        "Email / Phone",
        "Name / Company",
        "Company / Address",
        "Is Email Valid?",
    ],
)
def test_columns_that_hold_something_else(name: str) -> None:
    assert not read_header(name).is_known


def test_what_says_whose_it_is_is_kept() -> None:
    assert read_header("Contact Email").is_qualified
    assert not read_header("Email").is_qualified
    assert read_header("Work Email").rank < read_header("Email 2").rank


@pytest.mark.parametrize(
    ("group", "name", "field"),
    [
        ("Contact", "Email", "email"),
        ("Personal details", "Email", "email"),
        ("Owner", "Email", ""),
        ("Sales rep", "Name", ""),
        ("Company", "Name", "company.name"),
        ("Company", "Email", ""),
        ("Company", "Company name", "company.name"),
        ("", "Email", "email"),
        ("Firma", "Name", "company.name"),
        ("Firma", "Website", "company.domain"),
        ("Unternehmen", "E-Mail", ""),
    ],
)
def test_a_name_below_the_name_of_a_group(group: str, name: str, field: str) -> None:
    assert read_grouped_header(group, name).field == field
