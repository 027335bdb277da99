import AsyncHTTPClient
import JSONRPC
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

extension GatewayHarness {
  /// What was answered.
  struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    /// The body as JSON.
    var json: JSONValue {
      get throws { try JSONParser().parse(body) }
    }

    func header(_ name: String) -> String? { headers.first(name: name) }
  }

  /// Makes a request that is not answered yet.
  /// - Parameters:
  ///   - path: path and query, as they go over the wire.
  ///   - credential: `Authorization`; `nil` for none.
  ///   - headers: beside `Authorization` and, with a body, `Content-Type`.
  func request(
    _ method: HTTPMethod, _ path: String, as credential: String? = GatewayHarness.credential(),
    headers: [(String, String)] = [], body: [UInt8]? = nil
  ) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = method
    if let credential { request.headers.add(name: "Authorization", value: credential) }
    if let body {
      request.body = .bytes(ByteBuffer(bytes: body))
      if !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
        request.headers.add(name: "Content-Type", value: "application/json")
      }
    }
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    return request
  }

  /// Makes a request and reads the whole answer.
  func send(_ request: HTTPClientRequest) async throws -> Answer {
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    let body = try await response.body.collect(upTo: 8 << 20)
    return Answer(
      status: Int(response.status.code), headers: response.headers,
      body: Array(buffer: body))
  }

  /// Sends bytes as they are, and reads until the gateway closes the connection.
  func raw(_ text: String) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: text))
      var answer = ""
      for try await part in inbound { answer += String(buffer: part) }
      return answer
    }
  }

  /// The answer to a GET.
  func get(
    _ path: String, as credential: String? = GatewayHarness.credential(),
    headers: [(String, String)] = []
  ) async throws -> Answer {
    try await send(request(.GET, path, as: credential, headers: headers))
  }

  /// The answer to a POST of JSON.
  func post(
    _ path: String, _ json: JSONValue, as credential: String? = GatewayHarness.credential(),
    headers: [(String, String)] = []
  ) async throws -> Answer {
    try await send(
      request(.POST, path, as: credential, headers: headers, body: JSONWriter.bytes(of: json)))
  }

  /// Stores a new lead.
  /// - Returns: its name.
  @discardableResult
  func newLead(
    _ fields: JSONObject, as credential: String = GatewayHarness.credential()
  ) async throws -> String {
    let answer = try await post("/api/v1/triage", .object(fields), as: credential)
    try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    return try #require(try answer.json["leadID"]?.stringValue)
  }
}
