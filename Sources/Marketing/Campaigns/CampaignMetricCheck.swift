import JSONRPC

/// Checks what is reported of campaigns.
package enum CampaignMetricCheck {
  /// The most that a count can be.
  package static let largestCount = 1_000_000_000_000
  /// The least that an amount of money above nothing can be.
  package static let smallestAmount = 1e-6
  /// The most that an amount of money can be.
  package static let largestAmount = 1e12

  /// Everything that is wrong with a report.
  /// - Parameters:
  ///   - pointer: where the report stands in the call, for example `/metrics/3`.
  ///   - now: no report is of a day that begins after tomorrow has begun.
  /// - Returns: nothing for a good one.
  package static func problems(
    _ metric: CampaignMetric, at pointer: String, now: Timestamp
  ) -> [FieldError] {
    var found = counts(metric.figures, at: pointer)
    found += money(metric, at: pointer)
    found += texts(metric.key, at: pointer)
    if metric.key.day > CalendarDay(now) + 1 {
      found.append(
        FieldError(
          field: "\(pointer)/day", found: "\(metric.key.day), which is to come",
          expected: "a day up to today"))
    }
    return found
  }

  private static func counts(_ figures: CampaignFigures, at pointer: String) -> [FieldError] {
    let counts = [
      ("impressions", figures.impressions), ("clicks", figures.clicks), ("leads", figures.leads),
      ("conversions", figures.conversions),
    ]
    var found = counts.compactMap { name, count -> FieldError? in
      if (0...largestCount).contains(count) { return nil }
      return FieldError(
        field: "\(pointer)/\(name)", found: "\(count)",
        expected: "a count of 0 to \(largestCount)")
    }
    if figures.clicks > figures.impressions {
      found.append(
        FieldError(
          field: "\(pointer)/clicks",
          found: "\(figures.clicks) clicks of \(figures.impressions) impressions",
          expected: "at most as many clicks as impressions"))
    }
    return found
  }

  private static func money(_ metric: CampaignMetric, at pointer: String) -> [FieldError] {
    let amounts = [("spend", metric.figures.spend), ("revenue", metric.figures.revenue)]
    var found = amounts.compactMap { name, amount -> FieldError? in
      guard let amount, amount != 0, !(smallestAmount...largestAmount).contains(amount) else {
        return nil
      }
      return FieldError(
        field: "\(pointer)/\(name)", found: "\(amount)", expected: "0, or an amount of 1e-6 to 1e12"
      )
    }
    let isMoneyKnown = amounts.contains { $0.1 != nil }
    if isMoneyKnown, metric.currency == nil {
      found.append(
        FieldError(
          field: "\(pointer)/currency", found: "money without a currency",
          expected: "an ISO 4217 code of three capital letters such as USD"))
    }
    if let currency = metric.currency, !Money.isCurrency(currency) {
      found.append(
        FieldError(
          field: "\(pointer)/currency", found: "'\(currency.shortened(to: 20))'",
          expected: "an ISO 4217 code of three capital letters such as USD"))
    }
    return found
  }

  private static func texts(_ key: CampaignMetric.Key, at pointer: String) -> [FieldError] {
    [("channel", key.channel), ("variant", key.variant), ("segment", key.segment)]
      .compactMap { name, text in
        guard let text, !isLabel(text) else { return nil }
        return FieldError(
          field: "\(pointer)/\(name)", found: "'\(text.shortened(to: 40))'",
          expected: "1 to 64 letters, digits, spaces and any of _-=.,:/&+")
      }
  }

  /// Whether a text can name a channel, a variant or a segment: short, printable, without white space around it.
  package static func isLabel(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    guard (1...64).contains(scalars.count), scalars.first != " ", scalars.last != " " else {
      return false
    }
    return scalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || " _-=.,:/&+".unicodeScalars.contains(scalar)
    }
  }
}

extension Money {
  /// Whether a text has the form of an ISO 4217 code: three capital letters.
  package static func isCurrency(_ text: String) -> Bool {
    text.utf8.count == 3 && text.utf8.allSatisfy { (0x41...0x5A).contains($0) }
  }
}
