/// Where moments fall in people's days. Times are seconds since the epoch, UTC.
enum SampleClock {
  /// How likely each local hour of a day is for business.
  private static let hours: [Double] = [
    0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 0.8, 2, 5, 8, 9, 8, 6, 7, 8, 8, 7, 5, 3, 2.5, 2, 1.5, 0.8, 0.4,
  ]

  /// The parts of a day that a person may prefer, as first and last local hour.
  static let preferredHours = [(9, 10), (11, 13), (14, 16), (18, 20)]

  /// A moment on the local day of `target`, or on Monday for most weekends, and later than `previous`.
  /// - Parameter offset: minutes east of UTC.
  /// - Parameter preferred: an index of `preferredHours`; `nil` for any hour as likely as it is.
  static func moment(
    near target: Int64, after previous: Int64, offset: Int, preferred: Int? = nil,
    using random: inout SampleRandom
  ) -> Int64 {
    var day = flooring(target + Int64(offset) * 60, by: SampleWorld.daySeconds)
    let weekday = (day % 7 + 11) % 7
    let isWorkedThrough = random.chance(0.12)
    if weekday == 6, !isWorkedThrough { day += 2 }
    if weekday == 0, !isWorkedThrough { day += 1 }
    let hour: Int
    if let preferred {
      hour = random.integer(preferredHours[preferred].0...preferredHours[preferred].1)
    } else {
      hour = random.index(weights: hours)
    }
    var moment =
      day * SampleWorld.daySeconds + Int64(hour * 3600 + random.integer(0...3599) - offset * 60)
    while moment <= previous { moment += SampleWorld.daySeconds }
    return moment
  }

  /// When a lead arrives: on a local day, on Friday for most weekends, and within a span of more than
  /// one day.
  static func arrival(
    onDayOf target: Int64, offset: Int, within span: ClosedRange<Int64>,
    using random: inout SampleRandom
  ) -> Int64 {
    var day = flooring(target + Int64(offset) * 60, by: SampleWorld.daySeconds)
    let weekday = (day % 7 + 11) % 7
    let isKept = random.chance(0.4)
    if weekday == 6, !isKept { day -= 1 }
    if weekday == 0, !isKept { day -= 2 }
    let hour = random.index(weights: hours)
    var moment =
      day * SampleWorld.daySeconds + Int64(hour * 3600 + random.integer(0...3599) - offset * 60)
    while moment > span.upperBound { moment -= SampleWorld.daySeconds }
    while moment < span.lowerBound { moment += SampleWorld.daySeconds }
    return moment
  }

  /// The local hour of a moment, 0–23.
  static func hour(_ moment: Int64, offset: Int) -> Int {
    let local = moment + Int64(offset) * 60
    return Int(
      (local - flooring(local, by: SampleWorld.daySeconds) * SampleWorld.daySeconds) / 3600)
  }

  /// The data set's spelling of a moment: ISO 8601 to the second, without a zone.
  static func text(_ moment: Int64) -> String {
    String(Timestamp(milliseconds: moment * 1000).iso8601.dropLast())
  }

  private static func flooring(_ value: Int64, by divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
