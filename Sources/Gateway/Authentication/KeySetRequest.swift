import AsyncHTTPClient
import MCP
import NIOCore
import NIOHTTP1

/// Asks the issuer for its keys.
enum KeySetRequest {
  /// How long the issuer may take for all of it.
  private static let patience = Duration.seconds(5)
  private static let redirects = 3

  /// The document at a URL. Redirects are followed on the same host only: who can answer for it is who the
  /// configuration trusts.
  static func bytes(at uri: WebURI, limit: Int) async throws -> [UInt8] {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .seconds(5)
    // For this one request: it is made every ten minutes, and a client of its own is configured as it must
    // be and leaves nothing behind.
    let client = HTTPClient(
      eventLoopGroupProvider: .singleton, configuration: configuration)
    let result: Result<[UInt8], any Error>
    do {
      result = .success(try await withTimeLimit { try await get(uri, limit: limit, client) })
    } catch {
      result = .failure(error)
    }
    try await client.shutdown()
    return try result.get()
  }

  private static func get(
    _ uri: WebURI, limit: Int, _ client: HTTPClient
  ) async throws -> [UInt8] {
    var uri = uri
    for _ in 0...redirects {
      var request = HTTPClientRequest(url: uri.text)
      request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
      let response = try await client.execute(request, timeout: .seconds(5))
      switch response.status.code {
      case 200:
        return Array(buffer: try await response.body.collect(upTo: limit))
      case 301, 302, 303, 307, 308:
        let location = response.headers.first(name: "Location") ?? ""
        guard let target = target(of: location, from: uri) else {
          throw KeySetError(message: "it redirects to another host")
        }
        uri = target
      case let code: throw KeySetError(message: "it answers with status \(code)")
      }
    }
    throw KeySetError(message: "it redirects more than \(redirects) times")
  }

  /// Where a redirect leads, when that is the same host.
  private static func target(of location: String, from uri: WebURI) -> WebURI? {
    let isPath = location.hasPrefix("/") && !location.hasPrefix("//")
    let target = WebURI(isPath ? uri.origin + location : location)
    return target?.origin == uri.origin ? target : nil
  }

  private static func withTimeLimit<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: patience)
        throw KeySetError(message: "it has not answered within \(patience)")
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() else { throw CancellationError() }
      return value
    }
  }
}
