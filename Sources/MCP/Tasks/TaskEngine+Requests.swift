import JSONRPC
import Logging

extension TaskEngine {
  /// Serves `tasks/get`, `tasks/update` and `tasks/cancel`.
  /// - Throws: -32602 for parameters of the wrong shape, -32021 for a client without the extension,
  ///   -32602 for a task that is not there or belongs to another principal.
  func serve(
    _ method: String, _ params: JSONObject, _ context: RequestContext
  ) async throws(CallInterruption) -> ResultBody {
    let id = try interrupting { () throws(RPCError) in try params.requiredString("taskId") }
    let responses = params["inputResponses"]?.objectValue
    guard method != "tasks/update" || responses != nil else {
      throw .protocolError(RPCError(.invalidParams, "'inputResponses' must be an object"))
    }
    // The shape of the parameters comes before the capability.
    guard context.client.hasExtension(MetaKey.tasksExtension) else {
      throw .protocolError(
        .missingCapability(["extensions": .object([MetaKey.tasksExtension: [:]])]))
    }
    guard let stored = await find(id, context.principal) else {
      throw .protocolError(RPCError(.invalidParams, "Unknown task: \(id.shortened(to: 80))"))
    }
    switch method {
    case "tasks/get": return ResultBody(shown(stored))
    case "tasks/update": await take(responses ?? [:], for: id)
    default: try await cancel(stored)
    }
    return ResultBody()
  }

  /// The task as a notification shows it; `nil` when it is not the principal's.
  func snapshot(_ id: String, for principal: Principal) async -> JSONObject? {
    await find(id, principal).map(shown)
  }

  /// What a client is shown of a task: of a result that no client accepts, which an older version may have
  /// stored, only that it is too long.
  private func shown(_ task: TaskState) -> JSONObject {
    var task = task
    if let result = task.result {
      let count = JSONWriter.bytes(of: .object(result)).count
      // A stored result has its type besides.
      if count > limits.resultBytes + 1024 {
        task.result = Self.object(
          ToolResult.tooLong(count, tool: task.tool).body(for: .latest))
      }
    }
    return task.json(clock)
  }

  private func find(_ id: String, _ principal: Principal) async -> TaskState? {
    let owner = Self.owner(principal)
    // An end is shown from the store alone: it must not be taken back by a crash.
    if let open = openTask(id)?.snapshot, !open.status.isTerminal {
      return open.owner == owner ? open : nil
    }
    do {
      guard let task = try await store.task(id, owner: owner) else { return nil }
      guard !task.status.isTerminal, openTask(id) == nil else { return task }
      // Another process works on it, or did.
      await endAbandoned()
      return try await store.task(id, owner: owner)
    } catch {
      logger.error("a task could not be read", metadata: ["cause": "\(error)"])
      return nil
    }
  }

  func openTask(_ id: String) -> OpenTask? { state.withLock { $0.open[id] } }

  private func take(_ responses: JSONObject, for id: String) async {
    guard let task = openTask(id) else { return }
    let taken = task.answer(responses, now: clock.milliseconds())
    guard !taken.isEmpty else { return }
    // Stored first, so that the states come in their order.
    await write(task)
    for (question, answer) in taken { question.fulfil(answer) }
    changes.publish(.taskChanged(id: id))
  }

  private func cancel(_ stored: TaskState) async throws(CallInterruption) {
    if let task = openTask(stored.id) {
      await end(task, as: .cancelled)
      task.end.fulfil(())
      return
    }
    guard !stored.status.isTerminal else { return }
    var ended = stored
    ended.end(as: .cancelled, at: clock.milliseconds())
    do {
      // Whoever works on it learns of it with its next heartbeat.
      try await shielded { [store, ended] in _ = try await store.save(ended) }
    } catch {
      throw .fault(error)
    }
    changes.publish(.taskChanged(id: stored.id))
  }

  /// How a task asks: its questions wait in its state until the client answers them.
  func channel(_ task: OpenTask) -> InputChannel {
    InputChannel { [self] (questions: [NamedInput]) async throws(CallInterruption) in
      var answers: [String: InputResponse] = [:]
      for question in questions { answers[question.key] = task.answers[question.key] }
      let unknown = questions.filter { task.answers[$0.key] == nil }
      let open = task.pose(unknown, version: task.context.version, now: clock.milliseconds())
      if !open.isEmpty {
        await write(task)
        changes.publish(.taskChanged(id: task.id))
      }
      for (question, key, answer) in open {
        let json = await withTaskCancellationHandler {
          await answer.value()
        } onCancel: {
          answer.fulfil(nil)
        }
        guard let json else { throw .cancelled }
        answers[question.key] = try Self.read(json, key, question.request)
      }
      return answers
    }
  }

  private static func read(
    _ json: JSONValue, _ key: String, _ request: InputRequest
  ) throws(CallInterruption) -> InputResponse {
    do {
      return try InputResponse(json, to: request)
    } catch {
      throw .toolError("inputResponses/\(key): \(error.message)")
    }
  }

  /// A task's progress becomes its status message.
  func progress(_ task: OpenTask) -> ProgressReporter {
    ProgressReporter { [self] progress, total, message in
      let now = clock.milliseconds()
      let share = total.map { "\(Int(progress)) of \(Int($0))" } ?? "\(Int(progress))"
      let text = [share, message].compactMap { $0 }.joined(separator: ": ")
      let isOpen = task.update { (state: inout TaskState) -> Bool in
        guard !state.status.isTerminal else { return false }
        state.statusMessage = text
        state.updatedAt = now
        return true
      }
      if isOpen { changes.publish(.taskChanged(id: task.id)) }
    }
  }
}
