import JSONRPC
import Marketing
import Sealing

/// The key under which a lead's personal values are kept in events. Erasing a lead destroys its key, and
/// with it what every copy of the log holds of the person.
struct LeadKey: Sendable {
  private static let purpose = "lead-key"
  private static let tagByteCount = 8

  private let secret: [UInt8]
  private let owner: String

  /// A new key.
  static func make(for id: LeadID, in workspace: WorkspaceID) throws -> LeadKey {
    LeadKey(
      secret: try SecureRandom.bytes(AES256GCM.keyByteCount), owner: owner(id, workspace))
  }

  /// The key as the ring seals it for its table.
  func sealed(by ring: KeyRing) throws -> [UInt8] {
    try ring.sealBytes(secret, purpose: Self.purpose, associatedData: Array(owner.utf8))
  }

  /// The lead's key; `nil` when the lead is not stored.
  static func find(
    for id: LeadID, in workspace: WorkspaceID, ring: KeyRing, _ connection: SQLConnection
  ) throws -> LeadKey? {
    var select = try connection.prepare(
      """
      SELECT k.sealed_key FROM leads AS l JOIN lead_keys AS k ON k.lead_row = l.row
      WHERE l.id = ? AND l.workspace = ?
      """)
    select.bind(id)
    select.bind(workspace)
    guard try select.step(), let sealed = select.optionalBlob() else { return nil }
    let owner = owner(id, workspace)
    return LeadKey(
      secret: try ring.openBytes(
        sealed, purpose: purpose, associatedData: Array(owner.utf8)), owner: owner)
  }

  /// Keeps a new lead's key.
  static func insert(
    sealed: [UInt8], leadRow: Int64, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      "INSERT INTO lead_keys (lead_row, workspace, sealed_key) VALUES (?, ?, ?)")
    insert.bind(leadRow)
    insert.bind(workspace)
    insert.bind(blob: sealed)
    try insert.run()
  }

  /// Forgets a lead's key.
  static func destroy(
    of id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var delete = try connection.prepare(
      """
      DELETE FROM lead_keys
      WHERE lead_row = (SELECT row FROM leads WHERE id = ? AND workspace = ?)
      """)
    delete.bind(id)
    delete.bind(workspace)
    try delete.run()
  }

  /// Personal values encrypted for one event: a tag of the key (8 bytes), then what AES-256-GCM makes.
  func seal(_ personal: JSONObject, for event: EventID) throws -> [UInt8] {
    try tag()
      + AES256GCM.seal(personal.jsonBytes, key: secret, associatedData: associatedData(event))
  }

  /// The personal values of an event; `nil` when they are under a key that has been destroyed.
  /// - Throws: `.corrupt` when they are under this key and do not open.
  func open(_ sealed: [UInt8], of event: EventID) throws -> JSONObject? {
    guard sealed.starts(with: try tag()) else { return nil }
    let bytes = try AES256GCM.open(
      sealed.dropFirst(Self.tagByteCount), key: secret, associatedData: associatedData(event))
    guard
      let object = (try? JSONParser(maximumDepth: 512, maximumBytes: 64 << 20).parse(bytes))?
        .objectValue
    else { throw StoreError(.corrupt, "An event's personal values are malformed") }
    return object
  }

  /// A handoff's packet encrypted: a tag of the key (8 bytes), then what AES-256-GCM makes.
  func seal(_ packet: [UInt8], for handoff: HandoffID) throws -> [UInt8] {
    try tag()
      + AES256GCM.seal(packet, key: secret, associatedData: associatedData(handoff))
  }

  /// The packet of a handoff; `nil` when it is under a key that has been destroyed.
  /// - Throws: `.refused` when it is under this key and does not open.
  func open(_ sealed: [UInt8], of handoff: HandoffID) throws -> [UInt8]? {
    guard sealed.starts(with: try tag()) else { return nil }
    return try AES256GCM.open(
      sealed.dropFirst(Self.tagByteCount), key: secret, associatedData: associatedData(handoff))
  }

  /// The seal of something that is kept beside the key, as 64 hexadecimal digits. Nobody can make it who does not
  /// have the ring.
  /// - Parameter use: what it is, so that no seal is good for something else.
  func seal(of bytes: [UInt8], as use: String) throws -> String {
    let key = try HKDFSHA256.key(
      from: secret, salt: Array("leadrelay".utf8), info: Array("handoffs \(use)".utf8),
      byteCount: SHA256.byteCount)
    let code = try HMACSHA256.code(of: Array("\(owner)\n".utf8) + bytes, key: key)
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The seal of a part of the lead's chain of handoffs.
  func sealPacket(_ bytes: [UInt8]) throws -> String { try seal(of: bytes, as: "packet") }

  /// Tells this key from one that the same lead had before it was erased, and nothing else.
  func tag() throws -> [UInt8] {
    Array(try SHA256.digest(of: Array("tag\n".utf8) + secret).prefix(Self.tagByteCount))
  }

  private func associatedData(_ handoff: HandoffID) -> [UInt8] {
    Array("\(owner)\nhandoff\n\(handoff.rawValue)".utf8)
  }

  private func associatedData(_ event: EventID) -> [UInt8] {
    Array("\(owner)\n\(event.rawValue)".utf8)
  }

  private static func owner(_ id: LeadID, _ workspace: WorkspaceID) -> String {
    "\(workspace.rawValue)\n\(id.rawValue)"
  }
}
