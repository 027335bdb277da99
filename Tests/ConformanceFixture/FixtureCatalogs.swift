import JSONRPC
package import MCP

/// The resources of the conformance fixture.
package enum FixtureResources {
  /// All of them.
  package static var all: [RegisteredResource] {
    guard let pattern = URITemplate("test://template/{id}/data") else { return [] }
    return [
      text("test://static-text", "A static text", CacheHint(milliseconds: 5000, isPublic: true)),
      RegisteredResource(
        ResourceDefinition(
          uri: "test://static-binary", name: "static-binary", title: "Static binary",
          mimeType: "image/png")
      ) { (uri: String, _: [String: String], _: RequestContext) throws(CallInterruption) in
        [ResourceContents(uri: uri, mimeType: "image/png", data: .blob(FixtureTools.png))]
      },
      RegisteredResource(
        ResourceTemplateDefinition(
          uriTemplate: pattern, name: "template", title: "Template", summary: "Data of an id",
          mimeType: "application/json"),
        completions: [
          "id": { (typed, _, _) throws(CallInterruption) in
            .matching(typed, in: (1...250).map(String.init))
          }
        ]
      ) { (uri: String, variables: [String: String], _: RequestContext) throws(CallInterruption) in
        guard let id = variables["id"], id != "missing" else { return nil }
        let data = JSONValue.object(["id": .string(id), "templateTest": true])
        return [
          ResourceContents(
            uri: uri, mimeType: "application/json", data: .text(JSONWriter.text(of: data)))
        ]
      },
      text("test://watched-resource", "A resource that changes", .none),
      RegisteredResource(ResourceDefinition(uri: "test://asking", name: "asking")) {
        (uri: String, _: [String: String], context: RequestContext) async throws(CallInterruption)
        in
        let answer = try await context.ask("user_name", FixtureTools.nameForm)
        let said = FixtureTools.describe(answer)
        return [ResourceContents(uri: uri, mimeType: "text/plain", data: .text(said))]
      },
    ]
  }

  private static func text(
    _ uri: String, _ summary: String, _ cache: CacheHint
  ) -> RegisteredResource {
    RegisteredResource(
      ResourceDefinition(
        uri: uri, name: String(uri.dropFirst(7)), title: summary, summary: summary,
        mimeType: "text/plain"), cache: cache
    ) { (uri: String, _: [String: String], _: RequestContext) throws(CallInterruption) in
      [ResourceContents(uri: uri, mimeType: "text/plain", data: .text("Content of \(uri)"))]
    }
  }
}

/// The prompts of the conformance fixture.
package enum FixturePrompts {
  /// All of them.
  package static var all: [RegisteredPrompt] {
    [
      RegisteredPrompt(PromptDefinition(name: "test_simple_prompt", summary: "A simple prompt")) {
        (_: [String: String], _: RequestContext) throws(CallInterruption) in
        said("This is a simple prompt for testing.")
      },
      RegisteredPrompt(
        PromptDefinition(
          name: "test_prompt_with_arguments", title: "Arguments", summary: "Takes arguments",
          arguments: [
            .init(name: "arg1", title: "First", summary: "The first", isRequired: true),
            .init(name: "arg2", summary: "The second", isRequired: true),
          ]),
        completions: [
          "arg1": { (typed, filled, _) throws(CallInterruption) in
            let values = (1...150).map { "value\($0)" + (filled["arg2"].map { "-\($0)" } ?? "") }
            return .matching(typed, in: values)
          }
        ]
      ) { (arguments: [String: String], _: RequestContext) throws(CallInterruption) in
        let first = arguments["arg1"] ?? ""
        return said("Prompt with arguments: arg1='\(first)', arg2='\(arguments["arg2"] ?? "")'")
      },
      RegisteredPrompt(
        PromptDefinition(
          name: "test_prompt_with_embedded_resource", summary: "Holds a resource",
          arguments: [.init(name: "resourceUri", isRequired: true)])
      ) { (arguments: [String: String], _: RequestContext) throws(CallInterruption) in
        let contents = ResourceContents(
          uri: arguments["resourceUri"] ?? "", mimeType: "text/plain", data: .text("Embedded."))
        return PromptResult(
          summary: "Holds a resource",
          messages: [
            PromptMessage(role: .user, content: ContentBlock(.resource(contents))),
            PromptMessage(role: .assistant, content: .text("I see it.")),
          ])
      },
      RegisteredPrompt(PromptDefinition(name: "test_prompt_with_image", summary: "A picture")) {
        (_: [String: String], _: RequestContext) throws(CallInterruption) in
        let image = ContentBlock(.image(data: FixtureTools.png, mimeType: "image/png"))
        return PromptResult(
          summary: nil, messages: [PromptMessage(role: .user, content: image)])
      },
      RegisteredPrompt(
        PromptDefinition(name: "test_input_required_result_prompt", summary: "Asks first")
      ) { (_: [String: String], context: RequestContext) async throws(CallInterruption) in
        let answer = try await context.ask("user_context", FixtureTools.nameForm)
        return said("Context: \(FixtureTools.describe(answer))")
      },
    ]
  }

  private static func said(_ text: String) -> PromptResult {
    PromptResult(summary: nil, messages: [PromptMessage(role: .user, content: .text(text))])
  }
}
