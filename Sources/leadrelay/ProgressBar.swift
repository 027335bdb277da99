import Foundation

/// A bar on the terminal's last line; nothing at all where stderr is no terminal.
struct ProgressBar {
  private static let width = 30

  private let isTerminal = isatty(STDERR_FILENO) == 1

  /// Shows how far something has come.
  /// - Parameter share: 0–1.
  func show(_ text: String, share: Double) {
    guard isTerminal else { return }
    let filled = Int(min(1, max(0, share)) * Double(Self.width))
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
    write("\r\(bar) \(Int(share * 100)) %  \(text)\u{1B}[K")
  }

  /// Takes the bar away.
  func clear() {
    if isTerminal { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
