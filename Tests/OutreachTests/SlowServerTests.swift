import Foundation
import JSONRPC
import Logging
import Marketing
import Outreach
import SQLiteStores
import Sealing
import ServiceLifecycle
import Testing

@Suite("A slow mail server", .timeLimit(.minutes(1)))
struct SlowServerTests {
  private static let lease = Duration.seconds(180)

  /// A process of its own on the database, with one connection for mails and invitations.
  private static func worker(
    _ database: SQLiteDatabase, _ server: SMTPServer, _ time: ManualTime
  ) -> OutboxWorker {
    var settings = SMTPSettings(host: "localhost", port: server.port, tls: .off)
    settings.connections = 1
    let mails = SMTPChannel(settings, mail: .sample) { time.now }
    var channels = ChannelSet(fallback: mails)
    channels.set(CalendarChannel(over: mails, settings: .sample), for: .calendar)
    return OutboxWorker(
      database.outbox, log: database.events, channels: channels,
      settings: OutboxWorkerSettings(lease: lease), gate: { _, _ in .go },
      logger: Logger(label: "tests"), now: { time.now }, sleep: { try await time.sleep($0) })
  }

  private static func fill(_ database: SQLiteDatabase) async throws {
    var content = MessageContent.sample
    content.invitation = Invitation(
      start: noon + .days(1), duration: .seconds(1800), summary: "Demo")
    for name in ["lead_1", "lead_2"] {
      let lead = Lead(id: LeadID(rawValue: name), createdAt: noon)
      try await database.leads.saveTriage(
        WorkerBench().triage(of: lead), of: lead, identity: LeadIdentity(),
        basis: .new(hasDuplicates: true), shadows: [], events: [], in: .default)
    }
    _ = try await database.outbox.enqueue(
      [.sample("mail"), .sample("invitation", content, channel: .calendar, lead: "lead_2")],
      events: [Event(id: "evt_1", kind: "message.planned", occurredAt: noon, actor: "tests")],
      in: .default)
  }

  private static func entries(_ database: SQLiteDatabase) throws -> [OutboxEntry] {
    try ["mail", "invitation"].compactMap { try database.outbox.entry($0, in: .default) }
  }

  @Test("at the end of a process what has not left is left to the next as it was")
  func endsInOrder() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("outbox-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let database = try SQLiteDatabase.open(
      path: folder.appendingPathComponent("leads.sqlite").path, keyRing: .inMemory())
    defer { database.close() }
    try await Self.fill(database)
    let options = SMTPServer.Options(script: { at, _ in at == "CONNECT" ? .nothing : .usual })
    try await SMTPServer.run(options) { server in
      let worker = Self.worker(database, server, ManualTime())
      let group = ServiceGroup(
        configuration: .init(services: [.init(service: worker)], logger: Logger(label: "tests")))
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        while try server.connections == 0
          || Self.entries(database).contains(where: { $0.state != .sending })
        { await Task.yield() }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
    }
    for entry in try Self.entries(database) {
      #expect(entry.state == .queued && entry.attempts == 0 && entry.leaseUntil == nil)
      #expect(!entry.isPossibleDuplicate && entry.message.notBefore == noon)
    }
  }

  @Test("what waits for its answer or for a connection longer than a claim holds is sent once")
  func outlastsTheLease() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("outbox-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("leads.sqlite").path
    let ring = try KeyRing.inMemory()
    let first = try SQLiteDatabase.open(path: path, keyRing: ring)
    let second = try SQLiteDatabase.open(path: path, keyRing: ring)
    defer {
      first.close()
      second.close()
    }
    try await Self.fill(first)
    let door = Door()
    let options = SMTPServer.Options(
      script: { stage, count in stage == "END" && count == 0 ? .after(door) : .usual })
    try await SMTPServer.run(options) { server in
      let time = ManualTime()
      let (one, other) = (Self.worker(first, server, time), Self.worker(second, server, time))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await one.run() }
        // One has left and is not answered, the other one waits for the connection.
        while try server.record.withLock({ $0.stages["END"] }) == nil
          || Self.entries(first).contains(where: { $0.state != .sending })
        { await Task.yield() }
        group.addTask { try await other.run() }
        for round in 1...6 {
          // Both claims are kept by somebody who sleeps.
          while time.waits.count(where: { $0 == Self.lease / 3 }) < 2 * round {
            await Task.yield()
          }
          time.advance(by: Self.lease / 3)
          while try Self.entries(first).contains(where: { $0.leaseUntil != time.now + Self.lease })
          { await Task.yield() }
        }
        door.open()
        while try Self.entries(first).contains(where: { $0.state != .delivered }) {
          await Task.yield()
        }
        group.cancelAll()
        try await group.waitForAll()
      }
      #expect(server.mails.count == 2 && server.connections == 1)
      #expect(try Self.entries(first).allSatisfy { $0.claim == 1 && !$0.isPossibleDuplicate })
    }
  }
}
