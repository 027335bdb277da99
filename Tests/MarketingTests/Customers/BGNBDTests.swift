import Foundation
import Marketing
import Testing

@Suite struct BGNBDTests {
  /// A model, a customer and what SciPy's `gammaln` and mpmath's `hyp2f1` make of equations 6 and 10 of the
  /// paper. The model with a = 1 is the limit, which the printed equation divides by zero for.
  struct Case: Sendable {
    let model: BGNBD
    let customer: BGNBD.Observation
    let logLikelihood: Double
    let alive: Double
    let time: Double
    let purchases: Double

    init(
      _ model: (r: Double, alpha: Double, a: Double, b: Double),
      _ customer: (repeats: Int, recency: Double, age: Double), _ logLikelihood: Double,
      _ alive: Double, _ time: Double, _ purchases: Double
    ) {
      self.model = BGNBD(r: model.r, alpha: model.alpha, a: model.a, b: model.b)
      self.customer = BGNBD.Observation(
        repeats: customer.repeats, recency: customer.recency, age: customer.age)
      self.logLikelihood = logLikelihood
      self.alive = alive
      self.time = time
      self.purchases = purchases
    }
  }

  static let cases = [
    Case(
      (0.243, 4.414, 0.793, 2.426), (0, 0, 38.86), -0.5547132764381585, 1, 39, 0.19509805201126265),
    Case(
      (0.243, 4.414, 0.793, 2.426), (2, 30.43, 38.86), -9.45860630706627, 0.726578570080673, 39,
      1.2260281747671444),
    Case(
      (0.243, 4.414, 0.793, 2.426), (29, 37, 38), -43.84983051360686, 0.9502401333648617, 39,
      19.662095274405345),
    Case(
      (2, 60, 1, 3), (4, 300.5, 410.25), -24.19126941226634, 0.5491221372567028, 365,
      1.9536225241763996),
    Case(
      (0.05, 120, 0.02, 7), (1, 0.5, 900), -10.006591537340336, 0.9737944645317702, 365,
      0.3655671277774005),
    Case(
      (15, 0.8, 3, 0.4), (120, 100, 100.5), -140.35474106976483, 0.9532863716608942, 365,
      55.986561492768004),
    Case((2, 60, 0.3, 0.5), (0, 0, 10), -0.3083013596545179, 1, 365, 4.6992741529186235),
    Case(
      (1, 30, 2, 2), (3, 20, 2000), -12.757719527735262, 7.360808880960304e-07, 365,
      4.694544684807884e-07),
    Case((0.6, 0.001, 1, 1), (1, 1, 1), -4.657077991688206, 0.5, 365, 5.606648892811263),
    Case(
      (50, 5000, 1, 3), (9, 365, 366), -46.23059878954109, 0.9158228229752376, 365,
      3.192674311426837),
  ]

  @Test(arguments: cases) func itIsThePapersModel(_ expected: Case) {
    let model = expected.model
    let customer = expected.customer
    #expect(isClose(model.logLikelihood(of: customer), expected.logLikelihood, 1e-12))
    #expect(isClose(model.probabilityAlive(customer), expected.alive, 1e-10))
    #expect(
      isClose(model.expectedPurchases(customer, in: expected.time), expected.purchases, 1e-10))
  }

  /// The customer whose purchases the authors publish (Fader, Hardie, Lee, "Implementing the BG/NBD Model
  /// for Customer Base Analysis in Excel", 2005): 1.226 within 39 weeks.
  @Test func thePublishedCustomerBuysAsPublished() {
    let model = BGNBD(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)
    let customer = BGNBD.Observation(repeats: 2, recency: 30.43, age: 38.86)
    #expect(abs(model.expectedPurchases(customer, in: 39) - 1.226) < 0.0005)
  }

  @Test func theFutureAddsUp() {
    let model = BGNBD(r: 2, alpha: 60, a: 1, b: 3)
    let customer = BGNBD.Observation(repeats: 3, recency: 100, age: 120)
    #expect(model.expectedPurchases(customer, in: 0) == 0)
    var last = 0.0
    for days in stride(from: 10.0, through: 10_000, by: 10) {
      let purchases = model.expectedPurchases(customer, in: days)
      #expect(purchases > last)
      last = purchases
    }
    // Nobody's purchases have a hundred years to come in one piece: still a number.
    #expect(model.expectedPurchases(customer, in: 1e7).isFinite)
  }

  @Test func parametersOfSimulatedCustomersAreFound() throws {
    let truth = BGNBD(r: 1, alpha: 40, a: 1, b: 4)
    let customers = simulated(truth, count: 4000, seed: 7)
    let fit = try BGNBD.fit(customers, needed: (50, 10)).get()
    #expect(abs(fit.model.r - 1) < 0.12, "\(fit.model)")
    #expect(abs(fit.model.alpha - 40) < 6, "\(fit.model)")
    #expect(abs(fit.model.a / (fit.model.a + fit.model.b) - 0.2) < 0.03, "\(fit.model)")
    #expect(fit.customers == 4000 && fit.repeatCustomers == customers.count { $0.repeats > 0 })
    // No other model near by or the true one explains them better.
    #expect(fit.logLikelihood >= truth.logLikelihood(of: customers))
    let found = fit.model
    for factor in [0.97, 1.03] {
      for other in [
        BGNBD(r: found.r * factor, alpha: found.alpha, a: found.a, b: found.b),
        BGNBD(r: found.r, alpha: found.alpha * factor, a: found.a, b: found.b),
        BGNBD(r: found.r, alpha: found.alpha, a: found.a * factor, b: found.b),
        BGNBD(r: found.r, alpha: found.alpha, a: found.a, b: found.b * factor),
      ] {
        #expect(other.logLikelihood(of: customers) < fit.logLikelihood)
      }
    }
  }

  @Test func theUnitOfTimeMakesNoDifference() throws {
    let customers = simulated(BGNBD(r: 1, alpha: 40, a: 1, b: 4), count: 500, seed: 3)
    let inDays = try BGNBD.fit(customers, needed: (50, 10)).get()
    let inSeconds = try BGNBD.fit(
      customers.map {
        .init(repeats: $0.repeats, recency: $0.recency * 86_400, age: $0.age * 86_400)
      }, needed: (50, 10)
    ).get()
    #expect(isClose(inSeconds.model.r, inDays.model.r, 1e-3))
    #expect(isClose(inSeconds.model.alpha, inDays.model.alpha * 86_400, 1e-3))
  }

  @Test func theSamePurchasesGiveTheSameModel() throws {
    let customers = simulated(BGNBD(r: 1, alpha: 40, a: 1, b: 4), count: 300, seed: 5)
    #expect(
      try BGNBD.fit(customers, needed: (50, 10)) == (try BGNBD.fit(customers, needed: (50, 10))))
  }

  static let refused: [([BGNBD.Observation], BGNBD.Refusal)] = [
    ([], .tooFewCustomers(found: 0, needed: 50)),
    (
      .init(repeating: .init(repeats: 3, recency: 20, age: 30), count: 49),
      .tooFewCustomers(found: 49, needed: 50)
    ),
    (
      .init(repeating: .init(repeats: 0, recency: 0, age: 30), count: 500),
      .tooFewRepeats(found: 0, needed: 10)
    ),
    (
      .init(repeating: .init(repeats: 1, recency: 0, age: 0), count: 500), .notConverged
    ),
  ]

  @Test(arguments: refused)
  func withoutEnoughPurchasesThereIsNoModel(
    _ customers: [BGNBD.Observation], _ refusal: BGNBD.Refusal
  ) throws {
    #expect(try BGNBD.fit(customers, needed: (50, 10)) == .failure(refusal))
    #expect(!refusal.description.isEmpty)
  }

  /// Customers that the model cannot tell apart, of whom nobody or everybody leaves, lead to the side of
  /// the box, and there to numbers that can be used.
  @Test(arguments: [([5], 290.0, 300.0), ([1], 1, 3000), ([0, 500], 290, 300)])
  func extremeCustomersGiveUsableNumbers(
    _ repeats: [Int], _ recency: Double, _ age: Double
  ) throws {
    let customers = (0..<200).map { index in
      let count = repeats[index % repeats.count]
      return BGNBD.Observation(
        repeats: count, recency: count == 0 ? 0 : recency + Double(index % 10), age: age)
    }
    let fit = try BGNBD.fit(customers, needed: (50, 10)).get()
    #expect(fit.logLikelihood.isFinite)
    for customer in customers.prefix(10) {
      let expected = fit.model.expectedPurchases(customer, in: 90)
      #expect(expected.isFinite && expected >= 0 && expected < 10_000)
      #expect((0...1).contains(fit.model.probabilityAlive(customer)))
    }
  }

  struct Enough: Error {}

  @Test func progressGrowsAndEndsTheWork() throws {
    let customers = simulated(BGNBD(r: 1, alpha: 40, a: 1, b: 4), count: 200, seed: 1)
    var seen: [Double] = []
    _ = BGNBD.fit(customers, needed: (50, 10)) { seen.append($0) }
    #expect(seen == seen.sorted() && seen.allSatisfy { (0..<1).contains($0) })
    var looks = 0
    #expect(throws: Enough.self) {
      try BGNBD.fit(customers, needed: (50, 10)) { _ in
        looks += 1
        if looks == 5 { throw Enough() }
      }
    }
    #expect(looks == 5)
  }

  @Test(arguments: [
    (0.001, -1000.5755719318103, 6.907178885383853), (0.5, -1.9635100260214235, 0.5723649429247),
    (1, -0.5772156649015329, 0), (3.7, 1.1671535393615113, 1.428072326665388),
    (10, 2.251752589066721, 12.801827480081469),
    (100_000, 11.512920464961896, 1_051_287.7089736569),
  ])
  func gammaFunctionsAreSciPys(_ x: Double, _ psi: Double, _ logarithm: Double) {
    #expect(isClose(digamma(x), psi, 1e-12))
    #expect(isClose(logGamma(x), logarithm, 1e-12))
  }

  private func isClose(_ found: Double, _ expected: Double, _ tolerance: Double) -> Bool {
    abs(found - expected) <= tolerance * max(abs(expected), 1e-3)
  }

  /// Customers as the model has it, with r a whole number and a = 1.
  private func simulated(
    _ model: BGNBD, count: Int, seed: UInt64
  ) -> [BGNBD.Observation] {
    var generator = SeededGenerator(seed: seed)
    func unit() -> Double { Double.random(in: Double.leastNonzeroMagnitude..<1, using: &generator) }
    return (0..<count).map { index in
      let age = 50 + Double(index % 100) * 5
      var rate = 0.0
      for _ in 0..<Int(model.r) { rate += -log(unit()) / model.alpha }
      let leaving = 1 - pow(1 - unit(), 1 / model.b)
      var (at, last, repeats) = (0.0, 0.0, 0)
      while true {
        at += -log(unit()) / rate
        guard at <= age else { break }
        (last, repeats) = (at, repeats + 1)
        if unit() < leaving { break }
      }
      return BGNBD.Observation(repeats: repeats, recency: last, age: age)
    }
  }
}
