#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The BG/NBD model of repeat purchases (Fader, Hardie, Lee, "Counting Your Customers the Easy Way: An
/// Alternative to the Pareto/NBD Model", Marketing Science 24, 2005). A customer who is alive buys at a
/// rate of its own, Gamma-distributed over customers with shape r and rate α; after each repeat purchase it
/// leaves for good with a chance of its own, Beta-distributed with a and b.
package struct BGNBD: Sendable, Hashable {
  /// The shape of the purchase rates' distribution, above 0.
  package var r: Double
  /// Its rate in units of time, above 0: the mean rate is r ÷ α.
  package var alpha: Double
  /// The first parameter of the chances to leave, above 0: the mean chance is a ÷ (a + b).
  package var a: Double
  /// The second one, above 0.
  package var b: Double

  /// A model; all parameters above 0.
  package init(r: Double, alpha: Double, a: Double, b: Double) {
    self.r = r
    self.alpha = alpha
    self.a = a
    self.b = b
  }

  /// What the model needs to know of a customer, in the unit of time of α.
  package struct Observation: Sendable, Hashable {
    /// How often the customer bought again, x: the first purchase is not counted.
    package var repeats: Int
    /// The time from the first purchase to the last, t_x; 0 without repeats.
    package var recency: Double
    /// The time from the first purchase to now, T.
    package var age: Double

    /// An observation; repeats ≥ 0 and 0 ≤ recency ≤ age.
    package init(repeats: Int, recency: Double, age: Double) {
      self.repeats = repeats
      self.recency = recency
      self.age = age
    }
  }
}

extension BGNBD {
  /// The logarithm of the likelihood of a customer's purchases (equation 6 of the paper): A1 + A2 +
  /// ln(e^A3 + [x > 0] e^A4).
  package func logLikelihood(of customer: Observation) -> Double {
    let x = Double(customer.repeats)
    let first = logGamma(r + x) - logGamma(r) + r * log(alpha)
    let second = logGamma(a + b) + logGamma(b + x) - logGamma(b) - logGamma(a + b + x)
    let third = -(r + x) * log(alpha + customer.age)
    guard customer.repeats > 0 else { return first + second + third }
    let fourth = log(a) - log(b + x - 1) - (r + x) * log(alpha + customer.recency)
    let greater = max(third, fourth)
    return first + second + greater + log1p(exp(min(third, fourth) - greater))
  }

  /// The logarithm of the likelihood of all customers' purchases.
  package func logLikelihood(of customers: [Observation]) -> Double {
    customers.reduce(0) { $0 + logLikelihood(of: $1) }
  }

  /// The chance that a customer has not left, 0–1. Who never bought again has had no occasion to leave: 1.
  package func probabilityAlive(_ customer: Observation) -> Double {
    guard customer.repeats > 0 else { return 1 }
    let x = Double(customer.repeats)
    let silence = log((alpha + customer.age) / (alpha + customer.recency))
    return logistic(log(b + x - 1) - log(a) - (r + x) * silence)
  }

  /// How many purchases a customer is expected to make in the time from now on (equation 10 of the paper).
  ///
  /// The Gaussian hypergeometric function there is a series over the number n of purchases that the customer
  /// would make if it never left, which is negative-binomial. Taken term by term, the difference from 1 and
  /// the division by a − 1 become a sum of positive terms: with c = a + b + x − 1 and z = t ÷ (α + T + t),
  /// E = Σ NB(n; r + x, z) · s(n), where s(1) = 1 and s(n + 1) − s(n) = Π_{k<n} (b + x + k) ÷ (c + k + 1).
  /// Nothing cancels, and a = 1 is no exception.
  /// - Parameter time: in the unit of α, 0 or more.
  /// - Returns: 0 or more.
  package func expectedPurchases(_ customer: Observation, in time: Double) -> Double {
    guard time > 0 else { return 0 }
    let x = Double(customer.repeats)
    let shape = r + x
    let z = time / (alpha + customer.age + time)
    let mean = shape * time / (alpha + customer.age)
    let c = a + b + x - 1
    let logZ = log(z)
    // n = 0 buys nothing. Logarithms, for at many purchases the first weights are smaller than any number.
    var logWeight = shape * log1p(-z) + log(shape) + logZ
    var left = 1.0
    var bought = 1.0
    var sum = 0.0
    var n = 1.0
    while n < Self.mostTerms {
      let term = exp(logWeight) * bought
      sum += term
      let ratio = z * (shape + n) / (n + 1)
      // Beyond the mean the terms fall at least as fast as a geometric series.
      if n > mean, ratio < 1, term <= 1e-15 * (1 - ratio) * sum { break }
      left *= (b + x + n - 1) / (c + n)
      bought += left
      logWeight += log(ratio)
      n += 1
    }
    return sum * probabilityAlive(customer)
  }

  /// More purchases than anybody makes; the terms end long before where the rate is bounded, as a forecast's.
  private static var mostTerms: Double { 1e6 }
}
