"""Word lists of the synthetic world. Every name is invented by combining them."""

from __future__ import annotations

# (name, NAICS code, its description, SIC code, its description, weight)
Industry = tuple[str, str, str, str, str, int]

FIRST_NAMES = (
    "Aaron Abigail Adriana Aisha Akira Alba Alejandro Alice Amara Amélie Ana Anders Andrea Anika "
    "Anton Arjun Astrid Aylin Beatriz Ben Björn Camila Carlos Carmen Chiara Chloe Clara Daniel "
    "Deepa Diego Elena Eliza Emeka Emil Emma Esra Ethan Eva Felix Fernanda Finn Fiona Freya "
    "Gabriel Grace Greta Hana Hannah Hiro Hugo Ines Ingrid Isaac Ivan Jack Jamal James Jan Jana "
    "Jasmine Javier João Jonas Julia Kaito Karim Karin Katarzyna Kenji Klara Lars Laura Layla Leo "
    "Lena Liam Lina Linh Lucas Lucía Magnus Maja Malik Marco Maria Marta Mateo Maya Mei Mia Miguel "
    "Mila Mohammed Nadia Naomi Nia Nikhil Nina Noah Noor Olga Oliver Olivia Omar Oscar Pablo "
    "Paulina Pedro Petra Priya Rafael Rahul Raj Rania Renata Rosa Ruben Ruth Sakura Samuel Sara "
    "Sergio Sofia Sören Stella Sven Tara Theo Thiago Thomas Tomás Uma Vera Victor Viktor Wei "
    "William Yara Yasmin Yuki Yusuf Zainab Zoë"
).split()

LAST_NAMES = (
    "Abara Adler Aguilar Ahmed Almeida Andersson Araújo Arora Bakker Banerjee Barros Bauer Becker "
    "Bergström Bernard Bianchi Blake Bose Brandt Brooks Campbell Cardoso Carter Castillo Chandra "
    "Chen Clarke Collins Conti Costa Cruz Dahl Das Davies Delgado Desai Diaz Dubois Duarte Edwards "
    "Ekström Ellis Engel Esposito Evans Ferrari Fischer Fleming Fontaine Foster Fournier Frank "
    "Fujita Garcia Gauthier Girard Gomez González Graham Grant Gupta Haas Hakimi Hansen Hayashi "
    "Hernandez Hoffmann Holm Hughes Ibrahim Ito Iyer Jackson Jansen Jensen Johansson Jones Joshi "
    "Kapoor Kato Keller Kelly Khan Kim Klein Kobayashi Koch Kowalski Krause Kumar Lambert Larsen "
    "Laurent Lee Lehmann Lima Lopez Lund Maier Malik Marino Martin Martínez Mehta Mendes Meyer "
    "Moreau Moreno Mori Morgan Müller Nair Nakamura Navarro Nguyen Nielsen Novak O'Brien Okafor "
    "Oliveira Olsen Ortega Owens Park Parker Patel Pereira Perez Petit Price Ramos Rao Reyes "
    "Ribeiro Ricci Richter Rivera Robinson Rodríguez Romano Rossi Roux Sánchez Santos Sato Schmidt "
    "Schneider Schulz Sharma Silva Singh Souza Suzuki Takahashi Tan Tanaka Taylor Torres Tran "
    "Turner Vargas Vega Verma Vogel Wagner Walker Wang Weber Wong Yamamoto Yilmaz Zhang Zimmermann"
).split()

COMPANY_FIRST = (
    "Alder Amber Anchor Apex Arbor Arctic Argent Atlas Aurora Azure Basalt Beacon Birch Blue "
    "Bright Cedar Cinder Clear Cobalt Copper Coral Crest Delta Drift Echo Ember Evergreen "
    "Falcon Fern Flint Forge Frost Garnet Golden Granite Grove Harbor Hazel Helio Horizon "
    "Indigo Iron Ivory Jade Juniper Keystone Kite Lantern Larch Lumen Lunar Maple Marble Meadow "
    "Meridian Mesa Mica Midway Mosaic North Nova Oak Ocean Onyx Opal Orchard Osprey Pacific "
    "Peak Pebble Pine Pioneer Polar Prairie Quartz Quill Raven Redwood Ridge River Saffron Sage "
    "Sierra Silver Slate Solar Sparrow Spruce Sterling Stone Summit Swift Terra Thistle Tidal "
    "Timber Topaz Torrent Umber Union Vale Vector Velvet Verdant Vista Walnut Willow Winter "
    "Zephyr"
).split()

COMPANY_SECOND = (
    "Analytics Bank Biotech Builders Capital Care Cloud Commerce Consulting Data Diagnostics "
    "Dynamics Energy Engineering Financial Foods Freight Health Holdings Industries Insights "
    "Insurance Interactive Labs Learning Logistics Manufacturing Markets Media Mobility Motors "
    "Networks Partners Pharma Power Realty Research Retail Robotics Security Software Solutions "
    "Studios Supply Systems Technologies Telecom Travel Ventures Works"
).split()

COMPANY_SUFFIXES = ("Inc", "Ltd", "GmbH", "LLC", "Group", "")

INDUSTRIES: tuple[Industry, ...] = (
    ("Computer Software", "511210", "Software Publishers", "7372", "Prepackaged Software", 20),
    (
        "Information Technology and Services",
        "541512",
        "Computer Systems Design Services",
        "7373",
        "Computer Integrated Systems Design",
        14,
    ),
    ("Internet", "519130", "Internet Publishing", "7375", "Information Retrieval Services", 8),
    ("Financial Services", "523930", "Investment Advice", "6282", "Investment Advice", 9),
    ("Banking", "522110", "Commercial Banking", "6021", "National Commercial Banks", 4),
    ("Insurance", "524210", "Insurance Agencies and Brokerages", "6411", "Insurance Agents", 4),
    (
        "Hospital & Health Care",
        "622110",
        "General Medical and Surgical Hospitals",
        "8062",
        "General Medical and Surgical Hospitals",
        7,
    ),
    (
        "Biotechnology",
        "541714",
        "Research and Development in Biotechnology",
        "8731",
        "Commercial Physical and Biological Research",
        4,
    ),
    (
        "Pharmaceuticals",
        "325412",
        "Pharmaceutical Preparation Manufacturing",
        "2834",
        "Pharmaceutical Preparations",
        3,
    ),
    (
        "Marketing and Advertising",
        "541810",
        "Advertising Agencies",
        "7311",
        "Advertising Agencies",
        7,
    ),
    (
        "Management Consulting",
        "541611",
        "Management Consulting Services",
        "8742",
        "Management Consulting Services",
        5,
    ),
    ("Retail", "452210", "Department Stores", "5311", "Department Stores", 6),
    (
        "Construction",
        "236220",
        "Commercial Building Construction",
        "1542",
        "General Contractors, Nonresidential Buildings",
        4,
    ),
    (
        "Telecommunications",
        "517311",
        "Wired Telecommunications Carriers",
        "4813",
        "Telephone Communications",
        4,
    ),
    (
        "Logistics and Supply Chain",
        "488510",
        "Freight Transportation Arrangement",
        "4731",
        "Freight Transportation Arrangement",
        5,
    ),
    ("Automotive", "336111", "Automobile Manufacturing", "3711", "Motor Vehicles", 3),
    (
        "Renewables & Environment",
        "221114",
        "Solar Electric Power Generation",
        "4911",
        "Electric Services",
        3,
    ),
    (
        "Real Estate",
        "531210",
        "Offices of Real Estate Agents and Brokers",
        "6531",
        "Real Estate Agents and Managers",
        3,
    ),
    (
        "Higher Education",
        "611310",
        "Colleges, Universities, and Professional Schools",
        "8221",
        "Colleges and Universities",
        3,
    ),
    (
        "Food & Beverages",
        "311999",
        "All Other Miscellaneous Food Manufacturing",
        "2099",
        "Food Preparations",
        3,
    ),
)

# (category, technologies)
TECHNOLOGIES = {
    "CRM": ("Salesforce", "HubSpot", "Microsoft Dynamics", "Pipedrive", "Zoho CRM"),
    "Marketing automation": ("Marketo", "Mailchimp", "Pardot", "Braze", "Klaviyo"),
    "Analytics": ("Google Analytics", "Tableau", "Looker", "Mixpanel", "Amplitude"),
    "Cloud hosting": ("Amazon Web Services", "Microsoft Azure", "Google Cloud", "DigitalOcean"),
    "Data warehouse": ("Snowflake", "BigQuery", "Amazon Redshift", "Databricks"),
    "Containers": ("Kubernetes", "Docker", "OpenShift"),
    "Collaboration": ("Slack", "Microsoft 365", "Google Workspace", "Zoom", "Notion"),
    "Customer support": ("Zendesk", "Intercom", "Freshdesk"),
    "E-commerce": ("Shopify", "Magento", "WooCommerce"),
    "Payments": ("Stripe", "Adyen", "PayPal"),
    "ERP": ("SAP", "Oracle NetSuite", "Workday"),
    "Security": ("Okta", "Cloudflare", "CrowdStrike"),
    "Web frameworks": ("React", "Angular", "Ruby on Rails", "Django"),
}

ROLES = (
    ("Sales", 20),
    ("Marketing", 13),
    ("Engineering", 18),
    ("Information Technology", 9),
    ("Finance", 8),
    ("Human Resources", 7),
    ("Operations", 10),
    ("Product Management", 6),
    ("Customer Success", 5),
    ("Legal", 2),
    ("Administrative", 2),
)

SENIORITIES = (
    ("Executive", 6),
    ("VP", 8),
    ("Director", 14),
    ("Manager", 24),
    ("SeniorIndividualContributor", 23),
    ("Other", 25),
)

# Titles of a role at a seniority; {} is the role's short name.
TITLES = {
    "Executive": ("Chief {} Officer", "Founder and Chief {} Officer"),
    "VP": ("VP of {}", "Vice President, {}", "Senior VP {}"),
    "Director": ("Director of {}", "Senior Director, {}", "Head of {}"),
    "Manager": ("{} Manager", "Senior {} Manager", "Regional {} Manager"),
    "SeniorIndividualContributor": ("Senior {} Specialist", "Principal {} Analyst", "{} Lead"),
    "Other": ("{} Specialist", "{} Associate", "{} Coordinator", "{} Intern"),
}
SHORT_ROLES = {
    "Information Technology": "IT",
    "Human Resources": "People",
    "Product Management": "Product",
}

# (country, ISO-2, ISO-3, calling code, weight, ((state, city, postal code), …))
COUNTRIES = (
    (
        "United States",
        "US",
        "USA",
        "1",
        46,
        (
            ("California", "San Francisco", "94105"),
            ("California", "Los Angeles", "90012"),
            ("New York", "New York", "10001"),
            ("Texas", "Austin", "73301"),
            ("Massachusetts", "Boston", "02110"),
            ("Illinois", "Chicago", "60601"),
            ("Washington", "Seattle", "98101"),
            ("Colorado", "Denver", "80202"),
            ("Georgia", "Atlanta", "30303"),
            ("Florida", "Miami", "33101"),
            ("New Hampshire", "Manchester", "03101"),
            ("New Hampshire", "Nashua", "03060"),
            ("North Carolina", "Raleigh", "27601"),
            ("Utah", "Salt Lake City", "84101"),
        ),
    ),
    (
        "United Kingdom",
        "GB",
        "GBR",
        "44",
        10,
        (
            ("England", "London", "EC1A 1BB"),
            ("England", "Manchester", "M1 1AE"),
            ("Scotland", "Edinburgh", "EH1 1YZ"),
        ),
    ),
    (
        "Germany",
        "DE",
        "DEU",
        "49",
        8,
        (
            ("Berlin", "Berlin", "10115"),
            ("Bavaria", "Munich", "80331"),
            ("Hamburg", "Hamburg", "20095"),
        ),
    ),
    (
        "France",
        "FR",
        "FRA",
        "33",
        5,
        (("Île-de-France", "Paris", "75001"), ("Auvergne-Rhône-Alpes", "Lyon", "69001")),
    ),
    (
        "India",
        "IN",
        "IND",
        "91",
        7,
        (
            ("Karnataka", "Bengaluru", "560001"),
            ("Maharashtra", "Mumbai", "400001"),
            ("Delhi", "New Delhi", "110001"),
        ),
    ),
    (
        "Canada",
        "CA",
        "CAN",
        "1",
        5,
        (("Ontario", "Toronto", "M5H 2N2"), ("British Columbia", "Vancouver", "V6B 1A1")),
    ),
    (
        "Australia",
        "AU",
        "AUS",
        "61",
        3,
        (("New South Wales", "Sydney", "2000"), ("Victoria", "Melbourne", "3000")),
    ),
    (
        "Netherlands",
        "NL",
        "NLD",
        "31",
        3,
        (("North Holland", "Amsterdam", "1011"), ("South Holland", "Rotterdam", "3011")),
    ),
    (
        "Spain",
        "ES",
        "ESP",
        "34",
        3,
        (("Community of Madrid", "Madrid", "28001"), ("Catalonia", "Barcelona", "08001")),
    ),
    ("Sweden", "SE", "SWE", "46", 2, (("Stockholm County", "Stockholm", "111 22"),)),
    (
        "Brazil",
        "BR",
        "BRA",
        "55",
        4,
        (
            ("São Paulo", "São Paulo", "01000-000"),
            ("Rio de Janeiro", "Rio de Janeiro", "20000-000"),
        ),
    ),
    ("Japan", "JP", "JPN", "81", 2, (("Tokyo", "Tokyo", "100-0001"),)),
    ("Singapore", "SG", "SGP", "65", 2, (("Singapore", "Singapore", "018956"),)),
)

UNIVERSITIES = (
    "Alder",
    "Cedar Valley",
    "Granite State",
    "Harbor",
    "Lakeside",
    "Northern",
    "Westfield",
)
MAJORS = ("Business", "Computer Science", "Economics", "Engineering", "Marketing", "Mathematics")
DEGREES = ("Bachelor of Arts", "Bachelor of Science", "Master of Science", "MBA")
FUNDING_STAGES = ("Seed", "Series A", "Series B", "Series C", "Series D", "Private Equity", "IPO")
BUSINESS_TYPES = ("B2B", "B2C", "SAAS", "ECommerce", "Enterprise", "Agency", "Marketplace")
REVENUE_BANDS = (
    (0, 1_000_000, "Under $1M"),
    (1_000_000, 10_000_000, "$1M to $10M"),
    (10_000_000, 50_000_000, "$10M to $50M"),
    (50_000_000, 100_000_000, "$50M to $100M"),
    (100_000_000, 500_000_000, "$100M to $500M"),
    (500_000_000, 1_000_000_000, "$500M to $1B"),
    (1_000_000_000, None, "Over $1B"),
)
