import JSONRPC
package import Logging
package import MCP

/// Takes work of one role from a server and does it, some pieces at a time, until it is told to stop. A server that
/// goes away is tried again. What an agent has begun when it dies is done by another when the lease runs out.
package final class AgentLoop: Sendable {
  /// Does a piece of work. What it throws is noted as a failed attempt, but when the connection is gone.
  package typealias Perform =
    @Sendable (ClaimedWork, AgentTools) async throws -> FinishedWork

  /// How an agent works.
  package struct Settings: Sendable {
    /// Whose work it does.
    package var role: String
    /// Its name in the queue.
    package var worker: String
    /// How many pieces at a time.
    package var capacity: Int
    /// For how long work is its own without a sign of life.
    package var lease: Duration
    /// How long it goes on with begun work when told to stop.
    package var grace: Duration

    /// Settings.
    package init(role: String, worker: String, capacity: Int, lease: Duration, grace: Duration) {
      self.role = role
      self.worker = worker
      self.capacity = capacity
      self.lease = lease
      self.grace = grace
    }
  }

  private enum Happening: Sendable {
    case claimed([ClaimedWork])
    case ended(ClaimedWork)
    case beaten
    case toldToStop
    case graceIsOver
  }

  private struct State: Sendable {
    var isStopping = false
    var waiting: [Int: OneShot<Void>] = [:]
    var lastWaiter = 0
    /// What it has at the moment, with what ends it when it is lost.
    var held: [String: (work: ClaimedWork, lost: OneShot<Bool>)] = [:]
  }

  private let settings: Settings
  private let logger: Logger
  private let perform: Perform
  private let state = Locked(State())

  /// With nothing to do it asks no more often.
  private static let shortestWait = Duration.seconds(1)
  /// How much of an error's text the queue takes.
  private static let longestError = 500

  /// An agent.
  package init(settings: Settings, logger: Logger, perform: @escaping Perform) {
    self.settings = settings
    self.logger = logger
    self.perform = perform
  }

  /// Tells it to finish what it has and to return.
  package func stop() {
    let waiting = state.withLock { state in
      state.isStopping = true
      defer { state.waiting = [:] }
      return state.waiting
    }
    for waiter in waiting.values { waiter.fulfil(()) }
  }

  private var isStopping: Bool { state.withLock { $0.isStopping } }

  /// Works until told to stop.
  /// - Parameter connect: opens a session and hands it over.
  package func run(
    _ connect: ((ClientSession) async throws -> Void) async throws -> Void
  ) async {
    var reconnection = Reconnection()
    var generator = SystemRandomNumberGenerator()
    while !isStopping, !Task.isCancelled {
      var wasReached = false
      do {
        try await connect { session in
          wasReached = true
          let tools = AgentTools(session)
          // What the last connection took with it is for everybody again, not only when its lease runs out.
          await giveBack(tools, because: "the connection was lost")
          try await work(tools)
        }
        return
      } catch {
        if wasReached { reconnection.succeeded() }
        let pause = reconnection.failed(using: &generator)
        logger.warning(
          "the server cannot be reached; it is tried again",
          metadata: ["cause": "\(error)", "after": "\(pause)"])
        await untilStopped(orFor: pause)
      }
    }
  }

  private func work(_ tools: AgentTools) async throws {
    try await withThrowingTaskGroup(of: Happening.self) { group in
      group.addTask {
        await self.untilStopped()
        return .toldToStop
      }
      group.addTask { try await self.beat(tools) }
      var (running, isClaiming, isOver) = (0, false, false)
      while true {
        if !isStopping, !isClaiming, running < settings.capacity {
          isClaiming = true
          let free = settings.capacity - running
          group.addTask { .claimed(try await self.claim(free, tools)) }
        }
        if isStopping, !isClaiming, running == 0 || isOver { break }
        guard let happening = try await group.next() else { break }
        switch happening {
        case .claimed(let work):
          isClaiming = false
          for piece in work {
            let lost = OneShot<Bool>()
            state.withLock { $0.held[piece.id] = (piece, lost) }
            running += 1
            group.addTask { .ended(try await self.perform(piece, until: lost, tools)) }
          }
        case .ended(let piece):
          running -= 1
          state.withLock { $0.held[piece.id] = nil }
        case .beaten: group.addTask { try await self.beat(tools) }
        case .toldToStop:
          let grace = settings.grace
          group.addTask {
            try await Task.sleep(for: grace)
            return .graceIsOver
          }
        case .graceIsOver: isOver = true
        }
      }
      await giveBack(tools, because: "the agent was told to stop")
      group.cancelAll()
    }
  }

  /// Takes work, waiting for some if there is none.
  private func claim(_ free: Int, _ tools: AgentTools) async throws -> [ClaimedWork] {
    let arguments: JSONObject = [
      "role": .string(settings.role), "worker": .string(settings.worker),
      "capacity": JSONValue(free), "leaseSeconds": .integer(settings.lease.components.seconds),
      "waitSeconds": 20,
    ]
    // Told to stop, it does not wait for work any longer: what is being handed out comes back by its lease.
    return try await withThrowingTaskGroup(of: [ClaimedWork]?.self) { group in
      group.addTask {
        let start = ContinuousClock.now
        let answer = try await tools.call("claim_work", arguments)
        let work = (answer["work"]?.arrayValue ?? []).compactMap(ClaimedWork.init)
        // A server that does not wait is not asked without end.
        if work.isEmpty { try await Task.sleep(until: start + Self.shortestWait) }
        return work
      }
      group.addTask {
        await self.untilStopped()
        return nil
      }
      defer { group.cancelAll() }
      return try await (group.next() ?? nil) ?? []
    }
  }

  /// Does a piece of work and says how it ended, unless it is lost meanwhile.
  private func perform(
    _ work: ClaimedWork, until lost: OneShot<Bool>, _ tools: AgentTools
  ) async throws -> ClaimedWork {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await self.performWhole(work, tools)
        return true
      }
      group.addTask { await lost.value() }
      defer {
        group.cancelAll()
        lost.fulfil(true)
      }
      _ = try await group.next()
    }
    return work
  }

  private func performWhole(_ work: ClaimedWork, _ tools: AgentTools) async throws {
    do {
      let start = ContinuousClock.now
      let done = try await perform(work, tools)
      var report: JSONObject = [
        "workID": .string(work.id), "claim": .integer(work.claim), "result": .object(done.result),
      ]
      if !done.next.isEmpty { report["next"] = .array(done.next) }
      _ = try await tools.call("complete_work", report)
      logger.info(
        "work is done",
        metadata: [
          "work": "\(work.id)", "kind": "\(work.kind)", "took": "\(ContinuousClock.now - start)",
        ])
    } catch let failure as WorkFailure where !Task.isCancelled {
      logger.warning(
        failure.isFinal ? "work cannot be done" : "an attempt failed",
        metadata: ["work": "\(work.id)", "kind": "\(work.kind)", "cause": "\(failure)"])
      do {
        _ = try await tools.call(
          "fail_work",
          [
            "workID": .string(work.id), "claim": .integer(work.claim),
            "error": .string(failure.description.shortened(to: Self.longestError)),
            "retry": failure.isFinal ? "never" : "later",
          ])
      } catch let refusal as WorkFailure {
        // Somebody else has it now.
        logger.warning("\(refusal)", metadata: ["work": "\(work.id)"])
      }
    }
  }

  /// Gives a sign of life for everything it has, a third of the lease after the one before.
  private func beat(_ tools: AgentTools) async throws -> Happening {
    try await Task.sleep(for: settings.lease / 3)
    let held = state.withLock { $0.held.values.map(\.work.held) }
    guard !held.isEmpty else { return .beaten }
    let answer = try await tools.call(
      "heartbeat",
      [
        "worker": .string(settings.worker), "work": .array(held),
        "leaseSeconds": .integer(settings.lease.components.seconds),
      ])
    for id in answer["lost"]?.arrayValue ?? [] {
      guard let id = id.stringValue else { continue }
      logger.warning("work was lost to another worker", metadata: ["work": "\(id)"])
      state.withLock { $0.held[id]?.lost }?.fulfil(false)
    }
    return .beaten
  }

  /// Gives back what is not done, so that others need not wait until the lease runs out.
  private func giveBack(_ tools: AgentTools, because reason: String) async {
    let held = state.withLock { state in
      defer { state.held = [:] }
      return state.held.values.map(\.work)
    }
    for work in held {
      logger.notice("work is given back", metadata: ["work": "\(work.id)", "cause": "\(reason)"])
      // Refused when somebody else has it by now.
      _ = try? await tools.call(
        "fail_work",
        [
          "workID": .string(work.id), "claim": .integer(work.claim), "error": .string(reason),
          "retry": "now",
        ])
    }
  }

  /// Waits until it is told to stop, or the caller is cancelled.
  private func untilStopped() async {
    let waiter = OneShot<Void>()
    let number = state.withLock { state -> Int? in
      guard !state.isStopping else { return nil }
      state.lastWaiter += 1
      state.waiting[state.lastWaiter] = waiter
      return state.lastWaiter
    }
    guard let number else { return }
    await withTaskCancellationHandler {
      await waiter.value()
    } onCancel: {
      waiter.fulfil(())
    }
    state.withLock { $0.waiting[number] = nil }
  }

  private func untilStopped(orFor pause: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.untilStopped() }
      group.addTask { try? await Task.sleep(for: pause) }
      await group.next()
      group.cancelAll()
    }
  }
}
