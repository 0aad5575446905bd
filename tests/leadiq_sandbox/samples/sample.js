const { GRAPHQL_URL, PROSPECTOR_URL, LEADIQ_API_KEY } = process.env;
const json = { "Content-Type": "application/json" };
const gql = async (query, variables) => {
  const headers = { ...json, Authorization: `Basic ${LEADIQ_API_KEY}` };
  const body = JSON.stringify({ query, variables });
  const answer = await (await fetch(GRAPHQL_URL, { method: "POST", headers, body })).json();
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
};
const rest = async (method, path, body) => {
  const key = Buffer.from(LEADIQ_API_KEY, "base64").toString("utf-8");
  const headers = { ...json, "X-API-Key": key };
  const answer = await fetch(PROSPECTOR_URL + path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
};
(async () => {
  const { usage } = await gql("query { usage { subscription { status } } }");
  console.log(usage.subscription.status);
  const search = `query F($input: FlatSearchInput!) { flatAdvancedSearch(input: $input) { people { id } } }`;
  const filters = { contactFilter: { roles: ["Sales"] }, limit: 2, skip: 0 };
  const { flatAdvancedSearch } = await gql(search, { input: filters });
  const person = `query P($input: SearchPeopleInput!) { searchPeople(input: $input) { results { name { first } } } }`;
  const { searchPeople } = await gql(person, { input: { id: flatAdvancedSearch.people[1].id } });
  const list = await rest("POST", "/v1/lists", { name: "From Node" });
  const prospect = { firstName: searchPeople.results[0].name.first, lastName: "Shell" };
  await rest("POST", `/v1/lists/${list.id}/prospects`, prospect);
  const page = await rest("GET", `/v1/lists/${list.id}/prospects?limit=100`);
  console.log(page.items[0].lastName);
  console.log((await rest("GET", "/v1/verify-email?email=someone%40example.com")).status);
})().catch((error) => { console.error(error.message); process.exit(1); });
