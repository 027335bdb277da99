import Foundation
import Testing

/// Addresses that others can reach, and what the program wants before it listens on them.
@Suite(.timeLimit(.minutes(2))) struct PublicBindTests {
  /// Flags, whether there is a key, and what the errors say.
  static let refused: [([String], Bool, [String])] = [
    (
      ["--http", "0.0.0.0:0"], false,
      ["leadrelay token create", "http.tlsTerminated=true", "127.0.0.1"]
    ),
    (["--http", "[::]:0"], false, ["leadrelay token create"]),
    (
      ["--http", "0.0.0.0:0", "--set", "http.tlsTerminated=true"], false, ["leadrelay token create"]
    ),
    (["--http", "0.0.0.0:0"], true, ["http.tlsCertificate", "http.tlsTerminated=true"]),
    (["--http", "127.0.0.1:0", "--set", "http.tlsTerminated=true"], false, ["through a proxy"]),
    (
      ["--http", "127.0.0.1:0", "--set", "http.publicURL=https://leads.example"], false,
      ["through a proxy"]
    ),
  ]

  @Test(arguments: refused) func `it is refused, with what to do`(
    _ flags: [String], _ hasKey: Bool, _ named: [String]
  ) async throws {
    try await ServerProcess.withFolder { folder in
      let database = ["--database", "sqlite:\(folder)/l.sqlite"]
      if hasKey {
        let made = try await ServerProcess.run(
          ["token", "create", "--scopes", "leads:read"] + database)
        try #require(made.code == 0)
      }
      let result = try await ServerProcess.run(["serve"] + flags + database)
      #expect(result.code != 0 && result.output.isEmpty)
      #expect(!result.errors.contains("listening on"), "\(result.errors)")
      for part in named { #expect(result.errors.contains(part), "\(result.errors)") }
    }
  }

  @Test func `behind a proxy that speaks TLS, with a key, it listens`() async throws {
    try await ServerProcess.withFolder { folder in
      let made = try await ServerProcess.run([
        "token", "create", "--scopes", "leads:read", "--database", "sqlite:\(folder)/l.sqlite",
      ])
      let key = made.output.dropLast()
      let served = try GatewayProcess(
        folder: folder, flags: ["--set", "http.tlsTerminated=true"])
      let port = await served.port
      let request =
        "GET /api/v1/leads HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: */*"
      for (credential, status) in [("", 401), ("\r\nAuthorization: Bearer \(key)", 200)] {
        let socket = try #require(RawSocket(port: port))
        socket.write("\(request)\(credential)\r\n\r\n")
        #expect(socket.text().hasPrefix("HTTP/1.1 \(status) "))
      }
      #expect(await served.end().code == 0)
      let audit = try String(contentsOfFile: "\(folder)/l.sqlite.audit.jsonl", encoding: .utf8)
      #expect(!audit.contains(key) && !audit.contains(key.suffix(43)))
      #expect(audit.contains("search_leads") && audit.contains("invalid_token"))
      #expect(!served.errors.contains(key.suffix(43)))
    }
  }
}
