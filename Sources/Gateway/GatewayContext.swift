import Hummingbird
import Logging
import MCP
import NIOCore

/// What is known of a request while it is served.
struct GatewayContext: Hummingbird.RequestContext {
  var coreContext: CoreRequestContextStorage
  /// What its bytes come over.
  let channel: any Channel
  /// The connection it came over.
  let connection: Connection
  /// Who makes it; set by the one place that authenticates.
  var identity: Identity?

  init(source: Source) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
    connection =
      Connection.current
      ?? Connection(
        address: source.channel.remoteAddress?.ipAddress ?? "unknown", isSecure: false,
        eventLoop: source.channel.eventLoop)
    identity = nil
  }
}
