package import ArgumentParser
import Foundation
package import MCP
import MCPHTTP
import MCPWebSocket

/// A server that runs already, by its URL, and what to tell it.
package struct RemoteOptions: ParsableArguments {
  /// The server's URL.
  @Option(help: "A server that runs already: ws://, wss://, http:// or https://HOST:PORT/mcp.")
  package var url: String?

  /// Headers of every request.
  @Option(
    name: .customLong("header"),
    help: ArgumentHelp(
      """
      A header of every request to --url; may be repeated. The environment variable \
      MCP_AUTHORIZATION gives Authorization without showing it.
      """, valueName: "name: value"))
  package var headers: [String] = []

  /// The file that holds the credential.
  @Option(
    name: .customLong("token-file"),
    help: "A file that holds the access key or token for --url, and nothing else.")
  package var tokenFile: String?

  /// Certificates that are trusted beside the system's.
  @Option(
    name: .customLong("ca-file"),
    help: "A PEM file of certificates that are trusted beside the system's.")
  package var caFile: String?

  package init() {}

  package func validate() throws {
    if let header = headers.first(where: { Self.split($0) == nil }) {
      throw ValidationError("--header: found '\(header)', expected 'Name: value'")
    }
    guard url != nil || (headers.isEmpty && caFile == nil && tokenFile == nil) else {
      throw ValidationError(
        "--header, --token-file and --ca-file are for a server given by --url")
    }
    if let tokenFile, Self.token(in: tokenFile) == nil {
      throw ValidationError("--token-file: found no token in '\(tokenFile)', expected one line")
    }
    if let url, !RemoteServer.schemes.contains(where: { url.lowercased().hasPrefix($0 + "://") }) {
      throw ValidationError(
        "--url: found '\(url)', expected ws://, wss://, http:// or https://HOST:PORT/mcp")
    }
  }

  /// The server; `nil` when none was given.
  package var server: RemoteServer? {
    guard let url else { return nil }
    var all = headers.compactMap(Self.split)
    let secret =
      tokenFile.flatMap(Self.token).map { "Bearer \($0)" }
      ?? ProcessInfo.processInfo.environment["MCP_AUTHORIZATION"]
    if !all.contains(where: { $0.name.lowercased() == "authorization" }), let secret,
      !secret.isEmpty
    {
      all.append(("Authorization", secret))
    }
    return RemoteServer(url: url, headers: all, caFile: caFile)
  }

  private static func token(in path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return token.isEmpty || token.contains(where: \.isWhitespace) ? nil : token
  }

  private static func split(_ header: String) -> (name: String, value: String)? {
    guard let colon = header.firstIndex(of: ":"), colon > header.startIndex else { return nil }
    let value = header[header.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    return (String(header[..<colon]), value)
  }
}

/// A server to be reached over WebSocket or HTTP.
package struct RemoteServer: Sendable {
  static let schemes = ["ws", "wss", "http", "https"]

  /// Its address.
  package let url: String
  var headers: [(name: String, value: String)]
  var caFile: String?

  /// A server by its address.
  package init(
    url: String, headers: [(name: String, value: String)] = [], caFile: String? = nil
  ) {
    self.url = url
    self.headers = headers
    self.caFile = caFile
  }

  /// Whether it is reached over WebSocket, not HTTP.
  package var isWebSocket: Bool { url.lowercased().hasPrefix("ws") }

  /// Opens a connection.
  /// - Throws: `ServerFailure` saying why there is none.
  package func connect() async throws -> any Transport {
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
