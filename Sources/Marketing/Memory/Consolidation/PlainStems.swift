extension AnalyzedText {
  /// The words of a text as they are, folded: where no analysis with stems is at hand.
  package init(plain text: String) {
    self.init(
      stems: TextFolding.folded(text).split { !($0.isLetter || $0.isNumber) }.map(String.init))
  }
}
