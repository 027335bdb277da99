import Glibc
import JSONRPC
import MCP
import Marketing
import ServerApp
import Testing

/// Whose tasks count as abandoned.
@Suite struct StoredTasksTests {
  private static let start = Timestamp(milliseconds: 1_780_000_000_000)

  private static func task(_ id: String, _ status: String = "working") throws -> TaskState {
    let now = JSONValue.integer(start.milliseconds)
    return try JSONValueDecoder().decode(
      TaskState.self,
      from: [
        "id": .string(id), "owner": "default/local", "tool": "t", "status": .string(status),
        "createdAt": now, "updatedAt": now, "lifetime": 3_600_000, "pollInterval": 500,
      ])
  }

  /// A store with one task, whose runner is changed as a test wants it.
  private static func stores(
    runner: @Sendable (String) -> String?
  ) async throws -> (InMemoryStores, StoredTasks) {
    let stores = InMemoryStores()
    let tasks = StoredTasks(stores, now: { start })
    try await tasks.save(try task("task-1"))
    var record = try #require(try stores.record("task-1", at: start, in: .default))
    var content = try #require(try JSONParser().parse(record.content).objectValue)
    let found = try #require(content["runner"]?.stringValue)
    content["runner"] = runner(found).map(JSONValue.string)
    record.content = JSONWriter.text(of: .object(content))
    try await stores.save(record, in: .default)
    return (stores, tasks)
  }

  private static func abandoned(_ stores: InMemoryStores, after seconds: Int) async throws
    -> [String]
  {
    try await StoredTasks(stores, now: { start + .seconds(seconds) }).abandoned().map(\.id)
  }

  @Test func whatALivingProcessWorksOnIsNotAbandonedHoweverSilentItIs() async throws {
    let (stores, tasks) = try await Self.stores { $0 }
    #expect(try await Self.abandoned(stores, after: 3000).isEmpty)
    #expect(try await tasks.task("task-1", owner: "default/local") == Self.task("task-1"))
  }

  @Test func whatAnEndedProcessWorkedOnIsAbandonedAtOnce() async throws {
    let (stores, tasks) = try await Self.stores { $0 + "0" }
    try await stores.save(
      TaskRecord(
        id: "broken", principal: "default/local", hasEnded: false, touchedAt: Self.start,
        expiresAt: nil, content: "no JSON"), in: .default)
    #expect(try await Self.abandoned(stores, after: 0) == ["task-1"])
    #expect(try await tasks.save(Self.task("task-1", "failed")))
    #expect(try await Self.abandoned(stores, after: 0).isEmpty)
    #expect(try await !tasks.save(Self.task("task-1")), "it has ended")
  }

  @Test(arguments: [nil, "", "elsewhere", "boot space 1 1"])
  func aProcessOfWhichNothingIsKnownHasAMinute(runner: String?) async throws {
    let (stores, _) = try await Self.stores { _ in runner }
    #expect(try await Self.abandoned(stores, after: 60).isEmpty)
    #expect(try await Self.abandoned(stores, after: 61) == ["task-1"])
  }
}

/// Telling whether a process runs.
@Suite struct ProcessIdentityTests {
  private static let parts = ProcessIdentity.current.text.split(separator: " ").map(String.init)

  private static func isRunning(_ parts: [String]) -> Bool? {
    ProcessIdentity.current.isRunning(parts.joined(separator: " "))
  }

  @Test func thisOneRuns() {
    #expect(Self.parts.count == 4)
    #expect(Self.isRunning(Self.parts) == true)
  }

  @Test func anotherOneOfTheSameNumberDoesNot() {
    #expect(Self.isRunning(Self.parts.dropLast() + ["1"]) == false)
  }

  @Test(arguments: [0, 1])
  func otherRunsOfTheMachineAndOtherContainersAreUnknown(place: Int) {
    var parts = Self.parts
    parts[place] += "x"
    #expect(Self.isRunning(parts) == nil)
  }

  @Test func theFirstProcessRunsAndHasNotTheStartOfOurs() {
    var parts = Self.parts
    parts[2] = "1"
    #expect(Self.isRunning(parts) == false)
  }

  @Test func remainsDoNotRun() throws {
    let launch = try ProcessLaunch(command: ["true"])
    var info = siginfo_t()
    // Waits for its end and leaves its remains.
    while waitid(P_PID, id_t(launch.id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    var parts = Self.parts
    parts[2] = "\(launch.id)"
    #expect(Self.isRunning(parts) == false)
    waitpid(launch.id, nil, 0)
    #expect(Self.isRunning(parts) == false)
    close(launch.input)
    close(launch.output)
  }
}
