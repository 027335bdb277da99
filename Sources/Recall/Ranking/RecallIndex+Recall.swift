extension RecallIndex {
  /// So many more than asked for are looked at for repetitions.
  private static let spare = 16
  /// Fewer stems than this are no text that could be a repetition.
  private static let fewStems: UInt16 = 3

  /// Finds the records that answer a question best, the best first.
  /// - Parameters:
  ///   - weights: how much each signal counts.
  ///   - scratch: memory of an earlier search.
  package func recall(
    _ request: RecallRequest, weights: RecallWeights = RecallWeights(),
    using scratch: inout RecallScratch
  ) -> [RecallHit] {
    guard request.limit > 0 else { return [] }
    return searching(request, weights, using: &scratch) { search in
      let window = request.limit * 2 + Self.spare
      let best = search.best(window)
      let found = selection(best, request, weights)
      let widest = RecallRequest.deepest * 2 + Self.spare
      // Where what is new is not enough for the limit, what comes after it must not depend on the limit.
      guard found.hasRepetitions, request.tokenBudget == nil, best.count == window,
        window < widest
      else {
        return found.chosen.map(search.hit)
      }
      return selection(search.best(widest), request, weights).chosen.map(search.hit)
    }
  }

  /// Gathers the candidates of a search, and hands it to `body`.
  func searching<Result>(
    _ request: RecallRequest, _ weights: RecallWeights, using scratch: inout RecallScratch,
    _ body: (RecallSearch) -> Result
  ) -> Result {
    scratch.start(documents: documents.count, threads: threads.count)
    var tally = ThreadTally()
    swap(&tally, &scratch.tally)
    defer { swap(&tally, &scratch.tally) }
    return documents.withUnsafeBufferPointer { documents in
      glances.withUnsafeBufferPointer { glances in
        links.withUnsafeBufferPointer { links in
          scratch.candidates.withUnsafeMutableBufferPointer { candidates in
            scratch.touched.withUnsafeMutableBufferPointer { touched in
              var search = RecallSearch(
                request, in: self, weights: weights, (documents, glances, links), candidates,
                touched, tally)
              // Held once, so that it is changed in place.
              tally = ThreadTally()
              search.gather()
              let result = body(search)
              tally = search.usedTally
              return result
            }
          }
        }
      }
    }
  }

  /// Finds the records that answer a question best, with memory of its own.
  package func recall(
    _ request: RecallRequest, weights: RecallWeights = RecallWeights()
  ) -> [RecallHit] {
    var scratch = RecallScratch()
    return recall(request, weights: weights, using: &scratch)
  }

  /// The best that are no repetitions of better ones and keep within the budget, then repetitions where
  /// there is room. What is too long for the budget that is left is passed over.
  private func selection(
    _ entries: [BestOf.Entry], _ request: RecallRequest, _ weights: RecallWeights
  ) -> (chosen: [BestOf.Entry], hasRepetitions: Bool) {
    var chosen: [BestOf.Entry] = []
    var repetitions: [BestOf.Entry] = []
    var left = request.tokenBudget ?? .max
    func take(_ entry: BestOf.Entry) {
      let tokens = documents[Int(entry.number)].tokens
      guard chosen.count < request.limit, tokens <= left else { return }
      left -= tokens
      chosen.append(entry)
    }
    for entry in entries {
      if chosen.contains(where: { isRepetition(entry.number, of: $0.number, weights.repetition) }) {
        repetitions.append(entry)
      } else {
        take(entry)
      }
    }
    let different = chosen.count
    for entry in repetitions { take(entry) }
    return (chosen, chosen.count > different)
  }

  /// Whether two documents have nearly the same stems, each as often as it is there.
  private func isRepetition(_ one: UInt32, of other: UInt32, _ threshold: Double) -> Bool {
    let (one, other) = (documents[Int(one)], documents[Int(other)])
    guard one.stems >= Self.fewStems, other.stems >= Self.fewStems else { return false }
    let bound = Double(min(one.stems, other.stems)) / Double(max(one.stems, other.stems))
    guard bound >= threshold else { return false }
    var (left, right) = (range(of: one), range(of: other))
    var common = 0
    while let first = left.first, let second = right.first {
      let (first, second) = (stems[first].number, stems[second].number)
      if first == second { common += 1 }
      if first <= second { left = left.dropFirst() }
      if second <= first { right = right.dropFirst() }
    }
    return Double(common) >= threshold * Double(Int(one.stems) + Int(other.stems) - common)
  }
}

extension RecallDocument {
  /// The tokens of the text, by the estimate that is used everywhere.
  var tokens: Int { (Int(bytes) + 3) / 4 }
}

extension RecallSearch {
  /// What is told of a record that was chosen.
  func hit(_ entry: BestOf.Entry) -> RecallHit {
    let document = documents[Int(entry.number)]
    var parts: [RecallHit.Part] = []
    eachSignal(of: entry.number) { signal, value in
      let points = weights[signal] * value
      guard points != 0 else { return }
      parts.append(RecallHit.Part(signal: signal, value: Double(value), points: Double(points)))
    }
    let held = index.range(of: document)
    let stems = request.question.stems.filter { stem in
      guard let term = index.terms.number(of: stem) else { return false }
      return held.contains { index.stems[$0].number == term }
    }
    return RecallHit(
      version: document.version, score: Double(entry.score), tokens: document.tokens, stems: stems,
      parts: parts.sorted { abs($0.points) > abs($1.points) })
  }
}
