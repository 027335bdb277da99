package import Logging
package import MCP
package import Marketing
import MarketingTools
import ServiceLifecycle

/// Tells subscribers of resources what changed, whichever process changed it: it follows the tail of
/// the event log.
package struct ChangeRelay: Service {
  private static let batch = 500

  private let log: any EventLog
  private let changes: ChangeHub
  private let logger: Logger

  /// A relay from a log.
  package init(from log: any EventLog, to changes: ChangeHub, logger: Logger) {
    self.log = log
    self.changes = changes
    self.logger = logger
  }

  package func run() async throws {
    try await cancelWhenGracefulShutdown { try await follow() }
  }

  private func follow() async throws {
    // Subscribed before the start is read, so that nothing between the two is missed.
    let ticks = log.changes()
    var last = try log.latestSequence()
    for await latest in ticks {
      // Without subscribers there is nobody to tell. Who subscribes from now on has seen all up to here.
      guard changes.hasResourceSubscribers else {
        last = max(last, latest)
        continue
      }
      do {
        while true {
          let events = try log.events(after: last, limit: Self.batch)
          for logged in events {
            last = logged.sequence
            publish(logged.event, in: logged.workspace.rawValue)
          }
          if events.count < Self.batch { break }
        }
      } catch {
        logger.warning("the event log could not be read", metadata: ["cause": "\(error)"])
      }
    }
  }

  /// What an import may have changed: its event does not name every lead and entity of a file.
  static let imported = [
    "lead://", "memory://", "knowledge://", "journey://", "campaign://", "campaign-report://",
  ].map(
    Change.resourcesUpdated(prefix:))

  static let erased = [
    "campaign://", "campaign-report://", "experiment://", "experiment-report://",
  ].map(Change.resourcesUpdated(prefix:))

  private func publish(_ event: Event, in workspace: String) {
    if event.kind == .datasetImported {
      for change in Self.imported { changes.publish(change, in: workspace) }
    }
    // Whatever the lead had a part in is counted without it now.
    if event.kind == .leadErased {
      for change in Self.erased { changes.publish(change, in: workspace) }
    }
    if let lead = event.leadID, LeadResource.isChanged(by: event) {
      changes.publish(.resourceUpdated(uri: LeadResource.uri(lead)), in: workspace)
    }
    if let lead = event.leadID, JourneyResource.isChanged(by: event) {
      changes.publish(.resourceUpdated(uri: JourneyResource.uri(lead)), in: workspace)
    }
    for uri in MemoryResource.uris(of: event) {
      changes.publish(.resourceUpdated(uri: uri), in: workspace)
    }
    if let uri = HandoffResource.uri(of: event) {
      changes.publish(.resourceUpdated(uri: uri), in: workspace)
    }
    for uri in CampaignResource.uris(of: event) + ExperimentResource.uris(of: event) {
      changes.publish(.resourceUpdated(uri: uri), in: workspace)
    }
    for uri in PerformanceResource.uris(of: event) {
      changes.publish(.resourceUpdated(uri: uri), in: workspace)
    }
    for entity in KnowledgeResource.entities(of: event) {
      changes.publish(.resourceUpdated(uri: KnowledgeResource.uri(entity)), in: workspace)
    }
    switch event.kind {
    case .leadCreated, .datasetImported, .interactionRecorded, .outcomeRecorded:
      changes.publish(.resourceUpdated(uri: DatasetSummaryResource.uri), in: workspace)
    default: break
    }
  }
}
