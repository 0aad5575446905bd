"""Companies as ``searchCompany`` returns them: a family, a namesake, and one without facts."""

from typing import Any


def month(at: str, **counts: int | None) -> dict[str, Any]:
    return {
        "time": f"{at}T00:00:00Z",
        "buckets": [{"bucket": role, "count": number} for role, number in counts.items()],
    }


ACME = {
    "id": "MergedCompany-a",
    "name": "Acme",
    "domain": "acme.example",
    "numberOfEmployees": 120,
    "foundedYear": 1999,
    "industry": "Retail",
    "revenueRange": {"description": "$1M to $10M"},
    "fundingInfo": {
        "fundingTotalUsd": 2_500_000,
        "lastFundingType": "Seed",
        "lastFundingOn": "2025-03-04T00:00:00Z",
    },
    "technologies": [{"name": "Slack", "category": "Collaboration"}, {"name": "SAP"}],
    "companyHierarchy": {
        "isUltimate": False,
        "parent": {"id": "MergedCompany-g", "name": "Globex"},
        "ultimateParent": {"id": "MergedCompany-u", "name": "Umbrella"},
    },
    "functionTrends": [
        month("2026-11-01", Sales=80, Legal=40),
        month("2025-11-03", Sales=60, Legal=20),
        month("2024-10-20", Sales=50, Legal=10),
    ],
}
GLOBEX = {
    "id": "MergedCompany-g",
    "name": "Globex",
    "numberOfEmployees": 7,
    "technologies": [{"name": "Slack", "category": "Collaboration"}, {"name": "Okta"}],
    "companyHierarchy": {
        "isUltimate": False,
        "parent": {"id": "MergedCompany-u", "name": "Umbrella"},
    },
}
UNKNOWN = {"id": "MergedCompany-n"}
NAMESAKE = {
    "id": "MergedCompany-2",
    "name": "Acme",
    "domain": "acme.test",
    "technologies": [],
    "companyHierarchy": {"isUltimate": True},
}
