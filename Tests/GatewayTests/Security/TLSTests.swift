import Foundation
import Gateway
import JSONRPC
import MCP
import MCPWebSocket
import Sealing
import Testing

/// The gateway's own TLS, with certificates that are made for the tests.
@Suite(
  "TLS", .timeLimit(.minutes(1)),
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: Certificates.openssl),
    "the command line tool openssl makes the certificates"))
struct TLSTests {
  private static let get = GatewayHarness.head("GET /api/v1/leads", ["Accept: */*"])

  /// Runs a body with a gateway that speaks TLS, its files, and a way to move its clock.
  private func secure(
    _ configure: (inout Gateway.Configuration) -> Void = { _ in },
    onFailure: @escaping @Sendable (String) -> Void = { _ in },
    _ body: (GatewayHarness, Certificates, @Sendable () -> Void) async throws -> Void
  ) async throws {
    let files = try Certificates()
    let now = Locked(ContinuousClock.now)
    let source = try CertificateSource(
      certificatePath: files.certificate, keyPath: files.key, now: { now.withLock { $0 } },
      onFailure: onFailure)
    try await GatewayHarness.run(
      configure: { configuration in
        configuration.certificate = source
        configure(&configuration)
      },
      { gateway in try await body(gateway, files) { now.withLock { $0 += .seconds(1) } } })
  }

  @Test func `it is spoken over HTTP and WebSocket`() async throws {
    try await secure { gateway, files, _ in
      let tls = try files.trust()
      let connection = try await gateway.connect(tls: tls)
      connection.write(Self.get)
      #expect(await connection.wait(for: "\"total\"").hasPrefix("HTTP/1.1 200"))
      connection.close()
      let socket = try await gateway.webSocket(scheme: "wss", tls: tls)
      #expect(try await socket.ask(GatewayHarness.modern("tools/list"))?["result"] != nil)
      await socket.close()
    }
  }

  @Test func `whoever trusts others is not connected`() async throws {
    try await secure { gateway, _, _ in
      let others = try Certificates()
      await #expect(throws: WebSocketClientError.self) {
        try await gateway.webSocket(scheme: "wss", tls: try others.trust())
      }
      await #expect(throws: WebSocketClientError.self) {
        try await gateway.webSocket(scheme: "wss")
      }
    }
  }

  @Test func `a renewed certificate is used for new connections, a broken one is not`() async throws
  {
    let failures = Locked(0)
    let count: @Sendable (String) -> Void = { _ in failures.withLock { $0 += 1 } }
    try await secure(onFailure: count) { gateway, files, wait in
      let old = try files.trust()
      let open = try await gateway.webSocket(scheme: "wss", tls: old)
      try files.renew()
      let new = try files.trust()
      wait()
      let renewed = try await gateway.webSocket(scheme: "wss", tls: new)
      #expect(try await renewed.ask(GatewayHarness.modern("tools/list"))?["result"] != nil)
      await #expect(throws: WebSocketClientError.self) {
        try await gateway.webSocket(scheme: "wss", tls: old)
      }
      #expect(try await open.ask(GatewayHarness.modern("tools/list"))?["result"] != nil)
      #expect(failures.withLock { $0 } == 0)
      for broken in ["", "nothing", "-----BEGIN CERTIFICATE-----\n"] {
        try Data(broken.utf8).write(to: URL(fileURLWithPath: files.certificate))
        wait()
        let kept = try await gateway.webSocket(scheme: "wss", tls: new)
        #expect(try await kept.ask(GatewayHarness.modern("tools/list"))?["result"] != nil)
        await kept.close()
      }
      // The key of another certificate, and no file at all.
      try FileManager.default.removeItem(atPath: files.certificate)
      wait()
      let kept = try await gateway.webSocket(scheme: "wss", tls: new)
      #expect(failures.withLock { $0 } == 4)
      try files.renew()
      wait()
      let last = try await gateway.webSocket(scheme: "wss", tls: try files.trust())
      for socket in [open, renewed, kept, last] { await socket.close() }
    }
  }

  @Test func `HTTP without TLS is not answered`() async throws {
    try await secure { gateway, files, _ in
      let plain = try await gateway.connect()
      plain.write(Self.get)
      #expect(!(await plain.closed().contains("HTTP/1.1 2")))
      #expect(plain.isClosed)
      let connection = try await gateway.connect(tls: try files.trust())
      connection.write(Self.get)
      #expect(await connection.wait(for: "\"total\"").hasPrefix("HTTP/1.1 200"))
      connection.close()
    }
  }

  @Test(arguments: [[], [0x16, 0x03], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] as [[UInt8]])
  func `a handshake that stalls loses its place`(_ first: [UInt8]) async throws {
    try await secure {
      $0.headPatience = .seconds(3)
    } _: { gateway, files, _ in
      let slow = try await gateway.connect()
      slow.write(first)
      await slow.closed()
      #expect(slow.isClosed)
      let connection = try await gateway.connect(tls: try files.trust())
      connection.write(Self.get)
      #expect(await connection.wait(for: "\"total\"").hasPrefix("HTTP/1.1 200"))
      connection.close()
    }
  }
}

/// A certificate for this machine that has signed itself, and its key, in a folder that is gone
/// afterwards.
final class Certificates: Sendable {
  static let openssl = "/usr/bin/openssl"

  private let folder: String

  var certificate: String { "\(folder)/certificate.pem" }
  var key: String { "\(folder)/key.pem" }

  init() throws {
    folder = NSTemporaryDirectory() + "tls-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try renew()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Makes another certificate with another key, in place of the files.
  func renew() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.openssl)
    process.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
      "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-keyout", "\(key).new", "-out", "\(certificate).new",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    for path in [key, certificate] {
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: "\(path).new", toPath: path)
    }
  }

  /// Trust in the certificate of now, and in no other.
  func trust() throws -> WebSocketClientTLS { try WebSocketClientTLS(trustRootsFile: certificate) }
}
