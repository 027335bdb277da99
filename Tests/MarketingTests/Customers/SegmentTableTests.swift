import Foundation
import JSONRPC
import Marketing
import Testing

@Suite struct SegmentTableTests {
  static func json() throws -> JSONValue {
    let root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try JSONParser().parse(
      Array(Data(contentsOf: root.appending(path: "resources/segments/rfm.json"))))
  }

  static func table() throws -> SegmentTable { try SegmentTable(json: json()) }

  @Test func everyCombinationIsCoveredExactlyOnce() throws {
    let segments = try #require(try Self.json()["segments"]?.arrayValue)
    let cells = segments.flatMap { $0["cells"]?.arrayValue ?? [] }
    #expect(cells.count == 25 && Set(cells).count == 25)
    let table = try Self.table()
    #expect(table.version == "rfm-1")
    var seen: Set<String> = []
    for recency in 1...5 {
      for frequency in 1...5 {
        let scores = RFM(recency: recency, frequency: frequency, monetary: 3)
        let segment = table.segment(of: scores)
        let own = segments.first { $0["name"] == .string(segment.name) }
        #expect(
          own?["cells"]?.arrayValue?.contains([
            .integer(Int64(recency)), .integer(Int64(frequency)),
          ]) == true)
        seen.insert(segment.name)
      }
    }
    #expect(seen == Set(table.segments.map(\.name)))
  }

  @Test(arguments: [
    (5, 5, "champions"), (4, 5, "loyal"), (5, 1, "new"), (4, 1, "promising"), (1, 5, "cannot_lose"),
    (1, 1, "lost"), (2, 2, "hibernating"), (2, 4, "at_risk"), (3, 3, "need_attention"),
    (3, 1, "about_to_sleep"), (5, 3, "potential_loyalists"),
  ])
  func theUsualNamesMeanTheUsual(_ recency: Int, _ frequency: Int, _ name: String) throws {
    let scores = RFM(recency: recency, frequency: frequency, monetary: 1)
    #expect(try Self.table().segment(of: scores).name == name)
  }

  @Test(
    arguments: [
      (["version"], nil, "/version", "found nothing, expected a value, it is required"),
      (["sections"], 1, "/sections", "found an unknown key, expected one of version, about,"),
      (["segments", "0", "name"], "Champions", "/segments/0/name", "found 'Champions', expected"),
      (
        ["segments", "0", "name"], "loyal", "/segments",
        "found two segments 'loyal', expected each name once"
      ),
      (["segments", "0", "cells"], [], "/segments/0/cells", "found none, expected at least one"),
      (
        ["segments", "0", "cells"], [[5, 4]], "/segments",
        "found no segment for [5, 5], expected all 25 combinations"
      ),
      (
        ["segments", "0", "cells"], [[5, 4], [5, 5], [3, 3]], "/segments",
        "found [3, 3] in 'champions' and 'need_attention', expected each combination in one"
      ),
      (
        ["segments", "0", "cells"], [[5, 6]], "/segments/0/cells/0",
        "found [5, 6], expected recency and frequency, each from 1 to 5"
      ),
      (["segments", "0", "cells"], [[5]], "/segments/0/cells/0", "found [5], expected"),
      (["segments"], "all", "/segments", "found string, expected an array"),
      ([], [1], "", "found array, expected an object"),
    ] as [([String], JSONValue?, String, String)])
  func aBrokenTableIsRefused(
    path: [String], value: JSONValue?, field: String, message: String
  ) throws {
    let broken = try Self.json().replacing(at: path, with: value)
    let error = #expect(throws: InvalidSegmentTable.self) { try SegmentTable(json: broken) }
    #expect(error?.field == field)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
    #expect(error?.description.contains("model") == false)
  }
}
