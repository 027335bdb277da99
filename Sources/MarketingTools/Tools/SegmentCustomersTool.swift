import JSONRPC
package import MCP
import Marketing

/// Puts customers into segments by how lately and how often they bought, and says what to expect of them.
package struct SegmentCustomersTool: Tool {
  /// How to score, how far to look ahead, and which customers to list.
  package struct Arguments: Decodable, Sendable {
    var method: RFM.Method?
    var basis: PurchaseKind?
    var horizonDays: Int?
    var segment: String?
    var limit: Int?
    var cursor: String?
  }

  /// The segments, and a page of customers.
  package struct Output: Encodable, Sendable {
    let method: RFM.Method
    let basis: PurchaseKind
    let horizonDays: Int
    let totalCustomers: Int
    let segments: [Segment]
    let model: Model?
    let customers: [Entry]
    var nextCursor: String?
    let notes: [String]

    struct Segment: Encodable, Sendable {
      let segment: String
      let about: String
      let action: String
      let customers: Int
      let share: Double
      let revenue: [String: Double]
      let meanRecencyDays: Double?
      let expectedValue: [String: Double]?
    }

    struct Model: Encodable, Sendable {
      let r: Double
      let alpha: Double
      let a: Double
      let b: Double
      let logLikelihood: Double
      let repeatCustomers: Int
    }

    struct Entry: Encodable, Sendable {
      let leadID: LeadID
      let company: String?
      let segment: String
      let scores: RFM
      let recencyDays: Double
      let purchases: Int
      let revenue: [String: Double]
      let probabilityAlive: Double?
      let expectedPurchases: Double?
      let expectedValue: [String: Double]?
    }
  }

  private struct Place: Codable, Sendable {
    let scores: Int
    let id: LeadID
  }

  private static let defaultHorizon = 90
  private static let defaultLimit = 20

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("segment_customers")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let names = environment.segments.segments.map(\.name)
    if let segment = arguments.segment, !names.contains(segment) {
      throw .invalid(
        "Invalid arguments for segment_customers",
        [
          FieldError(
            field: "/segment", found: "'\(segment.shortened(to: 64))'",
            expected: "one of \(names.joined(separator: ", "))")
        ])
    }
    var reading = CustomerReading(environment: environment)
    reading.method = arguments.method
    reading.kind = arguments.basis ?? .purchases
    reading.horizonDays = arguments.horizonDays ?? Self.defaultHorizon
    let scope = JSONWriter.text(
      of: [
        "segment_customers", .string(reading.method?.rawValue ?? ""),
        .string(reading.kind.rawValue),
        .string(arguments.segment ?? ""),
      ])
    let after: Place? = try arguments.cursor.map { cursor throws(CallInterruption) in
      try context.place(of: cursor, in: scope, paging: "list of customers")
    }
    let now = environment.now()
    let analysis = try await reading.analysis(context, now: now)
    let table = environment.segments
    let limit = arguments.limit ?? Self.defaultLimit
    let page = try await computing { [reading] in
      Self.page(
        of: analysis, segment: arguments.segment, after: after, limit: limit, reading, now: now,
        totals: SegmentTotals.all(of: analysis, table: table, now: now))
    }
    var output = page.output
    output.nextCursor = try context.cursor(at: page.next, in: scope)
    return output
  }

  private static func page(
    of analysis: CustomerAnalysis, segment: String?, after: Place?, limit: Int,
    _ reading: CustomerReading, now: Timestamp, totals: [SegmentTotals]
  ) -> (output: Output, next: Place?) {
    var rest = analysis.entries[...]
    if let segment { rest = rest.filter { $0.segment.name == segment }[...] }
    if let after {
      rest = rest.drop { ($0.scores.sum, after.id) >= (after.scores, $0.id) }
    }
    let listed = rest.prefix(limit).map { entry($0, now: now) }
    let last = rest.prefix(limit).last
    let next =
      listed.count < rest.count ? last.map { Place(scores: $0.scores.sum, id: $0.id) } : nil
    let count = analysis.entries.count
    let fit = try? analysis.fit.get()
    let segments = totals.map { total in
      Output.Segment(
        segment: total.segment.name, about: total.segment.about, action: total.segment.action,
        customers: total.customers,
        share: count == 0 ? 0 : (Double(total.customers) / Double(count)).rounded(to: 4),
        revenue: total.revenue.mapValues { $0.rounded(to: 2) },
        meanRecencyDays: total.meanRecencyDays?.rounded(to: 1),
        expectedValue: fit.map { _ in total.expectedValue.mapValues { $0.rounded(to: 2) } })
    }
    let model = fit.map {
      Output.Model(
        r: $0.model.r, alpha: $0.model.alpha, a: $0.model.a, b: $0.model.b,
        logLikelihood: $0.logLikelihood, repeatCustomers: $0.repeatCustomers)
    }
    let output = Output(
      method: analysis.method, basis: reading.kind, horizonDays: reading.horizonDays,
      totalCustomers: count, segments: segments, model: model, customers: listed,
      notes: notes(on: analysis, reading))
    return (output, next)
  }

  private static func entry(
    _ entry: CustomerAnalysis.Entry, now: Timestamp
  ) -> Output.Entry {
    Output.Entry(
      leadID: entry.id, company: entry.customer.company, segment: entry.segment.name,
      scores: entry.scores, recencyDays: (now - entry.purchases.lastAt).days.rounded(to: 1),
      purchases: entry.purchases.days,
      revenue: entry.purchases.revenue.mapValues { $0.amount.rounded(to: 2) },
      probabilityAlive: entry.outlook?.probabilityAlive.rounded(to: 4),
      expectedPurchases: entry.outlook?.purchases.rounded(to: 4),
      expectedValue: entry.outlook.map { outlook in
        Dictionary(
          outlook.value.map { ($0.currency, $0.amount.rounded(to: 2)) },
          uniquingKeysWith: { first, _ in first })
      })
  }

  private static func notes(on analysis: CustomerAnalysis, _ reading: CustomerReading) -> [String] {
    var notes: [String] = []
    if analysis.entries.isEmpty {
      notes.append(
        reading.kind == .purchases
          ? "Nobody has bought anything yet: a purchase is a conversion of the type purchase, or "
            + "of none, with a value above 0. Basis conversions counts those of every type."
          : "No conversion has a value above 0 yet.")
    }
    return notes + reading.notes(on: analysis)
  }
}
