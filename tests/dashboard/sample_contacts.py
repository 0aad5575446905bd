"""A person as ``searchPeople`` returns it, with contact data of every status."""

_EMAIL = {"type": "WorkEmail", "value": "a@b.example"}
PERSON = {
    "id": "PersonID-1",
    "name": {"fullName": "Ada Byron", "first": "Ada", "last": "Byron"},
    "linkedin": {"linkedinUrl": "https://www.linkedin.com/in/ada"},
    "location": {"city": "London", "country": "United Kingdom", "countryCode3": "GBR"},
    "currentPositions": [
        {
            "title": "Analyst",
            "seniority": "Director",
            "function": "Engineering",
            "dateRange": {"start": "2020-01-01T00:00:00Z"},
            "companyInfo": {"id": "MergedCompany-1", "name": "Engine", "domain": "engine.example"},
            "emails": [
                _EMAIL | {"status": "Unverified"},
                _EMAIL | {"status": "Verified", "value": "ada@engine.example"},
                _EMAIL | {"status": "Invalid", "value": "old@engine.example"},
            ],
            "phones": [{"value": "+44 20", "status": "LikelyAccurate"}],
        }
    ],
    "personalEmails": [_EMAIL | {"status": "Suppressed", "value": "ada@mail.example"}],
    "personalPhones": [
        {"value": "+44 77", "status": "Verified"},
        {"value": "+1", "status": "Invalid"},
    ],
    "updatedAt": "2026-01-02T03:04:05.000Z",
}
