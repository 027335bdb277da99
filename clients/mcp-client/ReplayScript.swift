import ArgumentParser
import Foundation
import JSONRPC
import MCP

/// A script's lines, read and checked.
struct ReplayScript {
  enum Step {
    case send([UInt8Part], end: String)
    case sendValue(JSONValue, end: String)
    case expect(JSONValue, within: Duration)
    case drop(JSONValue)
    case silence
    case close(exit: Int64, within: Duration)
  }

  /// A piece of raw text.
  enum UInt8Part {
    case text(String)
    case bytes([UInt8])
  }

  private static let actions = ["about", "send", "expect", "drop", "silence", "close"]
  private static let additions = ["name", "end", "within"]
  private static let longestWait = 600.0

  let steps: [(name: String?, step: Step)]

  init(file: String) throws {
    let text = try FileFailure.text(of: file)
    var steps: [(String?, Step)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      do {
        let json = try JSONParser(maximumBytes: 64 << 20).parse(String(line))
        if let step = try Self.step(json) { steps.append((json["name"]?.stringValue, step)) }
      } catch {
        throw ValidationError("\(file), line \(index + 1): \(error)")
      }
    }
    self.steps = steps
  }

  private static func step(_ line: JSONValue) throws -> Step? {
    let members = line.objectValue?.keys ?? []
    if let unknown = members.first(where: { !(actions + additions).contains($0) }) {
      throw ValidationError("found the member '\(unknown)', which says nothing to do")
    }
    guard members.filter(actions.contains).count == 1 else {
      throw ValidationError("expected one of \(actions.joined(separator: ", "))")
    }
    let end = line["end"]?.stringValue ?? "\n"
    if let value = line["send"] {
      guard let raw = value["raw"] else { return .sendValue(value, end: end) }
      let parts = raw.arrayValue ?? [raw]
      return .send(try parts.map(part), end: end)
    }
    if let pattern = line["expect"] {
      return .expect(pattern, within: try wait(line["within"], otherwise: 10))
    }
    if let pattern = line["drop"] { return .drop(pattern) }
    if line["silence"] != nil { return .silence }
    if let close = line["close"] {
      return .close(
        exit: close["exit"]?.integerValue ?? 0, within: try wait(close["within"], otherwise: 3))
    }
    return nil
  }

  private static func wait(_ seconds: JSONValue?, otherwise: Double) throws -> Duration {
    let seconds = seconds.map { $0.doubleValue ?? -1 } ?? otherwise
    guard (0...longestWait).contains(seconds) else {
      throw ValidationError("within: expected 0 to \(Int(longestWait)) seconds")
    }
    return .seconds(seconds)
  }

  private static func part(_ json: JSONValue) throws -> UInt8Part {
    if let text = json.stringValue { return .text(text) }
    if let hex = json["hex"]?.stringValue {
      let digits = Array(hex.utf8)
      let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
      }
      guard bytes.count * 2 == digits.count else {
        throw ValidationError("found '\(hex)', expected two hexadecimal digits for each byte")
      }
      return .bytes(bytes)
    }
    guard let text = json["repeat"]?.stringValue, let times = json["times"]?.integerValue,
      (0...(64 << 20)).contains(times)
    else {
      throw ValidationError("found a raw part that is no text, hex or repeat")
    }
    return .text(String(repeating: text, count: Int(times)))
  }
}
