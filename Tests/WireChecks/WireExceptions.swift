import JSONRPC
import MCP

/// All the places where a message may differ from the protocol's published schemas, and what holds
/// there instead.
///
/// 1. An error to a message whose id could not be read has `id: null`, as JSON-RPC 2.0 wants it; no
///    revision's schema allows `null`. The rest of the error is checked.
/// 2. Messages of the tasks extension are in no revision's schema. The schemas below check them.
enum WireExceptions {
  /// The error with an id in the place of the `null` that the schemas do not know.
  static func withReadableID(_ error: JSONObject) -> JSONObject {
    guard error["id"] == .null else { return error }
    var readable = error
    readable["id"] = "unreadable"
    return readable
  }

  /// The extension's schema that a message must match; `nil` for a message of the core protocol.
  static func taskSchema(request method: String) -> JSONSchema? {
    switch method {
    case "tasks/get", "tasks/cancel": taskSchemas["get"]
    case "tasks/update": taskSchemas["update"]
    default: nil
    }
  }

  /// The same for a result, by the request's method and the result's type.
  static func taskSchema(resultOf method: String, type: JSONValue?) -> JSONSchema? {
    if type == "task" { return taskSchemas["created"] }
    switch method {
    case "tasks/get": return taskSchemas["shown"]
    case "tasks/update", "tasks/cancel": return taskSchemas["acknowledged"]
    default: return nil
    }
  }

  /// The same for a notification.
  static func taskSchema(notification method: String) -> JSONSchema? {
    method == "notifications/tasks" ? taskSchemas["notified"] : nil
  }

  private static let taskSchemas: [String: JSONSchema] = {
    let document = try? JSONSchemaDocument(JSONParser().parse(tasks))
    let names = ["get", "update", "created", "shown", "acknowledged", "notified"]
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        (try? document?.schema(at: "#/$defs/\(name)")).map { (name, $0) }
      })
  }()

  private static let tasks = #"""
    {"$defs": {
      "request": {"type": "object", "required": ["jsonrpc", "id", "method", "params"], "properties": {
        "params": {"type": "object", "required": ["taskId", "_meta"],
          "properties": {"taskId": {"type": "string"}}}}},
      "get": {"$ref": "#/$defs/request"},
      "update": {"allOf": [{"$ref": "#/$defs/request"}, {"properties": {"params": {
        "required": ["inputResponses"], "properties": {"inputResponses": {"type": "object"}}}}}]},
      "task": {"type": "object",
        "required": ["taskId", "status", "createdAt", "lastUpdatedAt", "ttlMs"],
        "properties": {
          "taskId": {"type": "string", "minLength": 16},
          "status": {"enum": ["working", "input_required", "completed", "failed", "cancelled"]},
          "statusMessage": {"type": "string"},
          "createdAt": {"type": "string", "format": "date-time"},
          "lastUpdatedAt": {"type": "string", "format": "date-time"},
          "ttlMs": {"type": ["integer", "null"], "minimum": 0},
          "pollIntervalMs": {"type": "integer", "minimum": 0},
          "task": false, "requestState": false, "ttl": false, "pollInterval": false}},
      "created": {"allOf": [{"$ref": "#/$defs/task"}], "required": ["resultType", "_meta"],
        "properties": {"resultType": {"const": "task"}, "status": {"const": "working"},
          "result": false, "error": false, "inputRequests": false}},
      "detailed": {"allOf": [{"$ref": "#/$defs/task"}], "oneOf": [
        {"properties": {"status": {"enum": ["working", "cancelled"]},
          "result": false, "error": false, "inputRequests": false}},
        {"properties": {"status": {"const": "input_required"}, "result": false, "error": false,
          "inputRequests": {"type": "object", "minProperties": 1,
            "additionalProperties": {"type": "object", "required": ["method"]}}},
          "required": ["inputRequests"]},
        {"properties": {"status": {"const": "completed"}, "error": false, "inputRequests": false,
          "result": {"type": "object", "required": ["content", "resultType"],
            "properties": {"_meta": {"properties": {
              "io.modelcontextprotocol/related-task": false}}}}},
          "required": ["result"]},
        {"properties": {"status": {"const": "failed"}, "result": false, "inputRequests": false,
          "error": {"type": "object", "required": ["code", "message"],
            "properties": {"code": {"type": "integer"}, "message": {"type": "string"}}}},
          "required": ["error"]}]},
      "shown": {"allOf": [{"$ref": "#/$defs/detailed"}], "required": ["resultType", "_meta"],
        "properties": {"resultType": {"const": "complete"}}},
      "acknowledged": {"type": "object", "required": ["resultType"],
        "properties": {"resultType": {"const": "complete"}, "_meta": true},
        "additionalProperties": false},
      "notified": {"type": "object", "required": ["jsonrpc", "method", "params"], "properties": {
        "id": false, "params": {"allOf": [{"$ref": "#/$defs/detailed"}], "required": ["_meta"],
          "properties": {"resultType": false}}}}
    }}
    """#
}
