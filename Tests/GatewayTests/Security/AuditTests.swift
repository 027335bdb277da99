import Foundation
import JSONRPC
import MCP
import MCPWebSocket
import Testing

@testable import Gateway

/// Who did what, and nothing of what they said.
@Suite("The audit log", .timeLimit(.minutes(1)))
struct AuditTests {
  /// Runs a body with a gateway that notes in a file of a folder that is gone afterwards.
  /// - Returns: the lines that were noted.
  private func noting(
    under name: String = "audit.jsonl", onFailure: @escaping @Sendable (String) -> Void = { _ in },
    in folder: String? = nil, _ body: @Sendable (GatewayHarness) async throws -> Void
  ) async throws -> [JSONValue] {
    let folder = folder ?? NSTemporaryDirectory() + "audit-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await GatewayHarness.run(
      configure: { _ in },
      back: { backing, clock in
        backing.audit = AuditLog(
          path: "\(folder)/\(name)", clock: clock.wallClock, onFailure: onFailure)
      }, body)
    let text = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    if text != nil {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
    return try (text ?? "").split(separator: "\n").map { try JSONParser().parse(Array($0.utf8)) }
  }

  private static let secret = "swordfish"

  @Test func `each call has a line, which says none of its values`() async throws {
    let ann = GatewayHarness.credential("ann")
    let lines = try await noting { gateway in
      let lead: JSONObject = [
        "email": "swordfish@acme.example", "name": "Swordfish", "message": "swordfish",
      ]
      let id = try await gateway.newLead(lead, as: ann)
      let socket = try await gateway.webSocket(as: ann)
      for request in [
        GatewayHarness.modern("tools/call", ["name": "triage_lead", "arguments": .object(lead)]),
        GatewayHarness.modern(
          "tools/call", ["name": "get_lead", "arguments": ["leadID": "swordfish"]]),
        GatewayHarness.modern(
          "tools/call", ["name": "no_tool", "arguments": ["text": "swordfish"]]),
        GatewayHarness.modern(
          "resources/read", ["uri": .string("lead://\(id)?swordfish#swordfish")]),
        GatewayHarness.modern(
          "prompts/get",
          ["name": "qualify_lead", "arguments": ["leadID": .string(id), "tone": "swordfish"]]),
        GatewayHarness.modern(
          "completion/complete",
          [
            "ref": ["type": "ref/prompt", "name": "qualify_lead"],
            "argument": ["name": "tone", "value": "swordfish"],
          ]),
      ] {
        _ = try await socket.ask(request)
        _ = try await gateway.ask(request, as: ann)
      }
      _ = try await gateway.get("/api/v1/leads?text=swordfish", as: ann)
      _ = try await gateway.get("/api/v1/leads", as: "Bearer swordfish")
      _ = try await gateway.get("/api/v1/leads", as: nil)
      let other = GatewayHarness.credential("bob", scopes: ["campaigns:read"])
      _ = try await gateway.get("/api/v1/leads", as: other)
      _ = try await gateway.get(
        "/api/v1/leads", as: ann, headers: [("Origin", "https://swordfish.example")])
      _ = try await gateway.answer(
        to: GatewayHarness.head("GET /mcp", GatewayHarness.upgrade, as: "Bearer swordfish"))
      await socket.close()
    }
    let all = lines.map { JSONWriter.text(of: $0) }.joined(separator: "\n")
    #expect(!all.lowercased().contains(Self.secret), "\(all)")
    let credential = try #require(ann.split(separator: "_").last)
    #expect(!all.contains(credential))
    func count(_ members: JSONObject) -> Int {
      lines.count { line in members.members.allSatisfy { line[$0.key] == $0.value } }
    }
    for (transport, calls) in [("http", 2), ("websocket", 1)] {
      let over: JSONValue = .string(transport)
      #expect(
        count(["transport": over, "target": "triage_lead", "outcome": "done"]) == calls, "\(all)")
      #expect(count(["transport": over, "target": "get_lead", "outcome": "tool_error"]) == 1)
      // Its name could say anything.
      let unknown = lines.filter {
        $0["transport"] == over && $0["outcome"] == "error" && $0["method"] == "tools/call"
      }
      #expect(unknown.count == 1 && unknown[0]["target"] == nil)
      #expect(!all.contains("no_tool"))
      #expect(count(["transport": over, "method": "prompts/get"]) == 1)
    }
    #expect(count(["outcome": "refused", "status": 401]) == 3)
    #expect(count(["outcome": "refused", "reason": "insufficient_scope"]) == 1)
    #expect(count(["outcome": "refused", "status": 403, "reason": "site"]) == 1)
    #expect(lines.allSatisfy { $0["address"] == "127.0.0.1" && $0["at"]?.stringValue != nil })
    #expect(lines.contains { $0["arguments"] == ["email", "name", "message"] }, "\(all)")
  }

  @Test func `a file that cannot be written stops nobody, and is told of once`() async throws {
    let failures = Locked(0)
    let count: @Sendable (String) -> Void = { _ in failures.withLock { $0 += 1 } }
    let lines = try await noting(under: "no/such/folder", onFailure: count) { gateway in
      for number in 0..<20 { try await gateway.newLead(["email": "\(number)@acme.example"]) }
    }
    #expect(lines.isEmpty)
    #expect(failures.withLock { $0 } == 1)
  }

  @Test func `a long file is put aside`() async throws {
    let folder = NSTemporaryDirectory() + "audit-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = "\(folder)/a"
    for (number, name) in ["a", "a.1", "a.2", "a.3", "a.4"].enumerated() {
      try Data("\(number)".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.truncate(atOffset: 64 << 20)
    try file.close()
    let clock = MovingClock()
    let log = AuditLog(path: path, clock: clock.wallClock)
    log.note(refused: 401, "invalid_token", "GET", over: "http", from: nil)
    log.write()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
        "a", "a.1", "a.2", "a.3", "a.4",
      ])
    let sizes = try ["a", "a.1", "a.2", "a.3", "a.4"].map { name in
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
      return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }
    #expect(sizes[0] < 1000 && sizes[1] == 64 << 20 && sizes[2...] == [1, 1, 1])
    #expect(try String(contentsOfFile: "\(folder)/a.4", encoding: .utf8) == "3")
  }
}
