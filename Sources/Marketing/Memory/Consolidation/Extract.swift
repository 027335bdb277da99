#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The sentences of some texts that together tell most of them within a budget of tokens, in the order of
/// the originals.
///
/// Chosen is again and again the sentence whose stems that no chosen one holds yet weigh most for its
/// length (greedy maximum coverage; Lin and Bilmes, "A Class of Submodular Functions for Document
/// Summarization", 2011, 3.2). A stem of n sentences of N weighs √n · ln(1 + N ÷ n): what many tell more
/// than what one does, what all tell hardly. A text's first sentence counts a tenth more, one of fewer than
/// four stems half.
package struct Extract: Sendable, Hashable {
  /// A text to take from.
  package struct Source: Sendable, Hashable {
    /// Where it is from.
    package var id: MemoryID
    /// Who said it.
    package var speaker: String?
    /// The text.
    package var text: String

    /// A text.
    package init(id: MemoryID, speaker: String? = nil, text: String) {
      self.id = id
      self.speaker = speaker
      self.text = text
    }
  }

  /// A sentence with where it is from.
  package struct Sentence: Sendable, Hashable {
    /// The original.
    package var source: MemoryID
    /// Who said it.
    package var speaker: String?
    /// The sentence, or where not even one fits its beginning.
    package var text: String
  }

  /// The sentences, in the order of the originals.
  package let sentences: [Sentence]

  /// The estimate of tokens that is used everywhere: ⌈UTF-8 bytes ÷ 4⌉.
  package static func tokens(of text: String) -> Int { (text.utf8.count + 3) / 4 }

  /// The sentences as one text: a speaker is named where another one begins.
  package var text: String {
    var parts: [String] = []
    for (place, sentence) in sentences.enumerated() {
      let isSame = place > 0 && sentences[place - 1].speaker == sentence.speaker
      parts.append(Self.written(sentence.text, by: isSame ? nil : sentence.speaker))
    }
    return parts.joined(separator: " ")
  }

  /// How many tokens the text has.
  package var tokens: Int { Self.tokens(of: text) }

  /// Extracts from texts.
  /// - Parameters:
  ///   - tokens: the most tokens of the text.
  ///   - stems: the stems of a sentence.
  package init(of sources: [Source], tokens: Int, stems: (String) -> [String]) {
    var candidates = Self.candidates(sources, stems: stems)
    let weights = Self.weights(candidates)
    var room = tokens * 4
    var chosen: [Int] = []
    // The more is covered, the less a sentence adds: what it was worth before is the most that it can be.
    var mostValues = [Double](repeating: .infinity, count: candidates.count)
    var covered: Set<Int> = []
    while true {
      var best: (place: Int, value: Double)?
      for place in candidates.indices where !candidates[place].isTaken {
        let candidate = candidates[place]
        guard candidate.bytes <= room, mostValues[place] > best?.value ?? 0 else { continue }
        let gain = candidate.stems.reduce(0.0) {
          covered.contains($1) ? $0 : $0 + weights[$1]
        }
        let value = gain * candidate.prior / Double(candidate.bytes).squareRoot()
        mostValues[place] = value
        if value > 0, value > best?.value ?? 0 { best = (place, value) }
      }
      guard let best else { break }
      candidates[best.place].isTaken = true
      chosen.append(best.place)
      covered.formUnion(candidates[best.place].stems)
      room -= candidates[best.place].bytes
    }
    if chosen.isEmpty, let first = candidates.first {
      let cut = Self.cut(first.sentence, toBytes: tokens * 4)
      sentences = cut.map { [$0] } ?? []
    } else {
      sentences = chosen.sorted().map { candidates[$0].sentence }
    }
  }

  private struct Candidate {
    let sentence: Sentence
    /// The numbers of its stems, each once.
    let stems: [Int]
    /// What it adds to the text at most, its speaker and the space before it among that.
    let bytes: Int
    let prior: Double
    var isTaken = false
  }

  private static func candidates(
    _ sources: [Source], stems: (String) -> [String]
  ) -> [Candidate] {
    var numbers: [String: Int] = [:]
    var candidates: [Candidate] = []
    for source in sources {
      for (place, text) in Sentences.of(source.text).enumerated() {
        var own: [Int] = []
        for stem in stems(text) {
          let number = numbers[stem] ?? numbers.count
          numbers[stem] = number
          if !own.contains(number) { own.append(number) }
        }
        let prior = (place == 0 ? 1.1 : 1) * (own.count < 4 ? 0.5 : 1)
        candidates.append(
          Candidate(
            sentence: Sentence(source: source.id, speaker: source.speaker, text: text),
            stems: own, bytes: written(text, by: source.speaker).utf8.count + 1, prior: prior))
      }
    }
    return candidates
  }

  private static func weights(_ candidates: [Candidate]) -> [Double] {
    var counts: [Double] = []
    for candidate in candidates {
      for stem in candidate.stems {
        while counts.count <= stem { counts.append(0) }
        counts[stem] += 1
      }
    }
    return counts.map { $0.squareRoot() * log(1 + Double(candidates.count) / max(1, $0)) }
  }

  /// A text with who said it.
  static func written(_ text: String, by speaker: String?) -> String {
    speaker.map { "\($0): \(text)" } ?? text
  }

  /// The beginning of a sentence, up to the end of a word where there is one.
  private static func cut(_ sentence: Sentence, toBytes limit: Int) -> Sentence? {
    var cut = sentence
    var end = cut.text.startIndex
    var bytes = written("", by: sentence.speaker).utf8.count + "…".utf8.count
    var lastSpace: String.Index?
    while end < cut.text.endIndex, bytes + cut.text[end].utf8.count <= limit {
      if cut.text[end].isWhitespace { lastSpace = end }
      bytes += cut.text[end].utf8.count
      end = cut.text.index(after: end)
    }
    let kept = cut.text[..<(lastSpace ?? end)]
    guard !kept.isEmpty else { return nil }
    cut.text = kept + "…"
    return cut
  }
}
