import Foundation
import JSONRPC
import MCP
import MarketingTools
import ServedFiles
import Testing

/// The contract of a tool, its Swift type, its place in the catalogue and its tests say the same.
@Suite struct AgreementTests {
  /// A tool's wire name with the type of its arguments.
  struct Entry: Sendable, CustomTestStringConvertible {
    let name: String
    let type: String
    let decode: @Sendable (RecordingDecoder) throws -> Void
    var testDescription: String { name }

    init<T: Tool>(_ name: String, _ tool: T.Type) {
      self.name = name
      self.type = "\(tool)"
      self.decode = { _ = try T.Arguments(from: $0) }
    }
  }

  static let entries = [
    Entry("triage_lead", TriageLeadTool.self), Entry("triage_leads", TriageLeadsTool.self),
    Entry("get_lead", GetLeadTool.self), Entry("search_leads", SearchLeadsTool.self),
    Entry("enrich_lead", EnrichLeadTool.self),
    Entry("segment_customers", SegmentCustomersTool.self),
    Entry("record_interaction", RecordInteractionTool.self),
    Entry("record_outcome", RecordOutcomeTool.self),
    Entry("train_scoring_model", TrainScoringModelTool.self),
    Entry("list_models", ListModelsTool.self),
    Entry("get_model_report", GetModelReportTool.self),
    Entry("activate_model", ActivateModelTool.self),
    Entry("relate_entities", RelateEntitiesTool.self),
    Entry("query_knowledge", QueryKnowledgeTool.self),
    Entry("remember", RememberTool.self), Entry("recall", RecallTool.self),
    Entry("list_memories", ListMemoriesTool.self),
    Entry("get_profile", GetProfileTool.self), Entry("forget", ForgetTool.self),
    Entry("erase_lead", EraseLeadTool.self),
    Entry("consolidate_memory", ConsolidateMemoryTool.self),
    Entry("process_lead", ProcessLeadTool.self),
    Entry("receive_lead", ReceiveLeadTool.self),
    Entry("claim_work", ClaimWorkTool.self),
    Entry("complete_work", CompleteWorkTool.self),
    Entry("fail_work", FailWorkTool.self),
    Entry("heartbeat", HeartbeatTool.self),
    Entry("list_dead_letters", ListDeadLettersTool.self),
    Entry("requeue_work", RequeueWorkTool.self),
    Entry("get_journey", GetJourneyTool.self),
    Entry("record_consent", RecordConsentTool.self),
    Entry("suppress_contact", SuppressContactTool.self),
    Entry("prepare_handoff", PrepareHandoffTool.self),
    Entry("offer_handoff", OfferHandoffTool.self),
    Entry("accept_handoff", AcceptHandoffTool.self),
    Entry("reject_handoff", RejectHandoffTool.self),
    Entry("get_handoff", GetHandoffTool.self),
    Entry("list_handoffs", ListHandoffsTool.self),
    Entry("list_escalations", ListEscalationsTool.self),
    Entry("resolve_escalation", ResolveEscalationTool.self),
    Entry("plan_engagement", PlanEngagementTool.self),
    Entry("execute_engagement", ExecuteEngagementTool.self),
    Entry("pause_engagement", PauseEngagementTool.self),
    Entry("cancel_engagement", CancelEngagementTool.self),
    Entry("get_engagement", GetEngagementTool.self),
    Entry("record_delivery", RecordDeliveryTool.self),
    Entry("list_dead_messages", ListDeadMessagesTool.self),
    Entry("requeue_messages", RequeueMessagesTool.self),
    Entry("record_campaign_metrics", RecordCampaignMetricsTool.self),
    Entry("analyze_campaign", AnalyzeCampaignTool.self),
    Entry("compare_campaigns", CompareCampaignsTool.self),
    Entry("forecast_campaign", ForecastCampaignTool.self),
    Entry("optimize_campaign", OptimizeCampaignTool.self),
    Entry("apply_optimization", ApplyOptimizationTool.self),
    Entry("revert_optimization", RevertOptimizationTool.self),
    Entry("create_escalation", CreateEscalationTool.self),
    Entry("create_experiment", CreateExperimentTool.self),
    Entry("assign_variant", AssignVariantTool.self),
    Entry("analyze_experiment", AnalyzeExperimentTool.self),
    Entry("stop_experiment", StopExperimentTool.self),
    Entry("list_experiments", ListExperimentsTool.self),
  ]

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test func everyContractFileIsServedListedAndChecked() throws {
    let folder = Self.root.appendingPathComponent("tools-schema")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    #expect(files == ServedFile.toolContracts.map(\.name).sorted())
    #expect(files == Self.entries.map(\.name).sorted())
    let listed = try ToolHarness().server.tools.tools.map(\.definition.name)
    #expect(listed == ServedFile.toolContracts.map(\.name))
  }

  @Test(arguments: entries) func everyToolHasATestFile(_ entry: Entry) {
    let file = Self.root.appendingPathComponent(
      "Tests/MarketingToolsTests/Tools/\(entry.type)Tests.swift")
    #expect(
      FileManager.default.fileExists(atPath: file.path), "\(file.lastPathComponent) is missing")
    let source = Self.root.appendingPathComponent(
      "Sources/MarketingTools/Tools/\(entry.type).swift")
    #expect(FileManager.default.fileExists(atPath: source.path))
  }

  /// What leads wrote comes back in these; each is a member of the result.
  @Test(arguments: [
    ("triage_lead", ["/reasons", "/warnings", "/changes"]), ("triage_leads", ["/failures"]),
    ("get_model_report", ["/report", "/drift"]),
  ])
  func whatOutsidersWroteIsNamed(tool: String, pointers: [String]) throws {
    let contract = try ToolContract.json(tool)
    #expect(contract["untrusted"] == .array(pointers.map(JSONValue.string)))
    for pointer in pointers {
      #expect(contract["outputSchema"]?["properties"]?[String(pointer.dropFirst())] != nil)
    }
  }

  @Test(arguments: entries) func schemaAndTypeHaveTheSameProperties(_ entry: Entry) throws {
    let schema = try Self.inputSchema(entry.name)
    let properties = try #require(schema["properties"]?.objectValue)
    let record = DecodingRecord()
    try entry.decode(RecordingDecoder(object: Self.sample(properties), record: record))
    #expect(record.asked == Set(properties.keys), "properties differ")
    let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
    #expect(record.required == required, "required members differ")
  }

  @Test(arguments: entries) func typeRefusesWhatTheSchemaRefuses(_ entry: Entry) throws {
    let properties = try #require(try Self.inputSchema(entry.name)["properties"]?.objectValue)
    let sample = Self.sample(properties)
    for member in properties {
      guard let type = member.value["type"]?.stringValue else {
        Issue.record("\(member.key): the schema names no type")
        continue
      }
      for (other, value) in Self.valuesOfOtherTypes(than: type) {
        var changed = sample
        changed[member.key] = value
        #expect(throws: (any Error).self, "\(member.key) takes \(other), its schema says \(type)") {
          try entry.decode(RecordingDecoder(object: changed, record: DecodingRecord()))
        }
      }
    }
  }

  /// Else what is beyond our integers is refused with their range, and not with that of the schema.
  @Test(arguments: entries) func everyIntegerHasARange(_ entry: Entry) throws {
    func look(at schema: JSONValue, _ place: String) {
      if schema["type"] == "integer" {
        #expect(
          schema["minimum"]?.integerValue != nil && schema["maximum"]?.integerValue != nil,
          "\(place) has no range")
      }
      for member in schema.objectValue ?? [:] { look(at: member.value, "\(place)/\(member.key)") }
      for (index, element) in (schema.arrayValue ?? []).enumerated() {
        look(at: element, "\(place)/\(index)")
      }
    }
    look(at: try Self.inputSchema(entry.name), "")
  }

  @Test(arguments: entries) func examplesValidate(_ entry: Entry) throws {
    let contract = try ToolContract.json(entry.name)
    let input = try JSONSchema(try #require(contract["inputSchema"]))
    let output = try JSONSchema(try #require(contract["outputSchema"]))
    let examples = try #require(contract["examples"]?.arrayValue)
    #expect(!examples.isEmpty)
    for example in examples {
      let arguments = try #require(example["arguments"])
      let violations = input.validate(arguments)
      #expect(violations.isEmpty, "\(entry.name): \(violations.map(\.description))")
      try entry.decode(
        RecordingDecoder(
          object: try #require(arguments.objectValue), record: DecodingRecord()))
      if let result = example["result"] {
        let violations = output.validate(result)
        #expect(violations.isEmpty, "\(entry.name): \(violations.map(\.description))")
      }
    }
  }

  @Test func aListedToolWeighsAThousandBytesAtMostOnAverage() throws {
    let listed = try ToolHarness().server.tools.tools.map {
      JSONWriter.bytes(of: $0.definition.json(for: .latest)).count
    }
    #expect(listed.reduce(0, +) <= 1000 * listed.count, "bytes by tool: \(listed)")
  }

  @Test(arguments: entries) func annotationsAreComplete(_ entry: Entry) throws {
    let contract = try ToolContract.json(entry.name)
    let hints = try #require(contract["annotations"]?.objectValue)
    // Only what has messages sent reaches anybody outside.
    #expect(
      hints["openWorldHint"]?.boolValue
        == [
          "execute_engagement", "process_lead", "requeue_messages", "apply_optimization",
          "revert_optimization",
        ].contains(entry.name))
    // A tool that writes says how: its hints' defaults are the worst.
    let kinds = ["readOnlyHint", "destructiveHint", "idempotentHint"]
    #expect(kinds.contains { hints[$0]?.boolValue != nil }, "none of \(kinds)")
    #expect(contract["title"]?.stringValue?.isEmpty == false)
    #expect(contract["scopes"]?.arrayValue?.isEmpty == false)
    let toolset = try #require(contract["toolset"]?.stringValue)
    #expect(["triage", "memory", "handoff", "engagement", "campaigns"].contains(toolset))
  }

  @Test func readmeHoldsTheToolTable() throws {
    let readme = try String(
      contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
    let contracts = try ServedFile.toolContracts.map { try ToolContract.json($0.name) }
    #expect(
      readme.contains(ToolTable.markdown(contracts)),
      "replace the table in README.md by the output of `leadrelay tools`")
  }

  private static func inputSchema(_ name: String) throws -> JSONValue {
    try #require(try ToolContract.json(name)["inputSchema"])
  }

  /// A value for each property.
  private static func sample(_ properties: JSONObject) -> JSONObject {
    JSONObject(properties.members.map { ($0.key, sample($0.value)) })
  }

  private static func sample(_ schema: JSONValue) -> JSONValue {
    if let first = schema["enum"]?[0] { return first }
    switch schema["type"] {
    case "boolean": return true
    case "integer": return schema["minimum"] ?? 1
    case "number": return 1.5
    case "array": return [sample(schema["items"] ?? ["type": "string"])]
    case "object": return .object(sample(schema["properties"]?.objectValue ?? [:]))
    default:
      switch schema["format"] {
      case "date-time": return "2026-01-01T00:00:00Z"
      case "date": return "2026-01-01"
      case "email": return "ann@acme.test"
      default: return schema["pattern"] == "^[A-Z]{3}$" ? "USD" : "L1"
      }
    }
  }

  private static func valuesOfOtherTypes(than type: String) -> [(String, JSONValue)] {
    let values: [(String, JSONValue)] = [
      ("string", "no such value"), ("boolean", true), ("number", 1.5), ("array", [[]]),
      ("object", ["x": 1]),
    ]
    return values.filter { $0.0 != type && !(type == "integer" && $0.0 == "integer") }
      .filter { !(type == "number" && $0.0 == "number") }
  }
}
