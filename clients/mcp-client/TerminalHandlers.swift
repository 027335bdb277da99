import Foundation
import JSONRPC
import MCP

/// Answers the server's questions from the terminal; off it every question is declined.
enum TerminalHandlers {
  static func make() -> ClientHandlers {
    guard isatty(STDIN_FILENO) == 1 else { return ClientHandlers(acceptsTasks: true) }
    return ClientHandlers(
      elicitForm: { params throws(RPCError) in form(params) }, acceptsTasks: true,
      hear: { notification in
        guard notification.method == "notifications/message" else { return }
        let line = JSONWriter.text(of: .object(notification.params)) + "\n"
        FileHandle.standardError.write(Data(line.utf8))
      })
  }

  private static func form(_ params: JSONObject) -> JSONObject {
    print(params["message"]?.stringValue ?? "The server asks:")
    var content = JSONObject()
    for member in params["requestedSchema"]?["properties"]?.objectValue ?? [:] {
      let title = member.value["title"]?.stringValue ?? member.key
      print(
        "\(title) (\(member.value["type"]?.stringValue ?? "text"), empty to decline): ",
        terminator: "")
      guard let answer = readLine(), !answer.isEmpty else { return ["action": "decline"] }
      content[member.key] = value(answer, type: member.value["type"]?.stringValue)
    }
    return ["action": "accept", "content": .object(content)]
  }

  private static func value(_ text: String, type: String?) -> JSONValue {
    switch type {
    case "boolean": .bool(["y", "yes", "true", "1"].contains(text.lowercased()))
    case "integer": Int64(text).map(JSONValue.integer) ?? .string(text)
    case "number": Double(text).map { JSONValue($0) } ?? .string(text)
    default: .string(text)
    }
  }
}
