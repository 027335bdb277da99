/// Which variant somebody is shown: always the same one for an experiment and a lead, by chance otherwise.
package struct VariantAssignment: Sendable, Hashable {
  /// A variant with its share.
  package struct Arm: Sendable, Hashable {
    /// The variant's name.
    package let variant: String
    /// Its share of all leads, in relation to the others' weights; 0 or more.
    package let weight: Double

    /// A variant with its share.
    package init(_ variant: String, weight: Double = 1) {
      self.variant = variant
      self.weight = weight
    }
  }

  /// The experiment's name.
  package let experiment: String
  /// The variants in an order that stays.
  package let arms: [Arm]

  /// The variants of an experiment. Weights that are no finite number above 0 count as 0.
  package init(experiment: String, arms: [Arm]) {
    self.experiment = experiment
    self.arms = arms.map {
      Arm($0.variant, weight: $0.weight > 0 && $0.weight.isFinite ? $0.weight : 0)
    }
  }

  /// The lead's variant.
  /// - Returns: `nil` when no variant has any weight.
  package func variant(for lead: LeadID) -> String? { variant(forUnit: lead.rawValue) }

  /// The variant of a unit of any kind; that of a lead's name is the lead's.
  /// - Returns: `nil` when no variant has any weight.
  package func variant(forUnit unit: String) -> String? {
    let total = arms.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return nil }
    var left = Self.place(ofUnit: unit, in: experiment) * total
    for arm in arms where arm.weight > 0 {
      if left < arm.weight { return arm.variant }
      left -= arm.weight
    }
    return arms.last { $0.weight > 0 }?.variant
  }

  /// A place in [0, 1) that a lead has in an experiment. The key is no secret: it only has to stay the same.
  package static func place(of lead: LeadID, in experiment: String) -> Double {
    place(ofUnit: lead.rawValue, in: experiment)
  }

  /// A place in [0, 1) that a unit of any kind has in an experiment.
  package static func place(ofUnit unit: String, in experiment: String) -> Double {
    var hash = SipHash(key: SipHash.Key(low: 0x6C65_6164_7265_6C61, high: 0x7661_7269_616E_7473))
    hash.add(experiment)
    hash.add(unit)
    return Double(UInt64(bitPattern: hash.finalized()) >> 11) * 0x1p-53
  }
}
