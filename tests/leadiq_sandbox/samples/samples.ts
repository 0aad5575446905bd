// Samples 01 to 10 with fetch alone: node samples.ts 03. Each writes files for the next ones.
// GRAPHQL_URL, PROSPECTOR_URL and LEADIQ_API_KEY are in the environment.
import fs from "node:fs";

const GRAPHQL = process.env.GRAPHQL_URL!;
const PROSPECTOR = process.env.PROSPECTOR_URL!;
const KEY = process.env.LEADIQ_API_KEY!;

interface GraphQLError {
  message: string;
  extensions?: { response?: { status?: number } };
}
interface Email { value: string; status: string }
interface PersonRecord {
  id: string;
  name: { fullName?: string; first?: string; last?: string };
  currentPositions: Array<{ title?: string; companyInfo?: { name?: string }; emails: Email[] }>;
  personalPhones: Array<{ value: string; verificationStatus: string }>;
}
interface Prospect { id: string; name?: string; workEmail?: string }
interface Page { items: Prospect[]; nextCursor: string | null }
type Status = "Verified" | "VerifiedLikely" | "Unverified" | "Invalid";

async function graphql<T>(query: string, variables?: object): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 30_000);
  try {
    const response = await fetch(GRAPHQL, {
      method: "POST",
      headers: { Authorization: `Basic ${KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ query, variables }),
      signal: controller.signal,
    });
    const result = (await response.json()) as { data?: T; errors?: GraphQLError[] };
    if (result.errors) {
      console.error(`GraphQL: ${result.errors[0].extensions?.response?.status}`);
      process.exit(1);
    }
    return result.data as T;
  } finally {
    clearTimeout(timer);
  }
}

async function rest(method: string, path: string, body?: object): Promise<Response> {
  return fetch(PROSPECTOR + path, {
    method,
    headers: {
      "X-API-Key": Buffer.from(KEY, "base64").toString("utf-8"),
      "Content-Type": "application/json",
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

function read<T>(name: string): T {
  return JSON.parse(fs.readFileSync(name, "utf-8")) as T;
}

function write(name: string, content: unknown[]): void {
  fs.writeFileSync(name, JSON.stringify(content, null, 2));
  console.log(content.length);
}

const listPath = (): string => `/v1/lists/${fs.readFileSync("list.txt", "utf-8")}/prospects`;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const SEARCH = `query FlatAdvancedSearch($input: FlatSearchInput!) {
  flatAdvancedSearch(input: $input) { totalPeople people { id } }
}`;
const CHANGES = `query FindJobChanges($input: FlatSearchInput!) {
  flatAdvancedSearch(input: $input) {
    totalPeople
    people {
      id name linkedinUrl
      personJobChange {
        jobChangeType startedAt
        previousPosition { title company { id name } }
        currentPosition { title role seniority company { id name } }
      }
    }
  }
}`;
const PERSON = `results {
  id linkedin { linkedinUrl } name { fullName first last }
  currentPositions { title seniority function companyInfo { name } emails { value status } }
  personalPhones { value verificationStatus }
}`;
const RANKS: Record<string, number> = { Verified: 0, VerifiedLikely: 1, Unverified: 2 };

const SAMPLES: Record<string, () => Promise<void>> = {
  "01": async () => {
    const { usage } = await graphql<{ usage: { subscription: { status: string } } }>(
      "query Usage { usage { planUsage { name units cap } subscription { status } } }"
    );
    console.log(usage.subscription.status);
  },

  "02": async () => {
    const contactFilter = {
      roles: ["Sales"],
      seniorities: ["VP", "Director", "Manager"],
      locations: [{ areaLevel1: "New Hampshire", country: "United States" }],
    };
    type Found = { flatAdvancedSearch: { totalPeople: number; people: { id: string }[] } };
    const ids: string[] = [];
    for (let total = 1; ids.length < Math.min(total, 50); ) {
      const input = { contactFilter, limit: 25, skip: ids.length };
      const { flatAdvancedSearch: page } = await graphql<Found>(SEARCH, { input });
      total = page.totalPeople;
      ids.push(...page.people.map((person) => person.id));
    }
    write("ids.json", ids);
  },

  // Several people in one request, under aliases.
  "03": async () => {
    const ids = read<string[]>("ids.json").slice(0, 10);
    const names = ids.map((_, n) => `$input${n}: SearchPeopleInput!`).join(", ");
    const fields = ids.map((_, n) => `p${n}: searchPeople(input: $input${n}) { ${PERSON} }`);
    const inputs = Object.fromEntries(ids.map((id, n) => [`input${n}`, { id }]));
    type Found = Record<string, { results: PersonRecord[] }>;
    const found = await graphql<Found>(`query (${names}) { ${fields.join("\n")} }`, inputs);
    write("people.json", ids.flatMap((_, n) => found[`p${n}`].results));
  },

  "04": async () => {
    const body = { name: "From TypeScript", description: "Samples" };
    const made = (await (await rest("POST", "/v1/lists", body)).json()) as { id: string };
    fs.writeFileSync("list.txt", made.id);
    console.log((await rest("POST", "/v1/lists", body)).status); // taken
  },

  "05": async () => {
    const added: Prospect[] = [];
    for (const person of read<PersonRecord[]>("people.json")) {
      const job = person.currentPositions[0];
      const emails = (job?.emails ?? []).filter((email) => email.status in RANKS);
      emails.sort((a, b) => RANKS[a.status] - RANKS[b.status]);
      if (!person.name.first || !person.name.last) continue;
      const body: Record<string, string> = {
        firstName: person.name.first,
        lastName: person.name.last,
      };
      if (job?.title) body.title = job.title;
      if (job?.companyInfo?.name) body.company = job.companyInfo.name;
      if (emails.length) body.workEmail = emails[0].value;
      const phone = person.personalPhones[0]?.value;
      if (phone) {
        // As it was called before, then as it is called.
        const old = await rest("POST", listPath(), { ...body, mobilePhone: phone });
        if (old.status !== 422) throw new Error(`mobilePhone: ${old.status}`);
        body.phone = phone;
      }
      const answer = await rest("POST", listPath(), body);
      if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
      added.push((await answer.json()) as Prospect);
    }
    write("prospects.json", added);
  },

  "06": async () => {
    const rows: Prospect[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor ? `&cursor=${cursor}` : "";
      const page = (await (await rest("GET", `${listPath()}?limit=4${more}`)).json()) as Page;
      rows.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    const lines = rows.map((row) => `${row.id},"${row.name}",${row.workEmail ?? ""}`);
    fs.writeFileSync("prospects.csv", ["id,name,work_email", ...lines, ""].join("\n"));
    console.log(lines.length + 1);
  },

  "07": async () => {
    const input = {
      jobChangeFilter: {
        jobChangeTypes: ["JobChange"],
        startedAfter: Date.now() - 90 * 24 * 60 * 60 * 1000,
      },
      contactFilter: { roles: ["Sales"], seniorities: ["VP"] },
      sortContactsBy: ["JobChangeStartedAtDesc"],
      limit: 25,
      skip: 0,
    };
    type Found = { flatAdvancedSearch: { people: object[] } };
    write("changes.json", (await graphql<Found>(CHANGES, { input })).flatAdvancedSearch.people);
  },

  "08": async () => {
    const email = encodeURIComponent("some+one@example.com");
    const answer = await rest("GET", `/v1/verify-email?email=${email}`);
    console.log(((await answer.json()) as { status: Status }).status);
  },

  "09": async () => {
    const verified: string[] = [];
    for (const prospect of read<Prospect[]>("prospects.json")) {
      const answer = await rest("POST", `/v1/prospects/${prospect.id}/verify-email`);
      if (answer.status !== (prospect.workEmail ? 200 : 409)) throw new Error(`${answer.status}`);
      verified.push(((await answer.json()) as { status?: Status }).status ?? "no email");
    }
    write("verified.json", verified);
  },

  // emails.csv -> results.csv, errors.csv. Exits with 1: to be put right; 3: to be run again.
  "10": async () => {
    const rows = fs.readFileSync("emails.csv", "utf-8").trim().split("\n").slice(1);
    const emails = [...new Set(rows.map((row) => row.toLowerCase()))].sort();
    if (!fs.existsSync("results.csv")) fs.writeFileSync("results.csv", "email,status\n");
    const lines = (): string[] => fs.readFileSync("results.csv", "utf-8").trim().split("\n");
    const done = new Set(lines().map((line) => line.split(",")[0]));
    fs.writeFileSync("errors.csv", "email,error\n");
    for (const email of emails.filter((one) => !done.has(one))) {
      const [name, outcome] = await verdict(email);
      fs.appendFileSync(name, `${email},${outcome}\n`);
    }
    console.log(lines().length);
  },
};

async function verdict(email: string): Promise<[string, string]> {
  for (let tries = 0; tries < 6; tries++) {
    const answer = await rest("GET", `/v1/verify-email?email=${encodeURIComponent(email)}`);
    if (answer.status === 200) {
      return ["results.csv", ((await answer.json()) as { status: Status }).status];
    }
    if (answer.status === 400) return ["errors.csv", "malformed"];
    if ([401, 402, 403].includes(answer.status)) {
      console.log(`stopped: ${answer.status}`);
      process.exit(1);
    }
    await sleep(Number(answer.headers.get("retry-after") ?? 0.1) * 1000);
  }
  process.exit(3);
}

await SAMPLES[process.argv[2]]();
