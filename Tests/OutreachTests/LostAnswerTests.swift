import Foundation
import JSONRPC
import Logging
import Marketing
import Outreach
import SQLiteStores
import Sealing
import Testing

@Suite("From the outbox to a server", .timeLimit(.minutes(1)))
struct LostAnswerTests {
  /// A worker's own clock goes on; nothing here depends on how fast.
  @Sendable private static func now() -> Timestamp {
    Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
  }

  @Test("every mail arrives, and those that arrive twice are exactly those that are marked")
  func lostAnswers() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("outbox-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let database = try SQLiteDatabase.open(
      path: folder.appendingPathComponent("leads.sqlite").path, keyRing: .inMemory())
    defer { database.close() }
    var bench = WorkerBench()
    bench.limits = .init(concurrency: 4)
    let lead = Lead(id: "lead_1", createdAt: noon)
    try await database.leads.saveTriage(
      bench.triage(of: lead), of: lead, identity: LeadIdentity(),
      basis: .new(hasDuplicates: true), shadows: [], events: [], in: .default)
    let messages = (0..<60).map { OutboundMessage.sample("m\($0)") }
    let event = Event(id: "evt_1", kind: "message.planned", occurredAt: noon, actor: "tests")
    _ = try await database.outbox.enqueue(messages, events: [event], in: .default)
    // Some answers are lost behind the end of a mail, some mails before it, some are not wanted at once.
    let options = SMTPServer.Options(script: { stage, time in
      switch (stage, time % 10) {
      case ("END", 3): .takeAndClose
      case ("DATA", 5): .close
      case ("RCPT", 7): .say("451 4.7.1 later")
      default: .usual
      }
    })
    try await SMTPServer.run(options) { server in
      let settings = SMTPSettings(host: "localhost", port: server.port, tls: .off)
      var worker = OutboxWorkerSettings()
      worker.backoff = Backoff(base: .milliseconds(1), most: .milliseconds(1))
      worker.breaker = .init(failures: 1000)
      let service = OutboxWorker(
        database.outbox, log: database.events,
        channels: ChannelSet(
          fallback: SMTPChannel(settings, mail: .sample, now: Self.now), limits: bench.limits),
        settings: worker, gate: { _, _ in .go }, logger: Logger(label: "tests"), now: Self.now)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service.run() }
        for await _ in database.events.changes()
        where try await database.outbox.counts(in: .default) == [.delivered: 60] { break }
        group.cancelAll()
        try await group.waitForAll()
      }
      let arrived = Dictionary(grouping: server.mails) { $0.header("Message-ID") ?? "" }
      #expect(arrived.count == 60)
      let twice = Set(arrived.filter { $0.value.count > 1 }.keys)
      let entries = try await database.outbox.entries(.lead("lead_1"), limit: 99, in: .default)
      let marked = entries.filter(\.isPossibleDuplicate)
        .map { "<\($0.message.id)@relay.example>" }
      #expect(twice == Set(marked) && !twice.isEmpty)
      let saying = server.mails.filter { $0.header("X-Possible-Duplicate") != nil }
      #expect(Set(saying.compactMap { $0.header("Message-ID") }) == twice)
    }
  }
}
