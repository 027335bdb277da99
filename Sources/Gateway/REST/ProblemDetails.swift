import HTTPTypes
import Hummingbird
import JSONRPC
import MCP
import NIOCore

/// Why a request was not served, as programs read it (RFC 9457).
struct ProblemDetails: Sendable, Hashable {
  /// The kind of problem: its name on the wire, its status and its title.
  enum Kind: String, Sendable, Hashable, CaseIterable {
    case invalidData = "invalid-data"
    case unauthorized = "unauthorized"
    case insufficientScope = "insufficient-scope"
    case forbidden
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case notAcceptable = "not-acceptable"
    case requestRunning = "request-running"
    case conflict = "conflict"
    case erased
    case bodyTooLarge = "body-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case keyReused = "idempotency-key-reused"
    case tooManyRequests = "too-many-requests"
    case internalError = "internal-error"
    case unavailable = "unavailable"

    var status: HTTPResponse.Status {
      switch self {
      case .invalidData: .badRequest
      case .unauthorized: .unauthorized
      case .insufficientScope, .forbidden: .forbidden
      case .notFound: .notFound
      case .methodNotAllowed: .methodNotAllowed
      case .notAcceptable: .notAcceptable
      case .requestRunning, .conflict: .conflict
      case .erased: .gone
      case .bodyTooLarge: .contentTooLarge
      case .unsupportedMediaType: .unsupportedMediaType
      case .keyReused: .unprocessableContent
      case .tooManyRequests: .tooManyRequests
      case .internalError: .internalServerError
      case .unavailable: .serviceUnavailable
      }
    }

    var title: String {
      switch self {
      case .invalidData: "The data is not valid"
      case .unauthorized: "A credential is needed"
      case .insufficientScope: "The credential does not suffice"
      case .forbidden: "The request is not allowed from there"
      case .notFound: "There is no such thing"
      case .methodNotAllowed: "The method is not allowed here"
      case .notAcceptable: "No accepted media type can be served"
      case .requestRunning: "The same request is still running"
      case .conflict: "What is stored stands against it"
      case .erased: "The answer named a person who was erased"
      case .bodyTooLarge: "The body is too long"
      case .unsupportedMediaType: "The body's media type is not supported"
      case .keyReused: "The idempotency key was used for another request"
      case .tooManyRequests: "There were too many requests"
      case .internalError: "Internal error"
      case .unavailable: "The server cannot do this at the moment"
      }
    }
  }

  static let mediaType = "application/problem+json"

  let kind: Kind
  /// What is wrong with this request.
  let detail: String
  /// The path of the request.
  let instance: String
  /// All wrong fields, each by a JSON Pointer into the body or, for a query, to its parameter.
  var errors: [CallProblem.Field] = []
  /// Headers beside those of every problem.
  var headers: HTTPFields = [:]

  var body: [UInt8] {
    var json: JSONObject = [
      "type": .string("urn:leadrelay:problem:\(kind.rawValue)"), "title": .string(kind.title),
      "status": JSONValue(kind.status.code), "detail": .string(detail),
      "instance": .string(instance),
    ]
    if !errors.isEmpty {
      json["errors"] = .array(
        errors.map { ["pointer": .string($0.pointer), "detail": .string($0.detail)] })
    }
    return JSONWriter.bytes(of: .object(json))
  }

  var reply: HTTPReply {
    var headers = headers
    headers[.contentType] = Self.mediaType
    headers[.cacheControl] = "no-store"
    return HTTPReply(
      status: kind.status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}
