package import JSONRPC

/// Makes values opaque and unforgeable while a client holds them: cursors are signed, request states
/// are encrypted. The keys stay with whoever makes the value.
package struct Sealer: Sendable {
  /// Encrypts and authenticates: plaintext, purpose, associated data → text without `=`, `/`, `+`.
  package let seal: @Sendable ([UInt8], String, [UInt8]) throws -> String
  /// The inverse of `seal`; throws on anything that `seal` did not make for the same purpose and data.
  package let open: @Sendable (String, String, [UInt8]) throws -> [UInt8]
  /// Authenticates without encrypting: payload, purpose, associated data → text.
  package let sign: @Sendable ([UInt8], String, [UInt8]) throws -> String
  /// The inverse of `sign`; throws on anything that `sign` did not make for the same purpose and data.
  package let verify: @Sendable (String, String, [UInt8]) throws -> [UInt8]
  /// A digest that collisions cannot be found for (SHA-256): 32 bytes.
  package let digest: @Sendable ([UInt8]) throws -> [UInt8]
  /// Bytes that nobody can guess.
  package let randomBytes: @Sendable (Int) throws -> [UInt8]

  /// A sealer from its operations.
  package init(
    seal: @escaping @Sendable ([UInt8], String, [UInt8]) throws -> String,
    open: @escaping @Sendable (String, String, [UInt8]) throws -> [UInt8],
    sign: @escaping @Sendable ([UInt8], String, [UInt8]) throws -> String,
    verify: @escaping @Sendable (String, String, [UInt8]) throws -> [UInt8],
    digest: @escaping @Sendable ([UInt8]) throws -> [UInt8],
    randomBytes: @escaping @Sendable (Int) throws -> [UInt8]
  ) {
    self.seal = seal
    self.open = open
    self.sign = sign
    self.verify = verify
    self.digest = digest
    self.randomBytes = randomBytes
  }
}

extension Sealer {
  /// A cursor that only the same principal can use, and only where it was given out.
  /// - Parameters:
  ///   - position: where the next page starts.
  ///   - scope: what is paged through, with everything that must not change between pages.
  package func cursor(
    _ position: JSONValue, in scope: String, for principal: Principal
  ) throws(RPCError) -> String {
    do {
      return try sign(JSONWriter.bytes(of: position), "cursor", binding(scope, principal))
    } catch {
      throw RPCError(.internalError, "Internal error", cause: "\(error)")
    }
  }

  /// The position that a cursor stands for.
  /// - Throws: -32602 for a cursor that was not given out for this list and principal.
  package func position(
    _ cursor: String, in scope: String, for principal: Principal
  ) throws(RPCError) -> JSONValue {
    do {
      return try JSONParser().parse(verify(cursor, "cursor", binding(scope, principal)))
    } catch {
      throw RPCError(
        .invalidParams,
        "Invalid cursor: use the 'nextCursor' of the page before, unchanged, or none to start again"
      )
    }
  }

  private func binding(_ scope: String, _ principal: Principal) -> [UInt8] {
    Array("\(principal.workspace)\n\(principal.name)\n\(scope)".utf8)
  }
}
