import JSONRPC
import MCP
import Testing

/// A `RawPeer` that speaks one revision.
struct Client: Sendable {
  let peer: RawPeer
  let version: ProtocolVersion
  var capabilities: JSONObject

  struct Unexpected: Error, CustomStringConvertible {
    let description: String
  }

  /// The revision as the client writes it into requests and handshakes.
  static func initialize(
    _ version: String, capabilities: JSONObject = [:], id: JSONValue = 1
  ) -> JSONValue {
    [
      "jsonrpc": "2.0", "id": id, "method": "initialize",
      "params": [
        "protocolVersion": .string(version), "capabilities": .object(capabilities),
        "clientInfo": ["name": "test", "version": "1"],
      ],
    ]
  }

  /// What every request of the modern era says of itself.
  static func envelope(_ capabilities: JSONObject = [:]) -> JSONObject {
    [
      MetaKey.protocolVersion: .string(ProtocolVersion.latest.rawValue),
      MetaKey.clientCapabilities: .object(capabilities),
      MetaKey.clientInfo: ["name": "test", "version": "1"],
    ]
  }

  /// A request that is not sent yet.
  func request(
    _ method: String, _ params: JSONObject = [:], meta: JSONObject = [:], id: JSONValue? = nil
  ) -> JSONValue {
    var message: JSONObject = [
      "jsonrpc": "2.0", "id": id ?? peer.newID(), "method": .string(method),
    ]
    var params = params
    let envelope = version.era == .modern ? Self.envelope(capabilities) : [:]
    let all = envelope.merging(meta)
    if !all.isEmpty { params["_meta"] = .object(all) }
    if !params.isEmpty { message["params"] = .object(params) }
    return .object(message)
  }

  /// Sends a request.
  /// - Returns: its id.
  @discardableResult
  func send(
    _ method: String, _ params: JSONObject = [:], meta: JSONObject = [:], id: JSONValue? = nil
  ) -> JSONValue {
    let message = request(method, params, meta: meta, id: id)
    peer.send(message)
    return message["id"] ?? .null
  }

  func notify(_ method: String, _ params: JSONObject = [:]) {
    var message: JSONObject = ["jsonrpc": "2.0", "method": .string(method)]
    if !params.isEmpty { message["params"] = .object(params) }
    peer.send(.object(message))
  }

  func cancel(_ id: JSONValue) { notify("notifications/cancelled", ["requestId": id]) }

  /// The result of a request that must succeed.
  func result(
    _ method: String, _ params: JSONObject = [:], meta: JSONObject = [:]
  ) async throws -> JSONObject {
    try await result(of: send(method, params, meta: meta))
  }

  func result(of id: JSONValue) async throws -> JSONObject {
    let answer = try await peer.answer(to: id)
    guard let result = answer["result"]?.objectValue else {
      throw Unexpected(description: "expected a result, found \(answer.text)")
    }
    return result
  }

  /// The error of a request that must fail.
  func error(
    _ method: String, _ params: JSONObject = [:], meta: JSONObject = [:]
  ) async throws -> RPCError {
    try await error(of: send(method, params, meta: meta))
  }

  func error(of id: JSONValue) async throws -> RPCError {
    let answer = try await peer.answer(to: id)
    guard let error = answer["error"].flatMap(RPCError.init(json:)) else {
      throw Unexpected(description: "expected an error, found \(answer.text)")
    }
    return error
  }

  /// The error of a request that breaks the protocol on purpose.
  func error(ofFaulty method: String, _ params: JSONObject) async throws -> RPCError {
    let message = request(method, params)
    peer.send(raw: message.text)
    return try await error(of: message["id"] ?? .null)
  }

  /// The result of a tool.
  func call(
    _ tool: String, _ arguments: JSONObject = [:], meta: JSONObject = [:]
  ) async throws -> JSONObject {
    try await result(
      "tools/call", ["name": .string(tool), "arguments": .object(arguments)], meta: meta)
  }

  /// Starts a tool.
  /// - Returns: the request's id.
  func start(_ tool: String, _ arguments: JSONObject = [:], meta: JSONObject = [:]) -> JSONValue {
    send("tools/call", ["name": .string(tool), "arguments": .object(arguments)], meta: meta)
  }

  /// Answers a request of the server.
  func answer(_ request: JSONValue, _ result: JSONObject) {
    peer.send(["jsonrpc": "2.0", "id": request["id"] ?? .null, "result": .object(result)])
  }

  /// Waits until the server has served what it was sent so far, as far as that needs no waiting, and
  /// until everything it has sent has been read.
  func settle() async throws {
    _ = try await result(version.era == .modern ? "server/discover" : "ping")
  }
}

extension RawPeer {
  /// A client that has finished its handshake, where its revision has one.
  func open(
    _ version: ProtocolVersion, capabilities: JSONObject = [:]
  ) async throws -> Client {
    let client = Client(peer: self, version: version, capabilities: capabilities)
    guard version.era == .legacy else { return client }
    send(Client.initialize(version.rawValue, capabilities: capabilities))
    _ = try await client.result(of: 1)
    client.notify("notifications/initialized")
    return client
  }
}

extension JSONObject {
  /// The text of a tool result's first block.
  var firstText: String? { self["content"]?[0]?["text"]?.stringValue }
}
