import Marketing

// The settings of how people are contacted.
extension SettingKey {
  /// When people may be called, and what is too much.
  static let engagementKeys: [SettingKey] = [
    integer(
      "engagement.opensAtMinute",
      "from this minute of a person's own day on calls and SMS are allowed; 480 is 8:00", 0...1439,
      \.engagement.quietHours.opensAtMinute),
    integer(
      "engagement.closesAtMinute",
      "from this minute of a person's own day on calls and SMS are not allowed; 1260 is 21:00",
      0...1440, \.engagement.quietHours.closesAtMinute),
    integer(
      "engagement.maximumUnanswered",
      "so many contacts without a response are followed by a rest", 1...1000,
      \.engagement.fatigue.maximumUnanswered),
    integer(
      "engagement.maximumComplaints",
      "with more complaints than this a person is not contacted any more", 0...1000,
      \.engagement.fatigue.maximumComplaints),
    decimal(
      "engagement.sendTimePriorWeight",
      "how many sends at the population's rate an hour is taken to have seen beforehand",
      0.01...100_000, \.engagement.sendTimePriorWeight),
    integer(
      "engagement.minimumChannelTrials", "with fewer contacts nothing is concluded about a channel",
      1...100_000, \.engagement.minimumChannelTrials),
  ]
}
