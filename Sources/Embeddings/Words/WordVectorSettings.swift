/// How much of a file of word vectors is taken, and how its words are weighed.
package struct WordVectorSettings: Sendable, Hashable {
  /// The most words, from the start of the file on, where the frequent ones are.
  package var mostWords = 400_000
  /// What their numbers may take in memory, in bytes: of longer vectors fewer words are taken.
  package var mostBytes = 1 << 30
  /// The weight of a word of frequency p is `smoothing / (smoothing + p)`.
  package var smoothing = 0.001

  /// The settings that hold unless configured otherwise.
  package init() {}
}
