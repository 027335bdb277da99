import HTTPTypes
import Hummingbird
import JSONRPC
import MCP
import Marketing
import NIOCore

/// What is answered to a request that has been let in.
struct RESTAnswer: Sendable {
  let status: HTTPResponse.Status
  let mediaType: String
  let body: [UInt8]
  var headers: HTTPFields = [:]
  /// Whether the same request would be answered so again: not when it failed for a reason that passes.
  let isLasting: Bool

  /// A result.
  init(json: [UInt8], status: HTTPResponse.Status = .ok) {
    self.status = status
    mediaType = "application/json"
    body = json
    isLasting = true
  }

  /// A problem.
  init(_ problem: ProblemDetails) {
    status = problem.kind.status
    mediaType = ProblemDetails.mediaType
    body = problem.body
    headers = problem.headers
    switch problem.kind {
    case .invalidData, .notFound, .conflict: isLasting = problem.headers[.retryAfter] == nil
    default: isLasting = false
    }
  }

  /// An answer that was given before.
  init(_ stored: StoredReply) {
    status = HTTPResponse.Status(code: stored.status)
    mediaType = stored.mediaType
    body = stored.body
    headers = [.idempotentReplayed: "true"]
    isLasting = true
  }

  /// The answer as it is stored; `nil` for one that is not kept.
  var stored: StoredReply? {
    guard isLasting, body.count <= StoredReply.maximumBytes else { return nil }
    return StoredReply(status: status.code, mediaType: mediaType, body: body)
  }

  var reply: HTTPReply {
    var headers = headers
    headers[.contentType] = mediaType
    headers[.cacheControl] = "no-store"
    return HTTPReply(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}

extension RESTCall {
  /// The lead that an answer is about, which is not to be told any more once that is erased; `nil` for the answer
  /// of the erasure itself, and where there is none.
  func lead(in reply: StoredReply) -> LeadID? {
    guard toolName != "erase_lead", HTTPResponse.Status(code: reply.status).kind == .successful,
      let output = try? JSONParser(maximumBytes: .max).parse(reply.body)
    else { return nil }
    let parts = [output] + Self.about.compactMap { output[$0] }
    return parts.lazy.compactMap { $0["leadID"]?.stringValue }.first.map { LeadID(rawValue: $0) }
  }

  /// The tool's result as this operation answers it. A triage says what follows from it as a list, since
  /// more may follow than one thing, and how long it took under the name that such clients know.
  func answer(_ structured: [UInt8]) -> RESTAnswer {
    guard toolName == "triage_lead",
      let output = try? JSONParser(maximumBytes: .max).parse(structured).objectValue
    else { return RESTAnswer(json: structured, status: isAsync ? .accepted : .ok) }
    let members = output.members.map { member -> (String, JSONValue) in
      switch member.key {
      case "nextAction": ("nextActions", [member.value])
      case "processingMilliseconds": ("processingTimeMs", member.value)
      default: (member.key, member.value)
      }
    }
    return RESTAnswer(json: JSONWriter.bytes(of: .object(JSONObject(members))))
  }

  /// The headers of an answer beside those that every answer has: also of one that was given before.
  func headers(of answer: RESTAnswer) -> HTTPFields {
    guard answer.status.kind == .successful else { return [:] }
    var headers: HTTPFields = [:]
    if let untrusted = tool.definition.untrusted, !untrusted.isEmpty {
      headers[.leadrelayUntrusted] = untrusted.joined(separator: ", ")
    }
    guard isAsync else { return headers }
    headers[.preferenceApplied] = Preferences.respondAsync
    let output = try? JSONParser(maximumBytes: .max).parse(answer.body)
    if let lead = output?["leadID"]?.stringValue {
      headers[.location] = "\(RESTRoute.root)/leads/\(lead)/journey"
    }
    return headers
  }

  /// The members of an output that are of one lead.
  private static let about = ["handoff", "engagement", "escalation"]
}
