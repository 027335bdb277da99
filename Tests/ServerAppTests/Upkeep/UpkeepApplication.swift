import JSONRPC
import Logging
import MCP
import Marketing
import MarketingTools
import MetricsTestKit
import ServerApp
import ServiceLifecycle
import Testing

/// The product on a file, with what runs in the background.
enum UpkeepApplication {
  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  static func make(_ path: String, retrainAfter: Int = 0) throws -> Application {
    var configuration = ServerConfiguration(databasePath: path)
    configuration.models.retrainAfterOutcomes = retrainAfter
    return try Application(configuration, logger: logger)
  }

  static func upkeep(_ application: Application) -> ModelUpkeep {
    ModelUpkeep(
      application.models, metrics: TestMetrics(), logger: logger, now: SystemClock.now)
  }

  /// Runs a body with a client of the product, then stops the product as a signal does.
  static func with(
    _ path: String, retrainAfter: Int = 0,
    _ body: @escaping @Sendable (Application, Caller) async throws -> Void
  ) async throws {
    let application = try make(path, retrainAfter: retrainAfter)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: application.backgroundServices.map { .init(service: $0) }, logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      let result = await Result.make { try await body(application, Caller(application)) }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      try result.get()
    }
  }

  /// Calls tools of an application in this process.
  struct Caller: Sendable {
    let application: Application

    init(_ application: Application) { self.application = application }

    func call(_ tool: String, _ arguments: JSONObject) async throws -> JSONObject {
      try await application.withLocalClient { client in
        let result = try await client.request(
          "tools/call", ["name": .string(tool), "arguments": .object(arguments)])
        try #require(result["isError"] != true, "\(result["content"] ?? .null)")
        return try #require(result["structuredContent"]?.objectValue)
      }
    }
  }
}

extension Result where Failure == any Error, Success == Void {
  fileprivate static func make(_ body: () async throws -> Void) async -> Self {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}
