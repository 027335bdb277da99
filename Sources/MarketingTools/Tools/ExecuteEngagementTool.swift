import JSONRPC
package import MCP
import Marketing

/// Writes an engagement's messages and puts them into the outbox, or goes on with a paused one.
package struct ExecuteEngagementTool: Tool {
  /// Which engagement, and what is said in it.
  package struct Arguments: Decodable, Sendable {
    var engagementID: EngagementID
    var values: [String: String]?
    var resume: Bool?
    var personalize: Bool?
  }

  /// The engagement as it is now.
  package struct Output: Encodable, Sendable {
    let engagement: EngagementEntry
    let isNew: Bool
    let warnings: [String]
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("execute_engagement")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let desk = environment.engagements
    var words = try desk.words(saying: arguments.values ?? [:])
    var warnings: [String] = []
    if arguments.personalize == true {
      words.texts = try await personal(arguments, words, context, &warnings)
    }
    let (said, warned) = (words, warnings)
    let executed: (engagement: Engagement, isNew: Bool)
    do {
      executed = try await desk.execute(
        arguments.engagementID, saying: said, resumes: arguments.resume ?? false,
        by: context.actor(definition.name),
        in: context.workspace)
    } catch {
      throw CallInterruption(error, context)
    }
    return try await storing(context) { () async throws(StoreError) in
      Output(
        engagement: try await desk.entry(of: executed.engagement, in: context.workspace),
        isNew: executed.isNew, warnings: warned)
    }
  }

  /// The first message as the host's model writes it. What comes later is the templates': nobody knows yet what
  /// the lead will have said by then.
  private func personal(
    _ arguments: Arguments, _ words: EngagementDesk.Words, _ context: RequestContext,
    _ warnings: inout [String]
  ) async throws(CallInterruption) -> [String: MessageContent] {
    let desk = environment.engagements
    let found = try reading(context) { () throws(StoreError) in
      try desk.executable(arguments.engagementID, in: context.workspace)
    }
    guard let step = found.0.steps.first(where: { $0.at != nil && $0.messageID == nil }) else {
      return [:]
    }
    let template: MessageContent
    do {
      template = try desk.content(of: step, for: found.1, saying: words)
    } catch {
      throw CallInterruption(.template(error), context)
    }
    let written = try await MessageWriter.content(
      like: template, keeping: desk.marks(of: template, for: found.1, saying: words),
      for: found.1, of: step, context, &warnings)
    return written.map { [step.name: $0] } ?? [:]
  }
}

extension CallInterruption {
  /// Why an engagement could not be executed, for the caller.
  init(_ error: EngagementDesk.ExecutionError, _ context: RequestContext) {
    switch error {
    case .store(let error): self.init(error, context)
    case .template(let error):
      let fields = error.missing.map { name in
        CallProblem.Field(
          pointer: "/values/\(name)",
          detail: "found none, expected a text for template '\(error.template)'")
      }
      self = .problem(CallProblem(.invalid, "\(error)", fields: fields))
    }
  }
}
