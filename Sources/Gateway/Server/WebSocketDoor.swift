import HTTPTypes
import JSONRPC
import Logging
import MCP
import MCPWebSocket
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Decides which requests become WebSockets, and serves those that have: the protocol at its endpoint,
/// live events at theirs.
struct WebSocketDoor: Sendable {
  /// What a connection is opened for.
  enum Purpose: Sendable {
    case session
    case events(EventSubscription)
  }

  /// A connection that has been let in.
  struct Admitted: Sendable {
    let identity: Identity
    let purpose: Purpose
  }

  let gatekeeper: Gatekeeper
  let subprotocols: Subprotocols
  let server: MCPServer
  let open: OpenSessions
  let standing: StandingWatch
  let events: EventRoutes

  /// Decides about a request that asks for a WebSocket. Who is refused here is answered as a plain
  /// request, with the status that says why.
  func headers(
    for head: HTTPRequestHead, on connection: Connection
  ) async -> HTTPHeaders? {
    guard !open.isClosing,
      let request = try? HTTPRequest(head, secure: connection.isSecure, splitCookie: false)
    else { return nil }
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let query = parts.count > 1 ? String(parts[1]) : nil
    switch parts.first {
    case "/mcp": return await session(request, head, connection)
    case EventRoutes.path[...]: return await events(request, query, connection)
    default: return nil
    }
  }

  private func session(
    _ request: HTTPRequest, _ head: HTTPRequestHead, _ connection: Connection
  ) async -> HTTPHeaders? {
    let offered = head.headers[WebSocketUpgrade.subprotocolHeader]
    guard let agreement = subprotocols.agree(on: offered),
      let identity = try? await gatekeeper.admit(
        request, from: connection.address, token: agreement.token)
    else { return nil }
    connection.admit(Admitted(identity: identity, purpose: .session))
    return WebSocketUpgrade.headers(for: agreement)
  }

  private func events(
    _ request: HTTPRequest, _ query: String?, _ connection: Connection
  ) async -> HTTPHeaders? {
    guard let identity = try? await gatekeeper.admit(request, from: connection.address),
      identity.principal.mayUse(EventSubscription.scopes),
      let subscription = try? EventSubscription(
        query: query, lastEventID: request.headerFields[values: .lastEventID]),
      gatekeeper.limiter.admit(identity.principal, tool: nil) == nil
    else { return nil }
    connection.admit(Admitted(identity: identity, purpose: .events(subscription)))
    return HTTPHeaders()
  }

  /// Serves a connection to its end.
  func serve(_ socket: WebSocketConnection, on connection: Connection) async {
    guard let admitted = connection.admitted else {
      socket.close(.policyViolation)
      return await socket.closed()
    }
    switch admitted.purpose {
    case .session: await serve(socket, for: admitted.identity, from: connection.address)
    case .events(let subscription):
      await withTaskExecutorPreference(socket.executor) {
        await serve(subscription, over: socket, for: admitted.identity)
      }
    }
  }

  private func serve(
    _ socket: WebSocketConnection, for identity: Identity, from address: String
  ) async {
    let transport = WebSocketTransport(socket) { gatekeeper.isStillValid(identity) }
    let session = ServerSession(
      server: server, transport: transport, principal: identity.principal,
      policy: gatekeeper.policy(over: "websocket", from: address))
    // The listener tells its connections, perhaps before the gateway tells its sessions.
    socket.onQuiesce {
      transport.announceShutdown()
      session.shutDown()
    }
    // Also when the client says nothing more, and is only told things.
    let watched = standing.add(identity) { transport.end() }
    defer { standing.remove(watched) }
    await open.run(session) { transport.announceShutdown() }
  }

  private func serve(
    _ subscription: EventSubscription, over socket: WebSocketConnection, for identity: Identity
  ) async {
    let feed: EventFeed
    do {
      feed = try events.feed(subscription, for: identity)
    } catch {
      server.logger.warning("the event log could not be read", metadata: ["cause": "\(error)"])
      socket.close(.internalError)
      return await socket.closed()
    }
    guard let place = events.streams.join(onShutDown: { feed.end() }) else {
      socket.close(events.streams.isClosing ? .goingAway : .tryAgainLater)
      return await socket.closed()
    }
    defer { events.streams.leave(place) }
    socket.onQuiesce { feed.end() }
    await withDiscardingTaskGroup { group in
      group.addTask {
        // Nothing is expected from a subscriber; what it says is read, so that its leaving is noticed.
        while await !socket.receive().isEmpty {}
        feed.end()
      }
      while true {
        // When the peer does not read, this task does not go on either.
        let batch = await feed.next()
        if batch.isEmpty { break }
        for event in batch { socket.send(text: event.json) }
      }
      let isExpired = !gatekeeper.isStillValid(identity)
      socket.close(isExpired ? .policyViolation : .goingAway)
      socket.stopReceiving()
    }
    await socket.closed()
  }
}
