import AsyncHTTPClient
import JSONRPC
import MCP
import MCPHTTP
import MCPWebSocket
import NIOHTTP1
import Testing

extension GatewayHarness {
  /// A request of the modern era.
  static func modern(
    _ method: String, _ params: JSONObject = [:], id: Int64 = 1,
    capabilities: JSONObject = [:]
  ) -> Request {
    var params = params
    params["_meta"] = [
      MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: .object(capabilities),
    ]
    return Request(id: .integer(id), method: method, params: params)
  }

  private static let accept = ("Accept", "application/json, text/event-stream")

  /// The answer to a request of the modern era, over HTTP.
  func ask(
    _ request: Request, as credential: String? = GatewayHarness.credential(),
    headers: [(String, String)] = []
  ) async throws -> Answer {
    try await send(httpRequest(request, as: credential, headers: headers))
  }

  /// A request of the modern era that is not sent yet.
  func httpRequest(
    _ request: Request, as credential: String? = GatewayHarness.credential(),
    headers: [(String, String)] = []
  ) -> HTTPClientRequest {
    let mirrored = request.mirroredHeaders([]).map { ($0.name, $0.value) }
    return self.request(
      .POST, "/mcp", as: credential, headers: [Self.accept] + mirrored + headers,
      body: Message.request(request).bytes)
  }

  /// The answer to a message of the legacy era, over HTTP.
  func tell(
    _ json: JSONValue, as credential: String? = GatewayHarness.credential(),
    session: String? = nil, headers: [(String, String)] = []
  ) async throws -> Answer {
    try await post(
      "/mcp", json, as: credential,
      headers: [Self.accept] + (session.map { [("Mcp-Session-Id", $0)] } ?? []) + headers)
  }

  static func call(
    _ method: String, _ params: JSONObject = [:], id: Int64 = 1
  ) -> JSONValue {
    [
      "jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": .object(params),
    ]
  }

  static let initialize = call(
    "initialize",
    [
      "protocolVersion": "2025-11-25", "capabilities": [:],
      "clientInfo": ["name": "test", "version": "1"],
    ])

  /// Opens a session of the legacy era.
  /// - Returns: its id.
  func newSession(as credential: String = GatewayHarness.credential()) async throws -> String {
    let answer = try await tell(Self.initialize, as: credential)
    let id = try #require(answer.header("Mcp-Session-Id"), "\(answer.status)")
    _ = try await tell(
      ["jsonrpc": "2.0", "method": "notifications/initialized"], as: credential, session: id)
    return id
  }

  /// Opens a WebSocket to the protocol.
  func webSocket(
    as credential: String? = GatewayHarness.credential(), headers: [(String, String)] = [],
    scheme: String = "ws", tls: WebSocketClientTLS? = nil
  ) async throws -> WebSocketTransport {
    let authorization = credential.map { [("Authorization", $0)] } ?? []
    return try await WebSocketClient.connect(
      url: "\(scheme)://localhost:\(port)/mcp",
      headers: (authorization + headers).map { (name: $0.0, value: $0.1) }, tls: tls)
  }
}

extension WebSocketTransport {
  /// The answer to a request; `nil` when the connection ends before.
  func ask(_ request: Request) async throws -> JSONValue? {
    send(Message.request(request).bytes)
    let id = request.id.json
    while true {
      let frames = await receive()
      guard !frames.isEmpty else { return nil }
      for case .message(let bytes) in frames {
        let json = try JSONParser().parse(bytes)
        if json["id"] == id, json["method"] == nil { return json }
      }
    }
  }

  /// Reads to the end of the connection.
  func end() async { while await !receive().isEmpty {} }
}
