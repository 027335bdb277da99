/// A name of one entity, unique within its workspace, made of `[A-Za-z0-9_-]`, so that every URI built
/// from it is valid.
package struct Identifier<Entity>: RawRepresentable, Sendable, Hashable, Comparable {
  /// The name as it is stored and sent.
  package let rawValue: String

  /// A name that comes from our own stores.
  package init(rawValue: String) { self.rawValue = rawValue }

  /// A name from outside.
  /// - Returns: `nil` unless it is 1 to 64 of `[A-Za-z0-9_-]`.
  package init?(checking text: String) {
    let utf8 = text.utf8
    guard (1...64).contains(utf8.count), utf8.allSatisfy(Self.isAllowed) else { return nil }
    self.rawValue = text
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Identifier: CustomStringConvertible {
  package var description: String { rawValue }
}

extension Identifier: Codable {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let checked = Self(checking: text) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "expected 1 to 64 of letters, digits, '_' and '-'"))
    }
    self = checked
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// A part of the data that no query crosses; `default` where nothing else is said.
package enum Workspace {}

package typealias WorkspaceID = Identifier<Workspace>
package typealias LeadID = Identifier<Lead>
package typealias CampaignID = Identifier<Campaign>
package typealias InteractionID = Identifier<Interaction>
package typealias EventID = Identifier<Event>
package typealias WorkID = Identifier<WorkItem>
package typealias WorkKind = Identifier<WorkItem.KindName>

extension Identifier<Workspace> {
  /// The workspace of everything that names none.
  package static var `default`: WorkspaceID { WorkspaceID(rawValue: "default") }
}

extension Identifier {
  /// A new name: the prefix, then 26 characters of Crockford's base 32 that start with the time, so
  /// names made later sort later, and end with 80 random bits (the layout of a ULID).
  /// - Parameter random: two random numbers, of which the lowest 40 bits each are used.
  package static func make(
    prefix: String, at now: Timestamp, random: (UInt64, UInt64)
  ) -> Self {
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    var text = Array(prefix.utf8)
    let time = UInt64(max(0, now.milliseconds))
    for shift in stride(from: 45, through: 0, by: -5) {
      text.append(alphabet[Int(time >> UInt64(shift) & 31)])
    }
    for random in [random.0, random.1] {
      for shift in stride(from: 35, through: 0, by: -5) {
        text.append(alphabet[Int(random >> UInt64(shift) & 31)])
      }
    }
    return Self(rawValue: String(decoding: text, as: UTF8.self))
  }
}
