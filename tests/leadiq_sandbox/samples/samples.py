"""Samples 01 to 10 with ``requests`` alone: python samples.py 03. Each writes files for the next.

GRAPHQL_URL, PROSPECTOR_URL and LEADIQ_API_KEY are in the environment.
"""

import base64
import csv
import json
import os
import re
import sys
import time
from pathlib import Path

import requests

GRAPHQL, PROSPECTOR = os.environ["GRAPHQL_URL"], os.environ["PROSPECTOR_URL"]
KEY = os.environ["LEADIQ_API_KEY"]
REST = {"X-API-Key": base64.b64decode(KEY).decode(), "Content-Type": "application/json"}
SEARCH = """
query FlatAdvancedSearch($input: FlatSearchInput!) {
  flatAdvancedSearch(input: $input) {
    totalPeople
    people { id }
  }
}
"""
ENRICH = """
query SearchPeople($input: SearchPeopleInput!) {
  searchPeople(input: $input) {
    totalResults
    results {
      id
      linkedin { linkedinUrl }
      name { fullName first last }
      currentPositions {
        title seniority function
        companyInfo { name }
        emails { value type status }
      }
      personalPhones { value verificationStatus }
    }
  }
}
"""
CHANGES = """
query FindJobChanges($input: FlatSearchInput!) {
  flatAdvancedSearch(input: $input) {
    totalPeople
    people {
      id name linkedinUrl
      personJobChange {
        jobChangeType
        startedAt
        previousPosition { title company { id name } }
        currentPosition { title role seniority company { id name } }
      }
    }
  }
}
"""
ACCOUNT = """
query Account { account {
  plans { name product status nextBillingPeriod }
  dataHubPlan { name status available used }
  universalPlan { name status available used }
} }
"""
RANKS = {"Verified": 0, "VerifiedLikely": 1, "Unverified": 2}


def graphql(query, variables=None):
    headers = {"Authorization": f"Basic {KEY}", "Content-Type": "application/json"}
    body = {"query": query, "variables": variables}
    result = requests.post(GRAPHQL, json=body, headers=headers, timeout=60).json()
    if "errors" in result:
        sys.exit(f"GraphQL: {result['errors'][0]['extensions']['response']['status']}")
    return result["data"]


def rest(method, path, **options):
    return requests.request(method, PROSPECTOR + path, headers=REST, timeout=60, **options)


def read(name):
    return json.loads(Path(name).read_text())


def write(name, content):
    Path(name).write_text(json.dumps(content))
    print(len(content))


def sample_01():
    account = graphql(ACCOUNT)["account"]
    plan = account["universalPlan"] or account["dataHubPlan"]
    print(plan["status"])


def sample_02():
    place = {"areaLevel1": "New Hampshire", "country": "United States"}
    people = {
        "roles": ["Sales"],
        "seniorities": ["VP", "Director", "Manager"],
        "locations": [place],
    }
    ids, total = [], 1
    while len(ids) < min(total, 50):
        paging = {"limit": 25, "skip": len(ids)}
        page = graphql(SEARCH, {"input": {"contactFilter": people, **paging}})["flatAdvancedSearch"]
        total = page["totalPeople"]
        ids += [person["id"] for person in page["people"]]
    write("ids.json", ids)


def sample_03():
    found = []
    for id in read("ids.json")[:10]:
        found += graphql(ENRICH, {"input": {"id": id}})["searchPeople"]["results"]
    write("people.json", found)


def sample_04():
    body = {"name": "From Python", "description": "Samples"}
    answer = rest("POST", "/v1/lists", json=body)
    answer.raise_for_status()
    Path("list.txt").write_text(answer.json()["id"])
    print(rest("POST", "/v1/lists", json=body).status_code)  # taken


def sample_05():
    added, path = [], f"/v1/lists/{Path('list.txt').read_text()}/prospects"
    for person in read("people.json"):
        job = person["currentPositions"][0]
        emails = [row for row in job["emails"] if row["status"] in RANKS]
        emails.sort(key=lambda row: RANKS[row["status"]])
        body = {"firstName": person["name"]["first"], "lastName": person["name"]["last"]}
        body |= {"title": job["title"], "company": job["companyInfo"]["name"]}
        body |= {"workEmail": emails[0]["value"]} if emails else {}
        if not body["lastName"]:
            continue
        for phone in person["personalPhones"][:1]:  # as it was called before, then as it is called
            old = rest("POST", path, json={**body, "mobilePhone": phone["value"]})
            assert old.status_code == 422
            body["phone"] = phone["value"]
        answer = rest("POST", path, json=body)
        answer.raise_for_status()
        added.append(answer.json())
    write("prospects.json", added)


def sample_06():
    rows, cursor, path = [], None, f"/v1/lists/{Path('list.txt').read_text()}/prospects"
    while True:
        page = rest("GET", path, params={"limit": 4, **({"cursor": cursor} if cursor else {})})
        rows += page.json()["items"]
        cursor = page.json()["nextCursor"]
        if cursor is None:
            break
    with open("prospects.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "work_email"])
        writer.writerows([row["id"], row["name"], row.get("workEmail")] for row in rows)
    print(len(rows) + 1)


def sample_07():
    after = int((time.time() - 90 * 86_400) * 1000)
    input = {
        "jobChangeFilter": {"jobChangeTypes": ["JobChange"], "startedAfter": after},
        "contactFilter": {"roles": ["Sales"], "seniorities": ["VP"]},
        "sortContactsBy": ["JobChangeStartedAtDesc"],
        "limit": 25,
        "skip": 0,
    }
    people = graphql(CHANGES, {"input": input})["flatAdvancedSearch"]["people"]
    assert all(person["personJobChange"]["startedAt"] >= after for person in people)
    write("changes.json", people)


def sample_08():
    answer = rest("GET", "/v1/verify-email", params={"email": "some+one@example.com"})
    print(answer.json()["status"])


def sample_09():
    verified = []
    for prospect in read("prospects.json"):
        answer = rest("POST", f"/v1/prospects/{prospect['id']}/verify-email")
        assert answer.status_code == (200 if prospect.get("workEmail") else 409)
        verified.append(answer.json().get("status", "no email"))
    write("verified.json", verified)


def sample_10():
    """emails.csv -> results.csv, errors.csv. Exits with 1: to be put right; 3: to be run again."""
    with open("emails.csv") as file:
        emails = sorted({row["email"].lower() for row in csv.DictReader(file)})
    results = Path("results.csv")
    if not results.exists():
        results.write_text("email,status\n")
    done = {line.split(",")[0] for line in results.read_text().splitlines()[1:]}
    Path("errors.csv").write_text("email,error\n")
    for email in emails:
        if email not in done:
            name, outcome = verdict(email)
            with open(name, "a") as file:
                file.write(f"{email},{outcome}\n")
    print(len(results.read_text().splitlines()))


def verdict(email):
    for _ in range(6):
        answer = rest("GET", "/v1/verify-email", params={"email": email})
        if answer.status_code == 200:
            return "results.csv", answer.json()["status"]
        if answer.status_code == 400:
            return "errors.csv", "malformed"
        if answer.status_code in (401, 402, 403):
            print(f"stopped: {answer.status_code}")
            sys.exit(1)
        reset = re.search(r"reset=(\d+)", answer.headers.get("ratelimit", ""))
        time.sleep(int(answer.headers.get("Retry-After") or (reset[1] if reset else 0)) or 0.1)
    sys.exit(3)


globals()[f"sample_{sys.argv[1]}"]()
