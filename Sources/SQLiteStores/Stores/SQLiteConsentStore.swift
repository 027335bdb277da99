package import Marketing

/// Consent, suppressions and contacts in SQLite.
package struct SQLiteConsentStore: ConsentStore {
  let database: SQLiteDatabase

  package func record(
    _ consent: Consent, address: ContactAddress?, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    let hash = address.map { database.hasher.hash(of: $0.kept, in: workspace) }
    let event = try database.row(of: event, in: workspace)
    return try await database.writer.perform { connection in
      if let id = consent.leadID { try Self.checkLead(id, in: workspace, connection) }
      let isNew = try ConsentRow.insert(consent, hash: hash, in: workspace, connection)
      if isNew { try event.append(to: connection) }
      return isNew
    }
  }

  package func consents(
    of lead: LeadID?, addresses: [ContactAddress], in workspace: WorkspaceID
  ) throws(StoreError) -> [Consent] {
    let hashes = hashes(of: addresses.flatMap(\.same), in: workspace)
    let possible = self.hashes(of: addresses.flatMap(\.possible), in: workspace)
    return try database.readers.read { connection in
      try connection.reading {
        try ConsentRow.all(
          of: lead, hashes: hashes, withdrawn: possible, in: workspace, connection)
      }
    }
  }

  package func suppress(
    _ entries: [SuppressionEntry], saying statements: [ConsentStatement],
    event: @escaping @Sendable (_ added: Int) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> SuppressionResult {
    let database = database
    let key = database.hasher.name(in: workspace)
    return try await database.writer.perform { connection in
      var result = SuppressionResult()
      for said in statements {
        if let id = said.consent.leadID { try Self.checkLead(id, in: workspace, connection) }
        let hash = said.address.map { database.hasher.hash(of: $0.kept, in: workspace) }
        if try ConsentRow.insert(said.consent, hash: hash, in: workspace, connection) {
          try database.row(of: said.event, in: workspace).append(to: connection)
        }
      }
      for (place, entry) in entries.enumerated() {
        let hash: Int64? =
          switch entry.who {
          case .address(let address): database.hasher.hash(of: address.kept, in: workspace)
          case .hash(let text): SuppressedHash.hash(in: text, key: key)
          }
        guard let hash else {
          result.foreign.append(place)
          continue
        }
        if try SuppressionRow.insert(entry.suppression, hash: hash, in: workspace, connection) {
          result.added += 1
        } else {
          result.known += 1
        }
      }
      if result.added > 0 {
        try database.row(of: event(result.added), in: workspace).append(to: connection)
      }
      return result
    }
  }

  package func unsuppress(
    _ addresses: [ContactAddress], channel: OutreachChannel?,
    event: @escaping @Sendable (_ removed: Int) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Int {
    let database = database
    let hashes = hashes(of: addresses.flatMap(\.same), in: workspace)
    return try await database.writer.perform { connection in
      var removed = 0
      for hash in hashes {
        removed += try SuppressionRow.delete(hash: hash, channel: channel, connection)
      }
      if removed > 0 {
        try database.row(of: event(removed), in: workspace).append(to: connection)
      }
      return removed
    }
  }

  package func suppressions(
    of addresses: [ContactAddress], in workspace: WorkspaceID
  ) throws(StoreError) -> [Suppression] {
    let hashes = hashes(of: addresses.flatMap { $0.same + $0.possible }, in: workspace)
    return try database.readers.read { connection in
      try connection.reading { try hashes.flatMap { try SuppressionRow.all(of: $0, connection) } }
    }
  }

  package func suppressionCounts(
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [SuppressionCount] {
    try await database.pooled.read { try SuppressionRow.counts(in: workspace, $0) }
  }

  package func suppressedHashes(
    after last: SuppressedHash?, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [SuppressedHash] {
    let key = database.hasher.name(in: workspace)
    return try await database.pooled.read { connection in
      let place = last.flatMap { last in
        SuppressedHash.hash(in: last.hash, key: key).map { hash in
          let channel = last.suppression.channel?.rawValue ?? SuppressionRow.all
          return (hash, channel, last.suppression.reason == .erased)
        }
      }
      return try SuppressionRow.page(after: place, limit: limit, in: workspace, connection).map {
        SuppressedHash(
          hash: SuppressedHash.text(key: key, hash: $0.hash), suppression: $0.suppression)
      }
    }
  }

  package func note(
    _ touches: [ContactTouch], addresses: [ContactAddress], in workspace: WorkspaceID
  ) async throws(StoreError) {
    let hasher = database.hasher
    try await database.writer.perform { connection in
      for touch in touches {
        try Self.checkLead(touch.leadID, in: workspace, connection)
        let address = addresses.first { $0.isReached(by: touch.channel) }
        try ContactRow.insert(
          touch, hash: address.map { hasher.hash(of: $0.kept, in: workspace) }, in: workspace,
          connection)
      }
    }
  }

  package func touches(
    of lead: LeadID, addresses: [ContactAddress], since: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> [ContactTouch] {
    let hashes = hashes(of: addresses.flatMap(\.same), in: workspace)
    return try database.readers.read { connection in
      try connection.reading {
        try ContactRow.all(of: lead, hashes: hashes, since: since, in: workspace, connection)
      }
    }
  }

  package func pruneTouches(
    before time: Timestamp, limit: Int
  ) async throws(StoreError) -> Int {
    try await database.writer.perform { try ContactRow.prune(before: time, limit: limit, $0) }
  }

  private func hashes(of addresses: [ContactAddress], in workspace: WorkspaceID) -> [Int64] {
    addresses.map { database.hasher.hash(of: $0, in: workspace) }
  }

  private static func checkLead(
    _ id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    guard try LeadRow.find(id, in: workspace, connection) != nil else {
      throw StoreError.noSuchLead(id)
    }
  }
}
