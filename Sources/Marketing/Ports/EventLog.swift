/// Reads the append-only log that every other store method writes to.
package protocol EventLog: Sendable {
  /// The place of the newest event; 0 when there is none.
  func latestSequence() throws(StoreError) -> Int64

  /// Events behind a place, oldest first, of every workspace. Personal values are left out.
  func events(after sequence: Int64, limit: Int) throws(StoreError) -> [LoggedEvent]

  /// A lead's events with their personal values decrypted, oldest first.
  func events(of id: LeadID, limit: Int, in workspace: WorkspaceID) throws(StoreError)
    -> [LoggedEvent]

  /// The place of the newest event, each time it may have moved, whichever process moved it: at most
  /// 250 ms after another process committed. Ends when the store closes.
  func changes() -> AsyncStream<Int64>
}
