import JSONRPC
import Logging
import Marketing

/// Brings one claimed message to its end or to its next attempt.
final class MessageDelivery: Sendable {
  private static let actor = "outbox"
  /// So often it is tried to store what came of a message, so long apart: nearly until its claim runs out, as it
  /// is sent again then.
  private static let settleAttempts = 150
  /// So often with all that follows from it; then alone, which may be what can be stored.
  private static let attemptsWithEffects = 5
  private static let settlePause = Duration.seconds(1)

  private let store: any OutboxStore
  private let channels: ChannelSet
  private let traffic: DeliveryTraffic
  private let settings: OutboxWorkerSettings
  private let gate: SendGate
  private let effects: DeliveryEffects
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  private let generator: Locked<any RandomNumberGenerator & Sendable>
  private let sleep: @Sendable (Duration) async throws -> Void

  init(
    store: any OutboxStore, channels: ChannelSet, traffic: DeliveryTraffic,
    settings: OutboxWorkerSettings, gate: @escaping SendGate,
    effects: @escaping DeliveryEffects, logger: Logger,
    now: @escaping @Sendable () -> Timestamp,
    generator: any RandomNumberGenerator & Sendable,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.store = store
    self.channels = channels
    self.traffic = traffic
    self.settings = settings
    self.gate = gate
    self.effects = effects
    self.logger = logger
    self.now = now
    self.generator = Locked(generator)
    self.sleep = sleep
  }

  /// - Parameter isOver: whether nothing new is to be sent any more.
  /// - Returns: whether something left, as far as anybody knows.
  func deliver(
    _ attempt: DeliveryAttempt, isOver: @escaping @Sendable () -> Bool
  ) async -> Bool {
    // In a task of its own, as nothing else keeps a cancellation out: what was sent has to be noted.
    await Task { await self.pass(attempt, isOver: isOver) }.value
  }

  private func pass(_ attempt: DeliveryAttempt, isOver: @Sendable () -> Bool) async -> Bool {
    let message = attempt.message
    guard !isOver() else { return await giveBack(attempt, until: message.notBefore) }
    guard !attempt.isOneTooMany else {
      let outcome = DeliveryOutcome.deferred(.interrupted, .init(mayHaveArrived: true))
      await settle(
        attempt, as: settlement(of: outcome, attempt),
        effects: await effects(attempt, outcome, now()), gate: nil)
      return false
    }
    switch await gate(attempt, now()) {
    case .stop(let gate):
      await settle(attempt, as: .cancelled(reason: gate), gate: gate)
      return false
    case .postpone(let until, let gate):
      await settle(attempt, as: .postponed(until: until), gate: gate)
      return false
    case .go: break
    }
    guard !isOver() else { return await giveBack(attempt, until: message.notBefore) }
    if let until = traffic.admit(message, at: now()) {
      return await giveBack(attempt, until: until)
    }
    guard await begin(attempt) else {
      traffic.withdraw(message, at: now())
      return false
    }
    return await holding(attempt) {
      let outcome = await channels.channel(for: message.channel).send(attempt)
      traffic.note(outcome, of: message, at: now())
      if outcome == .withdrawn { return await giveBack(attempt, until: message.notBefore) }
      await settle(
        attempt, as: settlement(of: outcome, attempt),
        effects: await effects(attempt, outcome, now()),
        gate: nil)
      return true
    }
  }

  /// Keeps the message claimed until `body` ends: waiting for a free connection and a slow server may take longer
  /// than a claim holds, and another process would send the message too.
  private func holding(_ attempt: DeliveryAttempt, _ body: () async -> Bool) async -> Bool {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.renew(attempt) }
      let result = await body()
      group.cancelAll()
      return result
    }
  }

  private func renew(_ attempt: DeliveryAttempt) async {
    // Two renewals may fail before the claim runs out.
    let pause = settings.lease / 3
    while !Task.isCancelled, (try? await sleep(pause)) != nil {
      do throws(StoreError) {
        guard try await store.hold(attempt, lease: settings.lease, at: now()) else { return }
      } catch {
        note(error, attempt)
      }
    }
  }

  /// Lets it be claimed again, as if it had not been.
  private func giveBack(_ attempt: DeliveryAttempt, until: Timestamp) async -> Bool {
    await settle(attempt, as: .postponed(until: until), gate: nil, isLogged: false)
    return false
  }

  private func begin(_ attempt: DeliveryAttempt) async -> Bool {
    do throws(StoreError) {
      return try await store.begin(attempt, lease: settings.lease, at: now())
    } catch {
      // The claim runs out, and the message is claimed again.
      note(error, attempt)
      return false
    }
  }

  private func settlement(
    of outcome: DeliveryOutcome, _ attempt: DeliveryAttempt
  ) -> OutboxSettlement {
    switch outcome {
    case .delivered(let answer): return .delivered(answer)
    case .refused(let answer), .bounced(let answer): return .refused(answer)
    case .withdrawn: return .postponed(until: attempt.message.notBefore)
    case .deferred(let answer, let deferral):
      let pause = generator.withLock { settings.backoff.delay(after: attempt.number, using: &$0) }
      return .deferred(
        answer, until: now() + max(pause, deferral.retryAfter ?? .zero),
        mayHaveArrived: deferral.mayHaveArrived)
    }
  }

  private func settle(
    _ attempt: DeliveryAttempt, as settlement: OutboxSettlement, effects: OutreachEffects? = nil,
    gate: String?, isLogged: Bool = true
  ) async {
    let time = now()
    let event = event(of: attempt, at: time)
    for number in 1...Self.settleAttempts {
      do throws(StoreError) {
        let following = number <= Self.attemptsWithEffects ? effects : nil
        let entry = try await store.settle(
          attempt, as: settlement, effects: following, at: time
        ) { entry in
          isLogged ? [event(entry, gate)] : []
        }
        if entry.state == .dead { noteDead(entry) }
        return
      } catch {
        // Lost meanwhile: somebody else says what came of it.
        let isLost = error.code == .stale || error.code == .notFound
        guard !isLost, number < Self.settleAttempts else { return note(error, attempt) }
        try? await sleep(Self.settlePause)
      }
    }
  }

  private func noteDead(_ entry: OutboxEntry) {
    let message = entry.message
    logger.warning(
      "a message was given up: list_dead_messages shows it, requeue_messages has it sent again",
      metadata: [
        "lead": "\(message.leadID)", "message": "\(message.id)",
        "channel": "\(message.channel.rawValue)", "cause": "\(entry.answer?.code ?? "unknown")",
      ])
  }

  private func note(_ error: StoreError, _ attempt: DeliveryAttempt) {
    logger.warning(
      "how a message stands could not be stored",
      metadata: ["message": "\(attempt.message.id)", "cause": "\(error)"])
  }

  /// What is logged of a message, without anything personal.
  private func event(
    of attempt: DeliveryAttempt, at time: Timestamp
  ) -> @Sendable (OutboxEntry, String?) -> Event {
    let random = generator.withLock { ($0.next(), $0.next()) }
    return { entry, gate in
      let message = entry.message
      var facts: JSONObject = [
        "messageID": .string(message.id.rawValue), "channel": .string(message.channel.rawValue),
        "purpose": .string(message.purpose.rawValue), "attempts": JSONValue(entry.attempts),
        "possibleDuplicate": .bool(entry.isPossibleDuplicate),
      ]
      if let gate { facts["gate"] = .string(gate) }
      if gate == nil, let code = entry.answer?.code { facts["answer"] = .string(code) }
      if let engagement = message.engagementID {
        facts["engagementID"] = .string(engagement.rawValue)
      }
      if let step = message.step { facts["step"] = JSONValue(step) }
      if let variant = message.variantID { facts["variantID"] = .string(variant) }
      if entry.state == .queued { facts["notBefore"] = .string(message.notBefore.iso8601) }
      return Event(
        id: .make(prefix: "evt_", at: time, random: random), kind: entry.state.eventKind,
        leadID: message.leadID, campaignID: message.campaignID, occurredAt: time,
        actor: Self.actor, facts: facts)
    }
  }
}

extension OutboxEntry.State {
  /// The event that a message came to this state.
  fileprivate var eventKind: Event.Kind {
    switch self {
    case .delivered: .messageDelivered
    case .refused: .messageRefused
    case .cancelled: .messageStopped
    case .dead: .messageDeadLettered
    case .queued, .claimed, .sending: .messageDeferred
    }
  }
}
