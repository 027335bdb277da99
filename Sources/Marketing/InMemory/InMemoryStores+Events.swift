import JSONRPC

extension InMemoryStores: EventLog {
  package func latestSequence() throws(StoreError) -> Int64 {
    state.withLock { Int64($0.events.count) }
  }

  package func events(
    after sequence: Int64, limit: Int
  ) throws(StoreError) -> [LoggedEvent] {
    state.withLock { state in
      let start = Int(min(max(0, sequence), Int64(state.events.count)))
      return state.events[start...].prefix(max(0, limit)).map { logged in
        var event = logged.event
        event.personal = nil
        return LoggedEvent(sequence: logged.sequence, workspace: logged.workspace, event: event)
      }
    }
  }

  package func events(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> [LoggedEvent] {
    state.withLock { state in
      let own = state.events.lazy.filter { $0.workspace == workspace && $0.event.leadID == id }
      return Array(own.prefix(max(0, limit)))
    }
  }

  package func changes() -> AsyncStream<Int64> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Int64.self, bufferingPolicy: .bufferingNewest(1))
    let name = state.withLock { state -> Int? in
      guard !state.isClosed else { return nil }
      state.nextListener += 1
      state.listeners[state.nextListener] = continuation
      return state.nextListener
    }
    guard let name else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [state] _ in
      _ = state.withLock { $0.listeners.removeValue(forKey: name) }
    }
    return stream
  }
}
