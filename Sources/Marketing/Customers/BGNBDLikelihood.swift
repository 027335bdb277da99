#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The likelihood of many customers' purchases with its gradient, laid out for being asked hundreds of
/// times: what depends on the number of repeats alone is computed once for each number.
struct BGNBDLikelihood {
  /// The customers with the same number of repeats.
  private struct Group {
    let repeats: Int
    var customers: [(recency: Double, age: Double)]
  }

  private let groups: [Group]
  private let count: Double

  init(_ customers: [BGNBD.Observation]) {
    var groups: [Int: Group] = [:]
    for customer in customers {
      groups[customer.repeats, default: Group(repeats: customer.repeats, customers: [])]
        .customers.append((customer.recency, customer.age))
    }
    // In one order, so that the sums come out the same each time.
    self.groups = groups.values.sorted { $0.repeats < $1.repeats }
    count = Double(customers.count)
  }

  /// The mean negative log-likelihood and its gradient at a point: the logarithms of r, of the mean rate
  /// r ÷ α, of a + b and of a ÷ b. Customers who are much alike pin down the means and leave the others
  /// open, which is a ridge along an axis here and a crooked one in the parameters themselves.
  func loss(at point: [Double]) -> (value: Double, gradient: [Double]) {
    let model = Self.model(at: point)
    var sum = Sum()
    for group in groups { sum.add(group.customers, repeats: group.repeats, model) }
    let (byR, byAlpha) = (sum.byR * model.r, sum.byAlpha * model.alpha)
    let together = model.a + model.b
    let gradient = [
      byR + byAlpha, -byAlpha, sum.byA * model.a + sum.byB * model.b,
      (sum.byA - sum.byB) * model.a * model.b / together,
    ]
    return (-sum.value / count, gradient.map { -$0 / count })
  }

  /// The model at a point.
  static func model(at point: [Double]) -> BGNBD {
    let together = exp(point[2])
    return BGNBD(
      r: exp(point[0]), alpha: exp(point[0] - point[1]), a: together * logistic(point[3]),
      b: together * logistic(-point[3]))
  }

  private struct Sum {
    var value = 0.0
    var byR = 0.0
    var byAlpha = 0.0
    var byA = 0.0
    var byB = 0.0

    mutating func add(
      _ customers: [(recency: Double, age: Double)], repeats: Int, _ model: BGNBD
    ) {
      let (r, alpha, a, b) = (model.r, model.alpha, model.a, model.b)
      let x = Double(repeats)
      let n = Double(customers.count)
      value +=
        n
        * (logGamma(r + x) - logGamma(r) + r * log(alpha) + logGamma(a + b) + logGamma(b + x)
          - logGamma(b) - logGamma(a + b + x))
      let together = digamma(a + b) - digamma(a + b + x)
      byR += n * (digamma(r + x) - digamma(r) + log(alpha))
      byAlpha += n * r / alpha
      byA += n * together
      byB += n * (together + digamma(b + x) - digamma(b))
      let leaving = repeats > 0 ? log(a) - log(b + x - 1) : -.infinity
      var left = 0.0
      for customer in customers {
        let stayed = log(alpha + customer.age)
        let third = -(r + x) * stayed
        let share: Double
        var byLogTime = stayed
        var byTime = 1 / (alpha + customer.age)
        if repeats > 0 {
          let ended = log(alpha + customer.recency)
          let fourth = leaving - (r + x) * ended
          let greater = max(third, fourth)
          let rest = exp(min(third, fourth) - greater)
          value += greater + log1p(rest)
          share = (fourth > third ? 1 : rest) / (1 + rest)
          byLogTime += share * (ended - stayed)
          byTime += share * (1 / (alpha + customer.recency) - byTime)
          left += share
        } else {
          value += third
        }
        byR -= byLogTime
        byAlpha -= (r + x) * byTime
      }
      guard repeats > 0 else { return }
      byA += left / a
      byB -= left / (b + x - 1)
    }
  }
}
