import JSONRPC
import MCP
import Marketing
import Testing

@testable import Gateway

/// What is open for those whose credential may end.
@Suite struct StandingWatchTests {
  private func identity(_ name: String) -> Identity {
    Identity(
      principal: Principal(name: name, scopes: []),
      credential: .accessKey(AccessKeyID(rawValue: name)))
  }

  @Test func `what belongs to an ended credential ends once, the rest goes on`() {
    let gone = Locked(Set<String>())
    let asked = Locked(0)
    let watch = StandingWatch { identity in
      asked.withLock { $0 += 1 }
      return !gone.withLock { $0.contains(identity.principal.name) }
    }
    let ended = Locked([String]())
    for name in ["ann", "ann", "bob"] {
      _ = watch.add(identity(name)) { ended.withLock { $0.append(name) } }
    }
    let left = watch.add(identity("ann")) { ended.withLock { $0.append("left") } }
    watch.check()
    #expect(ended.withLock { $0.isEmpty })
    // Once for each credential, however much is open with it.
    #expect(asked.withLock { $0 } == 2)
    watch.remove(left)
    gone.withLock { $0 = ["ann"] }
    for _ in 0..<2 { watch.check() }
    #expect(ended.withLock { $0 } == ["ann", "ann"])
    #expect(watch.count == 1)
  }
}
