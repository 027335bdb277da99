package import MCP
import Marketing

/// Consolidates memory now, instead of waiting until it is due.
package struct ConsolidateMemoryTool: Tool {
  /// What to consolidate, and how far.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID?
    var dryRun: Bool?
    var limit: Int?
  }

  /// What was done; with `dryRun` what would be.
  package struct Output: Encodable, Sendable {
    let examined: Int
    let patterns: Int
    let promoted: Int
    let merged: Int
    let compressed: Int
    let summaries: Int
    let decayed: Int
    let hasMore: Bool
  }

  package let definition: ToolDefinition
  private let consolidator: Consolidator
  private let leads: any LeadStore

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("consolidate_memory")
    consolidator = environment.consolidator
    leads = environment.leads
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
      return Output(
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
