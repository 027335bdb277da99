/// A step that is to be taken if the lead is where it can be taken from.
package struct JourneyMove: Sendable, Hashable {
  /// Where it leads to.
  package var stage: JourneyStage
  /// Where it can be taken from.
  package var sources: Set<JourneyStage>
  /// Whether a lead of which no step is stored can take it.
  package var mayBeFirst: Bool
  /// What makes it.
  package var event: Event
  /// Why.
  package var reason: String?

  /// A move that can be taken from wherever the table of stages says.
  package init(to stage: JourneyStage, by event: Event, reason: String? = nil) {
    self.init(to: stage, from: stage.previous, mayBeFirst: true, by: event, reason: reason)
  }

  private init(
    to stage: JourneyStage, from sources: Set<JourneyStage>, mayBeFirst: Bool, by event: Event,
    reason: String? = nil
  ) {
    self.stage = stage
    self.sources = sources
    self.mayBeFirst = mayBeFirst
    self.event = event
    self.reason = reason
  }

  /// A lead that was handed off comes back.
  package static func back(by event: Event, reason: String?) -> JourneyMove {
    JourneyMove(to: .triaged, from: [.handedOff], mayBeFirst: false, by: event, reason: reason)
  }

  /// The step that is stored if the move is taken.
  package var step: JourneyStep { JourneyStep(stage, by: event, reason: reason) }

  /// Whether the move can be taken.
  /// - Parameter stage: where the lead is; `nil` when no step of it is stored.
  package func isPossible(from stage: JourneyStage?) -> Bool {
    stage.map { sources.contains($0) } ?? mayBeFirst
  }

  /// What coming in moves: a new lead is received; one that was closed and comes in again is too.
  package static func ofReceipt(
    _ lead: Lead, basis: TriageBasis, events: [Event]
  ) -> [JourneyMove] {
    func event(_ kind: Event.Kind) -> Event? {
      events.first { $0.kind == kind && $0.leadID == lead.id }
    }
    switch basis {
    case .new:
      return event(.leadCreated).map {
        [JourneyMove(to: .received, from: [], mayBeFirst: true, by: $0)]
      } ?? []
    case .stored(let known):
      return event(.leadUpdated).map {
        [
          JourneyMove(
            to: .received, from: [.closed], mayBeFirst: known.status == .unqualified, by: $0)
        ]
      } ?? []
    }
  }

  /// What a triage moves: a new lead is received and triaged; one that was closed and writes again is too; else
  /// only one that waited for its triage. Scoring a lead anew takes it from nobody's hands. A move without its
  /// event among those of the triage is none.
  package static func ofTriage(
    _ lead: Lead, basis: TriageBasis, events: [Event]
  ) -> [JourneyMove] {
    func event(_ kind: Event.Kind) -> Event? {
      events.first { $0.kind == kind && $0.leadID == lead.id }
    }
    var moves: [JourneyMove] = []
    switch basis {
    case .new:
      if let created = event(.leadCreated) {
        moves.append(JourneyMove(to: .received, from: [], mayBeFirst: true, by: created))
      }
      if let triaged = event(.leadTriaged) {
        moves.append(JourneyMove(to: .triaged, from: [.received], mayBeFirst: true, by: triaged))
      }
    case .stored(let known):
      let hasWritten = lead.message != nil && lead.message != known.message
      if hasWritten, let updated = event(.leadUpdated) {
        moves.append(
          JourneyMove(
            to: .received, from: [.closed], mayBeFirst: known.status == .unqualified, by: updated))
      }
      if let triaged = event(.leadTriaged) {
        let isOver = [.converted, .unqualified].contains(known.status)
        moves.append(
          JourneyMove(to: .triaged, from: [.received], mayBeFirst: !isOver, by: triaged))
      }
    }
    return moves
  }
}
