package import JSONRPC

extension Scorecard: Decodable {
  /// Reads a model that has been parsed already.
  /// - Throws: `InvalidModel` with the place, what was found there and what would be accepted.
  package init(json: JSONValue) throws(InvalidModel) {
    do {
      self = try JSONValueDecoder().decode(Scorecard.self, from: json)
    } catch {
      throw InvalidModel(error)
    }
  }

  /// Reads the layout of `resources/models/scorecard.json` and prepares all look-ups.
  /// - Throws: `DecodingError` with the coding path of the first part that cannot be used.
  package init(from decoder: any Decoder) throws {
    let reader = try ModelReader(
      decoder,
      accepting: [
        "version", "about", "baseline", "halfLifeDays", "fields", "seniority", "history", "intents",
      ])
    version = try reader.text("version", maximumLength: 64)
    about = try reader.text("about", maximumLength: 2000)
    baseline = try reader.value("baseline", as: BaselineEntry.self).weight
    halfLifeDays = try reader.number("halfLifeDays", in: 0.1...36_500)
    let tables = try reader.value("fields", as: FieldEntries.self).tables
    self.tables = tables
    seniority = try reader.optional("seniority", as: SeniorityEntry.self)?.levels ?? .init()
    let history = try reader.optional("history", as: HistoryEntry.self) ?? HistoryEntry()
    interactions = history.interactions
    outcomes = history.outcomes
    conversions = history.conversions
    accountConversions = history.accountConversions
    classifier = try reader.value("intents", as: IntentsEntry.self).classifier
    let past =
      InteractionKind.allCases.reduce(0) { $0 + (history.interactions[$1]?.range ?? 0) }
      + InteractionOutcome.allCases.reduce(0) { $0 + (history.outcomes[$1]?.range ?? 0) }
      + (conversions?.range ?? 0)
    let account = accountConversions?.range ?? 0
    let fields = ScorecardField.allCases.reduce(seniority.range) { $0 + (tables[$1]?.range ?? 0) }
    ranges = ScorecardRanges(
      past: past, accountConversions: account, total: fields + past + account)
    // Beyond this a double can no longer tell the probability from 0 or 1.
    let largest = 30.0
    guard abs(intercept) + ranges.total <= largest else {
      throw reader.failure(
        at: "fields", found: "log-odds that can add up to \(abs(intercept) + ranges.total)",
        expected: "at most \(largest) with the baseline and the history")
    }
  }
}

extension ScorecardWeight {
  static let keys = ["points", "logOdds", "reason"]

  /// Reads points, log-odds and reason among the members of an object.
  init(_ reader: ModelReader, mustAgree: Bool = true) throws {
    let points = try reader.number("points", in: -100...100)
    let logOdds = try reader.number("logOdds", in: -10...10)
    // What speaks for a lead in the score must not speak against it in the probability.
    guard !mustAgree || points * logOdds > 0 || (points == 0 && logOdds == 0) else {
      throw reader.failure(
        at: "logOdds", found: "\(logOdds) beside \(points) points",
        expected: "the same sign as the points, and 0 only with 0 points")
    }
    self.init(points: points, logOdds: logOdds, reason: try reader.text("reason"))
  }
}

private struct BaselineEntry: Decodable {
  let weight: ScorecardWeight

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(decoder, accepting: ScorecardWeight.keys)
    weight = try ScorecardWeight(reader, mustAgree: false)
  }
}

/// `fields`: a table for each field but seniority.
private struct FieldEntries: Decodable {
  let tables: [ScorecardField: ScorecardTable]

  init(from decoder: any Decoder) throws {
    let fields = ScorecardField.allCases.filter { $0 != .seniority }
    let reader = try ModelReader(decoder, accepting: fields.map(\.rawValue))
    var tables: [ScorecardField: ScorecardTable] = [:]
    for field in fields {
      let entry = try reader.optional(field.rawValue, as: FieldEntry.self)
      tables[field] = try entry?.table(of: field)
    }
    self.tables = tables
  }
}

private struct FieldEntry: Decodable {
  private let values: [(value: String, entry: ValueEntry)]
  private let reader: ModelReader

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(decoder, accepting: ["about", "values"])
    _ = try reader.text("about", maximumLength: 1000)
    let values = try reader.value("values", as: ValueEntries.self)
    self.values = values.entries
    self.reader = values.reader
  }

  func table(of field: ScorecardField) throws -> ScorecardTable {
    var table = ScorecardTable()
    let accepted = field.acceptedValues
    for (value, entry) in values {
      if let accepted, !accepted.contains(value) {
        throw reader.failure(
          at: value, found: "a value that \(field.rawValue) does not have",
          expected: "one of \(accepted.joined(separator: ", "))")
      }
      for spelling in [value] + entry.aliases where !table.add(entry.weight, for: spelling) {
        throw reader.failure(
          at: value, found: "a spelling that stands for another value already",
          expected: "each value and alias once, without regard to case")
      }
    }
    return table
  }
}

private struct ValueEntries: Decodable {
  let entries: [(value: String, entry: ValueEntry)]
  let reader: ModelReader

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(decoder, accepting: nil)
    self.reader = reader
    self.entries = try reader.keys.map { ($0, try reader.value($0, as: ValueEntry.self)) }
  }
}

private struct ValueEntry: Decodable {
  let weight: ScorecardWeight
  let aliases: [String]

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(decoder, accepting: ScorecardWeight.keys + ["aliases"])
    weight = try ScorecardWeight(reader)
    aliases = try reader.optional("aliases") ?? []
  }
}

/// `seniority`: levels, the first one with a phrase of the title counting.
private struct SeniorityEntry: Decodable {
  let levels: ScorecardLevels

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(decoder, accepting: ["about", "levels"])
    _ = try reader.text("about", maximumLength: 1000)
    var levels = ScorecardLevels()
    for entry in try reader.value("levels", as: [LevelEntry].self) {
      levels.add(entry.weight, phrases: entry.phrases)
    }
    self.levels = levels
  }
}

private struct LevelEntry: Decodable {
  let weight: ScorecardWeight
  let phrases: [String]

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(
      decoder, accepting: ScorecardWeight.keys + ["level", "phrases"])
    _ = try reader.text("level")
    weight = try ScorecardWeight(reader)
    phrases = try reader.value("phrases")
  }
}
