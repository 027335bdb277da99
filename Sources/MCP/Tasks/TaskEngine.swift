import JSONRPC
package import Logging

/// Runs tool calls as tasks of the tasks extension: each is durable before the client learns of it,
/// goes on when the client goes away, and can be looked at, answered and cancelled.
package final class TaskEngine: Sendable {
  /// The bounds of the engine.
  package struct Limits: Sendable {
    /// How many tasks run at a time; more wait for their turn.
    package var running = 4
    /// How many tasks may run or wait.
    package var open = 256
    /// How long a task is kept, from its start.
    package var lifetime = Duration.seconds(24 * 3600)
    /// How long clients should wait between two looks.
    package var pollInterval = Duration.milliseconds(500)
    /// How often open tasks are written down, to show that they are alive, and other processes' tasks
    /// are looked through for such as nobody works on any more.
    package var heartbeat = Duration.seconds(5)
    /// How many bytes a stored result holds at most: common clients stop at 1 MiB.
    package var resultBytes = SessionLimits().pageBytes

    /// The bounds that hold unless configured otherwise.
    package init() {}
  }

  struct State {
    var open: [String: OpenTask] = [:]
    var isStopped = false
  }

  let store: any TaskStore
  let clock: WallClock
  let sealer: Sealer
  let changes: ChangeHub
  let logger: Logger
  let limits: Limits
  let state = Locked(State())
  private let stopping = OneShot<Void>()
  private let queue: AsyncStream<OpenTask>
  private let enqueue: AsyncStream<OpenTask>.Continuation

  /// An engine; nothing runs before `run()` is called.
  package init(
    store: any TaskStore, clock: WallClock, sealer: Sealer, changes: ChangeHub, logger: Logger,
    limits: Limits = Limits()
  ) {
    self.store = store
    self.clock = clock
    self.sealer = sealer
    self.changes = changes
    self.logger = logger
    self.limits = limits
    (queue, enqueue) = AsyncStream.makeStream()
  }

  /// Works on tasks until `stop` is called or the calling task is cancelled; then ends the ones that are
  /// open as failed, which is stored before what works on them is made to stop. Tasks that another process
  /// left behind are ended first, and from time to time.
  package func run() async {
    await endAbandoned()
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { group in
        group.addTask { [self] in await performAll() }
        group.addTask { [self] in
          while (try? await Task.sleep(for: limits.heartbeat)) != nil { await beat() }
        }
        await stopping.value()
        await endAll()
        group.cancelAll()
      }
    } onCancel: {
      stop()
    }
  }

  /// Makes `run` end. From then on no task is started.
  package func stop() {
    state.withLock { $0.isStopped = true }
    stopping.fulfil(())
  }

  private func performAll() async {
    await withTaskGroup(of: Void.self) { group in
      var running = 0
      for await task in queue {
        if running >= limits.running {
          await group.next()
          running -= 1
        }
        running += 1
        group.addTask { [self] in await perform(task) }
      }
      group.cancelAll()
    }
  }

  private func endAll() async {
    let left = state.withLock { Array($0.open.values) }
    await withDiscardingTaskGroup { group in
      for task in left {
        group.addTask { [self] in await end(task, as: .failed, error: Self.stopped) }
      }
    }
    for task in left { task.end.fulfil(()) }
  }

  private static let stopped = RPCError(
    .internalError, "The server was stopped before the task ended")

  /// Shows that the open tasks are alive, stores the ends that could not be stored before, and ends what
  /// others have left behind.
  private func beat() async {
    let open = state.withLock { Array($0.open.values) }
    // All at once, so that they share the store's next transaction.
    await withDiscardingTaskGroup { group in
      for task in open {
        group.addTask { [self] in
          // Looked at first: an end that comes meanwhile is stored behind this.
          let hasEnded = task.snapshot.status.isTerminal
          if await write(task), hasEnded { remove(task) }
        }
      }
    }
    await endAbandoned()
  }

  /// Ends the tasks that no process works on any more.
  func endAbandoned() async {
    do {
      for var task in try await store.abandoned() where openTask(task.id) == nil {
        task.end(as: .failed, error: Self.stopped, at: clock.milliseconds())
        let ended = task
        try await shielded { [store] in _ = try await store.save(ended) }
        changes.publish(.taskChanged(id: task.id))
      }
    } catch {
      logger.error("abandoned tasks could not be ended", metadata: ["cause": "\(error)"])
    }
  }

  /// Starts a call as a task and answers with the task. What is asked before a task, is asked first.
  func start(
    _ tool: RegisteredTool, _ arguments: JSONObject, _ context: RequestContext
  ) async throws(CallInterruption) -> ResultBody {
    let violations = tool.inputSchema.validate(.object(arguments))
    guard violations.isEmpty else {
      return try await tool.call(arguments, in: context).body(for: context.version)
    }
    var answers: [String: InputResponse] = [:]
    if !tool.questionsBeforeTask.isEmpty {
      answers = try await context.ask(tool.questionsBeforeTask)
    }
    let now = clock.milliseconds()
    let id: String
    do {
      id = "task-" + (try sealer.randomBytes(16)).map(Self.hexadecimal).joined()
    } catch {
      throw .fault(error)
    }
    let task = OpenTask(
      state: TaskState(
        id: id, owner: Self.owner(context.principal), tool: tool.definition.name,
        status: .working, createdAt: now, updatedAt: now,
        lifetime: limits.lifetime.wholeMilliseconds,
        pollInterval: limits.pollInterval.wholeMilliseconds),
      tool: tool, arguments: arguments, context: context, answers: answers)
    let created = task.snapshot
    try enter(task)
    do {
      _ = try await save(task)
    } catch {
      remove(task)
      throw Task.isCancelled ? .cancelled : .fault(error)
    }
    if Task.isCancelled {
      // The request was cancelled, so nobody will learn the task's name.
      await end(task, as: .cancelled)
      throw .cancelled
    }
    enqueue.yield(task)
    var body = ResultBody(created.json(clock))
    body.type = .task
    return body
  }

  private func enter(_ task: OpenTask) throws(CallInterruption) {
    let limit = limits.open
    let isAccepted = state.withLock { (state: inout State) -> Bool in
      guard !state.isStopped, state.open.count < limit else { return false }
      state.open[task.id] = task
      return true
    }
    guard isAccepted else {
      throw .protocolError(
        RPCError(
          .overloaded, "No more tasks now: the server is stopping, or \(limit) run or wait already")
      )
    }
  }

  private func remove(_ task: OpenTask) {
    state.withLock { _ = $0.open.removeValue(forKey: task.id) }
  }

  private func perform(_ task: OpenTask) async {
    await withDiscardingTaskGroup { group in
      group.addTask { [self] in
        await work(on: task)
        task.end.fulfil(())
      }
      await task.end.value()
      group.cancelAll()
    }
  }

  private func work(on task: OpenTask) async {
    guard !task.snapshot.status.isTerminal else { return }
    let context = task.context.detached(input: channel(task), progress: progress(task))
    do {
      let result = try await task.tool.call(task.arguments, in: context)
      await end(task, as: .completed, result: result)
    } catch {
      switch error {
      case .cancelled where Task.isCancelled && !task.snapshot.status.isTerminal:
        await end(task, as: .failed, error: Self.stopped)
      case .cancelled: await end(task, as: .cancelled)
      case .protocolError(let error):
        if error.code == .internalError {
          logger.error(
            "task failed",
            metadata: ["place": "\(error.place)", "cause": "\(error.cause ?? "-")"])
        }
        await end(task, as: .failed, error: error)
      case .toolError, .problem, .unanswered, .inputRequired:
        await end(task, as: .failed, error: RPCError(.internalError, "Internal error"))
      }
    }
  }

  /// Ends a task once; what comes later is ignored. An end that cannot be stored now is stored later.
  func end(
    _ task: OpenTask, as status: TaskState.Status, result: ToolResult? = nil, error: RPCError? = nil
  ) async {
    let now = clock.milliseconds()
    let json = result.map {
      Self.object(
        $0.body(
          for: task.context.version, of: task.tool.definition.name, atMost: limits.resultBytes))
    }
    let isFirst = task.update { (state: inout TaskState) -> Bool in
      guard !state.status.isTerminal else { return false }
      state.end(as: status, result: json, error: error, at: now)
      return true
    }
    guard isFirst else { return }
    if await write(task) { remove(task) }
    task.withdrawQuestions()
    changes.publish(.taskChanged(id: task.id))
  }

  /// The result as it will be shown by `tasks/get`: as the call itself would have had it.
  static func object(_ body: ResultBody) -> JSONObject {
    var writer = JSONWriter(capacity: body.members.count + 2)
    body.write(to: &writer, serverInfo: nil)
    let written = (try? JSONParser(maximumBytes: .max).parse(writer.bytes))?.objectValue
    let type: JSONObject = ["resultType": .string(ResultBody.ResultType.complete.rawValue)]
    return type.merging(written ?? [:])
  }

  private func save(_ task: OpenTask) async throws -> Bool {
    try await task.storing.take { try await store.save(task.snapshot) }
  }

  /// Stores the task's state, also when the caller is cancelled: the end of what is cancelled must not be
  /// lost with it. When another process has ended the task, so does the work on it.
  /// - Returns: whether the store is up to date.
  @discardableResult
  func write(_ task: OpenTask) async -> Bool {
    do {
      if try await shielded({ [self] in try await save(task) }) { return true }
    } catch {
      logger.error("a task could not be stored", metadata: ["cause": "\(error)"])
      return false
    }
    let now = clock.milliseconds()
    let wasOpen = task.update { (state: inout TaskState) -> Bool in
      guard !state.status.isTerminal else { return false }
      state.end(as: .cancelled, at: now)
      return true
    }
    guard wasOpen else { return true }
    remove(task)
    task.withdrawQuestions()
    task.end.fulfil(())
    changes.publish(.taskChanged(id: task.id))
    return true
  }

  static func owner(_ principal: Principal) -> String {
    "\(principal.workspace)/\(principal.name)"
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }
}
