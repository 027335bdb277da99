import JSONRPC

/// The values of an `enum`.
struct SchemaChoices: Sendable {
  /// All of them, in their order, for messages.
  let values: [JSONValue]
  private let texts: Set<ExactText>
  private let others: [JSONValue]

  init(_ values: [JSONValue]) {
    self.values = values
    self.texts = Set(values.compactMap(\.stringValue).map(ExactText.init))
    self.others = values.filter { $0.stringValue == nil }
  }

  func contains(_ value: JSONValue) -> Bool {
    if case .string(let text) = value { return texts.contains(ExactText(text)) }
    return others.contains { EqualValue.areEqual($0, value) }
  }
}
