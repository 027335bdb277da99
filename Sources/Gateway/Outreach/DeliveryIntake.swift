package import Marketing

/// The headers of Standard Webhooks by which a request says when it was sent, and by whom.
package struct WebhookStamp: Sendable, Hashable {
  /// The request's name, the same each time it is sent.
  package let id: String
  /// When, in seconds since 1970.
  package let seconds: Int64
  /// Its signatures.
  package let signature: String

  /// A stamp.
  package init(id: String, seconds: Int64, signature: String) {
    self.id = id
    self.seconds = seconds
    self.signature = signature
  }
}

/// Who takes reports of what became of messages.
package struct DeliveryIntake: Sendable {
  /// Whether a stamp is by somebody who may report, of these very bytes, and not old.
  package var isGenuine: @Sendable (_ stamp: WebhookStamp, _ body: [UInt8]) -> Bool
  /// Takes reports; the same again change nothing. Returns how many there was something to do for.
  package var report:
    @Sendable (_ reports: [DeliveryReport], _ workspace: WorkspaceID) async throws -> Int
  /// The workspace of reports that name none.
  package var workspace: WorkspaceID

  /// Who takes reports.
  package init(
    in workspace: WorkspaceID,
    isGenuine: @escaping @Sendable (_ stamp: WebhookStamp, _ body: [UInt8]) -> Bool,
    report:
      @escaping @Sendable (_ reports: [DeliveryReport], _ workspace: WorkspaceID) async throws ->
      Int
  ) {
    self.workspace = workspace
    self.isGenuine = isGenuine
    self.report = report
  }
}
