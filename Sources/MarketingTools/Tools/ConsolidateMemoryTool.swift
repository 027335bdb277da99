package import MCP
import Marketing

/// Consolidates memory now, instead of waiting until it is due, or condenses one conversation.
package struct ConsolidateMemoryTool: Tool {
  /// What to consolidate, and how far.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID?
    var dryRun: Bool?
    var limit: Int?
    var conversationID: ConversationID?
    var agentRole: AgentRoleID?
    var maxTokens: Int?
    var summarizer: Summarizer?
  }

  /// What was done; with `dryRun` what would be.
  package enum Output: Encodable, Sendable {
    /// Everything was looked at, or all of a lead.
    case consolidated(Report)
    /// One conversation was.
    case condensed(ConversationCondenser.Outcome)

    /// How much was done.
    package struct Report: Encodable, Sendable {
      let examined: Int
      let patterns: Int
      let promoted: Int
      let merged: Int
      let compressed: Int
      let summaries: Int
      let decayed: Int
      let hasMore: Bool
    }

    package func encode(to encoder: any Encoder) throws {
      switch self {
      case .consolidated(let report): try report.encode(to: encoder)
      case .condensed(let outcome): try outcome.encode(to: encoder)
      }
    }
  }

  /// How long the summary of a conversation may be where nobody says it.
  private static let summaryTokens = 400

  package let definition: ToolDefinition
  private let consolidator: Consolidator
  private let leads: any LeadStore
  private let condenser: ConversationCondenser

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("consolidate_memory")
    consolidator = environment.consolidator
    leads = environment.leads
    condenser = ConversationCondenser(environment: environment, tool: definition.name)
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    if let id = arguments.leadID {
      let lead = try reading(context) { () throws(StoreError) in
        try leads.lead(id, in: context.workspace)
      }
      guard lead != nil else { throw .noSuchLead(id) }
    }
    try Self.check(arguments)
    if let conversation = arguments.conversationID {
      let request = ConversationCondenser.Request(
        conversationID: conversation, leadID: arguments.leadID, role: arguments.agentRole,
        tokens: arguments.maxTokens ?? Self.summaryTokens,
        summarizer: arguments.summarizer ?? .extract)
      return .condensed(try await condenser.condense(request, context))
    }
    return .consolidated(try await consolidate(arguments, context))
  }

  /// What is for one conversation is not for all, and the other way around.
  private static func check(_ arguments: Arguments) throws(CallInterruption) {
    let isForOne = arguments.conversationID != nil
    let given =
      isForOne
      ? [("dryRun", arguments.dryRun == true), ("limit", arguments.limit != nil)]
      : [
        ("agentRole", arguments.agentRole != nil),
        // Some callers write defaults out.
        ("maxTokens", arguments.maxTokens ?? summaryTokens != summaryTokens),
        ("summarizer", arguments.summarizer ?? .extract != .extract),
      ]
    let errors = given.filter(\.1).map {
      FieldError(
        field: "/\($0.0)", found: "it \(isForOne ? "with" : "without") conversationID",
        expected: "none, or \(isForOne ? "no conversationID" : "the conversation to condense")")
    }
    guard errors.isEmpty else { throw .invalid("Nothing was done", errors) }
  }

  private func consolidate(
    _ arguments: Arguments, _ context: RequestContext
  ) async throws(CallInterruption) -> Output.Report {
    var request = Consolidator.Request(actor: context.actor(definition.name))
    request.leadID = arguments.leadID
    request.isDryRun = arguments.dryRun ?? false
    request.limit = arguments.limit
    let progress = context.progress
    do throws(Consolidator.Refusal) {
      let report = try await consolidator.run(request, in: context.workspace) { done, total in
        progress?.report(
          Double(done), of: Double(total), message: "\(done) of \(total) leads and situations")
      }
      return Output.Report(
        examined: report.examined, patterns: report.patterns, promoted: report.promoted,
        merged: report.merged, compressed: report.compressed, summaries: report.summaries,
        decayed: report.decayed, hasMore: report.hasMore)
    } catch {
      throw CallInterruption(error, context)
    }
  }
}

extension CallInterruption {
  /// What it means for the caller that memory was not consolidated.
  init(_ refusal: Consolidator.Refusal, _ context: RequestContext) {
    switch refusal {
    case .cancelled: self = .cancelled
    case .busy(let end):
      let time = end.map { "; it has the right to until \($0.iso8601)" } ?? ""
      self = .problem(
        CallProblem(
          .unavailable,
          "Memory is being consolidated by another call or process\(time). Nothing was changed: try "
            + "again later, or look with dryRun."))
    case .store(let error): self = CallInterruption(error, context)
    }
  }
}
