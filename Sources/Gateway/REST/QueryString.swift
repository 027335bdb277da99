import JSONRPC
import MCP

/// The parameters of a query, in their order.
struct QueryString: Sendable {
  /// One parameter.
  struct Parameter: Sendable {
    let name: String
    let value: String
  }

  let parameters: [Parameter]

  /// Reads a query.
  /// - Throws: `.invalid` for one that is not encoded as it should be.
  init(_ query: String?) throws(CallProblem) {
    var parameters: [Parameter] = []
    for pair in (query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentEncoding.decoded(parts[0], isForm: true),
        let value = PercentEncoding.decoded(parts.count > 1 ? parts[1] : "", isForm: true)
      else {
        throw CallProblem(.invalid, "The query is not percent-encoded UTF-8")
      }
      parameters.append(Parameter(name: name, value: value))
    }
    self.parameters = parameters
  }

  /// All values of a parameter; each may list several between commas.
  func list(_ name: String) -> [String] {
    parameters.filter { $0.name == name }.flatMap {
      $0.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// What is wrong when parameters are given that are none of these.
  func problem(beyond known: some Collection<String>) -> CallProblem? {
    var seen: Set<String> = []
    let unknown = parameters.map(\.name).filter { !known.contains($0) && seen.insert($0).inserted }
    guard !unknown.isEmpty else { return nil }
    let accepted = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
    return CallProblem(
      .invalid, "The query has unknown parameters",
      fields: unknown.map {
        .init(
          pointer: "/\($0.shortened(to: 64))",
          detail: "is no parameter of this operation, expected \(accepted)")
      })
  }
}

extension QueryString {
  /// The parameters as a tool's arguments, each of the type that the tool's schema has for it. Lists are
  /// written between commas, or as the same parameter several times.
  /// - Throws: `.invalid` for parameters that the tool does not have, or that are given twice.
  func arguments(
    for properties: JSONObject, without filled: [String]
  ) throws(CallProblem) -> JSONObject {
    let known = properties.keys.filter { !filled.contains($0) }
    if let problem = problem(beyond: known) { throw problem }
    var arguments = JSONObject()
    var repeated: [CallProblem.Field] = []
    for parameter in parameters {
      let type = properties[parameter.name]?["type"]?.stringValue
      if type == "array" {
        arguments[parameter.name] = .array(list(parameter.name).map(JSONValue.string))
      } else if arguments[parameter.name] != nil {
        repeated.append(
          .init(pointer: "/\(parameter.name)", detail: "is given twice, expected once"))
      } else {
        arguments[parameter.name] = Self.value(of: parameter.value, type: type)
      }
    }
    guard repeated.isEmpty else {
      throw CallProblem(.invalid, "The query repeats parameters", fields: repeated)
    }
    return arguments
  }

  /// What cannot be read as its type stays text, so that the schema says what is wrong.
  private static func value(of text: String, type: String?) -> JSONValue {
    switch type {
    case "integer", "number":
      // A form's encoding takes no quotation marks, so nothing but a number reads as one.
      if let json = try? JSONParser().parse(text), json.doubleValue != nil { return json }
      return .string(text)
    case "boolean":
      switch text {
      case "true": return true
      case "false": return false
      default: return .string(text)
      }
    default: return .string(text)
    }
  }
}
