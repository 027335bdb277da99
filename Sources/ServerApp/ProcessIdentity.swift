import Foundation
import Glibc

/// Names a process so that another one on the same machine can tell whether it still runs. A number alone
/// would not do: numbers are given again, after a restart or in another container.
package struct ProcessIdentity: Sendable {
  /// The name: the machine's run, the space its numbers are from, the number, and when it was started,
  /// with spaces between them.
  package let text: String

  /// This process.
  package static let current = ProcessIdentity()

  private static let here = [
    (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines) ?? "-",
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? "-",
  ]

  private init() {
    let id = getpid()
    text = (Self.here + ["\(id)", Self.start(of: id) ?? "-"]).joined(separator: " ")
  }

  /// Whether the process of this name runs; `nil` when that cannot be told from here.
  package func isRunning(_ name: String) -> Bool? {
    if name == text { return true }
    let parts = name.split(separator: " ").map(String.init)
    guard parts.count == 4, Array(parts[..<2]) == Self.here, !parts.contains("-"),
      let id = Int32(parts[2])
    else { return nil }
    if let start = Self.start(of: id) { return start == parts[3] }
    // What is hidden from us is not gone.
    return kill(id, 0) == 0 || errno != ESRCH ? nil : false
  }

  /// When a process was started, as the kernel tells it; `nil` when there is none, or only its remains.
  private static func start(of id: Int32) -> String? {
    guard let line = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
      let name = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[line.index(after: name)...].split(separator: " ")
    // Counted from the state, which is the third field; the start is the twenty-second.
    guard fields.count > 19 else { return nil }
    return "ZX".contains(fields[0]) ? "ended" : String(fields[19])
  }
}
