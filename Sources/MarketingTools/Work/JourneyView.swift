import JSONRPC
import MCP
import Marketing

/// A lead's way as tools and resources show it.
package struct JourneyView: Encodable, Sendable {
  /// Open work of the lead.
  struct Work: Encodable, Sendable {
    let workID: WorkID
    let kind: WorkKind
    let role: AgentRoleID
    let state: WorkItem.State
    let dueAt: Timestamp
    let attempts: Int
  }

  /// So much open work is shown.
  private static let mostWork = 20

  let leadID: LeadID
  let stage: JourneyStage
  /// The latest steps.
  private(set) var steps: [JourneyStep]
  /// How many steps before those are not shown.
  private(set) var earlierSteps: Int?
  let work: [Work]

  /// The way of a lead; `nil` when there is no such lead.
  init?(
    of id: LeadID, _ environment: ToolEnvironment, _ context: RequestContext
  ) throws(CallInterruption) {
    let desk = environment.work
    let found = try reading(context) { () throws(StoreError) -> (Journey, [WorkItem])? in
      guard let journey = try desk.journeys.journey(of: id, in: context.workspace) else {
        return nil
      }
      return (
        journey,
        try desk.store.openItems(
          of: id, limit: Self.mostWork, in: context.workspace)
      )
    }
    guard let (journey, items) = found else { return nil }
    leadID = id
    stage = journey.stage
    steps = journey.steps
    work = items.map {
      Work(
        workID: $0.id, kind: $0.kind, role: $0.role, state: $0.state, dueAt: $0.dueAt,
        attempts: $0.attempts)
    }
  }

  /// The same with only so many of the latest steps.
  func showing(_ count: Int) -> JourneyView {
    guard count < steps.count else { return self }
    var view = self
    view.earlierSteps = steps.count - count
    view.steps = steps.suffix(count)
    return view
  }
}
