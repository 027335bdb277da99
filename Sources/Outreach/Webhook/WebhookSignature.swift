import Foundation
package import Marketing
package import Sealing

/// The signature of a webhook: who has the secret can tell that we sent these very bytes, and when.
package enum WebhookSignature {
  /// The value of the header `webhook-signature`.
  /// - Parameters:
  ///   - id: the value of `webhook-id`.
  ///   - seconds: the value of `webhook-timestamp`: seconds since 1970.
  package static func value(
    id: String, seconds: Int64, body: [UInt8], secret: WebhookSecret
  ) throws(SealingError) -> String {
    let code = try HMACSHA256.code(of: Array("\(id).\(seconds).".utf8) + body, key: secret.key)
    return "v1,\(Data(code).base64EncodedString())"
  }

  /// Whether one of the signatures in the header is right and its time within five minutes of now.
  package static func isGood(
    _ header: String, id: String, seconds: Int64, body: [UInt8], secret: WebhookSecret,
    at now: Timestamp
  ) -> Bool {
    // Anybody may send any number.
    guard (0..<1 << 40).contains(seconds),
      (seconds - 300...seconds + 300).contains(now.milliseconds / 1000),
      let expected = try? value(id: id, seconds: seconds, body: body, secret: secret)
    else { return false }
    let codes = header.split(separator: " ").map {
      HMACSHA256.areEqual(Array($0.utf8), Array(expected.utf8))
    }
    return codes.contains(true)
  }
}
