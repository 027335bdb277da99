import Foundation
import JSONRPC
import MCP

/// Plays one script against one server.
final class ReplayPlayer {
  /// What became of one case.
  struct Outcome {
    let name: String
    var failure: String?
  }

  /// How long to wait once the server has failed to answer: it is not going to, and a script has many
  /// lines.
  private static let shortPatience = Duration.seconds(1)

  private let server: any ReplayPeer
  private var hasMissed = false
  private var inbox: [JSONValue] = []
  private var captures: [String: JSONValue] = [:]
  private var silences = 0
  private var hasEnded = false

  init(server: any ReplayPeer) { self.server = server }

  func play(_ script: ReplayScript) async -> [Outcome] {
    var outcomes: [Outcome] = []
    for (name, step) in script.steps {
      if let name {
        if outcomes.last?.failure != nil { inbox = [] }
        outcomes.append(Outcome(name: name))
      } else if outcomes.isEmpty {
        outcomes.append(Outcome(name: "start"))
      }
      guard outcomes[outcomes.count - 1].failure == nil else { continue }
      do {
        try await perform(step)
      } catch {
        outcomes[outcomes.count - 1].failure = "\(error)"
      }
    }
    if !outcomes.isEmpty, outcomes[outcomes.count - 1].failure == nil {
      do { try await endQuietly() } catch { outcomes[outcomes.count - 1].failure = "\(error)" }
    }
    if !hasEnded { await server.kill() }
    return outcomes
  }

  private func perform(_ step: ReplayScript.Step) async throws(JSONPattern.Mismatch) {
    switch step {
    case .sendValue(let value, let end):
      try await write(JSONWriter.bytes(of: try Captures.fill(value, captures)) + Array(end.utf8))
    case .send(let parts, let end):
      var bytes: [UInt8] = []
      for part in parts {
        switch part {
        case .bytes(let raw): bytes += raw
        case .text(let text) where text.contains("${"):
          bytes += Array((try Captures.fill(.string(text), captures).stringValue ?? "").utf8)
        case .text(let text): bytes += Array(text.utf8)
        }
      }
      try await write(bytes + Array(end.utf8))
    case .expect(let pattern, let patience): try await expect(pattern, within: patience)
    case .drop(let pattern):
      await server.read(within: .milliseconds(50)) { inbox.append($0) }
      inbox.removeAll { message in
        var scratch = captures
        return (try? JSONPattern(pattern).match(message, &scratch)) != nil
      }
    case .silence: try await silence()
    case .close(let exit, let patience): try await close(exit: exit, within: patience)
    }
  }

  private func write(_ bytes: [UInt8]) async throws(JSONPattern.Mismatch) {
    let patience = hasMissed ? Self.shortPatience : .seconds(10)
    guard await server.write(bytes, within: patience, { inbox.append($0) }) else {
      hasMissed = true
      throw JSONPattern.Mismatch(description: "the server takes no input")
    }
  }

  private func expect(
    _ pattern: JSONValue, within patience: Duration
  ) async throws(JSONPattern.Mismatch) {
    let patience = hasMissed ? min(patience, Self.shortPatience) : patience
    let deadline = ContinuousClock.now + patience
    while true {
      if let index = try firstCandidate(for: pattern) {
        let message = inbox.remove(at: index)
        if case .array(let parts) = pattern {
          return try matchBatch(parts, message)
        }
        return try JSONPattern(pattern).match(message, &captures)
      }
      let left = deadline - .now
      guard left > .zero, !server.isOutputEnded else {
        let waiting = JSONWriter.text(of: .array(inbox)).shortened(to: 300)
        hasMissed = true
        let wait = server.isOutputEnded ? "before the server ended" : "within \(patience)"
        throw JSONPattern.Mismatch(description: "no such message came \(wait); waiting: \(waiting)")
      }
      await server.read(within: left) { inbox.append($0) }
    }
  }

  /// The message that a pattern is about: by id and method where it names them, else the first.
  private func firstCandidate(for pattern: JSONValue) throws(JSONPattern.Mismatch) -> Int? {
    if pattern.arrayValue != nil { return inbox.firstIndex { $0.arrayValue != nil } }
    var address = JSONObject()
    address["id"] = pattern["id"]
    address["method"] = pattern["method"]
    guard !address.isEmpty else { return inbox.indices.first }
    for (index, message) in inbox.enumerated() {
      var scratch = captures
      if (try? JSONPattern(.object(address)).match(message, &scratch)) != nil { return index }
    }
    return nil
  }

  /// A batch's parts may come in any order.
  private func matchBatch(
    _ patterns: [JSONValue], _ message: JSONValue
  ) throws(JSONPattern.Mismatch) {
    var parts = message.arrayValue ?? []
    guard parts.count == patterns.count else {
      throw JSONPattern.Mismatch(
        description: "found a batch of \(parts.count), expected \(patterns.count)")
    }
    for pattern in patterns {
      var attempt = captures
      let fitting = parts.firstIndex { part in
        attempt = captures
        return (try? JSONPattern(pattern).match(part, &attempt)) != nil
      }
      guard let fitting else {
        throw JSONPattern.Mismatch(
          description:
            "no part of the batch fits \(JSONWriter.text(of: pattern).shortened(to: 160))")
      }
      captures = attempt
      parts.remove(at: fitting)
    }
  }

  private func silence() async throws(JSONPattern.Mismatch) {
    silences += 1
    let id = JSONValue.string("silence-\(silences)")
    try await write(JSONWriter.bytes(of: ["jsonrpc": "2.0", "id": id, "method": "ping"]) + [0x0A])
    try await expect(["id": id], within: .seconds(10))
    guard inbox.isEmpty else {
      let found = JSONWriter.text(of: inbox[0]).shortened(to: 300)
      throw JSONPattern.Mismatch(description: "expected silence, found \(found)")
    }
  }

  private func close(exit: Int64, within patience: Duration) async throws(JSONPattern.Mismatch) {
    await server.closeInput()
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
      await server.read(within: .milliseconds(20)) { inbox.append($0) }
      guard server.isOutputEnded else { continue }
      if let code = await server.exitCode() {
        hasEnded = true
        guard code == exit else {
          throw JSONPattern.Mismatch(description: "the server ended with \(code), expected \(exit)")
        }
        return
      }
      try? await Task.sleep(for: .milliseconds(5))
    }
    throw JSONPattern.Mismatch(description: "the server did not end within \(patience)")
  }

  private func endQuietly() async throws(JSONPattern.Mismatch) {
    guard hasEnded else { return try await silence() }
    guard inbox.isEmpty else {
      let found = JSONWriter.text(of: inbox[0]).shortened(to: 300)
      throw JSONPattern.Mismatch(description: "left over: \(found)")
    }
  }
}
