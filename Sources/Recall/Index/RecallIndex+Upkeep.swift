extension RecallIndex {
  /// Moves everything into fresh memory, so that the index holds no trace of what was deleted.
  package mutating func scrub() {
    compact()
    terms.rebuild()
    threadKeys.rebuild()
    speakers.rebuild()
    leads.rebuild()
    roles.rebuild()
    speakersByName = Dictionary(uniqueKeysWithValues: speakersByName.map { ($0.key, $0.value) })
  }

  /// Closes the gaps that deleted documents left.
  mutating func compact() {
    guard count < documents.count else { return }
    var new = [UInt32](repeating: .max, count: documents.count)
    var next: UInt32 = 0
    for (number, glance) in glances.enumerated() where glance.flags.contains(.isThere) {
      new[number] = next
      next += 1
    }
    func renumbered(_ number: UInt32) -> UInt32 {
      number == RecallDocument.none ? number : new[Int(number)]
    }
    var kept: [RecallDocument] = []
    var keptGlances: [RecallGlance] = []
    var keptLinks: [RecallLinks] = []
    var keptRows: [UInt32] = []
    var keptStems: [Posting] = []
    kept.reserveCapacity(Int(next))
    keptGlances.reserveCapacity(Int(next))
    keptLinks.reserveCapacity(Int(next))
    keptRows.reserveCapacity(Int(next))
    keptStems.reserveCapacity(stems.count)
    var searchKey = Int64.min
    latecomers = [:]
    for (number, glance) in glances.enumerated() where glance.flags.contains(.isThere) {
      var document = documents[number]
      let range = range(of: document)
      document.start = UInt32(keptStems.count)
      keptStems.append(contentsOf: stems[range])
      let link = links[number]
      keptLinks.append(
        RecallLinks(previous: renumbered(link.previous), next: renumbered(link.next)))
      keptRows.append(vectorRows[number])
      if !kept.isEmpty, document.version <= searchKey {
        latecomers[document.version] = UInt32(kept.count)
      }
      searchKey = max(searchKey, document.version)
      document.searchKey = searchKey
      kept.append(document)
      keptGlances.append(glance)
    }
    documents = kept
    glances = keptGlances
    links = keptLinks
    vectorRows = keptRows
    stems = keptStems
    terms.renumber(new)
    for thread in threads.indices {
      threads[thread].first = renumbered(threads[thread].first)
      threads[thread].last = renumbered(threads[thread].last)
    }
  }

  /// How many bytes the index holds, with the room that its arrays keep for more.
  package var memoryFootprint: Int {
    var bytes = Footprint.bytes(documents) + Footprint.bytes(stems) + Footprint.bytes(threads)
    bytes += Footprint.bytes(glances) + Footprint.bytes(links) + Footprint.bytes(vectorRows)
    bytes += terms.memoryFootprint + Footprint.bytes(latecomers)
    bytes += threadKeys.memoryFootprint + speakers.memoryFootprint + leads.memoryFootprint
    bytes += roles.memoryFootprint + Footprint.bytes(speakersByName)
    return bytes
  }
}
