/// Words that the sample data are made of. All domains lie under `.example`, which nobody can own
/// (RFC 2606), and telephone numbers in ranges that are kept for fiction or not assigned.
enum SampleVocabulary {
  static let firstNames = words(
    """
    Ada Aiko Alejandro Amara Amélie Ana Anders Anika Arjun Astrid Ayşe Beatriz Björn Carlos Chen \
    Chiara Daniel Deepa Diego Elena Emeka Emma Erik Fatima Felix Fernanda Gabriel Giulia Grace Hana \
    Hassan Hiroshi Ines Ivan Jack João Kavya Kenji Kofi Lars Leila Lucía Luka Magnus Maja Marek \
    Mariam Mateo Mei Mira Nadia Naveen Nia Noah Olga Oliver Omar Paula Pierre Priya Rafael Rania \
    Ravi Renée Rosa Samuel Sara Sebastián Sofia Sören Tarek Thandi Tomás Ulrike Valentina Vikram \
    Wanjiru Xavier Yuki Zainab Zoë
    """)

  static let lastNames = words(
    """
    Abara Adeyemi Almeida Andersson Banerjee Bauer Berg Bianchi Brandt Castillo Chandra Costa \
    Dahl Demir Dubois Eriksson Fernández Fischer Fontaine Fujita García Gupta Haddad Hansen Hoffmann \
    Ibrahim Ito Iyer Jansen Jensen Kamau Kapoor Keller Khan Kimura Kowalski Kumar Larsen Lefèvre \
    Lindqvist López Mahlangu Martins Mehta Meyer Moreau Müller Nakamura Ncube Nguyen Nowak Núñez \
    Okafor Oliveira Olsen Osei Park Patel Pereira Petrov Popescu Quintero Rahman Ramírez Reyes Rossi \
    Saito Santos Sharma Silva Singh Sørensen Tanaka Torres Usman Vargas Vogel Walker Wójcik Yamada \
    Yılmaz Zhang Ziegler
    """)

  static let companyFirst = words(
    """
    Acme Alder Amber Apex Atlas Aurora Birch Blue Bright Cedar Cobalt Copper Coral Crescent Delta \
    Ember Falcon Fern Fjord Garnet Granite Green Harbor Hazel Helix Indigo Iron Juniper Lumen Maple \
    Meridian Nimbus Nordic Oak Onyx Orbit Pebble Pine Polar Quartz Raven River Sable Saffron Silver \
    Summit Vector Willow
    """)

  static let companySecond = words(
    """
    Analytics Robotics Logistics Health Learning Payments Commerce Foods Textiles Motors Media \
    Energy Software Security Travel Insurance Retail Studios Devices Materials Networks Pharma \
    Publishing Solar Sports Telecom Tools Ventures Water Wear
    """)

  static let companyThird = [
    "", "Labs", "Group", "Works", "Partners", "Systems", "Holding", "Union",
  ]

  static let campaignWords = words(
    """
    Anchor Beacon Bridge Comet Compass Drift Echo Ember Flow Forge Glide Harvest Ignite Jetty Kite \
    Lantern Momentum Nova Orbit Pilot Pulse Quest Ramp Signal Spark Tide Uplift Velocity Wave Zenith
    """)

  static let subjectLines = [
    "We saved teams 27% on CPL", "Let’s boost pipeline this quarter",
    "Quick win: optimize your funnel", "A clearer view of your pipeline",
    "Your free audit is ready",
  ]

  static let callsToAction = [
    "Download Guide", "Book Demo", "Get Audit", "Learn More", "Start Trial",
  ]

  /// Time zones by region with their standard offset from UTC in minutes. Summer time is left out.
  static let timeZones: [String: [(name: String, offset: Int)]] = [
    "US": [
      ("America/New_York", -300), ("America/Chicago", -360), ("America/Denver", -420),
      ("America/Los_Angeles", -480),
    ],
    "EU": [
      ("Europe/Berlin", 60), ("Europe/Paris", 60), ("Europe/Madrid", 60), ("Europe/Oslo", 60),
      ("Europe/Warsaw", 60), ("Europe/Dublin", 0), ("Europe/Helsinki", 120),
    ],
    "India": [("Asia/Kolkata", 330)],
    "APAC": [
      ("Asia/Singapore", 480), ("Asia/Tokyo", 540), ("Australia/Sydney", 600),
      ("Asia/Jakarta", 420),
    ],
    "LATAM": [
      ("America/Sao_Paulo", -180), ("America/Mexico_City", -360), ("America/Bogota", -300),
    ],
    "MEA": [
      ("Asia/Dubai", 240), ("Africa/Johannesburg", 120), ("Africa/Nairobi", 180),
      ("Africa/Lagos", 60),
    ],
  ]

  /// What leads write, by intent; `{size}`, `{tool}` and `{when}` are filled in.
  static let messages: [String: [String]] = [
    "demo": [
      "Could you show us a demo {when}? We are {size} people and look at {tool}.",
      "We want to see how this works with {tool}. Who can walk us through it {when}?",
      "Please call me about a demo.\nOur team decides {when}.",
      "My CEO asked me to book a \"live demo\" {when}, thanks!",
    ],
    "pricing": [
      "What would a plan for {size} people cost, paid yearly?",
      "Please send a quote for {size} seats; we budget {when}.",
      "Is there a discount for {size} users, and what does onboarding cost?",
    ],
    "integration": [
      "Do you connect to {tool}? We need both directions, including custom fields.",
      "We run {tool} today. How long does a migration of {size} accounts take?",
    ],
    "security": [
      "Where is data stored, and do you have a SOC 2 report? Needed {when}.",
      "Our review needs your DPA, sub-processors and retention periods.",
    ],
    "general": [
      "Interested in learning more.", "Saw you at an event, please send information.",
      "Do you have case studies in our industry?", "Looking around for options to replace {tool}.",
    ],
    "none": [""],
    "research": [
      "I am a student and write my thesis about {tool}. May I ask you ten questions?",
      "For a university project: is there a free licence?",
    ],
    "vendor": [
      "We offer first-page rankings and 10,000 followers for your brand, reply YES.",
      "Our agency has {size} developers available at low rates. When can we talk?",
    ],
  ]

  static let tools = ["HubSpot", "Salesforce", "GA4", "Marketo", "Pipedrive", "spreadsheets"]
  static let moments = ["next week", "this month", "before the quarter ends", "in autumn", "soon"]

  static let interests = ["roi", "integration", "security", "roadmap", "pricing", "case studies"]

  /// What a conversation was last about, and the intent it shows, by what the lead asked for.
  static let summaries: [String: (summary: String, intent: String)] = [
    "demo": ("requested demo", "book_demo"), "pricing": ("asked about pricing", "negotiate"),
    "integration": ("interested in case studies", "download_asset"),
    "security": ("needs security details", "download_asset"),
    "general": ("interested in case studies", "download_asset"),
    "none": ("timeline Q3", "request_callback"), "research": ("timeline Q3", "download_asset"),
    "vendor": ("unsubscribed", "unsubscribe"),
  ]

  /// A typical head count of a size class.
  static let employees = [
    "1-10": 6, "11-50": 30, "51-200": 120, "201-1000": 500, "1001-5000": 2400, "5000+": 9000,
  ]

  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").map { String($0) }
  }

  private static let plainLetters: [Unicode.Scalar: String] = [
    "á": "a", "é": "e", "è": "e", "ë": "e", "í": "i", "ó": "o", "ö": "oe", "ø": "o", "ü": "ue",
    "ú": "u", "ñ": "n", "ã": "a", "ş": "s", "ı": "i",
  ]

  /// A name in lower-case ASCII, as it stands in addresses: `Sören` as `soeren`.
  static func plain(_ name: String, separator: String) -> String {
    var text = ""
    for scalar in name.lowercased().unicodeScalars {
      if scalar == " " {
        text += separator
      } else {
        text += plainLetters[scalar] ?? String(scalar)
      }
    }
    return text
  }
}
