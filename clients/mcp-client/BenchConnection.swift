import Foundation
import JSONRPC
import MCP
import ServerConnections

/// A server under load, spoken to with blocking reads and writes on the caller's thread, so that the
/// client costs as little as can be: it shares the machine with the server.
final class BenchConnection {
  /// What one run measured.
  struct Run {
    let calls: Int
    let failures: Int
    let seconds: Double
    /// Milliseconds from writing a request to reading its answer, ascending.
    let latencies: [Double]

    var perSecond: Double { Double(calls) / seconds }

    /// The latency that this share (0–1) of the calls stayed under, in milliseconds.
    func percentile(_ share: Double) -> Double {
      guard !latencies.isEmpty else { return 0 }
      return latencies[min(latencies.count - 1, Int(share * Double(latencies.count)))]
    }
  }

  private let process: ProcessLaunch
  private var inbox: [UInt8] = []
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// From starting the process to reading the answer to `initialize`, in milliseconds.
  private(set) var startMilliseconds = 0.0

  init(command: [String]) throws {
    let start = ContinuousClock.now
    process = try ProcessLaunch(command: command)
    let answer = try roundTrip(
      #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","#
        + #""capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#)
    guard answer["result"] != nil else { throw ServerFailure("the server refused initialize") }
    startMilliseconds = (ContinuousClock.now - start).milliseconds
    try write(Array(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.utf8) + [0x0A])
  }

  /// The server's resident memory now, in MiB.
  var residentMebibytes: Double { ListeningServer.residentMebibytes(of: process.id) }

  /// Sends one request and waits for the next message.
  func roundTrip(_ request: String) throws -> JSONValue {
    try write(Array(request.utf8) + [0x0A])
    while true {
      if let end = inbox.firstIndex(of: 0x0A) {
        let line = Array(inbox[..<end])
        inbox.removeSubrange(...end)
        return try JSONParser(maximumBytes: 64 << 20).parse(line)
      }
      inbox += try readSome()
    }
  }

  /// Keeps so many requests in flight until all are answered. Request `index` has the id `index + 1`.
  func run(_ requests: [[UInt8]], inFlight: Int) throws -> Run {
    var sentAt = [ContinuousClock.Instant](repeating: .now, count: requests.count)
    var latencies: [Double] = []
    latencies.reserveCapacity(requests.count)
    var failures = 0
    var next = 0
    func send(_ count: Int) throws {
      var batch: [UInt8] = []
      let now = ContinuousClock.now
      for _ in 0..<min(count, requests.count - next) {
        batch += requests[next]
        sentAt[next] = now
        next += 1
      }
      if !batch.isEmpty { try write(batch) }
    }
    let start = ContinuousClock.now
    try send(inFlight)
    while latencies.count < requests.count {
      inbox += try readSome()
      let now = ContinuousClock.now
      var answered = 0
      var from = 0
      while let end = inbox[from...].firstIndex(of: 0x0A) {
        let answer = Self.answer(inbox[from..<end])
        from = end + 1
        guard let answer, (1...requests.count).contains(answer.id) else { continue }
        latencies.append((now - sentAt[answer.id - 1]).milliseconds)
        if !answer.isResult { failures += 1 }
        answered += 1
      }
      inbox.removeSubrange(..<from)
      try send(answered)
    }
    let seconds = (ContinuousClock.now - start).milliseconds / 1000
    return Run(
      calls: requests.count, failures: failures, seconds: seconds, latencies: latencies.sorted())
  }

  /// Ends the server and waits for it.
  func stop() {
    close(process.input)
    var status: Int32 = 0
    waitpid(process.id, &status, 0)
    close(process.output)
  }

  private static let head = Array(#"{"jsonrpc":"2.0","id":"#.utf8)
  private static let result = Array(#","result":"#.utf8)
  private static let failure = Array(#""isError":true"#.utf8)

  /// The id of an answer, and whether it is a result that is no tool error. Only the start and the end
  /// are looked at, where our server writes both.
  static func answer(_ line: ArraySlice<UInt8>) -> (id: Int, isResult: Bool)? {
    guard line.starts(with: head) else { return nil }
    var at = line.startIndex + head.count
    var id = 0
    while at < line.endIndex, case let digit = line[at] &- 0x30, digit < 10 {
      id = id * 10 + Int(digit)
      at += 1
    }
    let isResult = line[at...].starts(with: result)
    let tail = line.suffix(failure.count + 2)
    return (id, isResult && tail.firstRange(of: failure) == nil)
  }

  private func readSome() throws -> ArraySlice<UInt8> {
    let count = read(process.output, &buffer, buffer.count)
    guard count > 0 else { throw ServerFailure("the server ended") }
    return buffer[..<count]
  }

  private func write(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.write(
          process.input, $0.baseAddress?.advanced(by: written), bytes.count - written)
      }
      guard count > 0 else { throw ServerFailure("the server ended") }
      written += count
    }
  }
}

extension Duration {
  /// The duration in milliseconds.
  var milliseconds: Double {
    Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
  }
}
