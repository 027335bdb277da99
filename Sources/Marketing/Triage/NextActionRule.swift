/// Recommends what to do next, by the gates in their order (suppression, duplicates, requests that are
/// not sales, lost leads, reachability, consent) and then by category.
///
/// It is a recommendation at triage time: quiet hours, frequency caps and the suppression list are
/// checked again before anything is sent.
struct NextActionRule {
  let lead: Lead
  let identity: LeadIdentity
  let history: LeadHistory
  let category: LeadCategory
  let intent: MessageIntent
  let settings: TriageSettings

  /// The first gate that stops, else the category's action.
  func recommendation() -> NextAction {
    suppressed() ?? duplicate() ?? request() ?? lost() ?? unreachable() ?? withoutConsent()
      ?? byCategory()
  }

  private var canCall: Bool { identity.phone != nil }
  private var canMail: Bool { identity.email != nil && times(.bounce) == 0 }
  /// The channel to write on.
  private var written: Channel { canMail ? .email : .sms }

  private func times(_ kind: InteractionKind) -> Int { history.interactions[kind] ?? 0 }

  private func suppressed() -> NextAction? {
    // A new wish ends consent before the lead is triaged: what is there was given after the message.
    if intent == .unsubscribe, lead.hasConsent != true {
      return NextAction(.doNotContact, reason: "The message asks for no further contact.")
    }
    if history.outcomes[.unsubscribe] ?? 0 > 0 {
      return NextAction(.doNotContact, reason: "The lead has unsubscribed.")
    }
    if times(.complaint) > 0 {
      return NextAction(.doNotContact, reason: "The lead has complained about our messages.")
    }
    return nil
  }

  /// Of several leads for one person the one that converted goes on, else the one that came in first: all
  /// of them name the same one.
  private func duplicate() -> NextAction? {
    let own = Precedence(
      hasConverted: history.hasConverted, createdAt: lead.createdAt,
      isStored: history.isStored, id: lead.id)
    let others = history.duplicates.map { ($0, Precedence($0)) }
    guard let (first, precedence) = others.min(by: { $0.1 < $1.1 }), precedence < own else {
      return nil
    }
    let shared =
      switch first.reason {
      case .email: "e-mail address"
      case .phone: "telephone number"
      case .companyAndName: "company and name"
      }
    return NextAction(
      .continueWithDuplicate,
      within: category == .campaignQualified ? settings.callWithinMinutes : nil,
      otherLeadID: first.leadID,
      reason: "Lead \(first.leadID) has the same \(shared): merge the two and go on with that one.")
  }

  /// A lead that was lost is left alone until it does something again.
  private func lost() -> NextAction? {
    guard let lostAt = history.lostAt else { return nil }
    let lastActivity = [history.lastLeadActivity, lead.lastActiveAt].compactMap(\.self).max()
    if let lastActivity, lastActivity > lostAt { return nil }
    return NextAction(
      .noAction,
      reason: "The lead was recorded as lost and has not been heard of since: leave it until it is."
    )
  }

  private func request() -> NextAction? {
    switch intent {
    case .support:
      NextAction(
        .routeToSupport, on: canMail || canCall ? written : nil,
        within: settings.replyWithinMinutes,
        reason: "The message asks for help with the product, which is for support to give.")
    case .jobApplication:
      NextAction(
        .routeToRecruiting, on: canMail || canCall ? written : nil,
        within: settings.replyWithinMinutes,
        reason: "The message is about work or studies, not about buying.")
    default: nil
    }
  }

  private func unreachable() -> NextAction? {
    guard !canCall, !canMail else { return nil }
    let why =
      identity.email == nil
      ? "Neither an e-mail address nor a telephone number is known."
      : "Mail to the address came back, and no telephone number is known."
    return NextAction(.collectContactDetails, reason: why)
  }

  private func withoutConsent() -> NextAction? {
    guard lead.hasConsent != true else { return nil }
    let refused = lead.hasConsent == false
    if intent != .none {
      return NextAction(
        .replyOnly, on: written, within: settings.replyWithinMinutes,
        reason: refused
          ? "The lead does not agree to be contacted: answer the message, send nothing else."
          : "Nobody asked for consent: answer the message and ask for it there.")
    }
    return NextAction(
      .askForConsent, on: refused ? .web : written, within: nil,
      reason: refused
        ? "The lead does not agree to be contacted: offer the choice again on the next visit only."
        : "Nobody asked for consent: ask for it before anything else is sent.")
  }

  private func byCategory() -> NextAction {
    switch category {
    case .campaignQualified where canCall:
      NextAction(
        .callNow, on: .call, within: settings.callWithinMinutes,
        reason: "Qualified, with consent and a telephone number: the first minutes count most; "
          + "mind quiet hours in the lead's own time zone.")
    case .campaignQualified:
      NextAction(
        .offerDemo, on: .email, within: settings.demoOfferWithinMinutes,
        reason:
          "Qualified, with consent but no telephone number: offer times for a demo in writing.")
    case .coldLead:
      NextAction(
        .startNurtureSequence, on: written, within: settings.nurtureWithinMinutes,
        reason: "Interest is there but not yet strong: build it with a sequence of useful messages."
      )
    case .generalInquiry:
      NextAction(
        .sendSelfService, on: written, within: settings.automaticReplyWithinMinutes,
        reason: "Little speaks for a purchase so far: answer automatically with resources.")
    }
  }
}

/// Which of several leads for one person comes first.
private struct Precedence: Comparable {
  let hasConverted: Bool
  let createdAt: Timestamp
  let isStored: Bool
  let id: LeadID

  init(hasConverted: Bool, createdAt: Timestamp, isStored: Bool, id: LeadID) {
    self.hasConverted = hasConverted
    self.createdAt = createdAt
    self.isStored = isStored
    self.id = id
  }

  /// A match of which it is not known when it came in was there before.
  init(_ match: DuplicateMatch) {
    self.init(
      hasConverted: match.hasConverted,
      createdAt: match.createdAt ?? Timestamp(milliseconds: .min), isStored: true,
      id: match.leadID)
  }

  static func < (left: Self, right: Self) -> Bool {
    if left.hasConverted != right.hasConverted { return left.hasConverted }
    if left.createdAt != right.createdAt { return left.createdAt < right.createdAt }
    // Of a form that was sent twice within a millisecond the one that is stored was first.
    if left.isStored != right.isStored { return left.isStored }
    return left.id < right.id
  }
}
