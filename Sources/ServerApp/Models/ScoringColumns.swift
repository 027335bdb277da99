import JSONRPC
import LeadModels
import Marketing

/// Which of a file's columns are those that a model reads.
struct ScoringColumns: Sendable {
  /// For each of the model's columns its place in the file; `nil` where the file lacks it.
  let places: [Int?]
  /// The model's columns that the file lacks.
  let missing: [String]

  /// The most missing columns that are named one by one.
  private static let mostNamed = 12

  /// Finds a model's columns by their names: as they are written, else by those that differ in case and
  /// white space only.
  init(of columns: [FeatureColumn], in header: [String]) {
    var byName: [String: Int] = [:]
    for (place, name) in header.enumerated() { byName[name] = place }
    let taken = Set(columns.compactMap { byName[$0.name] })
    var byFold: [String: [Int]] = [:]
    for (place, name) in header.enumerated() where !taken.contains(place) {
      byFold[TextFolding.folded(name), default: []].append(place)
    }
    places = columns.map { column in
      if let place = byName[column.name] { return place }
      let near = byFold[TextFolding.folded(column.name)] ?? []
      return near.count == 1 ? near[0] : nil
    }
    missing = zip(columns, places).filter { $1 == nil }.map(\.0.name)
  }

  /// Refuses a file that lacks columns.
  /// - Parameter allowsMissing: whether some may be missing; a file without any of them is never accepted.
  func check(
    model: String, path: String, header: [String], allowsMissing: Bool
  ) throws(ModelCommandError) {
    guard !missing.isEmpty, !allowsMissing || missing.count == places.count else { return }
    let free = header.indices.filter { !places.contains($0) }.map { header[$0] }
    let named = missing.prefix(Self.mostNamed).map { name in
      let near = NearestName.all(of: name, among: free).map { "'\($0.shortened(to: 40))'" }
      let hint = near.isEmpty ? "" : " (did you mean \(near.joined(separator: " or "))?)"
      return "'\(name.shortened(to: 60))'\(hint)"
    }
    let more = missing.count > named.count ? " and \(missing.count - named.count) more" : ""
    let advice =
      missing.count == places.count
      ? "it has none of them: train a model on such a file"
      : "with --allow-missing-columns they count as missing values, which costs confidence"
    throw ModelCommandError(
      "\(path): the model \(model) was trained on other columns; the file lacks "
        + "\(named.joined(separator: ", "))\(more); \(advice)")
  }
}
