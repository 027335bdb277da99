import JSONRPC
import Logging

/// One client's connection, both eras at once: every message is served in the era it belongs to.
///
/// The receive loop alone changes the session's state; it enters each request in the table of requests
/// in flight before the request's task can run, so that a cancellation right behind it finds it.
package final class ServerSession: Sendable {
  struct State {
    var legacy = LegacyPhase.fresh
    var inFlight: [RequestID: InFlightRequest] = [:]
    var listens = 0
    var subscriptions: [Int: ChangeSubscription] = [:]
    var outgoing: [RequestID: OneShot<Result<JSONValue, RPCError>>] = [:]
    var lastOutgoingID: Int64 = 0
    var nextSerial = 0
    var isDraining = false
    /// Who waits for the handshake to be finished before asking the client.
    var readyWaiters: [Int: OneShot<Void>] = [:]
    var roomWaiter: OneShot<Void>?
    /// Whether waiting for a free place was in vain and none has come free since.
    var isOverloaded = false
    var idleWaiter: OneShot<Void>?

    /// Takes a request out of the table.
    mutating func remove(_ id: RequestID) -> InFlightRequest? {
      let entry = inFlight.removeValue(forKey: id)
      if entry?.isListen == true { listens -= 1 }
      return entry
    }
  }

  let server: MCPServer
  let transport: any Transport
  let principal: Principal
  let policy: SessionPolicy
  let state = Locked(State())
  /// How many bytes of answers the open batches hold together.
  private let batchBudget: ByteBudget
  private let parser: JSONParser
  private let onInputEnd: @Sendable () -> Void

  /// A session over a transport for a principal.
  /// - Parameters:
  ///   - policy: what is asked before a request is served, and who is told afterwards.
  ///   - onInputEnd: called once when the client sends no more, before what is in flight is finished.
  package init(
    server: MCPServer, transport: any Transport, principal: Principal,
    policy: SessionPolicy = SessionPolicy(),
    onInputEnd: @escaping @Sendable () -> Void = {}
  ) {
    self.server = server
    self.transport = transport
    self.principal = principal
    self.policy = policy
    self.onInputEnd = onInputEnd
    self.batchBudget = ByteBudget(server.limits.batchBytes)
    self.parser = JSONParser(
      maximumDepth: server.limits.maximumDepth, maximumBytes: server.limits.maximumMessageBytes)
  }

  /// Serves the client until it ends the connection or `shutDown` is called; then finishes what is in
  /// flight, within the limit for draining, and closes the transport.
  package func run() async {
    await withTaskExecutorPreference(transport.executor) {
      await withDiscardingTaskGroup { group in
        while true {
          let frames = await transport.receive()
          if frames.isEmpty { break }
          for frame in frames where !transport.isPeerGone { await handle(frame, in: &group) }
        }
        onInputEnd()
        await drain()
        group.cancelAll()
        // What is still to be sent has been sent: a handler that does not end holds nothing up.
        await transport.close()
      }
    }
  }

  /// Ends the session as if the client had stopped sending.
  package func shutDown() {
    let room = state.withLock { (state: inout State) -> OneShot<Void>? in
      state.isDraining = true
      defer { state.roomWaiter = nil }
      return state.roomWaiter
    }
    room?.fulfil(())
    transport.stopReceiving()
  }

  private func handle(_ frame: Frame, in group: inout DiscardingTaskGroup) async {
    switch frame {
    case .message(let bytes):
      let lane = ReplyLane(transport)
      do {
        await handle(try Incoming(parsing: bytes, with: parser), lane, in: &group)
      } catch {
        ReplySink(lane).refuse(error, to: nil)
      }
    case .exchange(let exchange):
      await handle(exchange.incoming, ReplyLane(transport, exchange), in: &group)
    case .tooLong:
      let error = RPCError(
        .invalidRequest,
        "Invalid request: the message is longer than \(server.limits.maximumMessageBytes) bytes")
      ReplySink(ReplyLane(transport)).refuse(error, to: nil)
    }
  }

  private func handle(
    _ incoming: Incoming, _ lane: ReplyLane, in group: inout DiscardingTaskGroup
  ) async {
    switch incoming {
    case .single(let value):
      await waitForRoom()
      handle(value, ReplySink(lane), isBatched: false, in: &group)
    case .batch(let values): await handle(batch: values, lane, in: &group)
    }
  }

  private func handle(
    batch values: [JSONValue], _ lane: ReplyLane, in group: inout DiscardingTaskGroup
  ) async {
    guard legacySession?.version == .v2025March else {
      let error = RPCError(
        .invalidRequest, "Invalid request: batches exist in protocol version 2025-03-26 only")
      ReplySink(lane).refuse(error, to: nil)
      return
    }
    // What deserves no answer settles at once, so every part counts.
    let sink = ReplySink(
      lane, batch: BatchReply(count: values.count, budget: batchBudget, lane: lane))
    for value in values {
      await waitForRoom()
      handle(value, sink, isBatched: true, in: &group)
    }
  }

  private func handle(
    _ value: JSONValue, _ sink: ReplySink, isBatched: Bool, in group: inout DiscardingTaskGroup
  ) {
    do {
      switch try Message(value) {
      case .request(let request) where isBatched && Self.mustBeAlone(request):
        let error = RPCError(
          .invalidRequest,
          "Invalid request: 'initialize' and requests of other versions must not be in a batch")
        sink.refuse(error, to: request.id)
      case .request(let request): handle(request, sink, in: &group)
      case .notification(let notification):
        handle(notification)
        sink.drop()
      case .response where sink.headers != nil:
        sink.refuse(RPCError(.invalidRequest, "Invalid request: nothing was asked"), to: nil)
      case .response(let response):
        handle(response)
        sink.drop()
      }
    } catch {
      guard let answer = error.error else { return sink.drop() }
      sink.refuse(answer, to: error.id)
    }
  }

  private static func mustBeAlone(_ request: Request) -> Bool {
    request.method == "initialize" || RequestEnvelope.isModern(request)
  }

  private func handle(
    _ request: Request, _ sink: ReplySink, in group: inout DiscardingTaskGroup
  ) {
    do {
      try checkIsFree(request.id)
      try policy.check(request, by: principal, tools: server.tools)
      if sink.headers != nil || RequestEnvelope.isModern(request) {
        try serveModern(request, sink, in: &group)
      } else {
        try serveLegacy(request, sink, in: &group)
      }
    } catch {
      log(error, request.method)
      sink.refuse(error, to: request.id)
    }
  }

  private func handle(_ notification: Notification) {
    switch notification.method {
    case "notifications/cancelled":
      guard let id = RequestID(notification.params["requestId"]) else { return }
      let entry = state.withLock { $0.remove(id) }
      guard let entry else { return }
      entry.cancel(id)
      becameFreer()
    case "notifications/initialized":
      becameReady()
    default: break
    }
  }

  private func handle(_ response: Response) {
    guard let id = response.id else { return }
    let waiter = state.withLock { $0.outgoing.removeValue(forKey: id) }
    waiter?.fulfil(response.outcome)
  }

  func log(_ error: RPCError, _ method: String) {
    guard error.code == .internalError else { return }
    server.logger.error(
      "request failed",
      metadata: [
        "method": "\(method.shortened(to: 80))", "place": "\(error.place)",
        "cause": "\(error.cause ?? "-")",
      ])
  }

  static func response(_ error: RPCError, to id: RequestID?) -> [UInt8] {
    Message.response(Response(id: id, outcome: .failure(error))).bytes
  }
}
