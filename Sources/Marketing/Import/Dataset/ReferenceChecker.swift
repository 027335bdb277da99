/// References from one column of a table that lead nowhere.
package struct DanglingReference: Sendable, Hashable, Codable {
  /// The column that refers.
  package let column: String
  /// The table that has no such row.
  package let refersTo: String
  /// How many rows do so.
  package private(set) var count: Int
  /// The lines of the first of them, at most five.
  package private(set) var lines: [Int]

  init(column: String, refersTo: DatasetTable) {
    self.column = column
    self.refersTo = refersTo.name
    self.count = 0
    self.lines = []
  }

  mutating func add(line: Int) {
    count += 1
    if lines.count < 5 { lines.append(line) }
  }
}

/// Knows the keys of the rows that were imported, in 8 bytes and a set's slack for each, so that later
/// rows' references to them can be checked. Two of n keys look the same with a chance of about
/// n² ÷ 2^65, three in a million for ten million keys.
package struct ReferenceChecker: Sendable {
  /// What became of a reference.
  package enum Finding: Sendable, Hashable {
    case found, dangling
    /// The lead's own row was refused: what is stored under its name is somebody else.
    case disowned
    /// The table it refers to has not been read, nor its keys been registered.
    case unknownTable
  }

  private var keys: [DatasetTable: Set<UInt64>] = [:]
  private var disowned: Set<UInt64> = []
  /// What has been asked for, found or not, so that it is asked for once.
  private var asked: [DatasetTable: Set<UInt64>] = [:]

  /// A checker that knows no keys.
  package init() {}

  /// Adds keys of rows that are stored already, for an import of some of the tables only.
  package mutating func register(_ keys: some Sequence<String>, of table: DatasetTable) {
    for key in keys { self.keys[table, default: []].insert(Self.folded(Array(key.utf8)[...])) }
  }

  /// Looks a reference up.
  package func check(_ key: ArraySlice<UInt8>, in table: DatasetTable) -> Finding {
    guard let known = keys[table] else { return .unknownTable }
    let folded = Self.folded(key)
    if table == .leads, !disowned.isEmpty, disowned.contains(folded) { return .disowned }
    return known.contains(folded) ? .found : .dangling
  }

  /// Whether a key is known neither as found nor as missing and should be looked up: of leads always, of
  /// other tables when the import reads them too.
  func isOpen(_ key: ArraySlice<UInt8>, in table: DatasetTable) -> Bool {
    let known = keys[table]
    guard !key.isEmpty, table == .leads || known != nil else { return false }
    let folded = Self.folded(key)
    return known?.contains(folded) != true && asked[table]?.contains(folded) != true
  }

  /// Takes the answer to a look-up.
  mutating func answer(_ wanted: Set<String>, stored: Set<String>, of table: DatasetTable) {
    let folded = { (key: String) in Self.folded(Array(key.utf8)[...]) }
    asked[table, default: []].formUnion(wanted.map(folded))
    keys[table, default: []].formUnion(stored.map(folded))
  }

  /// Says that the stored leads of these names are not those of this import.
  mutating func disown(_ leads: Set<LeadID>) {
    for lead in leads { disowned.insert(Self.folded(Array(lead.rawValue.utf8)[...])) }
  }

  /// Says that a table is being read, so that from now on references to it can dangle.
  mutating func begin(_ table: DatasetTable) {
    keys[table] = keys[table] ?? []
  }

  mutating func insert(_ keys: Set<UInt64>, of table: DatasetTable) {
    // Most often there is nothing yet, and the set is taken over without being built again.
    if self.keys[table]?.isEmpty ?? true {
      self.keys[table] = keys
    } else {
      self.keys[table]?.formUnion(keys)
    }
  }

  static func folded(_ key: ArraySlice<UInt8>) -> UInt64 {
    var fingerprint = Fingerprint()
    fingerprint.add(field: key)
    return fingerprint.folded
  }
}
