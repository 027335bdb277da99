/// What consolidation needs to know of a record, without its text: of a lead with many records all are in
/// memory together.
struct ConsolidationCandidate: Sendable {
  /// What records must have in common to be the same thing told again. Facts are not among them: they
  /// follow each other by their keys.
  struct Likeness: Hashable, Sendable {
    var kind: MemoryKind
    var role: AgentRoleID?
    var speaker: String?
    /// Of what was said or done, what it is one event by.
    var event: Occurrence?
    /// Where a record was told: another conversation may be another lead's.
    var conversationID: ConversationID?
    /// What is given up must not be missed: the other one is there and holds for just as long.
    var lifetime: Lifetime
    var episode: Episode?
    /// How often it says no: `likes calls` is not `does not like calls`, though its stems may be.
    var negations: Int
    /// Its stems with digits, which say how many, how much or when.
    var numbers: [UInt32]
  }

  /// By what two records tell of one event. What was said or done twice happened twice, in equal words too,
  /// and each time is a trial of its own: so records of events are the same only where both say that they
  /// come from one place of one source, or both were told one time. All that a call told without times
  /// has the moment of that call, which says nothing: where no place in a source is named either,
  /// a record is never the same as another. Records that name different places are of different events,
  /// whatever their times.
  struct Occurrence: Hashable, Sendable {
    var conversationID: ConversationID?
    /// The source, where it says which place in it.
    var source: MemorySource?
    /// When it was, where that was told.
    var time: Timestamp?
    /// The very words, where no time was told.
    var stems: [UInt32]?

    /// `nil` where nothing tells the event from others.
    init?(_ record: MemoryRecord, stems: [UInt32]) {
      let isTold = record.validFrom != record.recordedAt
      guard isTold || record.source.reference != nil else { return nil }
      conversationID = record.conversationID
      source = record.source.reference == nil ? nil : record.source
      time = isTold ? record.validFrom : nil
      self.stems = isTold ? nil : stems
    }
  }

  /// For how long a record is there, and holds.
  struct Lifetime: Hashable, Sendable {
    var hasBegun: Bool
    var validTo: Timestamp?
    var expiresAt: Timestamp?
  }

  /// What records must have in common to be summarised together.
  struct Thread: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
      case situation(String)
      case conversation(ConversationID)
    }

    var kind: MemoryKind
    var role: AgentRoleID?
    var subject: Subject
  }

  let id: OwnedMemoryID
  /// `nil` for what is never the same as another.
  let likeness: Likeness?
  /// `nil` for what is not summarised.
  let thread: Thread?
  let stems: [UInt32]
  /// Those of its stems that may be of words with a capital.
  let names: Set<UInt32>
  let trust: TrustLevel
  let importance: Double
  let uses: Int
  let lastUsedAt: Timestamp?
  let validFrom: Timestamp
  let recordedAt: Timestamp
  /// Of an episode, how well it went.
  let outcome: Double?
  /// Of a summary, what it is of.
  let summarised: [OwnedMemoryID]

  /// - Parameter number: gives each stem its number.
  init(_ memory: AnalyzedMemory, asOf: Timestamp, number: (String) -> UInt32) {
    let record = memory.record
    id = record.ownedID
    stems = memory.text.stems.map(number)
    names = Set(Self.names(in: memory).map(number))
    trust = record.trust
    importance = record.importance
    uses = record.uses
    lastUsedAt = record.lastUsedAt
    validFrom = record.validFrom
    recordedAt = record.recordedAt
    outcome = record.episode?.outcome
    let origins = record.content == .summary ? record.derivedFrom : []
    summarised = origins.map { OwnedMemoryID($0, record.role) }
    thread = Self.thread(of: record)
    let holds = record.validTo.map { asOf < $0 } ?? true
    likeness = holds ? Self.likeness(of: memory, asOf: asOf, number: number) : nil
  }

  private static func thread(of record: MemoryRecord) -> Thread? {
    switch record.content {
    case .episode(let episode):
      Thread(kind: record.kind, role: record.role, subject: .situation(episode.situation))
    case .utterance:
      record.conversationID.map {
        Thread(kind: record.kind, role: record.role, subject: .conversation($0))
      }
    case .note, .context, .fact, .summary: nil
    }
  }

  private static func likeness(
    of memory: AnalyzedMemory, asOf: Timestamp, number: (String) -> UInt32
  ) -> Likeness? {
    let record = memory.record
    var event: Occurrence?
    switch record.content {
    case .note: break
    case .utterance, .episode:
      event = Occurrence(record, stems: memory.text.stems.map(number))
      if event == nil { return nil }
    case .context, .fact, .summary: return nil
    }
    let numbers = memory.text.stems.filter { $0.utf8.contains { (0x30...0x39).contains($0) } }
    return Likeness(
      kind: record.kind, role: record.role, speaker: record.speaker, event: event,
      conversationID: record.conversationID,
      lifetime: Lifetime(
        hasBegun: record.validFrom <= asOf, validTo: record.validTo, expiresAt: record.expiresAt),
      episode: record.episode,
      negations: negations(in: record.text), numbers: numbers.map(number))
  }

  /// The stems of words with a capital, and those of words that begin alike: what stands where in a text
  /// is not known of a stem.
  private static func names(in memory: AnalyzedMemory) -> [String] {
    let capitalized = memory.record.text.split { !($0.isLetter || $0.isNumber) }
      .filter { $0.contains(where: \.isUppercase) }
    if capitalized.isEmpty { return [] }
    // A stem may be another than its word in its last letters.
    let begins = Set(capitalized.map { TextFolding.folded(String($0)).prefix(4) })
    return memory.text.stems.filter { begins.contains($0.prefix(4)) }
  }

  /// How many words say no.
  private static func negations(in text: String) -> Int {
    TextFolding.folded(text).split { !($0.isLetter || $0 == "'") }.count {
      $0.hasSuffix("n't") || words.contains(String($0))
    }
  }

  private static let words: Set = [
    "not", "no", "never", "none", "nor", "neither", "nothing", "nobody", "without", "cannot",
  ]
}
