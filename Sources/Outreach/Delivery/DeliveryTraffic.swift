import JSONRPC
import Logging
import Marketing

/// What is under way on each channel, what may still go, and which destinations are left alone.
final class DeliveryTraffic: Sendable {
  private struct State {
    var inFlight: [OutreachChannel: Int] = [:]
    var buckets: [OutreachChannel: SendRate] = [:]
    var breakers: [String: CircuitBreaker] = [:]
    /// Channels that nothing is claimed for until a time.
    var blocked: [OutreachChannel: Timestamp] = [:]
    /// Destinations that do not take what comes from us, as has been said.
    var closed: Set<String> = []
  }

  private let channels: ChannelSet
  private let settings: CircuitBreaker.Settings
  private let logger: Logger
  private let state = Locked(State())

  init(_ channels: ChannelSet, settings: CircuitBreaker.Settings, logger: Logger) {
    self.channels = channels
    self.settings = settings
    self.logger = logger
  }

  /// How many messages of each of these channels may be claimed, and when one that takes none now will.
  func room(
    on kinds: Set<OutreachChannel>, at now: Timestamp
  ) -> (open: [OutreachChannel: Int], next: Timestamp?) {
    state.withLock { state in
      var open: [OutreachChannel: Int] = [:]
      var next: Timestamp?
      func wait(until time: Timestamp) { next = min(time, next ?? time) }
      for kind in kinds {
        let limits = channels.limits(for: kind)
        let places = limits.concurrency - state.inFlight[kind, default: 0]
        if let until = state.blocked[kind] {
          if until > now {
            wait(until: until)
            continue
          }
          state.blocked[kind] = nil
        }
        var bucket =
          state.buckets[kind] ?? SendRate(perSecond: limits.perSecond, at: now)
        let tokens = bucket.available(at: now)
        state.buckets[kind] = bucket
        // Who is done wakes the worker; only tokens come by themselves.
        if tokens == 0 { wait(until: bucket.next) }
        if min(places, tokens) > 0 { open[kind] = min(places, tokens) }
      }
      return (open, next)
    }
  }

  /// Notes a message that was claimed.
  func start(_ kind: OutreachChannel) {
    state.withLock { state in
      state.inFlight[kind, default: 0] += 1
      state.buckets[kind]?.take(1)
    }
  }

  /// Notes that a claimed message is done with.
  /// - Parameter wasSent: whether it took part of what may go.
  func end(_ kind: OutreachChannel, wasSent: Bool) {
    state.withLock { state in
      state.inFlight[kind, default: 1] -= 1
      if !wasSent { state.buckets[kind]?.take(-1) }
    }
  }

  /// Asks whether a message may go to its destination.
  /// - Returns: `nil` when it may; else when to ask again.
  func admit(_ message: OutboundMessage, at now: Timestamp) -> Timestamp? {
    change(message) { breaker, state in
      let until = breaker.admit(at: now)
      if let until { state.blocked[message.channel] = until }
      return until
    }
  }

  /// Notes that what was admitted was not sent.
  func withdraw(_ message: OutboundMessage, at now: Timestamp) {
    change(message) { breaker, _ in breaker.withdraw(at: now) }
  }

  /// Notes what a channel answered.
  func note(_ outcome: DeliveryOutcome, of message: OutboundMessage, at now: Timestamp) {
    let destination = destination(of: message)
    let news = change(message) { breaker, state -> [News] in
      let wasLeftAlone = breaker.isLeftAlone
      if outcome == .withdrawn {
        breaker.withdraw(at: now)
        return []
      }
      guard case .deferred(_, let deferral) = outcome, deferral.isUnavailable else {
        breaker.succeed()
        state.blocked[message.channel] = nil
        state.closed.remove(destination)
        return wasLeftAlone ? [.isBack] : []
      }
      breaker.fail(at: now)
      let isClosed = deferral.isAboutUs && state.closed.insert(destination).inserted
      return (isClosed ? [.isClosed] : [])
        + (breaker.isLeftAlone && !wasLeftAlone ? [.isLeftAlone] : [])
    }
    for news in news {
      logger.log(
        level: news == .isBack ? .notice : .warning, "\(news.rawValue)",
        metadata: metadata(outcome, message))
    }
  }

  /// What is said of a destination, once each time that it comes to it.
  private enum News: String {
    case isClosed =
      "messages are not taken from here: look at the settings of the sender and of the server"
    case isLeftAlone = "messages wait: a destination is left alone, as it takes none"
    case isBack = "messages leave again: a destination that was left alone takes them"
  }

  /// What is said of a destination. Of an answer only what names nobody.
  private func metadata(
    _ outcome: DeliveryOutcome, _ message: OutboundMessage
  ) -> Logger.Metadata {
    [
      "channel": "\(message.channel.rawValue)", "destination": "\(destination(of: message))",
      "cause": "\(outcome.answer.code)",
    ]
  }

  private func destination(of message: OutboundMessage) -> String {
    channels.channel(for: message.channel).destination(of: message)
  }

  private func change<Result: Sendable>(
    _ message: OutboundMessage, _ body: (inout CircuitBreaker, inout State) -> Result
  ) -> Result {
    let destination = destination(of: message)
    return state.withLock { state in
      var breaker = state.breakers[destination] ?? CircuitBreaker(settings)
      defer { state.breakers[destination] = breaker }
      return body(&breaker, &state)
    }
  }
}
