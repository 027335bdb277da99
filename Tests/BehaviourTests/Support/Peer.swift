import ConformanceFixture
import JSONRPC
import MCP
import WireChecks

/// A client that does nothing by itself: it sends what a test writes and keeps all that comes.
final class Peer: Sendable {
  struct Unexpected: Error, CustomStringConvertible {
    let description: String
  }

  let version: ProtocolVersion
  /// Everything the server has sent.
  let received = Recorder<JSONValue>()
  private let transport: any Transport
  private let log: WireLog
  private let capabilities: JSONObject
  private let lastID = Locked(Int64(0))

  init(
    _ transport: any Transport, log: WireLog, version: ProtocolVersion, capabilities: JSONObject
  ) {
    self.transport = transport
    self.log = log
    self.version = version
    self.capabilities = capabilities
  }

  /// Receives until the connection ends, and closes it.
  func run() async {
    while true {
      let frames = await transport.receive()
      if frames.isEmpty { break }
      for case .message(let bytes) in frames {
        guard let message = try? JSONParser(maximumBytes: .max).parse(bytes) else {
          received.append(["unreadable": .string(String(decoding: bytes, as: UTF8.self))])
          continue
        }
        log.serverSends(message)
        received.append(message)
      }
    }
    await transport.close()
  }

  /// Shakes hands where the revision has it.
  func open() async throws {
    guard version.era == .legacy else { return }
    _ = try await result(
      "initialize",
      [
        "protocolVersion": .string(version.rawValue), "capabilities": .object(capabilities),
        "clientInfo": ["name": "test", "version": "1"],
      ])
    notify("notifications/initialized")
  }

  /// Sends a message.
  /// - Parameter isFaulty: whether it breaks the protocol on purpose.
  func send(_ message: JSONValue, isFaulty: Bool = false) {
    log.clientSends(message, isFaulty: isFaulty)
    transport.send(JSONWriter.bytes(of: message))
  }

  func notify(_ method: String, _ params: JSONObject = [:]) {
    var message: JSONObject = ["jsonrpc": "2.0", "method": .string(method)]
    if !params.isEmpty { message["params"] = .object(params) }
    send(.object(message))
  }

  /// What a request of the modern era says of itself.
  static func envelope(_ capabilities: JSONObject = [:]) -> JSONObject {
    [
      MetaKey.protocolVersion: .string(ProtocolVersion.latest.rawValue),
      MetaKey.clientCapabilities: .object(capabilities),
      MetaKey.clientInfo: ["name": "test", "version": "1"],
    ]
  }

  /// Sends a request.
  /// - Parameters:
  ///   - meta: added to what the request says of itself.
  ///   - envelope: all that it says of itself, in place of what the revision wants.
  /// - Returns: its id.
  @discardableResult
  func post(
    _ method: String, _ params: JSONObject = [:], meta: JSONObject = [:],
    envelope: JSONObject? = nil, id: JSONValue? = nil, isFaulty: Bool = false
  ) -> JSONValue {
    let id =
      id
      ?? .integer(
        lastID.withLock {
          $0 += 1
          return $0
        })
    var params = params
    let own = envelope ?? (version.era == .modern ? Self.envelope(capabilities) : [:])
    let all = own.merging(meta)
    if !all.isEmpty { params["_meta"] = .object(all) }
    var message: JSONObject = ["jsonrpc": "2.0", "id": id, "method": .string(method)]
    if !params.isEmpty { message["params"] = .object(params) }
    send(.object(message), isFaulty: isFaulty)
    return id
  }

  /// The first message that is wanted, once it is there.
  func next(
    _ what: String, where wants: @escaping @Sendable (JSONValue) -> Bool
  ) async throws -> JSONValue {
    _ = await received.reaches { $0.contains(where: wants) }
    guard let message = received.values.first(where: wants) else {
      let seen = received.values.suffix(10).map { JSONWriter.text(of: $0) }
      throw Unexpected(
        description: "\(what) did not come; the last were\n\(seen.joined(separator: "\n"))")
    }
    return message
  }

  /// The answer to a request.
  func answer(to id: JSONValue) async throws -> JSONValue {
    try await next("the answer to \(JSONWriter.text(of: id))") {
      $0["id"] == id && $0["method"] == nil
    }
  }

  /// The result of a request that must succeed.
  func result(
    _ method: String, _ params: JSONObject = [:], meta: JSONObject = [:],
    envelope: JSONObject? = nil
  ) async throws -> JSONObject {
    let id = post(method, params, meta: meta, envelope: envelope)
    let answer = try await answer(to: id)
    guard let result = answer["result"]?.objectValue else {
      throw Unexpected(
        description: "expected a result of \(method), found \(JSONWriter.text(of: answer))")
    }
    return result
  }

  /// The error of a request that must fail.
  func error(
    _ method: String, _ params: JSONObject = [:], meta: JSONObject = [:],
    envelope: JSONObject? = nil, isFaulty: Bool = false
  ) async throws -> RPCError {
    let id = post(method, params, meta: meta, envelope: envelope, isFaulty: isFaulty)
    let answer = try await answer(to: id)
    guard let error = answer["error"].flatMap(RPCError.init(json:)) else {
      throw Unexpected(
        description: "expected an error of \(method), found \(JSONWriter.text(of: answer))")
    }
    return error
  }

  /// The result of a tool.
  func call(
    _ tool: String, _ arguments: JSONObject = [:], meta: JSONObject = [:]
  ) async throws -> JSONObject {
    try await result(
      "tools/call", ["name": .string(tool), "arguments": .object(arguments)], meta: meta)
  }
}
