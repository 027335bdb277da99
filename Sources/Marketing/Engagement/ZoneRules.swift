/// A time zone's offsets from UTC over a stretch of years. Outside of it the nearest offset holds.
package struct ZoneRules: Sendable, Hashable {
  /// A change of the offset.
  package struct Transition: Sendable, Hashable {
    /// The first moment of the new offset.
    package let at: Timestamp
    /// Seconds east of UTC from then on.
    package let offsetSeconds: Int

    /// A change.
    package init(at: Timestamp, offsetSeconds: Int) {
      self.at = at
      self.offsetSeconds = offsetSeconds
    }
  }

  /// The IANA name, for example `Asia/Kathmandu`.
  package let name: String
  /// Seconds east of UTC before the first change.
  package let offsetSeconds: Int
  /// The changes, the earliest first.
  package let transitions: [Transition]

  /// Rules.
  package init(name: String, offsetSeconds: Int, transitions: [Transition] = []) {
    self.name = name
    self.offsetSeconds = offsetSeconds
    self.transitions = transitions.sorted { $0.at < $1.at }
  }

  /// Seconds east of UTC.
  package func offset(at moment: Timestamp) -> Int {
    let place = firstTransition(after: moment)
    return place > 0 ? transitions[place - 1].offsetSeconds : offsetSeconds
  }

  /// When the offset changes next; `nil` when it stays.
  package func nextTransition(after moment: Timestamp) -> Timestamp? {
    let place = firstTransition(after: moment)
    return place < transitions.count ? transitions[place].at : nil
  }

  /// What clocks and calendars show there.
  package func localTime(at moment: Timestamp) -> LocalTime {
    LocalTime(milliseconds: moment.milliseconds + Int64(offset(at: moment)) * 1000)
  }

  private func firstTransition(after moment: Timestamp) -> Int {
    var (low, high) = (0, transitions.count)
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].at <= moment { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// What clocks show in a zone.
package struct LocalTime: Sendable, Hashable {
  /// Milliseconds since midnight, 0 to 86,399,999.
  package let millisecondsOfDay: Int64
  /// The day of the week: 0 for Monday to 6 for Sunday.
  package let weekday: Int

  fileprivate init(milliseconds: Int64) {
    let day = Int64(86_400_000)
    var (days, rest) = milliseconds.quotientAndRemainder(dividingBy: day)
    if rest < 0 { (days, rest) = (days - 1, rest + day) }
    millisecondsOfDay = rest
    // 1970-01-01 was a Thursday.
    let weekday = Int((days + 3) % 7)
    self.weekday = weekday < 0 ? weekday + 7 : weekday
  }

  /// The hour of the day, 0–23.
  package var hour: Int { Int(millisecondsOfDay / 3_600_000) }
  /// The hour of the week, 0 for Monday's first to 167.
  package var hourOfWeek: Int { weekday * 24 + hour }
}
