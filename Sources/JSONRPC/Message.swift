/// One JSON-RPC 2.0 message.
package enum Message: Sendable, Hashable {
  case request(Request)
  case notification(Notification)
  case response(Response)
}

/// A call that wants an answer.
package struct Request: Sendable, Hashable {
  /// Names the call until it is answered.
  package var id: RequestID
  /// What is called.
  package var method: String
  /// Named parameters; empty when the message had none.
  package var params: JSONObject

  /// A request.
  package init(id: RequestID, method: String, params: JSONObject = [:]) {
    self.id = id
    self.method = method
    self.params = params
  }
}

/// A message that is never answered, whatever is wrong with it.
package struct Notification: Sendable, Hashable {
  /// What is told.
  package var method: String
  /// Named parameters; empty when the message had none.
  package var params: JSONObject

  /// A notification.
  package init(method: String, params: JSONObject = [:]) {
    self.method = method
    self.params = params
  }
}

/// The answer to a request.
package struct Response: Sendable, Hashable {
  /// The request's id; `nil` (JSON `null`) when the request could not be read.
  package var id: RequestID?
  /// The result, or what went wrong.
  package var outcome: Result<JSONValue, RPCError>

  /// An answer.
  package init(id: RequestID?, outcome: Result<JSONValue, RPCError>) {
    self.id = id
    self.outcome = outcome
  }
}

/// JSON that is no JSON-RPC message, with the answer it deserves.
package struct InvalidMessage: Error, Sendable, Hashable {
  /// The id to answer to, when one could be read.
  package let id: RequestID?
  /// The error to answer with; `nil` when nothing may be answered.
  package let error: RPCError?
}

extension Message {
  /// Reads one message.
  /// - Throws: `InvalidMessage` saying what to answer. A value with `method` and no `id` is a
  ///   notification, which gets no answer even if the rest of it is wrong, its method's type included:
  ///   JSON-RPC 2.0 shows such a one answered with a null id, but MCP lets nothing without an id be
  ///   answered. A broken response gets none either, so that two peers never answer each other's errors
  ///   for ever.
  package init(_ value: JSONValue) throws(InvalidMessage) {
    guard case .object(let object) = value else {
      throw Message.invalid("found \(value.typeName), expected a JSON-RPC 2.0 message object")
    }
    let rawID = object["id"]
    let id = RequestID(rawID)
    guard let method = object["method"] else {
      if object["result"] != nil || object["error"] != nil {
        self = .response(try Message.response(object, id: id))
        return
      }
      throw Message.invalid("'method' is missing", id: id)
    }
    if rawID == nil {
      guard case .string(let name) = method, object["jsonrpc"] == "2.0",
        let params = Message.params(object)
      else { throw InvalidMessage(id: nil, error: nil) }
      self = .notification(Notification(method: name, params: params))
      return
    }
    guard case .string(let name) = method else {
      throw Message.invalid("'method' is \(method.typeName), expected a string", id: id)
    }
    guard let id else {
      throw Message.invalid(
        "'id' is \(rawID?.typeName ?? "missing"), expected a string or an integer "
          + "without fraction and exponent")
    }
    guard object["jsonrpc"] == "2.0" else {
      throw Message.invalid(#"'jsonrpc' must be the string "2.0""#, id: id)
    }
    guard let params = Message.params(object) else {
      throw Message.invalid(
        "'params' is \(object["params"]?.typeName ?? "missing"), expected an object", id: id)
    }
    self = .request(Request(id: id, method: name, params: params))
  }

  private static func params(_ object: JSONObject) -> JSONObject? {
    switch object["params"] {
    case nil: [:]
    case .object(let params): params
    default: nil
    }
  }

  private static func response(
    _ object: JSONObject, id: RequestID?
  ) throws(InvalidMessage) -> Response {
    let isNamed = id != nil || object["id"]?.isNull ?? true
    guard object["jsonrpc"] == "2.0", isNamed else { throw InvalidMessage(id: nil, error: nil) }
    switch (object["result"], object["error"]) {
    case (let result?, nil) where id != nil:
      return Response(id: id, outcome: .success(result))
    case (nil, let error?):
      guard let error = RPCError(json: error) else { throw InvalidMessage(id: nil, error: nil) }
      return Response(id: id, outcome: .failure(error))
    default: throw InvalidMessage(id: nil, error: nil)
    }
  }

  private static func invalid(_ message: String, id: RequestID? = nil) -> InvalidMessage {
    InvalidMessage(id: id, error: RPCError(.invalidRequest, "Invalid request: \(message)"))
  }
}

extension Message {
  /// The message as JSON.
  package var json: JSONValue {
    var object: JSONObject = ["jsonrpc": "2.0"]
    switch self {
    case .request(let request):
      object["id"] = request.id.json
      object["method"] = .string(request.method)
      if !request.params.isEmpty { object["params"] = .object(request.params) }
    case .notification(let notification):
      object["method"] = .string(notification.method)
      if !notification.params.isEmpty { object["params"] = .object(notification.params) }
    case .response(let response):
      object["id"] = response.id?.json ?? .null
      switch response.outcome {
      case .success(let result): object["result"] = result
      case .failure(let error): object["error"] = error.json
      }
    }
    return .object(object)
  }

  /// The message as compact UTF-8 on one line.
  package var bytes: [UInt8] { JSONWriter.bytes(of: json) }
}
