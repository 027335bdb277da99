import JSONRPC
package import Logging
package import Marketing
package import MarketingTools
import ServiceLifecycle

/// Consolidates memory by itself when it is due, one workspace after the other.
package final class MemoryConsolidation: Service {
  private static let actor = "leadrelay/upkeep"

  private let consolidator: Consolidator
  private let logger: Logger
  private let pause: @Sendable () async throws -> Void
  /// What was last said of a workspace that something is wrong with.
  private let problems = Locked<[String: String]>([:])

  /// - Parameter pause: returns when it is time to look again.
  package init(
    _ consolidator: Consolidator, logger: Logger,
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(60))
    }
  ) {
    self.consolidator = consolidator
    self.logger = logger
    self.pause = pause
  }

  /// Looks again and again until the server is stopped. A run that is cut short goes on the next time.
  package func run() async throws {
    guard consolidator.settings.everyHours > 0 else {
      try await gracefulShutdown()
      return
    }
    while await Upkeep.isTimeAgain(after: pause) {
      _ = await cancelWhenGracefulShutdown { await self.consolidate() }
    }
  }

  /// Consolidates where it is due.
  /// - Returns: what was done, by workspace.
  @discardableResult
  package func consolidate() async -> [WorkspaceID: Consolidator.Report] {
    var reports: [WorkspaceID: Consolidator.Report] = [:]
    let workspaces: [WorkspaceID]
    do throws(StoreError) {
      workspaces = try await consolidator.workspaces()
      isWell("-")
    } catch {
      say("the workspaces could not be read", error, "-")
      return [:]
    }
    for workspace in workspaces where !Task.isCancelled {
      reports[workspace] = await consolidate(workspace)
    }
    return reports
  }

  private func consolidate(_ workspace: WorkspaceID) async -> Consolidator.Report? {
    let problem = "memory was not consolidated"
    do throws(StoreError) {
      guard try consolidator.isDue(in: workspace) else { return nil }
    } catch {
      say(problem, error, workspace.rawValue)
      return nil
    }
    do throws(Consolidator.Refusal) {
      let report = try await consolidator.run(
        Consolidator.Request(actor: Self.actor), in: workspace)
      isWell(workspace.rawValue)
      tell(report, workspace)
      return report
    } catch {
      switch error {
      case .cancelled, .busy: break
      case .store(let cause): say(problem, cause, workspace.rawValue)
      }
      return nil
    }
  }

  private func tell(_ report: Consolidator.Report, _ workspace: WorkspaceID) {
    let level: Logger.Level = report.hasChanged ? .info : .debug
    logger.log(
      level: level, "memory was consolidated",
      metadata: [
        "workspace": "\(workspace)", "examined": "\(report.examined)",
        "merged": "\(report.merged)", "promoted": "\(report.promoted)",
        "compressed": "\(report.compressed)", "decayed": "\(report.decayed)",
        "hasMore": "\(report.hasMore)",
      ])
  }

  /// Says once what is wrong until it is mended.
  private func say(_ problem: String, _ error: StoreError, _ workspace: String) {
    let cause = "\(error)"
    let isNew = problems.withLock { $0.updateValue(cause, forKey: workspace) != cause }
    if isNew {
      logger.warning("\(problem)", metadata: ["workspace": "\(workspace)", "cause": "\(cause)"])
    }
  }

  private func isWell(_ workspace: String) {
    problems.withLock { $0[workspace] = nil }
  }
}
