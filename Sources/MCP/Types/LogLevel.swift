/// How severe a log message is, least severe first (RFC 5424).
package enum LogLevel: String, Sendable, Hashable, CaseIterable, Comparable {
  case debug, info, notice, warning, error, critical, alert, emergency

  private var severity: Int {
    switch self {
    case .debug: 0
    case .info: 1
    case .notice: 2
    case .warning: 3
    case .error: 4
    case .critical: 5
    case .alert: 6
    case .emergency: 7
    }
  }

  package static func < (left: Self, right: Self) -> Bool { left.severity < right.severity }
}
