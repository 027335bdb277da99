import JSONRPC
import Marketing
import Testing

@Suite("LeadStore: search and values")
struct LeadSearchContract {
  /// Twelve leads that differ in every field that can be asked for.
  private static func fill(_ stores: Stores) async throws {
    let categories: [LeadCategory?] = [.campaignQualified, .coldLead, .generalInquiry, nil]
    for number in 0..<12 {
      var lead = Lead.bare("lead_\(number / 10)\(number % 10)", at: noon + .days(number / 2))
      lead.category = categories[number % 4]
      lead.status = LeadStatus.allCases[number % 5]
      lead.score = number % 3 == 0 ? nil : Double(number * 5)
      lead.lastActiveAt = number % 4 == 0 ? nil : noon + .days(20 - number)
      lead.source = number % 2 == 0 ? "Website" : "LinkedIn"
      lead.account.industry = ["FinTech", "Retail", "fintech"][number % 3]
      lead.account.companySize = number < 6 ? "1-10" : "5000+"
      lead.persona = number == 7 ? nil : "CMO"
      lead.region = "EU"
      lead.campaignID = number < 3 ? "CMP0001" : nil
      try await stores.add(lead)
    }
  }

  private static func ids(
    _ stores: Stores, _ build: (inout LeadQuery) -> Void
  ) async throws -> [String] {
    var query = LeadQuery()
    build(&query)
    let page = try await stores.leads.search(query, in: .default)
    #expect(page.total == page.leads.count)
    #expect(page.next == nil)
    return page.leads.map { String($0.id.rawValue.suffix(2)) }
  }

  @Test("conditions hold together", arguments: Backend.allCases)
  func filters(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await Self.fill(stores)
      #expect(
        try await Self.ids(stores) { $0.categories = [.coldLead, .generalInquiry] }
          == ["10", "09", "06", "05", "02", "01"])
      #expect(
        try await Self.ids(stores) { $0.statuses = [.new, .converted] }
          == ["10", "09", "04", "05", "00"].sorted(by: Self.latestFirst))
      #expect(
        try await Self.ids(stores) { $0.fields = [.industry: "FINTECH", .source: "website"] }
          == ["08", "06", "02", "00"])
      #expect(try await Self.ids(stores) { $0.fields = [.id: "LEAD_07"] } == ["07"])
      #expect(try await Self.ids(stores) { $0.fields = [.companySize: "5000"] }.isEmpty)
      #expect(try await Self.ids(stores) { $0.campaignID = "CMP0001" } == ["02", "00", "01"])
      #expect(
        try await Self.ids(stores) {
          $0.minimumScore = 20
          $0.maximumScore = 40
        } == ["08", "07", "04", "05"].sorted(by: Self.latestFirst))
      #expect(
        try await Self.ids(stores) {
          $0.createdFrom = noon + .days(2)
          $0.createdBefore = noon + .days(4)
        } == ["06", "07", "04", "05"])
      #expect(
        try await Self.ids(stores) {
          $0.statuses = [.new]
          $0.fields = [.persona: "cmo"]
          $0.maximumScore = 10
        }.isEmpty)
    }
  }

  /// By the days of `fill`, two leads a day, then by name.
  private static func latestFirst(_ left: String, _ right: String) -> Bool {
    guard let one = Int(left), let two = Int(right) else { return false }
    return (two / 2, one) < (one / 2, two)
  }

  @Test("each order, what has no value last, ties by name", arguments: Backend.allCases)
  func orders(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await Self.fill(stores)
      #expect(
        try await Self.ids(stores) { _ in }
          == ["10", "11", "08", "09", "06", "07", "04", "05", "02", "03", "00", "01"])
      #expect(
        try await Self.ids(stores) { $0.order = .scoreDescending }
          == ["11", "10", "08", "07", "05", "04", "02", "01", "00", "03", "06", "09"])
      #expect(
        try await Self.ids(stores) { $0.order = .lastActiveDescending }
          == ["01", "02", "03", "05", "06", "07", "09", "10", "11", "00", "04", "08"])
    }
  }

  @Test(
    "pages join without gap or repetition", arguments: Backend.allCases, LeadQuery.Order.allCases)
  func pages(backend: Backend, order: LeadQuery.Order) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await Self.fill(stores)
      var query = LeadQuery()
      query.order = order
      let all = try await stores.leads.search(query, in: .default).leads
      for limit in [1, 5, 12] {
        query.limit = limit
        query.after = nil
        var joined: [Lead] = []
        repeat {
          let page = try await stores.leads.search(query, in: .default)
          #expect(page.total == 12)
          #expect(page.leads.count <= limit)
          joined += page.leads
          query.after = page.next
        } while query.after != nil && joined.count <= 12
        #expect(joined == all)
      }
    }
  }

  @Test("a page goes on rightly when leads come and change between", arguments: Backend.allCases)
  func stable(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await Self.fill(stores)
      var query = LeadQuery()
      query.limit = 6
      let first = try await stores.leads.search(query, in: .default)
      try await stores.add(.bare("newest", at: noon + .days(30)))
      try await stores.add(.bare("between", at: noon + .days(2)))
      query.after = first.next
      query.limit = 200
      let second = try await stores.leads.search(query, in: .default)
      #expect(second.total == 14)
      #expect(
        second.leads.map(\.id.rawValue)
          == ["between", "lead_04", "lead_05", "lead_02", "lead_03", "lead_00", "lead_01"])
    }
  }

  @Test(
    "limits are kept within bounds", arguments: Backend.allCases, [(0, 1), (-5, 1), (1000, 12)])
  func limits(backend: Backend, bounds: (asked: Int, given: Int)) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await Self.fill(stores)
      var query = LeadQuery()
      query.limit = bounds.asked
      #expect(try await stores.leads.search(query, in: .default).leads.count == bounds.given)
    }
  }

  @Test(
    "words are found by their beginnings in any of the texts", arguments: Backend.allCases,
    [
      "zoe", "ZOË", "zo\u{65}\u{308}", "example", "Acme", "rock", "\"Rockets\"", "news acme",
      "zoe+news@acme.example", "demo; DROP", "spring", "120", "0.5", "end", "acme rockets as zoë",
      "demo!",
    ])
  func found(backend: Backend, text: String) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      try await stores.add(.bare("lead_2"))
      var query = LeadQuery()
      query.text = text
      let page = try await stores.leads.search(query, in: .default)
      #expect(page.leads.map(\.id.rawValue) == ["lead_1"])
      #expect(page.total == 1)
    }
  }

  @Test(
    "text that no lead holds finds none, whatever it is made of", arguments: Backend.allCases,
    [
      "ockets", "acme nobody", "fintech", "website", "*", "***", "\"", "\"\"", "'", "(", ")", "-",
      "NEAR(acme rockets)", "acme NOT rockets", "acme AND nobody", "words:acme", "^acmx", "{a b}:c",
      "acme* OR x", "\u{1F680}", "\u{1F680}\u{200D}\u{1F469}", "\u{0}", "%", "_", "\\", ";--",
      "source", "true", "\u{FFFD}", "ac\u{FF01}me",
    ])
  func notFound(backend: Backend, text: String) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      var query = LeadQuery()
      query.text = text
      let page = try await stores.leads.search(query, in: .default)
      #expect(page == LeadPage(leads: [], total: 0, next: nil))
    }
  }

  @Test("very long text is a text", arguments: Backend.allCases)
  func long(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var lead = Lead.bare("lead_1")
      let words = (0..<600).map { "word\($0)" }
      lead.message = words.joined(separator: " ")
      try await stores.add(lead)
      var query = LeadQuery()
      query.text = lead.message
      #expect(try await stores.leads.search(query, in: .default).total == 1)
      query.text = words.joined(separator: " ") + " word600"
      #expect(try await stores.leads.search(query, in: .default).total == 0)
      query.text = String(repeating: "x", count: 100_000)
      #expect(try await stores.leads.search(query, in: .default).total == 0)
    }
  }

  @Test("blank text asks for nothing", arguments: Backend.allCases, ["", " ", "\n\t\u{A0}"])
  func blank(backend: Backend, text: String) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await Self.fill(stores)
      var query = LeadQuery()
      query.text = text
      #expect(try await stores.leads.search(query, in: .default).total == 12)
    }
  }

  @Test("a changed lead is found by its new words, not by the old", arguments: Backend.allCases)
  func changedWords(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var lead = Lead.sample("lead_1")
      try await stores.add(lead)
      var query = LeadQuery()
      query.text = "rockets"
      #expect(try await stores.leads.search(query, in: .default).total == 1)
      lead.account.company = "Balloons Ltd"
      try await stores.update(lead)
      #expect(try await stores.leads.search(query, in: .default).total == 0)
      query.text = "balloons"
      #expect(try await stores.leads.search(query, in: .default).total == 1)
    }
  }

  @Test("words and conditions hold together, page by page", arguments: Backend.allCases)
  func wordsAndConditions(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for number in 0..<9 {
        var lead = Lead.sample("lead_\(number)", at: noon + .seconds(number))
        lead.status = number % 2 == 0 ? .open : .new
        try await stores.add(lead)
      }
      var query = LeadQuery()
      query.text = "acme demo"
      query.statuses = [.open]
      query.limit = 3
      let first = try await stores.leads.search(query, in: .default)
      #expect(first.total == 5)
      #expect(first.leads.map(\.id.rawValue) == ["lead_8", "lead_6", "lead_4"])
      query.after = first.next
      let second = try await stores.leads.search(query, in: .default)
      #expect(second.leads.map(\.id.rawValue) == ["lead_2", "lead_0"])
      #expect(second.next == nil)
    }
  }

  @Test("values come most frequent first, by prefix without case", arguments: Backend.allCases)
  func values(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let sources = ["Website", "web", "Website", "Webinar", "Ads", nil, "100% \"Web\"", "Ads"]
      for (number, source) in sources.enumerated() {
        var lead = Lead.bare("lead_\(number)")
        lead.source = source
        try await stores.add(lead)
      }
      func values(_ prefix: String, _ limit: Int = 10) async throws -> [String] {
        try await stores.leads.values(of: .source, prefix: prefix, limit: limit, in: .default)
      }
      #expect(try await values("") == ["Ads", "Website", "100% \"Web\"", "Webinar", "web"])
      #expect(try await values("WEB") == ["Website", "Webinar", "web"])
      #expect(try await values("web", 2) == ["Website", "Webinar"])
      #expect(try await values("100%") == ["100% \"Web\""])
      for none in ["%", "_eb", "webs\u{0}", "x"] { #expect(try await values(none).isEmpty) }
      #expect(try await values("web", 0).isEmpty)
      #expect(try await values("web", -3).isEmpty)
      #expect(
        try await stores.leads.values(of: .id, prefix: "LEAD_", limit: 3, in: .default)
          == ["lead_0", "lead_1", "lead_2"])
      #expect(
        try await stores.leads.values(of: .persona, prefix: "", limit: 3, in: .default).isEmpty)
    }
  }
}
