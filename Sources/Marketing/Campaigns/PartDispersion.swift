/// How much more the days of variants or segments vary than chance allows: Pearson's χ² ÷ its degrees of
/// freedom, at least 1 (McCullagh and Nelder, "Generalized Linear Models", 2nd edition, 1989, 4.5). What all
/// parts of a channel have in common on a day, and by how much one part is better on all days, is no scatter.
struct PartDispersion: Sendable, Hashable {
  /// The factor of the variance, 1 and up.
  let value: Double
  /// The degrees of freedom that it is known from, above 0.
  let degrees: Double

  /// With fewer days of two parts at once nothing is said.
  static let leastDays = 7
  /// Nor with fewer events for each day of a part, of days with any.
  static let leastEvents = 2.0
  /// The most rounds of fitting days and parts to each other; a few are enough.
  private static let rounds = 20

  private struct Cell {
    let day: Int
    let part: Int
    let events: Double
    let exposure: Double
  }

  /// The scatter of parts within a window, all channels together.
  /// - Returns: `nil` where there are too few days or events to tell.
  init?(
    of parts: [CampaignSeries.Part], _ measure: PartContrast.Measure, over window: CampaignWindow
  ) {
    var (square, degrees, most) = (0.0, 0.0, 0)
    var (events, cells) = (0.0, 0.0)
    var channels: [String?] = []
    for part in parts where !channels.contains(part.channel) { channels.append(part.channel) }
    for channel in channels {
      let own = Self.cells(parts.filter { $0.channel == channel }, measure, over: window)
      let (days, columns) = (Set(own.map(\.day)).count, Set(own.map(\.part)).count)
      guard days > 1, columns > 1 else { continue }
      most = max(most, days)
      events += own.reduce(0) { $0 + $1.events }
      cells += Double(own.count)
      square += Self.pearson(own, isShare: measure.isShare, days: window.length, parts: parts.count)
      degrees += Double(own.count - days - columns + 1)
    }
    guard most >= Self.leastDays, degrees >= Double(Self.leastDays - 1),
      events >= Self.leastEvents * cells
    else { return nil }
    value = max(1, square / degrees)
    self.degrees = degrees
  }

  /// The days of parts that ran beside another one. Parts and days without any event tell of no scatter.
  private static func cells(
    _ parts: [CampaignSeries.Part], _ measure: PartContrast.Measure, over window: CampaignWindow
  ) -> [Cell] {
    var cells: [Cell] = []
    var running = [Int](repeating: 0, count: window.length)
    var happened = [Double](repeating: 0, count: window.length)
    for (number, part) in parts.enumerated() {
      guard measure.events(part.sums(over: window).all) > 0 else { continue }
      for day in part.days.within(window) {
        let exposure = measure.exposure(day.figures)
        guard exposure > 0 else { continue }
        let place = day.day - window.first
        let events = measure.events(day.figures)
        running[place] += 1
        happened[place] += events
        cells.append(Cell(day: place, part: number, events: events, exposure: exposure))
      }
    }
    return cells.filter { running[$0.day] > 1 && happened[$0.day] > 0 }
  }

  /// χ² around rates that are a day's times a part's.
  private static func pearson(_ cells: [Cell], isShare: Bool, days: Int, parts: Int) -> Double {
    var ofPart = [Double](repeating: 1, count: parts)
    var ofDay = [Double](repeating: 0, count: days)
    for _ in 0..<rounds {
      ofDay = factors(cells, count: days, of: \.day, beside: { ofPart[$0.part] })
      let next = factors(cells, count: parts, of: \.part, beside: { ofDay[$0.day] })
      let isSettled = zip(next, ofPart).allSatisfy { abs($0 - $1) <= 1e-6 * $1 }
      ofPart = next
      if isSettled { break }
    }
    return cells.reduce(0) { sum, cell in
      let rate = ofDay[cell.day] * ofPart[cell.part]
      let variance = cell.exposure * rate * (isShare ? max(0, 1 - rate) : 1)
      guard variance > 0 else { return sum }
      let rest = cell.events - cell.exposure * rate
      return sum + rest * rest / variance
    }
  }

  /// Events ÷ what the other factor makes of the exposures, by day or by part.
  private static func factors(
    _ cells: [Cell], count: Int, of place: (Cell) -> Int, beside other: (Cell) -> Double
  ) -> [Double] {
    var events = [Double](repeating: 0, count: count)
    var expected = events
    for cell in cells {
      events[place(cell)] += cell.events
      expected[place(cell)] += cell.exposure * other(cell)
    }
    return zip(events, expected).map { $1 > 0 ? $0 / $1 : 0 }
  }
}
