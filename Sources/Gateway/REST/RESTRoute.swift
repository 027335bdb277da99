import HTTPTypes

/// One operation for clients that do not speak the protocol: a method and a path that stand for a tool,
/// which brings the scopes, the schemas and the rules.
struct RESTRoute: Sendable, Hashable {
  /// A segment of a path.
  enum Segment: Sendable, Hashable, ExpressibleByStringLiteral {
    case literal(String)
    /// A segment that fills an argument.
    case argument(String, named: String)

    init(stringLiteral value: String) { self = .literal(value) }

    /// A segment `{id}` that fills an argument.
    static func id(_ argument: String) -> Segment { .argument(argument, named: "id") }
  }

  let method: HTTPRequest.Method
  let path: [Segment]
  let tool: String
  /// The tool in its stead for a client that prefers not to wait (`respond-async` of RFC 7240); `nil` where all wait.
  var asyncTool: String?
  /// Arguments of the tool that this operation does not take.
  var omitted: [String] = []

  /// Where the operations are.
  static let root = "/api/v1"

  init(
    _ method: HTTPRequest.Method, _ path: [Segment], _ tool: String, async asyncTool: String? = nil,
    without omitted: [String] = []
  ) {
    self.method = method
    self.path = path
    self.tool = tool
    self.asyncTool = asyncTool
    self.omitted = omitted
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
