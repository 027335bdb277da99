import JSONRPC
import Marketing

/// What is known of whether, where and when a lead may be contacted. All of it binds the receiver, so that no
/// budget cuts it.
struct ContactHandoffItems: Sendable {
  /// So many possible zones are named; the others are counted.
  private static let mostZones = 3

  let environment: ToolEnvironment
  let zones: ZoneTable
  let workspace: WorkspaceID
  let now: Timestamp

  /// Adds it all.
  func add(_ lead: Lead, to collection: inout HandoffCollection) throws(StoreError) {
    let addresses = environment.identity(of: lead).contactAddresses
    let provenance = HandoffProvenance(.consent, at: now)
    // Not facts, of which any may be what a role needs to know.
    func add(_ key: String, _ words: [String], since time: Timestamp) {
      collection.add(
        HandoffItem(
          .lead, key, .string(words.joined(separator: ", ")), knownSince: time,
          flags: [.constraint, .event]),
        from: provenance)
    }
    let consents = try environment.consents.currentConsents(
      of: lead.id, addresses: addresses, in: workspace)
    for consent in consents {
      let words = [consent.state.rawValue, Self.day(consent.at), consent.source]
      add(
        "consent.\(consent.channel.rawValue).\(consent.purpose.rawValue)",
        words + [consent.wordingVersion].compactMap(\.self), since: consent.at)
    }
    let suppressions = try environment.consents.suppressions(of: addresses, in: workspace)
    for suppression in suppressions {
      let scope = suppression.channel.map { ".\($0.rawValue)" } ?? ""
      add(
        "do_not_contact\(scope)", [suppression.reason.rawValue, Self.day(suppression.since)],
        since: suppression.since)
    }
    add("calling_hours", [callingHours], since: now)
    addZone(of: lead, to: &collection)
  }

  /// The hours that calls and SMS keep, by the lead's own clock.
  private var callingHours: String {
    let hours = environment.handoffSettings.quietHours
    return "calls and SMS \(Self.clock(hours.opensAtMinute))-\(Self.clock(hours.closesAtMinute))"
  }

  /// Where the lead's clock is: as it says, else by the country code of its telephone number, else by its region.
  private func addZone(of lead: Lead, to collection: inout HandoffCollection) {
    let number = lead.contact.phone.flatMap { try? PhoneNumber.parse($0).get() }
    let known: [(key: String, names: [String])] = [
      ("timeZone", lead.contact.timeZone.map { [$0] } ?? []),
      ("timeZoneByPhone", number.map(zones.zones(of:)) ?? []),
      ("timeZoneByRegion", lead.region.map(zones.zones(ofRegion:)) ?? []),
    ]
    guard let found = known.first(where: { !$0.names.isEmpty }) else { return }
    var text = found.names.prefix(Self.mostZones).joined(separator: " or ")
    if found.names.count > Self.mostZones {
      text += " or \(found.names.count - Self.mostZones) others"
    }
    let since = max(lead.createdAt, lead.lastActiveAt ?? lead.createdAt)
    collection.add(
      HandoffItem(.lead, found.key, .string(text), knownSince: since, flags: .constraint),
      from: HandoffProvenance(.lead, at: since))
  }

  private static func day(_ time: Timestamp) -> String { String(time.iso8601.prefix(10)) }

  private static func clock(_ minute: Int) -> String {
    let (hour, rest) = (minute / 60, minute % 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
  }
}
