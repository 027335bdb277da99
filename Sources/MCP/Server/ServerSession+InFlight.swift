import JSONRPC

/// A request that has been accepted and not yet answered.
struct InFlightRequest: Sendable {
  enum End: Sendable {
    case finished
    case cancelled
  }

  /// Tells this request from a later one with the same id.
  let serial: Int
  let sink: ReplySink
  let outlet: RequestOutlet
  let end: OneShot<End>
  let isListen: Bool

  /// From now on nothing is sent for the request.
  func cancel(_ id: RequestID) {
    outlet.close()
    sink.drop(cancelled: id)
    end.fulfil(.cancelled)
  }
}

extension ServerSession {
  /// What a request does once it has been accepted.
  typealias Work = @Sendable () async throws(CallInterruption) -> ResultBody

  /// Enters a request in the table and starts its task.
  /// - Throws: our own code when there are too many.
  func start(
    _ request: Request, _ sink: ReplySink, _ outlet: RequestOutlet, isListen: Bool = false,
    serverInfo: JSONValue?, in group: inout DiscardingTaskGroup, work: @escaping Work
  ) throws(RPCError) {
    let entry = try enter(request.id, sink, outlet, isListen: isListen)
    let begin = isAudited(request.method) ? ContinuousClock.now : nil
    group.addTask { [self] in
      await withDiscardingTaskGroup { inner in
        inner.addTask { [self] in
          let outcome = await outcome(of: work)
          outlet.close()
          settle(request, entry, outcome, serverInfo)
          if let begin { audit(request, outcome, since: begin) }
          entry.end.fulfil(.finished)
        }
        if await entry.end.value() == .cancelled { inner.cancelAll() }
      }
    }
  }

  /// - Throws: -32600 for the id of another request in flight, whose answers could not be told apart.
  func checkIsFree(_ id: RequestID) throws(RPCError) {
    if state.withLock({ $0.inFlight[id] != nil }) {
      throw RPCError(.invalidRequest, "Invalid request: this id is in flight already")
    }
  }

  private func outcome(of work: Work) async -> Result<ResultBody, CallInterruption> {
    // Nobody is left to serve: what has not begun need not begin.
    if transport.isPeerGone { return .failure(.cancelled) }
    do { return .success(try await work()) } catch { return .failure(error) }
  }

  private func isAudited(_ method: String) -> Bool {
    policy.audit != nil && ServedRequest.isAudited(method)
  }

  private func audit(
    _ request: Request, _ outcome: Result<ResultBody, CallInterruption>,
    since begin: ContinuousClock.Instant
  ) {
    let end: ServedRequest.Outcome =
      switch outcome {
      case .success(let body): body.isToolError ? .toolError : .done
      case .failure(let interruption): Self.end(of: interruption)
      }
    policy.audit?(
      ServedRequest(
        request, by: principal, in: server, outcome: end, duration: ContinuousClock.now - begin))
  }

  private func enter(
    _ id: RequestID, _ sink: ReplySink, _ outlet: RequestOutlet, isListen: Bool
  ) throws(RPCError) -> InFlightRequest {
    try state.withLock { (state: inout State) throws(RPCError) -> InFlightRequest in
      let limits = server.limits
      if isListen {
        guard state.listens < limits.maximumListens else {
          throw RPCError(
            .internalError, "Too many subscriptions: at most \(limits.maximumListens) in a session")
        }
        state.listens += 1
      } else if state.inFlight.count - state.listens >= limits.maximumInFlight {
        throw RPCError(
          .overloaded, "Too many requests in flight: at most \(limits.maximumInFlight), try later",
          data: ["limit": JSONValue(limits.maximumInFlight)])
      }
      state.nextSerial += 1
      let entry = InFlightRequest(
        serial: state.nextSerial, sink: sink, outlet: outlet, end: OneShot(), isListen: isListen)
      state.inFlight[id] = entry
      return entry
    }
  }

  /// Answers, unless the request was cancelled meanwhile.
  private func settle(
    _ request: Request, _ entry: InFlightRequest, _ outcome: Result<ResultBody, CallInterruption>,
    _ serverInfo: JSONValue?
  ) {
    let isMine = state.withLock { (state: inout State) -> Bool in
      guard state.inFlight[request.id]?.serial == entry.serial else { return false }
      return state.remove(request.id) != nil
    }
    if isMine {
      switch outcome {
      case .success(let body):
        entry.sink.send(body.response(to: request.id, serverInfo: serverInfo), to: request.id)
      case .failure(.cancelled): entry.sink.drop(cancelled: request.id)
      case .failure(let interruption):
        let error = Self.error(for: interruption)
        log(error, request.method)
        entry.sink.refuse(error, to: request.id)
      }
    }
    becameFreer()
  }

  /// How an interruption ends a request, for an audit log.
  static func end(of interruption: CallInterruption) -> ServedRequest.Outcome {
    if case .cancelled = interruption { .cancelled } else { .error(error(for: interruption).code) }
  }

  private static func error(for interruption: CallInterruption) -> RPCError {
    switch interruption {
    case .protocolError(let error): error
    case .toolError(let message), .unanswered(let message): RPCError(.invalidParams, message)
    case .problem(let problem): RPCError(.invalidParams, problem.message)
    case .cancelled, .inputRequired:
      RPCError(.internalError, "Internal error", cause: "a handler asked where it cannot")
    }
  }

  /// Wakes whoever waits for a free place or for the last request to end.
  func becameFreer() {
    let (room, idle) = state.withLock { (state: inout State) -> (OneShot<Void>?, OneShot<Void>?) in
      var idle: OneShot<Void>?
      if state.inFlight.isEmpty {
        idle = state.idleWaiter
        state.idleWaiter = nil
      }
      state.isOverloaded = false
      defer { state.roomWaiter = nil }
      return (state.roomWaiter, idle)
    }
    room?.fulfil(())
    idle?.fulfil(())
  }

  /// Waits while as many requests are in flight as may be, though not for ever, and not again before a
  /// place has come free: cancellations and answers to our own requests must get in.
  func waitForRoom() async {
    let limits = server.limits
    let room = state.withLock { (state: inout State) -> OneShot<Void>? in
      guard !state.isOverloaded, !state.isDraining,
        state.inFlight.count - state.listens >= limits.maximumInFlight
      else { return nil }
      let waiter = OneShot<Void>()
      state.roomWaiter = waiter
      return waiter
    }
    guard let room else { return }
    await Self.wait(for: room, atMost: limits.overloadPatience)
    state.withLock { (state: inout State) in
      // Still there: nobody has fulfilled it, the patience has ended.
      if state.roomWaiter != nil { state.isOverloaded = true }
      state.roomWaiter = nil
    }
  }

  /// The peer sends no more: ends subscriptions, lets requests finish for a while, cancels the rest. Of
  /// a peer that is gone nothing is finished.
  func drain() async {
    let (outgoing, ready, subscriptions) = state.withLock {
      (state: inout State)
        -> ([OneShot<Result<JSONValue, RPCError>>], [OneShot<Void>], [ChangeSubscription]) in
      state.isDraining = true
      defer {
        state.outgoing = [:]
        state.readyWaiters = [:]
      }
      return (
        Array(state.outgoing.values), Array(state.readyWaiters.values),
        Array(state.subscriptions.values)
      )
    }
    for waiter in outgoing {
      waiter.fulfil(.failure(RPCError(.internalError, "The client closed the connection")))
    }
    for waiter in ready { waiter.fulfil(()) }
    for subscription in subscriptions { subscription.end() }
    let idle = state.withLock { (state: inout State) -> OneShot<Void>? in
      guard !state.inFlight.isEmpty else { return nil }
      let waiter = OneShot<Void>()
      state.idleWaiter = waiter
      return waiter
    }
    guard let idle else { return }
    if !transport.isPeerGone { await Self.wait(for: idle, atMost: server.limits.drain) }
    let late = state.withLock { (state: inout State) -> [RequestID: InFlightRequest] in
      defer {
        state.inFlight = [:]
        state.listens = 0
      }
      return state.inFlight
    }
    for (id, entry) in late { entry.cancel(id) }
  }

  /// Waits for a signal, at most this long.
  static func wait(for signal: OneShot<Void>, atMost patience: Duration) async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        try? await Task.sleep(for: patience)
        signal.fulfil(())
      }
      await signal.value()
      group.cancelAll()
    }
  }
}
