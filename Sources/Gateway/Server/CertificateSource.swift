import Glibc
import JSONRPC
package import NIOSSL

/// The server's certificate and key, read again when their files change, so that a renewal needs no
/// restart. Connections that are open keep what they began with.
package final class CertificateSource: Sendable {
  /// The files cannot be used.
  package struct Unusable: Error, CustomStringConvertible {
    /// What is wrong with which file.
    package let description: String
  }

  private struct State {
    var context: NIOSSLContext
    var stamp: String
    var lookedAt: ContinuousClock.Instant
  }

  private let certificatePath: String
  private let keyPath: String
  private let now: @Sendable () -> ContinuousClock.Instant
  private let onFailure: @Sendable (String) -> Void
  private let state: Locked<State>

  /// Reads the files, both in PEM.
  /// - Parameters:
  ///   - certificatePath: the server's certificate, followed by those that signed it.
  ///   - keyPath: its private key.
  ///   - onFailure: told when changed files cannot be used; the old ones stay in use.
  /// - Throws: `Unusable`.
  package init(
    certificatePath: String, keyPath: String,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    onFailure: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(Unusable) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
    self.now = now
    self.onFailure = onFailure
    let stamp = Self.stamp(certificatePath) + Self.stamp(keyPath)
    state = Locked(
      State(
        context: try Self.load(certificatePath, keyPath), stamp: stamp, lookedAt: now()))
  }

  /// What a new connection uses. Looks at the files once a second at most.
  package var context: NIOSSLContext {
    let now = now()
    return state.withLock { (state: inout State) -> NIOSSLContext in
      guard now - state.lookedAt >= .seconds(1) else { return state.context }
      state.lookedAt = now
      let stamp = Self.stamp(certificatePath) + Self.stamp(keyPath)
      guard stamp != state.stamp else { return state.context }
      do {
        state.context = try Self.load(certificatePath, keyPath)
        state.stamp = stamp
      } catch {
        // Perhaps one of the two files is still to be written: looked at again in a second.
        onFailure("\(error)")
      }
      return state.context
    }
  }

  private static func load(
    _ certificatePath: String, _ keyPath: String
  ) throws(Unusable) -> NIOSSLContext {
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(certificatePath)
      let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      configuration.minimumTLSVersion = .tlsv12
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw Unusable(
        description: "the certificate \(certificatePath) with the key \(keyPath) cannot be used: "
          + "\(error); both must be PEM files that belong together")
    }
  }

  /// What tells a file from what it was before.
  private static func stamp(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return "none;" }
    return "\(status.st_ino),\(status.st_size),\(status.st_mtim.tv_sec),\(status.st_mtim.tv_nsec);"
  }
}
