package import MCPWebSocket

extension Gateway {
  /// Where the gateway listens, for whom, and how much it takes.
  package struct Configuration: Sendable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// The port; 0 for any that is free.
    package var port = 8080
    /// The certificate and key of its own TLS; `nil` without.
    package var certificate: CertificateSource?
    /// The hosts that requests may be addressed to.
    package var hosts = AllowedHosts([], allowsLoopback: true)
    /// The origins of web pages that may send requests.
    package var origins = AllowedOrigins([])
    /// What clients read to learn where tokens come from; `nil` where no issuer is trusted.
    package var metadata: ProtectedResourceMetadata?
    /// How many requests an address, a credential and a tool may see.
    package var rates = RateLimiter.Limits()
    /// The bounds of WebSockets.
    package var webSocket = WebSocketLimits()
    /// Which sub-protocols a WebSocket may be opened with.
    package var subprotocols = Subprotocols()
    /// How many connections there may be.
    package var maximumConnections = 10_000
    /// How many connections one address may have.
    package var maximumConnectionsPerAddress = 5_000
    /// How long a request's head, from its first byte, and how long its body may take.
    package var headPatience = Duration.seconds(10)
    package var bodyPatience = Duration.seconds(30)
    /// How long a connection may do nothing between two requests.
    package var idlePatience = Duration.seconds(75)
    /// How long a client may take nothing of what it is answered.
    package var writePatience = Duration.seconds(30)
    /// After how long in silence a stream is kept alive.
    package var keepAlive = Duration.seconds(15)
    /// How long a session of the legacy era that nobody uses lives.
    package var sessionLifetime = Duration.seconds(1800)

    /// The defaults: this machine alone.
    package init() {}
  }
}
