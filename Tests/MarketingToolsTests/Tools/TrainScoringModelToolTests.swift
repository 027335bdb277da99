import JSONRPC
import MCP
import Marketing
import Testing

@Suite(.timeLimit(.minutes(3))) struct TrainScoringModelToolTests {
  private static let csv = ScoringLeads(400).csv

  private static func onFile(_ more: JSONObject = [:], csv: String = csv) -> JSONObject {
    var arguments: JSONObject = ["name": "leads", "csv": .string(csv), "target": "Converted"]
    for member in more { arguments[member.key] = member.value }
    return arguments
  }

  @Test func aFileTrainsTheSameModelTwice() async throws {
    let harness = try ToolHarness()
    let first = try await harness.call("train_scoring_model", Self.onFile())
    let second = try await harness.call("train_scoring_model", Self.onFile(["role": "active"]))
    #expect(first["model"] == "leads-1" && second["model"] == "leads-2")
    #expect(first["role"] == "stored" && second["role"] == "active")
    let digests = try await harness.stores.models(named: nil, in: .default).map(\.digest)
    #expect(digests.count == 2 && Set(digests).count == 1)
    #expect(try harness.stores.choices(in: .default).active.name == "leads-2")
    // What the rule makes of the columns is found again.
    #expect((first["metrics"]?["auc"]?.doubleValue ?? 0) > 0.75)
    let fields = first["importance"]?.arrayValue?.compactMap { $0["field"]?.stringValue } ?? []
    #expect(Set(fields.prefix(3)) == ["visits", "Lead Source", "plan"])
    #expect(first["candidates"]?.arrayValue?.count == 4)
    #expect(first["suspects"] == [])
    let kinds = try harness.events().map(\.kind.rawValue)
    #expect(kinds == ["model.trained", "model.trained", "model.activated"])
  }

  @Test func storedLeadsAreTrainedOn() async throws {
    let harness = try ToolHarness()
    try await harness.store(ScoringLeads(150))
    let result = try await harness.call(
      "train_scoring_model",
      ["name": "own", "role": "challenger", "exclude": ["Contact Name"], "byTime": true])
    #expect(result["model"] == "own-1" && result["role"] == "challenger")
    #expect((result["rows"]?.integerValue ?? 0) > 150)
    let choices = try harness.stores.choices(in: .default)
    #expect(choices.challenger?.rawValue == "own-1" && choices.active == .scorecard)
    let report = try await harness.call("get_model_report", ["model": "own"])
    #expect(report["report"]?["leads"] == 150)
    let won = ScoringLeads(150).rows.count { $0.isConverted }
    #expect(report["report"]?["convertedLeads"] == JSONValue(won))
    #expect(report["report"]?["validation"]?["method"] == "out_of_time")
    let column = report["report"]?["columns"]?.arrayValue?.first { $0["name"] == "Contact Name" }
    #expect(column?["isUsed"] == false && column?["reason"] == "excluded by request")
  }

  @Test func aLeakIsNamed() async throws {
    let lines = Self.csv.split(separator: "\n").enumerated().map { row, line in
      // What is known afterwards agrees with the outcome but for a few rows.
      row == 0
        ? "\(line),stage"
        : "\(line),\((line.hasSuffix("1") ? row % 40 != 0 : row % 40 == 0) ? "Signed" : "Open")"
    }
    let result = try await ToolHarness().call(
      "train_scoring_model", Self.onFile(csv: lines.joined(separator: "\n")))
    #expect(result["suspects"] == ["stage"])
    #expect(result.warnings.contains { $0.contains("'stage'") && $0.contains("exclude it") })
  }

  static let refusals: [(String, JSONObject, [String])] = [
    (
      "a name that cannot be one", onFile(["name": "My Leads"]), ["/name", "'My Leads'", "1 to 48"]
    ),
    ("a name that is taken", onFile(["name": "incremental"]), ["/name", "'incremental'"]),
    (
      "no such target", onFile(["target": "Convertd"]),
      ["target 'Convertd'", "no such column", "'Converted'"]
    ),
    ("no such value", onFile(["positive": "maybe"]), ["'maybe'", "'0'", "'1'"]),
    ("a target of one value", onFile(csv: "a,Converted\n1,1\n2,1\n"), ["Converted", "every row"]),
    (
      "a target without values", onFile(csv: "a,Converted\n1,\n2,\n"),
      ["Converted", "no row has a value"]
    ),
    (
      "too few rows", onFile(csv: ScoringLeads(60).csv), ["60 rows have an outcome", "100"]
    ),
    (
      "no such excluded column", onFile(["exclude": ["visit"]]),
      ["excluded column 'visit'", "'visits'"]
    ),
    ("no such time column", onFile(["time": "day"]), ["time column 'day'", "no such column"]),
    ("no dates", onFile(["time": "plan"]), ["plan", "no dates"]),
    (
      "a mapping of a column that is not there",
      onFile(["mapping": ["columns": ["Lead Sorce": "source"]]]), ["'Lead Sorce'", "'Lead Source'"]
    ),
    (
      "a mapping that is none", onFile(["mapping": ["colums": [:]]]), ["mapping", "colums"]
    ),
    ("a file that is none", onFile(csv: ""), [""]),
    ("stored leads' settings", onFile(["byTime": true]), ["/byTime", "time"]),
    ("stored leads' days", onFile(["lostAfterDays": 30]), ["/lostAfterDays"]),
    ("a target without a file", ["name": "leads", "target": "Converted"], ["csv"]),
    ("no stored leads", ["name": "leads"], ["no stored lead has an outcome", "record_outcome"]),
  ]

  @Test(arguments: refusals.indices)
  func whatCannotBeLearnedFromStoresNothing(_ index: Int) async throws {
    let (what, given, texts) = Self.refusals[index]
    let harness = try ToolHarness()
    var arguments = given
    arguments["role"] = "active"
    let message = try await harness.failure("train_scoring_model", arguments)
    for text in texts { #expect(message.contains(text), "\(what): \(message)") }
    #expect(try await harness.stores.models(named: nil, in: .default).isEmpty, "\(what)")
    #expect(try harness.stores.choices(in: .default) == ScoringChoices(), "\(what)")
    #expect(try harness.events().isEmpty, "\(what)")
  }

  @Test func storedLeadsOfOneKindTeachNothing() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "ann@acme.test"])
    _ = try await harness.call(
      "record_outcome", ["leadID": .string(id), "disposition": "lost"])
    let lost = try await harness.failure("train_scoring_model", ["name": "leads"])
    #expect(lost.contains("none of the 1 leads"))
    _ = try await harness.call(
      "record_outcome", ["leadID": .string(id), "disposition": "converted", "replace": true])
    let won = try await harness.failure("train_scoring_model", ["name": "leads"])
    #expect(won.contains("same outcome"))
    let unknown = try await harness.failure(
      "train_scoring_model", ["name": "leads", "exclude": ["sourc"]])
    #expect(unknown.contains("'source'"))
  }

  @Test func itRunsAsATask() async throws {
    let harness = try ToolHarness(handlers: ClientHandlers(acceptsTasks: true))
    let result = try await harness.withClient { client in
      try await client.request(
        "tools/call", ["name": "train_scoring_model", "arguments": .object(Self.onFile())])
    }
    let output = try ToolHarness.structured(result, of: "train_scoring_model")
    #expect(output["model"] == "leads-1")
  }

  @Test(arguments: [ClientSession.Mode.modern, .legacy(.v2025March)])
  func progressGrowsAndCancellingStoresNothing(_ mode: ClientSession.Mode) async throws {
    let harness = try ToolHarness()
    let reports = Reports()
    let started = OneShot<Void>()
    try await harness.withClient(mode: mode) { client in
      let call = Task {
        try await client.request(
          "tools/call",
          [
            "name": "train_scoring_model",
            // Enough that it is not over before it is cancelled, on a busy machine too.
            "arguments": .object(
              Self.onFile(["role": "active"], csv: ScoringLeads(4000).csv)),
          ]
        ) { progress, total, message in
          reports.add(progress, total)
          if message == "logistic regression" { started.fulfil(()) }
        }
      }
      await started.value()
      call.cancel()
      if case .success = await call.result { Issue.record("it was not cancelled") }
      // The session answers meanwhile, and what was cancelled ends.
      _ = try await client.request("tools/list")
    }
    let seen = reports.all
    #expect(seen.allSatisfy { $0.total == 100 && (0..<95).contains($0.progress) })
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.progress < $1.progress })
    #expect(try await harness.stores.models(named: nil, in: .default).isEmpty)
    #expect(try harness.stores.choices(in: .default) == ScoringChoices())
  }
}
