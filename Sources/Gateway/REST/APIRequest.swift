import HTTPTypes
import Hummingbird
import JSONRPC
import MCP

/// A request to the API for clients that do not speak the protocol, and the answers it may get anywhere.
struct APIRequest: Sendable {
  let message: HTTPRequestMessage
  let context: GatewayContext
  /// Where clients read how to get a token; `nil` where there is no such document.
  let resourceMetadata: String?

  var path: String { message.uri.path }

  /// A problem with this request.
  func problem(
    _ kind: ProblemDetails.Kind, _ detail: String, errors: [CallProblem.Field] = [],
    headers: HTTPFields = [:]
  ) -> ProblemDetails {
    ProblemDetails(
      kind: kind, detail: detail, instance: path.shortened(to: 512), errors: errors,
      headers: headers)
  }

  /// The problem of a call that its caller can mend.
  func problem(_ problem: CallProblem) -> ProblemDetails {
    let kind: ProblemDetails.Kind =
      switch problem.kind {
      case .invalid: .invalidData
      case .notFound: .notFound
      case .conflict, .stale: .conflict
      case .unavailable: .unavailable
      }
    let isPassing = problem.kind == .stale || problem.kind == .unavailable
    return self.problem(
      kind, problem.message, errors: problem.fields,
      headers: isPassing ? [.retryAfter: "1"] : [:])
  }

  /// The problem of a method that is not served on this path.
  func notAllowed(_ allowed: [HTTPRequest.Method]) -> ProblemDetails {
    let names = allowed.map(\.rawValue).joined(separator: ", ")
    return problem(
      .methodNotAllowed, "\(message.method.rawValue) is not allowed here, \(names) is",
      headers: [.allow: names])
  }

  /// Why whoever asks is not let in, when it needs these scopes: another credential would help.
  func needs(_ scopes: Set<String>) -> ProblemDetails {
    let names = scopes.sorted().joined(separator: " ")
    var challenge = "Bearer "
    let isKnown = context.identity.map { !$0.isAnonymous } ?? false
    if isKnown { challenge += "error=\"insufficient_scope\", " }
    challenge += "scope=\"\(names)\""
    if let resourceMetadata { challenge += ", resource_metadata=\"\(resourceMetadata)\"" }
    return problem(
      isKnown ? .insufficientScope : .unauthorized, "This needs the scopes \(names)",
      headers: [.wwwAuthenticate: challenge])
  }

  /// The problem when the client does not accept what is served here.
  func unaccepted(_ type: Substring, _ subtype: Substring) -> ProblemDetails? {
    let accepted = MediaRange.all(in: message.headers[values: .accept])
    if accepted.contains(where: { $0.covers(type, subtype) }) { return nil }
    return problem(.notAcceptable, "Accept must allow \(type)/\(subtype)")
  }

  /// The problem of a request that comes too soon.
  func tooMany(after milliseconds: Int64) -> ProblemDetails {
    let seconds = max(1, (milliseconds + 999) / 1000)
    return problem(
      .tooManyRequests, "Too many requests: repeat this one after \(seconds) s",
      headers: [.retryAfter: "\(seconds)"])
  }

  var shuttingDown: ProblemDetails {
    problem(.unavailable, "The server is shutting down", headers: [.retryAfter: "5"])
  }
}

extension ProblemDetails: Error {}

extension Identity {
  /// Whether nobody has said who it is.
  var isAnonymous: Bool { credential == .none }
}
