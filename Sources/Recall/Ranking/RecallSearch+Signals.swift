import Marketing

#if canImport(Glibc)
  import Glibc
#endif

// What the candidates of a search are ranked by.
extension RecallSearch {
  /// Hands every signal of a document that is not 0 to `take`.
  @inline(__always)
  func eachSignal(
    of number: UInt32, _ take: (RecallSignal, Float) -> Void
  ) {
    let (document, glance) = (documents[Int(number)], glances[Int(number)])
    let candidate = self.candidate(of: number) ?? RecallScratch.Candidate()
    take(.coverage, candidate.coverage)
    if glance.thread != 0 { take(.session, tally.scores[Int(glance.thread)]) }
    if candidate.found > 0 {
      take(.share, Float(candidate.found) / (document.speaker == 0 ? words.other : words.spoken))
    }
    if candidate.related > 0 { take(.related, candidate.related) }
    if document.has(.isQuestion) { take(.question, 1) }
    if document.capitals > 0 { take(.names, Float(document.capitals)) }
    if hasNamed, document.speaker != 0 {
      let isNamed =
        onlyNamed == 0
        ? named.speakers.contains(document.speaker) : onlyNamed == document.speaker
      take(.speaker, isNamed ? 1 : -1)
    }
    if asksForTime, document.has(.hasTime) { take(.time, 1) }
    if hasPeriods {
      let closeness = closeness(of: document)
      if closeness > 0 { take(.date, closeness) }
    }
    if glance.flags.contains(.isInConversation) {
      let previous = readable(before: number)
      if previous == RecallDocument.none {
        take(.opening, 1)
      } else if documents[Int(previous)].has(.endsWithQuestion) {
        if let asked = self.candidate(of: previous), asked.own > 0 { take(.answer, asked.own) }
        if hasVectors, let similarity = vectors?.own(previous) {
          take(.answerSimilarity, similarity)
        }
      }
    }
    if !glance.flags.contains(.isUtterance) { eachPrior(of: document, take) }
    if let relevance = excluded[number] { take(.excluded, relevance) }
    if hasVectors, let vectors, let nearness = nearness(of: number, vectors) {
      take(.similarity, nearness)
    }
  }

  /// How near a document is with what is said around it, a mean; `nil` when it has no vector.
  @inline(__always)
  func nearness(of number: UInt32, _ vectors: VectorSignals) -> Float? {
    if let kept = vectors.kept(number) { return kept.isNaN ? nil : kept }
    guard let own = vectors.own(number) else { return nil }
    guard glances[Int(number)].flags.contains(.isInConversation) else { return own }
    var (sum, total): (Float, Float) = (own, 1)
    var (previous, next) = (readable(before: number), readable(behind: number))
    for (before, behind) in zip(weights.nearnessBefore, weights.nearnessBehind) {
      if previous != RecallDocument.none {
        if let value = vectors.own(previous) {
          sum += before * value
          total += before
        }
        previous = readable(before: previous)
      }
      if next != RecallDocument.none {
        if let value = vectors.own(next) {
          sum += behind * value
          total += behind
        }
        next = readable(behind: next)
      }
    }
    return sum / total
  }

  /// What speaks for a record whatever is asked.
  @inline(__always)
  private func eachPrior(of document: RecallDocument, _ take: (RecallSignal, Float) -> Void) {
    let age = max(0, Double(request.scope.moment.asOf.milliseconds - document.validFrom))
    take(.recency, Float(exp2(-age / 86_400_000 / weights.recencyHalfLifeDays)))
    take(.importance, Float(document.importance) / 255)
    take(.trust, Float(document.trust) / 2)
    if document.uses > 0 { take(.use, log(1 + Float(document.uses))) }
    if !request.question.kinds.isEmpty,
      request.question.kinds.contains(where: { RecallDocument.number(of: $0) == document.kind })
    {
      take(.kind, 1)
    }
  }

  /// The score of a document.
  @inline(__always)
  func score(of document: UInt32) -> Float {
    var score: Float = 0
    let values = weights.values
    eachSignal(of: document) { signal, value in score += values[signal.rawValue] * value }
    return score
  }

  /// The best of the candidates that are asked for, the best first. Written as a loop: a closure that asks for
  /// scores would copy the whole search for each of them.
  func best(_ limit: Int) -> [BestOf.Entry] {
    var best = BestOf(limit: limit)
    let (visibility, ranked) = (visibility, ranked)
    for place in touched.indices {
      var bits = touched[place]
      while bits != 0 {
        let number = place << 6 | bits.trailingZeroBitCount
        bits &= bits - 1
        guard candidates[number].isReadable,
          visibility.asks(for: documents[number], in: glances[number].thread)
        else { continue }
        if let ranked, !ranked.contains(UInt32(number)) { continue }
        best.insert(BestOf.Entry(score: score(of: UInt32(number)), number: UInt32(number)))
      }
    }
    return best.sorted
  }
}
