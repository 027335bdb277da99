import JSONRPC
import MCP
package import Marketing
package import Sealing

/// The links by which people end the mails they get with one request.
package final class UnsubscribeLinks: Sendable {
  private let ring: KeyRing
  private let origin: Locked<String?>

  /// Links.
  /// - Parameter publicURL: what people reach the gateway by; `nil` when only this machine does.
  package init(ring: KeyRing, publicURL: String?) {
    self.ring = ring
    origin = Locked(publicURL.flatMap { WebURI($0) }?.origin)
  }

  /// The gateway listens on this machine: links lead there when nothing else is known.
  package func listening(at url: String) { origin.withLock { $0 = $0 ?? url } }

  /// Whether a message has to have a link: a mail that nobody asked for.
  package static func isNeeded(for message: OutboundMessage) -> Bool {
    message.purpose == .marketing && message.channel.governing == .email
  }

  /// The link of a message; `nil` for one that needs none, and for as long as nobody knows where it would lead.
  package func link(for attempt: DeliveryAttempt) -> String? {
    let message = attempt.message
    guard Self.isNeeded(for: message), let origin = origin.withLock({ $0 }) else { return nil }
    let token = UnsubscribeToken(
      workspace: attempt.workspace, leadID: message.leadID, messageID: message.id,
      channel: message.channel)
    guard let text = try? token.text(sealedBy: ring) else { return nil }
    return "\(origin)/u/\(text)"
  }
}
