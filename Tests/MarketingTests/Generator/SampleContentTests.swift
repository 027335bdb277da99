import JSONRPC
import Marketing
import Testing

@Suite("content of the sample data set")
struct SampleContentTests {
  private var sample: SampleHarness { .shared }
  private var leads: [Lead] { sample.imported.leads }

  private func email(_ text: String) -> String {
    let parts = text.lowercased().split(separator: "@")
    return parts[0].prefix { $0 != "+" } + "@" + parts[1]
  }

  @Test("two leads in a hundred are planted duplicates, and no others share a person's marks")
  func duplicates() {
    let planted = sample.truths.count { $0.duplicateOf != nil }
    #expect((0.012...0.03).contains(Double(planted) / 2000), "\(planted)")
    var seen: [String: Int] = [:]
    for (index, lead) in leads.enumerated() {
      var marks: [String] = []
      if let address = lead.contact.email { marks.append("e " + email(address)) }
      if let phone = lead.contact.phone {
        marks.append("p " + phone.filter { $0.isNumber })
      }
      if let name = lead.contact.name, let company = lead.account.company {
        marks.append("n \(company)\n\(name)".lowercased())
      }
      let earlier = Set(marks.compactMap { seen[$0] })
      if let original = sample.truths[index].duplicateOf {
        #expect(original <= index)
        #expect(!earlier.isEmpty, "\(lead.id) repeats lead \(original) and shares nothing")
      } else {
        #expect(earlier.isEmpty, "\(lead.id) repeats a lead by accident")
      }
      for mark in marks where seen[mark] == nil { seen[mark] = index }
    }
  }

  @Test("companies are shared, and all domains lie under .example")
  func companies() {
    let byCompany = Dictionary(grouping: leads) { $0.account.company ?? "" }
    #expect(byCompany[""] == nil)
    #expect(byCompany.count < 700)
    #expect(byCompany.values.contains { $0.count >= 20 })
    for lead in leads {
      #expect(lead.contact.email?.lowercased().hasSuffix(".example") == true)
      if let domain = lead.account.domain { #expect(domain.hasSuffix(".example")) }
    }
    for (_, members) in byCompany { #expect(Set(members.compactMap(\.account.domain)).count <= 1) }
  }

  @Test("bands, consent, gaps and unsubscribes are as realistic as documented")
  func shares() {
    func share(_ matches: (Lead) -> Bool) -> Double { Double(leads.count(where: matches)) / 2000 }
    #expect((0.21...0.29).contains(share { $0.category == .campaignQualified }))
    #expect((0.31...0.39).contains(share { $0.category == .generalInquiry }))
    #expect((0.6...0.76).contains(share { $0.hasConsent == true }))
    #expect((0.06...0.14).contains(share { $0.contact.phone == nil }))
    #expect((0.01...0.06).contains(share { $0.account.companySize == nil }))
    #expect(leads.allSatisfy { $0.contact.timeZone?.contains("/") == true })
    let interactions = sample.imported.interactions
    let unsubscribes = interactions.count { $0.outcome == .unsubscribe }
    let part = Double(unsubscribes) / Double(interactions.count)
    #expect((0.005...0.015).contains(part), "\(part)")
  }

  @Test("nothing happens before a lead comes in, after the end, or after an unsubscribe")
  func timeOrder() {
    let created = Dictionary(uniqueKeysWithValues: leads.map { ($0.id, $0.createdAt) })
    var left: [LeadID: Timestamp] = [:]
    var last: [LeadID: Timestamp] = [:]
    for event in sample.imported.interactions {
      #expect(event.occurredAt <= SampleHarness.now)
      #expect(event.occurredAt >= created[event.leadID] ?? SampleHarness.now)
      #expect(event.occurredAt >= last[event.leadID] ?? event.occurredAt)
      last[event.leadID] = event.occurredAt
      if let left = left[event.leadID], !event.kind.isFromLead {
        #expect(event.occurredAt <= left, "\(event.id) touches a lead that unsubscribed")
      }
      if event.outcome == .unsubscribe { left[event.leadID] = event.occurredAt }
    }
    for outcome in sample.imported.outcomes {
      #expect(outcome.occurredAt <= SampleHarness.now)
      #expect(outcome.occurredAt > created[outcome.leadID] ?? SampleHarness.now)
    }
    for lead in leads { #expect(lead.lastActiveAt ?? lead.createdAt >= lead.createdAt) }
  }

  @Test("leads without consent get one message at most")
  func consent() {
    let silent = Set(leads.filter { $0.hasConsent == false }.map(\.id))
    var touches: [LeadID: Int] = [:]
    for event in sample.imported.interactions where !event.kind.isFromLead {
      touches[event.leadID, default: 0] += 1
    }
    #expect(silent.allSatisfy { touches[$0] ?? 0 <= 1 })
    #expect(touches.values.contains { $0 > 3 })
  }

  @Test("people are awake: most events lie between 7 and 21 o'clock where the lead lives")
  func hours() {
    let offsets = ["Asia/Kolkata": 330, "Asia/Tokyo": 540, "America/Los_Angeles": -480]
    let zones = Dictionary(uniqueKeysWithValues: leads.map { ($0.id, $0.contact.timeZone ?? "") })
    var byHour = [Int](repeating: 0, count: 24)
    for event in sample.imported.interactions {
      guard let offset = zones[event.leadID].flatMap({ offsets[$0] }) else { continue }
      let minutes = Int(event.occurredAt.milliseconds / 60_000) + offset
      byHour[minutes / 60 % 24] += 1
    }
    let all = byHour.reduce(0, +)
    #expect(all > 500)
    #expect(Double(byHour[7..<21].reduce(0, +)) / Double(all) > 0.8)
    #expect(Double(byHour.max() ?? 0) / Double(all) < 0.2)
  }

  @Test("some buy again, more than once")
  func repeatBuyers() {
    let purchases = sample.imported.outcomes.filter { $0.conversionType == .purchase }
    let counts = Dictionary(grouping: purchases, by: \.leadID).mapValues(\.count)
    #expect(counts.count > 50)
    #expect(Double(counts.values.count { $0 > 1 }) / Double(counts.count) > 0.3)
    #expect(counts.values.contains { $0 > 3 })
    #expect(purchases.allSatisfy { $0.value?.amount ?? 0 > 0 && $0.value?.currency == "USD" })
  }

  @Test("an insightful variant gets more clicks than a playful one")
  func variants() throws {
    let tones = Dictionary(
      uniqueKeysWithValues: try #require(sample.imported.raw["ab_variants"]).map {
        ($0.key, $0.cells["tone"]?.stringValue ?? "")
      })
    var sent: [String: Int] = [:]
    var clicked: [String: Int] = [:]
    for event in sample.imported.interactions {
      guard let tone = event.variantID.flatMap({ tones[$0] }) else { continue }
      if event.kind == .emailSent { sent[tone, default: 0] += 1 }
      if event.kind == .emailClick { clicked[tone, default: 0] += 1 }
    }
    func rate(_ tone: String) -> Double {
      Double(clicked[tone] ?? 0) / Double(max(1, sent[tone] ?? 0))
    }
    #expect(rate("Insightful") > 1.3 * rate("Playful"))
  }

  @Test("a campaign's days agree with the leads and conversions, for 30 days at least")
  func campaignDays() throws {
    let days = try #require(sample.imported.raw["campaign_daily"])
    func number(_ row: RawRow, _ column: String) -> Double {
      row.cells[column]?.stringValue.flatMap { Double($0) } ?? .nan
    }
    var count: [String: Int] = [:]
    var leadSum = 0.0
    for row in days {
      count[row.cells["campaign_id"]?.stringValue ?? "", default: 0] += 1
      leadSum += number(row, "leads_created")
      let (impressions, clicks) = (number(row, "impressions"), number(row, "clicks"))
      let (leads, cost) = (number(row, "leads_created"), number(row, "cost_usd"))
      #expect(impressions >= clicks && clicks >= leads)
      if impressions > 0 { #expect(abs(number(row, "ctr") - clicks / impressions) < 0.0001) }
      if leads > 0 { #expect(abs(number(row, "cpl_usd") - cost / leads) < 0.01) }
      if cost > 0 { #expect(abs(number(row, "roas") - number(row, "revenue_usd") / cost) < 0.01) }
    }
    #expect(leadSum == 2000)
    #expect(count.count == sample.imported.campaigns.count)
    #expect(count.values.allSatisfy { $0 >= 30 })
    func total(_ campaign: String, _ column: String) -> Double {
      days.filter { $0.cells["campaign_id"] == .string(campaign) }
        .reduce(0) { $0 + number($1, column) }
    }
    #expect(total("CMP0003", "clicks") / total("CMP0003", "impressions") < 0.012)
    #expect(total("CMP0005", "cost_usd") / total("CMP0005", "clicks") > 10)
    #expect(total("CMP0001", "clicks") / total("CMP0001", "impressions") > 0.015)
  }

  @Test("memory agrees with the leads, and the graph repeats itself now and then")
  func memory() throws {
    let regions = Dictionary(uniqueKeysWithValues: leads.map { ($0.id, $0.region) })
    for row in try #require(sample.imported.raw["memory_long_term"]) {
      let lead = try #require(row.leadID)
      #expect(row.cells["region"]?.stringValue == regions[lead])
      let score = try #require(row.cells["rfm_score"]?.stringValue.flatMap { Double($0) })
      #expect((0...1).contains(score))
      #expect(row.cells["preferences_json"]?["preferred_channels"]?[0] != nil)
    }
    let triples = try #require(sample.imported.raw["semantic_kg_triples"])
    let repeats = triples.count { $0.key.hasSuffix("-2") }
    #expect((2...30).contains(repeats), "\(repeats)")
    #expect(Set(triples.map(\.key)).count == triples.count)
  }
}
