import JSONRPC

/// Checks trees that come from a file: the library trusts what it reads, and would follow a node that is not
/// there.
enum TreeStructure {
  private static let objective = "binary:logistic"
  private static let booster = "gbtree"
  /// The most levels below a root. The library goes down them by recursion and, to explain, takes memory in
  /// proportion to their square; ours have 5 at most.
  private static let deepest = 64
  /// What stands for the parent of a root: nothing, and what the library writes.
  private static let rootParents = [-1, 2_147_483_647]

  /// What is wrong with trees in the library's JSON; `nil` when they can be handed over.
  static func problem(_ text: String, features: Int) -> String? {
    guard let json = try? JSONParser(maximumBytes: ModelContent.largest).parse(text) else {
      return "its trees are no JSON"
    }
    let learner = json["learner"]
    guard learner?["objective"]?["name"]?.stringValue == objective,
      learner?["gradient_booster"]?["name"]?.stringValue == booster,
      learner?["learner_model_param"]?["num_class"]?.stringValue ?? "0" == "0",
      learner?["learner_model_param"]?["num_target"]?.stringValue ?? "1" == "1"
    else { return "its trees answer another question" }
    let model = learner?["gradient_booster"]?["model"]
    guard let trees = model?["trees"]?.arrayValue, !trees.isEmpty else { return "it has no trees" }
    guard
      model?["gbtree_model_param"]?["num_trees"]?.stringValue.flatMap(Int.init) == trees.count,
      let groups = model?["tree_info"]?.arrayValue, groups.count == trees.count,
      groups.allSatisfy({ $0.integerValue == 0 })
    else { return "its trees are not counted right" }
    for (place, tree) in trees.enumerated() {
      if let problem = problem(tree, features: features) { return "tree \(place): \(problem)" }
    }
    return nil
  }

  private static func problem(_ tree: JSONValue, features: Int) -> String? {
    guard let left = integers(tree["left_children"]), let right = integers(tree["right_children"]),
      let splits = integers(tree["split_indices"]), let parents = integers(tree["parents"]),
      !left.isEmpty
    else { return "its nodes are missing" }
    let count = left.count
    let others = [
      "split_conditions", "default_left", "base_weights", "sum_hessian", "loss_changes",
    ]
    guard right.count == count, splits.count == count, parents.count == count,
      others.allSatisfy({ tree[$0]?.arrayValue?.count == count }),
      tree["tree_param"]?["num_nodes"]?.stringValue.flatMap(Int.init) == count,
      (tree["categories_nodes"]?.arrayValue ?? []).isEmpty
    else { return "its nodes do not fit together" }
    // From the root every node is reached once at most: no way leads out of the tree or back.
    var isSeen = [Bool](repeating: false, count: count)
    guard rootParents.contains(parents[0]) else { return "its root has a parent" }
    var open = [(node: 0, depth: 0)]
    while let (node, depth) = open.popLast() {
      if isSeen[node] { return "node \(node) has two parents" }
      isSeen[node] = true
      guard (left[node] < 0) == (right[node] < 0) else { return "node \(node) has one child" }
      if left[node] < 0 { continue }
      guard (0..<features).contains(splits[node]) else {
        return "node \(node) asks for feature \(splits[node]) of \(features)"
      }
      guard depth < deepest else { return "it has more than \(deepest) levels" }
      for child in [left[node], right[node]] {
        guard (0..<count).contains(child) else {
          return "node \(node) leads to node \(child) of \(count)"
        }
        guard parents[child] == node else { return "node \(child) names another parent" }
        open.append((child, depth + 1))
      }
    }
    return nil
  }

  private static func integers(_ value: JSONValue?) -> [Int]? {
    guard let values = value?.arrayValue else { return nil }
    let integers = values.compactMap { $0.integerValue.flatMap { Int(exactly: $0) } }
    return integers.count == values.count ? integers : nil
  }
}
