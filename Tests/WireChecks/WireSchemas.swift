import Foundation
import JSONRPC
import MCP

/// The protocol's own schemas, one document for each revision.
enum WireSchemas {
  /// Why a message breaks a definition of a revision; empty when it does not.
  static func faults(
    of message: JSONValue, against definition: String, in version: ProtocolVersion
  ) -> [String] {
    switch documents[version] {
    case .success(let document)?:
      do {
        let schema = try document.schema(at: "#/\(definitions(of: version))/\(definition)")
        return schema.validate(message).map { "\(version.rawValue) \(definition): \($0)" }
      } catch {
        return ["\(version.rawValue): \(error)"]
      }
    case .failure(let problem)?: return ["\(version.rawValue): \(problem.text)"]
    case nil: return ["no schema of \(version.rawValue)"]
    }
  }

  private static func definitions(of version: ProtocolVersion) -> String {
    version >= .v2025November ? "$defs" : "definitions"
  }

  private struct Problem: Error {
    let text: String
  }

  private static let documents = Dictionary(
    uniqueKeysWithValues: ProtocolVersion.allCases.map { ($0, load($0)) })

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  private static func load(_ version: ProtocolVersion) -> Result<JSONSchemaDocument, Problem> {
    do {
      let file = fixtures.appending(path: "mcp-schema/\(version.rawValue)/schema.json")
      return .success(try JSONSchemaDocument(try JSONParser().parse(Data(contentsOf: file))))
    } catch {
      return .failure(Problem(text: "\(error)"))
    }
  }

  /// What a request must look like beyond JSON-RPC, by its method.
  static let requests: [String: String] = [
    "initialize": "InitializeRequest", "ping": "PingRequest",
    "server/discover": "DiscoverRequest", "tools/list": "ListToolsRequest",
    "tools/call": "CallToolRequest", "resources/list": "ListResourcesRequest",
    "resources/templates/list": "ListResourceTemplatesRequest",
    "resources/read": "ReadResourceRequest", "resources/subscribe": "SubscribeRequest",
    "resources/unsubscribe": "UnsubscribeRequest",
    "subscriptions/listen": "SubscriptionsListenRequest", "prompts/list": "ListPromptsRequest",
    "prompts/get": "GetPromptRequest", "completion/complete": "CompleteRequest",
    "logging/setLevel": "SetLevelRequest", "sampling/createMessage": "CreateMessageRequest",
    "elicitation/create": "ElicitRequest", "roots/list": "ListRootsRequest",
  ]

  /// What a complete result must look like, by the request's method.
  static let results: [String: String] = [
    "initialize": "InitializeResult", "ping": "EmptyResult", "server/discover": "DiscoverResult",
    "tools/list": "ListToolsResult", "tools/call": "CallToolResult",
    "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult",
    "resources/read": "ReadResourceResult", "resources/subscribe": "EmptyResult",
    "resources/unsubscribe": "EmptyResult", "subscriptions/listen": "SubscriptionsListenResult",
    "prompts/list": "ListPromptsResult", "prompts/get": "GetPromptResult",
    "completion/complete": "CompleteResult", "logging/setLevel": "EmptyResult",
    "sampling/createMessage": "CreateMessageResult", "elicitation/create": "ElicitResult",
    "roots/list": "ListRootsResult",
  ]

  /// What a notification must look like, by its method.
  static let notifications: [String: String] = [
    "notifications/cancelled": "CancelledNotification",
    "notifications/initialized": "InitializedNotification",
    "notifications/progress": "ProgressNotification",
    "notifications/message": "LoggingMessageNotification",
    "notifications/roots/list_changed": "RootsListChangedNotification",
    "notifications/tools/list_changed": "ToolListChangedNotification",
    "notifications/prompts/list_changed": "PromptListChangedNotification",
    "notifications/resources/list_changed": "ResourceListChangedNotification",
    "notifications/resources/updated": "ResourceUpdatedNotification",
    "notifications/subscriptions/acknowledged": "SubscriptionsAcknowledgedNotification",
  ]

  /// What an error must look like beyond JSON-RPC, by its code, where the revision says.
  static func error(_ code: Int64, in version: ProtocolVersion) -> String? {
    guard version.era == .modern else { return nil }
    switch code {
    case -32021: return "MissingRequiredClientCapabilityError"
    case -32022: return "UnsupportedProtocolVersionError"
    default: return nil
    }
  }
}
