import HTTPTypes

extension HTTPField.Name {
  static let mcpProtocolVersion = Self("mcp-protocol-version")!
  static let mcpSessionID = Self("mcp-session-id")!
  static let lastEventID = Self("last-event-id")!
  /// The parts of an answer that people outside wrote, as JSON Pointers.
  static let leadrelayUntrusted = Self("leadrelay-untrusted")!
  static let host = Self("host")!
  static let xAccelBuffering = Self("x-accel-buffering")!
  static let referrerPolicy = Self("referrer-policy")!
  static let robotsTag = Self("x-robots-tag")!
  // Standard Webhooks.
  static let webhookID = Self("webhook-id")!
  static let webhookTimestamp = Self("webhook-timestamp")!
  static let webhookSignature = Self("webhook-signature")!
}

extension HTTPFields {
  /// All values of each header, by its name in lower case.
  var values: [String: [String]] {
    reduce(into: [:]) { values, field in
      let trimmed = field.value.drop { $0 == " " || $0 == "\t" }
      var value = String(trimmed)
      while value.last == " " || value.last == "\t" { value.removeLast() }
      values[field.name.canonicalName, default: []].append(value)
    }
  }
}
