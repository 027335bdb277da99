import FoundationEssentials
package import JSONRPC

/// What the HTTP headers of a modern request say of it, so that proxies can route it unread. They must
/// agree with the message: a proxy that trusts them must not be told something else than the server.
package struct RequestHeaders: Sendable, Hashable {
  /// All values of each header, by its name in lower case, spaces around them trimmed.
  package var fields: [String: [String]]

  /// Headers.
  package init(_ fields: [String: [String]]) { self.fields = fields }

  private static let parameterPrefix = "mcp-param-"

  /// Checks them against the request they came with.
  /// - Throws: -32020 naming the header that is missing, repeated or different.
  func check(
    _ request: Request, tools: ToolCatalog, principal: Principal
  ) throws(RPCError) {
    let version = try single("MCP-Protocol-Version")
    let written = request.params["_meta"]?[MetaKey.protocolVersion]
    // A revision that is no text is refused for that, not for being different.
    if let written = written?.stringValue, !written.isSpelled(like: version) {
      throw Self.mismatch("MCP-Protocol-Version", version, "the message has \(written)")
    }
    let method = try decoded("Mcp-Method")
    guard method.isSpelled(like: request.method) else {
      throw Self.mismatch("Mcp-Method", method, "the message has \(request.method)")
    }
    if let key = Self.nameMember(of: request.method), let name = request.params[key]?.stringValue {
      let header = try decoded("Mcp-Name")
      guard header.isSpelled(like: name) else {
        throw Self.mismatch("Mcp-Name", header, "the message has \(name)")
      }
    }
    if request.method == "tools/call", let name = request.params["name"]?.stringValue,
      let tool = tools.tool(name, for: principal)
    {
      try checkParameters(of: tool, request.params["arguments"]?.objectValue ?? [:])
    }
  }

  /// The parameter that `Mcp-Name` repeats.
  package static func nameMember(of method: String) -> String? {
    switch method {
    case "tools/call", "prompts/get": "name"
    case "resources/read": "uri"
    case "tasks/get", "tasks/update", "tasks/cancel": "taskId"
    default: nil
    }
  }

  private func checkParameters(
    of tool: RegisteredTool, _ arguments: JSONObject
  ) throws(RPCError) {
    for mirrored in tool.mirroredParameters {
      let name = "Mcp-Param-\(mirrored.header)"
      let argument = mirrored.value(in: arguments)
      guard let argument, argument != .null else {
        if fields[Self.parameterPrefix + mirrored.header.lowercased()] != nil {
          throw Self.mismatch(name, "a value", "the message has no such argument")
        }
        continue
      }
      let header = try decoded(name)
      guard Self.isSame(header, argument) else {
        throw Self.mismatch(name, header, "the argument differs")
      }
    }
  }

  private static func isSame(_ header: String, _ argument: JSONValue) -> Bool {
    switch argument {
    case .string(let text): header.isSpelled(like: text)
    case .bool(let flag): header == (flag ? "true" : "false")
    default:
      // Numbers are compared as numbers: 42.0 is 42.
      argument.doubleValue != nil
        && (try? JSONParser().parse(header))?.doubleValue == argument.doubleValue
    }
  }

  /// The header's only value.
  private func single(_ name: String) throws(RPCError) -> String {
    let values = fields[name.lowercased()] ?? []
    guard let value = values.first else {
      throw RPCError(.headerMismatch, "Header mismatch: \(name) is missing")
    }
    guard values.count == 1 else {
      throw RPCError(.headerMismatch, "Header mismatch: \(name) is there \(values.count) times")
    }
    return value
  }

  /// The header's only value, which may be written in Base64 as `=?base64?…?=`.
  private func decoded(_ name: String) throws(RPCError) -> String {
    let value = try single(name)
    guard value.hasPrefix("=?base64?"), value.hasSuffix("?="), value.utf8.count >= 11 else {
      return value
    }
    let encoded = String(value.dropFirst(9).dropLast(2))
    // Written again it must be the same: no two spellings stand for one value.
    guard let bytes = Data(base64Encoded: encoded), bytes.base64EncodedString() == encoded,
      let text = String(validating: bytes, as: UTF8.self)
    else {
      throw RPCError(
        .headerMismatch, "Header mismatch: \(name) is no canonical, padded Base64 of UTF-8")
    }
    return text
  }

  private static func mismatch(_ name: String, _ found: String, _ why: String) -> RPCError {
    RPCError(
      .headerMismatch,
      "Header mismatch: \(name) is \(found.shortened(to: 100)), \(why.shortened(to: 200))")
  }
}

/// A tool's argument that a header repeats, as `x-mcp-header` in its schema says.
package struct MirroredParameter: Sendable, Hashable {
  /// What follows `Mcp-Param-`.
  package let header: String
  /// Where the argument is: the keys on the way to it.
  let path: [String]

  /// The argument, if the call has it.
  package func value(in arguments: JSONObject) -> JSONValue? {
    var value = JSONValue.object(arguments)
    for key in path {
      guard let next = value[key] else { return nil }
      value = next
    }
    return value
  }

  /// All of a schema, reached through `properties` alone.
  package static func all(in schema: JSONObject, path: [String] = []) -> [MirroredParameter] {
    guard let properties = schema["properties"]?.objectValue else { return [] }
    return properties.members.flatMap { member -> [MirroredParameter] in
      guard let property = member.value.objectValue else { return [] }
      let here = path + [member.key]
      let own = property["x-mcp-header"]?.stringValue.map {
        MirroredParameter(header: $0, path: here)
      }
      return [own].compactMap { $0 } + all(in: property, path: here)
    }
  }

  /// What is wrong with a schema's headers; `nil` when nothing is.
  static func fault(in schema: JSONObject) -> String? {
    var seen: Set<String> = []
    for parameter in all(in: schema) {
      let name = parameter.header
      guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
        return "x-mcp-header '\(name)' is no token of RFC 9110"
      }
      guard seen.insert(name.lowercased()).inserted else {
        return "x-mcp-header '\(name)' is there twice"
      }
    }
    return nil
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
