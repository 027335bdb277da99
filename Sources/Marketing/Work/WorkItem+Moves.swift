package import JSONRPC

// What may become of an item. Every store writes what these make of it.
extension WorkItem {
  /// How many items of silent workers are taken back at most before work is handed out.
  package static var mostTakenBack: Int { 100 }

  /// Whether it can be handed out.
  package func isReady(at now: Timestamp) -> Bool { state == .ready && notBefore <= now }

  /// Whether it waits or is in somebody's hands.
  package var isOpen: Bool { [.ready, .claimed].contains(state) }

  /// Whether its worker has let its time run out.
  package func hasRunOut(at now: Timestamp) -> Bool {
    state == .claimed && leaseUntil.map { $0 <= now } ?? true
  }

  /// Whether it is in the hands of who has this claim. A lease that has run out is good until somebody takes the
  /// item back.
  package func isHeld(_ claim: Int64) -> Bool { state == .claimed && self.claim == claim }

  /// Whether who has this claim can still say that it is done: also when the item was taken back, as long as nobody
  /// else has it.
  package func canBeCompleted(by claim: Int64) -> Bool { state != .done && self.claim == claim }

  /// Lets its worker have it for longer; never for less.
  package mutating func extend(until end: Timestamp, at now: Timestamp) {
    leaseUntil = max(leaseUntil ?? end, end)
    updatedAt = now
  }

  /// Whether who has this claim has noted the failure already: the answer may have been lost.
  package func hasFailed(_ claim: Int64, _ error: String) -> Bool {
    [.ready, .dead].contains(state) && self.claim == claim && lastError == error
  }

  /// Hands it out.
  package mutating func claim(by worker: String, until end: Timestamp, at now: Timestamp) {
    state = .claimed
    claim += 1
    attempts += 1
    self.worker = worker
    leaseUntil = end
    updatedAt = now
  }

  /// Takes it back from a worker that is silent.
  package mutating func takeBack(at now: Timestamp) {
    end(attempts >= maxAttempts ? .dead : .ready, at: now)
    lastError = "worker '\(worker ?? "")' did not finish within its lease"
    notBefore = now
  }

  /// Takes it back from a worker that did not try.
  /// - Parameter reason: in that worker's words; `nil` for what went wrong before.
  package mutating func giveBack(because reason: String?, at now: Timestamp) {
    end(.ready, at: now)
    attempts = max(0, attempts - 1)
    notBefore = now
    lastError = reason ?? lastError
  }

  /// Whether who has this claim has given it back already: the answer may have been lost.
  package func wasGivenBack(_ claim: Int64) -> Bool { state == .ready && self.claim == claim }

  /// Notes that an attempt failed.
  /// - Parameter delay: how long to wait after so many attempts.
  package mutating func fail(
    _ error: String, isFinal: Bool, delay: (Int) -> Duration, at now: Timestamp
  ) {
    end(isFinal || attempts >= maxAttempts ? .dead : .ready, at: now)
    lastError = error
    notBefore = state == .ready ? now + delay(attempts) : now
  }

  /// Notes that it is done.
  package mutating func complete(_ result: JSONObject, at now: Timestamp) {
    end(.done, at: now)
    self.result = result
    lastError = nil
  }

  /// Lets it be tried anew.
  package mutating func requeue(at now: Timestamp) {
    end(.ready, at: now)
    attempts = 0
    lastError = nil
    notBefore = now
  }

  private mutating func end(_ state: State, at now: Timestamp) {
    self.state = state
    leaseUntil = nil
    updatedAt = now
  }
}

extension StoreError {
  /// There is no such work.
  package static func noSuchWork(_ id: WorkID) -> StoreError {
    StoreError(.notFound, "There is no work '\(id)': claim some with claim_work")
  }

  /// The work is not its former worker's any more.
  package static func lostWork(_ id: WorkID) -> StoreError {
    StoreError(
      .conflict,
      "Work '\(id)' was taken back, done or handed out to another worker: stop working on it, and "
        + "claim anew")
  }

  /// The name of new work is taken.
  package static func workExists(_ id: WorkID) -> StoreError {
    StoreError(.conflict, "Work '\(id)' is stored already")
  }
}
