import JSONRPC
import MCP
import Marketing

/// What `enrich_lead` and `segment_customers` have in common: from stored purchases to customers with
/// scores and prospects.
struct CustomerReading: Sendable {
  let environment: ToolEnvironment
  var kind = PurchaseKind.purchases
  /// How to score; `nil` for what suits the customers.
  var method: RFM.Method?
  var horizonDays = 90
  /// Whether it is told of every customer what it will buy.
  var looksAhead = true

  /// All customers; what takes time is done elsewhere than on the session's thread.
  func analysis(
    _ context: RequestContext, now: Timestamp
  ) async throws(CallInterruption) -> CustomerAnalysis {
    let workspace = context.workspace
    context.progress?.report(0, of: 100, message: "reading purchases")
    let customers = try await storing(context) { () async throws(StoreError) in
      try await environment.customers.customers(counting: kind, until: now, in: workspace)
    }
    let progress = context.progress
    return try await computing {
      let known = customers.map { ($0, PurchaseSummary(of: $0.purchases)) }
      let fit = try environment.customerModels.fit(
        known.map(\.1), in: .init(workspace: workspace, kind: kind), now: now,
        settings: environment.customerSettings
      ) { share in
        try Task.checkCancellation()
        progress?.report(10 + 80 * share, of: 100, message: "fitting a model of purchases")
      }
      let analysis = try CustomerAnalysis(
        known, fit: fit, method: method ?? .suiting(known.map(\.1)),
        horizonDays: Double(horizonDays),
        table: environment.segments, settings: environment.customerSettings, now: now,
        looksAhead: looksAhead
      ) { try Task.checkCancellation() }
      progress?.report(100, of: 100)
      return analysis
    }
  }

  /// What a reader should know of how customers were scored and why nothing is expected of them.
  func notes(on analysis: CustomerAnalysis) -> [String] {
    var notes: [String] = []
    let summaries = analysis.entries.map(\.purchases)
    if RFM.Method.suiting(summaries) == .fixed {
      let once = summaries.count { $0.days == 1 }
      let found = "\(once) of \(summaries.count) customers bought on one day only, "
      switch (method, analysis.method) {
      case (_, .quintiles):
        notes.append(
          found
            + "to whom quintiles give unequal frequency scores: method fixed treats equals alike.")
      case (nil, .fixed):
        notes.append(found + "whom quintiles could not tell apart: fixed cuts were used.")
      case (.some, .fixed): break
      }
    }
    if case .failure(let refusal) = analysis.fit { notes.append("\(refusal)") }
    return notes
  }
}

/// Remembers fitted models. A model stays good for the day on which it was fitted, as long as nobody buys:
/// what a day more of silence says is next to nothing, and each customer's own silence counts to the
/// moment in any case.
final class CustomerModels: Sendable {
  /// Whose purchases, and which.
  struct Key: Sendable, Hashable {
    let workspace: WorkspaceID
    let kind: PurchaseKind
  }

  private struct Entry: Sendable {
    let purchases: Int
    let day: Int64
    let fit: Result<BGNBD.Fit, BGNBD.Refusal>
  }

  private static let limit = 256

  private let entries = Locked([Key: Entry]())

  func fit(
    _ customers: [PurchaseSummary], in key: Key, now: Timestamp, settings: CustomerSettings,
    progress: (Double) throws -> Void
  ) throws -> Result<BGNBD.Fit, BGNBD.Refusal> {
    let purchases = customers.hashValue
    let day = now.milliseconds / 86_400_000
    if let known = entries.withLock({ $0[key] }), known.purchases == purchases, known.day == day {
      return known.fit
    }
    let fit = try BGNBD.fit(
      customers.map { $0.observation(at: now) },
      needed: (settings.minimumCustomers, settings.minimumRepeatCustomers), progress: progress)
    entries.withLock { entries in
      if entries.count >= Self.limit { entries = [:] }
      entries[key] = Entry(purchases: purchases, day: day, fit: fit)
    }
    return fit
  }
}

extension Money {
  /// The amount to a hundredth.
  var rounded: Money { Money(amount: amount.rounded(to: 2), currency: currency) }
}
