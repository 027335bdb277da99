/// Keeps long-running tool calls across restarts. The content of a record is the protocol layer's own;
/// the store sees text.
package protocol TaskRecordStore: Sendable {
  /// Stores a new record or a new state of one; durable when it returns. A record that has ended does not
  /// change any more.
  /// - Returns: whether it was stored; not when the stored record has ended already.
  @discardableResult
  func save(_ record: TaskRecord, in workspace: WorkspaceID) async throws(StoreError) -> Bool

  /// The record; `nil` when there is none of this name or it has expired by `now`.
  func record(
    _ id: String, at now: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> TaskRecord?

  /// Removes what has expired by `now`, in every workspace.
  func removeExpired(at now: Timestamp) async throws(StoreError)

  /// Records of a process that is gone and that nobody will finish: not ended, and not touched since
  /// `time`; in every workspace.
  func abandoned(before time: Timestamp) throws(StoreError) -> [(WorkspaceID, TaskRecord)]
}

/// A long-running tool call as it is stored.
package struct TaskRecord: Sendable, Hashable {
  /// The task's unguessable name.
  package var id: String
  /// Who may see it.
  package var principal: String
  /// Whether it has ended: its state will not change again.
  package var hasEnded: Bool
  /// When it was last written; a running task writes from time to time.
  package var touchedAt: Timestamp
  /// When it may be forgotten; `nil` for never.
  package var expiresAt: Timestamp?
  /// The state as JSON. May hold personal data; erased with the record.
  package var content: String

  /// A record.
  package init(
    id: String, principal: String, hasEnded: Bool, touchedAt: Timestamp, expiresAt: Timestamp?,
    content: String
  ) {
    self.id = id
    self.principal = principal
    self.hasEnded = hasEnded
    self.touchedAt = touchedAt
    self.expiresAt = expiresAt
    self.content = content
  }
}
