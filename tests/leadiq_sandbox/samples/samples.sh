#!/usr/bin/env bash
# Samples 01 to 10 with curl and grep alone: bash samples.sh 03. Each writes files for the next ones.
# GRAPHQL_URL, PROSPECTOR_URL and LEADIQ_API_KEY are in the environment.
set -euo pipefail
key=$(printf %s "$LEADIQ_API_KEY" | base64 --decode)

graphql() { # $1: the document on one line; $2: its variables
  local answer status
  answer=$(curl -sS --max-time 30 -X POST "$GRAPHQL_URL" -H "Authorization: Basic $LEADIQ_API_KEY" \
    -H "Content-Type: application/json" --data-raw "{\"query\":\"$1\",\"variables\":${2:-null}}")
  if grep -q '"errors"' <<<"$answer"; then
    status=$(grep -oE '"status":[0-9]+' <<<"$answer" | head -1 | cut -d: -f2)
    echo "GraphQL: $status" >&2
    return 1
  fi
  echo "$answer"
}
rest() { # $1: the method; $2: the path; then options of curl. Prints the body, then the status.
  curl -sS --max-time 60 -X "$1" "$PROSPECTOR_URL$2" -H "X-API-Key: $key" \
    -H "Content-Type: application/json" -w '\n%{http_code}' "${@:3}"
}
texts() { grep -oE "\"$1\":\"[^\"]*\"" | cut -d'"' -f4; }
text() { texts "$1" | head -1 || true; }

01() {
  graphql 'query { usage { subscription { status } planUsage { name creditType units cap } } }' |
    text status
}

02() {
  local query='query FlatAdvancedSearch($input: FlatSearchInput!) { flatAdvancedSearch(input: $input) { totalPeople people { id } } }'
  local filter='{"roles":["Sales"],"seniorities":["VP","Director","Manager"],"locations":[{"areaLevel1":"New Hampshire","country":"United States"}]}'
  local skip=0 total=1 page
  : >ids.txt
  while ((skip < total && skip < 50)); do
    page=$(graphql "$query" "{\"input\":{\"contactFilter\":$filter,\"limit\":25,\"skip\":$skip}}")
    total=$(grep -oE '"totalPeople":[0-9]+' <<<"$page" | cut -d: -f2)
    texts id <<<"$page" >>ids.txt
    skip=$((skip + 25))
  done
  wc -l <ids.txt
}

03() {
  local query='query SearchPeople($input: SearchPeopleInput!) { searchPeople(input: $input) { totalResults results { id linkedin { linkedinUrl } name { fullName first last } currentPositions { title seniority function companyInfo { name } emails { value status } } personalPhones { value verificationStatus } } } }'
  local id found
  : >people.tsv
  while read -r id; do
    found=$(graphql "$query" "{\"input\":{\"id\":\"$id\"}}")
    grep -q '"results":\[{' <<<"$found" || continue
    printf '%s\t' "$(text first <<<"$found")" "$(text last <<<"$found")" \
      "$(text title <<<"$found")" "$(text seniority <<<"$found")" \
      "$(grep -oE '"companyInfo":\{"name":"[^"]*"' <<<"$found" | text name)" \
      "$(grep -oE '"value":"[^"@]*@[^"]+"' <<<"$found" | text value)" \
      "$(grep -oE '"personalPhones":\[(\{[^]]*\})*' <<<"$found" | text value)" >>people.tsv
    echo >>people.tsv
  done < <(head -10 ids.txt)
  wc -l <people.tsv
}

04() {
  local answer
  answer=$(rest POST /v1/lists --data-raw '{"name":"From a shell","description":"Samples"}')
  [[ $(tail -1 <<<"$answer") == 201 ]] || return 1
  grep -oE '"id":"[0-9a-fA-F]{24}"' <<<"$answer" | text id >list.txt
  rest POST /v1/lists --data-raw '{"name":"From a shell"}' | tail -1 # taken
}

05() {
  local first last title seniority company email phone body answer
  : >prospects.txt
  while IFS='|' read -r first last title seniority company email phone _; do
    [[ -n $first && -n $last ]] || continue
    body="{\"firstName\":\"$first\",\"lastName\":\"$last\",\"title\":\"$title\""
    body+=",\"seniority\":\"$seniority\",\"company\":\"$company\""
    [[ -n $email ]] && body+=",\"workEmail\":\"$email\""
    if [[ -n $phone ]]; then # as it was called before: refused, then as it is called
      answer=$(rest POST "/v1/lists/$(<list.txt)/prospects" \
        --data-raw "$body,\"mobilePhone\":\"$phone\"}")
      [[ $(tail -1 <<<"$answer") == 422 ]] || return 1
      body+=",\"phone\":\"$phone\""
    fi
    answer=$(rest POST "/v1/lists/$(<list.txt)/prospects" --data-raw "$body}")
    [[ $(tail -1 <<<"$answer") == 201 ]] || { echo "$answer" >&2; return 1; }
    text id <<<"$answer" >>prospects.txt
  done < <(tr '\t' '|' <people.tsv)
  wc -l <prospects.txt
}

06() {
  local cursor="" page
  echo "id,name,work_email" >prospects.csv
  while :; do
    page=$(rest GET "/v1/lists/$(<list.txt)/prospects?limit=4${cursor:+&cursor=$cursor}" | head -1)
    sed 's/},{"id"/}\n{"id"/g' <<<"$page" | while IFS= read -r item; do
      printf '%s,"%s",%s\n' "$(text id <<<"$item")" "$(text name <<<"$item")" \
        "$(text workEmail <<<"$item")" >>prospects.csv
    done
    grep -q '"nextCursor":null' <<<"$page" && break
    cursor=$(grep -oE '"nextCursor":"[0-9a-fA-F]{24}"' <<<"$page" | cut -d'"' -f4)
  done
  wc -l <prospects.csv
}

07() {
  local query='query FindJobChanges($input: FlatSearchInput!) { flatAdvancedSearch(input: $input) { totalPeople people { id name linkedinUrl personJobChange { jobChangeType startedAt previousPosition { title company { id name } } currentPosition { title role seniority company { id name } } } } } }'
  local after=$((($(date +%s) - 90 * 86400) * 1000))
  graphql "$query" "{\"input\":{\"jobChangeFilter\":{\"jobChangeTypes\":[\"JobChange\"],\"startedAfter\":$after},\"contactFilter\":{\"roles\":[\"Sales\"],\"seniorities\":[\"VP\"]},\"sortContactsBy\":[\"JobChangeStartedAtDesc\"],\"limit\":25,\"skip\":0}}" >changes.json
  grep -oE '"startedAt":[0-9]{13}' changes.json | wc -l
}

08() {
  curl -sS --max-time 60 -G "$PROSPECTOR_URL/v1/verify-email" -H "X-API-Key: $key" \
    --data-urlencode "email=some+one@example.com" | text status
}

09() {
  local id answer
  : >verified.txt
  while read -r id; do
    answer=$(rest POST "/v1/prospects/$id/verify-email")
    case $(tail -1 <<<"$answer") in
      200) text status <<<"$answer" >>verified.txt ;;
      409) echo "no email" >>verified.txt ;;
      *) return 1 ;;
    esac
  done <prospects.txt
  wc -l <verified.txt
}

10() { # emails.csv -> results.csv, errors.csv. 1: to be put right; 3: to be run again.
  local email answer code seconds tries
  [[ -s results.csv ]] || echo "email,status" >results.csv
  echo "email,error" >errors.csv
  while read -r email; do
    grep -qi "^$email," results.csv && continue
    for tries in 1 2 3 4 5 6; do
      answer=$(curl -sS --max-time 60 -G -D - "$PROSPECTOR_URL/v1/verify-email" \
        -H "X-API-Key: $key" --data-urlencode "email=$email" -w '\n%{http_code}' | tr -d '\r')
      code=$(tail -1 <<<"$answer")
      case $code in
        200) echo "$email,$(text status <<<"$answer")" >>results.csv; break ;;
        400) echo "$email,malformed" >>errors.csv; break ;;
        401 | 402 | 403) echo "stopped: $code"; exit 1 ;;
      esac
      seconds=$(grep -iE '^retry-after:' <<<"$answer" | grep -oE '[0-9]+' || true)
      sleep "${seconds:-0.1}"
    done
    [[ $tries == 6 && $code != [24]00 ]] && exit 3
  done < <(tail -n +2 emails.csv | tr 'A-Z' 'a-z' | sort -u)
  wc -l <results.csv
}

"$1"
