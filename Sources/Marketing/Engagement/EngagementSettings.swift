/// What an operator may change about when and how people are contacted. No code holds the defaults a second
/// time.
package struct EngagementSettings: Sendable, Hashable {
  /// When people may be called or texted.
  package var quietHours = QuietHours()
  /// The channels that keep quiet hours.
  package var quietChannels: Set<OutreachChannel> = [.phone, .sms]
  /// The channels on which a lead's general consent is enough for marketing; on others it needs one of its own,
  /// or to be the channel that the lead prefers.
  package var generalConsentChannels: Set<OutreachChannel> = [
    .email, .phone, .chat, .webhook, .calendar,
  ]
  /// What needs no consent as long as none was taken back.
  package var purposesWithoutConsent: Set<OutreachPurpose> = [.reply, .service]
  /// What is neither capped nor tiring: the person waits for it.
  package var purposesWithoutCaps: Set<OutreachPurpose> = [.reply, .service]
  /// How many messages may answer what a lead wrote, within a day.
  package var answersToAQuestion = 3
  /// How often somebody is contacted at most, over all campaigns.
  package var caps = [
    FrequencyCap(limit: 3, window: .days(1)), FrequencyCap(limit: 5, window: .days(7)),
    FrequencyCap(limit: 1, window: .days(1), channels: [.sms]),
  ]
  /// When somebody has had enough.
  package var fatigue = Fatigue()
  /// How many sends at the population's rate an hour is taken to have seen beforehand.
  package var sendTimePriorWeight = 20.0
  /// How far an hour tells of its neighbours: the standard deviation of the kernel, in hours.
  package var sendTimeKernelHours = 1.0
  /// The rate of clicks and replies to begin with, where nothing was ever sent, 0–1.
  package var sendTimeBaseRate = 0.02
  /// How long a message waits for a good hour at most.
  package var sendTimeWindow = Duration.days(1)
  /// How long a gate may put a step off before it is given up.
  package var longestDeferral = Duration.days(14)
  /// With fewer attempts nothing is concluded about a channel.
  package var minimumChannelTrials = 5
  /// How many contacts at the rate of all channels a channel is taken to have seen beforehand.
  package var channelPriorWeight = 20.0

  /// The defaults.
  package init() {}

  /// Every setting that makes no sense; empty when all do. Fields are JSON Pointers to the properties.
  package func problems() -> [FieldError] {
    var problems: [FieldError] = []
    func check(_ holds: Bool, _ field: String, _ found: some Any, _ expected: String) {
      guard !holds else { return }
      problems.append(FieldError(field: "/\(field)", found: "\(found)", expected: expected))
    }
    check(
      (0..<1440).contains(quietHours.opensAtMinute), "quietHours/opensAtMinute",
      quietHours.opensAtMinute, "a minute of the day, 0 to 1439")
    check(
      (0...1440).contains(quietHours.closesAtMinute), "quietHours/closesAtMinute",
      quietHours.closesAtMinute, "a minute of the day, 0 to 1440")
    check(
      quietHours.opensAtMinute != quietHours.closesAtMinute, "quietHours/closesAtMinute",
      quietHours.closesAtMinute,
      "another minute than opensAtMinute: 0 and 1440 allow the whole day")
    check(
      caps.allSatisfy { $0.limit >= 1 && $0.window > .zero }, "caps", caps.map(\.limit),
      "limits of 1 and more in windows longer than nothing")
    check(
      fatigue.maximumUnanswered >= 1, "fatigue/maximumUnanswered", fatigue.maximumUnanswered,
      "1 or more")
    check(
      fatigue.maximumComplaints >= 0, "fatigue/maximumComplaints", fatigue.maximumComplaints,
      "0 or more")
    check(
      sendTimePriorWeight > 0 && sendTimePriorWeight.isFinite, "sendTimePriorWeight",
      sendTimePriorWeight, "a number of sends above 0")
    check(
      sendTimeKernelHours > 0 && sendTimeKernelHours <= 24, "sendTimeKernelHours",
      sendTimeKernelHours, "above 0 and up to 24 hours")
    check(
      sendTimeBaseRate > 0 && sendTimeBaseRate < 1, "sendTimeBaseRate", sendTimeBaseRate,
      "a rate above 0 and below 1")
    check(
      minimumChannelTrials >= 1, "minimumChannelTrials", minimumChannelTrials, "1 or more")
    check(
      channelPriorWeight > 0 && channelPriorWeight.isFinite, "channelPriorWeight",
      channelPriorWeight, "a number of contacts above 0")
    return problems
  }
}
