import JSONRPC
import MCP
import ServedFiles
import Testing

/// The description that the gateway serves, taken apart.
struct OpenAPIDocument {
  let json: JSONValue

  init() throws { json = try JSONParser().parse(ServedFile.openAPI.bytes) }

  /// The value, or what it refers to.
  func resolved(_ value: JSONValue?) throws -> JSONValue {
    let value = try #require(value)
    guard let reference = value["$ref"]?.stringValue else { return value }
    var target = json
    for part in reference.split(separator: "/").dropFirst() {
      target = try #require(target[String(part)], "\(reference)")
    }
    return target
  }

  /// The value with what it refers to in its place, at any depth.
  func expanded(_ value: JSONValue?) throws -> JSONValue {
    switch try resolved(value) {
    case .array(let elements): return .array(try elements.map { try expanded($0) })
    case .object(let object):
      return .object(JSONObject(try object.members.map { ($0.key, try expanded($0.value)) }))
    case let other: return other
    }
  }

  /// A schema among the components, compiled.
  func schema(_ name: String) throws -> JSONSchema {
    try JSONSchema(#require(json["components"]?["schemas"]?[name]))
  }

  /// All operations: method and path, and what is said of them.
  var operations: [String: JSONValue] {
    get throws {
      var operations: [String: JSONValue] = [:]
      for path in json["paths"]?.objectValue ?? [:] {
        for operation in path.value.objectValue ?? [:] where operation.key != "parameters" {
          operations["\(operation.key.uppercased()) \(path.key)"] = operation.value
        }
      }
      return operations
    }
  }
}
