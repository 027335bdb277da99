import JSONRPC
import Marketing
import Testing

/// Where a handoff may go from where it stands.
@Suite struct HandoffTests {
  private enum Step: CaseIterable {
    case offer, accept, reject, expire
  }

  private static let end = handoffTime + .seconds(60)

  private func take(_ step: Step, _ handoff: inout Handoff) throws -> Bool {
    switch step {
    case .offer: try handoff.offer(at: handoffTime, until: Self.end)
    case .accept: try handoff.accept(by: "b", lease: .seconds(30), at: handoffTime)
    case .reject: try handoff.reject(by: "b", because: "no phone")
    case .expire: handoff.expire(at: Self.end)
    }
  }

  /// A handoff that stands somewhere; what is accepted or rejected was by `a`.
  private func handoff(_ state: Handoff.State) throws -> Handoff {
    var handoff = Handoff.sample(state: state == .needsHuman ? .needsHuman : .prepared)
    if state == .prepared || state == .needsHuman { return handoff }
    _ = try handoff.offer(at: handoffTime, until: Self.end)
    switch state {
    case .accepted: _ = try handoff.accept(by: "a", lease: .seconds(30), at: handoffTime)
    case .rejected: _ = try handoff.reject(by: "a", because: "no phone")
    case .expired:
      let hasExpired = handoff.expire(at: Self.end)
      #expect(hasExpired)
    default: break
    }
    #expect(handoff.state == state)
    return handoff
  }

  /// The state after each step; `nil` where the step is refused.
  private static let table: [(Handoff.State, [Handoff.State?])] = [
    (.prepared, [.offered, nil, nil, .prepared]),
    (.offered, [.offered, .accepted, .rejected, .expired]),
    (.accepted, [nil, nil, nil, .accepted]),
    (.rejected, [.offered, nil, nil, .rejected]),
    (.expired, [.offered, nil, nil, .expired]),
    (.needsHuman, [nil, nil, nil, .needsHuman]),
  ]

  @Test func everyStepFromEveryState() throws {
    for (state, ends) in Self.table {
      for (step, end) in zip(Step.allCases, ends) {
        let before = try handoff(state)
        var after = before
        if let end {
          _ = try take(step, &after)
          #expect(after.state == end, "\(state) \(step)")
        } else {
          #expect(throws: StoreError.self, "\(state) \(step)") { try take(step, &after) }
          #expect(after == before, "\(state) \(step)")
        }
      }
    }
  }

  @Test func theWinnerGetsTheSameAnswerAgain() throws {
    var handoff = try handoff(.accepted)
    let accepted = handoff
    let isNewForWinner = try handoff.accept(
      by: "a", lease: .seconds(99), at: handoffTime + .seconds(29))
    #expect(!isNewForWinner)
    // Its lease goes on from there, and is never made shorter.
    var extended = accepted
    extended.leaseUntil = handoffTime + .seconds(29 + 99)
    #expect(handoff == extended)
    let isNewAtOnce = try handoff.accept(
      by: "a", lease: .seconds(1), at: handoffTime + .seconds(30))
    #expect(!isNewAtOnce && handoff == extended)
    // Once its lease is over another takes over, and then it has lost it.
    let isTakenOver = try handoff.accept(
      by: "b", lease: .seconds(30), at: handoffTime + .seconds(128))
    #expect(isTakenOver)
    #expect(handoff.acceptedBy == "b")
    #expect(throws: StoreError.self) {
      try handoff.accept(by: "a", lease: .seconds(30), at: handoffTime + .seconds(129))
    }
    // The one that has it may give it back.
    #expect(throws: StoreError.self) { try handoff.reject(by: "a", because: "x") }
    let isRejected = try handoff.reject(by: "b", because: "no phone")
    #expect(isRejected)
    let isRejectedAgain = try handoff.reject(by: "b", because: "no phone")
    #expect(!isRejectedAgain)
    #expect(handoff.acceptedBy == nil && handoff.rejection == "no phone")
  }

  @Test func anOfferEnds() throws {
    var handoff = try handoff(.offered)
    let endsEarly = handoff.expire(at: Self.end + .milliseconds(-1))
    #expect(!endsEarly)
    #expect(throws: StoreError.self) {
      try handoff.accept(by: "a", lease: .seconds(30), at: Self.end)
    }
    // What has run out may be offered anew, also before anybody has noticed.
    let isOfferedAnew = try handoff.offer(at: Self.end, until: Self.end + .seconds(5))
    #expect(isOfferedAnew)
    #expect(handoff.expiresAt == Self.end + .seconds(5))
  }

  @Test func aPersonLetsItGoOn() throws {
    var handoff = try handoff(.needsHuman)
    handoff.release()
    let isOffered = try handoff.offer(at: handoffTime, until: Self.end)
    #expect(isOffered)
    handoff.release()
    #expect(handoff.state == .offered)
  }

  /// Tells short texts apart, which is all that the chain needs here.
  private static func digest(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func aChainShowsWhatWasChangedTakenOutOrMoved() {
    var links: [HandoffChain.Link] = []
    for number in 1...4 {
      let packet = Array("packet \(number)".utf8)
      links.append(
        HandoffChain.Link(
          id: HandoffID(rawValue: "h\(number)"), number: number, ciphertext: packet,
          contentHash: HandoffChain.seal(
            packet, behind: links.last?.contentHash, by: Self.digest),
          previousHash: links.last?.contentHash))
    }
    #expect(HandoffChain.broken(links, endingAt: links.last?.head, by: Self.digest) == [])
    var changed = links
    changed[1].ciphertext[0] ^= 1
    #expect(
      HandoffChain.broken(changed, endingAt: changed.last?.head, by: Self.digest).map(\.rawValue)
        == ["h2"])
    var resealed = changed
    resealed[1].contentHash = HandoffChain.seal(
      resealed[1].ciphertext, behind: resealed[1].previousHash, by: Self.digest)
    #expect(
      HandoffChain.broken(resealed, endingAt: resealed.last?.head, by: Self.digest).map(\.rawValue)
        == ["h3"])
    var shortened = links
    shortened.remove(at: 1)
    #expect(
      HandoffChain.broken(shortened, endingAt: shortened.last?.head, by: Self.digest).map(
        \.rawValue) == ["h3"])
    var moved = links
    (moved[1].ciphertext, moved[2].ciphertext) = (links[2].ciphertext, links[1].ciphertext)
    #expect(
      HandoffChain.broken(moved, endingAt: moved.last?.head, by: Self.digest).map(\.rawValue) == [
        "h2", "h3",
      ])
    // The last one is missed by what is kept apart.
    let cut = Array(links.dropLast())
    #expect(
      HandoffChain.broken(cut, endingAt: links[3].head, by: Self.digest).map(\.rawValue) == ["h4"])
    #expect(
      HandoffChain.broken([], endingAt: links[0].head, by: Self.digest).map(\.rawValue) == ["h1"])
    #expect(
      HandoffChain.broken(links, endingAt: nil, by: Self.digest).map(\.rawValue) == ["h4"])
    #expect(HandoffChain.broken([], endingAt: nil, by: Self.digest) == [])
  }
}
