import Marketing
import Testing

@Suite struct SendTimeTests {
  private static func settings(kernel: Double) -> EngagementSettings {
    var settings = EngagementSettings()
    settings.sendTimeKernelHours = kernel
    return settings
  }

  @Test func theRateIsDrawnTowardThePopulations() {
    var (contact, population) = (HourCounts(), HourCounts())
    contact.add(sends: 10, clicks: 3, atHour: 33)
    population.add(sends: 1000, clicks: 100, atHour: 33)
    // A kernel so narrow that no hour tells of another.
    let model = SendTimeModel(
      contact: contact, population: population, settings: Self.settings(kernel: 0.01))
    let overall = (100 + 20 * 0.02) / (1000 + 20.0)
    let here = (100 + 20 * overall) / (1000 + 20)
    #expect(abs(model.population[33] - here) < 1e-12)
    #expect(abs(model.rate(atHour: 33) - (3 + 20 * here) / 30) < 1e-12)
    #expect(abs(model.rate(atHour: 34) - overall) < 1e-12)
    #expect(model.best(among: [1, 33, 34]) == 1)
    #expect(model.best(among: []) == nil)
  }

  @Test func theWeekIsACircle() {
    var population = HourCounts()
    population.add(sends: 100, clicks: 50, atHour: 0)
    let model = SendTimeModel(
      contact: HourCounts(), population: population, settings: Self.settings(kernel: 1))
    #expect(abs(model.rate(atHour: 167) - model.rate(atHour: 1)) < 1e-12)
    #expect(abs(model.rate(atHour: 165) - model.rate(atHour: 3)) < 1e-12)
    #expect(model.rate(atHour: 0) > model.rate(atHour: 1))
    #expect(model.rate(atHour: 1) > model.rate(atHour: 2))
  }

  @Test func goodHoursAreTakenAndOthersTried() {
    var population = HourCounts()
    for hour in 0..<168 {
      population.add(sends: 500, clicks: hour == 58 ? 100 : 10, atHour: hour)
    }
    var contact = HourCounts()
    contact.add(sends: 40, clicks: 12, atHour: 58)
    let model = SendTimeModel(
      contact: contact, population: population, settings: Self.settings(kernel: 0.5))
    var generator = SplitMix64(state: 7)
    var counts: [Int: Int] = [:]
    let hours = [10, 58, 100]
    for _ in 0..<1000 {
      if let place = model.sampled(among: hours, using: &generator) {
        counts[hours[place], default: 0] += 1
      }
    }
    #expect((counts[58] ?? 0) > 800)
    #expect((counts[10] ?? 0) > 0 && (counts[100] ?? 0) > 0)
    #expect(model.sampled(among: [], using: &generator) == nil)
  }

  @Test(arguments: [(0.4, 19.6), (2, 5), (12, 3), (0.5, 0.5)])
  func drawsHaveTheMomentsOfTheBeta(_ alpha: Double, _ beta: Double) {
    var generator = SplitMix64(state: 11)
    let draws = (0..<20_000).map { _ in sampledBeta(alpha, beta, using: &generator) }
    #expect(draws.allSatisfy { (0...1).contains($0) })
    let mean = draws.reduce(0, +) / 20_000
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    let sum = alpha + beta
    let expected = alpha * beta / (sum * sum * (sum + 1))
    #expect(abs(mean - alpha / sum) < 4 * (expected / 20_000).squareRoot())
    #expect(abs(variance - expected) < 0.06 * expected)
  }
}
