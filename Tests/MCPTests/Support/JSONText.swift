import JSONRPC
import Testing

/// The JSON of a literal in a test.
func json(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> JSONValue {
  do {
    return try JSONParser().parse(text)
  } catch {
    Issue.record("the test's JSON is broken: \(error)", sourceLocation: sourceLocation)
    return .null
  }
}

/// The JSON object of a literal in a test.
func object(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> JSONObject {
  guard let object = json(text, sourceLocation: sourceLocation).objectValue else {
    Issue.record("the test's JSON is no object", sourceLocation: sourceLocation)
    return [:]
  }
  return object
}

extension JSONValue: CustomTestStringConvertible {
  public var testDescription: String { String(text.prefix(80)) }

  /// The value on one line, for messages.
  var text: String { JSONWriter.text(of: self) }
}

extension JSONObject {
  /// The object on one line, for messages.
  var text: String { JSONWriter.text(of: .object(self)) }
}
