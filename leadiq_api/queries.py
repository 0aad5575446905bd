"""GraphQL documents, composed as text from the chosen data points only.

Selection is billing: LeadIQ charges for the data points that a document selects and that are
returned. So a field that was not chosen is never in the document, not even behind ``@include``.
``companyInfo { id name }`` and ``company { id name }`` belong to the profile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from leadiq_api.data_points import DATA_POINTS, require_data_points
from leadiq_api.search_kind import SearchKind

_COMPANY_INFO = """
domain description type phones industry numberOfEmployees employeeRange foundedYear specialities
logoUrl linkedinId linkedinUrl crunchbaseUrl facebookUrl twitterUrl alternativeNames emailDomains
locationInfo { formattedAddress city areaLevel1 country countryCode2 countryCode3 postalCode }
fundingInfo { fundingRounds fundingTotalUsd lastFundingOn lastFundingType lastFundingUsd }
technologies { name category parentCategory }
revenue revenueRange { start end description }
naicsCode { code description } sicCode { code description }
companyHierarchy { isUltimate parent { id name } ultimateParent { id name } }
businessTypes { types { value } }
functionTrends { time buckets { bucket count } }
updatedDate
"""

# A person's company needs what describes it, not its whole history.
_PERSON_COMPANY_INFO = """
domain industry numberOfEmployees employeeRange foundedYear linkedinUrl
locationInfo { city areaLevel1 country countryCode3 }
fundingInfo { fundingTotalUsd lastFundingType lastFundingOn }
revenueRange { start end description }
technologies { name category }
"""

_ADVANCED_COMPANY = """
domain industry description employeeCount linkedinId city state country countryCode3
companyTechnologies companyTechnologyCategories
revenueRange { start end description }
fundingInfo { fundingTotalUsd lastFundingType lastFundingOn lastFundingUsd }
naicsCode { code description } sicCode { code description }
"""

_ADVANCED_PERSON = """
id companyId name firstName middleName lastName linkedinId linkedinUrl title role seniority
city state country countryCode3 updatedAt currentPositionStartDate
personJobChange {
  jobChangeType startedAt
  previousPosition { companyId title company { id name } }
  currentPosition { companyId title role seniority }
}
"""

_CURSOR = "after { key value }"

ACCOUNT = """
query Account {
  account {
    plans { name product status nextBillingPeriod }
    dataHubPlan {
      name product status nextBillingPeriod available used
      costs { sku costs { dataPoint cost costInDecimals } }
    }
    universalPlan {
      name product status nextBillingPeriod available used
      costs { sku costs { dataPoint cost costInDecimals } }
    }
  }
}
"""

USAGE = """
query Usage {
  usage {
    planUsage { name usageType creditType units cap billingType trial }
    universalUsage { units cap }
    subscription { status }
  }
}
"""

SEARCH_PEOPLE_PREVIEW = """
query SearchPeoplePreview($input: SearchPeoplePreviewInput!) {
  searchPeoplePreview(input: $input) { personId hasEmail hasPhone }
}
"""

SUBMIT_FEEDBACK = """
mutation SubmitPersonFeedback($input: ApiPersonFeedback!) { submitPersonFeedback(input: $input) }
"""

ICP_DEFINITIONS = """
query IcpDefinitions {
  icpDefinitions {
    icps {
      id name
      persona { titles functions seniorities locations { country areaLevel1 city } }
      company {
        industries sizes { min max } locations { country areaLevel1 city }
        technologies technologyCategories
      }
    }
  }
}
"""

REGENERATE = """
mutation Regenerate($input: RegenerateRecordInput!) { regenerate(input: $input) }
"""

REGENERATED_TIME = """
query RegeneratedTime($input: RegeneratedTimeInput!) { regeneratedTime(input: $input) { time } }
"""

CONTACT_TRACKING_BALANCE = """
query ContactTrackingBalance { contactTrackingBalance { balance maxCredits plan } }
"""

TRACK_CONTACTS = """
mutation TrackContacts($input: TrackContactsInput!) {
  trackContacts(input: $input) { importId totalCount errors errorCode warnings }
}
"""

# Signals alone: contact data is not selected.
TRACKED_CONTACTS = """
query TrackedContacts($importId: String, $limit: Int!, $cursor: Cursor) {
  trackedContacts(importId: $importId, limit: $limit, cursor: $cursor) {
    isProcessing isTimeout errorCode
    pageInfo { endCursor hasNextPage }
    edges {
      node {
        id referenceId firstName lastName linkedIn jobChangeType jobStartDate
        lastKnownCompany lastKnownCompanyDomain lastKnownTitle
        company companyDomain title titleLevel titleDomain companySize companyIndustry
        matchedICPIds
      }
    }
  }
}
"""

_COMPANY_LIST = "id name description createdAt updatedAt"
_COMPANY_ENTRY = "id companyId name domain linkedinUrl notes createdAt updatedAt"

COMPANY_LISTS = f"""
query CompanyLists($limit: Int, $cursor: ID) {{
  companyLists(limit: $limit, cursor: $cursor) {{ items {{ {_COMPANY_LIST} }} nextCursor }}
}}
"""

COMPANY_LIST = f"""
query CompanyList($id: ID!, $limit: Int, $cursor: ID) {{
  companyList(id: $id) {{
    {_COMPANY_LIST}
    companies(limit: $limit, cursor: $cursor) {{ items {{ {_COMPANY_ENTRY} }} nextCursor }}
  }}
}}
"""

CREATE_COMPANY_LIST = f"""
mutation CreateCompanyList($input: CreateCompanyListInput!) {{
  createCompanyList(input: $input) {{ {_COMPANY_LIST} }}
}}
"""

UPDATE_COMPANY_LIST = f"""
mutation UpdateCompanyList($id: ID!, $input: UpdateCompanyListInput!) {{
  updateCompanyList(id: $id, input: $input) {{ {_COMPANY_LIST} }}
}}
"""

DELETE_COMPANY_LIST = """
mutation DeleteCompanyList($id: ID!) { deleteCompanyList(id: $id) { id name deletedCompanies } }
"""

ADD_COMPANIES = f"""
mutation AddCompanies($listId: ID!, $companies: [SaveCompanyInput!]!) {{
  addCompaniesToCompanyList(listId: $listId, companies: $companies) {{
    succeeded {{ {_COMPANY_ENTRY} }} created updated failed {{ index reason }}
  }}
}}
"""

REMOVE_COMPANY = f"""
mutation RemoveCompany($listId: ID!, $companyEntryId: ID!) {{
  removeCompanyFromCompanyList(listId: $listId, companyEntryId: $companyEntryId) {{
    {_COMPANY_ENTRY}
  }}
}}
"""

SEARCH_COMPANY = f"""
query SearchCompany($input: SearchCompanyInput!) {{
  searchCompany(input: $input) {{
    totalResults hasMore
    results {{ id name {_COMPANY_INFO} }}
  }}
}}
"""


def search_people(data_points: Collection[str], *, work_emails_only: bool = False) -> str:
    """Returns the document for full records of people: profile, and the chosen data points.

    ``work_emails_only`` leaves out personal emails, which would be charged as well. Raises
    ``ValueError`` for a data point that LeadIQ does not sell, as all documents here do.
    """
    return f"""
query SearchPeople($input: SearchPeopleInput!) {{
  searchPeople(input: $input) {{
    {_search_result(require_data_points(data_points), work_emails_only)}
  }}
}}
"""


def enrich_people(data_points: Collection[str], work_emails_only: Sequence[bool]) -> str:
    """Returns ``search_people`` for several inputs: variables and aliases p0, p1 and so on.

    ``work_emails_only`` has an entry for each input.
    """
    points = require_data_points(data_points)
    names = ["FoundAtWork" if only else "Found" for only in work_emails_only]
    fragments = "".join(
        f"fragment {name} on SearchResult {{ {_search_result(points, name == 'FoundAtWork')} }}\n"
        for name in dict.fromkeys(names)
    )
    selections = [f"...{name}" for name in names]
    return _aliased("EnrichPeople", "SearchPeopleInput", "searchPeople", selections) + fragments


def preview_people(number: int) -> str:
    """Returns ``searchPeoplePreview`` for ``number`` inputs, aliased as in ``enrich_people``."""
    selections = ["personId hasEmail hasPhone"] * number
    return _aliased("PreviewPeople", "SearchPeoplePreviewInput", "searchPeoplePreview", selections)


def _aliased(name: str, input_type: str, field: str, selections: Sequence[str]) -> str:
    """A query with the field once for each selection."""
    variables = ", ".join(f"$p{index}: {input_type}!" for index in range(len(selections)))
    fields = "\n".join(
        f"  p{index}: {field}(input: $p{index}) {{ {selection} }}"
        for index, selection in enumerate(selections)
    )
    return f"\nquery {name}({variables}) {{\n{fields}\n}}\n"


def _search_result(points: frozenset[str], work_emails_only: bool) -> str:
    emails = "type status updatedAt value"
    phones = "type status verificationStatus updatedAt value"
    return f"""
    totalResults hasMore
    results {{
      id
      name {{ fullName first middle last }}
      linkedin {{ linkedinId linkedinUrl }}
      location {{ fullAddress city areaLevel1 country countryCode3 }}
      education {{ name degrees majors dateRange {{ start end }} }}
      profiles {{ network url status }}
      currentPositions {{
        companyId title seniority function updatedAt dateRange {{ start end }}
        companyInfo {{ id name {_if("company" in points, _PERSON_COMPANY_INFO)} }}
        {_if("email" in points, f"emails {{ {emails} }}")}
        {_if("phone" in points, f"phones {{ {phones} }}")}
      }}
      pastPositions {{
        companyId title seniority function dateRange {{ start end }} companyInfo {{ id name }}
      }}
      {_if("email" in points and not work_emails_only, f"personalEmails {{ {emails} }}")}
      {_if("phone" in points, f"personalPhones {{ {phones} }}")}
      confidence updatedAt
    }}
"""


def flat_advanced_search(
    data_points: Collection[str], *, total: bool = True, cursor: bool = False
) -> str:
    """Returns the document for a page of people; "company" adds the facts of each one's company.

    ``total`` adds the number of people on all pages, ``cursor`` where the next page starts.
    """
    points = require_data_points(data_points)
    return f"""
query FlatAdvancedSearch($input: FlatSearchInput!) {{
  flatAdvancedSearch(input: $input) {{
    {_if(total, "totalPeople")} {_if(cursor, _CURSOR)}
    people {{
      {_ADVANCED_PERSON} {_advanced_contacts(points)}
      company {{ id name {_if("company" in points, _ADVANCED_COMPANY)} }}
    }}
  }}
}}
"""


def grouped_advanced_search(
    data_points: Collection[str], *, total: bool = True, cursor: bool = False
) -> str:
    """Returns the document for a page of companies, each with the people found there.

    ``total`` adds the number of companies on all pages, ``cursor`` where the next page starts.
    """
    points = require_data_points(data_points)
    return f"""
query GroupedAdvancedSearch($input: GroupedSearchInput!) {{
  groupedAdvancedSearch(input: $input) {{
    {_if(total, "totalCompanies")} {_if(cursor, _CURSOR)}
    companies {{
      totalContactsInCompany
      company {{ id name {_if("company" in points, _ADVANCED_COMPANY)} }}
      people {{ {_ADVANCED_PERSON} {_advanced_contacts(points)} }}
    }}
  }}
}}
"""


def every_document() -> dict[str, str]:
    """Returns each document that the client can send, by a name that says the data points.

    Without ``optional_documents``, which are sent to servers that have them.
    """
    documents = {
        "account": ACCOUNT,
        "usage": USAGE,
        "searchPeoplePreview": SEARCH_PEOPLE_PREVIEW,
        "searchCompany": SEARCH_COMPANY,
        "submitPersonFeedback": SUBMIT_FEEDBACK,
        "searchPeoplePreview, several": preview_people(1),
    }
    for points in _every_choice():
        label = " + ".join(["profile", *points])
        documents[f"searchPeople ({label})"] = search_people(points)
        documents[f"searchPeople, several ({label})"] = enrich_people(points, [False, True])
        if "email" in points:
            work_only = search_people(points, work_emails_only=True)
            documents[f"searchPeople ({label}, work emails only)"] = work_only
        for total, page in ((True, "first page"), (False, "later page")):
            variant = f"({label}, {page})"
            documents[f"flatAdvancedSearch {variant}"] = flat_advanced_search(points, total=total)
            grouped = grouped_advanced_search(points, total=total)
            documents[f"groupedAdvancedSearch {variant}"] = grouped
    return documents


def optional_documents() -> dict[str, str]:
    """Returns what a server may lack, by the operation or the field of an input that it lacks."""
    return {
        "icpDefinitions": ICP_DEFINITIONS,
        "regenerate": REGENERATE,
        "regeneratedTime": REGENERATED_TIME,
        "contactTrackingBalance": CONTACT_TRACKING_BALANCE,
        "trackContacts": TRACK_CONTACTS,
        "trackedContacts": TRACKED_CONTACTS,
        "companyLists": COMPANY_LISTS,
        "companyList": COMPANY_LIST,
        "createCompanyList": CREATE_COMPANY_LIST,
        "updateCompanyList": UPDATE_COMPANY_LIST,
        "deleteCompanyList": DELETE_COMPANY_LIST,
        "addCompaniesToCompanyList": ADD_COMPANIES,
        "removeCompanyFromCompanyList": REMOVE_COMPANY,
        SearchKind.FLAT.cursor_field: flat_advanced_search((), cursor=True),
        SearchKind.GROUPED.cursor_field: grouped_advanced_search((), cursor=True),
    }


def _every_choice() -> Iterator[tuple[str, ...]]:
    for number in range(len(DATA_POINTS) + 1):
        yield from combinations(DATA_POINTS, number)


def _advanced_contacts(points: frozenset[str]) -> str:
    # The live schema still has these but calls them "not supported anymore": the pages enrich the
    # people found with search_people instead of selecting contact data here.
    emails = _if("email" in points, "verifiedWorkEmails verifiedLikelyWorkEmails personalEmails")
    return emails + _if("phone" in points, " workPhones personalPhones")


def _if(condition: bool, selection: str) -> str:
    return selection if condition else ""
