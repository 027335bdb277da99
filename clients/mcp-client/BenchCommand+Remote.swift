import Foundation
import JSONRPC
import MCP
import ServerConnections

extension BenchCommand {
  /// Measures many connections to a server that runs, or to one that is started for it.
  func runRemote() async throws {
    let started = remote.server == nil ? try ListeningServer(command: unlimitedCommand()) : nil
    defer { started?.stop() }
    let server = remote.server ?? Self.server(at: started?.address ?? "", over: over)
    let connections = connections ?? 1
    let bench = try await RemoteBench(
      server, connections: connections, inFlight: inFlight, rate: rate)
    let pace = rate.map { "\(Self.shown($0)) requests a second" } ?? "\(inFlight) in flight on each"
    print(
      "\(connections) connections over \(server.isWebSocket ? "WebSocket" : "HTTP"), \(pace); "
        + "opened in \(Self.shown(bench.openMilliseconds)) ms")
    let before = started?.residentMebibytes
    let runs = await measure(bench, server)
    Self.show(runs)
    if let started, let before {
      print(
        "Server's RSS: \(Self.shown(before)) MiB with all connected, "
          + "\(Self.shown(started.residentMebibytes)) MiB after the load")
    }
    if let json { try Self.write(runs, started?.residentMebibytes, to: json) }
    await bench.close()
    if let run = runs.first(where: { $0.errors > 0 }) {
      throw ServerFailure("\(run.errors) calls of \(run.name) failed: \(run.firstError ?? "?")")
    }
  }

  /// How to start the server; the one beside this program without limits on the rate of requests, which
  /// would be measured instead.
  private func unlimitedCommand() throws -> [String] {
    let start = try options().serverCommand
    guard command.isEmpty else { return start }
    return start
      + ["rates.perAddress=0", "rates.perCredential=0", "rates.perTool=0"].flatMap {
        ["--set", $0]
      }
  }

  /// A server by the address it listens on.
  static func server(at address: String, over: Over) -> RemoteServer {
    let host = address.dropFirst("http://".count)
    return RemoteServer(url: "\(over == .websocket ? "ws" : "http")://\(host)/mcp")
  }

  private func measure(_ bench: RemoteBench, _ server: RemoteServer) async -> [RemoteBench.Run] {
    var runs: [RemoteBench.Run] = []
    if server.isWebSocket, rate == nil {
      // The modern era has no ping.
      runs.append(await bench.run("ping", "ping", calls: calls * 10) { _ in [:] })
    }
    runs.append(
      await bench.run("triage_lead", "tools/call", calls: calls) { Self.triage($0, 0) })
    let found = await bench.call(
      "tools/call", ["name": "search_leads", "arguments": ["limit": 100]])
    let leads = found?["result"]?["structuredContent"]?["leads"]?.arrayValue ?? []
    guard !leads.isEmpty else { return runs }
    runs.append(
      await bench.run("get_lead", "tools/call", calls: calls) { index in
        let id = leads[index % leads.count]["leadID"] ?? .null
        return ["name": "get_lead", "arguments": ["leadID": id]]
      })
    return runs
  }

  private static let shares = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)]

  private static func show(_ runs: [RemoteBench.Run]) {
    var table = Table(
      columns: ["what", "calls", "errors", "per second"] + shares.map { "\($0.0) ms" } + ["max ms"])
    for run in runs {
      table.add(
        [run.name, "\(run.calls)", "\(run.errors)", shown(run.perSecond)]
          + shares.map { shown(run.percentile($0.1)) } + [shown(run.latencies.last ?? 0)])
    }
    print(table.text)
  }

  private static func write(_ runs: [RemoteBench.Run], _ memory: Double?, to path: String) throws {
    var report: JSONObject = [
      "runs": .array(
        runs.map { run in
          var object: JSONObject = [
            "name": .string(run.name), "calls": JSONValue(run.calls),
            "errors": JSONValue(run.errors), "perSecond": JSONValue(run.perSecond),
            "maxMs": JSONValue(run.latencies.last ?? 0),
          ]
          for (name, share) in shares { object["\(name)Ms"] = JSONValue(run.percentile(share)) }
          return .object(object)
        })
    ]
    report["residentMiB"] = memory.map { JSONValue($0) }
    try write(.object(report), to: path)
  }
}
