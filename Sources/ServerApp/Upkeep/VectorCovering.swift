package import MarketingTools
import ServiceLifecycle

/// Keeps what finds the nearest of very many vectors up to date: a long computation that nothing else of the
/// upkeep waits for.
package struct VectorCovering: Service {
  private let desk: MemoryDesk

  /// - Parameter desk: whose vectors are covered.
  package init(_ desk: MemoryDesk) { self.desk = desk }

  /// Looks again and again until the server is stopped.
  package func run() async throws {
    let desk = desk
    while !Task.isCancelled, !Task.isShuttingDownGracefully {
      let isOver: Void? = try? await cancelWhenGracefulShutdown {
        await desk.coverVectors()
        try await Task.sleep(for: .seconds(10))
      }
      if isOver == nil { return }
    }
  }
}
