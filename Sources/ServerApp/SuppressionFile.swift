import Marketing

/// A list of those who are not contacted, as a table.
struct SuppressionFile {
  /// The columns of a list that is exported.
  static let columns = ["hash", "channel", "reason", "by", "since"]
  private static let addressColumns = [
    "address", "email", "e-mail", "email address", "e-mail address", "mail", "phone",
    "phone number", "telephone", "mobile",
  ]
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
    let header = rows.header.map { TextFolding.collapsingSpaces($0).lowercased() }
    if header.count == 1, !(Self.addressColumns + Self.columns).contains(header[0]) {
      // A bare list of addresses has none. What its first line is worth is said like of any other.
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
    line: Int, _ texts: [String], to batch: inout [(line: Int, entry: SuppressionEntry)],
    _ report: inout SuppressionImport
  ) {
    let fields = texts.map(TextFolding.collapsingSpaces)
    // Spreadsheets leave rows of empty cells behind.
    guard fields.contains(where: { !$0.isEmpty }) else { return }
    var suppression = otherwise
    if let flaw = read(fields, into: &suppression) { return report.refuse(line: line, flaw) }
    if let hash = field("hash", of: fields) {
      batch.append((line, SuppressionEntry(.hash(hash), suppression)))
      return
    }
    let given = addresses.filter { !fields[$0].isEmpty }
    if given.isEmpty {
      report.refuse(line: line, "found no address, expected \(Self.anAddress)")
    }
    // One that cannot be read is no reason to write to the other.
    for place in given {
      switch ContactAddress.parse(fields[place], keepsPlusTags: keepsPlusTags) {
      case .success(let address):
        batch.append((line, SuppressionEntry(.address(address), suppression)))
      case .failure(let flaw):
        report.refuse(
          line: line, "\(name(of: place)): found \(flaw.found), expected \(Self.anAddress)")
      }
    }
  }

  private static let anAddress = "an e-mail address or a telephone number"

  private func field(_ name: String, of fields: [String]) -> String? {
    places[name].map { fields[$0] }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private func name(of place: Int) -> String {
    places.first { $0.value == place }?.key ?? "address"
  }

  /// Reads what a row says beside the address.
  /// - Returns: what cannot be read; `nil` when all can.
  private func read(_ fields: [String], into suppression: inout Suppression) -> String? {
    if let text = field("channel", of: fields) {
      guard let scope = SuppressionScope(rawValue: text.lowercased()) else {
        return Self.flaw(
          "channel", text, "one of " + SuppressionScope.names.joined(separator: ", "))
      }
      suppression.channel = scope.channel
    }
    if let text = field("reason", of: fields) {
      guard let reason = Suppression.Reason(rawValue: text.lowercased()) else {
        let names = Suppression.Reason.allCases.map(\.rawValue).joined(separator: ", ")
        return Self.flaw("reason", text, "one of \(names)")
      }
      suppression.reason = reason
    }
    if let text = field("since", of: fields) {
      guard let since = Timestamp(iso8601: text) else {
        return Self.flaw("since", text, "a time such as 2025-07-15T11:13:15Z or a day")
      }
      suppression.since = since
    }
    if let by = field("by", of: fields) { suppression.actor = String(by.prefix(100)) }
    return nil
  }

  /// Only a word is told: what else stands in a column may be somebody's address that slipped into it.
  private static func flaw(_ column: String, _ text: String, _ expected: String) -> String {
    let isWord =
      text.count <= 20 && text.allSatisfy { $0.isASCII && $0.isLetter || "_-".contains($0) }
    let found = isWord ? "'\(text)'" : "a text of \(text.count) characters"
    return "\(column): found \(found), expected \(expected)"
  }
}
