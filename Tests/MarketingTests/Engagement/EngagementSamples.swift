import JSONRPC
import Marketing
import Testing

/// A moment by its ISO 8601 text, which has to be one.
func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

/// Zones with the changes of 2026.
enum SampleZone: String, CaseIterable, Sendable {
  case oslo = "Europe/Oslo"
  case newYork = "America/New_York"
  case stJohns = "America/St_Johns"
  case honolulu = "Pacific/Honolulu"
  case pagoPago = "Pacific/Pago_Pago"
  case kiritimati = "Pacific/Kiritimati"
  case kathmandu = "Asia/Kathmandu"
  case kaliningrad = "Europe/Kaliningrad"
  case kamchatka = "Asia/Kamchatka"
  case sydney = "Australia/Sydney"
  case perth = "Australia/Perth"
  case utc = "UTC"

  var rules: ZoneRules {
    switch self {
    case .oslo:
      rules(3600, [("2026-03-29T01:00:00Z", 7200), ("2026-10-25T01:00:00Z", 3600)])
    case .newYork:
      rules(-18_000, [("2026-03-08T07:00:00Z", -14_400), ("2026-11-01T06:00:00Z", -18_000)])
    case .stJohns:
      rules(-12_600, [("2026-03-08T05:30:00Z", -9000), ("2026-11-01T04:30:00Z", -12_600)])
    case .honolulu: rules(-36_000)
    case .pagoPago: rules(-39_600)
    case .kiritimati: rules(50_400)
    case .kathmandu: rules(20_700)
    case .kaliningrad: rules(7200)
    case .kamchatka: rules(43_200)
    case .sydney:
      rules(39_600, [("2026-04-04T16:00:00Z", 36_000), ("2026-10-03T16:00:00Z", 39_600)])
    case .perth: rules(28_800)
    case .utc: rules(0)
    }
  }

  private func rules(_ offset: Int, _ changes: [(String, Int)] = []) -> ZoneRules {
    ZoneRules(
      name: rawValue, offsetSeconds: offset,
      transitions: changes.compactMap { text, offset in
        Timestamp(iso8601: text).map { .init(at: $0, offsetSeconds: offset) }
      })
  }

  static func named(_ name: String) -> ZoneRules? { SampleZone(rawValue: name)?.rules }
}

extension RecipientZone {
  static func lead(_ zones: SampleZone...) -> RecipientZone? {
    RecipientZone(.lead, zones.map(\.rules))
  }
}
