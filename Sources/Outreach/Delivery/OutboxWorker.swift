import JSONRPC
package import Logging
package import Marketing
import ServiceLifecycle

/// Empties the outbox: claims what is due, asks the gates, sends, and says what came of it. Several processes may
/// do so on one store.
///
/// It waits for a notice of the event log or for the time when something is due, and does not look in between.
package final class OutboxWorker: Service {
  private let store: any OutboxStore
  private let log: any EventLog
  private let channels: ChannelSet
  private let traffic: DeliveryTraffic
  private let delivery: MessageDelivery
  private let settings: OutboxWorkerSettings
  private let mayClaim: @Sendable () -> Set<OutreachChannel>
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  private let sleep: @Sendable (Duration) async throws -> Void
  private let wakeup = Wakeup()
  private let isStopping = Locked(false)
  private let hasFailed = Locked(false)

  /// - Parameters:
  ///   - log: tells when something was stored.
  ///   - gate: asked for each message before it is sent.
  ///   - effects: asked what follows from each message that was delivered or refused.
  ///   - mayClaim: the channels that are this worker's to send on; asked each time before anything is claimed.
  ///   - sleep: returns when a time has passed.
  package init(
    _ store: any OutboxStore, log: any EventLog, channels: ChannelSet,
    settings: OutboxWorkerSettings = OutboxWorkerSettings(), gate: @escaping SendGate,
    effects: @escaping DeliveryEffects = { _, _, _ in nil },
    mayClaim: @escaping @Sendable () -> Set<OutreachChannel> = { Set(OutreachChannel.allCases) },
    logger: Logger,
    now: @escaping @Sendable () -> Timestamp,
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.store = store
    self.log = log
    self.channels = channels
    self.settings = settings
    self.mayClaim = mayClaim
    self.logger = logger
    self.now = now
    self.sleep = sleep
    traffic = DeliveryTraffic(channels, settings: settings.breaker, logger: logger)
    delivery = MessageDelivery(
      store: store, channels: channels, traffic: traffic, settings: settings, gate: gate,
      effects: effects,
      logger: logger, now: now, generator: generator, sleep: sleep)
  }

  /// Sends until the server is stopped; then ends what is being sent, and gives back what is not.
  package func run() async throws {
    await withGracefulShutdownHandler {
      await work()
    } onGracefulShutdown: { [self] in
      stop()
    }
  }

  private func stop() {
    isStopping.withLock { $0 = true }
    wakeup.wake()
  }

  private func work() async {
    await withDiscardingTaskGroup { group in
      group.addTask { [log, wakeup] in
        for await _ in log.changes() { wakeup.wake() }
      }
      while !isOver {
        let time = now()
        let (open, roomAt) = traffic.room(on: mayClaim(), at: time)
        let (attempts, dueAt) = await claim(open, at: time)
        for attempt in attempts {
          traffic.start(attempt.message.channel)
          group.addTask { await self.deliver(attempt) }
        }
        if !attempts.isEmpty { continue }
        let next = [roomAt, dueAt].compactMap(\.self).min() ?? time + settings.longestWait
        await wait(min(next - time, settings.longestWait))
      }
      // The notices end with it; what is being sent does not hear of that, but is given back where nothing has left.
      group.cancelAll()
      channels.stop()
    }
  }

  private var isOver: Bool { Task.isCancelled || isStopping.withLock { $0 } }

  /// - Returns: what was claimed; else when to look again.
  private func claim(
    _ open: [OutreachChannel: Int], at time: Timestamp
  ) async -> ([DeliveryAttempt], next: Timestamp?) {
    guard !open.isEmpty else { return ([], nil) }
    do throws(StoreError) {
      let due = try await store.nextDue(Set(open.keys))
      guard let due, due <= time else {
        hasFailed.withLock { $0 = false }
        return ([], due)
      }
      let attempts = try await store.claimDue(open, lease: settings.lease, at: time)
      hasFailed.withLock { $0 = false }
      return (attempts, time + settings.shortestWait)
    } catch {
      // Said once until it succeeds.
      let isNew = hasFailed.withLock { failed in
        defer { failed = true }
        return !failed
      }
      if isNew, !isOver {
        logger.warning("the outbox could not be read", metadata: ["cause": "\(error)"])
      }
      return ([], time + settings.shortestWait)
    }
  }

  private func deliver(_ attempt: DeliveryAttempt) async {
    let wasSent = await delivery.deliver(attempt) { self.isOver }
    traffic.end(attempt.message.channel, wasSent: wasSent)
    wakeup.wake()
  }

  private func wait(_ duration: Duration) async {
    guard duration > .zero else { return }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [sleep] in try? await sleep(duration) }
      group.addTask { [wakeup] in await wakeup.wait() }
      await group.next()
      group.cancelAll()
    }
  }
}
