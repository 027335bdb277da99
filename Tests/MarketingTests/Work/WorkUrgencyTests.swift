import Marketing
import Testing

@Suite struct WorkUrgencyTests {
  private static let received = Timestamp(milliseconds: 1_752_580_800_000)

  static let cases: [(WorkKind, LeadCategory?, Duration)] = [
    (.triageLead, nil, .seconds(60)), (.triageLead, .coldLead, .seconds(60)),
    (.engageLead, .campaignQualified, .seconds(300)),
    (.engageLead, .generalInquiry, .seconds(3600)), (.engageLead, .coldLead, .days(1)),
    (.engageLead, nil, .seconds(3600)),
  ]

  @Test(arguments: cases.indices) func speedToLeadDecides(_ index: Int) {
    let (kind, category, wait) = Self.cases[index]
    let due = WorkUrgency().dueAt(kind, category: category, receivedAt: Self.received)
    #expect(due == Self.received + wait)
  }

  @Test func timesAreSettings() {
    var urgency = WorkUrgency()
    urgency.coldLead = .seconds(1)
    let due = urgency.dueAt(.engageLead, category: .coldLead, receivedAt: Self.received)
    #expect(due == Self.received + .seconds(1))
  }
}
