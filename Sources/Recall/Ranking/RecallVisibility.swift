import Marketing

/// A scope in the numbers of an index. What is not readable is not there in any way: it adds to no
/// other record's rank either.
struct RecallVisibility {
  private let isUpkeep: Bool
  private let role: UInt32
  private let asOf: Int64
  private let knownAt: Int64
  private let now: Int64
  private let lead: UInt32?
  private let thread: UInt32?
  private let kinds: UInt8
  /// Whether what is lasting was all recorded by the moment.
  private let seesLasting: Bool
  /// Whether nothing can be asked for: the lead or conversation is not known.
  let isEmpty: Bool

  init(_ scope: RecallScope, in index: RecallIndex) {
    switch scope.reader {
    case .upkeep: (isUpkeep, role) = (true, 0)
    case .agent(let role): (isUpkeep, self.role) = (false, role.map(index.roles.number) ?? 0)
    }
    asOf = scope.moment.asOf.milliseconds
    knownAt = scope.moment.knownAt.milliseconds
    now = scope.now.milliseconds
    lead = scope.leadID.map(index.leads.number)
    thread = scope.conversationID.map { index.threadKeys.number(of: .conversation($0)) }
    kinds =
      scope.kinds.isEmpty
      ? .max : scope.kinds.reduce(0) { $0 | RecallDocument.number(of: $1) }
    seesLasting = index.latestRecorded <= min(asOf, knownAt)
    isEmpty = lead == 0 || thread == 0
  }

  /// Whether the reader may see a document at the moment; for most a glance tells.
  @inline(__always)
  func canRead(
    _ glance: RecallGlance, _ document: @autoclosure () -> RecallDocument
  ) -> Bool {
    if seesLasting, glance.flags.contains(.isLasting) { return true }
    return glance.flags.contains(.isThere) && canReadNow(document())
  }

  private func canReadNow(_ document: RecallDocument) -> Bool {
    (document.role == 0 || isUpkeep || document.role == role)
      && document.recordedAt <= knownAt && knownAt < document.retractedAt
      && document.validFrom <= asOf && asOf < document.validTo && now < document.expiresAt
  }

  /// Whether a document that can be read is among those that are asked for.
  @inline(__always)
  func asks(for document: RecallDocument, in thread: UInt32) -> Bool {
    document.kind & kinds != 0 && (lead == nil || document.lead == lead)
      && (self.thread == nil || thread == self.thread)
  }
}
