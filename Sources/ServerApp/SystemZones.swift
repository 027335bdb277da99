import FoundationEssentials
import JSONRPC
package import Marketing

/// The rules of time zones as the system's calendar library knows them, each read once.
package final class SystemZones: Sendable {
  /// How many years from the first look on the rules are read for: whoever runs longer reads them anew.
  private static let years = 10

  private struct State: Sendable {
    var rules: [String: ZoneRules] = [:]
    var until = Date.distantPast
  }

  private let state = Locked(State())
  private let now: @Sendable () -> Timestamp

  /// Zones of which none has been read yet.
  package init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

  /// The rules of a zone from a year ago for some years on: up to a tenth of a millisecond for the first look.
  /// - Parameter name: the IANA name.
  /// - Returns: `nil` where there is no such zone.
  package func rules(_ name: String) -> ZoneRules? {
    let today = Date(timeIntervalSince1970: Double(now().milliseconds) / 1000)
    return state.withLock { state in
      if today >= state.until {
        state.rules = [:]
        state.until = today.addingTimeInterval(Self.seconds(ofYears: Self.years - 2))
      }
      if let known = state.rules[name] { return known }
      let rules = TimeZone(identifier: name).map {
        Self.rules(
          of: $0, name: name, from: today.addingTimeInterval(-Self.seconds(ofYears: 1)),
          until: today.addingTimeInterval(Self.seconds(ofYears: Self.years)))
      }
      // Not that there is none: of made up names there are more than can be kept.
      if let rules { state.rules[name] = rules }
      return rules
    }
  }

  private static func seconds(ofYears years: Int) -> TimeInterval {
    Double(years) * 365.25 * 86_400
  }

  private static func rules(
    of zone: TimeZone, name: String, from start: Date, until end: Date
  ) -> ZoneRules {
    var transitions: [ZoneRules.Transition] = []
    var place = start
    while let next = zone.nextDaylightSavingTimeTransition(after: place), next > place, next < end {
      transitions.append(
        ZoneRules.Transition(
          at: Timestamp(milliseconds: Int64((next.timeIntervalSince1970 * 1000).rounded())),
          offsetSeconds: zone.secondsFromGMT(for: next)))
      place = next
    }
    return ZoneRules(
      name: name, offsetSeconds: zone.secondsFromGMT(for: start), transitions: transitions)
  }
}
