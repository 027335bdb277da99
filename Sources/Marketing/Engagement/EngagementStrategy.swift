package import JSONRPC

/// How leads of a category are won: steps, and what ends them. Read from files that people review.
package struct EngagementStrategy: Sendable, Hashable {
  /// One contact that is planned.
  package struct Step: Sendable, Hashable {
    /// The step's name within its strategy.
    package let id: String
    /// What it is for, in one sentence.
    package let about: String
    /// The channels it can use, the best first.
    package let channels: [OutreachChannel]
    /// What the message is for.
    package let purpose: OutreachPurpose
    /// The template's name.
    package let template: String
    /// How long it waits.
    package let delay: Duration
    /// Whether it waits from the start rather than from the step before it.
    package let isFromStart: Bool
    /// When it is sent.
    package let timing: Timing
  }

  /// When a step is sent.
  package enum Timing: String, Sendable, Hashable, Codable, CaseIterable {
    /// As soon as the gates allow.
    case atOnce = "at_once"
    /// At the best hour for this person within the settings' window.
    case bestTime = "best_time"
  }

  /// What ends a sequence.
  package enum Exit: String, Sendable, Hashable, Codable, CaseIterable {
    case reply, meeting, unsubscribe, conversion, complaint, bounce
  }

  /// The strategy's name and version, for example `cold-lead-1`.
  package let version: String
  /// The leads it is for.
  package let category: LeadCategory
  /// What is to be reached, in one sentence.
  package let goal: String
  /// What ends it.
  package let exits: Set<Exit>
  /// The steps in their order.
  package var steps: [Step]
}

/// Why a strategy cannot be used.
package struct InvalidStrategy: Error, Sendable, Hashable, CustomStringConvertible {
  /// The place in the file as a JSON Pointer (RFC 6901); empty for the file as a whole.
  package let field: String
  /// What was found there and what would be accepted.
  package let message: String

  package var description: String { "\(field.isEmpty ? "the strategy" : field): \(message)" }
}

extension EngagementStrategy: Decodable {
  /// Reads a strategy that has been parsed already.
  /// - Throws: `InvalidStrategy` with the place, what was found there and what would be accepted.
  package init(json: JSONValue) throws(InvalidStrategy) {
    do {
      self = try JSONValueDecoder().decode(EngagementStrategy.self, from: json)
    } catch {
      let problem = InvalidModel(error)
      throw InvalidStrategy(field: problem.field, message: problem.message)
    }
  }

  /// Reads the layout of the files in `resources/strategies/`.
  /// - Throws: `DecodingError` with the coding path of the first part that cannot be used.
  package init(from decoder: any Decoder) throws {
    let reader = try ModelReader(
      decoder, accepting: ["version", "about", "category", "goal", "exits", "steps"])
    version = try reader.text("version", maximumLength: 64)
    _ = try reader.text("about", maximumLength: 2000)
    category = try reader.value("category")
    goal = try reader.text("goal")
    exits = Set(try reader.value("exits", as: [Exit].self))
    guard exits.isSuperset(of: [.reply, .meeting, .unsubscribe, .conversion]) else {
      throw reader.failure(
        at: "exits", found: "\(exits.map(\.rawValue).sorted())",
        expected: "at least reply, meeting, unsubscribe and conversion")
    }
    steps = try reader.value("steps")
    guard !steps.isEmpty, Set(steps.map(\.id)).count == steps.count else {
      throw reader.failure(
        at: "steps", found: "\(steps.map(\.id))", expected: "steps, each name once")
    }
  }
}

extension EngagementStrategy.Step: Decodable {
  package init(from decoder: any Decoder) throws {
    let reader = try ModelReader(
      decoder,
      accepting: [
        "id", "about", "channels", "purpose", "template", "delayMinutes", "from", "timing",
      ])
    id = try reader.text("id", maximumLength: 32)
    about = try reader.text("about")
    channels = try reader.value("channels")
    guard !channels.isEmpty, Set(channels).count == channels.count else {
      throw reader.failure(
        at: "channels", found: "\(channels.map(\.rawValue))", expected: "channels, each once")
    }
    purpose = try reader.value("purpose")
    template = try reader.text("template", maximumLength: 64)
    delay = .seconds(try reader.integer("delayMinutes", in: 0...525_600) * 60)
    let origin = try reader.optional("from", as: String.self) ?? "previous"
    guard ["start", "previous"].contains(origin) else {
      throw reader.failure(at: "from", found: "'\(origin)'", expected: "start or previous")
    }
    isFromStart = origin == "start"
    timing = try reader.value("timing")
  }
}
