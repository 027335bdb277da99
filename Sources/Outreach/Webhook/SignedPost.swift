import AsyncHTTPClient
import Glibc
package import JSONRPC
package import Marketing
import NIOCore
import NIOHTTP1
import NIOPosix

/// Posts JSON to a URL, signed as Standard Webhooks has it.
///
/// A class, for its connections are closed when nobody has it any more.
package final class SignedPost: Sendable {
  let settings: WebhookSettings
  private let now: @Sendable () -> Timestamp
  private let client: HTTPClient

  /// So much is read of an answer.
  private static let mostAnswerBytes = 16_384
  /// Nobody is left alone longer, whatever it asks.
  private static let longestPause = Duration.seconds(86_400)

  /// Somebody who posts; connects when there is something to send.
  package init(_ settings: WebhookSettings, now: @escaping @Sendable () -> Timestamp) {
    self.settings = settings
    self.now = now
    var configuration = HTTPClient.Configuration()
    // A redirect could carry the message to another server.
    configuration.redirectConfiguration = .disallow
    configuration.httpVersion = .http1Only
    configuration.timeout.connect = .milliseconds(settings.timeLimit.wholeMilliseconds)
    // Tried again by whoever sends.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.idleTimeout = .seconds(10)
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Nothing waits for it: the connections are idle, for a request under way keeps the client.
  deinit { client.shutdown { _ in } }

  /// Posts a body.
  /// - Parameter id: names it, the same at every attempt: 1 and more of `[A-Za-z0-9_-]`.
  package func send(_ content: JSONObject, as id: String) async -> DeliveryOutcome {
    let body = JSONWriter.bytes(of: .object(content))
    guard settings.flaw == nil, let request = request(id, body) else {
      return .deferred(DeliveryAnswer("bad settings"), .aboutUs)
    }
    let client = client
    let limit = settings.timeLimit
    // A task of its own: what was begun is brought to its end, as half a request says nothing.
    return await Task { [now] in
      do {
        let response = try await client.execute(
          request, timeout: .milliseconds(limit.wholeMilliseconds))
        // The time limit holds for the whole answer; of a long one nothing more is read than is kept.
        var bytes: [UInt8] = []
        for try await part in response.body {
          bytes += part.readableBytesView
          if bytes.count >= Self.mostAnswerBytes { break }
        }
        return Self.outcome(
          response.status, response.headers, bytes, at: now())
      } catch {
        return Self.outcome(of: error)
      }
    }.value
  }

  private func request(_ id: String, _ body: [UInt8]) -> HTTPClientRequest? {
    let seconds = now().milliseconds / 1000
    guard
      let signature = try? WebhookSignature.value(
        id: id, seconds: seconds, body: body, secret: settings.secret)
    else { return nil }
    var request = HTTPClientRequest(url: settings.url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "User-Agent", value: "LeadRelay")
    request.headers.add(name: "webhook-id", value: id)
    request.headers.add(name: "webhook-timestamp", value: "\(seconds)")
    request.headers.add(name: "webhook-signature", value: signature)
    // A string in the draft's form; ids hold nothing to escape.
    request.headers.add(name: "Idempotency-Key", value: "\"\(id)\"")
    request.body = .bytes(body)
    return request
  }

  private static func outcome(
    _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: [UInt8], at now: Timestamp
  ) -> DeliveryOutcome {
    let answer = DeliveryAnswer(
      "http \(status.code)", HeaderText.oneLine(String(decoding: body, as: UTF8.self)))
    switch status.code {
    case 200..<300: return .delivered(answer)
    case 408, 425, 429, 500...:
      let pause = headers.first(name: "Retry-After").flatMap { retryAfter($0, at: now) }
      return .deferred(
        answer, .init(retryAfter: pause, isUnavailable: status.code >= 500 || status.code == 429))
    // We are not let in, or the receiver is elsewhere: the settings' fault, not the message's.
    case 401, 403, 404, 407, 300..<400: return .deferred(answer, .aboutUs)
    default: return .refused(answer)
    }
  }

  /// Whole seconds, or a date (RFC 9110, section 10.2.3).
  static func retryAfter(_ text: String, at now: Timestamp) -> Duration? {
    let pause =
      UInt32(text).map { Duration.seconds(Int64($0)) }
      ?? MailDate.timestamp(http: text).map { $0 - now }
    return pause.map { min(max(.zero, $0), longestPause) }
  }

  private static func outcome(of error: any Error) -> DeliveryOutcome {
    // Before there is a connection nothing can have arrived.
    let early: [HTTPClientError] = [
      .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
    ]
    let isEarly =
      (error as? HTTPClientError).map { early.contains($0) }
      ?? (error is NIOConnectionError || (error as? IOError)?.errnoCode == ECONNREFUSED)
    let text = (error as? HTTPClientError)?.shortDescription ?? "\(type(of: error))"
    return .deferred(
      DeliveryAnswer("no connection", text),
      .init(isUnavailable: true, mayHaveArrived: !isEarly))
  }
}
