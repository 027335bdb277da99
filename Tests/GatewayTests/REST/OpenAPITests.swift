import HTTPTypes
import JSONRPC
import MCP
import MarketingTools
import NIOHTTP1
import ServedFiles
import Testing

@testable import Gateway

@Suite("The OpenAPI document", .timeLimit(.minutes(1)))
struct OpenAPITests {
  /// What stands for no tool, and asks for no credential.
  private static let outreach = [
    "POST \(DeliveryRoutes.path)", "GET \(UnsubscribeRoutes.template)",
    "POST \(UnsubscribeRoutes.template)",
  ]

  @Test func `it describes every operation and no other`() throws {
    let described = try Set(OpenAPIDocument().operations.keys)
    let served = RESTRoute.all.map { "\($0.method.rawValue) \($0.template)" }
    #expect(described == Set(served + ["GET \(EventRoutes.path)"] + Self.outreach))
    #expect(Set(served).count == served.count)
  }

  @Test func `it is served as it is reviewed, to anybody`() async throws {
    try await GatewayHarness.run { gateway in
      let answer = try await gateway.get("/openapi.json", as: nil)
      #expect(answer.status == 200 && answer.header("content-type") == "application/json")
      #expect(answer.body == ServedFile.openAPI.bytes)
      // What it describes is there: each path takes its method.
      for operation in try OpenAPIDocument().operations.keys
      where !Self.outreach.contains(operation) {
        let parts = operation.split(separator: " ")
        let path = String(parts[1]).replacing("{id}", with: "L1")
        let isPost = parts[0] == "POST"
        let answer = try await gateway.send(
          gateway.request(isPost ? .POST : .GET, path, as: nil, body: isPost ? [] : nil))
        #expect(answer.status == 401, "\(operation)")
      }
    }
  }

  @Test(arguments: RESTRoute.all.indices)
  func `its schemas are the tool's`(_ index: Int) throws {
    let route = RESTRoute.all[index]
    let document = try OpenAPIDocument()
    let operation = try #require(
      try document.operations["\(route.method.rawValue) \(route.template)"])
    let contract = try ToolContract.json(route.tool)
    var input = try Self.inlined(#require(contract["inputSchema"]), in: contract["inputSchema"])
    let filled = route.path.compactMap { if case .argument(let name, _) = $0 { name } else { nil } }
    input = try Self.without(route.method == .post ? filled : route.omitted, input)
    if route.method == .post {
      let content = operation["requestBody"]?["content"]?["application/json"]
      try Self.compare(document.expanded(content?["schema"]), with: input, at: route.tool)
      for name in filled {
        #expect(
          operation["parameters"]?.arrayValue?.contains { $0["in"] == "path" } == true, "\(name)")
      }
    } else {
      try Self.compare(
        operation["parameters"]?.arrayValue ?? [], of: route, with: input, document)
    }
    var security: [JSONValue] = []
    for (status, tool) in [("200", route.tool), ("202", route.asyncTool)] {
      guard let tool else { continue }
      let contract = try ToolContract.json(tool)
      let content = operation["responses"]?[status]?["content"]?["application/json"]
      var output = try Self.inlined(
        #require(contract["outputSchema"]), in: contract["outputSchema"])
      if tool == "triage_lead" { output = try Self.asAnswered(output) }
      try Self.compare(
        document.expanded(content?["schema"]), with: output, at: "\(tool) result")
      security.append(["bearer": contract["scopes"] ?? []])
    }
    #expect(operation["security"] == .array(security + [[:]]))
  }

  @Test func `its examples fit their schemas`() throws {
    let document = try OpenAPIDocument()
    var checked = 0
    func check(_ content: JSONValue?) throws {
      for media in content?.objectValue ?? [:] where media.key.hasSuffix("json") {
        let schema = try JSONSchema(document.expanded(media.value["schema"]))
        for example in try #require(media.value["examples"]?.objectValue) {
          let value = try #require(example.value["value"])
          let violations = schema.validate(value)
          #expect(violations.isEmpty, "\(example.key): \(violations.map(\.description))")
          checked += 1
        }
      }
    }
    for (name, operation) in try document.operations {
      if let body = operation["requestBody"] { try check(body["content"]) }
      for response in try #require(operation["responses"]?.objectValue, "\(name)") {
        try check(document.resolved(response.value)["content"])
      }
    }
    #expect(checked > 50)
  }

  @Test func `it describes every problem where it can come`() throws {
    let document = try OpenAPIDocument()
    let responses = try #require(document.json["components"]?["responses"]?.objectValue)
    var titles: [String: JSONValue] = [:]
    for response in responses {
      let media = response.value["content"]?["application/problem+json"]
      guard let media else { continue }
      for example in try #require(media["examples"]?.objectValue) {
        let value = example.value["value"]
        titles[try #require(value?["type"]?.stringValue)] = value?["title"]
      }
    }
    for kind in ProblemDetails.Kind.allCases {
      #expect(titles["urn:leadrelay:problem:\(kind.rawValue)"] == .string(kind.title))
    }
    let statuses = Set(ProblemDetails.Kind.allCases.map { "\($0.status.code)" })
    // Those that only a body or a key can bring about.
    let ofBodies: Set = ["409", "410", "413", "415", "422"]
    for (name, operation) in try document.operations where !Self.outreach.contains(name) {
      let described = Set(try #require(operation["responses"]?.objectValue).keys)
      let expected = name.hasPrefix("POST") ? statuses : statuses.subtracting(ofBodies)
      let isAsync = RESTRoute.all.contains { route in
        route.asyncTool != nil && name == "\(route.method.rawValue) \(route.template)"
      }
      #expect(described == expected.union(isAsync ? ["200", "202"] : ["200"]), "\(name)")
    }
  }

  /// What stands in a tool's schema stands in the document's; there may be more, which narrows it to what
  /// the server accepts in any case.
  private static func compare(
    _ described: JSONValue, with contract: JSONValue, at place: String
  ) throws {
    guard let contract = contract.objectValue else {
      #expect(described == contract, "\(place)")
      return
    }
    for member in contract where !["description", "title", "$defs"].contains(member.key) {
      let inner = "\(place)/\(member.key)"
      switch member.key {
      case "properties":
        let own = try #require(described["properties"]?.objectValue, "\(inner)")
        #expect(
          Set(own.keys) == Set(member.value.objectValue?.keys ?? []), "\(inner)")
        for property in member.value.objectValue ?? [:] {
          try compare(
            #require(own[property.key]), with: property.value, at: "\(inner)/\(property.key)")
        }
      case "items", "additionalProperties":
        try compare(#require(described[member.key], "\(inner)"), with: member.value, at: inner)
      case "required":
        #expect(
          Set(described["required"]?.arrayValue ?? []) == Set(member.value.arrayValue ?? []),
          "\(inner)")
      default: #expect(described[member.key] == member.value, "\(inner)")
      }
    }
  }

  private static func compare(
    _ parameters: [JSONValue], of route: RESTRoute, with input: JSONValue,
    _ document: OpenAPIDocument
  ) throws {
    var properties = try #require(input["properties"]?.objectValue)
    let required = Set(input["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    for parameter in parameters {
      let name = try #require(parameter["name"]?.stringValue)
      let filled = route.path.compactMap { segment -> String? in
        if case .argument(let argument, let named) = segment, named == name {
          argument
        } else {
          nil
        }
      }
      let argument = filled.first ?? name
      #expect(parameter["in"] == (filled.isEmpty ? "query" : "path"))
      // A path has no part that may be left out.
      #expect(
        (parameter["required"] == true) == (required.contains(argument) || !filled.isEmpty))
      try compare(
        #require(parameter["schema"]), with: #require(properties[argument]),
        at: "\(route.tool)/\(name)")
      properties[argument] = nil
    }
    #expect(properties.isEmpty, "\(properties.keys)")
  }

  /// A schema of an object without some properties.
  private static func without(_ names: [String], _ schema: JSONValue) throws -> JSONValue {
    var object = try #require(schema.objectValue)
    var properties = try #require(object["properties"]?.objectValue)
    for name in names { properties[name] = nil }
    object["properties"] = .object(properties)
    if let required = object["required"]?.arrayValue {
      let left = required.filter { !names.contains($0.stringValue ?? "") }
      object["required"] = left.isEmpty ? nil : .array(left)
    }
    return .object(object)
  }

  /// A schema with what it refers to in its place.
  private static func inlined(_ value: JSONValue, in root: JSONValue?) throws -> JSONValue {
    switch value {
    case .array(let elements): return .array(try elements.map { try inlined($0, in: root) })
    case .object(let object):
      var members = JSONObject()
      if let name = object["$ref"]?.stringValue?.split(separator: "/").last {
        let target = try #require(root?["$defs"]?[String(name)])
        members = try #require(try inlined(target, in: root).objectValue)
      }
      for member in object where member.key != "$ref" && member.key != "$defs" {
        members[member.key] = try inlined(member.value, in: root)
      }
      return .object(members)
    default: return value
    }
  }

  /// A triage's schema with the names that REST answers with.
  private static func asAnswered(_ schema: JSONValue) throws -> JSONValue {
    let names = ["nextAction": "nextActions", "processingMilliseconds": "processingTimeMs"]
    var object = try #require(schema.objectValue)
    var properties = JSONObject()
    for property in try #require(object["properties"]?.objectValue) {
      let isList = property.key == "nextAction"
      properties[names[property.key] ?? property.key] =
        isList ? ["type": "array", "items": property.value] : property.value
    }
    object["properties"] = .object(properties)
    object["required"] = .array(
      (object["required"]?.arrayValue ?? []).map { name in
        .string(name.stringValue.map { names[$0] ?? $0 } ?? "")
      })
    return .object(object)
  }
}
