import Marketing

// The settings of the queue of work.
extension SettingKey {
  /// How soon work is due, and how often and how long it is tried.
  static let workKeys: [SettingKey] = [
    integer(
      "work.triageSeconds", "a lead is to be triaged within so many seconds of its receipt",
      1...86_400, \.work.urgency.triage.seconds),
    integer(
      "work.qualifiedSeconds",
      "a campaign-qualified lead is to be contacted within so many seconds of its receipt",
      1...604_800, \.work.urgency.campaignQualified.seconds),
    integer(
      "work.inquirySeconds", "a general inquiry is to be answered within so many seconds",
      1...2_592_000, \.work.urgency.generalInquiry.seconds),
    integer(
      "work.coldSeconds", "a cold lead is to be contacted within so many seconds of its receipt",
      1...31_536_000, \.work.urgency.coldLead.seconds),
    integer(
      "work.attempts", "work that an agent hands on is given up after so many attempts", 1...100,
      \.work.attempts),
    integer(
      "work.retrySeconds",
      "what failed is tried again within so many seconds, then within twice as many",
      1...3600, \.work.backoff.base.seconds),
    integer(
      "work.retryMostSeconds", "what failed waits for so many seconds at most", 1...86_400,
      \.work.backoff.most.seconds),
    integer(
      "work.keepDoneDays", "work that is done is kept for so many days", 0...3650,
      \.work.keepsDone.wholeDays),
  ]
}

extension Duration {
  fileprivate var seconds: Int {
    get { Int(components.seconds) }
    set { self = .seconds(newValue) }
  }

  fileprivate var wholeDays: Int {
    get { seconds / 86_400 }
    set { self = .days(newValue) }
  }
}
