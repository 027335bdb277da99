/// Keeps away from a destination that is out of order, and tries it again with one message at a time (Nygard,
/// "Release It!", 2007).
package struct CircuitBreaker: Sendable, Hashable {
  /// When it opens and for how long.
  package struct Settings: Sendable, Hashable {
    /// So many failures in a row open it.
    package var failures: Int
    /// How long it stays open at first; doubled each time the trial fails too.
    package var pause: Duration
    /// It never stays open longer.
    package var longestPause: Duration

    /// Settings.
    package init(
      failures: Int = 5, pause: Duration = .seconds(10), longestPause: Duration = .seconds(600)
    ) {
      self.failures = failures
      self.pause = pause
      self.longestPause = longestPause
    }
  }

  /// Where it stands.
  package enum State: Sendable, Hashable {
    /// All goes through.
    case closed(failures: Int)
    /// Nothing does until a time.
    case open(until: Timestamp, pause: Duration)
    /// One message tries whether the destination is back. The trial is over at a time, should nobody say.
    case trial(until: Timestamp, pause: Duration)
  }

  private let settings: Settings
  /// Where it stands.
  package private(set) var state = State.closed(failures: 0)

  /// A closed one.
  package init(_ settings: Settings = Settings()) { self.settings = settings }

  /// Whether it is left alone, but for trials.
  package var isLeftAlone: Bool {
    if case .closed = state { false } else { true }
  }

  /// Asks whether a message may go.
  /// - Returns: `nil` when it may; else when to ask again.
  package mutating func admit(at now: Timestamp) -> Timestamp? {
    switch state {
    case .closed: return nil
    case .open(let until, let pause), .trial(let until, let pause):
      guard now >= until else {
        // The trial's own end is only for the case that nobody tells how it went.
        if case .trial = state { return min(until, now + settings.pause) }
        return until
      }
      state = .trial(until: now + settings.longestPause, pause: pause)
      return nil
    }
  }

  /// Notes that the destination answered, whatever it said.
  package mutating func succeed() { state = .closed(failures: 0) }

  /// Notes that it did not.
  package mutating func fail(at now: Timestamp) {
    switch state {
    case .closed(let failures):
      state =
        failures + 1 < settings.failures
        ? .closed(failures: failures + 1)
        : .open(until: now + settings.pause, pause: settings.pause)
    case .trial(_, let pause):
      let longer = min(pause + pause, settings.longestPause)
      state = .open(until: now + longer, pause: longer)
    // What was under way when it opened tells nothing new.
    case .open: break
    }
  }

  /// Notes that what was admitted was not sent after all.
  package mutating func withdraw(at now: Timestamp) {
    if case .trial(_, let pause) = state { state = .open(until: now, pause: pause) }
  }
}
