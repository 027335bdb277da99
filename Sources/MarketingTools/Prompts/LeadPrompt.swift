import JSONRPC
import MCP
import Marketing
import ServedFiles

/// A prompt about a lead, which brings the lead, its memory or a playbook along. What it says stands in a file
/// of `resources/prompts/`.
struct LeadPrompt: Sendable {
  private let environment: ToolEnvironment
  private let path: String
  private let file: JSONValue
  private let scopes: Set<String>

  init(
    _ prompt: ServedFile, scopes: Set<String>, _ environment: ToolEnvironment
  ) throws(ContractError) {
    self.environment = environment
    self.scopes = scopes
    path = "resources/prompts/\(prompt.name).json"
    do {
      self.file = try JSONParser().parse(prompt.bytes)
    } catch {
      throw ContractError(message: "\(path): \(error)")
    }
  }

  func registered() throws(ContractError) -> RegisteredPrompt {
    guard let name = file["name"]?.stringValue, let arguments = file["arguments"]?.arrayValue else {
      throw ContractError(message: "\(path): 'name' and 'arguments' are needed")
    }
    var completions = ["leadID": LeadResource.completeID(environment)]
    for argument in arguments {
      guard let key = argument["name"]?.stringValue, let values = argument["values"]?.arrayValue
      else { continue }
      let choices = values.compactMap(\.stringValue)
      completions[key] = { typed, _, _ in Completion.matching(typed, in: choices) }
    }
    let definition = PromptDefinition(
      name: name, title: file["title"]?.stringValue, summary: file["description"]?.stringValue,
      arguments: arguments.map {
        .init(
          name: $0["name"]?.stringValue ?? "", title: $0["title"]?.stringValue,
          summary: $0["description"]?.stringValue, isRequired: $0["required"] == true)
      },
      scopes: scopes)
    return RegisteredPrompt(definition, completions: completions) {
      arguments, context throws(CallInterruption) in
      try await fill(arguments, context)
    }
  }

  private func fill(
    _ arguments: [String: String], _ context: RequestContext
  ) async throws(CallInterruption) -> PromptResult {
    let leads = environment.leads
    guard let id = LeadID(checking: arguments["leadID"] ?? ""),
      let lead = try reading(
        context, { () throws(StoreError) in try leads.lead(id, in: context.workspace) })
    else {
      throw .protocolError(
        RPCError(.invalidParams, "leadID: there is no such lead; find leads with search_leads"))
    }
    var values = arguments
    try check(values)
    for member in file["defaults"]?.objectValue ?? [:] where values[member.key] == nil {
      let category = lead.category?.rawValue ?? "none"
      values[member.key] = member.value.stringValue ?? member.value[category]?.stringValue
    }
    for member in file["derived"]?.objectValue ?? [:] {
      guard let source = member.value["from"]?.stringValue, let value = values[source] else {
        continue
      }
      values[member.key] = member.value[value]?.stringValue
    }
    var messages: [PromptMessage] = []
    for message in file["messages"]?.arrayValue ?? [] {
      if let content = try await content(message["content"], values, context) {
        messages.append(
          PromptMessage(
            role: message["role"] == "assistant" ? .assistant : .user, content: content))
      }
    }
    return PromptResult(summary: file["description"]?.stringValue, messages: messages)
  }

  /// An argument with a closed list of values takes only those.
  private func check(_ values: [String: String]) throws(CallInterruption) {
    for argument in file["arguments"]?.arrayValue ?? [] where argument["open"] != true {
      guard let name = argument["name"]?.stringValue, let value = values[name],
        let choices = argument["values"]?.arrayValue?.compactMap(\.stringValue),
        !choices.contains(value)
      else { continue }
      throw .protocolError(
        RPCError(
          .invalidParams,
          "\(name): found '\(value.shortened(to: 40))', expected one of "
            + choices.joined(separator: ", ")))
    }
  }

  private func content(
    _ template: JSONValue?, _ values: [String: String], _ context: RequestContext
  ) async throws(CallInterruption) -> ContentBlock? {
    if let text = template?["text"]?.stringValue { return .text(Self.filled(text, values)) }
    guard let uri = template?["resource"]?["uri"]?.stringValue.map({ Self.filled($0, values) })
    else { return nil }
    if uri.hasPrefix("playbook://") {
      return PlaybookResources.contents(String(uri.dropFirst("playbook://".count)))
        .map { ContentBlock(.resource($0)) }
    }
    if uri.hasPrefix("memory://") {
      return try await MemoryResource.contents(at: uri, environment, context)
        .flatMap(\.first).map { ContentBlock(.resource($0)) }
    }
    guard let id = LeadID(checking: String(uri.dropFirst("lead://".count))),
      let contents = try LeadResource.contents(of: id, uri: uri, environment, context)
    else { return nil }
    return ContentBlock(.resource(contents[0]))
  }

  /// The text with each `{{name}}` replaced once: what is filled in is not looked at again.
  private static func filled(_ text: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "{{"),
      let close = rest[open.upperBound...].firstRange(of: "}}")
    {
      result += rest[..<open.lowerBound]
      result += values[String(rest[open.upperBound..<close.lowerBound])] ?? ""
      rest = rest[close.upperBound...]
    }
    return result + rest
  }
}
