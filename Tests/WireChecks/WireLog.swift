package import JSONRPC
import MCP

/// Follows a connection and notes every message that breaks the protocol: its schema in the revision it
/// belongs to, an answer that nobody asked for or that comes twice, members of the other era.
package final class WireLog: Sendable {
  private struct Call {
    let method: String
    let version: ProtocolVersion
    var isCancelled = false
  }

  private struct State {
    var faults: [String] = []
    var negotiated: ProtocolVersion?
    var fromClient: [RequestID: [Call]] = [:]
    var fromServer: [RequestID: Call] = [:]
  }

  private let state = Locked(State())

  /// A log of a connection that has just begun.
  package init() {}

  /// What has been broken so far.
  package var faults: [String] { state.withLock { $0.faults } }

  /// The client sends a message.
  /// - Parameter isFaulty: whether it is wrong on purpose, so that only its id is noted.
  package func clientSends(_ json: JSONValue, isFaulty: Bool = false) {
    if case .array(let parts) = json {
      for part in parts { clientSends(part, isFaulty: isFaulty) }
      return
    }
    state.withLock { (state: inout State) in
      if isFaulty, json["method"]?.stringValue == nil, json["result"] == nil,
        json["error"] == nil, let id = RequestID(json["id"])
      {
        state.fromClient[id, default: []].append(Call(method: "?", version: .latestLegacy))
        return
      }
      let found = Self.judge(client: json, &state)
      if !isFaulty { state.faults += found.map { "client: \($0) in \(JSONWriter.text(of: json))" } }
    }
  }

  /// The server sends a message.
  package func serverSends(_ json: JSONValue) {
    if case .array(let parts) = json {
      state.withLock { (state: inout State) in
        if parts.isEmpty { state.faults.append("server: an empty batch") }
        if state.negotiated != .v2025March { state.faults.append("server: a batch") }
      }
      for part in parts { serverSends(part) }
      return
    }
    state.withLock { (state: inout State) in
      let found = Self.judge(server: json, &state)
      state.faults += found.map { "server: \($0) in \(JSONWriter.text(of: json))" }
    }
  }

  private static func judge(client json: JSONValue, _ state: inout State) -> [String] {
    guard let object = json.objectValue else { return ["no object"] }
    let legacy = state.negotiated ?? .latestLegacy
    let id = RequestID(object["id"])
    guard let method = object["method"]?.stringValue else {
      guard let id, let call = state.fromServer.removeValue(forKey: id) else {
        return ["an answer to nothing"]
      }
      return answerFaults(object, call, isModern: false)
    }
    if object["id"] == nil {
      if method == "notifications/cancelled" { cancel(object["params"]?["requestId"], &state) }
      return notificationFaults(json, method, legacy)
    }
    let version = self.version(of: object, method, legacy)
    if let id { state.fromClient[id, default: []].append(Call(method: method, version: version)) }
    return requestFaults(json, method, version)
  }

  private static func judge(server json: JSONValue, _ state: inout State) -> [String] {
    guard let object = json.objectValue else { return ["no object"] }
    let id = RequestID(object["id"])
    guard let method = object["method"]?.stringValue else {
      return judge(answer: object, id, &state)
    }
    guard object["id"] != nil else {
      let isTagged = object["params"]?["_meta"]?[MetaKey.subscriptionID] != nil
      let version = isTagged ? .latest : state.negotiated ?? .latest
      return notificationFaults(json, method, version)
    }
    guard let version = state.negotiated else { return ["a request outside a legacy session"] }
    guard let id else { return ["a request without a proper id"] }
    guard state.fromServer.updateValue(Call(method: method, version: version), forKey: id) == nil
    else { return ["an id that is in use"] }
    return requestFaults(json, method, version)
  }

  private static func judge(
    answer object: JSONObject, _ id: RequestID?, _ state: inout State
  ) -> [String] {
    guard let id else {
      guard object["id"] == .null, object["error"] != nil else { return ["an answer without id"] }
      return errorFaults(object, state.negotiated ?? .latest)
    }
    guard var calls = state.fromClient[id], !calls.isEmpty else {
      return ["an answer to nothing, or a second one"]
    }
    // Of two requests with one id the later is the one that is refused; a cancelled one may still have
    // been answered.
    let isError = object["error"] != nil
    let place =
      (isError
        ? calls.lastIndex { !$0.isCancelled } : calls.firstIndex { !$0.isCancelled })
    let call = calls.remove(at: place ?? 0)
    state.fromClient[id] = calls
    if call.method == "initialize",
      let agreed = object["result"]?["protocolVersion"]?.stringValue.flatMap(ProtocolVersion.init)
    {
      state.negotiated = agreed
    }
    return answerFaults(object, call, isModern: call.version.era == .modern)
  }

  private static func cancel(_ id: JSONValue?, _ state: inout State) {
    guard let id = RequestID(id) else { return }
    state.fromClient[id] = state.fromClient[id]?.map {
      Call(method: $0.method, version: $0.version, isCancelled: true)
    }
  }

  private static func version(
    of request: JSONObject, _ method: String, _ legacy: ProtocolVersion
  ) -> ProtocolVersion {
    if method == "initialize" {
      let wanted = request["params"]?["protocolVersion"]?.stringValue
      return wanted.flatMap(ProtocolVersion.init).flatMap { $0.era == .legacy ? $0 : nil }
        ?? .latestLegacy
    }
    return request["params"]?["_meta"]?[MetaKey.protocolVersion] == nil ? legacy : .latest
  }
}

extension WireLog {
  private static func requestFaults(
    _ json: JSONValue, _ method: String, _ version: ProtocolVersion
  ) -> [String] {
    var faults = WireSchemas.faults(of: json, against: "JSONRPCRequest", in: version)
    if let schema = WireExceptions.taskSchema(request: method), version.era == .modern {
      return faults + schema.validate(json).map(\.description)
    }
    guard let definition = WireSchemas.requests[method] else { return faults + ["no such request"] }
    faults += WireSchemas.faults(of: json, against: definition, in: version)
    return faults
  }

  private static func notificationFaults(
    _ json: JSONValue, _ method: String, _ version: ProtocolVersion
  ) -> [String] {
    var faults = WireSchemas.faults(of: json, against: "JSONRPCNotification", in: version)
    if let schema = WireExceptions.taskSchema(notification: method) {
      return faults + schema.validate(json).map(\.description)
    }
    guard let definition = WireSchemas.notifications[method] else {
      return faults + ["no such notification"]
    }
    faults += WireSchemas.faults(of: json, against: definition, in: version)
    return faults
  }

  private static func answerFaults(
    _ answer: JSONObject, _ call: Call, isModern: Bool
  ) -> [String] {
    guard answer["error"] == nil else { return errorFaults(answer, call.version) }
    let message = JSONValue.object(answer)
    let frame = call.version >= .v2025November ? "JSONRPCResultResponse" : "JSONRPCResponse"
    var faults = WireSchemas.faults(of: message, against: frame, in: call.version)
    guard let result = answer["result"]?.objectValue else { return faults + ["no result"] }
    faults += isModern ? modernFaults(result, call.method) : legacyFaults(result, call.method)
    if let schema = WireExceptions.taskSchema(resultOf: call.method, type: result["resultType"]) {
      return faults + schema.validate(.object(result)).map(\.description)
    }
    let definition =
      result["resultType"] == "input_required"
      ? "InputRequiredResult" : WireSchemas.results[call.method]
    guard let definition else { return faults + ["a result of \(call.method)"] }
    return faults
      + WireSchemas.faults(of: .object(result), against: definition, in: call.version)
  }

  private static func errorFaults(_ answer: JSONObject, _ version: ProtocolVersion) -> [String] {
    let frame = version >= .v2025November ? "JSONRPCErrorResponse" : "JSONRPCError"
    let readable = JSONValue.object(WireExceptions.withReadableID(answer))
    var faults = WireSchemas.faults(of: readable, against: frame, in: version)
    if answer["result"] != nil { faults.append("both a result and an error") }
    let code = answer["error"]?["code"]?.integerValue ?? 0
    if let definition = WireSchemas.error(code, in: version) {
      faults += WireSchemas.faults(of: readable, against: definition, in: version)
    }
    if version.era == .modern, [-32002, -32042].contains(code) {
      faults.append("a code of the legacy era")
    }
    return faults
  }

  private static let cacheable: Set<String> = [
    "server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list",
    "resources/read",
  ]

  private static func modernFaults(_ result: JSONObject, _ method: String) -> [String] {
    var faults: [String] = []
    if result["_meta"]?[MetaKey.serverInfo] == nil { faults.append("no serverInfo in _meta") }
    let isCacheable = cacheable.contains(method) && result["resultType"] == "complete"
    for key in ["ttlMs", "cacheScope"] where method != "tasks/get" {
      if result["resultType"] == "task" { continue }
      if (result[key] != nil) != isCacheable {
        faults.append("\(key) where it must not be, or not")
      }
    }
    if result["resultType"] == "input_required",
      result["inputRequests"] == nil, result["requestState"] == nil
    {
      faults.append("neither inputRequests nor requestState")
    }
    return faults
  }

  private static func legacyFaults(_ result: JSONObject, _ method: String) -> [String] {
    var faults = ["resultType", "ttlMs", "cacheScope", "inputRequests", "requestState"]
      .filter { result[$0] != nil }.map { "\($0) in a legacy result" }
    if result["_meta"]?[MetaKey.serverInfo] != nil { faults.append("serverInfo in _meta") }
    let isEmpty = ["ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"]
      .contains(method)
    if isEmpty, !result.isEmpty { faults.append("a result that must be exactly {}") }
    return faults
  }
}
