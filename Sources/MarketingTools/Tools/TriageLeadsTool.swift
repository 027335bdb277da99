import JSONRPC
package import MCP
import Marketing

/// Triages many leads. What is wrong with one lead does not stop the others; what has been triaged when
/// the call is cancelled stays.
package struct TriageLeadsTool: Tool {
  /// New leads or changes of known ones, or the names of known leads.
  package struct Arguments: Decodable, Sendable {
    var leads: [JSONValue]?
    var leadIDs: [LeadID]?
    var resultLimit: Int?
  }

  /// What became of the leads.
  package struct Output: Encodable, Sendable {
    let triaged: Int
    let failed: Int
    let categories: [String: Int]
    let results: [Entry]
    let failures: [Failure]

    struct Entry: Encodable, Sendable {
      let index: Int
      let leadID: LeadID
      let score: Double
      let category: LeadCategory
      let nextAction: NextAction.Action
    }

    struct Failure: Encodable, Sendable {
      let index: Int
      let errors: [FieldError]
    }
  }

  /// How many leads are worked on at a time: enough to share commits, few enough to cancel soon.
  private static let width = 32
  private static let defaultResultLimit = 100

  package let definition: ToolDefinition
  private let triaging: LeadTriaging
  private let leadSchema: JSONSchema

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("triage_leads")
    triaging = LeadTriaging(environment: environment, tool: definition.name)
    leadSchema = try ToolContract.inputSchema("triage_lead")
  }

  private enum Item: Sendable {
    case known(LeadID)
    case draft(JSONValue)
  }

  private enum Outcome: Sendable {
    case triaged(Output.Entry)
    case failed(Output.Failure)
    case interrupted(CallInterruption)
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let items: [Item] =
      (arguments.leads ?? []).map(Item.draft) + (arguments.leadIDs ?? []).map(Item.known)
    guard items.count <= 10_000 else {
      throw .toolError("leads and leadIDs together are \(items.count), at most 10000 are accepted")
    }
    context.progress?.report(0, of: Double(items.count), message: "triaging leads")
    var tally = Tally(limit: arguments.resultLimit ?? Self.defaultResultLimit)
    var interruption: CallInterruption?
    await withTaskGroup(of: Outcome.self) { group in
      var next = 0
      func addNext() {
        guard next < items.count, interruption == nil, !Task.isCancelled else { return }
        let index = next
        next += 1
        group.addTask { await triage(items[index], at: index, context) }
      }
      for _ in 0..<Self.width { addNext() }
      while let outcome = await group.next() {
        if case .interrupted(let reason) = outcome { interruption = interruption ?? reason }
        tally.count(outcome)
        context.progress?.report(Double(tally.done), of: Double(items.count))
        addNext()
      }
    }
    if let interruption { throw interruption }
    try context.checkCancellation()
    return tally.output
  }

  private func triage(_ item: Item, at index: Int, _ context: RequestContext) async -> Outcome {
    let now = triaging.environment.now()
    do {
      let (id, draft, intent) = try read(item)
      let triaged = try await triaging.triage(
        id, draft: draft, withChanges: false, context: context, now: now
      ) { _ in intent }
      return .triaged(
        Output.Entry(
          index: index, leadID: triaged.lead.id, score: triaged.result.record.score,
          category: triaged.result.record.category,
          nextAction: triaged.result.nextAction.action))
    } catch {
      switch error {
      case .invalid(let errors): return .failed(.init(index: index, errors: errors))
      case .unknownLead(let error): return .failed(.init(index: index, errors: [error]))
      case .interrupted(.toolError(let message)):
        return .failed(
          .init(
            index: index,
            errors: [FieldError(field: "", found: message, expected: "a lead that can be stored")]))
      case .interrupted(.problem(let problem)):
        return .failed(
          .init(
            index: index,
            errors: [
              FieldError(field: "", found: problem.message, expected: "a lead that can be stored")
            ]))
      case .interrupted(let interruption): return .interrupted(interruption)
      }
    }
  }

  private func read(
    _ item: Item
  ) throws(LeadTriaging.Refusal) -> (LeadID?, LeadDraft, MessageIntent?) {
    switch item {
    case .known(let id): return (id, LeadDraft(), nil)
    case .draft(let json):
      let violations = leadSchema.validate(json)
      guard violations.isEmpty else {
        throw .invalid(
          violations.map {
            FieldError(
              field: $0.instanceLocation, found: $0.found, expected: $0.expected)
          })
      }
      do {
        let arguments = try JSONValueDecoder().decode(TriageLeadTool.Arguments.self, from: json)
        return (arguments.leadID, arguments.draft, arguments.intent)
      } catch {
        throw .invalid([FieldError(field: "", found: "\(error)", expected: "a lead's fields")])
      }
    }
  }

  /// Counts outcomes as they come and puts the listed ones in the order of the leads.
  private struct Tally {
    let limit: Int
    private var triaged = 0
    private var failed = 0
    private var categories: [String: Int] = [:]
    private var results: [Output.Entry] = []
    private var failures: [Output.Failure] = []

    init(limit: Int) { self.limit = limit }

    var done: Int { triaged + failed }

    mutating func count(_ outcome: Outcome) {
      switch outcome {
      case .triaged(let entry):
        triaged += 1
        categories[entry.category.rawValue, default: 0] += 1
        results.append(entry)
      case .failed(let failure):
        failed += 1
        failures.append(failure)
      case .interrupted: break
      }
    }

    var output: Output {
      Output(
        triaged: triaged, failed: failed, categories: categories,
        results: Array(results.sorted { $0.index < $1.index }.prefix(limit)),
        failures: Array(failures.sorted { $0.index < $1.index }.prefix(limit)))
    }
  }
}
