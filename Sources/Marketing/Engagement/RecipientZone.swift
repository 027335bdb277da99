/// The time zones that a recipient may be in, and how that is known. Of several every one must allow.
package struct RecipientZone: Sendable, Hashable {
  /// How the zones are known.
  package enum Source: String, Sendable, Hashable, Codable {
    /// The lead says so.
    case lead
    /// By the country code of its telephone number.
    case phone
    /// By the market region.
    case region
  }

  /// How they are known.
  package let source: Source
  /// At least one.
  package let zones: [ZoneRules]

  /// Zones that are known somehow; `nil` when there are none.
  package init?(_ source: Source, _ zones: [ZoneRules]) {
    guard !zones.isEmpty else { return nil }
    self.source = source
    self.zones = zones
  }

  /// What is known of a lead's zone: from the lead, else from its telephone number's country code, else from
  /// its region. What names a zone that has no rules is passed over as a whole.
  /// - Parameter rules: the rules of an IANA name; `nil` where there is no such zone.
  /// - Returns: `nil` when nothing is known.
  package static func of(
    _ lead: Lead, table: ZoneTable, rules: (String) -> ZoneRules?
  ) -> RecipientZone? {
    func known(_ names: [String]) -> [ZoneRules] {
      let zones = names.filter(TimeZoneName.isPlausible).compactMap(rules)
      return zones.count == names.count ? zones : []
    }
    let number = lead.contact.phone.flatMap { try? PhoneNumber.parse($0).get() }
    return RecipientZone(.lead, known(lead.contact.timeZone.map { [$0] } ?? []))
      ?? RecipientZone(.phone, known(number.map(table.zones(of:)) ?? []))
      ?? RecipientZone(.region, known(lead.region.map(table.zones(ofRegion:)) ?? []))
  }

  /// In words, for reasons.
  package var name: String {
    zones.count == 1 ? zones[0].name : "\(zones.count) possible zones, from \(zones[0].name)"
  }
}
