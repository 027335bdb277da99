import ArgumentParser
import JSONRPC
import MCP
import ServerConnections

/// Triages stored leads one by one and shows what came of it.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Triages stored leads and prints them as a table and as a funnel.")

  @Option(help: "How many leads to triage, the latest first.")
  var limit = 20

  @OptionGroup var options: ServerOptions

  func validate() throws {
    guard (1...200).contains(limit) else {
      throw ValidationError("--limit: found \(limit), expected 1 to 200")
    }
  }

  func run() async throws {
    try await options.withSession(as: .testClient) { session in
      let found = try await Self.call(
        "search_leads", ["limit": JSONValue(limit), "order": "last_active_desc"], session)
      let summary = try await Self.summary(session)
      print(
        "\(session.serverInfo?.name ?? "server") \(session.serverInfo?.version ?? ""), protocol "
          + "\(session.version?.rawValue ?? "?"), over \(options.transportName)")
      print("\(summary) Triaging \(found["leads"]?.arrayValue?.count ?? 0) of them.\n")
      var table = Table(columns: [
        "lead", "score", "p", "category", "confidence", "next", "strongest reason",
      ])
      var funnel: [String: Int] = [:]
      for lead in found["leads"]?.arrayValue ?? [] {
        let result = try await Self.call(
          "triage_lead", ["leadID": lead["leadID"] ?? .null], session)
        let category = result["category"]?.stringValue ?? "?"
        funnel[category, default: 0] += 1
        table.add(Self.row(result, category))
      }
      print(table.text)
      print("\n\(Self.chart(funnel))")
    }
  }

  private static func row(_ result: JSONObject, _ category: String) -> [String] {
    let reason = result["reasons"]?.arrayValue?.first { $0["field"] != "intercept" }
    return [
      result["leadID"]?.stringValue ?? "?", decimal(result["score"], 1),
      decimal(result["probability"], 3), category, decimal(result["confidence"], 2),
      result["nextAction"]?["action"]?.stringValue ?? "?",
      reason?["text"]?.stringValue?.shortened(to: 60) ?? "",
    ]
  }

  /// Calls a tool.
  /// - Throws: the tool's own words when it failed.
  private static func call(
    _ tool: String, _ arguments: JSONObject, _ session: ClientSession
  ) async throws -> JSONObject {
    let result = try await session.request(
      "tools/call", ["name": .string(tool), "arguments": .object(arguments)])
    guard result["isError"] != true, let structured = result["structuredContent"]?.objectValue
    else {
      throw ServerFailure(
        result["content"]?[0]?["text"]?.stringValue ?? "\(tool) answered without a result")
    }
    return structured
  }

  private static func summary(_ session: ClientSession) async throws -> String {
    let result = try await session.request("resources/read", ["uri": "dataset://summary"])
    let text = result["contents"]?[0]?["text"]?.stringValue ?? "{}"
    let tables = try JSONParser().parse(text)["tables"]?.arrayValue ?? []
    let rows = tables.reduce(0) { $0 + ($1["rows"]?.integerValue ?? 0) }
    let leads = tables.first { $0["name"] == "leads" }?["rows"]?.integerValue ?? 0
    return "\(leads) leads and \(rows - leads) other rows are stored."
  }

  private static func chart(_ funnel: [String: Int]) -> String {
    let widest = 40
    let most = max(1, funnel.values.max() ?? 1)
    return ["campaign_qualified", "cold_lead", "general_inquiry"].map { category in
      let count = funnel[category] ?? 0
      let bar = String(repeating: "█", count: count * widest / most)
      let name = category + String(repeating: " ", count: 19 - category.count)
      return "\(name)\(bar) \(count)"
    }.joined(separator: "\n")
  }

  private static func decimal(_ value: JSONValue?, _ digits: Int) -> String {
    guard let number = value?.doubleValue else { return "?" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((number * scale).rounded())
    let fraction = String(scaled % Int(scale))
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(scaled / Int(scale)).\(zeros)\(fraction)"
  }
}
