package import JSONRPC

// What a store seals of a message: one object, so that it opens as a whole or not at all.
extension OutboundMessage {
  /// The personal part.
  package var sealed: JSONObject {
    var object: JSONObject = [
      "to": .string(destination), "subject": .string(content.subject),
      "text": .string(content.text),
    ]
    if let html = content.html { object["html"] = .string(html) }
    if !content.headers.isEmpty {
      object["headers"] = .array(
        content.headers.map { .array([.string($0.name), .string($0.value)]) })
    }
    if let invitation = content.invitation { object["invitation"] = .object(invitation.json) }
    return object
  }
}

extension MessageContent {
  /// What `OutboundMessage.sealed` holds.
  /// - Returns: `nil` for anything that it does not write.
  package static func reading(
    _ object: JSONObject
  ) -> (destination: String, content: MessageContent)? {
    guard let to = object["to"]?.stringValue, let subject = object["subject"]?.stringValue,
      let text = object["text"]?.stringValue
    else { return nil }
    var content = MessageContent(subject: subject, text: text, html: object["html"]?.stringValue)
    for pair in object["headers"]?.arrayValue ?? [] {
      guard let name = pair[0]?.stringValue, let value = pair[1]?.stringValue else { return nil }
      content.headers.append(Header(name, value))
    }
    if let invitation = object["invitation"]?.objectValue {
      guard let read = Invitation(json: invitation) else { return nil }
      content.invitation = read
    }
    return (to, content)
  }
}

extension Invitation {
  fileprivate var json: JSONObject {
    var object: JSONObject = [
      "sequence": JSONValue(sequence), "start": .integer(start.milliseconds),
      "milliseconds": .integer(duration.wholeMilliseconds), "summary": .string(summary),
      "details": .string(details),
    ]
    if let uid { object["uid"] = .string(uid) }
    if let location { object["location"] = .string(location) }
    return object
  }

  fileprivate init?(json object: JSONObject) {
    guard let sequence = object["sequence"]?.integerValue.flatMap({ Int(exactly: $0) }),
      let start = object["start"]?.integerValue,
      let milliseconds = object["milliseconds"]?.integerValue,
      let summary = object["summary"]?.stringValue, let details = object["details"]?.stringValue
    else { return nil }
    self.init(
      uid: object["uid"]?.stringValue, sequence: sequence, start: Timestamp(milliseconds: start),
      duration: .milliseconds(milliseconds), summary: summary, details: details,
      location: object["location"]?.stringValue)
  }
}
