import Foundation
import JSONRPC
import MCP
import ServerConnections

/// Many connections to one server, over which calls are spread.
struct RemoteBench {
  /// What one run measured.
  struct Run {
    let name: String
    let calls: Int
    let errors: Int
    let seconds: Double
    /// Milliseconds from sending a request to receiving its answer, ascending.
    let latencies: [Double]
    /// What the first failed call was answered, if one failed.
    let firstError: String?

    var perSecond: Double { seconds > 0 ? Double(calls) / seconds : 0 }

    /// The latency that this share (0–1) of the calls stayed under, in milliseconds.
    func percentile(_ share: Double) -> Double {
      guard !latencies.isEmpty else { return 0 }
      return latencies[min(latencies.count - 1, Int(share * Double(latencies.count)))]
    }
  }

  private struct Tally {
    var latencies: [Double] = []
    var errors = 0
    var firstError: String?
  }

  private let transports: [any Transport]
  /// Over WebSocket a connection is a session; over HTTP each request stands for itself.
  private let isModern: Bool
  private let inFlight: Int
  /// How many requests a second are sent over all connections; `nil` for as many as are answered.
  private let rate: Double?
  /// How long it took to open all connections, in milliseconds.
  let openMilliseconds: Double

  /// Opens the connections, a few at a time.
  /// - Parameters:
  ///   - inFlight: how many requests each connection keeps under way.
  ///   - rate: how many requests a second are sent over all connections instead.
  init(
    _ server: RemoteServer, connections: Int, inFlight: Int, rate: Double? = nil
  ) async throws {
    let start = ContinuousClock.now
    isModern = !server.isWebSocket
    self.inFlight = inFlight
    self.rate = rate
    transports = try await withThrowingTaskGroup(of: (any Transport).self) { group in
      var opened: [any Transport] = []
      for index in 0..<connections {
        if index >= 64, let next = try await group.next() { opened.append(next) }
        group.addTask { try await Self.open(server) }
      }
      for try await next in group { opened.append(next) }
      return opened
    }
    openMilliseconds = (ContinuousClock.now - start).milliseconds
  }

  private static func open(_ server: RemoteServer) async throws -> any Transport {
    let transport = try await server.connect()
    guard server.isWebSocket else { return transport }
    transport.send(
      Array(
        (#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","#
          + #""capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#).utf8))
    guard let answer = await nextMessage(of: transport), answer["result"] != nil else {
      throw ServerFailure("the server refused initialize")
    }
    transport.send(Array(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.utf8))
    return transport
  }

  private static func nextMessage(of transport: any Transport) async -> JSONValue? {
    for case .message(let bytes) in await transport.receive() {
      return try? JSONParser(maximumBytes: 64 << 20).parse(bytes)
    }
    return nil
  }

  /// Calls once over the first connection.
  func call(_ method: String, _ params: JSONObject) async -> JSONValue? {
    transports[0].send(message(0, method, params))
    return await Self.nextMessage(of: transports[0])
  }

  /// Spreads so many calls over the connections; call `index` gets these parameters.
  func run(
    _ name: String, _ method: String, calls: Int, _ params: @escaping @Sendable (Int) -> JSONObject
  ) async -> Run {
    let start = ContinuousClock.now
    let tallies = await withTaskGroup(of: Tally.self) { group in
      for (place, transport) in transports.enumerated() {
        let from = calls * place / transports.count
        let to = calls * (place + 1) / transports.count
        group.addTask(executorPreference: transport.executor) {
          let request = { message($0 + 1, method, params($0)) }
          guard let rate else { return await drive(transport, from..<to, request) }
          let gap = Duration.seconds(Double(transports.count) / rate)
          let first = start + gap * (Double(place) / Double(transports.count))
          return await pace(transport, from..<to, from: first, every: gap, request)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let seconds = (ContinuousClock.now - start).milliseconds / 1000
    return Run(
      name: name, calls: calls, errors: tallies.reduce(0) { $0 + $1.errors }, seconds: seconds,
      latencies: tallies.flatMap(\.latencies).sorted(),
      firstError: tallies.lazy.compactMap(\.firstError).first)
  }

  private func message(_ id: Int, _ method: String, _ params: JSONObject) -> [UInt8] {
    var params = params
    if isModern {
      params["_meta"] = [
        MetaKey.protocolVersion: .string(ProtocolVersion.latest.rawValue),
        MetaKey.clientCapabilities: [:],
      ]
    }
    return Message.request(Request(id: .integer(Int64(id)), method: method, params: params)).bytes
  }

  /// Makes a connection's share of the calls.
  private func drive(
    _ transport: any Transport, _ calls: Range<Int>, _ request: (Int) -> [UInt8]
  ) async -> Tally {
    var tally = Tally()
    var sentAt: [Int: ContinuousClock.Instant] = [:]
    var next = calls.lowerBound
    func send() {
      guard next < calls.upperBound else { return }
      let bytes = request(next)
      sentAt[next + 1] = .now
      next += 1
      transport.send(bytes)
    }
    for _ in 0..<inFlight { send() }
    while tally.latencies.count < calls.count {
      let frames = await transport.receive()
      guard !frames.isEmpty else {
        tally.errors += calls.count - tally.latencies.count
        tally.firstError = tally.firstError ?? "the server ended the connection"
        return tally
      }
      let now = ContinuousClock.now
      for case .message(let bytes) in frames {
        guard let answer = BenchConnection.answer(bytes[...]),
          let start = sentAt.removeValue(forKey: answer.id)
        else { continue }
        tally.latencies.append((now - start).milliseconds)
        if !answer.isResult {
          tally.errors += 1
          tally.firstError =
            tally.firstError ?? String(decoding: bytes.prefix(300), as: UTF8.self)
        }
        send()
      }
    }
    return tally
  }

  /// Makes a connection's share of the calls, each when it is due. A call that waits for the one before it
  /// has waited from then on.
  private func pace(
    _ transport: any Transport, _ calls: Range<Int>, from start: ContinuousClock.Instant,
    every gap: Duration, _ request: (Int) -> [UInt8]
  ) async -> Tally {
    var tally = Tally()
    var due = start
    for call in calls {
      try? await Task.sleep(until: due, clock: .continuous)
      transport.send(request(call))
      var answer: (id: Int, isResult: Bool)?
      while answer?.id != call + 1 {
        let frames = await transport.receive()
        guard !frames.isEmpty else {
          tally.errors += calls.upperBound - call
          tally.firstError = tally.firstError ?? "the server ended the connection"
          return tally
        }
        for case .message(let bytes) in frames {
          guard let next = BenchConnection.answer(bytes[...]) else { continue }
          answer = (next.id, next.isResult)
          if !next.isResult {
            tally.firstError =
              tally.firstError ?? String(decoding: bytes.prefix(300), as: UTF8.self)
          }
        }
      }
      tally.latencies.append((ContinuousClock.now - due).milliseconds)
      if answer?.isResult != true { tally.errors += 1 }
      due += gap
    }
    return tally
  }

  /// Closes the connections.
  func close() async {
    await withDiscardingTaskGroup { group in
      for transport in transports { group.addTask { await transport.close() } }
    }
  }
}
