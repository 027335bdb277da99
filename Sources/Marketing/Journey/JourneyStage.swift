/// Where a lead is on its way through the agents' hands.
package enum JourneyStage: String, Sendable, Hashable, Codable, CaseIterable {
  /// It came in, or wrote again after it was closed.
  case received
  /// It was scored and classified.
  case triaged
  /// An agent that engages it has accepted it.
  case handedOff = "handed_off"
  /// Messages are planned or sent.
  case engaged
  /// What came of the messages is watched.
  case monitored
  /// Its campaign was changed for it.
  case optimized
  /// It did what was hoped for.
  case converted
  /// It was lost.
  case closed

  /// The stages that a lead may go to from this one.
  package var next: Set<JourneyStage> {
    switch self {
    // Engaged without a triage where whoever plans says the category.
    case .received: [.triaged, .engaged, .converted, .closed]
    case .triaged: [.handedOff, .engaged, .converted, .closed]
    // Back to triage when the receiver rejects it or lets its offer expire.
    case .handedOff: [.triaged, .engaged, .converted, .closed]
    case .engaged: [.monitored, .converted, .closed]
    case .monitored: [.engaged, .handedOff, .optimized, .converted, .closed]
    case .optimized: [.engaged, .monitored, .handedOff, .converted, .closed]
    case .converted: [.closed]
    // It writes again, or what was reported lost was won after all.
    case .closed: [.received, .converted]
    }
  }

  /// The stages that a lead may come to this one from.
  package var previous: Set<JourneyStage> {
    Set(Self.allCases.filter { $0.next.contains(self) })
  }

  /// Whether a lead may go from one stage to another.
  /// - Parameter stage: `nil` for a lead of which no step is stored: it may begin anywhere.
  package static func isLegal(from stage: JourneyStage?, to next: JourneyStage) -> Bool {
    stage.map { $0.next.contains(next) } ?? true
  }
}
