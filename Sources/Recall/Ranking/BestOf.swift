/// Keeps the best of many, in a heap whose root is the worst of those that are kept.
struct BestOf {
  /// A candidate with its score.
  struct Entry {
    var score: Float
    /// Decides between equal scores: the greater wins.
    var number: UInt32

    static func < (left: Entry, right: Entry) -> Bool {
      (left.score, left.number) < (right.score, right.number)
    }
  }

  private let limit: Int
  private var entries: [Entry] = []

  init(limit: Int) {
    self.limit = limit
    entries.reserveCapacity(min(limit, 4096))
  }

  /// The entries, the best first.
  var sorted: [Entry] { entries.sorted { $1 < $0 } }

  /// What scores less cannot be among the best any more.
  var bar: Float { entries.count < limit ? -.infinity : entries.first?.score ?? .infinity }

  /// Takes an entry in when it is among the best.
  mutating func insert(_ entry: Entry) {
    if entries.count < limit {
      entries.append(entry)
      var child = entries.count - 1
      while child > 0, entries[child] < entries[(child - 1) / 2] {
        entries.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    } else if limit > 0, entries[0] < entry {
      entries[0] = entry
      sink()
    }
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
        if entries[child] < entries[least] { least = child }
      }
      if least == parent { return }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
