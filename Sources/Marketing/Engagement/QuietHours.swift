/// When people may be called or texted, by their own clocks.
package struct QuietHours: Sendable, Hashable {
  /// From this minute of the day on, 0–1439.
  package var opensAtMinute = 8 * 60
  /// Up to this minute of the day, which is not allowed any more, 0–1440. Before `opensAtMinute` it is the
  /// next day's; the same minute allows nothing, rather than the night.
  package var closesAtMinute = 21 * 60

  /// The longest search for an allowed moment: beyond a week the same hours only come again.
  private static let horizon = Duration.days(8)

  /// The specification's hours.
  package init() {}

  /// Other hours.
  package init(opensAtMinute: Int, closesAtMinute: Int) {
    self.opensAtMinute = opensAtMinute
    self.closesAtMinute = closesAtMinute
  }

  /// Whether a moment is allowed in every zone.
  package func allows(_ moment: Timestamp, in zones: [ZoneRules]) -> Bool {
    zones.allSatisfy { allows($0.localTime(at: moment)) }
  }

  /// The first moment, this one or later, that is allowed in every zone.
  /// - Returns: `nil` when there is none within eight days: the zones' hours never meet.
  package func earliest(from moment: Timestamp, in zones: [ZoneRules]) -> Timestamp? {
    guard opensAtMinute != closesAtMinute || zones.isEmpty else { return nil }
    var candidate = moment
    while candidate - moment <= Self.horizon {
      let openings = zones.compactMap { opening(from: candidate, in: $0) }
      guard openings.count == zones.count, let last = openings.max() else {
        return zones.isEmpty ? candidate : nil
      }
      if last == candidate { return candidate }
      candidate = last
    }
    return nil
  }

  private func allows(_ time: LocalTime) -> Bool {
    let minute = Int(time.millisecondsOfDay / 60_000)
    if opensAtMinute <= closesAtMinute {
      return minute >= opensAtMinute && minute < closesAtMinute
    }
    return minute >= opensAtMinute || minute < closesAtMinute
  }

  /// Between two changes of the offset local time runs evenly: within such a stretch the next opening is known,
  /// and at its end one looks again. So a gap may open the day later or at once, and an overlap close it twice.
  private func opening(from moment: Timestamp, in zone: ZoneRules) -> Timestamp? {
    var candidate = moment
    while candidate - moment <= Self.horizon {
      let local = zone.localTime(at: candidate)
      if allows(local) { return candidate }
      var wait = Int64(opensAtMinute) * 60_000 - local.millisecondsOfDay
      if wait <= 0 { wait += 86_400_000 }
      let opening = candidate + .milliseconds(wait)
      guard let change = zone.nextTransition(after: candidate), change <= opening else {
        return opening
      }
      candidate = change
    }
    return nil
  }
}
