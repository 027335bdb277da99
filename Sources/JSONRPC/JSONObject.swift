/// The members of a JSON object in the order they were written. A repeated key keeps its first
/// place and takes the last value. Keys are told apart by their bytes, not by canonical
/// equivalence. Two objects are equal when they have the same members in any order.
package struct JSONObject: Sendable {
  /// One key with its value.
  package struct Member: Sendable, Hashable {
    /// The member's key.
    package let key: String
    /// The member's value.
    package var value: JSONValue
  }

  /// Up to this many members a scan is faster than hashing.
  private static let scanLimit = 8

  /// The members in their order; a removal shifts the later ones.
  package private(set) var members: [Member] = []
  private var places: [ExactText: Int] = [:]

  /// An empty object.
  package init() {}

  /// An object from pairs, the last of equal keys winning.
  package init(_ pairs: some Sequence<(String, JSONValue)>) {
    for (key, value) in pairs { self[key] = value }
  }

  /// The member's value; assigning `nil` removes the member.
  package subscript(key: String) -> JSONValue? {
    get { place(of: key).map { members[$0].value } }
    set {
      switch (place(of: key), newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): remove(at: place)
      case (nil, let value?): append(key, value)
      case (nil, nil): break
      }
    }
  }

  /// How many members there are.
  package var count: Int { members.count }

  /// Whether there are no members.
  package var isEmpty: Bool { members.isEmpty }

  /// The keys in their order.
  package var keys: [String] { members.map(\.key) }

  /// Makes room for this many members.
  package mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

  /// The object with the members of `other` set over its own.
  package func merging(_ other: JSONObject) -> JSONObject {
    var merged = self
    for member in other.members { merged[member.key] = member.value }
    return merged
  }

  private func place(of key: String) -> Int? {
    if members.count <= Self.scanLimit { return members.firstIndex { $0.key.isSpelled(like: key) } }
    return places[ExactText(key)]
  }

  private mutating func append(_ key: String, _ value: JSONValue) {
    members.append(Member(key: key, value: value))
    if members.count == Self.scanLimit + 1 {
      for (place, member) in members.enumerated() { places[ExactText(member.key)] = place }
    } else if members.count > Self.scanLimit {
      places[ExactText(key)] = members.count - 1
    }
  }

  private mutating func remove(at place: Int) {
    members.remove(at: place)
    places.removeAll()
    guard members.count > Self.scanLimit else { return }
    for (place, member) in members.enumerated() { places[ExactText(member.key)] = place }
  }
}

extension JSONObject: Hashable {
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.members.count == right.members.count else { return false }
    return left.members.allSatisfy { right[$0.key] == $0.value }
  }

  package func hash(into hasher: inout Hasher) {
    // Order must not count, so the members' hashes are combined by a commutative operation.
    hasher.combine(members.reduce(into: 0) { $0 ^= $1.hashValue })
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject: Sequence {
  package func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}
