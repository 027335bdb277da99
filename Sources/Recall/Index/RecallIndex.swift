package import Marketing

/// One workspace's records by their words, in memory: what recall searches. A value; whoever owns it
/// puts it behind a lock.
///
/// Takes about 200 to 300 bytes for a record of a dozen stems; see `memoryFootprint`.
package struct RecallIndex: Sendable {
  /// So many deleted documents are never worth the work of compacting.
  private static let fewDeleted = 256

  var documents: [RecallDocument] = []
  /// By document.
  var glances: [RecallGlance] = []
  var links: [RecallLinks] = []
  /// The stems of all documents, one document's after the other's, each document's ascending.
  var stems: [Posting] = []
  var terms = RecallTerms()
  var threads: [RecallThread] = [RecallThread()]
  var threadKeys = Interner<RecallThread.Key>()
  var speakers = Interner<String>()
  var leads = Interner<LeadID>()
  var roles = Interner<AgentRoleID>()
  /// The speakers whose names hold a word, by its stem.
  var speakersByName: [String: [UInt32]] = [:]
  /// Versions that came after greater ones.
  var latecomers: [Int64: UInt32] = [:]
  /// By document, its row in the table of vectors that was followed last.
  var vectorRows: [UInt32] = []
  var vectorGeneration = -1
  /// So many rows of that table were looked at.
  var vectorsSeen = 0
  /// No lasting document was recorded later.
  var latestRecorded = Int64.min
  /// How many stems all documents have together, and those in threads.
  var totalLength = 0
  var threadedLength = 0
  /// How many records are there.
  package private(set) var count = 0

  private let analyzer: TextAnalyzer

  /// An empty index.
  /// - Parameter analyzer: what analyzed the texts that will be stored; it reads the speakers' names.
  package init(analyzer: TextAnalyzer) { self.analyzer = analyzer }

  /// How many different stems are known.
  package var stemCount: Int { terms.count }

  /// Every stem that is known, in no order.
  package var knownStems: [String] { Array(terms.words) }

  /// Whether a version is there.
  package func contains(_ version: Int64) -> Bool { place(of: version) != nil }

  /// Applies a change of the store.
  package mutating func apply(_ change: MemoryChanges.Change) {
    switch change {
    case .stored(let version, let memory): store(version, memory)
    case .deleted(let version): delete(version)
    }
  }

  /// Stores a version, in place of what is known of it.
  package mutating func store(_ version: Int64, _ memory: AnalyzedMemory) {
    if let place = place(of: version) {
      if isSameText(Int(place), memory) {
        documents[Int(place)].update(memory.record)
        noteLasting(Int(place))
        return
      }
      delete(version)
    }
    // Beyond this there are no numbers left for documents or for their stems.
    if documents.count + 1 >= Posting.limit
      || stems.count + memory.text.stems.count >= Int(UInt32.max)
    {
      compact()
      guard documents.count + 1 < Posting.limit,
        stems.count + memory.text.stems.count < Int(UInt32.max)
      else { return }
    }
    insert(version, memory)
  }

  private mutating func insert(_ version: Int64, _ memory: AnalyzedMemory) {
    let record = memory.record
    let number = UInt32(documents.count)
    let start = stems.count
    addStems(memory.text.stems, of: number)
    let searchKey = max(version, documents.last?.searchKey ?? .min)
    if let last = documents.last, version <= last.searchKey { latecomers[version] = number }
    var document = RecallDocument(
      version: version, searchKey: searchKey, memory: memory, start: start,
      stems: stems.count - start)
    var glance = RecallGlance(memory)
    if let key = Self.threadKey(of: record) {
      glance.thread = threadKeys.retain(key).number
      if case .conversation = key { glance.flags.insert(.isInConversation) }
      if Int(glance.thread) == threads.count { threads.append(RecallThread()) }
    }
    document.lead = leads.retain(record.leadID).number
    document.role = roles.retain(record.role).number
    let speaker = speakers.retain(record.speaker)
    document.speaker = speaker.number
    if speaker.isNew, let name = record.speaker { addName(name, of: speaker.number) }
    document.capitals = capitals(memory.text, start)
    documents.append(document)
    glances.append(glance)
    noteLasting(Int(number))
    links.append(RecallLinks())
    vectorRows.append(Self.noRow)
    link(number)
    totalLength += Int(glance.length)
    count += 1
  }

  /// Brings a document's glance up to date with when it can be seen, and by whom.
  private mutating func noteLasting(_ place: Int) {
    if documents[place].isLasting {
      glances[place].flags.insert(.isLasting)
      latestRecorded = max(latestRecorded, documents[place].recordedAt)
    } else {
      glances[place].flags.remove(.isLasting)
    }
  }

  private mutating func addStems(_ words: [String], of number: UInt32) {
    // Equal stems come together; the order of a text's words is of no use to the index.
    var last: String?
    var frequency = 0
    func add(_ stem: String) {
      guard stems.count - before < Int(UInt16.max),
        let term = terms.add(stem, in: number, frequency: frequency)
      else { return }
      stems.append(Posting(term, frequency: frequency))
    }
    let before = stems.count
    for stem in words.sorted() {
      if stem == last {
        frequency += 1
      } else {
        if let last { add(last) }
        (last, frequency) = (stem, 1)
      }
    }
    if let last { add(last) }
    stems[before...].sort { $0.number < $1.number }
  }

  /// How many of a text's capitalized words are not known as somebody's name.
  private func capitals(_ text: AnalyzedText, _ start: Int) -> UInt8 {
    var capitals = text.traits.capitalizedWords
    if capitals > 0, !speakersByName.isEmpty {
      for stem in text.stems where speakersByName[stem] != nil { capitals -= 1 }
    }
    return UInt8(min(3, max(0, capitals)))
  }

  /// Deletes a version; from now on nothing finds it. Its words' places are reused when the index is
  /// next compacted, which it is when a quarter of it is deleted.
  /// - Returns: whether it was there.
  @discardableResult
  package mutating func delete(_ version: Int64) -> Bool {
    guard let place = place(of: version) else { return false }
    let document = documents[Int(place)]
    unlink(place)
    for index in range(of: document) {
      terms.release(stems[index].number)
      stems[index] = Posting(0, frequency: 0)
    }
    let glance = glances[Int(place)]
    if threadKeys.release(glance.thread) != nil { threads[Int(glance.thread)] = RecallThread() }
    _ = leads.release(document.lead)
    _ = roles.release(document.role)
    if let name = speakers.release(document.speaker) { removeName(name, of: document.speaker) }
    latecomers[version] = nil
    glances[Int(place)].flags = []
    vectorRows[Int(place)] = Self.noRow
    totalLength -= Int(glance.length)
    count -= 1
    let deleted = documents.count - count
    if deleted > Self.fewDeleted, deleted * 4 > documents.count { compact() }
    return true
  }

  /// The places of a document's stems in `stems`.
  func range(of document: RecallDocument) -> Range<Int> {
    Int(document.start)..<Int(document.start) + Int(document.stems)
  }

  /// The number of a version's document.
  func place(of version: Int64) -> UInt32? {
    if let late = latecomers[version] { return late }
    var (low, high) = (0, documents.count)
    while low < high {
      let middle = (low + high) / 2
      if documents[middle].searchKey < version { low = middle + 1 } else { high = middle }
    }
    guard low < documents.count, documents[low].version == version,
      glances[low].flags.contains(.isThere)
    else { return nil }
    return UInt32(low)
  }

  private func isSameText(_ place: Int, _ memory: AnalyzedMemory) -> Bool {
    let document = documents[place]
    let record = memory.record
    guard document.validFrom == record.validFrom.milliseconds,
      document.bytes == UInt32(clamping: record.text.utf8.count),
      glances[place].length == UInt16(clamping: memory.text.stems.count),
      document.traits == UInt8(memory.text.traits.rawValue & 0xFF),
      speakers[document.speaker] == record.speaker, leads[document.lead] == record.leadID,
      roles[document.role] == record.role,
      threadKeys[glances[place].thread] == Self.threadKey(of: record)
    else { return false }
    var counts: [UInt32: Int] = [:]
    for index in range(of: document) { counts[stems[index].number] = Int(stems[index].frequency) }
    for stem in memory.text.stems {
      guard let term = terms.number(of: stem), let left = counts[term], left > 0 else {
        return false
      }
      counts[term] = left - 1
    }
    return true
  }

  private mutating func addName(_ name: String, of speaker: UInt32) {
    for word in Set(analyzer.words(of: name).map { $0.stem ?? $0.text }) {
      speakersByName[word, default: []].append(speaker)
    }
  }

  private mutating func removeName(_ name: String, of speaker: UInt32) {
    for word in Set(analyzer.words(of: name).map { $0.stem ?? $0.text }) {
      speakersByName[word]?.removeAll { $0 == speaker }
      if speakersByName[word]?.isEmpty == true { speakersByName[word] = nil }
    }
  }
}
