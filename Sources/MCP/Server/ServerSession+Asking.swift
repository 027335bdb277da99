import JSONRPC

extension ServerSession {
  /// Asks the client with requests of our own, all at once, and waits for the answers.
  func ask(
    _ questions: [NamedInput], version: ProtocolVersion, over lane: ReplyLane
  ) async throws(CallInterruption) -> [String: InputResponse] {
    try await waitUntilReady()
    var waiters: [(NamedInput, RequestID, OneShot<Result<JSONValue, RPCError>>)] = []
    // When one question ends the asking, the client need not go on with the others.
    defer { for (_, id, _) in waiters { withdraw(id, "the answer is not needed any more", lane) } }
    for question in questions {
      let (id, waiter) = try send(question, version, lane)
      waiters.append((question, id, waiter))
    }
    var answers: [String: InputResponse] = [:]
    for (question, id, waiter) in waiters {
      switch await outcome(of: id, waiter, lane) {
      case .failure(let error):
        if Task.isCancelled { throw .cancelled }
        throw .unanswered(
          "The client could not answer \(question.request.method): \(error.message)")
      case .success(let json):
        do {
          answers[question.key] = try InputResponse(json, to: question.request)
        } catch {
          throw .toolError(
            "The client's answer to \(question.request.method) does not fit: \(error.message)")
        }
      }
    }
    return answers
  }

  /// Waits, though not for ever, until the client has finished its handshake: before that it should not
  /// be sent requests, and a client that pipelines its first call is about to finish it.
  private func waitUntilReady() async throws(CallInterruption) {
    let waiter = OneShot<Void>()
    let key = state.withLock { (state: inout State) -> Int? in
      guard state.legacy.session?.isReady != true, !state.isDraining else { return nil }
      state.nextSerial += 1
      state.readyWaiters[state.nextSerial] = waiter
      return state.nextSerial
    }
    guard let key else { return }
    await withTaskCancellationHandler {
      await Self.wait(for: waiter, atMost: server.limits.readyPatience)
    } onCancel: {
      waiter.fulfil(())
    }
    state.withLock { $0.readyWaiters[key] = nil }
    if Task.isCancelled { throw .cancelled }
    guard legacySession?.isReady == true else {
      throw .unanswered(
        "The client cannot be asked: it has not sent notifications/initialized after 'initialize'")
    }
  }

  /// The client has finished its handshake.
  func becameReady() {
    let waiters = state.withLock { (state: inout State) -> [OneShot<Void>] in
      guard case .initialized(var session) = state.legacy else { return [] }
      session.isReady = true
      state.legacy = .initialized(session)
      defer { state.readyWaiters = [:] }
      return Array(state.readyWaiters.values)
    }
    for waiter in waiters { waiter.fulfil(()) }
  }

  private func send(
    _ question: NamedInput, _ version: ProtocolVersion, _ lane: ReplyLane
  ) throws(CallInterruption) -> (RequestID, OneShot<Result<JSONValue, RPCError>>) {
    let waiter = OneShot<Result<JSONValue, RPCError>>()
    let id = state.withLock { (state: inout State) -> RequestID? in
      guard !state.isDraining else { return nil }
      state.lastOutgoingID += 1
      let id = RequestID.integer(state.lastOutgoingID)
      state.outgoing[id] = waiter
      return id
    }
    guard let id else { throw .cancelled }
    let params = question.request.params(
      for: version, elicitationID: "elicitation-\(JSONWriter.text(of: id.json))")
    lane.send(
      Message.request(Request(id: id, method: question.request.method, params: params)).bytes)
    return (id, waiter)
  }

  /// The client's answer; an error when it does not come in time or the asking request is cancelled,
  /// of which the client is told.
  private func outcome(
    of id: RequestID, _ waiter: OneShot<Result<JSONValue, RPCError>>,
    _ lane: ReplyLane
  ) async -> Result<JSONValue, RPCError> {
    let patience = server.limits.inputPatience
    return await withTaskCancellationHandler {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { [self] in
          if (try? await Task.sleep(for: patience)) != nil {
            withdraw(id, "no answer in time", lane)
          }
        }
        let outcome = await waiter.value()
        group.cancelAll()
        return outcome
      }
    } onCancel: {
      withdraw(id, "the request that needs the answer was cancelled", lane)
    }
  }

  private func withdraw(_ id: RequestID, _ reason: String, _ lane: ReplyLane) {
    let waiter = state.withLock { $0.outgoing.removeValue(forKey: id) }
    guard let waiter else { return }
    let params: JSONObject = ["requestId": id.json, "reason": .string(reason)]
    lane.send(
      Message.notification(Notification(method: "notifications/cancelled", params: params)).bytes)
    waiter.fulfil(.failure(RPCError(.internalError, reason)))
  }
}
