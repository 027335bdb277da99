import Marketing

/// The documents before and after one in its thread. Kept apart from the rest, for a search walks them often.
struct RecallLinks: Sendable {
  var previous = RecallDocument.none
  var next = RecallDocument.none
}

/// What a search asks of every document that it meets, in eight bytes: most of a search's time is spent waiting
/// for memory.
struct RecallGlance: Sendable {
  /// What is true of a document.
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    /// It has not been deleted.
    static let isThere = Flags(rawValue: 1)
    /// Somebody said it in a conversation.
    static let isUtterance = Flags(rawValue: 2)
    /// Its thread is a conversation, not what is known of a lead.
    static let isInConversation = Flags(rawValue: 4)
    /// Everybody may see it at any moment since it was recorded, without an end.
    static let isLasting = Flags(rawValue: 8)
  }

  /// Its thread; 0 for none.
  var thread: UInt32 = 0
  /// How many stems it has, each as often as it is there.
  var length: UInt16
  var flags: Flags

  init(_ memory: AnalyzedMemory) {
    length = UInt16(clamping: memory.text.stems.count)
    flags = .isThere
    if case .utterance = memory.record.content { flags.insert(.isUtterance) }
  }
}

/// What an index knows of one version of a record beside its words.
struct RecallDocument: Sendable {
  /// No document, as a neighbour.
  static let none = UInt32.max

  /// The store's number for this version.
  var version: Int64
  /// The greatest version up to this document; ascending, so that versions are found by halving.
  var searchKey: Int64
  var validFrom: Int64
  var validTo: Int64
  var recordedAt: Int64
  var retractedAt: Int64
  var expiresAt: Int64
  /// Where its stems start.
  var start: UInt32
  var speaker: UInt32 = 0
  var lead: UInt32 = 0
  var role: UInt32 = 0
  /// Bytes of its text.
  var bytes: UInt32
  var uses: UInt16
  /// How many different stems it has.
  var stems: UInt16
  var traits: UInt8
  /// How much it matters, 0 to 255.
  var importance: UInt8
  /// Words within sentences that start with a capital and are nobody's name here, at most 3.
  var capitals: UInt8
  var kind: UInt8
  var trust: UInt8

  init(version: Int64, searchKey: Int64, memory: AnalyzedMemory, start: Int, stems: Int) {
    let record = memory.record
    self.version = version
    self.searchKey = searchKey
    validFrom = record.validFrom.milliseconds
    (validTo, recordedAt, retractedAt, expiresAt) = (.max, 0, .max, .max)
    (importance, uses, kind, trust) = (0, 0, 0, 0)
    self.start = UInt32(start)
    bytes = UInt32(clamping: record.text.utf8.count)
    self.stems = UInt16(stems)
    traits = UInt8(memory.text.traits.rawValue & 0xFF)
    capitals = 0
    update(record)
  }

  /// Takes over what can change of a version while its words stay.
  mutating func update(_ record: MemoryRecord) {
    validTo = record.validTo?.milliseconds ?? .max
    recordedAt = record.recordedAt.milliseconds
    retractedAt = record.retractedAt?.milliseconds ?? .max
    expiresAt = record.expiresAt?.milliseconds ?? .max
    importance = UInt8(min(1, max(0, record.importance)) * 255 + 0.5)
    uses = UInt16(clamping: record.uses)
    kind = Self.number(of: record.kind)
    trust = Self.number(of: record.trust)
  }

  /// Whether everybody may see it at any moment since it was recorded.
  var isLasting: Bool {
    role == 0 && validFrom <= recordedAt && validTo == .max && retractedAt == .max
      && expiresAt == .max
  }

  /// The traits of its text.
  func has(_ trait: TextTraits) -> Bool { traits & UInt8(trait.rawValue & 0xFF) != 0 }

  static func number(of kind: MemoryKind) -> UInt8 {
    switch kind {
    case .shortTerm: 1
    case .longTerm: 2
    case .episodic: 4
    case .semantic: 8
    }
  }

  private static func number(of trust: TrustLevel) -> UInt8 {
    switch trust {
    case .untrusted: 0
    case .agent: 1
    case .verified: 2
    }
  }
}
