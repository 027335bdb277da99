import Marketing

extension WorkDesk {
  /// Claims work, and waits for it where there is none: until something has happened that is logged, or until the
  /// moment at which what waits or is held may be handed out. Nothing is asked for in between.
  /// - Parameters:
  ///   - patience: for how long to wait.
  ///   - request: the wish at this moment.
  /// - Returns: the work; none when there was none in time, or when the task was cancelled.
  func claim(
    within patience: Duration, actor: String, in workspace: WorkspaceID,
    now: @Sendable () -> Timestamp,
    _ request: (Timestamp) -> WorkRequest
  ) async throws(StoreError) -> [WorkItem] {
    func tryNow() async throws(StoreError) -> [WorkItem] {
      let time = now()
      return try await store.claim(
        request(time), events: noting(.workReleased, actor: actor, at: time), in: workspace)
    }
    let role = request(now()).role
    guard patience > .zero else { return try await tryNow() }
    // Heard from before the first look, so that nothing between the two is missed.
    let changes = events.changes()
    let first = try await tryNow()
    guard first.isEmpty else { return first }
    let outcome = await withTaskGroup(of: Void.self) { group in
      let (alarms, bell) = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))
      group.addTask {
        for await _ in changes { bell.yield() }
        bell.finish()
      }
      group.addTask {
        try? await Task.sleep(for: patience)
        bell.finish()
      }
      defer { group.cancelAll() }
      var armed: Timestamp?
      func arm() throws(StoreError) {
        guard let chance = try store.nextChance(for: role, in: workspace) else { return }
        let time = now()
        if let armed, armed > time, armed <= chance { return }
        armed = chance
        // Not at once, should others be quicker each time.
        let wait = max(chance - time, .milliseconds(20))
        guard wait < patience else { return }
        group.addTask {
          if (try? await Task.sleep(for: wait)) != nil { bell.yield() }
        }
      }
      do throws(StoreError) {
        try arm()
        for await _ in alarms {
          let items = try await tryNow()
          if !items.isEmpty { return Result<[WorkItem], StoreError>.success(items) }
          try arm()
        }
        return .success([])
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }
}
