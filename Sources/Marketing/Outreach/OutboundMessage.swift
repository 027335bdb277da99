/// A message to one person, ready to be sent: everything that its channel has to know. What names the person
/// or says something to it is in `destination` and `content`, and nowhere else.
package struct OutboundMessage: Sendable, Hashable {
  /// The message's name, the same at every attempt.
  package var id: MessageID
  /// The person it goes to.
  package var leadID: LeadID
  /// How it is sent.
  package var channel: OutreachChannel
  /// What it is for.
  package var purpose: OutreachPurpose
  /// Where it goes: an address or a number. Personal.
  package var destination: String
  /// What it says. Personal.
  package var content: MessageContent
  /// Names what is to be said, once in a workspace: a message of a key that is known is not stored again. No
  /// personal data.
  package var idempotencyKey: String
  /// The engagement it is a step of.
  package var engagementID: EngagementID?
  /// The campaign it is sent for.
  package var campaignID: CampaignID?
  /// The variant of its template.
  package var variantID: String?
  /// Which step of its engagement it is, from 0 on.
  package var step: Int?
  /// It is not sent earlier.
  package var notBefore: Timestamp
  /// When it was written.
  package var createdAt: Timestamp
  /// After so many attempts it is given up.
  package var maxAttempts: Int

  /// So many attempts where nobody says otherwise: with back-off they reach over about half an hour at least.
  package static let usualAttempts = 12

  /// A message that is due at once.
  package init(
    id: MessageID, leadID: LeadID, channel: OutreachChannel, purpose: OutreachPurpose,
    destination: String, content: MessageContent, idempotencyKey: String, createdAt: Timestamp
  ) {
    self.id = id
    self.leadID = leadID
    self.channel = channel
    self.purpose = purpose
    self.destination = destination
    self.content = content
    self.idempotencyKey = idempotencyKey
    self.notBefore = createdAt
    self.createdAt = createdAt
    self.maxAttempts = Self.usualAttempts
  }
}

package typealias MessageID = Identifier<OutboundMessage>

extension OutboundMessage {
  /// What it is counted by how often its destination is contacted; `nil` where that is no address of a person. Two
  /// addresses that only settings can tell apart are one here.
  package var address: ContactAddress? {
    ContactAddress(destination, keepsPlusTags: false)?.kept
  }
}

/// Those who are being sent something: one message at a time goes to a lead, and one to an address, which several
/// leads may have.
package struct BusyRecipients: Sendable {
  /// Whom a message goes to.
  package struct Recipient: Sendable, Hashable {
    let lead: LeadID
    let address: Int64?
    let workspace: WorkspaceID

    /// - Parameter address: the hash of the address; `nil` for none.
    package init(_ lead: LeadID, address: Int64?, in workspace: WorkspaceID) {
      self.lead = lead
      self.address = address
      self.workspace = workspace
    }
  }

  private struct Place<Name: Sendable & Hashable>: Sendable, Hashable {
    let name: Name
    let workspace: WorkspaceID
  }

  private var leads: Set<Place<LeadID>> = []
  private var addresses: Set<Place<Int64>> = []

  /// Nobody.
  package init() {}

  /// Whether something is on its way to the lead or to the address.
  package func contains(_ recipient: Recipient) -> Bool {
    let workspace = recipient.workspace
    return leads.contains(Place(name: recipient.lead, workspace: workspace))
      || recipient.address.map { addresses.contains(Place(name: $0, workspace: workspace)) } == true
  }

  /// Notes that something is.
  package mutating func insert(_ recipient: Recipient) {
    let workspace = recipient.workspace
    leads.insert(Place(name: recipient.lead, workspace: workspace))
    if let address = recipient.address {
      addresses.insert(Place(name: address, workspace: workspace))
    }
  }
}

/// What names an engagement.
package enum EngagementName {}

package typealias EngagementID = Identifier<EngagementName>

/// What a message says.
package struct MessageContent: Sendable, Hashable {
  /// The subject, one line; empty where the channel has none.
  package var subject: String
  /// The text.
  package var text: String
  /// The same as HTML.
  package var html: String?
  /// Headers of its own, for channels that have headers.
  package var headers: [Header]
  /// What the person is invited to.
  package var invitation: Invitation?

  /// A header.
  package struct Header: Sendable, Hashable {
    package var name: String
    package var value: String

    /// A header.
    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What a message says.
  package init(
    subject: String, text: String, html: String? = nil, headers: [Header] = [],
    invitation: Invitation? = nil
  ) {
    self.subject = subject
    self.text = text
    self.html = html
    self.headers = headers
    self.invitation = invitation
  }
}

/// An event that a person is invited to.
package struct Invitation: Sendable, Hashable {
  /// Names the event in every version of it; `nil` for the message's own name.
  package var uid: String?
  /// The version; an invitation of a higher one replaces those before.
  package var sequence: Int
  /// When it begins.
  package var start: Timestamp
  /// How long it takes, in whole seconds.
  package var duration: Duration
  /// What it is, in one line.
  package var summary: String
  /// What it is about.
  package var details: String
  /// Where it is: a place or a link.
  package var location: String?

  /// An event.
  package init(
    uid: String? = nil, sequence: Int = 0, start: Timestamp, duration: Duration, summary: String,
    details: String = "", location: String? = nil
  ) {
    self.uid = uid
    self.sequence = sequence
    self.start = start
    self.duration = duration
    self.summary = summary
    self.details = details
    self.location = location
  }
}
