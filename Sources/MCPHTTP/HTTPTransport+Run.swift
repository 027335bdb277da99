import AsyncHTTPClient
import JSONRPC
import MCP
import NIOCore
import NIOHTTP1

extension HTTPTransport {
  /// Sends what is queued until the connection is closed, then ends the session.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.work() }
      group.addTask {
        await self.closing.value()
        try? await Task.sleep(for: self.limits.closePatience)
      }
      await group.next()
      group.cancelAll()
    }
    if state.withLock({ $0.sessionID }) != nil {
      _ = try? await client.execute(legacyRequest(.DELETE), timeout: limits.closePatience.amount)
    }
    try? await client.shutdown()
  }

  private func work() async {
    await withDiscardingTaskGroup { group in
      for await job in jobs {
        switch job {
        case .request(let request, let message, let flight):
          group.addTask { await self.serve(request, message, flight) }
        case .note(let method, let message):
          // In their order, and before what is sent after them.
          await post(note: message)
          switch method {
          case "notifications/initialized": group.addTask { await self.listen() }
          case "notifications/cancelled": endFlight(named: message)
          default: break
          }
        }
      }
    }
  }

  private func endFlight(named message: [UInt8]) {
    guard let value = try? parser.parse(message), let id = RequestID(value["params"]?["requestId"])
    else { return }
    state.withLock { $0.flights[id] }?.end.fulfil(true)
  }

  /// Sends a request and hands over what comes back until it is answered or to be ended.
  private func serve(_ request: Request, _ message: [UInt8], _ flight: Flight) async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        do {
          try await self.exchange(request, message)
        } catch let error as RPCError {
          self.deliver(request.id, error)
        } catch {
          if !Task.isCancelled {
            self.fail(request.id, "The request to the server failed: \(Self.describe(error))")
          }
        }
        flight.end.fulfil(false)
      }
      if await flight.end.value() { group.cancelAll() }
    }
    finish(request.id)
  }

  /// Sends a message that has no answer. Nobody waits to hear that it failed.
  private func post(note message: [UInt8]) async {
    var request = legacyRequest(.POST)
    request.headers.add(name: "Content-Type", value: "application/json")
    request.body = .bytes(ByteBuffer(bytes: message))
    guard
      let response = try? await client.execute(request, timeout: limits.notePatience.amount)
    else { return }
    if response.status == .notFound { loseSession() }
    // Read to its end, so that the connection can be used again.
    _ = try? await response.body.collect(upTo: 1 << 16)
  }

  /// A request of the legacy era, in its session if there is one.
  func legacyRequest(_ method: HTTPMethod) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: address)
    request.method = method
    request.headers = headers
    request.headers.replaceOrAdd(name: "Accept", value: "application/json, text/event-stream")
    let (session, version) = state.withLock { ($0.sessionID, $0.version) }
    if let session { request.headers.replaceOrAdd(name: "Mcp-Session-Id", value: session) }
    if let version { request.headers.replaceOrAdd(name: "MCP-Protocol-Version", value: version) }
    return request
  }

  /// The server knows the session no more: the connection has ended.
  func loseSession() {
    let isLost = state.withLock { (state: inout State) -> Bool in
      defer { state.sessionID = nil }
      return state.sessionID != nil
    }
    if isLost { inbox.end() }
  }

  static func describe(_ error: any Error) -> String {
    let text = (error as? HTTPClientError)?.shortDescription ?? String(describing: error)
    return text.shortened(to: 300)
  }
}
