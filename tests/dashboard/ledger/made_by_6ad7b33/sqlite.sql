-- A version-4 ledger as the console of 6ad7b33 wrote it to SQLite: sqlite3.Connection.iterdump. Never to be changed.
BEGIN TRANSACTION;
CREATE TABLE budgets (
	account VARCHAR(16) NOT NULL,
	per_day BIGINT,
	per_job BIGINT,
	reserve BIGINT NOT NULL,
	confirm_above BIGINT NOT NULL,
	PRIMARY KEY (account)
);
INSERT INTO "budgets" VALUES('aaaaaaaaaaaaaaaa',500000,120500,10000,25000);
INSERT INTO "budgets" VALUES('bbbbbbbbbbbbbbbb',NULL,NULL,0,50000);
CREATE TABLE days (
	account VARCHAR(16) NOT NULL,
	day INTEGER NOT NULL,
	page VARCHAR(50) NOT NULL,
	operation VARCHAR(50) NOT NULL,
	data_points VARCHAR(50) NOT NULL,
	requests INTEGER NOT NULL,
	returned INTEGER NOT NULL,
	emails INTEGER NOT NULL,
	charge BIGINT NOT NULL,
	PRIMARY KEY (account, day, page, operation, data_points)
);
INSERT INTO "days" VALUES('aaaaaaaaaaaaaaaa',20782,'People search','searchPeople','email,phone',1,1,1,11000);
INSERT INTO "days" VALUES('aaaaaaaaaaaaaaaa',20782,'Company search','searchCompany','',1,0,0,0);
INSERT INTO "days" VALUES('aaaaaaaaaaaaaaaa',20782,'Advanced search','flatAdvancedSearch','company',1,25,0,2500);
INSERT INTO "days" VALUES('aaaaaaaaaaaaaaaa',20782,'People search','searchPeople','email',1,0,0,0);
INSERT INTO "days" VALUES('bbbbbbbbbbbbbbbb',20782,'Lists','verifyEmail','',1,1,0,500);
INSERT INTO "days" VALUES('aaaaaaaaaaaaaaaa',20782,'Bulk','searchPeople','email',2,1,1,1000);
CREATE TABLE events (
	id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	account VARCHAR(16) NOT NULL,
	user VARCHAR(200) NOT NULL,
	page VARCHAR(50) NOT NULL,
	operation VARCHAR(50) NOT NULL,
	data_points VARCHAR(50) NOT NULL,
	asked INTEGER NOT NULL,
	returned INTEGER NOT NULL,
	least BIGINT NOT NULL,
	most BIGINT NOT NULL,
	charge BIGINT NOT NULL,
	state VARCHAR(10) NOT NULL,
	job VARCHAR(64),
	PRIMARY KEY (id)
);
INSERT INTO "events" VALUES(1,1795600004500,'aaaaaaaaaaaaaaaa','jané@acme.com','People search','searchPeople','email,phone',1,1,0,11000,11000,'settled',NULL);
INSERT INTO "events" VALUES(2,1795600009000,'aaaaaaaaaaaaaaaa','jané@acme.com','Company search','searchCompany','',1,0,0,3000,0,'refused',NULL);
INSERT INTO "events" VALUES(3,1795600012000,'aaaaaaaaaaaaaaaa','jané@acme.com','Advanced search','flatAdvancedSearch','company',25,25,2500,77500,2500,'estimated',NULL);
INSERT INTO "events" VALUES(4,1795600015000,'aaaaaaaaaaaaaaaa','jané@acme.com','People search','searchPeople','email',1,0,0,1000,0,'unknown',NULL);
INSERT INTO "events" VALUES(5,1795600018000,'aaaaaaaaaaaaaaaa','jané@acme.com','Bulk','searchPeople','email',100,0,0,100000,0,'open','j-open');
INSERT INTO "events" VALUES(6,1795600019500,'bbbbbbbbbbbbbbbb','jané@acme.com','Lists','verifyEmail','',1,1,0,500,500,'estimated',NULL);
INSERT INTO "events" VALUES(7,1795600028500,'aaaaaaaaaaaaaaaa','local','Bulk','searchPeople','email',1,1,0,1000,1000,'estimated','76d9685ea6273599');
INSERT INTO "events" VALUES(8,1795600034500,'aaaaaaaaaaaaaaaa','local','Bulk','searchPeople','email',1,0,0,1000,0,'unknown','76d9685ea6273599');
CREATE TABLE finds (
	account VARCHAR(16) NOT NULL,
	search VARCHAR(100) NOT NULL,
	id VARCHAR(100) NOT NULL,
	run BIGINT NOT NULL,
	PRIMARY KEY (account, search, id)
);
INSERT INTO "finds" VALUES('aaaaaaaaaaaaaaaa','Heads of sales, “DACH”','p-1',1795600022500);
INSERT INTO "finds" VALUES('aaaaaaaaaaaaaaaa','Heads of sales, “DACH”','p-2',1795600022500);
INSERT INTO "finds" VALUES('aaaaaaaaaaaaaaaa','Heads of sales, “DACH”','p-3',1795600024000);
CREATE TABLE job_requests (
	id VARCHAR(100) NOT NULL,
	job VARCHAR(32) NOT NULL,
	state VARCHAR(10) NOT NULL,
	at BIGINT NOT NULL,
	event BIGINT,
	charge BIGINT NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "job_requests" VALUES('76d9685ea6273599-1-0','76d9685ea6273599','answered',1795600030000,7,1000);
INSERT INTO "job_requests" VALUES('76d9685ea6273599-1-1','76d9685ea6273599','unanswered',1795600036000,8,0);
CREATE TABLE job_rows (
	job VARCHAR(32) NOT NULL,
	place INTEGER NOT NULL,
	kind VARCHAR(10) NOT NULL,
	state VARCHAR(10) NOT NULL,
	identity VARCHAR(300) NOT NULL,
	input TEXT NOT NULL,
	cells TEXT NOT NULL,
	request VARCHAR(100),
	person VARCHAR(100),
	email BOOLEAN NOT NULL,
	phone BOOLEAN NOT NULL,
	answer TEXT,
	problem TEXT NOT NULL,
	listed TEXT NOT NULL,
	PRIMARY KEY (job, place)
);
INSERT INTO "job_rows" VALUES('76d9685ea6273599',0,'person','found','id|p-1','{"id":"p-1"}','["Jané","jané@acme.com"]','76d9685ea6273599-1-0','p-1',1,0,'{"id": "p-1", "name": {"fullName": "Jané"}}','','added');
INSERT INTO "job_rows" VALUES('76d9685ea6273599',1,'person','unknown','email|x@y.z','{"email":"x@y.z"}','["X","x@y.z"]','76d9685ea6273599-1-1',NULL,0,0,NULL,'','');
INSERT INTO "job_rows" VALUES('76d9685ea6273599',2,'person','invalid','','{}','["",""]',NULL,NULL,0,0,NULL,'names nobody','');
INSERT INTO "job_rows" VALUES('76d9685ea6273599',3,'person','waiting','id|p-9','{"id":"p-9"}','["Z",""]',NULL,NULL,0,0,NULL,'','');
CREATE TABLE jobs (
	id VARCHAR(32) NOT NULL,
	account VARCHAR(16) NOT NULL,
	user VARCHAR(200) NOT NULL,
	name VARCHAR(200) NOT NULL,
	state VARCHAR(10) NOT NULL,
	reason TEXT NOT NULL,
	runs INTEGER NOT NULL,
	at BIGINT NOT NULL,
	ended BIGINT,
	settings TEXT NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "jobs" VALUES('76d9685ea6273599','aaaaaaaaaaaaaaaa','local','fair.csv','running','',0,1795600025500,NULL,'{"data_points": ["email"], "prices": {"PersonEmail": "1"}, "columns": ["Name", "Mail"], "budget": "20", "most_uc": "3", "operation": "", "search": {}, "most": 0, "list_id": "", "list_name": "Fairs", "list_begun": false, "source": "xxxxxxxxxxxxxxxx", "baseline": [11, 1795600000000], "free_again": false, "proofs": 0, "proof_events": [], "people_per_request": 25}');
INSERT INTO "jobs" VALUES('e2ebdfdf6d8d5d5e','bbbbbbbbbbbbbbbb','local','empty','done','',0,1795600039000,1795600040500,'{"data_points": [], "prices": {}, "columns": [], "budget": null, "most_uc": "0", "operation": "", "search": {}, "most": 0, "list_id": "", "list_name": "", "list_begun": false, "source": "", "baseline": null, "free_again": false, "proofs": 0, "proof_events": [], "people_per_request": 25}');
CREATE TABLE ledger_version (
	version INTEGER NOT NULL
);
INSERT INTO "ledger_version" VALUES(4);
CREATE TABLE runs (
	account VARCHAR(16) NOT NULL,
	search VARCHAR(100) NOT NULL,
	at BIGINT NOT NULL,
	total BIGINT,
	loaded INTEGER NOT NULL,
	PRIMARY KEY (account, search, at)
);
INSERT INTO "runs" VALUES('aaaaaaaaaaaaaaaa','Heads of sales, “DACH”',1795600022500,70000,2);
INSERT INTO "runs" VALUES('aaaaaaaaaaaaaaaa','Heads of sales, “DACH”',1795600024000,NULL,2);
CREATE TABLE searches (
	account VARCHAR(16) NOT NULL,
	name VARCHAR(100) NOT NULL,
	operation VARCHAR(50) NOT NULL,
	input TEXT NOT NULL,
	data_points VARCHAR(50) NOT NULL,
	address TEXT NOT NULL,
	saved_at BIGINT NOT NULL,
	PRIMARY KEY (account, name)
);
INSERT INTO "searches" VALUES('aaaaaaaaaaaaaaaa','Heads of sales, “DACH”','flatAdvancedSearch','{"contactFilter": {"titles": ["Head of Sales"]}}','company','titles=Head+of+Sales&points=company',1795521600000);
INSERT INTO "searches" VALUES('bbbbbbbbbbbbbbbb','Köln''s CEOs','groupedAdvancedSearch','{"companyFilter": {"names": ["M\u00fcller; it''s"]}}','','names=M%C3%BCller',1795525200000);
CREATE TABLE snapshots (
	id INTEGER NOT NULL,
	account VARCHAR(16) NOT NULL,
	at BIGINT NOT NULL,
	available BIGINT NOT NULL,
	used BIGINT NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "snapshots" VALUES(1,'aaaaaaaaaaaaaaaa',1795600003000,1000000,0);
INSERT INTO "snapshots" VALUES(2,'aaaaaaaaaaaaaaaa',1795600007500,989000,11000);
CREATE TABLE suggestions (
	account VARCHAR(16) NOT NULL,
	kind VARCHAR(30) NOT NULL,
	value VARCHAR(200) NOT NULL,
	times INTEGER NOT NULL,
	PRIMARY KEY (account, kind, value)
);
INSERT INTO "suggestions" VALUES('aaaaaaaaaaaaaaaa','titles','CEO',3);
INSERT INTO "suggestions" VALUES('aaaaaaaaaaaaaaaa','titles','Geschäftsführer',2);
INSERT INTO "suggestions" VALUES('aaaaaaaaaaaaaaaa','roles','Sales',1);
CREATE TABLE unlocks (
	account VARCHAR(16) NOT NULL,
	kind VARCHAR(30) NOT NULL,
	id VARCHAR(100) NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (account, kind, id)
);
INSERT INTO "unlocks" VALUES('aaaaaaaaaaaaaaaa','PersonEmail','p-1',1795600006000);
INSERT INTO "unlocks" VALUES('aaaaaaaaaaaaaaaa','PersonPhone','p-1',1795600006000);
INSERT INTO "unlocks" VALUES('aaaaaaaaaaaaaaaa','Profile','p-1',1795600006000);
INSERT INTO "unlocks" VALUES('aaaaaaaaaaaaaaaa','Company','c-1',1795600013500);
CREATE INDEX events_job ON events (account, job);
CREATE INDEX events_state ON events (account, state);
CREATE INDEX events_account_at ON events (account, at);
CREATE INDEX snapshots_account_at ON snapshots (account, at);
CREATE INDEX jobs_account ON jobs (account, at);
CREATE INDEX job_rows_identity ON job_rows (identity);
CREATE INDEX job_rows_request ON job_rows (job, request);
CREATE INDEX job_rows_state ON job_rows (job, state, kind, place);
CREATE INDEX job_requests_state ON job_requests (job, state);
COMMIT;
