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
  /// Of which workspaces' messages whoever made a stamp may report; `nil` when it is by nobody who may, not of
  /// these very bytes, or old.
  package var reach: @Sendable (_ stamp: WebhookStamp, _ body: [UInt8]) -> Reach?
  /// Takes reports; the same again change nothing. Returns how many there was something to do for.
  package var report:
    @Sendable (_ reports: [DeliveryReport], _ workspace: WorkspaceID) async throws -> Int
  /// The workspace of reports that name none.
  package var workspace: WorkspaceID

  /// The workspaces that somebody may report of.
  package enum Reach: Sendable, Hashable {
    case every
    case one(WorkspaceID)
  }

  /// Who takes reports.
  package init(
    in workspace: WorkspaceID,
    reach: @escaping @Sendable (_ stamp: WebhookStamp, _ body: [UInt8]) -> Reach?,
    report:
      @escaping @Sendable (_ reports: [DeliveryReport], _ workspace: WorkspaceID) async throws ->
      Int
  ) {
    self.workspace = workspace
    self.reach = reach
    self.report = report
  }
}
