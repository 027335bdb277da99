import Foundation
import JSONRPC
import Marketing
import ServerApp
import Testing

/// Which files are read as what, and what becomes of them.
@Suite struct FileImportRunnerTests {
  @Test func aTouchedFileSaysNothingNew() async throws {
    try await ImportFolder.with { folder in
      let text = "email,company,converted\nann@acme.test,Acme,yes\n"
      for attempt in 1...3 {
        try folder.write("a.csv", text)
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: Double(attempt) * 1e6)],
          ofItemAtPath: "\(folder.path)/a.csv")
        let report = try await folder.run("a.csv").report
        #expect(report.stored == (attempt == 1 ? .init(added: 1) : .init(unchanged: 1)))
        #expect(
          report.conversions == (attempt == 1 ? .init(added: 1) : .init(unchanged: 1)))
      }
      #expect(try await folder.stores.summary(in: .default).tables.map(\.rows) == [1, 1])
    }
  }

  @Test func storedLeadsCountAsKnownBesideNewOnes() async throws {
    try await ImportFolder.with { folder in
      try folder.write(.leads, [ImportFolder.lead("L1")])
      _ = try await folder.run()
      try folder.write(.leads, [ImportFolder.lead("L2")])
      let lines = [("I1", "L1"), ("I2", "L2"), ("I3", "L3")]
      try folder.write(.interactions, lines.map { ImportFolder.interaction($0.0, of: $0.1) })
      let outcome = try await folder.run()
      #expect(outcome.quarantined.map(\.line) == [4])
      #expect(outcome.quarantined.first?.reason.contains("stored leads") == true)
      #expect(outcome.report.tables.last?.stored.added == 2)
      // Without any leads in the folder it is the same.
      try FileManager.default.removeItem(atPath: "\(folder.path)/leads.csv")
      #expect(try await folder.run().report.stored == ImportCount(unchanged: 2))
    }
  }

  @Test func aLeadThatIsSomebodyElseOwnsNoRows() async throws {
    try await ImportFolder.with { folder in
      try folder.write(.leads, [ImportFolder.lead("L1", email: "ann@acme.test")])
      _ = try await folder.run()
      try folder.write(.leads, [ImportFolder.lead("L1", email: "bob@other.test")])
      try folder.write(.interactions, [ImportFolder.interaction("I1", of: "L1")])
      let outcome = try await folder.run()
      #expect(outcome.quarantined.map(\.column) == [nil, "lead_id"])
      #expect(try folder.lead("L1")?.contact.email == "ann@acme.test")
      #expect(
        try folder.stores.interactions(of: LeadID(rawValue: "L1"), limit: 1, in: .default) == [])
      // With a prefix the file's leads are its own.
      var mapping = ColumnMapping()
      let isSet = mapping.setIDPrefix("new-")
      #expect(isSet)
      #expect(try await folder.run("leads.csv", mapping: mapping).report.stored.added == 1)
      #expect(try folder.lead("new-L1")?.contact.email == "bob@other.test")
    }
  }

  @Test func theCaseOfTableNamesDoesNotCountAndOtherFilesAreNamed() async throws {
    try await ImportFolder.with { folder in
      try folder.write(.leads, as: "Leads.CSV", [ImportFolder.lead("L1")])
      try folder.write(
        .interactions, as: "Interactions.csv", [ImportFolder.interaction("I1", of: "L1")])
      try folder.write("conversions (1).csv", "x\n")
      try folder.write("old/leads.csv", "x\n")
      try folder.write(".hidden", "")
      let report = try await folder.run().report
      #expect(report.tables.map(\.table) == ["leads", "interactions"])
      #expect(report.notRead == ["conversions (1).csv", "old"])
      #expect(ImportSummary(report).lines.contains { $0.contains("conversions (1).csv, old") })
      #expect(try JSONValueEncoder().encode(report)["notRead"]?[1] == "old")
      // Of two files for a table the one with its own name is read.
      try folder.write(.leads, [ImportFolder.lead("L2")])
      #expect(try await folder.run().report.notRead == ["Leads.CSV", "conversions (1).csv", "old"])
      #expect(try folder.lead("L2") != nil)
    }
  }

  static let singles: [(name: String, header: String, kind: String)] = [
    ("leads.csv", "email,name", "leads"), ("Leads.csv", "lead_id,email", "leads"),
    ("segments.csv", "email,name", "leads"),
    ("segments.csv", "segment_id,name,rules_json", "failure"),
    ("segments.csv", "segment_id,name,rules_json,description", "segments"),
    ("interactions.csv", "interaction_id,lead_id,timestamp,channel,event_type,outcome", "failure"),
    ("contacts.csv", "segment_id,email", "leads"),
  ]

  @Test(arguments: singles) func aFileOfAnotherHeaderIsReadAsLeads(
    _ file: (name: String, header: String, kind: String)
  ) async throws {
    try await ImportFolder.with { folder in
      let cells = file.header.split(separator: ",").map { $0 == "email" ? "a@b.test" : "x1" }
      try folder.write(file.name, "\(file.header)\n\(cells.joined(separator: ","))\n")
      let table = try #require(try await folder.run(file.name).report.tables.first)
      #expect((table.failure == nil ? table.table : "failure") == file.kind)
      if file.kind == "leads" { #expect(table.stored.added == 1) }
    }
  }

  @Test func aMappingForAFolderIsRefused() async throws {
    try await ImportFolder.with { folder in
      try folder.write(.leads, [])
      let error = await #expect(throws: ImportError.self) {
        try await folder.run(mapping: ColumnMapping())
      }
      #expect(error?.message.contains("--mapping") == true)
    }
  }

  @Test func filesOfOneNameKeepTheirQuarantines() async throws {
    try await ImportFolder.with { folder in
      let bad = "email,created\na@b.test,soon\n"
      try folder.write("jan/contacts.csv", bad)
      try folder.write("feb/contacts.csv", bad + "c@d.test,later\n")
      for name in ["jan/contacts.csv", "feb/contacts.csv"] { _ = try await folder.run(name) }
      let listing = QuarantineListing(datasets: folder.stores, workspace: .default)
      func rows(_ path: String?) async throws -> [Int] {
        try await listing.files(matching: path).map(\.rows)
      }
      #expect(try await rows(nil) == [2, 1])
      #expect(try await rows("jan/contacts.csv") == [1])
      #expect(try await rows("contacts.csv") == [2, 1])
      #expect(try await rows("\(folder.path)/feb/../jan") == [1])
      #expect(try await rows("acts.csv") == [])
      try folder.write("jan/contacts.csv", "email\na@b.test\n")
      _ = try await folder.run("jan/contacts.csv")
      #expect(try await rows(nil) == [2])
      let file = try #require(try await listing.files(matching: nil).first)
      var lines: [Int] = []
      try await listing.rows(of: file) { lines.append($0.line) }
      #expect(lines == [2, 3])
    }
  }

  @Test func badRowsAreStoredAsTheyAreRead() async throws {
    try await ImportFolder.with { folder in
      let rows = (1...60_000).map { $0 % 10 == 0 ? "\($0),soon" : "\($0),2025-07-15" }
      try folder.write("a.csv", "id,created\n\(rows.joined(separator: "\n"))\n")
      let task = Task {
        _ = try await folder.runner.run("\(folder.path)/a.csv", mapping: nil) { _ in
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      let summary = try await folder.stores.summary(in: .default)
      let leads = summary.tables.first?.rows ?? 0
      #expect((1..<54_000).contains(leads))
      // As many bad rows as stand before the last good one that is stored, at least.
      #expect(summary.quarantined >= leads / 10 && summary.quarantined < 6000)
    }
  }

  @Test func aStrayQuoteInALargeFileCostsItsRow() async throws {
    try await ImportFolder.with { folder in
      let rows = (1...60_000).map { "\($0),p\($0)@example.test,note" }
      try folder.write(
        "a.csv", "id,email,note\n0,\"p0@example.test,x\n\(rows.joined(separator: "\n"))\n")
      let outcome = try await folder.run("a.csv")
      #expect(outcome.report.stored.added == 60_000)
      #expect(outcome.quarantined.map(\.line) == [2])
    }
  }

  @Test func namesOfFilesAreTheirPaths() {
    let names = ["/home/me/x/../a.csv", "/home/me", "/home/mel/a.csv", "/data//b.csv", "~/c.csv"]
    #expect(
      names.map { ImportedFileName($0, home: "/home/me").text }
        == ["~/a.csv", "~", "/home/mel/a.csv", "/data/b.csv", "~/c.csv"])
    #expect(ImportedFileName("/a.csv", home: "/").text == "/a.csv")
  }
}
