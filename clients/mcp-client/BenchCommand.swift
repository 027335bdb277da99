import ArgumentParser
import Foundation
import JSONRPC
import MCP
import ServerConnections

/// Measures a server over stdio, or over many connections to its port.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures ping, triage_lead and get_lead over stdio, WebSocket or HTTP.",
    discussion: """
      The server should start with an empty database on the disk to be measured. Over stdio start and \
      memory are measured as well. With --connections a server is started on a free port, and with \
      --url one that runs is measured.
      """)

  @Option(help: "Write the figures as JSON to this file as well.")
  var json: String?

  @Option(help: "How many calls to measure for each figure; pings are ten times as many.")
  var calls = 20_000

  @Option(help: "How many connections to spread the calls over; without it, stdio is measured.")
  var connections: Int?

  @Option(help: "What the server that is started is connected to over: websocket or http.")
  var over = Over.websocket

  @Option(help: "How many requests each of the connections keeps under way.")
  var inFlight = 1

  @Option(
    help: ArgumentHelp(
      "Send so many requests a second, spread over all connections, instead of the next as soon as one is "
        + "answered. Latencies count from when a request was due.", valueName: "per-second"))
  var rate: Double?

  @OptionGroup var remote: RemoteOptions

  @Option(help: "The database handed to the leadrelay beside this program: sqlite:PATH.")
  var database: String?

  @Argument(parsing: .postTerminator, help: "The command that starts the server.")
  var command: [String] = []

  /// What reaches a server that listens.
  enum Over: String, ExpressibleByArgument { case websocket, http }

  func validate() throws {
    guard (1...100_000).contains(connections ?? 1) else {
      throw ValidationError("--connections: found \(connections ?? 0), expected 1 to 100000")
    }
    guard (rate ?? 1) > 0, rate == nil || connections != nil || remote.url != nil else {
      throw ValidationError(
        "--rate: expected more than 0 requests a second, and --connections or --url")
    }
    guard (1...1024).contains(inFlight) else {
      throw ValidationError("--in-flight: found \(inFlight), expected 1 to 1024")
    }
    guard remote.url == nil || (command.isEmpty && database == nil) else {
      throw ValidationError("--url is for a server that runs; a command or --database starts one")
    }
    guard (1...10_000_000).contains(calls) else {
      throw ValidationError("--calls: found \(calls), expected 1 to 10000000")
    }
    guard database == nil || command.isEmpty else {
      throw ValidationError(
        "--database is for the leadrelay beside this program; write it behind -- as well")
    }
  }

  private struct Figure {
    let name: String
    let value: Double
    let unit: String
    let bar: (limit: Double, isAtLeast: Bool)?

    var verdict: String {
      guard let bar else { return "" }
      return (bar.isAtLeast ? value >= bar.limit : value <= bar.limit) ? "met" : "missed"
    }

    var barText: String {
      guard let bar else { return "" }
      return "\(bar.isAtLeast ? "≥" : "≤") \(BenchCommand.shown(bar.limit)) \(unit)"
    }
  }

  /// How to start the server.
  func options() throws -> ServerOptions {
    var options = try ServerOptions.parse([])
    options.command = command
    options.database = database
    return options
  }

  func run() async throws {
    if connections != nil || remote.url != nil { return try await runRemote() }
    let options = try options()
    var figures = try Self.startFigures(options.serverCommand)
    for inFlight in [1, 32, 256] {
      let connection = try BenchConnection(command: options.serverCommand)
      figures += try pingFigures(connection, inFlight)
      figures += try triageFigures(connection, inFlight)
      figures += try readFigures(connection, inFlight)
      figures.append(
        Figure(
          name: "RSS after load, \(inFlight) in flight", value: connection.residentMebibytes,
          unit: "MiB", bar: nil))
      connection.stop()
    }
    Self.show(figures)
    if let json { try Self.write(figures, to: json) }
  }

  private static func startFigures(_ command: [String]) throws -> [Figure] {
    var starts: [Double] = []
    var memory: [Double] = []
    for _ in 0..<11 {
      let connection = try BenchConnection(command: command)
      starts.append(connection.startMilliseconds)
      memory.append(connection.residentMebibytes)
      connection.stop()
    }
    // The first start creates the database.
    return [
      Figure(name: "first start, creating the database", value: starts[0], unit: "ms", bar: nil),
      Figure(
        name: "start to first answer, median of 10", value: median(starts.dropFirst()), unit: "ms",
        bar: (20, false)),
      Figure(
        name: "RSS after first answer, median of 10", value: median(memory.dropFirst()),
        unit: "MiB", bar: (30, false)),
    ]
  }

  private func pingFigures(_ connection: BenchConnection, _ inFlight: Int) throws -> [Figure] {
    let requests = Self.requests(calls * (inFlight == 1 ? 1 : 10)) { _ in ("ping", nil) }
    let run = try connection.run(requests, inFlight: inFlight)
    return Self.figures("ping", run, inFlight, rate: inFlight == 32 ? 100_000 : nil)
  }

  private func triageFigures(_ connection: BenchConnection, _ inFlight: Int) throws -> [Figure] {
    let requests = Self.requests(max(1, calls / (inFlight == 1 ? 4 : 1))) { index in
      ("tools/call", Self.triage(index, inFlight))
    }
    let run = try connection.run(requests, inFlight: inFlight)
    return Self.figures(
      "triage_lead", run, inFlight, rate: inFlight == 32 ? 10_000 : nil,
      median: inFlight == 1 ? 0.5 : nil, p99: inFlight == 32 ? 10 : nil)
  }

  private func readFigures(_ connection: BenchConnection, _ inFlight: Int) throws -> [Figure] {
    let found = try connection.roundTrip(
      #"{"jsonrpc":"2.0","id":0,"method":"tools/call","params":{"name":"search_leads","#
        + #""arguments":{"limit":100}}}"#)
    let leads = found["result"]?["structuredContent"]?["leads"]?.arrayValue ?? []
    guard !leads.isEmpty else { return [] }
    let requests = Self.requests(calls * (inFlight == 1 ? 1 : 4)) { index in
      let id = leads[index % leads.count]["leadID"] ?? .null
      return ("tools/call", ["name": "get_lead", "arguments": ["leadID": id]])
    }
    let run = try connection.run(requests, inFlight: inFlight)
    return Self.figures("get_lead", run, inFlight, rate: inFlight == 32 ? 40_000 : nil)
  }

  static func triage(_ index: Int, _ series: Int) -> JSONObject {
    let sources = ["Website", "Referral", "LinkedIn", "Google Ads", "Event", "Partner", "Outbound"]
    let industries = ["SaaS", "FinTech", "Retail", "Media", "HealthTech", "EdTech"]
    let sizes = ["1-10", "11-50", "51-200", "201-1000", "1001-5000", "5000+"]
    return [
      "name": "triage_lead",
      "arguments": [
        "name": "Ada Bench\(index)", "email": "ada.\(series).\(index)@bench-\(index % 997).test",
        "phone": .string("+1555\(1_000_000 + series * 10_000 + index)"),
        "company": "Bench \(index % 997) Inc", "jobTitle": "Head of Marketing",
        "source": .string(sources[index % sources.count]),
        "industry": .string(industries[index % industries.count]),
        "companySize": .string(sizes[index % sizes.count]), "region": "EU", "consent": true,
        "message": "We would like to see a demo and the price list.",
      ],
    ]
  }

  private static func requests(
    _ count: Int, _ make: (Int) -> (method: String, params: JSONObject?)
  ) -> [[UInt8]] {
    (0..<count).map { index in
      let (method, params) = make(index)
      let request = Request(
        id: .integer(Int64(index + 1)), method: method, params: params ?? [:])
      return Message.request(request).bytes + [0x0A]
    }
  }

  private static func figures(
    _ name: String, _ run: BenchConnection.Run, _ inFlight: Int, rate: Double?,
    median: Double? = nil, p99: Double? = nil
  ) -> [Figure] {
    let label = "\(name), \(inFlight) in flight"
    var figures = [
      Figure(name: label, value: run.perSecond, unit: "/s", bar: rate.map { ($0, true) }),
      Figure(
        name: "\(label), p50", value: run.percentile(0.5), unit: "ms",
        bar: median.map { ($0, false) }),
      Figure(
        name: "\(label), p99", value: run.percentile(0.99), unit: "ms", bar: p99.map { ($0, false) }
      ),
    ]
    if run.failures > 0 {
      figures.append(
        Figure(
          name: "\(label), FAILED", value: Double(run.failures), unit: "calls", bar: (0, false)))
    }
    return figures
  }

  private static func show(_ figures: [Figure]) {
    var table = Table(columns: ["what", "measured", "bar", ""])
    for figure in figures {
      table.add([
        figure.name, "\(shown(figure.value)) \(figure.unit)", figure.barText, figure.verdict,
      ])
    }
    print(table.text)
  }

  private static func write(_ figures: [Figure], to path: String) throws {
    let json = JSONValue.array(
      figures.map { figure in
        var object: JSONObject = [
          "name": .string(figure.name), "value": JSONValue(figure.value),
          "unit": .string(figure.unit),
        ]
        object["bar"] = figure.bar.map { JSONValue($0.limit) }
        object["verdict"] = figure.bar == nil ? nil : .string(figure.verdict)
        return .object(object)
      })
    try write(json, to: path)
  }

  /// Writes JSON to a file, whose folder is made.
  static func write(_ json: JSONValue, to path: String) throws {
    let url = URL(fileURLWithPath: path)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(IndentedJSON.text(of: json).utf8).write(to: url)
    } catch {
      throw FileFailure(path, "cannot be written")
    }
  }

  private static func median(_ values: ArraySlice<Double>) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  static func shown(_ value: Double) -> String {
    value >= 100 ? "\(Int(value.rounded()))" : "\((value * 1000).rounded() / 1000)"
  }
}
