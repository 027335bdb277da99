import ConformanceFixture
import JSONRPC
import MCP
import Testing

extension Scenario {
  /// Resources and what is read of them.
  static let resources: [Scenario] =
    each("resources-list", in: .every) {
      try await $0.session { session in
        let listed = try await session.request("resources/list")["resources"]?.arrayValue ?? []
        let uris = listed.compactMap { $0["uri"]?.stringValue }
        #expect(
          Set(["test://static-text", "test://static-binary", "test://watched-resource"])
            .isSubset(of: uris))
        #expect(listed.allSatisfy { $0["name"]?.stringValue?.isEmpty == false })
        let templates = try await session.request("resources/templates/list")
        #expect(templates["resourceTemplates"]?[0]?["uriTemplate"] == "test://template/{id}/data")
      }
    }
    + read(
      "resources-read-text", "test://static-text",
      [
        "uri": "test://static-text", "mimeType": "text/plain",
        "text": "Content of test://static-text",
      ])
    + read(
      "resources-read-binary", "test://static-binary",
      [
        "uri": "test://static-binary", "mimeType": "image/png", "blob": .string(FixtureTools.png),
      ])
    + read(
      "resources-templates-read", "test://template/123/data",
      [
        "uri": "test://template/123/data", "mimeType": "application/json",
        "text": #"{"id":"123","templateTest":true}"#,
      ])
    + ["subscribe", "unsubscribe"].flatMap { method in
      each("resources-\(method)", in: .legacy) {
        try await $0.session { session in
          let params: JSONObject = ["uri": "test://watched-resource"]
          let result = try await session.request("resources/\(method)", params)
          #expect(result == [:])
        }
      }
    }
    + each("sep-2164-resource-not-found", in: .both) { visit in
      try await visit.session { session in
        for uri: JSONValue in ["test://none", "test://template/missing/data"] {
          let error = await failure {
            _ = try await session.request("resources/read", ["uri": uri])
          }
          #expect(
            error?.code == (visit.version.era == .modern ? .invalidParams : .resourceNotFound))
          #expect(error?.data?["uri"] == uri)
        }
      }
    }
    + each("caching", in: .modern) {
      try await $0.session { session in
        let requests: [(String, JSONObject)] = [
          ("server/discover", [:]), ("tools/list", [:]), ("prompts/list", [:]),
          ("resources/list", [:]), ("resources/templates/list", [:]),
          ("resources/read", ["uri": "test://static-text"]),
        ]
        for (method, params) in requests {
          let result = try await session.request(method, params)
          #expect((result["ttlMs"]?.integerValue ?? -1) >= 0, "\(method)")
          #expect(["public", "private"].contains(result["cacheScope"]), "\(method)")
        }
        let read = try await session.request("resources/read", ["uri": "test://static-text"])
        #expect(read["ttlMs"] == 5000)
        #expect(read["cacheScope"] == "public")
      }
    }

  private static func read(_ name: String, _ uri: String, _ contents: JSONValue) -> [Scenario] {
    each(name, in: .every) {
      try await $0.session { session in
        let result = try await session.request("resources/read", ["uri": .string(uri)])
        #expect(result["contents"] == [contents])
      }
    }
  }

  /// Prompts and what they become.
  static let prompts: [Scenario] =
    each("prompts-list", in: .every) {
      try await $0.session { session in
        let listed = try await session.request("prompts/list")["prompts"]?.arrayValue ?? []
        let names = listed.compactMap { $0["name"]?.stringValue }
        #expect(
          Set([
            "test_simple_prompt", "test_prompt_with_arguments",
            "test_prompt_with_embedded_resource", "test_prompt_with_image",
            "test_input_required_result_prompt",
          ]).isSubset(of: names))
        let filled = listed.first { $0["name"] == "test_prompt_with_arguments" }
        #expect(filled?["arguments"]?.arrayValue?.map { $0["name"] } == ["arg1", "arg2"])
        #expect(filled?["arguments"]?[0]?["required"] == true)
      }
    }
    + get(
      "prompts-get-simple", "test_simple_prompt", [:],
      [["type": "text", "text": "This is a simple prompt for testing."]])
    + get(
      "prompts-get-with-args", "test_prompt_with_arguments", ["arg1": "hello", "arg2": "world"],
      [["type": "text", "text": "Prompt with arguments: arg1='hello', arg2='world'"]])
    + get(
      "prompts-get-embedded-resource", "test_prompt_with_embedded_resource",
      ["resourceUri": "test://example"],
      [
        embeddedExample, ["type": "text", "text": "I see it."],
      ])
    + get(
      "prompts-get-with-image", "test_prompt_with_image", [:],
      [["type": "image", "data": .string(FixtureTools.png), "mimeType": "image/png"]])
    + each("prompts-get-with-args: one is missing, or the prompt is", in: .both) {
      try await $0.session { session in
        for (name, arguments): (JSONValue, JSONValue) in [
          ("test_prompt_with_arguments", ["arg1": "hello"]), ("none", [:]),
        ] {
          let error = await failure {
            _ = try await session.request("prompts/get", ["name": name, "arguments": arguments])
          }
          #expect(error?.code == .invalidParams)
        }
      }
    }

  private static let embeddedExample: JSONValue = [
    "type": "resource",
    "resource": ["uri": "test://example", "mimeType": "text/plain", "text": "Embedded."],
  ]

  private static func get(
    _ name: String, _ prompt: String, _ arguments: JSONObject, _ contents: [JSONValue]
  ) -> [Scenario] {
    each(name, in: .every) {
      try await $0.session { session in
        let result = try await session.request(
          "prompts/get", ["name": .string(prompt), "arguments": .object(arguments)])
        let messages = result["messages"]?.arrayValue ?? []
        #expect(messages.map { $0["content"] } == contents)
        #expect(messages.first?["role"] == "user")
      }
    }
  }
}
