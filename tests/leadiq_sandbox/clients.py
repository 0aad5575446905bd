"""Eleven kinds of clients that are not ours: how each sends its key and its documents, and which.

``refused`` is how the first error begins where the schema does not allow a document; None where it
does. In variables, a text such as "{domain}" stands for that of somebody in the sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Variables = Mapping[str, Any] | list[Any] | None


class Sent(NamedTuple):
    """One document as a client sends it; ``more`` stands beside it in the body."""

    query: str
    variables: Variables = None
    refused: str | None = None
    more: Mapping[str, Any] = {}


class Client(NamedTuple):
    """A kind of client: the text that follows the key in its Base64, and what it sends."""

    documents: tuple[Sent, ...]
    method: str = "POST"
    suffix: str = ""
    headers: Mapping[str, str] = {}


# A page or an extension: one lookup, with everything that it shows.
EXTENSION = """
        query SearchPeople($input: SearchPeopleInput!) {
            searchPeople(input: $input) {
                totalResults
                hasMore
                results {
                    _id
                    name { first middle last fullName }
                    linkedin { linkedinId linkedinUrl }
                    profiles { network id username url status }
                    personalEmails { value type status }
                    personalPhones { value type status verificationStatus }
                    location { city country }
                    currentPositions {
                        title seniority function
                        dateRange { start end }
                        emails { value type status updatedAt }
                        phones { value type }
                        companyInfo { name industry linkedinUrl }
                    }
                    pastPositions { companyId title companyInfo { name domain } }
                }
            }
        }
"""
BY_NAME = {
    "input": {
        "firstName": "{first}",
        "lastName": "{last}",
        "company": {"domain": "{domain}"},
        "limit": 1,
    }
}
# A pipeline of data frames: aliases, and fragments that several documents share.
FRAME = """
    query GroupedAdvancedSearch($input: GroupedSearchInput!) {
        groupedAdvancedSearch(input: $input) {
            totalCompanies
            companies {
                company {
                    id name industry companyDescription: description linkedinId domain score
                    companyTechnologies companyTechnologyCategories
                    revenueRange { ...RevenueRangeFragment }
                    fundingInfo { ...FundingInfoFragment }
                    naicsCode { ...NAICSCodeFragment }
                }
                people {
                    id companyId name picture workEmails personalPhones updatedAt
                    company { revenueRange { ...RevenueRangeFragment } }
                }
                totalContactsInCompany
            }
        }
    }
    fragment RevenueRangeFragment on RevenueRange { start end description }
    fragment FundingInfoFragment on FundingInfo { fundingRounds fundingTotalUsd lastFundingOn }
    fragment NAICSCodeFragment on NAICSCode { code naicsDescription: description }
"""
GROUPED = {
    "input": {
        "companyFilter": {"names": ["{company}"]},
        "limit": 2,
        "limitPerCompany": 2,
        "sortContactsBy": ["SeniorityDesc"],
    }
}
CONNECTOR_COMPANY = """
  query SearchCompany($input: SearchCompanyInput!) {
    searchCompany(input: $input) {
      totalResults hasMore
      results {
        id name domain description specialities
        fundingInfo { fundingRounds fundingRoundsText: fundingRounds }
        locationInfo { formattedAddress city country countryCode2 }
        %s
        updatedDate
      }
    }
  }
"""
HIERARCHY = "companyHierarchy { isUltimate parent { id name } ultimateParent { name } }"
CONNECTOR_FLAT = """
  query FlatAdvancedSearch($input: FlatSearchInput!) {
    flatAdvancedSearch(input: $input) {
      totalPeople people { id name verifiedWorkEmails company { id name employeeCount } }
    }
  }
"""
FEEDBACK = (
    "mutation SubmitPersonFeedback($input: ApiPersonFeedback!) "
    "{ submitPersonFeedback(input: $input) }"
)
# What a code generator sends: __typename everywhere, its name, and a hash of the document.
GENERATED = """query Person($id: String!, $withPhones: Boolean = false) {
  searchPeople(input: {id: $id}) {
    __typename
    results {
      __typename
      id
      ...Contact
      ... on PersonRecord @include(if: $withPhones) { personalPhones { __typename value } }
    }
  }
}
fragment Contact on PersonRecord {
  currentPositions { __typename emails { __typename value status } }
}"""
HASH = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
SPREADSHEET = '{searchCompany(input:{domain:"%(domain)s",strict:true}){results{name domain}}}'
LISTS = """mutation Save($list: ID!, $who: CreateProspectInput!) {
  addProspectToList(listId: $list, input: $who) { id name workEmail listIds }
}"""

CLIENTS: Mapping[str, Client] = {
    "an extension of a browser": Client(
        (
            Sent(EXTENSION, {"input": {"email": "nobody@nowhere.example"}}),
            Sent(EXTENSION, BY_NAME),
            Sent(EXTENSION, {"input": {"company": "{company}"}}, "Variable '$input' has invalid"),
        ),
        headers={"Origin": "chrome-extension://abcdefghijklmnop", "Accept": "*/*"},
    ),
    "a tool of a command line": Client(
        (
            Sent("query TestAuth { account { plans { name } } }"),
            Sent(
                "query Discover($input: GroupedSearchInput!) { groupedAdvancedSearch(input: $input)"
                " { totalCompanies companies { company { id name } totalContactsInCompany } } }",
                {
                    "input": {
                        "companyFilter": {
                            "locations": {"country": "United States"},  # one instead of a list
                            "sizes": [{"min": 10}],
                        },
                        "limit": 3,
                    }
                },
            ),
            Sent("query U { usage { planUsage { units cap } credits } }", None, "Cannot query"),
        )
    ),
    "a pipeline of data frames": Client(
        (
            Sent(FRAME, GROUPED),
            Sent(FRAME.replace("NAICSCode {", "SICCode {"), GROUPED, "Fragment 'NAICSCodeFrag"),
            Sent(
                FRAME,
                {"input": {"companyFilter": {"names": ["{company}"]}, "limitPerCompany": "two"}},
                "Variable '$input' has invalid value at .limitPerCompany",
            ),
        ),
        headers={"apollo-require-preflight": "true"},
    ),
    "a pipeline that encodes the key with a colon": Client(
        (
            Sent(EXTENSION, BY_NAME),
            Sent(
                "mutation FindEmail($input: FindEmailInput!) "
                "{ findEmailAddress(input: $input) { emailAddress confidence } }",
                {"input": {"linkedinUrl": "{linkedin}"}},
                "Unknown type 'FindEmailInput'.",
            ),
        ),
        suffix=":",
    ),
    "a connector with types of its own": Client(
        (
            Sent(
                CONNECTOR_COMPANY % HIERARCHY,
                {"input": {"name": "{company}", "strict": True}},
                more={"operationName": "SearchCompany"},
            ),
            Sent(
                CONNECTOR_COMPANY % "companyHierarchy",
                {"input": {"name": "{company}"}},
                "Field 'companyHierarchy' of type 'CompanyHierarchy' must have a selection",
            ),
            Sent(CONNECTOR_FLAT, {"input": {"limit": 2, "contactFilter": {}, "companyFilter": {}}}),
            Sent(
                CONNECTOR_FLAT,
                {"input": {"limit": 2, "companyFilter": {"domain": "{domain}"}}},
                "Variable '$input' has invalid value at .companyFilter",
            ),
            Sent(
                FEEDBACK,
                {"input": {"personId": "{id}", "value": "a@b.example", "status": "Correct"}},
            ),
            Sent(
                FEEDBACK, {"input": {"status": "good", "value": "a"}}, "Variable '$input' has inv"
            ),
        )
    ),
    "a client of generated code": Client(
        (
            Sent(GENERATED, {"id": "{id}"}, more={"operationName": "Person", "extensions": HASH}),
            Sent(GENERATED, {"id": "{id}", "withPhones": True}),
            Sent(GENERATED, {}, "Variable '$id' has invalid value"),
            Sent(
                GENERATED.replace("$id: String!", "$id: ID!"), {"id": "{id}"}, "Variable '$id' of"
            ),
        ),
        headers={
            "Accept": "application/graphql-response+json, application/json;q=0.9",
            "apollographql-client-name": "web",
        },
    ),
    "a spreadsheet that gets": Client(
        (
            Sent(SPREADSHEET),
            Sent(
                "query A{account{plans{name}}}query B{usage{subscription{status}}}",
                more={"operationName": "B"},
            ),
            Sent("query A($n:Int=2){flatAdvancedSearch(input:{limit:$n}){people{id}}}", {"n": 1}),
            Sent('{searchCompany(input:{domian:"a"}){totalResults}}', None, "Expected value of"),
        ),
        method="GET",
    ),
    "a script that writes its values into the document": Client(
        (
            Sent(
                """# who
                { person: searchPeople(input: {firstName: "%(first)s", lastName: "%(last)s",
                    company: {domain: "%(domain)s", searchInPastCompanies: false},
                    profileFilter: [HasWorkEmail], minConfidence: 50}) { results { id } }
                  none: searchPeople(input: {fullName: \"\"\"No "Body" Nowhere\"\"\"}) {
                    totalResults }
                }"""
            ),
            Sent(
                '{ searchPeople(input: {profileFilter: ["HasWorkEmail"]}) { totalResults } }',
                None,
                "Enum 'ProfileFilterType' cannot represent non-enum value",
            ),
            Sent("{ searchPeople(input: {id: 5}) { totalResults } }", None, "String cannot repre"),
        )
    ),
    "a script that has no variables": Client(
        (
            Sent("query { account { universalPlan { available used } } }", []),
            Sent(
                "query ($n: Int!) { flatAdvancedSearch(input: {limit: $n}) { totalPeople } }",
                [],
                "Variable '$n' has invalid value",
            ),
        ),
        headers={"Content-Type": "application/json; charset=utf-8", "Expect": ""},
    ),
    "a tool of an assistant": Client(
        (
            Sent(
                "query P($linkedinUrl: String, $email: String) { searchPeoplePreview(input: "
                "{linkedinUrl: $linkedinUrl, email: $email}) { personId hasEmail hasPhone } }",
                {"linkedinUrl": "{linkedin}"},
            ),
            Sent(
                "query P($id: ID!) { searchPeoplePreview(input: {id: $id}) { hasEmail } }",
                {"id": "{id}"},
                "Expected value of type 'SearchPeoplePreviewInput' not to include unknown field",
            ),
            Sent(
                "{ account { plans { name ... on ApiPlan { usage { units } } } } }",
                None,
                "Fragment cannot be spread here as objects of type 'Plan'",
            ),
            Sent(
                '{ __typename account { plans { name } ...Credits @defer(label: "later") } } '
                "fragment Credits on Account { universalPlan { available } }"
            ),
        )
    ),
    "a workflow that writes": Client(
        (
            Sent(
                'mutation { createList(input: {name: "Pilots of %(last)s"}) { id name } }',
                more={"operationName": None},
            ),
            Sent(LISTS, {"list": "0" * 24, "who": {"firstName": "Ada"}}, "Variable '$who' has inv"),
            Sent(
                "mutation { createList(input: {}) { id } }",
                None,
                "Expected value of type 'CreateListInput' to include required field 'name'",
            ),
            Sent(
                "mutation { createList(input: {name: null}) { id } }",
                None,
                "Expected value of non-null type 'String!' not to be None",
            ),
        )
    ),
}
