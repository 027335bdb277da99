import AsyncHTTPClient
import JSONRPC
import MCP
import NIOCore
import NIOHTTP1

extension HTTPTransport {
  /// Sends a request and hands over what comes back, up to its answer.
  /// - Throws: `RPCError` that answers the request in the server's place, or what the network did.
  func exchange(_ request: Request, _ message: [UInt8]) async throws {
    let response = try await client.execute(post(request, message), deadline: .distantFuture)
    guard (200..<300).contains(response.status.code) else {
      return await refused(request, response)
    }
    if request.method == "initialize", let session = response.headers.first(name: "Mcp-Session-Id")
    {
      state.withLock { $0.sessionID = session }
    }
    guard response.isEventStream else {
      let body = try await collect(response.body, limits.message)
      guard isAnswer(body, to: request) else {
        throw RPCError(
          .internalError,
          "HTTP status \(response.status.code) without an answer to \(request.method)")
      }
      await inbox.makeRoom()
      return inbox.put(body)
    }
    var stream = EventStreamParser(limit: limits.event)
    if try await follow(response, &stream, to: request) { return }
    try await resume(request, &stream)
  }

  private func post(_ request: Request, _ message: [UInt8]) -> HTTPClientRequest {
    var post: HTTPClientRequest
    if request.modernVersion == nil {
      post = legacyRequest(.POST)
      if request.method == "initialize" {
        post.headers.remove(name: "Mcp-Session-Id")
        post.headers.remove(name: "MCP-Protocol-Version")
      }
    } else {
      post = HTTPClientRequest(url: address)
      post.method = .POST
      post.headers = headers
      post.headers.replaceOrAdd(name: "Accept", value: "application/json, text/event-stream")
      let tool = request.params["name"]?.stringValue ?? ""
      let parameters = state.withLock { $0.parameters[tool] } ?? []
      for header in request.mirroredHeaders(parameters) {
        post.headers.replaceOrAdd(name: header.name, value: header.value)
      }
    }
    post.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
    post.body = .bytes(ByteBuffer(bytes: message))
    return post
  }

  /// Answers a request as its refusal says: with the JSON-RPC error in it, or with its status.
  private func refused(_ request: Request, _ response: HTTPClientResponse) async {
    let body = (try? await collect(response.body, 1 << 20)) ?? []
    if let value = try? parser.parse(body), case .response(let found)? = try? Message(value),
      case .failure(let error) = found.outcome, found.id == nil || found.id == request.id
    {
      deliver(request.id, error)
    } else if !Task.isCancelled {
      let said = String(decoding: body, as: UTF8.self).shortened(to: 300)
      fail(
        request.id,
        "HTTP status \(response.status.code) \(response.status.reasonPhrase)"
          + (said.isEmpty ? "" : ": \(said)"))
    }
    // Behind the answer, for nothing arrives any more then.
    if response.status == .notFound, request.modernVersion == nil { loseSession() }
  }

  private func collect(
    _ body: HTTPClientResponse.Body, _ limit: Int
  ) async throws -> [UInt8] {
    do {
      return Array(buffer: try await body.collect(upTo: limit))
    } catch is NIOTooManyBytesError {
      throw RPCError(.internalError, "The server's answer is longer than \(limit) bytes")
    }
  }

  /// Hands over the messages of a stream.
  /// - Returns: whether the request's answer was among them.
  private func follow(
    _ response: HTTPClientResponse, _ stream: inout EventStreamParser, to request: Request?
  ) async throws -> Bool {
    var isAnswered = false
    do {
      for try await chunk in response.body {
        await inbox.makeRoom()
        var items: [StreamItem] = []
        chunk.withUnsafeReadableBytes { bytes in stream.feed(bytes) { items.append($0) } }
        for case .event("message", let data) in items {
          if let request, isAnswer(data, to: request) { isAnswered = true }
          inbox.put(data)
        }
        if items.contains(.tooLong), request != nil, !isAnswered {
          throw RPCError(
            .internalError, "The server sent an event longer than \(limits.event) bytes")
        }
        // The server ends the stream behind the answer; whatever it does, nothing more belongs to it.
        if isAnswered { return true }
      }
    } catch  where stream.lastEventID != nil && !(error is RPCError) && !Task.isCancelled {
      // Lost on the way: taken up again behind the last event, as one that the server ended.
    }
    return isAnswered
  }

  /// Takes up a stream that ended before the request's answer.
  private func resume(_ request: Request, _ stream: inout EventStreamParser) async throws {
    var failures = 0
    while request.modernVersion == nil, stream.lastEventID != nil, failures < limits.resumptions {
      try await Task.sleep(for: pause(stream.retry, failures))
      let before = stream.lastEventID
      do {
        let response = try await client.execute(
          resumption(stream.lastEventID), deadline: .distantFuture)
        guard response.status == .ok, response.isEventStream else {
          return await refused(request, response)
        }
        var next = EventStreamParser(limit: limits.event, lastEventID: stream.lastEventID)
        defer { stream = next }
        if try await follow(response, &next, to: request) { return }
        failures = next.lastEventID == before ? failures + 1 : 0
      } catch  where !(error is RPCError) && !Task.isCancelled {
        failures += 1
      }
    }
    throw RPCError(.internalError, "The server's stream ended without an answer")
  }

  private func resumption(_ lastEventID: String?) -> HTTPClientRequest {
    var request = legacyRequest(.GET)
    request.headers.replaceOrAdd(name: "Accept", value: "text/event-stream")
    if let lastEventID { request.headers.replaceOrAdd(name: "Last-Event-ID", value: lastEventID) }
    return request
  }

  /// How long to wait before a stream is taken up again.
  private func pause(_ wanted: Duration?, _ failures: Int) -> Duration {
    min(limits.longestRetry, (wanted ?? limits.retry) * (1 << min(failures, 10)))
  }

  /// Hears what belongs to no request, for as long as the session lasts.
  func listen() async {
    let end = OneShot<Bool>()
    let isClosing = state.withLock { (state: inout State) -> Bool in
      state.listening = end
      return state.isClosing
    }
    if isClosing { return }
    await withDiscardingTaskGroup { group in
      group.addTask {
        await self.hear()
        end.fulfil(false)
      }
      if await end.value() { group.cancelAll() }
    }
  }

  private func hear() async {
    var stream = EventStreamParser(limit: limits.event)
    var failures = 0
    while !Task.isCancelled {
      do {
        let response = try await client.execute(
          resumption(stream.lastEventID), deadline: .distantFuture)
        if response.status == .notFound { return loseSession() }
        if response.status == .ok, response.isEventStream {
          failures = 0
          var next = EventStreamParser(limit: limits.event, lastEventID: stream.lastEventID)
          _ = try await follow(response, &next, to: nil)
          stream = next
        } else if response.status.code < 500, response.status != .conflict {
          // This server has no such stream.
          return
        } else {
          failures += 1
        }
      } catch {
        failures += 1
      }
      guard (try? await Task.sleep(for: pause(stream.retry, failures))) != nil else { return }
    }
  }

  /// Whether a message answers the request. Notes on the way what later requests have to say.
  private func isAnswer(_ message: [UInt8], to request: Request) -> Bool {
    guard let value = try? parser.parse(message), value["method"] == nil,
      RequestID(value["id"]) == request.id
    else { return false }
    switch request.method {
    case "initialize":
      state.withLock { $0.version = value["result"]?["protocolVersion"]?.stringValue }
    case "tools/list":
      for tool in value["result"]?["tools"]?.arrayValue ?? [] {
        guard let name = tool["name"]?.stringValue,
          let schema = tool["inputSchema"]?.objectValue
        else { continue }
        let parameters = MirroredParameter.all(in: schema)
        state.withLock { $0.parameters[name] = parameters.isEmpty ? nil : parameters }
      }
    default: break
    }
    return true
  }
}

extension HTTPClientResponse {
  fileprivate var isEventStream: Bool {
    let type = headers.first(name: "Content-Type")?.prefix { $0 != ";" } ?? ""
    return type.lowercased().split(separator: " ").first == "text/event-stream"
  }
}
