import JSONRPC
import MCP
import Testing

/// The built binary and a client that writes its messages by hand, one at a time.
struct RawServer: Sendable {
  struct Ended: Error {}

  static let tasks: JSONObject = ["extensions": [.init(MetaKey.tasksExtension): [:]]]

  let child: ChildProcess

  init(database: String) throws {
    child = try ChildProcess(
      command: [
        ServerProcess.leadrelay, "serve", "--database", "sqlite:\(database)", "--log-level",
        "error",
      ])
  }

  static func line(_ id: Int64, _ method: String, _ params: JSONObject) -> [UInt8] {
    var params = params
    params["_meta"] = [
      MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: .object(tasks),
    ]
    return Message.request(Request(id: .integer(id), method: method, params: params)).bytes
  }

  /// Sends a modern request and returns its result.
  func request(_ method: String, _ params: JSONObject) async throws -> JSONObject {
    child.transport.send(Self.line(1, method, params))
    while true {
      let frames = await child.transport.receive()
      guard !frames.isEmpty else { throw Ended() }
      for case .message(let bytes) in frames {
        let answer = try JSONParser(maximumBytes: .max).parse(bytes)
        guard answer["id"] == 1, answer["method"] == nil else { continue }
        return try #require(answer["result"]?.objectValue, "\(answer)")
      }
    }
  }

  /// Starts a task that takes longer than any test.
  /// - Returns: the task's name.
  func startTask() async throws -> JSONValue {
    let leads = (0..<10_000).map { JSONValue.object(["email": .string("l\($0)@acme.test")]) }
    let created = try await request(
      "tools/call", ["name": "triage_leads", "arguments": ["leads": .array(leads)]])
    try #require(created["resultType"] == "task")
    return try #require(created["taskId"])
  }

  func status(of task: JSONValue) async throws -> JSONValue? {
    try await request("tasks/get", ["taskId": task])["status"]
  }
}
