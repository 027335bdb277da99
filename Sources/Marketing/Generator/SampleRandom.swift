/// Random numbers that are the same on every machine and in every version of the standard library:
/// xoshiro256** (Blackman, Vigna 2018) seeded by SplitMix64, with sampling of its own.
struct SampleRandom {
  /// What the numbers are for: each purpose draws from a stream of its own, so that one part of the
  /// data does not change when another draws more.
  enum Purpose: UInt64 {
    case company = 1
    case companyOfLead, campaign, variant, segment, person, duplicate, fit, journey, purchase
    case gaps, daily, agentAction, shortTerm, longTerm, episode, triple, log, auth
  }

  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// The stream of one purpose for one entity.
  init(seed: UInt64, _ purpose: Purpose, _ index: Int = 0) {
    var mixer = SplitMix64.mixed(seed) ^ purpose.rawValue &* 0x9E6C_63D0_876A_9A63
    mixer = SplitMix64.mixed(mixer) ^ UInt64(truncatingIfNeeded: index) &* 0xD1B5_4A32_D192_ED03
    var numbers = SplitMix64(state: mixer)
    state = (numbers.next(), numbers.next(), numbers.next(), numbers.next())
  }

  /// 64 random bits.
  mutating func next() -> UInt64 {
    let scrambled = state.1 &* 5
    let result = (scrambled << 7 | scrambled >> 57) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = state.3 << 45 | state.3 >> 19
    return result
  }

  /// Uniform in [0, 1).
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in [low, high).
  mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

  /// Uniform among the integers of a range that is not empty.
  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    let width = UInt64(range.upperBound - range.lowerBound + 1)
    return range.lowerBound + Int(next().multipliedFullWidth(by: width).high)
  }

  /// True with a chance from 0 to 1.
  mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// One of the elements, of which there is at least one.
  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[integer(0...elements.count - 1)]
  }

  /// An index, each as likely as its weight says.
  mutating func index(weights: [Double]) -> Int {
    var rest = unit() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.count - 1
  }

  /// Normal with mean 0 and variance 1, as the sum of twelve uniform numbers less 6: close to normal
  /// up to three deviations, never beyond six.
  mutating func normal() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += unit() }
    return sum
  }

  /// Log-normal with a median; `spread` is the deviation of the logarithm.
  mutating func logNormal(median: Double, spread: Double) -> Double {
    median * PortableMath.exp(spread * normal())
  }

  /// Exponential with a mean.
  mutating func exponential(mean: Double) -> Double { -mean * PortableMath.log(1 - unit()) }

  /// Poisson (Knuth); means over 30 by the normal approximation.
  mutating func poisson(_ mean: Double) -> Int {
    if mean > 30 {
      return max(0, Int(PortableMath.round(mean + PortableMath.squareRoot(mean) * normal())))
    }
    let limit = PortableMath.exp(-mean)
    var product = unit()
    var count = 0
    while product > limit {
      product *= unit()
      count += 1
    }
    return count
  }

  /// Some of the elements in random order.
  mutating func sample<Element>(_ elements: [Element], count: Int) -> [Element] {
    var rest = elements
    var chosen: [Element] = []
    while chosen.count < count, !rest.isEmpty {
      chosen.append(rest.remove(at: integer(0...rest.count - 1)))
    }
    return chosen
  }
}
