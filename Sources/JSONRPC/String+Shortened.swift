extension String {
  /// The text, cut to this many Unicode scalars with an ellipsis. Not characters: one of them can be
  /// as long as the whole text.
  package func shortened(to limit: Int) -> String {
    guard unicodeScalars.count > limit else { return self }
    return String(unicodeScalars.prefix(max(0, limit - 1))) + "…"
  }
}
