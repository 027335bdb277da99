/// What somebody reports of a message that has left: the provider that carried it, or whoever took the call.
package struct DeliveryReport: Sendable, Hashable {
  /// What happened.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// It came to the person's mailbox or device.
    case delivered
    /// It was opened. Machines open mail, so nothing is concluded from it.
    case opened
    /// A link in it was followed.
    case clicked
    /// The person answered.
    case replied
    /// The person agreed on a meeting.
    case meeting
    /// The address takes nothing, now or for good.
    case bounced
    /// The person called it unwanted.
    case complained
    /// The person asked for no more.
    case unsubscribed
  }

  /// The report's name, by whoever reports: the same one again changes nothing.
  package var id: String
  /// The message.
  package var messageID: MessageID
  /// What happened.
  package var kind: Kind
  /// When.
  package var at: Timestamp
  /// Whether a bounce is for good: nothing is sent to the address any more.
  package var isPermanent: Bool
  /// What is told of it, without personal data; `nil` for nothing.
  package var detail: String?

  /// A report.
  package init(
    id: String, messageID: MessageID, kind: Kind, at: Timestamp, isPermanent: Bool = true,
    detail: String? = nil
  ) {
    self.id = id
    self.messageID = messageID
    self.kind = kind
    self.at = at
    self.isPermanent = isPermanent
    self.detail = detail
  }
}
