import HTTPTypes

/// One operation for clients that do not speak the protocol: a method and a path that stand for a tool,
/// which brings the scopes, the schemas and the rules.
struct RESTRoute: Sendable, Hashable {
  /// A segment of a path.
  enum Segment: Sendable, Hashable {
    case literal(String)
    /// A segment that fills an argument.
    case argument(String, named: String)
  }

  let method: HTTPRequest.Method
  let path: [Segment]
  let tool: String

  /// Where the operations are.
  static let root = "/api/v1"

  /// All operations. The OpenAPI document describes these, which a test holds it to.
  static let all = [
    RESTRoute(.post, [.literal("leads")], "triage_lead"),
    RESTRoute(.get, [.literal("leads")], "search_leads"),
    RESTRoute(.get, [.literal("leads"), .argument("leadID", named: "id")], "get_lead"),
    RESTRoute(
      .get, [.literal("leads"), .argument("leadID", named: "id"), .literal("enrichment")],
      "enrich_lead"),
    RESTRoute(.get, [.literal("customers"), .literal("segments")], "segment_customers"),
    RESTRoute(.post, [.literal("interactions")], "record_interaction"),
    RESTRoute(.post, [.literal("outcomes")], "record_outcome"),
    RESTRoute(.post, [.literal("models")], "train_scoring_model"),
    RESTRoute(.get, [.literal("models")], "list_models"),
    RESTRoute(.get, [.literal("models"), .argument("model", named: "id")], "get_model_report"),
    RESTRoute(.post, [.literal("active-model")], "activate_model"),
    RESTRoute(.post, [.literal("memories")], "remember"),
    RESTRoute(.get, [.literal("recall")], "recall"),
    RESTRoute(
      .get, [.literal("leads"), .argument("leadID", named: "id"), .literal("profile")],
      "get_profile"),
    RESTRoute(.post, [.literal("erasures")], "erase_lead"),
  ]

  init(_ method: HTTPRequest.Method, _ path: [Segment], _ tool: String) {
    self.method = method
    self.path = path
    self.tool = tool
  }

  /// The path as OpenAPI writes it.
  var template: String {
    path.reduce(into: Self.root) { text, segment in
      switch segment {
      case .literal(let name): text += "/\(name)"
      case .argument(_, let name): text += "/{\(name)}"
      }
    }
  }

  /// The arguments that a path fills; `nil` for a path that is not this operation's.
  func arguments(in segments: [String]) -> [(name: String, value: String)]? {
    guard segments.count == path.count else { return nil }
    var arguments: [(name: String, value: String)] = []
    for (segment, text) in zip(path, segments) {
      switch segment {
      case .literal(let name): guard text == name else { return nil }
      case .argument(let name, _):
        guard !text.isEmpty else { return nil }
        arguments.append((name, text))
      }
    }
    return arguments
  }
}
