import Testing

@testable import LeadModels

@Suite struct TreeTrainingTests {
  /// Two features: the outcome is whether exactly one of them is above one half; the third says nothing.
  private let matrix: FeatureMatrix
  private let labels: [Float]

  init() {
    var values: [Float] = []
    var labels: [Float] = []
    for row in 0..<200 {
      let (first, second) = (row % 3 == 0 ? 1 : 0, row / 3 % 4 == 0 ? 1 : 0)
      values += [Float(first), Float(second), row % 11 == 0 ? .nan : Float(row % 7)]
      labels.append(Float((first + second) % 2))
    }
    matrix = FeatureMatrix(columns: 3, values: values)
    self.labels = labels
  }

  private func trees(rounds: Int, seed: UInt64 = 1) throws -> String {
    let library = try XGBoostLibrary.shared()
    var parameters = TreeParameters()
    parameters.columnSample = 1
    let training = try TreeTraining(
      parameters, train: TreeMatrix(matrix, labels: labels, library: library), watched: nil,
      baseRate: 0.5, seed: seed, library: library)
    for _ in 0..<rounds { try training.step() }
    return try training.content()
  }

  @Test func equalRowsGrowEqualTrees() throws {
    let first = try trees(rounds: 20)
    #expect(try trees(rounds: 20) == first)
    #expect(try trees(rounds: 20, seed: 2) != first)
  }

  @Test func learnsWhatTwoFeaturesSayTogether() throws {
    let ensemble = try TreeEnsemble(content: trees(rounds: 60), features: 3)
    let margins = try ensemble.margins(of: matrix)
    for row in 0..<200 { #expect((margins[row] > 0) == (labels[row] == 1)) }
    let parts = try ensemble.contributions(of: matrix)
    #expect(parts.count == 200 * 4)
    for row in 0..<200 {
      let sum = parts[row * 4..<row * 4 + 4].reduce(0, +)
      #expect(abs(Double(sum) - margins[row]) < 1e-4)
    }
  }

  @Test func theWatchedLossIsThatOfTheMargins() throws {
    let library = try XGBoostLibrary.shared()
    let rows = try TreeMatrix(matrix, labels: labels, library: library)
    let training = try TreeTraining(
      TreeParameters(), train: rows, watched: rows, baseRate: 0.5, seed: 3, library: library)
    for _ in 0..<10 { try training.step() }
    let margins = try training.margins(of: rows, rounds: 0)
    let loss = meanLoss(margins, labels.map { $0 == 1 })
    #expect(abs(try training.watchedLoss() - loss) < 1e-4)
  }

  @Test func otherTextAndOtherWidthsAreErrors() throws {
    let text = try trees(rounds: 2)
    #expect(throws: XGBoostError.self) { try TreeEnsemble(content: text, features: 4) }
    for broken in ["", "{}", "no trees", String(text.prefix(text.utf8.count / 2))] {
      #expect(throws: XGBoostError.self) { try TreeEnsemble(content: broken, features: 3) }
    }
  }

  /// A tree of which each level has one leaf, but for the last one with two, in the library's JSON.
  private static func chain(
    levels: Int, change: (inout [String: [Int]]) -> Void = { _ in }
  ) -> String {
    let count = 2 * levels + 1
    let nodes = 0..<count
    var lists: [String: [Int]] = [
      "left_children": nodes.map { $0 % 2 == 0 && $0 + 1 < count ? $0 + 1 : -1 },
      "right_children": nodes.map { $0 % 2 == 0 && $0 + 1 < count ? $0 + 2 : -1 },
      "parents": nodes.map { $0 == 0 ? 2_147_483_647 : ($0 - 1) / 2 * 2 },
    ]
    for name in [
      "split_indices", "split_conditions", "default_left", "base_weights", "sum_hessian",
      "loss_changes",
    ] {
      lists[name] = nodes.map { _ in 0 }
    }
    change(&lists)
    let members = lists.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
    return """
      {"learner":{"objective":{"name":"binary:logistic"},"gradient_booster":{"name":"gbtree",
      "model":{"gbtree_model_param":{"num_trees":"1"},"tree_info":[0],
      "trees":[{\(members),"tree_param":{"num_nodes":"\(count)"}}]}}}}
      """
  }

  @Test(arguments: [(1, true), (64, true), (65, false), (20_000, false)])
  func aTreeThatIsTooDeepIsRefused(levels: Int, isTaken: Bool) {
    let problem = TreeStructure.problem(Self.chain(levels: levels), features: 1)
    #expect((problem == nil) == isTaken, "\(problem ?? "")")
    if let problem { #expect(problem.contains("more than 64 levels")) }
  }

  @Test(arguments: [(0, 0), (0, 4), (3, 0), (4, 4), (6, -1)])
  func aNodeThatNamesAnotherParentIsRefused(node: Int, parent: Int) throws {
    let text = Self.chain(levels: 3) { $0["parents"]?[node] = parent }
    #expect(try #require(TreeStructure.problem(text, features: 1)).contains("parent"))
  }

  @Test func severalThreadsGetWhatOneGets() async throws {
    let trees = try TreeEnsemble(content: try trees(rounds: 20), features: 3)
    let (matrix, parts) = (matrix, try trees.contributions(of: matrix))
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<64 {
        group.addTask { (try? trees.contributions(of: matrix)) == parts }
      }
      for await isEqual in group { #expect(isEqual) }
    }
  }

  @Test(arguments: [
    (
      "[09:25:10] ./src/data/data.cc:1104: Check failed: valid: Input data contains `inf`\nStack",
      "Check failed: valid: Input data contains `inf`"
    ),
    ("no place", "no place"), ("[odd", "[odd"), ("", ""),
  ])
  func aFailureIsToldWithoutThePlaceInTheLibrary(text: String, reason: String) {
    #expect(XGBoostLibrary.reason(in: text) == reason)
  }
}
