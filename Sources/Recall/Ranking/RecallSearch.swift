import Marketing

#if canImport(Glibc)
  import Glibc
#endif

/// One search: gathers candidates word by word, then reads their signals.
struct RecallSearch {
  /// So many words spelled like one of the question's are looked at.
  private static let mostAlike = 24
  /// Of so many threads all records are candidates, up to so many of each, the latest.
  private static let mostThreads = 5
  private static let mostOfThread = 256
  /// So many documents of a thread that the reader may not see are passed over at a time.
  private static let mostUnreadable = 64
  /// So many records that are near by their vectors are candidates.
  private static let mostNear = 512

  let index: RecallIndex
  /// The index's own, without a check of every access: searches are made of little else. They hold while
  /// `RecallIndex.searching` runs.
  let documents: UnsafeBufferPointer<RecallDocument>
  let glances: UnsafeBufferPointer<RecallGlance>
  let links: UnsafeBufferPointer<RecallLinks>
  let request: RecallRequest
  let weights: RecallWeights
  let visibility: RecallVisibility
  /// By document; what is not marked in `touched` is from another search.
  let candidates: UnsafeMutableBufferPointer<RecallScratch.Candidate>
  let touched: UnsafeMutableBufferPointer<UInt64>
  private(set) var tally: ThreadTally
  private(set) var excluded: [UInt32: Float] = [:]
  private(set) var vectors: VectorSignals?
  /// Asked first: to look into what is not there takes time too.
  private(set) var hasVectors = false
  /// The only documents that are ranked; `nil` for all candidates.
  private(set) var ranked: Set<UInt32>?
  let named: RecallIndex.NamedSpeakers
  let hasNamed: Bool
  /// The one speaker that is meant; 0 for several of one name.
  let onlyNamed: UInt32
  let hasPeriods: Bool
  let asksForTime: Bool
  /// How many words a record can hold: without the names of speakers, and with them.
  let words: (spoken: Float, other: Float)
  private let averageLength: Float
  private let averageThreadLength: Float

  init(
    _ request: RecallRequest, in index: RecallIndex, weights: RecallWeights,
    _ all: (
      documents: UnsafeBufferPointer<RecallDocument>, glances: UnsafeBufferPointer<RecallGlance>,
      links: UnsafeBufferPointer<RecallLinks>
    ),
    _ candidates: UnsafeMutableBufferPointer<RecallScratch.Candidate>,
    _ touched: UnsafeMutableBufferPointer<UInt64>, _ tally: ThreadTally
  ) {
    self.candidates = candidates
    self.touched = touched
    self.tally = tally
    self.index = index
    (documents, glances, links) = all
    hasPeriods = !request.question.periods.isEmpty
    asksForTime = request.question.asksForTime
    self.request = request
    self.weights = weights
    visibility = RecallVisibility(request.scope, in: index)
    named = index.namedSpeakers(in: request.question)
    hasNamed = !named.speakers.isEmpty
    onlyNamed = named.speakers.count == 1 ? named.speakers.first ?? 0 : 0
    let stems = request.question.stems
    let names = stems.count(where: named.stems.contains)
    words = (Float(max(1, stems.count - names)), Float(max(1, stems.count)))
    averageLength = max(1, Float(index.totalLength) / Float(max(1, index.count)))
    averageThreadLength = max(
      1, Float(index.threadedLength) / Float(max(1, index.threadKeys.count)))
  }

  /// How rare something is that so many of all have: the logarithm of BM25, brought to a scale that
  /// does not depend on how many there are, so that weights hold for any number of records.
  private func rarity(_ frequency: Int, of all: Int) -> Float {
    let odds = (Float(max(0, all - frequency)) + 0.5) / (Float(frequency) + 0.5)
    return log(1 + odds) / log(1 + Float(max(1, all)))
  }

  /// Finds the candidates.
  mutating func gather() {
    guard !visibility.isEmpty else { return }
    var word: UInt8 = 0
    for stem in request.question.stems {
      word += 1
      let isName = named.stems.contains(stem)
      if let term = index.terms.number(of: stem) {
        gather(term, word, weight: 1, isName: isName, isCounted: true)
      }
      if !isName { gatherAlike(stem, word) }
    }
    for expansion in request.expansions {
      guard word < .max else { break }
      word += 1
      guard expansion.weight > 0, !request.question.stems.contains(expansion.stem),
        let term = index.terms.number(of: expansion.stem)
      else { continue }
      gather(
        term, word, weight: min(1, expansion.weight), isName: false, isCounted: false)
    }
    for stem in request.question.excludedStems { gatherExcluded(stem) }
    gatherThreads()
    eachCandidate { candidates[$0].close() }
    guard let vectors = request.vectors else { return }
    let (documents, glances, visibility) = (documents, glances, visibility)
    guard
      let signals = VectorSignals(
        vectors, rows: index.vectorRows,
        canRead: { visibility.canRead(glances[$0], documents[$0]) })
    else { return }
    if signals.isComplete { gatherNear(signals) } else { choose(among: vectors) }
    (self.vectors, hasVectors) = (signals, true)
  }

  /// Whether the reader may see a document at the moment.
  @inline(__always)
  private func canRead(_ document: UInt32) -> Bool {
    visibility.canRead(glances[Int(document)], documents[Int(document)])
  }

  /// Makes a document a candidate.
  @inline(__always)
  private func touch(_ document: UInt32) {
    let (place, bit) = (Int(document >> 6), UInt64(1) << UInt64(document & 63))
    if touched[place] & bit == 0 {
      touched[place] |= bit
      var candidate = RecallScratch.Candidate()
      candidate.isReadable = canRead(document)
      candidates[Int(document)] = candidate
    }
  }

  /// A document's candidate, when there is one.
  @inline(__always)
  func candidate(of document: UInt32) -> RecallScratch.Candidate? {
    touched[Int(document >> 6)] & (1 << UInt64(document & 63)) == 0
      ? nil : candidates[Int(document)]
  }

  /// Hands every candidate's document to `body`, ascending.
  @inline(__always)
  func eachCandidate(_ body: (Int) -> Void) {
    for place in touched.indices {
      var bits = touched[place]
      while bits != 0 {
        body(place << 6 | bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }

  /// BM25 of one word in one document.
  @inline(__always)
  private func relevance(_ posting: Posting, _ length: UInt16, _ rarity: Float) -> Float {
    let frequency = Float(posting.frequency)
    let share = weights.lengthShare
    let norm = weights.saturation * (1 - share + share * Float(length) / averageLength)
    return rarity * frequency * (weights.saturation + 1) / (frequency + norm)
  }

  private mutating func gather(
    _ term: UInt32, _ word: UInt8, weight: Float, isName: Bool, isCounted: Bool
  ) {
    let rarity = rarity(Int(index.terms.frequencies[Int(term)]), of: index.count)
    let postings = index.terms.postings[Int(term)]
    for posting in postings {
      // A speaker's name stands for who speaks, where that is known.
      if isName, documents[Int(posting.number)].speaker != 0 { continue }
      touch(posting.number)
      guard candidates[Int(posting.number)].isReadable else { continue }
      let glance = glances[Int(posting.number)]
      let value = weight * relevance(posting, glance.length, rarity)
      candidates[Int(posting.number)].hold(value, of: word, isCounted: isCounted)
      guard glance.thread != 0 else { continue }
      tally.count(weight * Float(posting.frequency), in: glance.thread)
    }
    closeThreads()
    // After all of them are held, so that none is spread further than where a better one takes over.
    for posting in postings where glances[Int(posting.number)].flags.contains(.isInConversation) {
      guard let candidate = candidate(of: posting.number), candidate.isReadable,
        candidate.ownWord == word
      else { continue }
      spread(candidate.ownOfWord, of: word, around: posting.number)
    }
  }

  /// What is said around a word is about it too. Where a record holds the word itself and as much of it, what it
  /// spreads covers all that lies beyond.
  private func spread(
    _ value: Float, of word: UInt8, around document: UInt32
  ) {
    var value = (ahead: value, back: value)
    var (next, previous) = (touched(behind: document), touched(before: document))
    for _ in 0..<weights.reach {
      if next != RecallDocument.none {
        value.ahead *= weights.reachAhead
        next = note(value.ahead, of: word, in: next) ? touched(behind: next) : RecallDocument.none
      }
      if previous != RecallDocument.none {
        value.back *= weights.reachBack
        previous =
          note(value.back, of: word, in: previous)
          ? touched(before: previous) : RecallDocument.none
      }
    }
  }

  /// Takes what a word brings to a record around it.
  /// - Returns: whether it may be of use further away too.
  @inline(__always)
  private func note(_ value: Float, of word: UInt8, in document: UInt32) -> Bool {
    let candidate = candidates[Int(document)]
    if candidate.ownWord == word, candidate.ownOfWord >= value { return false }
    candidates[Int(document)].note(value, of: word)
    return true
  }

  /// As `readable(behind:)`; it becomes a candidate, which knows whether it may be seen.
  @inline(__always)
  private func touched(behind document: UInt32) -> UInt32 {
    var next = links[Int(document)].next
    for _ in 0..<Self.mostUnreadable {
      if next == RecallDocument.none { return next }
      touch(next)
      if candidates[Int(next)].isReadable { return next }
      next = links[Int(next)].next
    }
    return RecallDocument.none
  }

  /// As `readable(before:)`, likewise.
  @inline(__always)
  private func touched(before document: UInt32) -> UInt32 {
    var previous = links[Int(document)].previous
    for _ in 0..<Self.mostUnreadable {
      if previous == RecallDocument.none { return previous }
      touch(previous)
      if candidates[Int(previous)].isReadable { return previous }
      previous = links[Int(previous)].previous
    }
    return RecallDocument.none
  }

  /// The next document of a thread that the reader may see at the moment; what may not be seen does not
  /// part those that may. Not looked for any further than so far.
  @inline(__always)
  func readable(behind document: UInt32) -> UInt32 {
    var next = links[Int(document)].next
    for _ in 0..<Self.mostUnreadable {
      if next == RecallDocument.none || canRead(next) { return next }
      next = links[Int(next)].next
    }
    return RecallDocument.none
  }

  /// The one before, likewise.
  @inline(__always)
  func readable(before document: UInt32) -> UInt32 {
    var previous = links[Int(document)].previous
    for _ in 0..<Self.mostUnreadable {
      if previous == RecallDocument.none || canRead(previous) { return previous }
      previous = links[Int(previous)].previous
    }
    return RecallDocument.none
  }

  private mutating func closeThreads() {
    let saturation = weights.threadSaturation
    let share = weights.threadLengthShare
    let all = index.threadKeys.count
    // Taken out, so that it is changed in place while the rest is read.
    var tally = ThreadTally()
    swap(&tally, &self.tally)
    defer { swap(&tally, &self.tally) }
    tally.close { thread, frequency, threads in
      let length = Float(index.threads[Int(thread)].length)
      let norm = saturation * (1 - share + share * length / averageThreadLength)
      return rarity(threads, of: all) * frequency * (saturation + 1) / (frequency + norm)
    }
  }

  private func gatherAlike(_ stem: String, _ word: UInt8) {
    for term in index.terms.related(to: stem, limit: Self.mostAlike) {
      let rarity = rarity(Int(index.terms.frequencies[Int(term)]), of: index.count)
      for posting in index.terms.postings[Int(term)] {
        touch(posting.number)
        guard candidates[Int(posting.number)].isReadable else { continue }
        let value = relevance(posting, glances[Int(posting.number)].length, rarity)
        candidates[Int(posting.number)].holdAlike(value, of: word)
      }
    }
  }

  /// Makes candidates of all records of the few threads that fit best: in them also a record with none
  /// of the question's words may answer.
  private mutating func gatherThreads() {
    var best = BestOf(limit: Self.mostThreads)
    for thread in tally.touched {
      var score = weights[.session] * tally.scores[Int(thread)]
      if hasPeriods {
        let first = documents[Int(index.threads[Int(thread)].first)]
        score += weights[.date] * closeness(of: first)
      }
      best.insert(BestOf.Entry(score: score, number: thread))
    }
    for entry in best.sorted {
      var document = index.threads[Int(entry.number)].last
      var left = Self.mostOfThread
      for _ in 0..<Self.mostOfThread * 16 {
        guard document != RecallDocument.none, left > 0 else { break }
        if canRead(document) {
          touch(document)
          left -= 1
        }
        document = links[Int(document)].previous
      }
    }
  }

  /// Makes candidates of the records that are nearest to the question.
  private func gatherNear(_ signals: VectorSignals) {
    var best = BestOf(limit: Self.mostNear)
    var all = [Float](repeating: .nan, count: documents.count)
    for document in all.indices where index.vectorRows[document] != RecallIndex.noRow {
      guard canRead(UInt32(document)), let nearness = nearness(of: UInt32(document), signals)
      else { continue }
      all[document] = nearness
      if nearness >= best.bar,
        visibility.asks(for: documents[document], in: glances[document].thread)
      {
        best.insert(BestOf.Entry(score: nearness, number: UInt32(document)))
      }
    }
    signals.keep(all)
    for entry in best.sorted { touch(entry.number) }
  }

  /// Chooses what is ranked where not every record is compared: what is best by words, and what is near by
  /// vectors with what is said around it.
  private mutating func choose(among vectors: RecallVectors) {
    var chosen = Set(best(Self.mostNear).map(\.number))
    let reach = max(weights.nearnessBefore.count, weights.nearnessBehind.count)
    for row in vectors.nearest ?? [] where Int(row) < vectors.table.rowCount {
      guard let version = vectors.table.version(of: row) else { continue }
      for version in index.window(around: version, reach: reach).values {
        if let document = index.place(of: version) { chosen.insert(document) }
      }
    }
    for document in chosen { touch(document) }
    ranked = chosen
  }

  /// How near a document is to a time that the question names.
  func closeness(of document: RecallDocument) -> Float {
    let moment = Timestamp(milliseconds: document.validFrom)
    return Float(request.question.periods.map { $0.closeness(of: moment) }.max() ?? 0)
  }

  private mutating func gatherExcluded(_ stem: String) {
    guard let term = index.terms.number(of: stem) else { return }
    let rarity = rarity(Int(index.terms.frequencies[Int(term)]), of: index.count)
    for posting in index.terms.postings[Int(term)] {
      // Only records that are candidates for another reason can lose by it.
      guard candidate(of: posting.number) != nil else { continue }
      excluded[posting.number, default: 0] +=
        relevance(posting, glances[Int(posting.number)].length, rarity)
    }
  }

  /// What the search used of its scratch memory, for the next one.
  var usedTally: ThreadTally { tally }
}
