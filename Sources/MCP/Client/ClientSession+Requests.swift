package import JSONRPC

extension ClientSession {
  /// Agrees with the server on a revision.
  /// - Throws: what the server answered, when no revision could be agreed on.
  package func connect(_ mode: Mode = .automatic) async throws(RPCError) {
    switch mode {
    case .modern: try await discover()
    case .legacy(let version): try await initialize(version)
    case .automatic:
      do {
        try await discover()
      } catch {
        // Any other error than the modern ones means a server that knows no `server/discover`.
        try await initialize(.latestLegacy)
      }
    }
  }

  private func discover() async throws(RPCError) {
    state.withLock { $0.version = .latest }
    let result: JSONObject
    do {
      result = try await request("server/discover")
    } catch {
      state.withLock { $0.version = nil }
      throw error
    }
    let versions = result["supportedVersions"]?.arrayValue ?? []
    guard versions.contains(.string(ProtocolVersion.latest.rawValue)) else {
      state.withLock { $0.version = nil }
      throw RPCError(.unsupportedProtocolVersion, "No version in common")
    }
    state.withLock { (state: inout State) in
      state.serverInfo = Implementation(result["_meta"]?[MetaKey.serverInfo])
      state.serverCapabilities = result["capabilities"]?.objectValue ?? [:]
    }
  }

  private func initialize(_ version: ProtocolVersion) async throws(RPCError) {
    let result = try await roundTrip(
      "initialize",
      [
        "protocolVersion": .string(version.rawValue),
        "capabilities": .object(handlers.capabilities(for: version)),
        "clientInfo": info.json(for: version),
      ])
    guard let agreed = result["protocolVersion"]?.stringValue.flatMap(ProtocolVersion.init),
      agreed.era == .legacy
    else { throw RPCError(.unsupportedProtocolVersion, "No version in common") }
    state.withLock { (state: inout State) in
      state.version = agreed
      state.serverInfo = Implementation(result["serverInfo"])
      state.serverCapabilities = result["capabilities"]?.objectValue ?? [:]
    }
    notify("notifications/initialized")
  }

  /// Sends a notification.
  package func notify(_ method: String, _ params: JSONObject = [:]) {
    transport.send(Message.notification(Notification(method: method, params: params)).bytes)
  }

  /// Sends a request and waits for the result. In the modern era questions of the server are answered
  /// and tasks waited for on the way, so that the result is the same in both eras. Cancelling the
  /// caller's task cancels the request.
  /// - Throws: the server's error.
  package func request(
    _ method: String, _ params: JSONObject = [:], onProgress: OnProgress? = nil
  ) async throws(RPCError) -> JSONObject {
    guard version?.era == .modern else {
      return try await roundTrip(method, params, onProgress: onProgress)
    }
    var params = params
    for _ in 0..<10 {
      let result = try await roundTrip(method, enveloped(params), onProgress: onProgress)
      switch result["resultType"] {
      case "input_required":
        params["inputResponses"] = .object(
          try await answers(to: result["inputRequests"]?.objectValue ?? [:]))
        params["requestState"] = result["requestState"]
      case "task": return try await outcome(ofTask: result)
      default: return result
      }
    }
    throw RPCError(.internalError, "The server asked for input in more than 10 rounds")
  }

  /// Opens a subscription of the modern era and hands over its notifications until the caller's task is
  /// cancelled or the server ends it.
  package func listen(
    _ filter: JSONObject, _ hear: @escaping @Sendable (Notification) -> Void
  ) async throws(RPCError) -> JSONObject {
    try await roundTrip(
      "subscriptions/listen", enveloped(["notifications": .object(filter)]), listener: hear)
  }

  func enveloped(_ params: JSONObject) -> JSONObject {
    var params = params
    var meta = params["_meta"]?.objectValue ?? [:]
    meta[MetaKey.protocolVersion] = .string(ProtocolVersion.latest.rawValue)
    meta[MetaKey.clientCapabilities] = .object(handlers.capabilities(for: .latest))
    meta[MetaKey.clientInfo] = info.json(for: .latest)
    params["_meta"] = .object(meta)
    return params
  }

  private func answers(to requests: JSONObject) async throws(RPCError) -> JSONObject {
    var answers = JSONObject()
    for member in requests {
      let method = member.value["method"]?.stringValue ?? ""
      let params = member.value["params"]?.objectValue ?? [:]
      answers[member.key] = .object(try await handlers.answer(method, params))
    }
    return answers
  }

  private func outcome(ofTask created: JSONObject) async throws(RPCError) -> JSONObject {
    guard let id = created["taskId"] else {
      throw RPCError(.internalError, "The server answered with a task without a name")
    }
    do {
      return try await outcome(of: created, named: id)
    } catch {
      if Task.isCancelled { abandon(.object(created)) }
      throw error
    }
  }

  /// Cancels the task that a call has become when nobody waits for it any more: its caller was cancelled,
  /// perhaps before the task's name arrived. Not awaited: whoever is cancelled does not wait.
  func abandon(_ result: JSONValue) {
    guard result["resultType"] == "task", let id = result["taskId"] else { return }
    _ = post("tasks/cancel", enveloped(["taskId": id]))
  }

  /// Looks at a task until it has ended.
  private func outcome(
    of created: JSONObject, named id: JSONValue
  ) async throws(RPCError) -> JSONObject {
    var task = created
    while true {
      switch task["status"] {
      case "completed": return task["result"]?.objectValue ?? [:]
      case "failed":
        throw task["error"].flatMap(RPCError.init(json:))
          ?? RPCError(.internalError, "The task failed")
      case "cancelled": throw RPCError(.internalError, "The task was cancelled")
      case "input_required":
        let answers = try await answers(to: task["inputRequests"]?.objectValue ?? [:])
        _ = try await roundTrip(
          "tasks/update", enveloped(["taskId": id, "inputResponses": .object(answers)]))
      default: break
      }
      let pause = task["pollIntervalMs"]?.integerValue ?? 1000
      guard (try? await Task.sleep(for: .milliseconds(pause))) != nil else {
        throw RPCError(.internalError, "Cancelled")
      }
      task = try await roundTrip("tasks/get", enveloped(["taskId": id]))
    }
  }

  private func roundTrip(
    _ method: String, _ params: JSONObject, onProgress: OnProgress? = nil,
    listener: (@Sendable (Notification) -> Void)? = nil
  ) async throws(RPCError) -> JSONObject {
    let waiter = OneShot<Result<JSONValue, RPCError>>()
    let id = post(method, params) { (state: inout State, id: RequestID) in
      state.pending[id] = waiter
      state.progress[id] = onProgress
      state.listeners[id] = listener
    }
    guard let id else { throw RPCError(.internalError, "The connection is closed") }
    let outcome = await withTaskCancellationHandler {
      await waiter.value()
    } onCancel: {
      // A handshake cannot be cancelled: the server learns nothing of it.
      cancel(id, tells: method != "initialize")
    }
    guard let result = try outcome.get().objectValue else {
      throw RPCError(.internalError, "The server's result to \(method) is no object")
    }
    return result
  }

  /// Sends a request.
  /// - Parameter expect: notes who waits for the answer, before it can come.
  /// - Returns: the request's id; `nil` when the connection is closed.
  private func post(
    _ method: String, _ params: JSONObject,
    expecting expect: @Sendable (inout State, RequestID) -> Void = { _, _ in }
  ) -> RequestID? {
    let (id, wantsProgress) = state.withLock { (state: inout State) -> (RequestID?, Bool) in
      guard !state.isClosed else { return (nil, false) }
      state.lastID += 1
      let id = RequestID.integer(state.lastID)
      expect(&state, id)
      return (id, state.progress[id] != nil)
    }
    guard let id else { return nil }
    var params = params
    if wantsProgress {
      var meta = params["_meta"]?.objectValue ?? [:]
      meta[MetaKey.progressToken] = id.json
      params["_meta"] = .object(meta)
    }
    transport.send(Message.request(Request(id: id, method: method, params: params)).bytes)
    return id
  }

  private func cancel(_ id: RequestID, tells: Bool) {
    let waiter = state.withLock { (state: inout State) in
      state.progress[id] = nil
      state.listeners[id] = nil
      return state.pending.removeValue(forKey: id)
    }
    guard let waiter else { return }
    if tells { notify("notifications/cancelled", ["requestId": id.json]) }
    waiter.fulfil(.failure(RPCError(.internalError, "Cancelled")))
  }
}
