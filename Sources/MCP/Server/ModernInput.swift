import JSONRPC

/// The answers that came with a modern request, and the sealed state that carries them from one round
/// to the next. An answer counts only beside the state that asked for it: otherwise a model could give
/// its user's consent before anybody has asked the user.
struct ModernInput: Sendable {
  private let server: MCPServer
  private let lifetime: Int64
  private let binding: [UInt8]
  private let responses: JSONObject
  /// Answers that have been asked for and fit: of earlier rounds, and of this one as they are used.
  private let accepted: Locked<JSONObject>

  private static let purpose = "requestState"

  /// Reads `inputResponses` and `requestState`.
  /// - Throws: -32602 for values of the wrong shape, and for a state that was not made for this call of
  ///   this principal or is too old.
  init(
    method: String, params: JSONObject, principal: Principal, server: MCPServer
  ) throws(RPCError) {
    self.server = server
    self.lifetime = server.limits.inputStateLifetime.wholeMilliseconds
    self.binding = try Self.binding(method, params, principal, server.sealer)
    let given: JSONObject
    switch params["inputResponses"] {
    case nil: given = [:]
    case .object(let responses): given = responses
    case .some(let other):
      throw RPCError(.invalidParams, "'inputResponses' is \(other.typeName), expected an object")
    }
    let state: State
    switch params["requestState"] {
    case nil: state = State()
    case .string(let sealed): state = try Self.open(sealed, binding, server)
    case .some(let other):
      throw RPCError(.invalidParams, "'requestState' is \(other.typeName), expected a string")
    }
    self.accepted = Locked(state.answers)
    self.responses = JSONObject(
      given.members.filter { state.asked.contains(ExactText($0.key)) }.map { ($0.key, $0.value) })
  }

  /// What a sealed state says.
  private struct State {
    /// The answers of earlier rounds.
    var answers: JSONObject = [:]
    /// The keys of what was asked when the state was given out.
    var asked: Set<ExactText> = []
  }

  /// A way to ask that ends the call with the questions whose answers are still missing.
  var channel: InputChannel {
    InputChannel { (questions: [NamedInput]) throws(CallInterruption) in
      var answers: [String: InputResponse] = [:]
      var missing: [NamedInput] = []
      for question in questions {
        let key = question.key
        guard let json = accepted.withLock({ $0[key] }) ?? responses[key] else {
          missing.append(question)
          continue
        }
        answers[key] = try Self.read(json, for: question)
        accepted.withLock { $0[key] = json }
      }
      guard missing.isEmpty else { throw .inputRequired(missing) }
      return answers
    }
  }

  private static func read(
    _ json: JSONValue, for question: NamedInput
  ) throws(CallInterruption) -> InputResponse {
    do {
      return try InputResponse(json, to: question.request)
    } catch {
      throw .protocolError(
        RPCError(.invalidParams, "inputResponses/\(question.key): \(error.message)"))
    }
  }

  /// The result that asks the client for input.
  func result(asking questions: [NamedInput], version: ProtocolVersion) throws(RPCError)
    -> ResultBody
  {
    var requests = JSONObject()
    for question in questions {
      var request: JSONObject = ["method": .string(question.request.method)]
      let params = question.request.params(for: version)
      if !params.isEmpty { request["params"] = .object(params) }
      requests[question.key] = .object(request)
    }
    let state: JSONValue = [
      "expires": .integer(server.clock.milliseconds() + lifetime),
      "answers": .object(accepted.withLock { $0 }),
      "asked": .array(requests.keys.map(JSONValue.string)),
    ]
    var body = ResultBody()
    body.type = .inputRequired
    body.add("inputRequests", .object(requests))
    do {
      let sealed = try server.sealer.seal(JSONWriter.bytes(of: state), Self.purpose, binding)
      body.add("requestState", .string(sealed))
    } catch {
      throw RPCError(.internalError, "Internal error", cause: "\(error)")
    }
    return body
  }

  private static func open(
    _ sealed: String, _ binding: [UInt8], _ server: MCPServer
  ) throws(RPCError) -> State {
    let invalid = RPCError(
      .invalidParams, "Invalid or expired requestState: repeat the call without it",
      data: ["reason": "invalid_request_state"])
    guard let bytes = try? server.sealer.open(sealed, purpose, binding),
      let state = try? JSONParser(maximumBytes: 64 << 20).parse(bytes),
      let expires = state["expires"]?.integerValue, expires > server.clock.milliseconds(),
      let answers = state["answers"]?.objectValue
    else { throw invalid }
    // A state without the keys is an older version's: its questions are asked again.
    let asked = state["asked"]?.arrayValue ?? []
    return State(answers: answers, asked: Set(asked.compactMap(\.stringValue).map(ExactText.init)))
  }

  /// What a state is bound to: the principal and the call with its arguments, in whatever order their
  /// members are written.
  private static func binding(
    _ method: String, _ params: JSONObject, _ principal: Principal, _ sealer: Sealer
  ) throws(RPCError) -> [UInt8] {
    var call = params
    for key in ["_meta", "inputResponses", "requestState"] { call[key] = nil }
    let canonical = JSONValue.array([
      .string(principal.workspace), .string(principal.name), .string(method),
      JSONValue.object(call).sortedByKey,
    ])
    do {
      return try sealer.digest(JSONWriter.bytes(of: canonical))
    } catch {
      throw RPCError(.internalError, "Internal error", cause: "\(error)")
    }
  }
}

extension JSONValue {
  /// The value with the members of every object in the order of their keys.
  fileprivate var sortedByKey: JSONValue {
    switch self {
    case .array(let elements): .array(elements.map(\.sortedByKey))
    case .object(let object):
      .object(
        JSONObject(
          object.members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sortedByKey) }))
    default: self
    }
  }
}

extension Duration {
  /// Whole milliseconds, rounded toward zero.
  var wholeMilliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
