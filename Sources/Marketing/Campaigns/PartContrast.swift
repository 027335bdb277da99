#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How one variant or segment differs from the others of the same channels.
package struct PartContrast: Sendable, Hashable {
  /// The variant's or segment's name.
  package var name: String
  /// What it did.
  package var figures: CampaignFigures
  /// Its events.
  package var events: Double
  /// What they are events of: impressions, clicks or money.
  package var exposure: Double
  /// The events of the others.
  package var otherEvents: Double
  /// What those are events of.
  package var otherExposure: Double
  /// The events that it would have if it did as its channels do as a whole, channel by channel.
  package var expected: Double
  /// The events that it would have if it did as the others do, channel by channel.
  package var expectedOfOthers: Double
  /// How far its events are from what chance allows, in standard errors; below 0 where it does worse.
  package var z: Double
  /// The chance of that or more on either side if it did not differ, allowing for all parts (Holm).
  package var p: Double
  /// How much more the parts' days vary than chance allows, 1 and up; the errors are larger by its root.
  package var dispersion: Double
  /// Whether there were days and events enough to tell; else 1 is taken, so `z` may be too large.
  package var isDispersionKnown: Bool

  /// Its rate.
  package var rate: Double { events / exposure }
  /// Its rate relative to that of the others in its channels; 1 is the same.
  package var ratio: Double { expectedOfOthers > 0 ? events / expectedOfOthers : 1 }
  /// The rate of the others, weighted by what it has of each channel.
  package var rateOfOthers: Double { expectedOfOthers / exposure }

  /// What is compared.
  package enum Measure: Sendable, Hashable {
    /// Clicks of impressions.
    case ctr
    /// Conversions of clicks.
    case conversionsPerClick
    /// Conversions for the money.
    case conversionsPerSpend

    /// Of money only days count that the cost is known of.
    func figures(_ sums: CampaignSums) -> CampaignFigures {
      self == .conversionsPerSpend ? sums.costed : sums.all
    }

    func events(_ figures: CampaignFigures) -> Double {
      switch self {
      case .ctr: Double(min(figures.clicks, figures.impressions))
      case .conversionsPerClick: Double(min(figures.conversions, figures.clicks))
      case .conversionsPerSpend: Double(figures.conversions)
      }
    }

    func exposure(_ figures: CampaignFigures) -> Double {
      switch self {
      case .ctr: Double(figures.impressions)
      case .conversionsPerClick: Double(figures.clicks)
      case .conversionsPerSpend: figures.spend ?? 0
      }
    }

    /// Whether events are a share of what they are of, so vary less than counts do.
    var isShare: Bool { self != .conversionsPerSpend }
  }

  /// Compares every part with the others of the same channel, channels put together (Mantel and Haenszel,
  /// "Statistical Aspects of the Analysis of Data From Retrospective Studies of Disease", 1959), with errors
  /// as large as their days scatter (see `PartDispersion`).
  /// - Parameters:
  ///   - parts: variants or segments; those with a name in several channels are one.
  ///   - window: the days.
  /// - Returns: the parts that something can be said of, the worst first; none where no channel has two.
  package static func all(
    _ parts: [CampaignSeries.Part], _ measure: Measure, over window: CampaignWindow
  ) -> [PartContrast] {
    struct Cell {
      let place: Int
      let events: Double
      let exposure: Double
    }
    var places: [String: Int] = [:]
    var found: [PartContrast] = []
    var variances: [Double] = []
    var channels: [(name: String?, cells: [Cell])] = []
    for part in parts {
      let figures = measure.figures(part.sums(over: window))
      let exposure = measure.exposure(figures)
      guard exposure > 0 else { continue }
      let place = places[part.name] ?? found.count
      if place == found.count {
        places[part.name] = place
        found.append(PartContrast(name: part.name))
        variances.append(0)
      }
      found[place].figures += figures
      let cell = Cell(place: place, events: measure.events(figures), exposure: exposure)
      if let channel = channels.firstIndex(where: { $0.name == part.channel }) {
        channels[channel].cells.append(cell)
      } else {
        channels.append((part.channel, [cell]))
      }
    }
    for (_, cells) in channels where cells.count > 1 {
      let events = cells.reduce(0) { $0 + $1.events }
      let exposure = cells.reduce(0) { $0 + $1.exposure }
      for cell in cells {
        let share = cell.exposure / exposure
        found[cell.place].events += cell.events
        found[cell.place].exposure += cell.exposure
        found[cell.place].otherEvents += events - cell.events
        found[cell.place].otherExposure += exposure - cell.exposure
        found[cell.place].expected += events * share
        found[cell.place].expectedOfOthers +=
          cell.exposure * (events - cell.events) / (exposure - cell.exposure)
        let left = measure.isShare ? max(0, 1 - events / exposure) : 1
        variances[cell.place] += events * share * (1 - share) * left
      }
    }
    let scatter = PartDispersion(of: parts, measure, over: window)
    for place in found.indices where variances[place] > 0 {
      // Events come whole: half of one is taken off the distance.
      let distance = found[place].events - found[place].expected
      let beyond = max(0, abs(distance) - 0.5)
      let error = (variances[place] * (scatter?.value ?? 1)).squareRoot()
      found[place].z = (distance < 0 ? -beyond : beyond) / error
      found[place].dispersion = scatter?.value ?? 1
      found[place].isDispersionKnown = scatter != nil
    }
    // Fewer events than this are too few for the normal distribution.
    found = found.indices.filter { variances[$0] > 0 && found[$0].expected >= 5 }.map { found[$0] }
    let adjusted = holmAdjusted(
      found.map { part in
        guard let scatter, scatter.value > 1 else { return 2 * normalTail(above: abs(part.z)) }
        // A scatter that was estimated has a doubt of its own.
        return 2 * studentTail(above: abs(part.z), degrees: scatter.degrees)
      })
    for place in found.indices { found[place].p = adjusted[place] }
    return found.sorted { ($0.z, $0.name) < ($1.z, $1.name) }
  }

  private init(name: String) {
    self.name = name
    figures = .zero
    (events, exposure, otherEvents, otherExposure, expected, z, p) = (0, 0, 0, 0, 0, 0, 1)
    (expectedOfOthers, dispersion, isDispersionKnown) = (0, 1, false)
  }
}
