"""The people and companies of placeholders and examples; the sandbox has all of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from leadiq_api import SearchKind

FIRST_NAME, LAST_NAME = "Maya", "Kim"
FULL_NAME = f"{FIRST_NAME} {LAST_NAME}"
EMAIL = "maya.kim.8962@terrasystems.example"
PROFILE_URL = "https://www.linkedin.com/in/maya-kim-8962"
COMPANY_NAME, DOMAIN = "Terra Systems", "terrasystems.example"
COMPANY_URL = "https://www.linkedin.com/company/terrasystems"
SOFTWARE_DOMAINS = (
    "northlabs.example",
    "prairiecloud.example",
    "quartzlearning.example",
    "novamedia.example",
)


@dataclass(frozen=True)
class Example:
    """A search that a page is opened with.

    ``entries`` are the values of the page's widgets by key; ``inputs`` what they are priced as, of
    ``operation`` with ``data_points``.
    """

    title: str
    action: str
    page: str
    entries: Mapping[str, Any]
    operation: str
    inputs: tuple[Mapping[str, Any], ...]
    data_points: tuple[str, ...] = field(default=())


BY_COMPANY = Example(
    "Engineering leaders by company",
    "Find 25",
    "pages/advanced_search.py",
    {
        "results": "By company",
        "limit": 25.0,
        "company_information": False,
        "titles": ["VP of Engineering"],
        "locations": [],
    },
    SearchKind.GROUPED,
    ({"limit": 25, "limitPerCompany": 5},),
)
EXAMPLES = (
    Example(
        "VPs of Sales in the United States",
        "Find 100 people",
        "pages/advanced_search.py",
        {
            "results": "People",
            "limit": 100.0,
            "company_information": False,
            "titles": ["VP of Sales"],
            "locations": ["United States"],
        },
        SearchKind.FLAT,
        ({"limit": 100},),
    ),
    Example(
        "Four software companies side by side",
        "Compare 4",
        "pages/company_search.py",
        {"companies": "\n".join(SOFTWARE_DOMAINS)},
        "searchCompany",
        tuple({"domain": domain} for domain in SOFTWARE_DOMAINS),
    ),
    Example(
        f"The email of {FULL_NAME}, {COMPANY_NAME}",
        "Get 1 email",
        "pages/people_search.py",
        {"people_mode": "Look up one", "people_identifier": EMAIL, "people_points": ["email"]},
        "searchPeople",
        ({"email": EMAIL, "limit": 1},),
        ("email",),
    ),
)

# People of the sandbox as a file may have them: by profile, by address, by name and company, and
# one row that says too little.
SAMPLE_FILE = "sample-people.csv"
SAMPLE_PEOPLE = """\
First name,Last name,Company domain,Email,LinkedIn URL
Zainab,Lee,,,https://www.linkedin.com/in/zainab-lee-997
Lars,Hansen,,,https://www.linkedin.com/in/lars-hansen-1994
Hugo,Andersson,,,https://www.linkedin.com/in/hugo-andersson-2991
Carmen,Schmidt,,,https://www.linkedin.com/in/carmen-schmidt-4985
Nikhil,Richter,,nikhil.richter.6979@vistaterrabiotech.example,
Ruben,Kelly,,ruben.kelly.8973@mesafoods.example,
Beatriz,Hernandez,,beatriz.hernandez.9970@arbortravel.example,
Miguel,Laurent,oceantelecom.example,,
Grace,Gupta,frostivorysolutions.example,,
Greta,Kelly,stoneconsulting.example,,
Emeka,,,,
"""
