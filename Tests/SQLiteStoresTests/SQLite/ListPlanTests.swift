import GRDB
import Marketing
import Testing

@testable import SQLiteStores

extension SQLiteSuite {
  /// How SQLite finds what is listed of handoffs, escalations, engagements and their messages.
  @Suite("Plans of lists")
  struct ListPlans {
    struct Case: Sendable {
      let sql: String
      let step: String
      /// Few enough to be sorted.
      var isSorted = true
    }

    private static func handoffs(_ change: (inout HandoffQuery) -> Void) -> String {
      var query = HandoffQuery()
      change(&query)
      return HandoffRow.listSQL(query)
    }

    private static func escalations(_ change: (inout EscalationQuery) -> Void) -> String {
      var query = EscalationQuery()
      change(&query)
      return EscalationRow.listSQL(query)
    }

    private static let lead = LeadID(rawValue: "L1")
    private static let role = AgentRoleID(rawValue: "engagement")
    private static let place = HandoffPlace(time: Timestamp(milliseconds: 0), id: "x")

    static let handoffLists: [Case] = [
      Case(sql: handoffs { _ in }, step: "handoffs_by_time (workspace=?)"),
      Case(sql: handoffs { $0.after = place }, step: "handoffs_by_time (workspace=?)"),
      Case(
        sql: handoffs { $0.leadID = lead }, step: "handoffs_of_lead (lead_id=? AND workspace=?)"),
      Case(
        sql: handoffs { ($0.leadID, $0.after) = (lead, place) },
        step: "handoffs_of_lead (lead_id=? AND workspace=?)"),
      Case(
        sql: handoffs {
          ($0.leadID, $0.receiverRole, $0.states) = (lead, role, [.accepted])
        }, step: "handoffs_of_lead (lead_id=? AND workspace=?)"),
      Case(
        sql: handoffs { ($0.receiverRole, $0.states) = (role, [.offered]) },
        step: "handoffs_to_role (workspace=? AND receiver_role=? AND state=?)"),
      Case(sql: handoffs { $0.receiverRole = role }, step: "handoffs_by_time (workspace=?)"),
    ]

    static let escalationLists: [Case] = [
      Case(sql: escalations { _ in }, step: "escalations_by_time (workspace=?)"),
      Case(
        sql: escalations { ($0.state, $0.owner, $0.after) = (.open, "ann", place) },
        step: "escalations_by_time (workspace=?)"),
      Case(
        sql: escalations { $0.leadID = lead },
        step: "escalations_of_lead (lead_id=? AND workspace=?)", isSorted: false),
      Case(
        sql: escalations { ($0.leadID, $0.state, $0.after) = (lead, .open, place) },
        step: "escalations_of_lead (lead_id=? AND workspace=?)", isSorted: false),
      Case(
        sql: escalations { $0.subject = "h1" },
        step: "escalations_of_subject (subject=? AND workspace=?)", isSorted: false),
    ]

    static let engagementLists: [Case] = [
      Case(
        sql: EngagementRow.openSQL, step: "engagements_open (lead_id=? AND workspace=?)",
        isSorted: false),
      Case(
        sql: EngagementRow.followingSQL, step: "engagements_of_lead (lead_id=? AND workspace=?)"),
      Case(sql: EngagementRow.latestSQL, step: "engagements_of_lead (lead_id=? AND workspace=?)"),
      // All that this index holds is asked for.
      Case(
        sql: EngagementRow.finishedSQL, step: "SCAN engagements USING INDEX engagements_finished"),
      Case(
        sql: DeliveryReportRow.ofEngagementSQL,
        step: "delivery_reports_of_engagement (engagement_id=? AND workspace=?)"),
      Case(
        sql: PerformanceRow.sumsSQL, step: "PRIMARY KEY (workspace=? AND dimension=? AND hour>?)",
        isSorted: false),
      Case(
        sql: OutboxRow.allSQL(.lead(lead)).sql, step: "outbox_of_lead (lead_id=? AND workspace=?)"),
      Case(
        sql: OutboxRow.allSQL(.marketing(lead)).sql,
        step: "outbox_of_lead (lead_id=? AND workspace=?)"),
      Case(
        sql: OutboxRow.allSQL(.engagement(EngagementID(rawValue: "e1"))).sql,
        step: "outbox_of_engagement (engagement_id=? AND workspace=?)"),
    ]

    @Test(arguments: handoffLists + escalationLists + engagementLists)
    func `each list has its index`(_ list: Case) throws {
      let queue = try DatabaseQueue()
      let found = try queue.writeWithoutTransaction { database in
        let connection = SQLConnection(database)
        for migration in Schema.migrations { try connection.executeScript(migration.sql) }
        var select = try connection.prepare("EXPLAIN QUERY PLAN \(list.sql)")
        var found: [String] = []
        while try select.step() {
          select.seek(toColumn: 3)
          found.append(select.text())
        }
        return found.joined(separator: "; ")
      }
      #expect(found.contains(list.step), "\(list.sql): \(found)")
      if list.isSorted { #expect(!found.contains("TEMP B-TREE"), "\(list.sql): \(found)") }
      if !list.step.hasPrefix("SCAN") { #expect(!found.contains("SCAN"), "\(list.sql): \(found)") }
    }
  }
}
