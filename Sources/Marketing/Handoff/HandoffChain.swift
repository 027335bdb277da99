/// Seals a lead's handoffs one by one: each seal is over the one before and what is stored of the packet,
/// a digest of the previous seal ‖ ciphertext, so that no packet can be changed, taken out or moved without every
/// later seal being wrong.
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
  }

  /// The seal of a packet.
  /// - Parameters:
  ///   - previous: the seal of the lead's handoff before; `nil` for the first one.
  ///   - digest: the store's; SHA-256 in hexadecimal where others can reach what is stored.
  package static func seal<Failure: Error>(
    _ ciphertext: [UInt8], behind previous: String?,
    by digest: ([UInt8]) throws(Failure) -> String
  ) throws(Failure) -> String {
    try digest(Array((previous ?? "").utf8) + ciphertext)
  }

  /// The handoffs of a lead whose seals are not what they should be.
  /// - Parameters:
  ///   - links: all of the lead's, in the order of their numbers.
  ///   - digest: the one that they were sealed by.
  package static func broken<Failure: Error>(
    _ links: [Link], by digest: ([UInt8]) throws(Failure) -> String
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
    return broken
  }
}
