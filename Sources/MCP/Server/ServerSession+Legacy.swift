import JSONRPC

/// How far the handshake of the legacy era has come.
enum LegacyPhase: Sendable {
  case fresh
  case initialized(LegacySession)

  var session: LegacySession? {
    if case .initialized(let session) = self { session } else { nil }
  }
}

/// What a handshake agreed on, and what the client has set since.
struct LegacySession: Sendable {
  let version: ProtocolVersion
  let client: ClientCapabilities
  /// Whether the client has said `notifications/initialized`.
  var isReady = false
  var logLevel = LogLevel.info
  var watched = WatchedResources()
}

extension ServerSession {
  var legacySession: LegacySession? { state.withLock { $0.legacy.session } }

  private static let sessionMethods: Set<String> = [
    "logging/setLevel", "resources/subscribe", "resources/unsubscribe",
  ]

  func serveLegacy(
    _ request: Request, _ sink: ReplySink, in group: inout DiscardingTaskGroup
  ) throws(RPCError) {
    switch request.method {
    case "ping":
      _ = try RequestEnvelope.progressToken(request.params)
      sink.send(ResultBody().response(to: request.id, serverInfo: nil), to: request.id)
    case "initialize":
      let body = try initialize(request.params)
      sink.send(body.response(to: request.id, serverInfo: nil), to: request.id)
      forwardChanges(in: &group)
    default: try serveInSession(request, sink, in: &group)
    }
  }

  private func serveInSession(
    _ request: Request, _ sink: ReplySink, in group: inout DiscardingTaskGroup
  ) throws(RPCError) {
    let method = request.method
    let methods = Methods(server: server)
    let handler = methods.handler(for: method)
    guard handler != nil || Self.sessionMethods.contains(method), methods.isDeclared(method) else {
      let isModern = Self.modernMethods.contains(method)
      throw RPCError.methodNotFound(
        method, hint: isModern ? " (it needs params._meta of protocol version 2026-07-28)" : "")
    }
    guard let session = legacySession else { throw RPCError.notInitialized(method) }
    let token = try RequestEnvelope.progressToken(request.params)
    let outlet = RequestOutlet(sink.lane)
    if method == "resources/subscribe" {
      let context = legacyContext(session, progressToken: nil, outlet, sink.lane)
      // Subscribed here, in the loop, so that an unsubscribing right behind it finds it.
      let (uri, address, serial) = try subscribe(request.params, session.version)
      return try start(request, sink, outlet, serverInfo: nil, in: &group) {
        [self] () async throws(CallInterruption) in
        do throws(CallInterruption) {
          try await methods.checkIsReadable(uri, context)
          return ResultBody()
        } catch {
          updateSession { $0.watched.remove(address, serial: serial) }
          throw error
        }
      }
    }
    guard let handler else {
      let body = try changeSession(method, request.params)
      sink.send(body.response(to: request.id, serverInfo: nil), to: request.id)
      return
    }
    let context = legacyContext(session, progressToken: token, outlet, sink.lane)
    let params = request.params
    try start(request, sink, outlet, serverInfo: nil, in: &group) {
      () async throws(CallInterruption) in
      try await handler(params, context)
    }
  }

  private func initialize(_ params: JSONObject) throws(RPCError) -> ResultBody {
    _ = try RequestEnvelope.progressToken(params)
    let requested = try params.requiredString("protocolVersion")
    guard let capabilities = params["capabilities"]?.objectValue else {
      throw RPCError(.invalidParams, "'capabilities' must be an object")
    }
    guard Implementation(params["clientInfo"]) != nil else {
      throw RPCError(.invalidParams, "'clientInfo' must be an object with name and version")
    }
    let known = ProtocolVersion(rawValue: requested)
    let version = known?.era == .legacy ? known ?? .latestLegacy : .latestLegacy
    let isFirst = state.withLock { (state: inout State) -> Bool in
      guard case .fresh = state.legacy else { return false }
      state.legacy = .initialized(
        LegacySession(version: version, client: ClientCapabilities(capabilities)))
      return true
    }
    guard isFirst else {
      throw RPCError(.invalidRequest, "Invalid request: the session is initialized already")
    }
    var body = ResultBody([
      "protocolVersion": .string(version.rawValue),
      "capabilities": .object(server.capabilities(for: version)),
      "serverInfo": server.info.json(for: version),
    ])
    if let instructions = server.instructions { body.add("instructions", .string(instructions)) }
    return body
  }

  /// The requests that change what the session remembers. They are served in the receive loop, so that
  /// the next message sees their effect.
  private func changeSession(_ method: String, _ params: JSONObject) throws(RPCError) -> ResultBody
  {
    if method == "logging/setLevel" {
      guard let level = params["level"]?.stringValue.flatMap(LogLevel.init) else {
        throw RPCError.badLogLevel
      }
      updateSession { $0.logLevel = level }
      return ResultBody()
    }
    let uri = try params.requiredString("uri")
    if let address = server.resources.address(of: uri, for: principal) {
      updateSession { $0.watched.remove(address) }
    }
    return ResultBody()
  }

  /// Enters a subscription.
  /// - Returns: the address as the client wrote it and as changes are told under it, and the serial
  ///   number under which the entry can be taken back.
  private func subscribe(
    _ params: JSONObject, _ version: ProtocolVersion
  ) throws(RPCError) -> (String, String, Int) {
    let uri = try params.requiredString("uri")
    guard let address = server.resources.address(of: uri, for: principal) else {
      throw Methods.resourceNotFound(uri, version)
    }
    let limit = server.limits.maximumSubscriptions
    let serial = state.withLock { (state: inout State) -> Int in
      state.nextSerial += 1
      return state.nextSerial
    }
    let fits = updateSession { (session: inout LegacySession) -> Bool in
      guard session.watched.count < limit || session.watched.contains(address, spelled: uri) else {
        return false
      }
      session.watched.insert(address, spelled: uri, serial: serial)
      return true
    }
    guard fits == true else {
      throw RPCError(.internalError, "Too many subscriptions: at most \(limit) in a session")
    }
    return (uri, address, serial)
  }

  @discardableResult
  private func updateSession<Value: Sendable>(
    _ change: @Sendable (inout LegacySession) -> Value
  ) -> Value? {
    state.withLock { (state: inout State) -> Value? in
      guard case .initialized(var session) = state.legacy else { return nil }
      let value = change(&session)
      state.legacy = .initialized(session)
      return value
    }
  }

  /// Sends what the session subscribed to, for as long as it lasts.
  private func forwardChanges(in group: inout DiscardingTaskGroup) {
    let changes = server.changes.subscribe(
      in: principal.workspace,
      hasResources: { [weak self] in (self?.legacySession?.watched.count ?? 0) > 0 },
      wants: { [weak self] change in
        guard let session = self?.legacySession else { return false }
        switch change {
        case .resourceUpdated(let uri): return session.watched.contains(uri)
        case .resourcesUpdated(let prefix):
          return !session.watched.spellings(beginning: prefix).isEmpty
        case .toolsListChanged, .promptsListChanged, .resourcesListChanged: return session.isReady
        case .taskChanged: return false
        }
      })
    let key = keep(changes)
    group.addTask { [self] in
      while let batch = await changes.next() {
        for change in batch {
          // Looked up now: what has been unsubscribed meanwhile is not told.
          let watched = legacySession?.watched ?? WatchedResources()
          for notification in change.notifications(to: watched) {
            transport.send(notification.bytes(nil))
          }
        }
      }
      forget(key)
    }
  }

  /// Notes a subscription, to be ended with the session.
  func keep(_ changes: ChangeSubscription) -> Int {
    let (key, isLate) = state.withLock { (state: inout State) -> (Int, Bool) in
      state.nextSerial += 1
      state.subscriptions[state.nextSerial] = changes
      return (state.nextSerial, state.isDraining)
    }
    if isLate { changes.end() }
    return key
  }

  func forget(_ key: Int) { state.withLock { $0.subscriptions[key] = nil } }

  private func legacyContext(
    _ session: LegacySession, progressToken: JSONValue?, _ outlet: RequestOutlet,
    _ lane: ReplyLane
  ) -> RequestContext {
    RequestContext(
      principal: principal, version: session.version, client: session.client,
      resultBytes: server.limits.pageBytes, sealer: server.sealer, changes: server.changes,
      logger: server.logger,
      progress: progressToken.map {
        ProgressReporter(token: $0, version: session.version, send: outlet.send)
      },
      clientLog: ClientLog(
        threshold: { [weak self] in self?.legacySession?.logLevel }, write: outlet.send),
      input: InputChannel { [self] (questions: [NamedInput]) async throws(CallInterruption) in
        try await ask(questions, version: session.version, over: lane)
      }, pauseStream: lane.pause)
  }
}

extension Change {
  /// What tells a client of the change: the methods with their parameters; nothing for changes that
  /// need more than their name.
  func notifications(to watched: WatchedResources) -> [ChangeNotification] {
    func updated(_ uris: [String]) -> [ChangeNotification] {
      uris.map { ChangeNotification("notifications/resources/updated", ["uri": .string($0)]) }
    }
    return switch self {
    case .toolsListChanged: [ChangeNotification("notifications/tools/list_changed")]
    case .promptsListChanged: [ChangeNotification("notifications/prompts/list_changed")]
    case .resourcesListChanged: [ChangeNotification("notifications/resources/list_changed")]
    case .resourceUpdated(let address): updated(watched.spellings(of: address))
    case .resourcesUpdated(let prefix): updated(watched.spellings(beginning: prefix))
    case .taskChanged: []
    }
  }
}

/// A notification of a change, to be tagged with the subscription that asked for it.
struct ChangeNotification: Sendable {
  private let method: String
  private let params: JSONObject

  init(_ method: String, _ params: JSONObject = [:]) {
    self.method = method
    self.params = params
  }

  /// The message; tagged with the subscription's id in the modern era.
  func bytes(_ subscription: RequestID?) -> [UInt8] {
    var tagged = params
    if let subscription {
      tagged["_meta"] = .object([MetaKey.subscriptionID: subscription.json])
    }
    return Message.notification(Notification(method: method, params: tagged)).bytes
  }
}
