import Marketing

/// A list of those who are not contacted, as a table.
struct SuppressionFile {
  /// The columns of a list that is exported.
  static let columns = ["hash", "channel", "reason", "by", "since"]
  private static let addressColumns = ["address", "email", "e-mail", "phone"]
  private static let largest = 1 << 28

  private var rows: CSVRows
  private let places: [String: Int]
  private let addresses: [Int]
  private let keepsPlusTags: Bool
  private let otherwise: Suppression
  /// The first row of a list without a header.
  private var pending: (line: Int, fields: [String])?

  /// Opens a list.
  /// - Parameter otherwise: what holds where the file does not say.
  init(_ path: String, keepsPlusTags: Bool, otherwise: Suppression) throws {
    rows = try CSVRows(
      try FileChunks.contents(of: path, limit: Self.largest), path: path,
      delimiter: nil)
    let header = rows.header.map { $0.lowercased() }
    if rows.header.count == 1, ContactAddress(rows.header[0], keepsPlusTags: true) != nil {
      // A bare list of addresses has none.
      pending = (1, rows.header)
      places = [:]
      addresses = [0]
    } else {
      let found = Dictionary(
        header.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      places = found
      addresses = Self.addressColumns.compactMap { found[$0] }
    }
    self.keepsPlusTags = keepsPlusTags
    self.otherwise = otherwise
    guard !addresses.isEmpty || places["hash"] != nil else {
      throw FileError(
        path,
        "has no column of \(Self.addressColumns.joined(separator: ", ")) or hash, expected one")
    }
  }

  /// The fields of an entry as they are exported.
  static func fields(of entry: SuppressedHash) -> [String] {
    let suppression = entry.suppression
    return [
      entry.hash, SuppressionScope(channel: suppression.channel).rawValue,
      suppression.reason.rawValue, suppression.actor, suppression.since.iso8601,
    ]
  }

  /// The next entries with their lines; `nil` at the end.
  mutating func next(
    _ count: Int, _ report: inout SuppressionImport
  ) throws -> [(line: Int, entry: SuppressionEntry)]? {
    var batch: [(line: Int, entry: SuppressionEntry)] = []
    var isAtEnd = true
    if let pending {
      add(line: pending.line, pending.fields, to: &batch, &report)
      self.pending = nil
    }
    while let element = try rows.next() {
      switch element {
      case .header: continue
      case .problem(let problem): report.refuse(line: problem.line, problem.message)
      case .row(let row): add(line: row.line, row.texts, to: &batch, &report)
      }
      if batch.count >= count {
        isAtEnd = false
        break
      }
    }
    return batch.isEmpty && isAtEnd ? nil : batch
  }

  private func add(
    line: Int, _ fields: [String], to batch: inout [(line: Int, entry: SuppressionEntry)],
    _ report: inout SuppressionImport
  ) {
    func field(_ name: String) -> String? {
      places[name].map { fields[$0] }.flatMap { $0.isEmpty ? nil : $0 }
    }
    var suppression = otherwise
    if let text = field("channel") {
      guard let scope = SuppressionScope(rawValue: text) else {
        return report.refuse(
          line: line,
          "channel: expected one of \(SuppressionScope.names.joined(separator: ", "))")
      }
      suppression.channel = scope.channel
    }
    if let text = field("reason") {
      guard let reason = Suppression.Reason(rawValue: text) else {
        let names = Suppression.Reason.allCases.map(\.rawValue).joined(separator: ", ")
        return report.refuse(line: line, "reason: expected one of \(names)")
      }
      suppression.reason = reason
    }
    if let text = field("since") {
      guard let since = Timestamp(iso8601: text) else {
        return report.refuse(line: line, "since: expected a time such as 2025-07-15T11:13:15Z")
      }
      suppression.since = since
    }
    if let by = field("by") { suppression.actor = String(by.prefix(100)) }
    if let hash = field("hash") {
      batch.append((line, SuppressionEntry(.hash(hash), suppression)))
      return
    }
    let given = addresses.map { fields[$0] }.filter { !$0.isEmpty }
    let known = given.compactMap { ContactAddress($0, keepsPlusTags: keepsPlusTags) }
    guard !given.isEmpty, known.count == given.count else {
      return report.refuse(line: line, "expected an e-mail address or a telephone number")
    }
    batch += known.map { (line, SuppressionEntry(.address($0), suppression)) }
  }
}
