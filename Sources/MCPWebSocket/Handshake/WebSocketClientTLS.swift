import NIOCore
import NIOSSL

/// How a client trusts servers: certificate and host name are always checked. One serves any number of
/// connections.
package struct WebSocketClientTLS: Sendable {
  private let context: NIOSSLContext

  /// Trusts what the system trusts.
  /// - Parameter trustRootsFile: a PEM file of certificates that are trusted besides.
  /// - Throws: `WebSocketClientError.trustRoots` when the file cannot be read or holds no certificate.
  package init(trustRootsFile: String? = nil) throws(WebSocketClientError) {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    do {
      if let trustRootsFile {
        let roots = try NIOSSLCertificate.fromPEMFile(trustRootsFile)
        configuration.additionalTrustRoots = [.certificates(roots)]
      }
      context = try NIOSSLContext(configuration: configuration)
    } catch {
      throw .trustRoots("\(error)")
    }
  }

  /// Encrypts what passes through a channel from here on.
  func add(to channel: any Channel, host: String) throws {
    // An address is checked against the certificate's addresses, and is never named in the handshake.
    let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
    let handler = try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    try channel.pipeline.syncOperations.addHandler(handler)
  }
}
