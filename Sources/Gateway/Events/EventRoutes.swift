import HTTPTypes
import Hummingbird
import Logging
import MCP
import Marketing
import NIOCore

/// Live events for clients that do not speak the protocol, as a stream of server-sent events.
struct EventRoutes: Sendable {
  /// Where they are.
  static let path = "/api/v1/events"

  /// How long what may take.
  struct Limits: Sendable {
    /// After how long without an event the connection is kept alive.
    var keepAlive = Duration.seconds(15)
    /// How long a client may take nothing of what waits for it.
    var patience = Duration.seconds(30)
    /// How long what is being written may take once the server shuts down.
    var grace = Duration.seconds(1)
  }

  let streams: EventStreams
  var limits = Limits()
  /// Where clients read how to get a token; `nil` where there is no such document.
  var resourceMetadata: String?
  /// What is asked before a subscription begins.
  var policy: @Sendable (Connection) -> SessionPolicy = { _ in SessionPolicy() }
  /// Whether a request's identity still holds.
  let isValid: @Sendable (Identity) -> Bool

  /// Adds the stream; before the other operations under its path, behind all other routes.
  func addRoutes(to router: Router<GatewayContext>) {
    router.add(middleware: PathMiddleware(matches: { $0 == Self.path }) { respond(to: $0, $1) })
  }

  private func respond(to message: HTTPRequestMessage, _ context: GatewayContext) -> HTTPReply {
    let request = APIRequest(
      message: message, context: context, resourceMetadata: resourceMetadata)
    do throws(ProblemDetails) {
      guard message.method == .get else { throw request.notAllowed([.get]) }
      let identity = try Self.listener(request)
      if let problem = request.unaccepted("text", "event-stream") { throw problem }
      let subscription: EventSubscription
      do throws(CallProblem) {
        subscription = try EventSubscription(
          query: message.uri.query, lastEventID: message.headers[values: .lastEventID])
      } catch {
        throw request.problem(error)
      }
      return try stream(subscription, to: identity, request)
    } catch {
      return error.reply
    }
  }

  /// Who asks, when it may listen.
  private static func listener(_ request: APIRequest) throws(ProblemDetails) -> Identity {
    guard let identity = request.context.identity,
      identity.principal.mayUse(EventSubscription.scopes)
    else { throw request.needs(EventSubscription.scopes) }
    return identity
  }

  /// The events that somebody who may listen has asked for.
  func feed(_ subscription: EventSubscription, for identity: Identity) throws(StoreError)
    -> EventFeed
  {
    try EventFeed(
      streams, after: subscription.last, filter: subscription.filter,
      in: WorkspaceID(rawValue: identity.principal.workspace), isAllowed: { isValid(identity) })
  }

  private func stream(
    _ subscription: EventSubscription, to identity: Identity, _ request: APIRequest
  ) throws(ProblemDetails) -> HTTPReply {
    let feed: EventFeed
    let policy = policy(request.context.connection)
    if let wait = policy.admit(identity.principal, "subscriptions/listen", nil) {
      throw request.tooMany(after: wait.wholeMilliseconds)
    }
    do {
      feed = try self.feed(subscription, for: identity)
    } catch {
      streams.logger.warning("the event log could not be read", metadata: ["cause": "\(error)"])
      throw request.problem(
        .unavailable, "The events cannot be read at the moment", headers: [.retryAfter: "1"])
    }
    let channel = request.context.channel
    let grace = TimeAmount(limits.grace)
    let place = streams.join {
      // A client that takes nothing must not hold the server up.
      channel.eventLoop.scheduleTask(in: grace) { channel.close(promise: nil) }
    }
    guard let place else {
      throw streams.isClosing
        ? request.shuttingDown
        : request.problem(
          .unavailable, "There are too many subscribers", headers: [.retryAfter: "30"])
    }
    return HTTPReply(
      status: .ok,
      headers: [
        .contentType: "text/event-stream", .cacheControl: "no-cache, no-transform",
        .xAccelBuffering: "no",
      ], body: body(of: feed, place, on: request.context))
  }

  private func body(
    of feed: EventFeed, _ place: Int, on context: GatewayContext
  ) -> ResponseBody {
    let connection = context.connection
    // Also when the answer does not even begin.
    let key = connection.whenGone { [streams] in
      feed.end()
      streams.leave(place)
    }
    let patience = TimeAmount(limits.patience)
    let channel = context.channel
    return ResponseBody { [limits, streams] writer in
      defer {
        connection.forget(key)
        streams.leave(place)
      }
      // Where it begins, so that a client that loses its connection before the first event misses none.
      var next = ByteBuffer(string: "retry: 3000\n\(Self.comment("events", at: feed.position))")
      loop: while true {
        // A client that takes nothing for so long is gone.
        let timer = channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
        do {
          defer { timer.cancel() }
          try await writer.write(next)
        }
        switch await feed.next(atMost: limits.keepAlive) {
        case .events(let events): next = Self.buffer(of: events)
        case .nothing(let position):
          next = ByteBuffer(string: Self.comment("keep-alive", at: position))
        case .end: break loop
        }
      }
      try await writer.finish(nil)
    }
  }

  /// A comment with the place that a client goes on from; a client takes the id and dispatches no event.
  private static func comment(_ text: String, at position: Int64) -> String {
    ": \(text)\nid: \(position)\n\n"
  }

  private static func buffer(of events: [EventMessage]) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.reserveCapacity(events.reduce(0) { $0 + $1.json.count + 64 })
    for event in events {
      buffer.writeString("id: \(event.sequence)\nevent: \(event.kind)\ndata: ")
      buffer.writeBytes(event.json)
      buffer.writeString("\n\n")
    }
    return buffer
  }
}
