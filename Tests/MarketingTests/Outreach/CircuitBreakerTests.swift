import Marketing
import Testing

@Suite("Circuit breaker and send rate")
struct CircuitBreakerTests {
  private static let start = Timestamp(milliseconds: 1_752_580_800_000)
  private static let settings = CircuitBreaker.Settings(
    failures: 3, pause: .seconds(10), longestPause: .seconds(25))

  private func at(_ seconds: Int) -> Timestamp { Self.start + .seconds(seconds) }

  @Test("failures in a row open it, one that succeeds in between does not")
  func opens() {
    var breaker = CircuitBreaker(Self.settings)
    breaker.fail(at: at(0))
    breaker.fail(at: at(1))
    breaker.succeed()
    breaker.fail(at: at(2))
    breaker.fail(at: at(3))
    #expect(breaker.admit(at: at(3)) == nil)
    breaker.fail(at: at(4))
    #expect(breaker.state == .open(until: at(14), pause: .seconds(10)))
    #expect(breaker.admit(at: at(13)) == at(14))
    // What was under way changes nothing.
    breaker.fail(at: at(13))
    #expect(breaker.admit(at: at(13)) == at(14))
  }

  @Test("one tries; when it fails, all wait longer, up to a bound")
  func tries() {
    var breaker = CircuitBreaker(Self.settings)
    for _ in 0..<3 { breaker.fail(at: at(0)) }
    #expect(breaker.admit(at: at(10)) == nil)
    #expect(breaker.admit(at: at(10)) == at(20))
    breaker.fail(at: at(11))
    #expect(breaker.admit(at: at(30)) == at(31))
    #expect(breaker.admit(at: at(31)) == nil)
    breaker.fail(at: at(31))
    #expect(breaker.admit(at: at(32)) == at(56))
    #expect(breaker.admit(at: at(56)) == nil)
    breaker.succeed()
    #expect(breaker.state == .closed(failures: 0))
  }

  @Test("a trial that nobody tells of, or that was not made, is made again")
  func forgotten() {
    var breaker = CircuitBreaker(Self.settings)
    for _ in 0..<3 { breaker.fail(at: at(0)) }
    #expect(breaker.admit(at: at(10)) == nil)
    breaker.withdraw(at: at(11))
    #expect(breaker.admit(at: at(11)) == nil)
    #expect(breaker.admit(at: at(35)) != nil)
    #expect(breaker.admit(at: at(36)) == nil)
  }

  @Test("a rate lets through what comes in, and a burst of one second's worth")
  func rate() {
    var limit = SendRate(perSecond: 2, at: at(0))
    #expect(limit.available(at: at(0)) == 2)
    limit.take(2)
    #expect(limit.available(at: at(0)) == 0)
    #expect(limit.next == Self.start + .milliseconds(500))
    #expect(limit.available(at: Self.start + .milliseconds(499)) == 0)
    #expect(limit.available(at: Self.start + .milliseconds(500)) == 1)
    #expect(limit.available(at: at(-100)) == 1)
    #expect(limit.available(at: at(100)) == 2)
    limit.take(1)
    limit.take(-1)
    #expect(limit.available(at: at(100)) == 2)
    var slow = SendRate(perSecond: 0.1, at: at(0))
    slow.take(1)
    #expect(slow.available(at: at(9)) == 0)
    #expect(slow.next == at(10))
    var none = SendRate(perSecond: 0, at: at(0))
    none.take(1_000_000)
    #expect(none.available(at: at(0)) == .max)
  }
}
