import JSONRPC

/// What one row of a file says of a lead. Fields that the file does not have are absent.
package struct ImportedLead: Sendable, Hashable {
  /// The lead as it is stored when there is none of its name.
  package var lead: Lead
  /// Whether the row says when the lead came in; otherwise it comes in with this import.
  package var saysTime = true
  /// Whether the row says where the lead stands.
  package var saysStatus = true
  /// Whether the file names its leads itself; otherwise the name is made from the e-mail address or the
  /// row's content, and stands for them.
  package var hasOwnName = true
  /// Whether an earlier row of the file has the same e-mail address, and so is the same lead.
  package var repeatsRow = false
  /// The conversion that the row tells of.
  package var conversion: Conversion?

  /// That a lead converted.
  package struct Conversion: Sendable, Hashable {
    /// The outcome.
    package var outcome: Outcome
    /// Whether the row says when; otherwise the outcome's time is a guess and names no conversion.
    package var isDated: Bool
    /// The column that tells of it.
    package var column: String?

    /// A conversion.
    package init(outcome: Outcome, isDated: Bool, column: String? = nil) {
      self.outcome = outcome
      self.isDated = isDated
      self.column = column
    }
  }

  /// What a row says.
  package init(_ lead: Lead) { self.lead = lead }
}

/// One thing that a row says of its lead.
struct LeadStatement {
  enum Content {
    case text(WritableKeyPath<Lead, String?>, String)
    case createdAt(Timestamp)
    case lastActiveAt(Timestamp)
    case campaign(CampaignID)
    case channel(Channel)
    case consent(Bool)
    case status(LeadStatus)
    case score(Double)
    case category(LeadCategory)
    case attribute(String, JSONValue)
    case conversion(ImportedLead.Conversion)
  }

  let content: Content
  /// By this it is recognised when it is said again: 32 bits of a fingerprint of field and value. That
  /// one of a lead's 30 statements is taken for another happens once in 100 million changes.
  let mark: UInt32

  init(_ field: String, _ value: some Collection<UInt8>, _ content: Content) {
    var fingerprint = Fingerprint()
    fingerprint.add(field: field.utf8)
    fingerprint.add(field: value)
    let folded = fingerprint.folded
    self.mark = UInt32(truncatingIfNeeded: folded ^ folded >> 32)
    self.content = content
  }

  /// That this is the lead's e-mail address.
  init(email: String) { self.init("email", email.utf8, .text(\.contact.email, email)) }

  /// That the lead converted at a time that is not known.
  init(undated conversion: ImportedLead.Conversion) {
    self.init("conversion", "undated".utf8, .conversion(conversion))
  }
}

extension ImportedLead {
  private static let texts: [(String, any WritableKeyPath<Lead, String?> & Sendable)] = [
    ("source", \.source), ("persona", \.persona), ("region", \.region), ("message", \.message),
    ("assignedAgent", \.assignedAgent), ("name", \.contact.name), ("email", \.contact.email),
    ("phone", \.contact.phone), ("jobTitle", \.contact.jobTitle),
    ("timeZone", \.contact.timeZone), ("company", \.account.company),
    ("domain", \.account.domain), ("industry", \.account.industry),
    ("companySize", \.account.companySize),
  ]

  /// All that the row says.
  var statements: [LeadStatement] {
    var statements: [LeadStatement] = []
    statements.reserveCapacity(24)
    func say(_ field: String, _ value: String, _ content: LeadStatement.Content) {
      statements.append(LeadStatement(field, value.utf8, content))
    }
    for (field, path) in Self.texts {
      if let text = lead[keyPath: path] { say(field, text, .text(path, text)) }
    }
    if saysTime {
      say("createdAt", String(lead.createdAt.milliseconds), .createdAt(lead.createdAt))
    }
    if let time = lead.lastActiveAt {
      say("lastActiveAt", String(time.milliseconds), .lastActiveAt(time))
    }
    if let campaign = lead.campaignID { say("campaignID", campaign.rawValue, .campaign(campaign)) }
    if let channel = lead.preferredChannel {
      say("preferredChannel", channel.rawValue, .channel(channel))
    }
    if let consent = lead.hasConsent { say("hasConsent", consent ? "1" : "0", .consent(consent)) }
    if saysStatus { say("status", lead.status.rawValue, .status(lead.status)) }
    if let score = lead.score { say("score", String(score), .score(score)) }
    if let category = lead.category { say("category", category.rawValue, .category(category)) }
    for member in lead.attributes.members {
      statements.append(
        LeadStatement(
          "attributes/\(member.key)", JSONWriter.bytes(of: member.value),
          .attribute(member.key, member.value)))
    }
    if let conversion {
      let time = String(conversion.outcome.occurredAt.milliseconds)
      statements.append(
        conversion.isDated
          ? LeadStatement("conversion", time.utf8, .conversion(conversion))
          : LeadStatement(undated: conversion))
      if let value = conversion.outcome.value {
        say("value", "\(value.amount) \(value.currency)", .conversion(conversion))
      }
    }
    return statements
  }
}
