/// Memory that one search after the other uses, so that none has to ask for it anew. For one search at a
/// time.
package struct RecallScratch: Sendable {
  /// What is known of a document while it is looked at. As small as it can be: a search is bound by the
  /// memory that it touches.
  struct Candidate {
    /// The best of the present word here and around.
    var best: Float = 0
    /// The sum of the words before.
    var coverage: Float = 0
    /// BM25 of the document alone, and of the present word in it.
    var own: Float = 0
    var ownOfWord: Float = 0
    /// The best of the words spelled like the present one, and the sum of those before.
    var alike: Float = 0
    var related: Float = 0
    /// The words that `best`, `ownOfWord` and `alike` are for.
    var word: UInt8 = 0
    var ownWord: UInt8 = 0
    var alikeWord: UInt8 = 0
    /// How many words of the question it holds.
    var found: UInt8 = 0
    /// Whether the reader may see it at the moment.
    var isReadable = false

    /// Takes a word's value here or around.
    @inline(__always)
    mutating func note(_ value: Float, of word: UInt8) {
      if self.word == word {
        if value > best { best = value }
      } else {
        coverage += best
        best = value
        self.word = word
      }
    }

    /// Takes the value of a word that the document itself holds.
    @inline(__always)
    mutating func hold(_ value: Float, of word: UInt8, isCounted: Bool) {
      own += value
      if isCounted { found += 1 }
      ownOfWord = value
      ownWord = word
      note(value, of: word)
    }

    /// Takes the value of a word that is spelled like one of the question's.
    mutating func holdAlike(_ value: Float, of word: UInt8) {
      if alikeWord != word {
        closeAlike()
        alikeWord = word
      }
      alike = max(alike, value)
    }

    /// Closes the sums over words.
    mutating func close() {
      coverage += best
      best = 0
      closeAlike()
    }

    private mutating func closeAlike() {
      related += max(0, alike - (ownWord == alikeWord ? ownOfWord : 0))
      alike = 0
    }
  }

  var candidates: [Candidate] = []
  /// One bit for each document that is a candidate.
  var touched: [UInt64] = []
  var tally = ThreadTally()

  /// Memory for searches.
  package init() {}

  /// Makes ready for an index.
  mutating func start(documents: Int, threads: Int) {
    if candidates.count < documents {
      candidates.append(
        contentsOf: repeatElement(Candidate(), count: documents - candidates.count))
    }
    let words = (documents + 63) / 64
    touched.removeAll(keepingCapacity: true)
    touched.append(contentsOf: repeatElement(0, count: words))
    tally.start(threads: threads)
  }
}

/// The words of a question by thread.
struct ThreadTally: Sendable {
  /// The score of each thread.
  private(set) var scores: [Float] = []
  /// The threads that hold a word of the question.
  private(set) var touched: [UInt32] = []
  private var frequencies: [Float] = []
  private var ofWord: [UInt32] = []

  mutating func start(threads: Int) {
    for thread in touched { scores[Int(thread)] = 0 }
    touched.removeAll(keepingCapacity: true)
    if scores.count < threads {
      let missing = threads - scores.count
      scores.append(contentsOf: repeatElement(0, count: missing))
      frequencies.append(contentsOf: repeatElement(0, count: missing))
    }
  }

  /// Counts the present word in a thread.
  @inline(__always)
  mutating func count(_ frequency: Float, in thread: UInt32) {
    let before = frequencies[Int(thread)]
    if before == 0 { ofWord.append(thread) }
    frequencies[Int(thread)] = before + frequency
  }

  /// Turns the counts of a word into scores.
  /// - Parameter score: by the thread, how often the word is in it, and in how many threads it is.
  mutating func close(_ score: (UInt32, Float, Int) -> Float) {
    for thread in ofWord {
      if scores[Int(thread)] == 0 { touched.append(thread) }
      scores[Int(thread)] += score(thread, frequencies[Int(thread)], ofWord.count)
      frequencies[Int(thread)] = 0
    }
    ofWord.removeAll(keepingCapacity: true)
  }
}
