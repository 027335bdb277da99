import HTTPTypes
import Hummingbird
import JSONRPC
import MCP
import NIOCore

extension MCPEndpoint {
  /// Waits for what the response begins with; after a while that is a stream in any case.
  func begin(_ exchange: HTTPExchange, on connection: Connection) async -> HTTPExchange.Opening {
    let timer = connection.eventLoop.scheduleTask(in: TimeAmount(limits.keepAlive)) {
      exchange.openStream()
    }
    defer { timer.cancel() }
    return await exchange.start()
  }

  /// A message as the whole response.
  static func json(_ message: [UInt8], status: HTTPResponse.Status) -> HTTPReply {
    HTTPReply(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: message)))
  }

  /// An error that no session has answered.
  /// - Parameter closes: whether the connection is of no more use, since the body has not been read.
  static func failure(
    _ status: HTTPResponse.Status, _ error: RPCError, id: JSONRPC.RequestID? = nil,
    closes: Bool = false
  ) -> HTTPReply {
    var response = json(
      Message.response(JSONRPC.Response(id: id, outcome: .failure(error))).bytes, status: status)
    if closes { response.headers[.connection] = "close" }
    return response
  }

  /// The answer to a request that comes too soon.
  static func tooMany(_ wait: Duration) -> HTTPReply {
    var reply = failure(.tooManyRequests, .rateLimited(wait))
    reply.headers[.retryAfter] = "\(wait.wholeSecondsUp)"
    return reply
  }

  /// The message as the whole response, with the time to wait when it says that.
  static func json(
    _ message: [UInt8], _ error: RPCError?, status: HTTPResponse.Status
  ) -> HTTPReply {
    var reply = json(message, status: status)
    if error?.code == .rateLimited, let wait = error?.data?["retryAfterMs"]?.integerValue {
      reply.headers[.retryAfter] = "\(Duration.milliseconds(wait).wholeSecondsUp)"
    }
    return reply
  }

  /// A stream as the response, as long as whoever asked for it would be let in.
  /// - Parameter onEnd: called once when no more of it is sent, also when it does not even begin.
  func events(
    from reader: EventStream.Reader, style: EventStyle, to client: Client,
    onEnd: @escaping @Sendable () -> Void
  ) -> HTTPReply {
    let connection = client.connection
    let hasEnded = Locked(false)
    let end: @Sendable () -> Void = {
      let isFirst = hasEnded.withLock { (hasEnded: inout Bool) -> Bool in
        defer { hasEnded = true }
        return !hasEnded
      }
      guard isFirst else { return }
      reader.detach()
      onEnd()
    }
    let watched = standing.add(client.identity, end: end)
    let key = connection.whenGone { [standing] in
      standing.remove(watched)
      end()
    }
    let body = ResponseBody { [standing, keepAlive = limits.keepAlive] writer in
      defer {
        connection.forget(key)
        standing.remove(watched)
        end()
      }
      if style.begins { try await writer.write(style.beginning(of: reader.stream)) }
      loop: while true {
        switch await reader.next(atMost: keepAlive) {
        case .events(let events):
          try await writer.write(style.buffer(of: events, in: reader.stream))
        case .nothing: try await writer.write(EventStyle.keepAlive)
        // Who was not told where the stream begins could not take it up again.
        case .pause where !style.begins: continue
        case .pause(let time):
          try await writer.write(EventStyle.retry(after: time))
          break loop
        case .end: break loop
        }
      }
      try await writer.finish(nil)
    }
    return HTTPReply(
      status: .ok,
      headers: [
        .contentType: "text/event-stream", .cacheControl: "no-cache, no-transform",
        .xAccelBuffering: "no",
      ], body: body)
  }
}

/// How events are written.
struct EventStyle: Sendable {
  /// Whether they have ids, by which a client takes up the stream again.
  var hasIDs = false
  /// Whether the first event says where the stream begins, before there is anything to tell.
  var begins = false

  static let keepAlive = ByteBuffer(string: ": keep-alive\n\n")

  /// Where the stream begins, or is taken up.
  func beginning(of stream: EventStream) -> ByteBuffer {
    ByteBuffer(string: "id: \(EventID(stream: stream.number, event: stream.taken))\ndata: \n\n")
  }

  static func retry(after time: Duration) -> ByteBuffer {
    let milliseconds =
      time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
    return ByteBuffer(string: "retry: \(milliseconds)\n\n")
  }

  /// The events; their messages are one line each, as JSON without line breaks is.
  func buffer(of events: [EventStream.Event], in stream: EventStream) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.reserveCapacity(events.reduce(0) { $0 + $1.message.count + 48 })
    for event in events {
      if hasIDs {
        buffer.writeString("id: \(EventID(stream: stream.number, event: event.number))\n")
      }
      buffer.writeString("event: message\ndata: ")
      buffer.writeBytes(event.message)
      buffer.writeString("\n\n")
    }
    return buffer
  }
}

/// The id of an event: its stream and its place there.
struct EventID: Sendable, Hashable, CustomStringConvertible {
  let stream: Int
  let event: Int

  init(stream: Int, event: Int) {
    self.stream = stream
    self.event = event
  }

  /// Reads what `description` writes.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let stream = Int(parts[0]), let event = Int(parts[1]), stream >= 0,
      event >= 0
    else { return nil }
    self.init(stream: stream, event: event)
  }

  var description: String { "\(stream)-\(event)" }
}
