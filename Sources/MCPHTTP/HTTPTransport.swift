import AsyncHTTPClient
import JSONRPC
package import MCP
import NIOCore
import NIOHTTP1
import NIOSSL

/// The client's end of Streamable HTTP, in both eras: each message that is sent is a POST, whose response
/// holds the answer; in the legacy era a GET holds what belongs to no request.
///
/// What a session does over one connection becomes many requests here, on connections that are used
/// again. Whoever opens a transport closes it, or hands it to a session, which does.
package final class HTTPTransport: Transport {
  /// The bounds of a connection.
  package struct Limits: Sendable, Hashable {
    /// The longest answer that is no event of a stream, in bytes.
    package var message = 64 << 20
    /// The longest event of a stream, in bytes.
    package var event = 8 << 20
    /// How many requests may be under way at a time.
    package var requests = 256
    /// How many more may wait for one of those to end before they are refused.
    package var waiting = 4096
    /// With more bytes than this waiting to be received, streams are not read on.
    package var inbox = 16 << 20
    /// How long the server may take to accept a connection.
    package var connectPatience = Duration.seconds(10)
    /// How long the server may take to accept a message that has no answer.
    package var notePatience = Duration.seconds(10)
    /// How long requests under way when the connection is closed may go on.
    package var closePatience = Duration.seconds(1)
    /// How many times in a row a stream that was lost is taken up again in vain.
    package var resumptions = 5
    /// How long to wait before a stream is taken up again, unless the server says how long.
    package var retry = Duration.seconds(1)
    /// The longest wait before a stream is taken up again.
    package var longestRetry = Duration.seconds(30)

    /// The bounds that hold unless configured otherwise.
    package init() {}
  }

  /// The address cannot be used.
  package struct AddressError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what would be accepted.
    package let description: String
  }

  /// A request that has no answer yet.
  struct Flight: Sendable {
    let isModern: Bool
    /// Whether it lasts for as long as nobody ends it.
    let isEndless: Bool
    /// Fulfilled when it has ended, with whether it is to be ended.
    let end = OneShot<Bool>()
  }

  /// A message on its way.
  enum Job: Sendable {
    case request(Request, [UInt8], Flight)
    case note(String?, [UInt8])
  }

  struct State {
    var work: Task<Void, Never>?
    /// What the answer to `initialize` said: the session's name and its revision.
    var sessionID: String?
    var version: String?
    /// The arguments that tools want repeated in headers, as far as they were listed.
    var parameters: [String: [MirroredParameter]] = [:]
    var flights: [RequestID: Flight] = [:]
    var running = 0
    var waiting: ArraySlice<Job> = []
    /// Ends the GET that hears what belongs to no request.
    var listening: OneShot<Bool>?
    var isClosing = false
  }

  let address: String
  let headers: HTTPHeaders
  let limits: Limits
  let client: HTTPClient
  let inbox: Inbox
  let parser: JSONParser
  let state = Locked(State())
  let jobs: AsyncStream<Job>
  let queue: AsyncStream<Job>.Continuation
  let closing = OneShot<Void>()

  /// A transport to the server at an address, which is not asked for anything yet.
  /// - Parameters:
  ///   - headers: what every request says beside the protocol's own headers, for example `Authorization`.
  ///   - trustRoots: a PEM file of certificates that are trusted beside the system's.
  /// - Throws: `AddressError` for an address that is not `http://…` or `https://…`.
  package static func open(
    _ address: String, headers: [(name: String, value: String)] = [], trustRoots: String? = nil,
    limits: Limits = Limits()
  ) throws(AddressError) -> HTTPTransport {
    let scheme = address.prefix { $0 != ":" }.lowercased()
    guard scheme == "http" || scheme == "https",
      let request = try? HTTPClient.Request(url: address), !request.host.isEmpty
    else {
      throw AddressError(
        description: "found '\(address.shortened(to: 200))', expected http://HOST… or https://HOST…"
      )
    }
    let transport = HTTPTransport(address, headers, trustRoots, limits)
    transport.state.withLock { $0.work = Task { await transport.run() } }
    return transport
  }

  private init(
    _ address: String, _ headers: [(name: String, value: String)], _ trustRoots: String?,
    _ limits: Limits
  ) {
    var configuration = HTTPClient.Configuration()
    // A redirect could carry the credentials to another server.
    configuration.redirectConfiguration = .disallow
    configuration.httpVersion = .http1Only
    configuration.timeout.connect = limits.connectPatience.amount
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.requests + 8
    // Shorter than servers keep idle connections, so that none is used that is being closed.
    configuration.connectionPool.idleTimeout = .seconds(10)
    if let trustRoots {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.additionalTrustRoots = [.file(trustRoots)]
      configuration.tlsConfiguration = tls
    }
    self.address = address
    self.headers = HTTPHeaders(headers.map { ($0.name, $0.value) })
    self.limits = limits
    self.client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    self.inbox = Inbox(limit: limits.inbox)
    self.parser = JSONParser(maximumBytes: limits.message)
    (self.jobs, self.queue) = AsyncStream.makeStream()
  }

  package var executor: (any TaskExecutor)? { nil }

  package var isPeerGone: Bool { inbox.isEnded }

  package func receive() async -> [Frame] { await inbox.take() }

  package func stopReceiving() { inbox.end() }

  package func send(_ message: [UInt8]) {
    guard let value = try? parser.parse(message), let read = try? Message(value) else { return }
    switch read {
    case .request(let request): send(request, message)
    case .notification(let note) where note.method == "notifications/cancelled":
      cancel(RequestID(note.params["requestId"]), message)
    case .notification(let note): queue.yield(.note(note.method, message))
    case .response: queue.yield(.note(nil, message))
    }
  }

  private func send(_ request: Request, _ message: [UInt8]) {
    let flight = Flight(
      isModern: request.modernVersion != nil, isEndless: request.method == "subscriptions/listen")
    let job = Job.request(request, message, flight)
    let isAccepted = state.withLock { (state: inout State) -> Bool in
      guard !state.isClosing else { return true }
      if state.running < limits.requests {
        state.running += 1
        queue.yield(job)
      } else if state.waiting.count < limits.waiting {
        state.waiting.append(job)
      } else {
        return false
      }
      state.flights[request.id] = flight
      return true
    }
    if !isAccepted { fail(request.id, "Too many requests wait for an answer") }
  }

  /// Ends a request that nobody waits for any more. In the modern era the server learns of it by the end
  /// of the response; in the legacy era, where that says nothing, it is told first.
  private func cancel(_ id: RequestID?, _ message: [UInt8]) {
    guard let id, let flight = state.withLock({ $0.flights[id] }) else { return }
    if flight.isModern {
      flight.end.fulfil(true)
    } else {
      queue.yield(.note("notifications/cancelled", message))
    }
  }

  /// The next request may start in place of one that has ended.
  func finish(_ id: RequestID) {
    state.withLock { (state: inout State) in
      state.flights[id] = nil
      if let next = state.waiting.popFirst() { queue.yield(next) } else { state.running -= 1 }
    }
  }

  /// Answers a request in the server's place.
  func fail(_ id: RequestID, _ why: String) { deliver(id, RPCError(.internalError, why)) }

  func deliver(_ id: RequestID, _ error: RPCError) {
    inbox.put(Message.response(Response(id: id, outcome: .failure(error))).bytes)
  }

  package func close() async {
    let work = state.withLock { (state: inout State) -> Task<Void, Never>? in
      state.isClosing = true
      for flight in state.flights.values where flight.isEndless { flight.end.fulfil(true) }
      state.listening?.fulfil(true)
      return state.work
    }
    stopReceiving()
    queue.finish()
    closing.fulfil(())
    await work?.value
  }
}

extension Duration {
  /// The same time as the network library has it.
  var amount: TimeAmount {
    .nanoseconds(components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000)
  }
}
