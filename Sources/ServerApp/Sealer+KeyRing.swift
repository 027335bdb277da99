package import MCP
package import Sealing

extension Sealer {
  /// Seals with a key ring.
  package init(_ ring: KeyRing) {
    self.init(
      seal: { try ring.seal($0, purpose: $1, associatedData: $2) },
      open: { try ring.open($0, purpose: $1, associatedData: $2) },
      sign: { payload, purpose, bound in
        try ring.authenticate(SHA256.digest(of: bound) + payload, purpose: purpose)
      },
      verify: { token, purpose, bound in
        let bytes = try ring.verify(token, purpose: purpose)
        guard bytes.starts(with: try SHA256.digest(of: bound)) else { throw SealingError.refused }
        return Array(bytes.dropFirst(SHA256.byteCount))
      },
      digest: { try SHA256.digest(of: $0) },
      randomBytes: { try SecureRandom.bytes($0) })
  }
}
