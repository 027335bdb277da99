import JSONRPC

/// How many connections there are, in all and from each address.
final class ConnectionCaps: Sendable {
  /// How many there may be.
  struct Limits: Sendable {
    var total = 10_000
    var perAddress = 2_000
  }

  private struct State {
    var total = 0
    var perAddress: [String: Int] = [:]
  }

  private let limits: Limits
  private let state = Locked(State())

  init(_ limits: Limits) { self.limits = limits }

  /// How many there are.
  var count: Int { state.withLock { $0.total } }

  /// Takes a place.
  /// - Returns: whether there was one.
  func take(_ address: String) -> Bool {
    state.withLock { (state: inout State) -> Bool in
      guard state.total < limits.total,
        state.perAddress[address, default: 0] < limits.perAddress
      else { return false }
      state.total += 1
      state.perAddress[address, default: 0] += 1
      return true
    }
  }

  /// Gives a place back.
  func giveBack(_ address: String) {
    state.withLock { (state: inout State) in
      state.total -= 1
      let left = state.perAddress[address, default: 1] - 1
      state.perAddress[address] = left > 0 ? left : nil
    }
  }
}
