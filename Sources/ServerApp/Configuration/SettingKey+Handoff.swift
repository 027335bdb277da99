import Marketing

// The settings of how leads are handed over.
extension SettingKey {
  /// How long offers and leases stand, who decides where no packet is good enough, and how often is looked.
  static let handoffKeys: [SettingKey] = [
    integer(
      "handoff.offerSeconds", "so many seconds an offer stands where the sender does not say",
      1...604_800, \.handoff.offerLifetime.seconds),
    integer(
      "handoff.leaseSeconds",
      "so many seconds a receiver has a lead to itself where it does not say", 1...86_400,
      \.handoff.lease.seconds),
    integer(
      "handoff.escalationMinutes",
      "within so many minutes a person is to decide about a handoff that is not good enough",
      1...43_200, \.handoff.escalationLifetime.minutes),
    text(
      "handoff.escalationOwner",
      "who is to decide about a handoff that is not good enough where the sender does not say",
      accepts: "a name of 1 to 100 characters", show: { $0.handoff.escalationOwner },
      set: { text, configuration in
        guard (1...100).contains(text.count) else { return false }
        configuration.handoff.escalationOwner = text
        return true
      }),
    integer(
      "handoff.retryMilliseconds",
      "what is not good enough is collected anew within so many milliseconds, then within twice as many",
      1...10_000, \.handoff.backoff.base.milliseconds),
    integer(
      "handoff.checkSeconds", "every so many seconds offers are ended whose time is over", 1...3600,
      \.handoff.checkInterval.seconds),
  ]
}

extension Duration {
  fileprivate var milliseconds: Int {
    get { Int(wholeMilliseconds) }
    set { self = .milliseconds(newValue) }
  }

  fileprivate var seconds: Int {
    get { Int(components.seconds) }
    set { self = .seconds(newValue) }
  }

  fileprivate var minutes: Int {
    get { seconds / 60 }
    set { self = .seconds(newValue * 60) }
  }
}
