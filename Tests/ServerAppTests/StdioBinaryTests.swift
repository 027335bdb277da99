import Foundation
import JSONRPC
import MCP
import Testing

/// What only the real process can show: durability, signals, two processes on one file.
@Suite(.serialized) struct StdioBinaryTests {
  @Test(arguments: [
    ClientSession.Mode.automatic, .modern, .legacy(.v2024November), .legacy(.v2025March),
    .legacy(.v2025June), .legacy(.v2025November),
  ])
  func everyRevisionIsServed(_ mode: ClientSession.Mode) async throws {
    try await ServerProcess.withFolder { folder in
      try await ServerProcess.with(database: "\(folder)/leads.sqlite", mode: mode) { server in
        #expect(server.client.serverInfo?.name == "leadrelay")
        let tools = try await server.client.request("tools/list")["tools"]?.arrayValue
        #expect(tools?.isEmpty == false)
        let result = try await server.client.request(
          "tools/call",
          ["name": "triage_lead", "arguments": ["email": "ann@acme.test"]])
        #expect(result["isError"] != true)
        let text = try #require(result["content"]?[0]?["text"]?.stringValue)
        #expect(try JSONParser().parse(text)["isNew"] == true)
      }
    }
  }

  @Test func whatWasAcknowledgedSurvivesKill() async throws {
    try await ServerProcess.withFolder { folder in
      let database = "\(folder)/leads.sqlite"
      let acknowledged = Locked([String]())
      let child = try ChildProcess(
        command: [ServerProcess.leadrelay, "serve", "--database", "sqlite:\(database)"])
      let client = ClientSession(
        transport: child.transport, info: Implementation(name: "test", version: "1"))
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await client.run() }
        try? await client.connect(.modern)
        for index in 0..<400 {
          group.addTask {
            let result = try? await client.request(
              "tools/call",
              [
                "name": "triage_lead",
                "arguments": ["email": .string("lead\(index)@acme.test")],
              ])
            guard let id = result?["structuredContent"]?["leadID"]?.stringValue else { return }
            let count = acknowledged.withLock { (ids: inout [String]) -> Int in
              ids.append(id)
              return ids.count
            }
            // In the middle of the work, with others in flight.
            if count == 150 { child.send(signal: SIGKILL) }
          }
        }
      }
      let status = await child.stop()
      #expect(status & 0x7F == SIGKILL)
      let ids = acknowledged.withLock { $0 }
      #expect(ids.count >= 150)
      try await ServerProcess.with(database: database) { server in
        for id in ids {
          let lead = try await server.call("get_lead", ["leadID": .string(id)])
          #expect(lead["triage"]?["leadID"] == .string(id))
        }
        let total = try await server.call("search_leads", ["limit": 1])["total"]?.integerValue
        #expect((total ?? 0) >= ids.count)
      }
    }
  }

  @Test func twoProcessesLoseNothingAndNoticeEachOther() async throws {
    try await ServerProcess.withFolder { folder in
      let database = "\(folder)/leads.sqlite"
      let updates = AsyncStream<String>.makeStream()
      let handlers = ClientHandlers(hear: { notification in
        if let uri = notification.params["uri"]?.stringValue { updates.continuation.yield(uri) }
      })
      try await ServerProcess.with(database: database) { first in
        let id = try #require(
          try await first.call("triage_lead", ["email": "ann@acme.test"])["leadID"]?.stringValue)
        try await ServerProcess.with(
          database: database, mode: .legacy(.v2025November), handlers: handlers
        ) { second in
          _ = try await second.client.request(
            "resources/subscribe", ["uri": .string("lead://\(id)")])
          _ = try await first.call(
            "record_interaction",
            ["leadID": .string(id), "channel": "email", "kind": "reply", "interactionID": "I1"])
          var seen = updates.stream.makeAsyncIterator()
          #expect(await seen.next() == "lead://\(id)")
          try await Self.writeFromBoth(first, second)
          for server in [first, second] {
            let page = try await server.call("search_leads", ["limit": 1])
            #expect(page["total"] == 201)
          }
        }
      }
    }
  }

  private static func writeFromBoth(_ first: ServerProcess, _ second: ServerProcess) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, server) in [first, second].enumerated() {
        for index in 0..<100 {
          let client = server.client
          group.addTask {
            let result = try await client.request(
              "tools/call",
              [
                "name": "triage_lead",
                "arguments": ["email": .string("p\(number)-\(index)@acme.test")],
              ])
            #expect(result["isError"] != true, "\(result)")
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func whatTwoProcessesRememberAtOnceIsThereForBoth() async throws {
    try await ServerProcess.withFolder { folder in
      let database = "\(folder)/leads.sqlite"
      try await ServerProcess.with(database: database) { first in
        try await ServerProcess.with(database: database) { second in
          try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, server) in [("a", first), ("b", second)] {
              for batch in 0..<20 {
                group.addTask {
                  let memories = (0..<10).map { number -> JSONValue in
                    ["memoryID": .string("\(name)\(batch)-\(number)"), "text": "walrus count"]
                  }
                  _ = try await server.call("remember", ["memories": .array(memories)])
                }
              }
            }
            try await group.waitForAll()
          }
          let names = ["a", "b"].flatMap { name in
            (0..<20).flatMap { batch in (0..<10).map { "\(name)\(batch)-\($0)" } }
          }
          for server in [first, second] {
            #expect(try await Self.memories(server) == names.sorted())
            // Its index has heard of what the other stored.
            let last = "b19-9"
            _ = try await second.call(
              "remember", ["memories": [["text": .string("quetzal \(last)")]]])
            let found = try await server.call("recall", ["query": "where is the quetzal?"])
            #expect(found["memories"]?[0]?["text"]?.stringValue?.hasPrefix("quetzal") == true)
          }
        }
      }
    }
  }

  /// The names of all that is remembered of walruses, page by page.
  private static func memories(_ server: ServerProcess) async throws -> [String] {
    var names: [String] = []
    var cursor: JSONValue?
    repeat {
      var arguments: JSONObject = ["words": "walrus", "limit": 100]
      arguments["cursor"] = cursor
      let page = try await server.call("list_memories", arguments)
      names += (page["memories"]?.arrayValue ?? []).compactMap { $0["memoryID"]?.stringValue }
      cursor = page["nextCursor"]
    } while cursor != nil
    return names.sorted()
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func aSignalEndsItInOrder(_ signal: Int32) async throws {
    try await ServerProcess.withFolder { folder in
      let child = try ChildProcess(
        command: [ServerProcess.leadrelay, "serve", "--database", "sqlite:\(folder)/l.sqlite"])
      let client = ClientSession(
        transport: child.transport, info: Implementation(name: "test", version: "1"))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await client.run() }
        try await client.connect(.modern)
        child.send(signal: signal)
        // The server closes its output, so the client's session ends.
        try await group.waitForAll()
      }
      #expect(await child.waitForExit(atMost: .seconds(10)) == 0)
    }
  }

  @Test func theEndOfInputEndsItAlthoughWorkIsLeft() async throws {
    try await ServerProcess.withFolder { folder in
      let leads = (0..<10_000).map { JSONValue.object(["email": .string("l\($0)@acme.test")]) }
      let child = try ChildProcess(
        command: [ServerProcess.leadrelay, "serve", "--database", "sqlite:\(folder)/l.sqlite"])
      let request = Request(
        id: .integer(1), method: "tools/call",
        params: ["name": "triage_leads", "arguments": ["leads": .array(leads)]])
      let opening = Request(
        id: .integer(0), method: "initialize",
        params: [
          "protocolVersion": "2025-11-25", "capabilities": [:],
          "clientInfo": ["name": "test", "version": "1"],
        ])
      child.transport.send(Message.request(opening).bytes)
      child.transport.send(Message.request(request).bytes)
      _ = await child.transport.receive()
      // Closing the transport closes the server's input with the work not done.
      #expect(await child.stop() == 0)
    }
  }

  /// A server that was asked for more than its pipe holds and then told that no more comes.
  private static func asked(_ count: Int64, in folder: String) async throws -> ProcessLaunch {
    let launch = try ProcessLaunch(command: [
      ServerProcess.leadrelay, "serve", "--database", "sqlite:\(folder)/l.sqlite",
    ])
    await onThread {
      for id in 0..<count {
        let line = RawServer.line(id, "tools/list", [:]) + [0x0A]
        _ = line.withUnsafeBytes { write(launch.input, $0.baseAddress, $0.count) }
      }
      close(launch.input)
    }
    return launch
  }

  private static func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () -> Value
  ) async -> Value {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: body()) }
    }
  }

  /// Reads to the end and reaps the process.
  private static func rest(
    of launch: ProcessLaunch, pause: UInt32
  ) async -> (text: String, status: Int32) {
    await onThread {
      var all: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(launch.output, &chunk, chunk.count)
        guard count > 0 else { break }
        all += chunk[..<count]
        usleep(pause)
      }
      close(launch.output)
      var status: Int32 = -1
      waitpid(launch.id, &status, 0)
      return (String(decoding: all, as: UTF8.self), status)
    }
  }

  @Test func aSlowReaderGetsEverythingAfterTheEndOfInput() async throws {
    try await ServerProcess.withFolder { folder in
      let launch = try await Self.asked(500, in: folder)
      // Slow enough to go on for longer than a client that reads nothing is given.
      let (text, status) = await Self.rest(of: launch, pause: 60_000)
      #expect(status == 0)
      #expect(text.hasSuffix("\n"))
      let lines = text.split(separator: "\n")
      let ids = try lines.map { try JSONParser().parse(String($0))["id"]?.integerValue ?? -1 }
      #expect(ids.sorted() == Array(0..<500))
    }
  }

  @Test func aReaderThatTakesNothingFindsWholeAnswers() async throws {
    try await ServerProcess.withFolder { folder in
      let start = ContinuousClock.now
      let launch = try await Self.asked(500, in: folder)
      let status = await Self.onThread { () -> Int32 in
        var info = siginfo_t()
        while waitid(P_PID, id_t(launch.id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return info.si_code
      }
      // It ends by itself, long before the deadline of a peer that goes on sending.
      #expect(status == Int32(CLD_EXITED))
      #expect(ContinuousClock.now - start < .seconds(20))
      let (text, _) = await Self.rest(of: launch, pause: 0)
      #expect(!text.isEmpty && text.hasSuffix("\n"), "no half answer at the end")
    }
  }
}
