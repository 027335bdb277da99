import Marketing
import Testing

@Suite struct WorkItemTests {
  private static let now = Timestamp(milliseconds: 1_752_580_800_000)

  @Test func theKeySaysWhatIsTheSameWork() {
    func key(_ lead: LeadID?, _ subject: String?, _ key: String? = nil) -> String {
      WorkDraft(
        id: "work_1", kind: .engageLead, role: "engagement", leadID: lead, subject: subject,
        key: key, dueAt: Self.now
      ).key
    }
    #expect(key("L1", "handoff_1") == "engage_lead:engagement:L1:handoff_1")
    #expect(key("L1", nil) == "engage_lead:engagement:L1:")
    #expect(key(nil, nil) == "engage_lead:engagement:::work_1")
    #expect(key("L1", "handoff_1", "own") == "own")
  }

  @Test func theNumberOfAClaimOnlyRises() {
    var item = WorkItem(
      WorkDraft(
        id: "work_1", kind: .triageLead, role: "triage", dueAt: Self.now, maxAttempts: 0),
      at: Self.now)
    #expect(item.maxAttempts == 1)
    let end = Self.now + .seconds(5)
    item.claim(by: "a", until: end, at: Self.now)
    #expect(!item.hasRunOut(at: Self.now) && item.hasRunOut(at: end))
    item.giveBack(because: nil, at: Self.now)
    #expect(item.attempts == 0 && item.claim == 1 && item.leaseUntil == nil)
    item.claim(by: "b", until: end, at: Self.now)
    #expect(!item.isHeld(1) && item.isHeld(2))
    item.takeBack(at: end)
    #expect(item.state == .dead && !item.isHeld(2) && !item.isReady(at: end))
    item.requeue(at: end)
    #expect(item.isReady(at: end) && item.attempts == 0 && item.claim == 2)
  }
}
