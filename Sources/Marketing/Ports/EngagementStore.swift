/// Keeps engagements, and what came of their messages. One engagement of a lead is open at a time.
///
/// Every method is one transaction and touches one workspace only; what it has returned from is durable.
package protocol EngagementStore: Sendable {
  /// Makes an event of an engagement as it is now.
  typealias EngagementEvent = @Sendable (Engagement) -> Event

  /// Stores a plan. It takes the place of a plan of the lead that is not executed yet; a second one for the same
  /// handoff changes nothing once the first is executed.
  /// - Returns: what is stored, and whether it is this plan.
  /// - Throws: `.notFound` when there is no such lead, or no such handoff; `.conflict` when the handoff is another
  ///   lead's or is not accepted, another engagement is running or paused, or the name is taken.
  func save(
    _ plan: Engagement, event: @escaping EngagementEvent, in workspace: WorkspaceID
  ) async throws(StoreError) -> (engagement: Engagement, isNew: Bool)

  /// Executes a plan: its messages go to the outbox, and the lead is engaged.
  /// - Parameters:
  ///   - number: of the engagement that the steps and messages were made from.
  ///   - steps: the plan with the messages' names.
  ///   - ending: work that is done by this; `nil` for none.
  /// - Returns: the engagement as it is now, and whether this executed it: one that is running already stays as
  ///   it is.
  /// - Throws: `.stale` when it has changed since; `.conflict` when it has come to its end.
  func start(
    _ id: EngagementID, number: Int, steps: [EngagementStep], messages: [OutboundMessage],
    ending: WorkEnding?, at now: Timestamp, event: @escaping EngagementEvent,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> (engagement: Engagement, isNew: Bool)

  /// Pauses, cancels or completes an engagement, and takes back what was not sent.
  /// - Parameter event: makes the event that is logged when something changed.
  /// - Throws: `.notFound` when there is none of this name; `.conflict` when it cannot be done any more.
  func end(
    _ id: EngagementID, _ ending: EngagementEnding, at now: Timestamp,
    event: @escaping EngagementEvent, in workspace: WorkspaceID
  ) async throws(StoreError) -> Engagement

  /// Completes engagements of which nothing is waiting to be sent any more.
  /// - Returns: how many there were.
  func completeFinished(
    at now: Timestamp, limit: Int, event: @escaping EngagementEvent
  ) async throws(StoreError) -> Int

  /// The engagement of a name; `nil` when there is none.
  func engagement(
    _ id: EngagementID, in workspace: WorkspaceID
  ) throws(StoreError) -> Engagement?

  /// The latest engagement of a lead; `nil` when there is none.
  func latestEngagement(
    of lead: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> Engagement?

  /// Stores what is reported of a message, with all that follows from it. The same report again changes nothing.
  /// What is said of a message that has not left is not stored, and nothing follows from it.
  /// - Throws: `.notFound` when there is no such message.
  func record(
    _ report: DeliveryReport, effects: OutreachEffects, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ReportReceipt

  /// What was reported of an engagement's messages, in the order it was stored.
  func reports(
    of engagement: EngagementID, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [DeliveryReport]

  /// What was sent and what came of it, added up over hours, for each value of a dimension.
  /// - Parameter since: hours that begin earlier are left out.
  func performance(
    by dimension: PerformanceDimension, since: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [PerformanceRecord]

  /// Deletes sums of hours before a time.
  /// - Returns: how many were deleted, no more than the limit.
  func prunePerformance(before time: Timestamp, limit: Int) async throws(StoreError) -> Int
}

/// What became of a report.
package enum ReportReceipt: Sendable, Hashable {
  /// It is stored now, with what follows from it.
  case new
  /// It was stored before.
  case known
  /// It is not believed: the message stands there, and nobody can have it.
  case notSent(OutboxEntry.State)
}

/// How an engagement is ended.
package enum EngagementEnding: Sendable, Hashable {
  /// It can go on later.
  case paused(because: String?)
  case cancelled(because: String?)
  /// Because of what happened.
  case exited(EngagementStrategy.Exit)

  /// What the messages are told that are taken back.
  package var cancelReason: String {
    switch self {
    case .paused: "paused"
    case .cancelled: "cancelled"
    case .exited(let exit): exit.rawValue
    }
  }

  /// Ends an engagement so.
  /// - Returns: whether it changed.
  package func apply(
    to engagement: inout Engagement, at now: Timestamp
  ) throws(StoreError) -> Bool {
    switch self {
    case .paused(let reason): try engagement.pause(because: reason, at: now)
    case .cancelled(let reason): try engagement.cancel(because: reason, at: now)
    case .exited(let exit): engagement.complete(by: exit, at: now)
    }
  }
}

extension StoreError {
  /// An engagement that is not there.
  package static func noSuchEngagement(_ id: EngagementID) -> StoreError {
    StoreError(.notFound, "There is no engagement '\(id)': plan one with plan_engagement")
  }

  /// A name that another engagement has.
  package static func engagementExists(_ id: EngagementID) -> StoreError {
    StoreError(.conflict, "There is another engagement '\(id)'")
  }

  /// An engagement that has come to its end.
  package static func isOver(_ engagement: Engagement) -> StoreError {
    StoreError(
      .conflict,
      "Engagement '\(engagement.id)' is \(engagement.state.rawValue): plan another one with "
        + "plan_engagement")
  }

  /// An engagement of which no step can be sent.
  package static func nothingToSend(
    _ engagement: Engagement, _ steps: [EngagementStep]
  ) -> StoreError {
    let causes = steps.map { step in
      "\(step.name): \(step.refusal?.reason ?? step.reasons.last ?? "not planned")"
    }
    return StoreError(
      .conflict,
      "No step of engagement '\(engagement.id)' can be sent: \(causes.joined(separator: "; "))")
  }

  /// An engagement that changed since it was read.
  package static func staleEngagement(_ id: EngagementID) -> StoreError {
    StoreError(.stale, "Engagement '\(id)' was changed meanwhile: execute it again")
  }
}
