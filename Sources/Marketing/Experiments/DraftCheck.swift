/// Checks the fields of a draft of an experiment one after the other.
struct DraftCheck {
  static let defaultEffect = 0.1
  static let defaultAlpha = 0.05
  static let defaultPower = 0.8
  static let defaultHorizon = 28
  private static let nameLength = 200
  private static let hypothesisLength = 2000
  private static let unitLength = 40
  private static let mostSecondaryMetrics = 8

  let draft: ExperimentDraft
  private(set) var errors: [FieldError] = []
  private(set) var name = ""
  private(set) var hypothesis = ""
  private(set) var unit = "lead"

  init(draft: ExperimentDraft) { self.draft = draft }

  private mutating func refuse(_ field: String, _ found: String, _ expected: String) {
    errors.append(FieldError(field: field, found: found, expected: expected))
  }

  private mutating func check(
    _ number: Double?, at field: String, _ expected: String, _ holds: (Double) -> Bool
  ) {
    guard let number, !(number.isFinite && holds(number)) else { return }
    refuse(field, "\(number)", expected)
  }

  mutating func checkTexts() {
    switch TextRules.line(draft.name ?? "", limit: Self.nameLength) {
    case .success(let text): name = text
    case .failure(let flaw):
      refuse("/name", flaw.found, "one line of at most \(Self.nameLength) characters")
    }
    switch TextRules.lines(draft.hypothesis ?? "", limit: Self.hypothesisLength) {
    case .success(""):
      refuse("/hypothesis", "none", "what is thought to be true and why, in a sentence")
    case .success(let text):
      hypothesis = text
      if name.isEmpty { name = String(TextFolding.collapsingSpaces(text).prefix(Self.nameLength)) }
    case .failure(let flaw):
      refuse("/hypothesis", flaw.found, "a text of at most \(Self.hypothesisLength) characters")
    }
    switch TextRules.line(draft.unit ?? "lead", limit: Self.unitLength) {
    case .success(let text) where !text.isEmpty: unit = text
    case .success: refuse("/unit", "an empty text", "what is assigned, for example lead")
    case .failure(let flaw):
      refuse("/unit", flaw.found, "one line of at most \(Self.unitLength) characters")
    }
    if let group = draft.exclusionGroup,
      Identifier<Experiment>(checking: group) == nil
    {
      refuse("/exclusionGroup", Self.shown(group), Self.aName)
    }
  }

  mutating func checkVariants() {
    if !(2...10).contains(draft.variants.count) {
      refuse("/variants", "\(draft.variants.count) variants", "2 to 10 variants")
    }
    var names: Set<String> = []
    for (index, variant) in draft.variants.enumerated() {
      let place = "/variants/\(index)"
      if Identifier<Experiment>(checking: variant.name) == nil {
        refuse("\(place)/name", Self.shown(variant.name), Self.aName)
      } else if !names.insert(variant.name).inserted {
        refuse("\(place)/name", "'\(variant.name)' once more", "another name for each variant")
      }
      check(variant.weight, at: "\(place)/weight", "a number above 0 and up to a million") {
        $0 > 0 && $0 <= 1e6
      }
    }
    let controls = draft.variants.count { $0.isControl == true }
    if controls != 1 {
      refuse(
        "/variants", "\(controls) variants with isControl",
        "exactly one, the one that is used today")
    }
  }

  mutating func checkMetrics() {
    let secondary = draft.secondaryMetrics ?? []
    if secondary.count > Self.mostSecondaryMetrics {
      refuse(
        "/secondaryMetrics", "\(secondary.count) metrics",
        "at most \(Self.mostSecondaryMetrics)")
    }
    var seen: Set<ExperimentMetric> = [draft.primaryMetric]
    for (index, metric) in secondary.enumerated() where !seen.insert(metric).inserted {
      refuse("/secondaryMetrics/\(index)", "\(metric.rawValue) once more", "each metric once")
    }
    var guarded: Set<ExperimentMetric> = []
    for (index, guardrail) in (draft.guardrails ?? []).enumerated() {
      let place = "/guardrails/\(index)"
      if !guarded.insert(guardrail.metric).inserted {
        refuse("\(place)/metric", "\(guardrail.metric.rawValue) once more", "each metric once")
      }
      let isRate = guardrail.metric.isBinary
      check(
        guardrail.margin, at: "\(place)/margin",
        isRate ? "a difference of rates, 0 and up, below 1" : "an amount of 0 or more"
      ) { $0 >= 0 && (!isRate || $0 < 1) }
      check(guardrail.limit, at: "\(place)/limit", "a rate above 0 and below 1, for a rate") {
        isRate && $0 > 0 && $0 < 1
      }
    }
    checkCurrency(seen.union(guarded))
  }

  private mutating func checkCurrency(_ metrics: Set<ExperimentMetric>) {
    let needsCurrency = !metrics.allSatisfy(\.isBinary)
    if let currency = draft.currency {
      let isCode = currency.utf8.count == 3 && currency.utf8.allSatisfy { (65...90).contains($0) }
      if !isCode {
        refuse("/currency", Self.shown(currency), "a code of ISO 4217, for example USD")
      } else if !needsCurrency {
        refuse("/currency", currency, "none, for no metric is an amount")
      }
    } else if needsCurrency {
      refuse("/currency", "none", "the currency of revenue by ISO 4217, for example USD")
    }
  }

  mutating func checkDesign() {
    let isTest = draft.kind != .bandit
    check(draft.baselineRate, at: "/baselineRate", "a rate above 0 and below 1") {
      $0 > 0 && $0 < 1
    }
    check(draft.baselineMean, at: "/baselineMean", "an amount above 0") { $0 > 0 }
    check(draft.baselineDeviation, at: "/baselineDeviation", "an amount above 0") { $0 > 0 }
    if isTest, draft.primaryMetric.isBinary, draft.baselineRate == nil {
      refuse("/baselineRate", "none", "the control's expected rate, for the sample size")
    }
    if isTest, !draft.primaryMetric.isBinary {
      if draft.baselineMean == nil {
        refuse("/baselineMean", "none", "the control's expected mean, for the sample size")
      }
      if draft.baselineDeviation == nil {
        refuse("/baselineDeviation", "none", "the deviation of amounts, for the sample size")
      }
    }
    check(
      draft.minimumEffect, at: "/minimumEffect", "a relative effect from 0.001 to 10: 0.1 for 10 %"
    ) { (0.001...10).contains($0) }
    checkEffectFits()
    check(draft.alpha, at: "/alpha", "above 0 and up to 0.2") { $0 > 0 && $0 <= 0.2 }
    check(draft.power, at: "/power", "0.5 to 0.99") { (0.5...0.99).contains($0) }
    if let days = draft.horizonDays, !(1...365).contains(days) {
      refuse("/horizonDays", "\(days)", "1 to 365 days")
    }
    check(draft.dailyUnits, at: "/dailyUnits", "a number of units above 0") { $0 > 0 }
  }

  /// A rate of 60 % cannot double.
  private mutating func checkEffectFits() {
    guard draft.kind != .bandit, draft.primaryMetric.isBinary, let rate = draft.baselineRate
    else { return }
    let effect = draft.minimumEffect ?? Self.defaultEffect
    let other = rate * (1 + effect * draft.primaryMetric.direction)
    if (0.0..<1).contains(rate), effect.isFinite, !(other >= 0 && other < 1) {
      refuse(
        "/minimumEffect", "\(effect), that is a rate of \(other.rounded(to: 4))",
        "an effect that leaves the rate between 0 and 1")
    }
  }

  mutating func checkBandit() {
    guard let floor = draft.banditFloor else { return }
    guard draft.kind == .bandit else {
      refuse("/banditFloor", "\(floor) in a test", "none, or kind bandit")
      return
    }
    let count = Double(max(1, draft.variants.count))
    check(floor, at: "/banditFloor", "0 or more, and below 1 ÷ \(draft.variants.count) variants") {
      $0 >= 0 && $0 * count < 1
    }
  }

  private static let aName = "1 to 64 of letters, digits, '_' and '-'"

  /// A text for a message: short, and without anything that a terminal obeys.
  private static func shown(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 }
    let count = text.unicodeScalars.count
    return isPlain && count <= 40 ? "'\(text)'" : "a text of \(count) characters"
  }
}
