import Foundation
import JSONRPC
import Marketing
import Outreach

/// The moment that samples count from: 2025-07-15T12:00:00Z.
let noon = Timestamp(milliseconds: 1_752_580_800_000)

extension Identifier: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(rawValue: value) }
}

extension MessageContent {
  static let sample = MessageContent(
    subject: "A demo for Acme", text: "Hello Zoë,\n\nshall we talk?\n", html: "<p>Hello Zoë</p>")
}

extension OutboundMessage {
  static func sample(
    _ id: String = "msg_1", to destination: String? = nil,
    _ content: MessageContent = .sample, channel: OutreachChannel = .email, lead: LeadID = "lead_1"
  ) -> OutboundMessage {
    // One at a time goes to an address: other leads have others.
    let own = lead == "lead_1" ? "zoe@acme.example" : "\(lead.rawValue)@acme.example"
    return OutboundMessage(
      id: MessageID(rawValue: id), leadID: lead, channel: channel, purpose: .marketing,
      destination: destination ?? own, content: content, idempotencyKey: "key_\(id)",
      createdAt: noon)
  }
}

extension DeliveryAttempt {
  static func sample(
    _ message: OutboundMessage = .sample(), isPossibleDuplicate: Bool = false
  ) -> DeliveryAttempt {
    DeliveryAttempt(
      workspace: .default, message: message, claim: 1, number: 1,
      isPossibleDuplicate: isPossibleDuplicate)
  }
}

extension MailSettings {
  static let sample = MailSettings(
    from: "sales@relay.example", name: "Sales, \"Relay\"", replyTo: "answers@relay.example",
    postalAddress: "Relay AS, Storgata 1, 0155 Oslo", organization: "Relay AS",
    unsubscribeURL: { "https://relay.example/u/\($0.message.id)" })
}

extension MailMessage {
  /// The mail as text.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The lines of its header, as they are.
  var headerLines: [String] {
    text.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
  }
}
