/// Seals a lead's handoffs one by one: each seal is over the one before and what is stored of the packet,
/// a digest of the previous seal ‖ ciphertext, so that no packet can be changed, taken out or moved without every
/// later seal being wrong. Where others can reach what is stored the digest needs a key that they do not have, and
/// the end of the chain is kept apart, so that nobody can make seals or take out the last link.
package enum HandoffChain {
  /// What a chain is checked by: one handoff's part in it.
  package struct Link: Sendable {
    /// The handoff.
    package var id: HandoffID
    /// Its place among the lead's handoffs.
    package var number: Int
    /// The packet as it is stored.
    package var ciphertext: [UInt8]
    /// Its seal as it is stored.
    package var contentHash: String
    /// The seal before it as it is stored.
    package var previousHash: String?

    /// A link.
    package init(
      id: HandoffID, number: Int, ciphertext: [UInt8], contentHash: String, previousHash: String?
    ) {
      self.id = id
      self.number = number
      self.ciphertext = ciphertext
      self.contentHash = contentHash
      self.previousHash = previousHash
    }

    /// The end of a chain that ends with it.
    package var head: Head { Head(number: number, id: id, contentHash: contentHash) }
  }

  /// Where a chain ends.
  package struct Head: Sendable, Hashable {
    /// How many handoffs the lead has had.
    package var number: Int
    /// The last one.
    package var id: HandoffID
    /// Its seal.
    package var contentHash: String

    /// An end.
    package init(number: Int, id: HandoffID, contentHash: String) {
      self.number = number
      self.id = id
      self.contentHash = contentHash
    }

    /// What it is sealed by.
    package var bytes: [UInt8] { Array("\(number)\n\(contentHash)\n\(id)".utf8) }
  }

  /// The seal of a packet.
  /// - Parameters:
  ///   - previous: the seal of the lead's handoff before; `nil` for the first one.
  ///   - digest: the store's, in hexadecimal; with a key where others can reach what is stored.
  package static func seal<Failure: Error>(
    _ ciphertext: [UInt8], behind previous: String?,
    by digest: ([UInt8]) throws(Failure) -> String
  ) throws(Failure) -> String {
    try digest(Array((previous ?? "").utf8) + ciphertext)
  }

  /// The handoffs of a lead whose seals are not what they should be, and the last one when it is missing.
  /// - Parameters:
  ///   - links: all of the lead's, in the order of their numbers.
  ///   - head: where the chain ends; `nil` where that is not known.
  ///   - digest: the one that they were sealed by.
  package static func broken<Failure: Error>(
    _ links: [Link], endingAt head: Head?, by digest: ([UInt8]) throws(Failure) -> String
  ) throws(Failure) -> [HandoffID] {
    var broken: [HandoffID] = []
    var previous: Link?
    for link in links {
      let seal = try seal(link.ciphertext, behind: link.previousHash, by: digest)
      let isWhole =
        link.number == (previous?.number ?? 0) + 1
        && link.previousHash == previous?.contentHash && link.contentHash == seal
      if !isWhole { broken.append(link.id) }
      previous = link
    }
    if previous?.number != head?.number || previous?.contentHash != head?.contentHash,
      let last = head?.id ?? previous?.id, !broken.contains(last)
    {
      broken.append(last)
    }
    return broken
  }

  /// Whether a handoff and the one before it are what was sealed, without a look at the others.
  /// - Parameter previous: the one before; `nil` where there is none.
  package static func isIntact<Failure: Error>(
    _ link: Link, behind previous: Link?, endingAt head: Head?,
    by digest: ([UInt8]) throws(Failure) -> String
  ) throws(Failure) -> Bool {
    guard let head, head.number >= link.number,
      head.number > link.number || head.contentHash == link.contentHash,
      link.number == (previous?.number ?? 0) + 1, link.previousHash == previous?.contentHash
    else { return false }
    for link in [previous, link].compactMap(\.self) {
      let seal = try seal(link.ciphertext, behind: link.previousHash, by: digest)
      if seal != link.contentHash { return false }
    }
    return true
  }
}
