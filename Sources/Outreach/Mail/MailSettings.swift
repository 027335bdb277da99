package import Marketing

/// Who mails come from and what all of them say.
package struct MailSettings: Sendable {
  /// The sender's address.
  package var from: String
  /// The sender's name.
  package var name: String?
  /// Where answers go, if not to the sender.
  package var replyTo: String?
  /// The sender's postal address, which stands under every mail; the law of many countries asks for it.
  package var postalAddress: String
  /// Whose software writes the mails.
  package var organization: String
  /// The link by which the person ends all this with one request; `nil` for messages that need none.
  package var unsubscribeURL: @Sendable (DeliveryAttempt) -> String?

  /// Settings.
  package init(
    from: String, name: String? = nil, replyTo: String? = nil, postalAddress: String,
    organization: String,
    unsubscribeURL: @escaping @Sendable (DeliveryAttempt) -> String? = { _ in nil }
  ) {
    self.from = from
    self.name = name
    self.replyTo = replyTo
    self.postalAddress = postalAddress
    self.organization = organization
    self.unsubscribeURL = unsubscribeURL
  }

  /// What keeps mails from being sent with these settings; `nil` when nothing does.
  package var flaw: String? {
    if let flaw = EmailAddress.flaw(in: from) { return "the sender's address is \(flaw)" }
    if let replyTo, let flaw = EmailAddress.flaw(in: replyTo) {
      return "the address for answers is \(flaw)"
    }
    if HeaderText.oneLine(postalAddress).isEmpty { return "there is no postal address" }
    if HeaderText.oneLine(organization).isEmpty { return "there is no organization" }
    return nil
  }
}

/// Why a mail could not be written: the message's fault, at every attempt.
package struct MailError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is the matter, without personal data.
  package var message: String

  package var description: String { message }
}
