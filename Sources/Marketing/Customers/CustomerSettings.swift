/// What an operator may change about how customers are valued. The defaults suit customers who buy a few
/// times a year; no code holds them a second time.
package struct CustomerSettings: Sendable, Hashable {
  /// Fixed cuts of recency: at most so many days since the last purchase score 5, 4, 3 and 2; more score 1.
  /// The defaults are a month, a quarter, half a year and a year.
  package var recencyCuts: [Double] = [30, 90, 180, 365]
  /// Fixed cuts of frequency: from so many purchases on a customer scores 2, 3, 4 and 5; fewer score 1. The
  /// defaults tell the second purchase, the third to the fourth, the fifth to the ninth, and more.
  package var frequencyCuts: [Double] = [2, 3, 5, 10]
  /// Fixed cuts of monetary value: from such an amount on, in the main unit of its currency, a customer
  /// scores 2, 3, 4 and 5; less scores 1. They hold for every currency alike, since nothing is converted.
  package var monetaryCuts: [Double] = [100, 500, 2000, 10_000]
  /// How many customers are needed before future purchases are estimated.
  package var minimumCustomers = 50
  /// How many of them must have bought on more than one day.
  package var minimumRepeatCustomers = 10
  /// How many purchases at the mean value of all customers a customer is taken to have made beforehand,
  /// where its own mean value is estimated.
  package var valuePriorWeight = 2.0

  /// The defaults.
  package init() {}

  /// Whether these are fixed cuts: four finite numbers from 0 that grow.
  package static func areCuts(_ cuts: [Double]) -> Bool {
    cuts.count == 4 && cuts.allSatisfy { $0 >= 0 && $0.isFinite }
      && zip(cuts, cuts.dropFirst()).allSatisfy { $0 < $1 }
  }
}
