import JSONRPC
import Marketing

#if canImport(Glibc)
  import Glibc
#endif

/// The choice among settings by their losses, made for each part by the other parts only: so that a part is
/// judged by settings that its own outcomes had no say in.
struct PartwiseChoice {
  /// For each part the loss of each setting.
  private let losses: [[Double]]
  /// The part that has no say in any part's choice: the latest rows.
  private let latest: Int?

  init(_ losses: [[Double]], latest: Int?) {
    self.losses = losses
    self.latest = latest
  }

  /// The setting with the lowest mean loss over the parts but one.
  /// - Parameter part: the part without a say; `nil` for none. With a single part it has the say.
  func best(without part: Int?) -> Int {
    var parts = losses.indices.filter { part == nil || $0 != part && $0 != latest }
    if parts.isEmpty { parts = Array(losses.indices) }
    let settings = losses.first?.count ?? 0
    let means = (0..<settings).map { setting in
      parts.reduce(0) { $0 + losses[$1][setting] }
    }
    return means.indices.min { means[$0] < means[$1] } ?? 0
  }
}

/// The mean log loss of raw log-odds, in nats.
func meanLoss(_ margins: [Double], _ labels: [Bool]) -> Double {
  guard !labels.isEmpty else { return .infinity }
  var sum = 0.0
  for (margin, label) in zip(margins, labels) {
    sum += max(0, margin) + log1p(exp(-abs(margin))) - (label ? margin : 0)
  }
  return sum / Double(labels.count)
}

/// Counts steps that several threads take.
final class Counter: Sendable {
  private let count: Int
  private let done = Locked(0)
  private let report: @Sendable (Double) -> Void

  init(of count: Int, _ report: @escaping @Sendable (Double) -> Void) {
    self.count = count
    self.report = report
  }

  /// Reports under the lock: of two threads the later one must not be heard first. What a cancelled task leaves
  /// undone is no progress.
  func step() {
    guard !Task.isCancelled else { return }
    done.withLock { done in
      done += 1
      report(Double(done) / Double(max(1, count)))
    }
  }
}
