import Gateway
import HTTPTypes
import JSONRPC
import Logging
import MCP
import Marketing
import MarketingTools
import SQLiteStores
import Sealing
import ServedFiles
import ServiceLifecycle
import Testing

/// A real gateway on a free port of this machine, over stores in memory or in a file.
struct GatewayHarness: Sendable {
  /// What the gateway keeps things in.
  struct Backend: Sendable {
    let leads: any LeadStore
    let datasets: any DatasetStore
    let events: any EventLog
    let idempotency: any IdempotencyStore

    static func memory(_ stores: InMemoryStores = InMemoryStores()) -> Backend {
      Backend(leads: stores, datasets: stores, events: stores, idempotency: stores)
    }

    static func sqlite(_ database: SQLiteDatabase) -> Backend {
      Backend(
        leads: database.leads, datasets: database.datasets, events: database.events,
        idempotency: database.idempotency)
    }
  }

  let port: Int
  let backend: Backend
  let server: MCPServer
  private let group: ServiceGroup

  /// The tools of the product.
  static func tools(_ backend: Backend) throws -> ToolCatalog {
    try MarketingCatalog.tools(
      ToolEnvironment(
        leads: backend.leads, datasets: backend.datasets,
        scorecard: try Scorecard(json: JSONParser().parse(ServedFile.scorecard.bytes)),
        now: { TestTime.start }))
  }

  /// Runs a body with a gateway that listens, then ends the gateway.
  /// - Parameters:
  ///   - tools: in place of the product's.
  ///   - isValid: whether an identity that was let in still would be.
  static func run<Value: Sendable>(
    _ backend: Backend = .memory(), tools: ToolCatalog? = nil,
    isValid: @escaping @Sendable (Identity) -> Bool = { _ in true },
    _ body: (GatewayHarness) async throws -> Value
  ) async throws -> Value {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = MCPServer(
      info: Implementation(name: "test", version: "1"), tools: try tools ?? Self.tools(backend),
      sealer: .keyed,
      clock: WallClock(
        milliseconds: { TestTime.start.milliseconds },
        iso8601: { Timestamp(milliseconds: $0).iso8601 }), logger: logger)
    var configuration = Gateway.Configuration()
    configuration.port = 0
    let listening = OneShot<Int>()
    let gateway = Gateway(
      configuration, server: server,
      stores: Gateway.Stores(idempotency: backend.idempotency, events: backend.events),
      logger: logger, identify: identity, isValid: isValid
    ) { port in
      listening.fulfil(port)
    }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: [.init(service: gateway)], logger: logger))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        // A gateway that cannot listen must not keep the test waiting.
        defer { listening.fulfil(0) }
        try await group.run()
      }
      let port = await listening.value()
      let result: Result<Value, any Error>
      do {
        try #require(port > 0)
        result = .success(
          try await body(
            GatewayHarness(port: port, backend: backend, server: server, group: group)))
      } catch {
        result = .failure(error)
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      return try result.get()
    }
  }

  /// Has the gateway end in order.
  func shutDown() async { await group.triggerGracefulShutdown() }

  /// The value of `Authorization` of somebody with these scopes.
  static func credential(
    _ name: String = "ann", scopes: [String] = ["leads:read", "leads:write"],
    workspace: String = "default", excluding excluded: [String] = []
  ) -> String {
    "Test \(name);\(workspace);\(scopes.joined(separator: ","));\(excluded.joined(separator: ","))"
  }

  /// Whoever presents nothing may do nothing.
  private static func identity(_ headers: HTTPFields) -> Identity? {
    guard let text = headers[.authorization], text.hasPrefix("Test ") else {
      return Identity(principal: Principal(name: "anonymous", scopes: []))
    }
    let parts = text.dropFirst(5).split(separator: ";", omittingEmptySubsequences: false)
      .map(String.init)
    let words = parts.dropFirst(2).map { $0.split(separator: ",").map(String.init) }
    return Identity(
      principal: Principal(
        name: parts[0], workspace: parts[1], scopes: Set(words[0]),
        selections: [ToolSelection(excluded: Set(words[1]))]))
  }
}

/// The time in tests: it stands still.
enum TestTime {
  static let start = Timestamp(milliseconds: 1_767_225_600_000)
}

extension Sealer {
  /// Seals with keys that are gone after the test.
  static var keyed: Sealer {
    Sealer(
      seal: { try wrap($0, $1, $2) }, open: { try unwrap($0, $1, $2) },
      sign: { try wrap($0, $1, $2) }, verify: { try unwrap($0, $1, $2) },
      digest: { try SHA256.digest(of: $0) }, randomBytes: { try SecureRandom.bytes($0) })
  }

  private static let key = Array("a key that only tests use".utf8)

  private static func wrap(_ value: [UInt8], _ purpose: String, _ bound: [UInt8]) throws -> String {
    Base64URL.text(
      of: try HMACSHA256.code(of: value + Array(purpose.utf8) + bound, key: key) + value)
  }

  private static func unwrap(_ text: String, _ purpose: String, _ bound: [UInt8]) throws -> [UInt8]
  {
    guard let bytes = Base64URL.bytes(of: text.utf8) else { throw SealingError.refused }
    let value = Array(bytes.dropFirst(32))
    guard
      try HMACSHA256.areEqual(
        Array(bytes.prefix(32)),
        HMACSHA256.code(of: value + Array(purpose.utf8) + bound, key: key))
    else { throw SealingError.refused }
    return value
  }
}
