-- A version-4 ledger as the console of 6ad7b33 wrote it to PostgreSQL: pg_dump --inserts, without its SET lines and comments. Never to be changed.
CREATE TABLE public.budgets (
    account character varying(16) NOT NULL,
    per_day bigint,
    per_job bigint,
    reserve bigint NOT NULL,
    confirm_above bigint NOT NULL
);
CREATE TABLE public.days (
    account character varying(16) NOT NULL,
    day integer NOT NULL,
    page character varying(50) NOT NULL,
    operation character varying(50) NOT NULL,
    data_points character varying(50) NOT NULL,
    requests integer NOT NULL,
    returned integer NOT NULL,
    emails integer NOT NULL,
    charge bigint NOT NULL
);
CREATE TABLE public.events (
    id bigint NOT NULL,
    at bigint NOT NULL,
    account character varying(16) NOT NULL,
    "user" character varying(200) NOT NULL,
    page character varying(50) NOT NULL,
    operation character varying(50) NOT NULL,
    data_points character varying(50) NOT NULL,
    asked integer NOT NULL,
    returned integer NOT NULL,
    "least" bigint NOT NULL,
    most bigint NOT NULL,
    charge bigint NOT NULL,
    state character varying(10) NOT NULL,
    job character varying(64)
);
CREATE SEQUENCE public.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.events_id_seq OWNED BY public.events.id;
CREATE TABLE public.finds (
    account character varying(16) NOT NULL,
    search character varying(100) NOT NULL,
    id character varying(100) NOT NULL,
    run bigint NOT NULL
);
CREATE TABLE public.job_requests (
    id character varying(100) NOT NULL,
    job character varying(32) NOT NULL,
    state character varying(10) NOT NULL,
    at bigint NOT NULL,
    event bigint,
    charge bigint NOT NULL
);
CREATE TABLE public.job_rows (
    job character varying(32) NOT NULL,
    place integer NOT NULL,
    kind character varying(10) NOT NULL,
    state character varying(10) NOT NULL,
    identity character varying(300) NOT NULL,
    input text NOT NULL,
    cells text NOT NULL,
    request character varying(100),
    person character varying(100),
    email boolean NOT NULL,
    phone boolean NOT NULL,
    answer text,
    problem text NOT NULL,
    listed text NOT NULL
);
CREATE TABLE public.jobs (
    id character varying(32) NOT NULL,
    account character varying(16) NOT NULL,
    "user" character varying(200) NOT NULL,
    name character varying(200) NOT NULL,
    state character varying(10) NOT NULL,
    reason text NOT NULL,
    runs integer NOT NULL,
    at bigint NOT NULL,
    ended bigint,
    settings text NOT NULL
);
CREATE TABLE public.ledger_version (
    version integer NOT NULL
);
CREATE TABLE public.runs (
    account character varying(16) NOT NULL,
    search character varying(100) NOT NULL,
    at bigint NOT NULL,
    total bigint,
    loaded integer NOT NULL
);
CREATE TABLE public.searches (
    account character varying(16) NOT NULL,
    name character varying(100) NOT NULL,
    operation character varying(50) NOT NULL,
    input text NOT NULL,
    data_points character varying(50) NOT NULL,
    address text NOT NULL,
    saved_at bigint NOT NULL
);
CREATE TABLE public.snapshots (
    id bigint NOT NULL,
    account character varying(16) NOT NULL,
    at bigint NOT NULL,
    available bigint NOT NULL,
    used bigint NOT NULL
);
CREATE SEQUENCE public.snapshots_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.snapshots_id_seq OWNED BY public.snapshots.id;
CREATE TABLE public.suggestions (
    account character varying(16) NOT NULL,
    kind character varying(30) NOT NULL,
    value character varying(200) NOT NULL,
    times integer NOT NULL
);
CREATE TABLE public.unlocks (
    account character varying(16) NOT NULL,
    kind character varying(30) NOT NULL,
    id character varying(100) NOT NULL,
    at bigint NOT NULL
);
ALTER TABLE ONLY public.events ALTER COLUMN id SET DEFAULT nextval('public.events_id_seq'::regclass);
ALTER TABLE ONLY public.snapshots ALTER COLUMN id SET DEFAULT nextval('public.snapshots_id_seq'::regclass);
INSERT INTO public.budgets VALUES ('aaaaaaaaaaaaaaaa', 500000, 120500, 10000, 25000);
INSERT INTO public.budgets VALUES ('bbbbbbbbbbbbbbbb', NULL, NULL, 0, 50000);
INSERT INTO public.days VALUES ('aaaaaaaaaaaaaaaa', 20782, 'People search', 'searchPeople', 'email,phone', 1, 1, 1, 11000);
INSERT INTO public.days VALUES ('aaaaaaaaaaaaaaaa', 20782, 'Company search', 'searchCompany', '', 1, 0, 0, 0);
INSERT INTO public.days VALUES ('aaaaaaaaaaaaaaaa', 20782, 'Advanced search', 'flatAdvancedSearch', 'company', 1, 25, 0, 2500);
INSERT INTO public.days VALUES ('aaaaaaaaaaaaaaaa', 20782, 'People search', 'searchPeople', 'email', 1, 0, 0, 0);
INSERT INTO public.days VALUES ('bbbbbbbbbbbbbbbb', 20782, 'Lists', 'verifyEmail', '', 1, 1, 0, 500);
INSERT INTO public.days VALUES ('aaaaaaaaaaaaaaaa', 20782, 'Bulk', 'searchPeople', 'email', 2, 1, 1, 1000);
INSERT INTO public.events VALUES (1, 1795600004500, 'aaaaaaaaaaaaaaaa', 'jané@acme.com', 'People search', 'searchPeople', 'email,phone', 1, 1, 0, 11000, 11000, 'settled', NULL);
INSERT INTO public.events VALUES (2, 1795600009000, 'aaaaaaaaaaaaaaaa', 'jané@acme.com', 'Company search', 'searchCompany', '', 1, 0, 0, 3000, 0, 'refused', NULL);
INSERT INTO public.events VALUES (3, 1795600012000, 'aaaaaaaaaaaaaaaa', 'jané@acme.com', 'Advanced search', 'flatAdvancedSearch', 'company', 25, 25, 2500, 77500, 2500, 'estimated', NULL);
INSERT INTO public.events VALUES (4, 1795600015000, 'aaaaaaaaaaaaaaaa', 'jané@acme.com', 'People search', 'searchPeople', 'email', 1, 0, 0, 1000, 0, 'unknown', NULL);
INSERT INTO public.events VALUES (5, 1795600018000, 'aaaaaaaaaaaaaaaa', 'jané@acme.com', 'Bulk', 'searchPeople', 'email', 100, 0, 0, 100000, 0, 'open', 'j-open');
INSERT INTO public.events VALUES (6, 1795600019500, 'bbbbbbbbbbbbbbbb', 'jané@acme.com', 'Lists', 'verifyEmail', '', 1, 1, 0, 500, 500, 'estimated', NULL);
INSERT INTO public.events VALUES (7, 1795600028500, 'aaaaaaaaaaaaaaaa', 'local', 'Bulk', 'searchPeople', 'email', 1, 1, 0, 1000, 1000, 'estimated', '458cbafb9e09860c');
INSERT INTO public.events VALUES (8, 1795600034500, 'aaaaaaaaaaaaaaaa', 'local', 'Bulk', 'searchPeople', 'email', 1, 0, 0, 1000, 0, 'unknown', '458cbafb9e09860c');
INSERT INTO public.finds VALUES ('aaaaaaaaaaaaaaaa', 'Heads of sales, “DACH”', 'p-1', 1795600022500);
INSERT INTO public.finds VALUES ('aaaaaaaaaaaaaaaa', 'Heads of sales, “DACH”', 'p-2', 1795600022500);
INSERT INTO public.finds VALUES ('aaaaaaaaaaaaaaaa', 'Heads of sales, “DACH”', 'p-3', 1795600024000);
INSERT INTO public.job_requests VALUES ('458cbafb9e09860c-1-0', '458cbafb9e09860c', 'answered', 1795600030000, 7, 1000);
INSERT INTO public.job_requests VALUES ('458cbafb9e09860c-1-1', '458cbafb9e09860c', 'unanswered', 1795600036000, 8, 0);
INSERT INTO public.job_rows VALUES ('458cbafb9e09860c', 2, 'person', 'invalid', '', '{}', '["",""]', NULL, NULL, false, false, NULL, 'names nobody', '');
INSERT INTO public.job_rows VALUES ('458cbafb9e09860c', 3, 'person', 'waiting', 'id|p-9', '{"id":"p-9"}', '["Z",""]', NULL, NULL, false, false, NULL, '', '');
INSERT INTO public.job_rows VALUES ('458cbafb9e09860c', 1, 'person', 'unknown', 'email|x@y.z', '{"email":"x@y.z"}', '["X","x@y.z"]', '458cbafb9e09860c-1-1', NULL, false, false, NULL, '', '');
INSERT INTO public.job_rows VALUES ('458cbafb9e09860c', 0, 'person', 'found', 'id|p-1', '{"id":"p-1"}', '["Jané","jané@acme.com"]', '458cbafb9e09860c-1-0', 'p-1', true, false, '{"id": "p-1", "name": {"fullName": "Jané"}}', '', 'added');
INSERT INTO public.jobs VALUES ('458cbafb9e09860c', 'aaaaaaaaaaaaaaaa', 'local', 'fair.csv', 'running', '', 0, 1795600025500, NULL, '{"data_points": ["email"], "prices": {"PersonEmail": "1"}, "columns": ["Name", "Mail"], "budget": "20", "most_uc": "3", "operation": "", "search": {}, "most": 0, "list_id": "", "list_name": "Fairs", "list_begun": false, "source": "xxxxxxxxxxxxxxxx", "baseline": [11, 1795600000000], "free_again": false, "proofs": 0, "proof_events": [], "people_per_request": 25}');
INSERT INTO public.jobs VALUES ('5893e6df58424e8c', 'bbbbbbbbbbbbbbbb', 'local', 'empty', 'done', '', 0, 1795600039000, 1795600040500, '{"data_points": [], "prices": {}, "columns": [], "budget": null, "most_uc": "0", "operation": "", "search": {}, "most": 0, "list_id": "", "list_name": "", "list_begun": false, "source": "", "baseline": null, "free_again": false, "proofs": 0, "proof_events": [], "people_per_request": 25}');
INSERT INTO public.ledger_version VALUES (4);
INSERT INTO public.runs VALUES ('aaaaaaaaaaaaaaaa', 'Heads of sales, “DACH”', 1795600022500, 70000, 2);
INSERT INTO public.runs VALUES ('aaaaaaaaaaaaaaaa', 'Heads of sales, “DACH”', 1795600024000, NULL, 2);
INSERT INTO public.searches VALUES ('aaaaaaaaaaaaaaaa', 'Heads of sales, “DACH”', 'flatAdvancedSearch', '{"contactFilter": {"titles": ["Head of Sales"]}}', 'company', 'titles=Head+of+Sales&points=company', 1795521600000);
INSERT INTO public.searches VALUES ('bbbbbbbbbbbbbbbb', 'Köln''s CEOs', 'groupedAdvancedSearch', '{"companyFilter": {"names": ["M\u00fcller; it''s"]}}', '', 'names=M%C3%BCller', 1795525200000);
INSERT INTO public.snapshots VALUES (1, 'aaaaaaaaaaaaaaaa', 1795600003000, 1000000, 0);
INSERT INTO public.snapshots VALUES (2, 'aaaaaaaaaaaaaaaa', 1795600007500, 989000, 11000);
INSERT INTO public.suggestions VALUES ('aaaaaaaaaaaaaaaa', 'titles', 'CEO', 3);
INSERT INTO public.suggestions VALUES ('aaaaaaaaaaaaaaaa', 'titles', 'Geschäftsführer', 2);
INSERT INTO public.suggestions VALUES ('aaaaaaaaaaaaaaaa', 'roles', 'Sales', 1);
INSERT INTO public.unlocks VALUES ('aaaaaaaaaaaaaaaa', 'PersonEmail', 'p-1', 1795600006000);
INSERT INTO public.unlocks VALUES ('aaaaaaaaaaaaaaaa', 'PersonPhone', 'p-1', 1795600006000);
INSERT INTO public.unlocks VALUES ('aaaaaaaaaaaaaaaa', 'Profile', 'p-1', 1795600006000);
INSERT INTO public.unlocks VALUES ('aaaaaaaaaaaaaaaa', 'Company', 'c-1', 1795600013500);
SELECT pg_catalog.setval('public.events_id_seq', 8, true);
SELECT pg_catalog.setval('public.snapshots_id_seq', 2, true);
ALTER TABLE ONLY public.budgets
    ADD CONSTRAINT budgets_pkey PRIMARY KEY (account);
ALTER TABLE ONLY public.days
    ADD CONSTRAINT days_pkey PRIMARY KEY (account, day, page, operation, data_points);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.finds
    ADD CONSTRAINT finds_pkey PRIMARY KEY (account, search, id);
ALTER TABLE ONLY public.job_requests
    ADD CONSTRAINT job_requests_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.job_rows
    ADD CONSTRAINT job_rows_pkey PRIMARY KEY (job, place);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (account, search, at);
ALTER TABLE ONLY public.searches
    ADD CONSTRAINT searches_pkey PRIMARY KEY (account, name);
ALTER TABLE ONLY public.snapshots
    ADD CONSTRAINT snapshots_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.suggestions
    ADD CONSTRAINT suggestions_pkey PRIMARY KEY (account, kind, value);
ALTER TABLE ONLY public.unlocks
    ADD CONSTRAINT unlocks_pkey PRIMARY KEY (account, kind, id);
CREATE INDEX events_account_at ON public.events USING btree (account, at);
CREATE INDEX events_job ON public.events USING btree (account, job);
CREATE INDEX events_state ON public.events USING btree (account, state);
CREATE INDEX job_requests_state ON public.job_requests USING btree (job, state);
CREATE INDEX job_rows_identity ON public.job_rows USING btree (identity);
CREATE INDEX job_rows_request ON public.job_rows USING btree (job, request);
CREATE INDEX job_rows_state ON public.job_rows USING btree (job, state, kind, place);
CREATE INDEX jobs_account ON public.jobs USING btree (account, at);
CREATE INDEX snapshots_account_at ON public.snapshots USING btree (account, at);
