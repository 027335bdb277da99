import Foundation
import JSONRPC
import Marketing

/// The scorecard that the project ships.
enum ScorecardFile {
  /// The file as a tree.
  static func json() throws -> JSONValue {
    let root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appending(path: "resources/models/scorecard.json")
    return try JSONParser().parse(Array(Data(contentsOf: file)))
  }

  /// The model in it, read once.
  static func model() throws -> Scorecard { try loaded.get() }

  private static let loaded = Result { try Scorecard(json: json()) }
}

extension JSONValue {
  /// The tree with another value at the place that the keys lead to; `nil` removes the member. Keys
  /// that are whole numbers lead into arrays.
  func replacing(at path: [String], with value: JSONValue?) -> JSONValue {
    guard let key = path.first else { return value ?? .null }
    let rest = Array(path.dropFirst())
    if case .array(var elements) = self, let index = Int(key) {
      elements[index] = elements[index].replacing(at: rest, with: value)
      return .array(elements)
    }
    var object = objectValue ?? [:]
    if rest.isEmpty {
      object[key] = value
    } else {
      object[key] = (object[key] ?? [:]).replacing(at: rest, with: value)
    }
    return .object(object)
  }
}
