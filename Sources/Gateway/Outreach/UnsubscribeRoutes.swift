import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Serves the links by which people end the mails they get: a mail program posts to it (RFC 8058), a person is
/// asked first. Nobody needs a credential but the link itself.
struct UnsubscribeRoutes: Sendable {
  /// What the links' paths begin with.
  static let root = "/u/"
  /// As OpenAPI writes it.
  static let template = "/u/{token}"

  private static let mostTokenBytes = 600
  private static let mostBody = 8 << 10
  private static let methods = "GET, HEAD, POST"

  let unsubscribing: Unsubscribing?
  let logger: Logger
  /// Whether new requests are turned away.
  let isClosing: @Sendable () -> Bool

  /// Adds the links; before the operations of the API.
  func addRoutes(to router: Router<GatewayContext>) {
    router.add(
      middleware: PathMiddleware(matches: Self.isServed) { message, _ in
        await respond(to: message)
      })
  }

  /// Whether a path is one of the links.
  static func isServed(_ path: String) -> Bool { path.hasPrefix(root) }

  private func respond(to message: HTTPRequestMessage) async -> HTTPReply {
    guard [.get, .head, .post].contains(message.method) else {
      return UnsubscribePage.text(
        .methodNotAllowed, "Only \(Self.methods) are allowed here.",
        headers: [.allow: Self.methods])
    }
    if isClosing() { return Self.unavailable }
    let token = String(message.uri.path.dropFirst(Self.root.count))
    guard let unsubscribing, token.utf8.count <= Self.mostTokenBytes, unsubscribing.isKnown(token)
    else { return UnsubscribePage.unknown }
    if message.method == .post { return await end(token, unsubscribing, message) }
    var reply = UnsubscribePage.question(organization: unsubscribing.organization)
    if message.method == .head { reply.body = ResponseBody() }
    return reply
  }

  private func end(
    _ token: String, _ unsubscribing: Unsubscribing, _ message: HTTPRequestMessage
  ) async -> HTTPReply {
    let body: [UInt8]
    do {
      body = Array(buffer: try await message.body.collect(upTo: Self.mostBody))
    } catch is NIOTooManyBytesError {
      return UnsubscribePage.text(
        .contentTooLarge, "The body is longer than \(Self.mostBody) bytes.",
        headers: [.connection: "close"])
    } catch {
      return UnsubscribePage.text(
        .badRequest, "The body could not be read.", headers: [.connection: "close"])
    }
    guard OneClickForm.isOneClick(body, type: message.headers[.contentType]) else {
      return UnsubscribePage.text(
        .badRequest, "The body must be the form List-Unsubscribe=One-Click.")
    }
    do {
      guard try await unsubscribing.unsubscribe(token) else { return UnsubscribePage.unknown }
    } catch {
      logger.error("somebody could not be unsubscribed", metadata: ["cause": "\(error)"])
      return Self.unavailable
    }
    return UnsubscribePage.text(.ok, "You will get no more e-mails of this kind.")
  }

  private static var unavailable: HTTPReply {
    UnsubscribePage.text(
      .serviceUnavailable, "This cannot be done at the moment. Try again in a minute.",
      headers: [.retryAfter: "60"])
  }
}

/// The form that a mail program posts (RFC 8058, section 3.1), in either of the ways that forms are sent.
enum OneClickForm {
  static func isOneClick(_ body: [UInt8], type: String?) -> Bool {
    let text = String(decoding: body, as: UTF8.self)
    let kind = (type ?? "").split(separator: ";").first.map { MediaRange.trimmed($0).lowercased() }
    switch kind {
    case nil, "application/x-www-form-urlencoded":
      return text.split(separator: "&").contains { pair in
        pair.drop(while: \.isWhitespace).prefix { !$0.isWhitespace } == "List-Unsubscribe=One-Click"
      }
    case "multipart/form-data":
      // Each part: its headers, an empty line, the value, and the line of the boundary.
      return text.split(separator: "\r\n--").contains { part in
        guard let end = part.firstRange(of: "\r\n\r\n") else { return false }
        let head = part[..<end.lowerBound].lowercased()
        return head.contains("name=\"list-unsubscribe\"") && part[end.upperBound...] == "One-Click"
      }
    default: return false
    }
  }
}
