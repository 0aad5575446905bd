"""What stands in the columns that a job adds to a file, as docs and ``--help`` say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dashboard.tables.export import PREFIX

# In the order of the file, without ``PREFIX``; those of a data point only if it was chosen.
RESULT_COLUMNS: Mapping[str, str] = {
    "status": "found, not found, failed, no answer (yet), sent, invalid, duplicate, or not sent",
    "note": "why a row was not found, not sent, or failed",
    "match": "exact, or check: with the reasons why it may be somebody else",
    "matched_by": "LeadIQ id; LinkedIn URL; Email; Email, hashed; Name, company; or Phone",
    "person_id": "LeadIQ's id of the person",
    "name": "full name",
    "first_name": "first name",
    "last_name": "last name",
    "title": "title in the position that the row means, or else in the first current one",
    "company": "company of this position",
    "work_email": "best email at this company, whatever its status",
    "email_status": "Verified, Likely verified, Unverified, or Invalid",
    "personal_email": "best private email",
    "personal_email_status": "its status",
    "other_emails": "every other email, with type and status",
    "phone": "best number that reaches the person, never a switchboard",
    "phone_type": "Work, Work mobile, Personal, Personal mobile, or Personal landline",
    "phone_status": "its status",
    "company_phone": "switchboard or fax",
    "other_phones": "every other number, with type and status",
    "seniority": "seniority in this position",
    "role": "function in this position",
    "company_id": "LeadIQ's id of the company",
    "domain": "the company's domain",
    "industry": "its industry",
    "employees": "number of employees",
    "employee_range": "the same as a range",
    "founded": "year",
    "company_city": "headquarters",
    "company_state": "headquarters",
    "company_country": "headquarters",
    "revenue": "revenue, as a range",
    "funding_usd": "all funding, in US dollars",
    "funding_stage": "last round",
    "funded_on": "day of the last round",
    "technologies": "technologies in use, separated by semicolons",
    "technology_categories": "their categories",
    "company_linkedin_url": "the company's page on LinkedIn",
    "city": "where the person is",
    "state": "where the person is",
    "country": "where the person is",
    "country_code": "the country in three letters",
    "linkedin_url": "the person's profile on LinkedIn",
    "confidence": "of the match, in percent",
    "updated_at": "when LeadIQ last updated the person, in UTC",
    "list": "with a list: added, on it already, or why not",
}


def columns_help() -> Iterator[str]:
    """Yields the columns as ``--help`` prints them."""
    yield "columns that are added to those of the file:"
    width = max(map(len, RESULT_COLUMNS))
    for name, text in RESULT_COLUMNS.items():
        yield f"  {PREFIX}{name:<{width}}  {text}"
