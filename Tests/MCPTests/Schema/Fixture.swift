import Foundation
import JSONRPC

/// Files of `Tests/Fixtures`.
enum Fixture {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

  static func json(_ path: String) throws -> JSONValue {
    try JSONParser().parse(Data(contentsOf: root.appending(path: path)))
  }

  /// The names in a folder that end as given, in order.
  static func names(in folder: String, suffix: String = ".json") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { $0.hasSuffix(suffix) }.sorted()
  }
}
