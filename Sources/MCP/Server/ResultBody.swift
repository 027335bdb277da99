package import JSONRPC

/// A result under construction, as the bytes between its braces: what was encoded once is copied, not
/// encoded again.
package struct ResultBody: Sendable, Hashable {
  /// What goes into the result's `_meta`.
  package var meta: JSONObject = [:]
  /// The result's `resultType` in the era that has one.
  package var type = ResultType.complete
  private(set) var members: [UInt8] = []
  /// Whether it is a tool's error.
  var isToolError = false

  /// What a result means for the call.
  package enum ResultType: String, Sendable, Hashable {
    case complete
    case inputRequired = "input_required"
    case task
  }

  /// An empty result.
  package init() {}

  /// A result with these members.
  package init(_ object: JSONObject) {
    for member in object { add(member.key, member.value) }
  }

  /// Adds a member.
  package mutating func add(_ key: String, _ value: JSONValue) {
    add(key, encoded: JSONWriter.bytes(of: value))
  }

  /// Adds a member whose value is JSON already.
  package mutating func add(_ key: String, encoded value: [UInt8]) {
    var writer = JSONWriter(capacity: key.utf8.count + value.count + 4)
    if !members.isEmpty { writer.raw(",") }
    writer.write(string: key)
    writer.raw(":")
    writer.raw(value)
    members += writer.bytes
  }

  /// The whole response message.
  /// - Parameter serverInfo: what a modern result carries in `_meta`; `nil` in the legacy era.
  func response(to id: RequestID, serverInfo: JSONValue?) -> [UInt8] {
    var writer = JSONWriter(capacity: members.count + 192)
    writer.raw(#"{"jsonrpc":"2.0","id":"#)
    writer.write(id.json)
    writer.raw(#","result":"#)
    write(to: &writer, serverInfo: serverInfo)
    writer.raw("}")
    return writer.bytes
  }

  /// The result object alone.
  func write(to writer: inout JSONWriter, serverInfo: JSONValue?) {
    writer.raw("{")
    var needsComma = false
    func separate() {
      if needsComma { writer.raw(",") }
      needsComma = true
    }
    if serverInfo != nil {
      separate()
      writer.raw(#""resultType":""#)
      writer.raw(Array(type.rawValue.utf8))
      writer.raw(#"""#)
    }
    if !members.isEmpty {
      separate()
      writer.raw(members)
    }
    var meta = meta
    if let serverInfo { meta[MetaKey.serverInfo] = serverInfo }
    if !meta.isEmpty {
      separate()
      writer.raw(#""_meta":"#)
      writer.write(meta)
    }
    writer.raw("}")
  }
}
