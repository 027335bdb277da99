import JSONRPC
import MCP

/// The sessions of the legacy era over HTTP, by their names.
final class HTTPSessions: Sendable {
  /// The bounds of the table.
  struct Limits: Sendable {
    /// How many sessions there may be.
    var count = 10_000
    /// How many of them one principal may have.
    var perPrincipal = 5000
    /// How long a session that nobody uses lives.
    var idle = Duration.seconds(1800)
    /// How long one lives of which nothing but its beginning was heard.
    var unused = Duration.seconds(60)
    /// How often it is looked for those.
    var sweep = Duration.seconds(30)
  }

  private struct Owner: Hashable {
    let workspace: String
    let name: String
  }

  private struct State {
    var sessions: [String: HTTPSession] = [:]
    var perPrincipal: [Owner: Int] = [:]
  }

  let limits: Limits
  private let server: MCPServer
  private let open: OpenSessions
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Locked(State())

  init(
    server: MCPServer, open: OpenSessions, limits: Limits = Limits(),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.server = server
    self.open = open
    self.limits = limits
    self.now = now
  }

  var count: Int { state.withLock { $0.sessions.count } }

  /// Opens a session and starts serving it.
  /// - Returns: the session; `nil` when there are too many.
  func start(
    for principal: Principal, on executor: any TaskExecutor, policy: SessionPolicy
  ) throws -> HTTPSession? {
    let owner = Owner(workspace: principal.workspace, name: principal.name)
    let id = try server.sealer.randomBytes(32).map { Self.hex($0) }.joined()
    let session = HTTPSession(id: id, principal: principal, on: executor, now: now())
    let hasRoom = state.withLock { (state: inout State) -> Bool in
      guard state.sessions.count < limits.count,
        state.perPrincipal[owner, default: 0] < limits.perPrincipal
      else { return false }
      state.sessions[id] = session
      state.perPrincipal[owner, default: 0] += 1
      return true
    }
    guard hasRoom else { return nil }
    let served = ServerSession(
      server: server, transport: session, principal: principal, policy: policy)
    Task(executorPreference: executor) { [self] in
      await open.run(served)
      remove(session)
    }
    return session
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.utf8.count == 1 ? "0" + digits : digits
  }

  /// The session of this name, if it is this principal's with just these rights.
  func find(_ id: String, for principal: Principal) -> HTTPSession? {
    guard let session = state.withLock({ $0.sessions[id] }), session.principal == principal else {
      return nil
    }
    return session
  }

  /// Notes that a request of a session begins.
  func hold(_ session: HTTPSession) { session.open(at: now()) }

  /// Notes that a request of a session has ended.
  func release(_ session: HTTPSession) { session.release(at: now()) }

  /// Ends a session.
  func end(_ session: HTTPSession) {
    remove(session)
    session.stopReceiving()
  }

  private func remove(_ session: HTTPSession) {
    let owner = Owner(workspace: session.principal.workspace, name: session.principal.name)
    state.withLock { (state: inout State) in
      guard state.sessions.removeValue(forKey: session.id) != nil else { return }
      let left = state.perPrincipal[owner, default: 1] - 1
      state.perPrincipal[owner] = left > 0 ? left : nil
    }
  }

  /// Ends the sessions that nobody has used for too long.
  func sweep() {
    let now = now()
    let stale = state.withLock { (state: inout State) -> [HTTPSession] in
      state.sessions.values.filter { session in
        guard let since = session.idleSince else { return false }
        return now - since > (session.wasUsed ? limits.idle : min(limits.idle, limits.unused))
      }
    }
    for session in stale { end(session) }
  }

  /// Sweeps again and again, until cancelled.
  func run() async {
    while (try? await Task.sleep(for: limits.sweep)) != nil { sweep() }
  }
}
