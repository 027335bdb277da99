/// The keys that the protocol reserves in `_meta`.
package enum MetaKey {
  package static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
  package static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
  package static let clientInfo = "io.modelcontextprotocol/clientInfo"
  package static let serverInfo = "io.modelcontextprotocol/serverInfo"
  package static let logLevel = "io.modelcontextprotocol/logLevel"
  package static let subscriptionID = "io.modelcontextprotocol/subscriptionId"
  /// JSON pointers to what people outside wrote; a key of ours.
  package static let untrusted = "leadrelay/untrusted"
  package static let progressToken = "progressToken"
  /// The identifier of the tasks extension, in `capabilities.extensions`.
  package static let tasksExtension = "io.modelcontextprotocol/tasks"
}
