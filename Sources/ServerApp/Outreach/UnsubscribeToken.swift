package import Marketing
package import Sealing

/// What the link in a marketing mail stands for. Sealed, so that nobody reads in it whom it is about; without an
/// end, as mails are kept for years.
package struct UnsubscribeToken: Sendable, Hashable {
  /// The workspace of the message.
  package let workspace: WorkspaceID
  /// The person it went to.
  package let leadID: LeadID
  /// The message.
  package let messageID: MessageID
  /// How it was sent.
  package let channel: OutreachChannel

  private static let purpose = "unsubscribe"

  /// What the link in a message stands for.
  package init(
    workspace: WorkspaceID, leadID: LeadID, messageID: MessageID, channel: OutreachChannel
  ) {
    self.workspace = workspace
    self.leadID = leadID
    self.messageID = messageID
    self.channel = channel
  }

  /// Opens a token.
  /// - Returns: `nil` for any text that this ring has not sealed as one.
  package init?(_ text: String, ring: KeyRing) {
    guard let bytes = try? ring.open(text, purpose: Self.purpose) else { return nil }
    let parts = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, let workspace = WorkspaceID(checking: parts[0]),
      let lead = LeadID(checking: parts[1]), let message = MessageID(checking: parts[2]),
      let channel = OutreachChannel(rawValue: parts[3])
    else { return nil }
    self.init(workspace: workspace, leadID: lead, messageID: message, channel: channel)
  }

  /// The token as a part of a URL's path.
  package func text(sealedBy ring: KeyRing) throws(SealingError) -> String {
    let parts = [workspace.rawValue, leadID.rawValue, messageID.rawValue, channel.rawValue]
    return try ring.seal(Array(parts.joined(separator: "\n").utf8), purpose: Self.purpose)
  }
}
