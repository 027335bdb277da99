/// One contact with a person, or what came of it, as caps and fatigue count them.
package struct ContactTouch: Sendable, Hashable {
  /// What happened.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// We sent something or called.
    case sent
    /// The person clicked, answered or met us.
    case response
    /// The person complained.
    case complaint
  }

  /// Whom we meant.
  package var leadID: LeadID
  /// What happened.
  package var kind: Kind
  /// On which channel.
  package var channel: OutreachChannel
  /// For which campaign.
  package var campaignID: CampaignID?
  /// When.
  package var at: Timestamp

  /// A contact.
  package init(
    leadID: LeadID, kind: Kind = .sent, channel: OutreachChannel, campaignID: CampaignID? = nil,
    at: Timestamp
  ) {
    self.leadID = leadID
    self.kind = kind
    self.channel = channel
    self.campaignID = campaignID
    self.at = at
  }
}

/// At most so many contacts in any stretch of time, over all campaigns together.
package struct FrequencyCap: Sendable, Hashable {
  /// How many, 1 or more.
  package var limit: Int
  /// In how long a stretch.
  package var window: Duration
  /// The channels that are counted together and kept within it; `nil` for all.
  package var channels: Set<OutreachChannel>?

  /// A cap.
  package init(limit: Int, window: Duration, channels: Set<OutreachChannel>? = nil) {
    self.limit = limit
    self.window = window
    self.channels = channels
  }

  /// From when on one more contact keeps within the cap: with those before it, and with those that are planned
  /// for later.
  /// - Parameter touches: of the person, in any order.
  /// - Returns: `nil` when it does at this moment.
  package func earliest(
    for channel: OutreachChannel, after touches: [ContactTouch], at moment: Timestamp
  ) -> Timestamp? {
    if let channels, !channels.contains(channel) { return nil }
    let counted = touches.filter { touch in
      touch.kind == .sent && moment < touch.at + window
        && channels.map { $0.contains(touch.channel) } ?? true
    }.map(\.at).sorted()
    guard !allows(moment, among: counted) else { return nil }
    // What is in the way leaves the stretch as one of them becomes older than the window; behind the last of
    // them nothing is in the way.
    return counted.map { $0 + window }.first { $0 > moment && allows($0, among: counted) }
  }

  /// Whether no stretch that a contact at this moment is in has too many.
  /// - Parameter counted: the others, the earliest first.
  private func allows(_ moment: Timestamp, among counted: [Timestamp]) -> Bool {
    guard limit > 0 else { return true }
    let near = counted.filter { moment < $0 + window && $0 < moment + window }
    let place = near.firstIndex { $0 > moment } ?? near.count
    var all = near
    all.insert(moment, at: place)
    // Each stretch that is one contact too long and holds this one.
    return all.indices.dropLast(limit).allSatisfy { first in
      first > place || first + limit < place || all[first + limit] >= all[first] + window
    }
  }
}

/// When somebody has had enough of us: so many contacts without an answer are one.
package struct Fatigue: Sendable, Hashable {
  /// So many contacts without a response are followed by a rest.
  package var maximumUnanswered = 3
  /// How long that rest is.
  package var rest = Duration.days(14)
  /// With more complaints than this nothing is sent any more.
  package var maximumComplaints = 0

  /// The defaults.
  package init() {}

  /// Why a contact would be one too many.
  package enum Finding: Sendable, Hashable {
    case complained(Int)
    case unanswered(Int, until: Timestamp)
  }

  /// - Returns: `nil` when a contact at this moment is not too many.
  package func finding(in touches: [ContactTouch], at moment: Timestamp) -> Finding? {
    let past = touches.filter { $0.at <= moment }
    let complaints = past.count { $0.kind == .complaint }
    guard complaints <= maximumComplaints else { return .complained(complaints) }
    let answered = past.filter { $0.kind == .response }.map(\.at).max()
    let unanswered = past.filter { touch in
      touch.kind == .sent && answered.map { touch.at > $0 } ?? true
    }.map(\.at)
    guard unanswered.count >= maximumUnanswered, let last = unanswered.max() else { return nil }
    let until = last + rest
    return moment < until ? .unanswered(unanswered.count, until: until) : nil
  }
}
