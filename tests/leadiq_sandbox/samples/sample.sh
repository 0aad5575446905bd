set -euo pipefail
gql() { curl -sS --fail "$GRAPHQL_URL" -H "Authorization: Basic $LEADIQ_API_KEY" \
  -H 'Content-Type: application/json' --data-binary "$1"; }
pick() { "$PYTHON" -c 'import json,sys; v=json.load(sys.stdin)
for k in sys.argv[1].split("."): v=v[int(k) if k.isdigit() else k]
print(v)' "$1"; }
SECRET=$(printf %s "$LEADIQ_API_KEY" | base64 --decode)
rest() { curl -sS --fail -X "$1" "$PROSPECTOR_URL$2" -H "X-API-Key: $SECRET" \
  -H 'Content-Type: application/json' "${@:3}"; }
gql '{"query":"query { usage { subscription { status } planUsage { name units cap } } }"}' \
  | pick data.usage.subscription.status
ID=$(gql '{"query":"query F($input: FlatSearchInput!) { flatAdvancedSearch(input: $input) { totalPeople people { id } } }","variables":{"input":{"contactFilter":{"roles":["Sales"]},"limit":2,"skip":0}}}' \
  | pick data.flatAdvancedSearch.people.1.id)
NAME=$(gql '{"query":"query P($input: SearchPeopleInput!) { searchPeople(input: $input) { results { name { first } } } }","variables":{"input":{"id":"'"$ID"'"}}}' \
  | pick data.searchPeople.results.0.name.first)
LIST=$(rest POST /v1/lists -d '{"name":"From a shell"}' | pick id)
rest POST "/v1/lists/$LIST/prospects" -d '{"firstName":"'"$NAME"'","lastName":"Shell"}' | pick id > /dev/null
rest GET "/v1/lists/$LIST/prospects?limit=100" | pick items.0.lastName
rest GET "/v1/verify-email?email=someone%40example.com" | pick status
