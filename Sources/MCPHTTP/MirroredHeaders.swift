import FoundationEssentials
package import JSONRPC
package import MCP

/// How a text is written as the value of an HTTP header of the protocol.
package enum HeaderText {
  private static let opening = "=?base64?"
  private static let closing = "?="

  /// The text as it is where a header can carry it, else in Base64 as `=?base64?…?=`; so is a text that
  /// would be taken for that form.
  package static func spelled(_ text: String) -> String {
    let isPlain =
      text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.utf8.first != 0x20
      && text.utf8.last != 0x20
    if isPlain, !(text.hasPrefix(opening) && text.hasSuffix(closing)) { return text }
    return opening + Data(text.utf8).base64EncodedString() + closing
  }
}

extension Request {
  /// The revision that a request of the modern era names; `nil` for one of the legacy era.
  package var modernVersion: String? {
    method == "initialize" ? nil : params["_meta"]?[MetaKey.protocolVersion]?.stringValue
  }

  /// The headers that say of a modern request what it says itself, so that proxies can route it unread.
  /// - Parameter parameters: the arguments that the called tool wants repeated.
  package func mirroredHeaders(_ parameters: [MirroredParameter]) -> [(name: String, value: String)]
  {
    guard let version = modernVersion else { return [] }
    var headers = [
      (name: "MCP-Protocol-Version", value: HeaderText.spelled(version)),
      (name: "Mcp-Method", value: HeaderText.spelled(method)),
    ]
    if let key = RequestHeaders.nameMember(of: method), let name = params[key]?.stringValue {
      headers.append((name: "Mcp-Name", value: HeaderText.spelled(name)))
    }
    guard method == "tools/call" else { return headers }
    let arguments = params["arguments"]?.objectValue ?? [:]
    for parameter in parameters {
      let text: String
      switch parameter.value(in: arguments) {
      case nil, .null?: continue
      case .string(let value)?: text = value
      case .some(let value): text = JSONWriter.text(of: value)
      }
      headers.append((name: "Mcp-Param-\(parameter.header)", value: HeaderText.spelled(text)))
    }
    return headers
  }
}
