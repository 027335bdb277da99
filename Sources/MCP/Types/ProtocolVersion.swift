/// A revision of the protocol that we speak, oldest first.
package enum ProtocolVersion: String, Sendable, Hashable, CaseIterable, Comparable {
  case v2024November = "2024-11-05"
  case v2025March = "2025-03-26"
  case v2025June = "2025-06-18"
  case v2025November = "2025-11-25"
  case v2026July = "2026-07-28"

  /// How a session works in this revision.
  package var era: Era { self == .v2026July ? .modern : .legacy }

  /// The newest revision with a handshake, offered to a client that asks for one we do not know.
  package static let latestLegacy = ProtocolVersion.v2025November

  /// The newest revision.
  package static let latest = ProtocolVersion.v2026July

  /// The revisions without a handshake, as `server/discover` and -32022 name them.
  package static let modernVersions = allCases.filter { $0.era == .modern }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The two ways a session works.
package enum Era: Sendable, Hashable {
  /// An `initialize` handshake, then a stateful session; the server may send requests.
  case legacy
  /// Every request describes itself; the server never sends requests.
  case modern
}
