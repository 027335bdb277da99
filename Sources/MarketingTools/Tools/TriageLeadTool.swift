package import JSONRPC
package import MCP
import Marketing

/// Scores and classifies one lead, new or known, says why and what to do next, and stores it all.
package struct TriageLeadTool: Tool {
  /// A known lead, a new lead's fields, or a known lead with fields to change.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID?
    var intent: MessageIntent?
    var interpretMessage: Bool?
    var draft: LeadDraft

    private enum CodingKeys: String, CodingKey {
      case leadID, intent, interpretMessage
    }

    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      leadID = try container.decodeIfPresent(LeadID.self, forKey: .leadID)
      intent = try container.decodeIfPresent(MessageIntent.self, forKey: .intent)
      interpretMessage = try container.decodeIfPresent(Bool.self, forKey: .interpretMessage)
      draft = try LeadDraft(from: decoder)
    }
  }

  /// What triage found out.
  package struct Output: Encodable, Sendable {
    let leadID: LeadID
    let isNew: Bool
    let status: LeadStatus
    let score: Double
    let probability: Double
    let calibrated: Bool
    let category: LeadCategory
    let confidence: Double
    let reasons: [TriageReason]
    let cohort: Cohort
    let duplicates: [DuplicateMatch]
    let nextAction: NextAction
    let modelVersion: String
    let mapping: ScoreMapping
    let intent: MessageIntent
    let changes: [Counterfactual]
    let warnings: [String]
    let triagedAt: Timestamp
    let processingMilliseconds: Double

    struct Cohort: Encodable, Sendable {
      let level: [String]
      let leads: Int
      let conversions: Int
      let rate: Double
      let shrunkenRate: Double
      let low: Double
      let high: Double
    }
  }

  package let definition: ToolDefinition
  private let triaging: LeadTriaging

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("triage_lead")
    triaging = LeadTriaging(environment: environment, tool: definition.name)
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let start = ContinuousClock.now
    let now = triaging.environment.now()
    var warnings: [String] = []
    do {
      var interpreted: (message: String, intent: MessageIntent?)?
      if arguments.intent == nil, arguments.interpretMessage == true {
        let (_, next) = try triaging.lead(
          arguments.leadID, draft: arguments.draft, context: context, now: now)
        if let message = next.message {
          interpreted = (message, try await interpret(message, context, &warnings))
        }
      }
      let triaged = try await triaging.triage(
        arguments.leadID, draft: arguments.draft, withChanges: true, context: context, now: now
      ) { lead in
        // The answer is about the message that was shown, which may have been replaced meanwhile.
        arguments.intent ?? (lead.message == interpreted?.message ? interpreted?.intent : nil)
      }
      return output(
        triaged, warnings: warnings, milliseconds: (ContinuousClock.now - start).milliseconds)
    } catch {
      switch error {
      case .interrupted(let interruption): throw interruption
      case .invalid(let errors): throw .invalid("Invalid lead", errors)
      case .unknownLead(let error): throw .invalid("Invalid lead", [error], kind: .notFound)
      }
    }
  }

  private func interpret(
    _ message: String, _ context: RequestContext, _ warnings: inout [String]
  ) async throws(LeadTriaging.Refusal) -> MessageIntent? {
    do {
      return try await MessageInterpreter.intent(of: message, context, &warnings)
    } catch {
      throw .interrupted(error)
    }
  }

  private func output(
    _ triaged: LeadTriaging.Triaged, warnings: [String], milliseconds: Double
  ) -> Output {
    let result = triaged.result
    let record = result.record
    let intercept = TriageReason(
      field: "intercept", contribution: result.intercept,
      text: "Where every lead starts before anything is known of it.")
    return Output(
      leadID: record.leadID, isNew: triaged.isNew, status: triaged.lead.status,
      score: record.score, probability: record.probability, calibrated: record.isCalibrated,
      category: record.category,
      confidence: record.confidence, reasons: record.reasons + [intercept],
      cohort: Self.cohort(result.cohort), duplicates: result.duplicates,
      nextAction: result.nextAction, modelVersion: record.modelVersion, mapping: result.mapping,
      intent: result.intent, changes: result.counterfactuals,
      warnings: warnings + result.warnings.map { "\($0.field): \($0.text)" },
      triagedAt: record.triagedAt, processingMilliseconds: milliseconds)
  }

  private static func cohort(_ estimate: CohortEstimate?) -> Output.Cohort {
    guard let estimate else {
      // Of no leads at all nothing is known: the rate may be anything.
      return .init(
        level: [], leads: 0, conversions: 0, rate: 0, shrunkenRate: 0, low: 0, high: 1)
    }
    return .init(
      level: estimate.fields, leads: estimate.leads, conversions: estimate.conversions,
      rate: estimate.rate, shrunkenRate: estimate.shrunkenRate, low: estimate.interval.low,
      high: estimate.interval.high)
  }
}

extension Duration {
  /// The duration in milliseconds, to the microsecond.
  var milliseconds: Double {
    Double(components.seconds) * 1000
      + Double(components.attoseconds / 1_000_000_000_000) / 1000
  }
}

extension TriageLeadTool.Output: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("leadID", leadID)
      writer.member("isNew", isNew)
      writer.member("status", status)
      writer.member("score", score)
      writer.member("probability", probability)
      writer.member("calibrated", calibrated)
      writer.member("category", category)
      writer.member("confidence", confidence)
      writer.member("reasons", reasons)
      writer.member("cohort", cohort)
      writer.member("duplicates", duplicates)
      writer.member("nextAction", nextAction)
      writer.member("modelVersion", modelVersion)
      writer.member("mapping", mapping)
      writer.member("intent", intent)
      writer.member("changes", changes)
      writer.member("warnings", warnings)
      writer.member("triagedAt", triagedAt)
      writer.member("processingMilliseconds", processingMilliseconds)
    }
  }
}

extension TriageLeadTool.Output.Cohort: JSONWritable {
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("level", level)
      writer.member("leads", leads)
      writer.member("conversions", conversions)
      writer.member("rate", rate)
      writer.member("shrunkenRate", shrunkenRate)
      writer.member("low", low)
      writer.member("high", high)
    }
  }
}
