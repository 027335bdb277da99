import ArgumentParser
import Foundation
import MCP
import MCPHTTP
import MCPWebSocket

/// A server that runs already, by its URL, and what to tell it.
struct RemoteOptions: ParsableArguments {
  @Option(help: "A server that runs already: ws://, wss://, http:// or https://HOST:PORT/mcp.")
  var url: String?

  @Option(
    name: .customLong("header"),
    help: ArgumentHelp(
      """
      A header of every request to --url; may be repeated. The environment variable \
      MCP_AUTHORIZATION gives Authorization without showing it.
      """, valueName: "name: value"))
  var headers: [String] = []

  @Option(
    name: .customLong("ca-file"),
    help: "A PEM file of certificates that are trusted beside the system's.")
  var caFile: String?

  func validate() throws {
    if let header = headers.first(where: { Self.split($0) == nil }) {
      throw ValidationError("--header: found '\(header)', expected 'Name: value'")
    }
    guard url != nil || (headers.isEmpty && caFile == nil) else {
      throw ValidationError("--header and --ca-file are for a server given by --url")
    }
    if let url, !RemoteServer.schemes.contains(where: { url.lowercased().hasPrefix($0 + "://") }) {
      throw ValidationError(
        "--url: found '\(url)', expected ws://, wss://, http:// or https://HOST:PORT/mcp")
    }
  }

  /// The server; `nil` when none was given.
  var server: RemoteServer? {
    guard let url else { return nil }
    var all = headers.compactMap(Self.split)
    if !all.contains(where: { $0.name.lowercased() == "authorization" }),
      let secret = ProcessInfo.processInfo.environment["MCP_AUTHORIZATION"], !secret.isEmpty
    {
      all.append(("Authorization", secret))
    }
    return RemoteServer(url: url, headers: all, caFile: caFile)
  }

  private static func split(_ header: String) -> (name: String, value: String)? {
    guard let colon = header.firstIndex(of: ":"), colon > header.startIndex else { return nil }
    let value = header[header.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    return (String(header[..<colon]), value)
  }
}

/// A server to be reached over WebSocket or HTTP.
struct RemoteServer: Sendable {
  static let schemes = ["ws", "wss", "http", "https"]

  let url: String
  var headers: [(name: String, value: String)] = []
  var caFile: String?

  /// Whether it is reached over WebSocket, not HTTP.
  var isWebSocket: Bool { url.lowercased().hasPrefix("ws") }

  /// Opens a connection.
  /// - Throws: `ServerFailure` saying why there is none.
  func connect() async throws -> any Transport {
    do {
      guard isWebSocket else {
        return try HTTPTransport.open(url, headers: headers, trustRoots: caFile)
      }
      var limits = WebSocketLimits()
      limits.message = 64 << 20
      return try await WebSocketClient.connect(
        url: url, headers: headers,
        tls: try caFile.map { try WebSocketClientTLS(trustRootsFile: $0) }, limits: limits)
    } catch {
      throw ServerFailure("\(url): \(error)")
    }
  }
}
