package import Marketing

/// A column that a model uses: how its cells are read and which features they become.
package struct FeatureColumn: Sendable, Hashable, Codable {
  /// The column's name in the file, or the name of the lead's field.
  package var name: String
  /// The lead field that it is read from; `nil` for an attribute of this name, or a count of the history.
  package var field: LeadColumn?
  /// What of the lead's past it is; `nil` for a field or an attribute.
  package var history: HistoryField?
  /// How its cells are read.
  package var reading: ColumnReading
  /// Of a category: the values that have a feature of their own, folded, the most frequent first.
  var categories: [String] = []
  /// The same as they are written in the file.
  var labels: [String] = []
  /// Whether the other values share a feature.
  var hasOther = false
  /// Of a category with very many values: how often leads with each convert; `nil` where features of their own
  /// are enough.
  var rates: CategoryRates?
  /// Of a date: the place of the column of an earlier date, the days since which are a feature.
  var reference: Int?
  /// Whether it is a feature that the value is missing.
  var hasMissing = false
  /// What stands for a value that says nothing where training never saw one missing: nothing was learned of
  /// that, and trees would take a side by chance. `nil` where training did see it.
  var typical: TypicalValue?
  /// What its numbers are like; `nil` where it has none.
  var numbers: NumberSummary?
  /// How its values are counted to tell whether they change.
  var bins: ColumnBins

  /// The features of a column, in this order.
  enum Feature: Hashable {
    case number
    case weekday, hour, month, daysSince
    case length, words
    case category(Int)
    case rate
    case other
    case missing
  }

  /// The features that the column becomes.
  var features: [Feature] {
    var features: [Feature] =
      switch reading.kind {
      case .number, .flag: [.number]
      case .presence: []
      case .date: [.weekday, .hour, .month] + (reference == nil ? [] : [.daysSince])
      case .text: [.length, .words]
      case .category: categories.indices.map(Feature.category) + (rates == nil ? [] : [.rate])
      }
    if hasOther { features.append(.other) }
    if hasMissing { features.append(.missing) }
    return features
  }

  /// Writes a value's features.
  /// - Parameters:
  ///   - earlier: the value of the column that `reference` names.
  ///   - features: as many places as `features` has; numbers that are missing are NaN.
  func encode(
    _ value: ColumnReading.Value, since earlier: ColumnReading.Value? = nil,
    into features: inout [Float], at start: Int
  ) {
    let value = standIn(for: value) ?? value
    var place = start
    func put(_ number: Double, _ features: inout [Float]) {
      features[place] = Float(number)
      place += 1
    }
    switch reading.kind {
    case .number, .flag: put(Self.number(value) ?? .nan, &features)
    case .presence: break
    case .date:
      let parts = Self.parts(value)
      put(parts?.weekday ?? .nan, &features)
      put(parts?.hour ?? .nan, &features)
      put(parts?.month ?? .nan, &features)
      if reference != nil { put(Self.days(from: earlier, to: value) ?? .nan, &features) }
    case .text:
      var length = Double.nan
      var words = Double.nan
      if case .word(let text) = value {
        length = Double(text.unicodeScalars.count)
        words = Double(text.split(whereSeparator: \.isWhitespace).count)
      }
      put(length, &features)
      put(words, &features)
    case .category:
      let known = category(value)
      for index in categories.indices { put(index == known ? 1 : 0, &features) }
      if let rates { put(rates.logOdds(of: value) ?? .nan, &features) }
    }
    if hasOther {
      put(category(value) == nil && value != .missing && value != .unreadable ? 1 : 0, &features)
    }
    if hasMissing { put(isMissing(value) ? 1 : 0, &features) }
  }

  /// The place of a value among the categories that have a feature.
  func category(_ value: ColumnReading.Value) -> Int? {
    guard case .word(let word) = value else { return nil }
    return categories.firstIndex(of: word)
  }

  /// Whether what a file says of it fits together.
  var isWhole: Bool {
    labels.count == categories.count && numbers.map { $0.percentiles.count == 99 } ?? true
      && bins.shares.count == bins.count && bins.areOf(reading.kind)
      && typical?.isOf(reading.kind) ?? true
  }

  /// What features are made of instead of a value that says nothing; `nil` where they are made of the value.
  func standIn(for value: ColumnReading.Value) -> ColumnReading.Value? {
    guard let typical, isMissing(value) || !hasOther && isStranger(value) else { return nil }
    return typical.value
  }

  /// Whether a value is a category that no feature stands for.
  private func isStranger(_ value: ColumnReading.Value) -> Bool {
    reading.kind == .category && rates == nil && category(value) == nil
  }

  /// Whether a value tells nothing.
  func isMissing(_ value: ColumnReading.Value) -> Bool { value == .missing || value == .unreadable }

  /// Whether it is a category of so many values that new ones are to be expected.
  var isWide: Bool { reading.kind == .category && bins.seen.map { $0.count > 60 } ?? true }

  /// Whether there is a value, and one that training has seen.
  func isKnown(_ value: ColumnReading.Value) -> Bool {
    switch value {
    case .missing, .unreadable: false
    case .word(let word):
      reading.kind != .category || rates?.byWord[word] != nil || category(value) != nil
        || hasOther && bins.hasSeen(value)
    case .number, .moment: true
    }
  }

  static func number(_ value: ColumnReading.Value) -> Double? {
    if case .number(let number) = value { number } else { nil }
  }

  /// The days between two dates; `nil` where one is missing.
  static func days(from earlier: ColumnReading.Value?, to later: ColumnReading.Value) -> Double? {
    guard case .moment(let first) = earlier, case .moment(let second) = later else { return nil }
    return (Double(second.milliseconds) - Double(first.milliseconds)) / 86_400_000
  }

  /// What of a date may tell something that comes again.
  static func parts(
    _ value: ColumnReading.Value
  ) -> (weekday: Double, hour: Double, month: Double)? {
    guard case .moment(let moment) = value else { return nil }
    let hours = Int((Double(moment.milliseconds) / 3_600_000).rounded(.down))
    let days = (Double(hours) / 24).rounded(.down)
    // 1 January 1970 was a Thursday; 0 is Monday.
    let weekday = ((Int(days) + 3) % 7 + 7) % 7
    return (Double(weekday), Double(hours - Int(days) * 24), Double(moment.monthOfYear))
  }
}

extension Timestamp {
  /// The month in UTC, 1–12.
  var monthOfYear: Int {
    Int(iso8601.dropFirst(5).prefix(2)) ?? 1
  }
}

/// What the numbers of a column were like in training.
struct NumberSummary: Sendable, Hashable, Codable {
  var mean: Double
  var median: Double
  /// The 1st to the 99th percentile at every hundredth, rising: 99 numbers.
  var percentiles: [Double]

  /// - Parameter sorted: at least one number, rising.
  init(sorted: [Double]) {
    mean = sorted.reduce(0, +) / Double(sorted.count)
    percentiles = (1...99).map { Quantile.of(sorted, share: Double($0) / 100) }
    median = percentiles[49]
  }

  /// The share of training's numbers below this one, to the hundredth, 0–1.
  func share(below number: Double) -> Double {
    Double(percentiles.count { $0 < number }) / 100
  }
}

/// Quantiles by linear interpolation between the order statistics (Hyndman and Fan's type 7).
enum Quantile {
  /// - Parameters:
  ///   - sorted: at least one number, rising.
  ///   - share: 0–1.
  static func of(_ sorted: [Double], share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    guard low + 1 < sorted.count else { return sorted[sorted.count - 1] }
    return sorted[low] + (sorted[low + 1] - sorted[low]) * (place - Double(low))
  }
}

/// The middle of a column's numbers or dates, the most frequent of its categories.
struct TypicalValue: Sendable, Hashable, Codable {
  private var number: Double?
  private var word: String?
  private var milliseconds: Int64?

  /// - Parameter values: one for each row of training.
  /// - Returns: `nil` where there is no such thing.
  init?(_ values: [ColumnReading.Value], kind: ColumnReading.Kind) {
    switch kind {
    case .number, .flag:
      let sorted = values.compactMap(FeatureColumn.number).sorted()
      guard !sorted.isEmpty else { return nil }
      number = sorted[sorted.count / 2]
    case .date:
      let sorted = values.compactMap { value -> Int64? in
        if case .moment(let moment) = value { moment.milliseconds } else { nil }
      }.sorted()
      guard !sorted.isEmpty else { return nil }
      milliseconds = sorted[sorted.count / 2]
    case .category, .text:
      var counts: [String: Int] = [:]
      for case .word(let word) in values { counts[word, default: 0] += 1 }
      guard kind == .category,
        let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })
      else { return nil }
      word = most.key
    case .presence: return nil
    }
  }

  /// Whether it can stand for a value of this kind: one thing of it, and a date that can be written.
  func isOf(_ kind: ColumnReading.Kind) -> Bool {
    let isDate = milliseconds.map {
      Timestamp(iso8601: Timestamp(milliseconds: $0).iso8601)?.milliseconds == $0
    }
    return switch kind {
    case .number, .flag: number != nil && word == nil && milliseconds == nil
    case .category: number == nil && word != nil && milliseconds == nil
    case .date: number == nil && word == nil && isDate ?? false
    case .text, .presence: false
    }
  }

  var value: ColumnReading.Value {
    if let number { return .number(number) }
    if let word { return .word(word) }
    return milliseconds.map { .moment(Timestamp(milliseconds: $0)) } ?? .missing
  }
}
