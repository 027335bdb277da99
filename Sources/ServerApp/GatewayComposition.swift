import Gateway
import Glibc
import Logging
import MCP
import MCPWebSocket
import Marketing
import SQLiteStores
import Sealing

/// Puts the gateway together for a configuration.
struct GatewayComposition {
  /// A setting of the gateway cannot be used.
  struct Unusable: Error, CustomStringConvertible {
    let description: String
  }

  let configuration: ServerConfiguration
  let address: ListenAddress
  let accessKeys: any AccessKeyStore
  let logger: Logger

  /// Where it listens and for whom.
  /// - Throws: `ListenPolicy.Refusal` for an address that others could reach without a credential or
  ///   TLS; `CertificateSource.Unusable`.
  func settings() throws -> Gateway.Configuration {
    let publicURL = configuration.publicURL.flatMap { WebURI($0) }
    let policy = ListenPolicy(
      hasAuthentication: try configuration.issuer != nil
        || ListenPolicy.hasGoodKey(in: accessKeys, at: SystemClock.now()),
      hasTLS: configuration.tlsCertificate != nil, isTLSTerminated: configuration.isTLSTerminated,
      publicURL: publicURL)
    try policy.check(address.host)
    var settings = Gateway.Configuration()
    settings.host = address.host
    settings.port = address.port
    settings.certificate = try certificate()
    settings.hosts = AllowedHosts(
      configuration.allowedHosts.compactMap { Authority($0) }
        + [publicURL?.authority, ownHost].compactMap { $0 },
      allowsLoopback: ListenPolicy.isLoopback(address.host) || configuration.allowedHosts.isEmpty)
    settings.origins = AllowedOrigins(
      configuration.allowedOrigins + (publicURL.map { [$0.origin] } ?? []))
    if let resource = configuration.resource, let issuer = configuration.issuer {
      settings.metadata = ProtectedResourceMetadata(
        resource: resource, authorizationServers: [issuer])
    }
    settings.rates.perAddress = configuration.requestsPerAddress
    settings.rates.perCredential = configuration.requestsPerCredential
    settings.rates.perTool = configuration.callsPerTool
    settings.subprotocols.allowsNone = configuration.allowsNoSubprotocol
    settings.subprotocols.takesTokens = configuration.takesTokensAsSubprotocol
    settings.maximumConnections = configuration.maximumConnections
    return settings
  }

  /// The address itself, when it is one that clients can name.
  private var ownHost: Authority? {
    let isAny = ["0.0.0.0", "::"].contains(address.host)
    let host = address.host.contains(":") ? "[\(address.host)]" : address.host
    return isAny ? nil : Authority(host)
  }

  private func certificate() throws -> CertificateSource? {
    guard let certificate = configuration.tlsCertificate, let key = configuration.tlsKey else {
      return nil
    }
    let logger = logger
    for path in [certificate, key] where access(path, R_OK) != 0 {
      throw Unusable(
        description: "\(path): \(String(cString: strerror(errno))); http.tlsCertificate and "
          + "http.tlsKey must name PEM files that can be read")
    }
    return try CertificateSource(
      certificatePath: certificate, keyPath: key,
      onFailure: {
        logger.error("the certificate was not read again", metadata: ["cause": "\($0)"])
      })
  }

  /// Who is let in.
  func authenticator() throws -> Authenticator {
    Authenticator(
      keys: accessKeys, tokens: try tokens(), selections: [configuration.toolSelection],
      workspace: configuration.workspace,
      allowsAnonymous: ListenPolicy.isLoopback(address.host))
  }

  private func tokens() throws -> TokenVerifier? {
    guard let issuer = configuration.issuer, let place = configuration.keySet,
      let resource = configuration.resource
    else { return nil }
    guard let location = SigningKeySource.Location(place) else {
      throw Unusable(description: "auth.jwks: found '\(place)', expected an https:// URL or a path")
    }
    if case .file(let path) = location, access(path, R_OK) != 0 {
      logger.warning(
        "auth.jwks cannot be read: no token is taken until it can",
        metadata: ["path": "\(path)", "cause": "\(String(cString: strerror(errno)))"])
    }
    return TokenVerifier(
      issuer: issuer, resource: resource,
      keys: SigningKeySource(location, logger: logger),
      workspaceClaim: configuration.workspaceClaim, workspace: configuration.workspace)
  }

  /// Where it is noted who did what; `nil` for nowhere.
  func audit() -> AuditLog? {
    let path = configuration.auditFile ?? "\(configuration.databasePath).audit.jsonl"
    guard path != "off" else { return nil }
    let logger = logger
    return AuditLog(path: path, clock: SystemClock.wallClock) {
      logger.error("the audit log cannot be written", metadata: ["cause": "\($0)"])
    }
  }
}
