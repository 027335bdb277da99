/// One step on a lead's way.
package struct JourneyStep: Sendable, Hashable, Codable {
  /// Where it led to.
  package var stage: JourneyStage
  /// When it was taken.
  package var at: Timestamp
  /// Who took it; `nil` where that is not known, as of what imports brought. No personal data.
  package var actor: String?
  /// The event that made it; `nil` of a step that follows from what is stored.
  package var eventID: EventID?
  /// Why, where somebody said so.
  package var reason: String?

  /// A step.
  package init(
    stage: JourneyStage, at: Timestamp, actor: String? = nil, eventID: EventID? = nil,
    reason: String? = nil
  ) {
    self.stage = stage
    self.at = at
    self.actor = actor
    self.eventID = eventID
    self.reason = reason
  }

  /// The step that an event made.
  package init(_ stage: JourneyStage, by event: Event, reason: String? = nil) {
    self.init(
      stage: stage, at: event.occurredAt, actor: event.actor, eventID: event.id, reason: reason)
  }
}
