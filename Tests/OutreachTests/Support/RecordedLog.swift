import JSONRPC
import Logging

/// Keeps what is logged, a line each: the level, what is said, and the facts in the order of their names.
struct RecordedLog: LogHandler {
  let lines: Locked<[String]>
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    lines.withLock {
      $0.append((["\(event.level)", "\(event.message)"] + facts).joined(separator: " "))
    }
  }

  /// A logger whose lines can be read.
  static func logger() -> (logger: Logger, lines: Locked<[String]>) {
    let lines = Locked<[String]>([])
    return (Logger(label: "tests") { _ in RecordedLog(lines: lines) }, lines)
  }
}
