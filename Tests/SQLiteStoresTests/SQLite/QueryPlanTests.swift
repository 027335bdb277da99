import GRDB
import Testing

@testable import SQLiteStores

extension SQLiteSuite {
  @Suite("Query plans")
  struct QueryPlans {
    /// Statements, and what SQLite is to look at for them.
    private static let plans: [(sql: String, steps: [String])] = [
      (
        WorkRow.readySQL,
        ["SEARCH work_items USING INDEX work_items_ready (role=? AND workspace=?)"]
      ),
      (WorkRow.silentSQL, ["SEARCH work_items USING INDEX work_items_claimed (lease_until<?)"]),
      (WorkRow.deadSQL, ["SEARCH work_items USING INDEX work_items_dead (workspace=?"]),
      (
        WorkRow.ofLeadSQL,
        ["SEARCH work_items USING INDEX work_items_of_lead (lead_id=? AND workspace=?)"]
      ),
      (
        SQLiteMemoryStore.versionSQL, ["SEARCH m USING INDEX memories_by_id (id=? AND workspace=?)"]
      ),
      (
        EntityRow.searchSQL,
        [
          "SEARCH n USING INDEX graph_names_of_workspace (workspace=? AND key>? AND key<?)",
          "SEARCH s USING INDEX graph_names_of_entity (entity=?)",
        ]
      ),
      (
        EntityRow.searchByIDSQL,
        ["SEARCH e USING INDEX", "SEARCH n USING INDEX graph_names_of_entity (entity=?)"]
      ),
      (
        "DELETE FROM raw_rows WHERE lead_id = ? AND workspace = ?",
        ["SEARCH raw_rows USING INDEX raw_rows_of_lead (lead_id=? AND workspace=?)"]
      ),
      (
        "DELETE FROM lead_identities WHERE lead_row = ?",
        ["lead_identities_of_lead (lead_row=?)"]
      ),
      (
        "SELECT m.row FROM memories AS m WHERE m.lead_id = ? AND m.workspace = ?",
        ["memories_of_lead (lead_id=? AND workspace=?)"]
      ),
      (
        """
        SELECT m.text FROM memories AS m
        WHERE m.conversation_id = ? AND m.workspace = ? AND m.lead_id IS NULL
        """, ["memories_of_conversation (conversation_id=? AND workspace=?)"]
      ),
      (
        """
        SELECT m.text FROM memories AS m
        WHERE m.conversation_id IS NULL AND m.lead_id = ?2 AND m.workspace = ?3
          AND m.form = 'context' AND m.role IS ?4
        """, ["memories_of_lead (lead_id=? AND workspace=? AND form=?)"]
      ),
    ]

    @Test(arguments: plans.indices)
    func `what is asked often is found by an index`(_ index: Int) throws {
      let (sql, steps) = Self.plans[index]
      let queue = try DatabaseQueue()
      let found = try queue.writeWithoutTransaction { database in
        let connection = SQLConnection(database)
        for migration in Schema.migrations { try connection.executeScript(migration.sql) }
        var select = try connection.prepare("EXPLAIN QUERY PLAN \(sql)")
        var found: [String] = []
        while try select.step() {
          select.seek(toColumn: 3)
          found.append(select.text())
        }
        return found
      }
      #expect(!sql.contains("work_items") || !found.contains { $0.contains("TEMP B-TREE") })
      for step in steps { #expect(found.contains { $0.contains(step) }, "\(found)") }
      #expect(!found.contains { $0.hasPrefix("SCAN ") && !$0.contains("json_each") }, "\(found)")
    }
  }
}
