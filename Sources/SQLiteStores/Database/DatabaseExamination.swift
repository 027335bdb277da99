package import Marketing
package import Sealing

/// What a look at a database finds. Nothing is made or changed by it, not even beside the file.
package struct DatabaseExamination: Sendable {
  /// How much of the file could be seen.
  package enum Content: Sendable, Hashable {
    /// Nothing is stored yet: the next start sets the file up.
    case none
    /// A database of this program.
    case ours
    /// A write-ahead log without an index waits for the next start, which takes it in. Until then the
    /// file cannot be read without a trace.
    case unread
  }

  /// How much of the file could be seen.
  package let content: Content
  /// Whether the next start changes the layout.
  package let isCurrent: Bool
  /// What is damaged; empty when nothing is.
  package let damage: [String]
  private let sealedWord: [UInt8]?

  /// Looks through a file for damage. Takes seconds on a large one.
  /// - Throws: `.unavailable` when the file cannot be read, `.corrupt` when it is another program's or a
  ///   newer version's.
  package init(path: String) throws(StoreError) {
    do {
      try self.init(path: path, UntouchedFile.access(path))
      // A process that began to write meanwhile made the file look damaged.
      if !damage.isEmpty, UntouchedFile.access(path) == .shared {
        try self.init(path: path, .shared)
      }
    } catch {
      throw StoreError(error)
    }
  }

  private init(path: String, _ access: UntouchedFile.Access) throws {
    guard access != .impossible else {
      self.init(content: .unread)
      return
    }
    guard let size = UntouchedFile.size(path), size > 0 || access == .shared else {
      self.init(content: .none)
      return
    }
    let file = try UntouchedFile(path: path, access)
    _ = try file.column("BEGIN")
    let stamp = Schema.Stamp(
      application: try file.integer(Schema.Stamp.applicationQuery),
      version: try file.integer(Schema.Stamp.versionQuery),
      objects: try file.integer(Schema.Stamp.objectsQuery))
    let isCurrent = try stamp.isCurrent(path: path)
    guard !stamp.isNew else {
      self.init(content: .none)
      return
    }
    let damage = try file.column("PRAGMA integrity_check(20)").map {
      String(decoding: $0, as: UTF8.self)
    }
    self.init(
      content: .ours, isCurrent: isCurrent, damage: damage == ["ok"] ? [] : damage,
      sealedWord: try file.column(StoreInfo.sealedWordQuery).first)
  }

  private init(
    content: Content, isCurrent: Bool = true, damage: [String] = [], sealedWord: [UInt8]? = nil
  ) {
    self.content = content
    self.isCurrent = isCurrent
    self.damage = damage
    self.sealedWord = sealedWord
  }

  /// Whether the database needs the ring it was made with.
  package var needsKeys: Bool { content == .unread || sealedWord != nil }

  /// Whether a ring is the one the database was made with, as far as could be seen.
  package func belongs(to ring: KeyRing) -> Bool {
    sealedWord.map { StoreInfo.opens($0, with: ring) } ?? true
  }
}
