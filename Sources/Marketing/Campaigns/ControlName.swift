/// The name of something that can be changed about a campaign: `dailyBudget`, `bid/search`,
/// `segment/age=30-34` or `variant/A`.
package enum ControlName: Sendable, Hashable {
  /// What it may cost a day.
  case dailyBudget
  /// What is bid on a channel.
  case bid(channel: String)
  /// By what bids for a part of the audience are multiplied.
  case segment(String)
  /// The share of the traffic that a variant gets.
  case variant(String)

  /// A name from outside.
  /// - Returns: `nil` unless it is one of the four forms, with a label behind the slash.
  package init?(checking text: String) {
    if text == "dailyBudget" {
      self = .dailyBudget
      return
    }
    guard let slash = text.firstIndex(of: "/") else { return nil }
    let label = String(text[text.index(after: slash)...])
    guard CampaignMetricCheck.isLabel(label) else { return nil }
    switch text[..<slash] {
    case "bid": self = .bid(channel: label)
    case "segment": self = .segment(label)
    case "variant": self = .variant(label)
    default: return nil
    }
  }

  /// As it is stored and sent.
  package var text: String {
    switch self {
    case .dailyBudget: "dailyBudget"
    case .bid(let channel): "bid/\(channel)"
    case .segment(let segment): "segment/\(segment)"
    case .variant(let variant): "variant/\(variant)"
    }
  }

  /// What it controls, for a sentence.
  package var words: String {
    switch self {
    case .dailyBudget: "the daily budget"
    case .bid(let channel): "the bid on \(channel)"
    case .segment(let segment): "the bid for \(segment)"
    case .variant(let variant): "the share of variant \(variant)"
    }
  }

  /// Whether it is a variant's share.
  package var isVariant: Bool { if case .variant = self { true } else { false } }

  /// Whether it can have such a value: budgets are money, bids money or a multiplier, segments a
  /// multiplier, variants a share.
  package func allows(_ value: ControlValue) -> Bool {
    switch (self, value) {
    case (.dailyBudget, .money), (.bid, .money), (.bid, .multiplier), (.segment, .multiplier),
      (.variant, .share):
      true
    default: false
    }
  }
}

extension ControlName: CustomStringConvertible {
  package var description: String { text }
}

extension ControlName: Comparable {
  package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension ControlName: Codable {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let name = Self(checking: text) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription:
            "expected dailyBudget, bid/<channel>, segment/<segment> or variant/<variant>"))
    }
    self = name
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
