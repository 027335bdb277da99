import Foundation
package import Marketing

/// A mail (RFC 5322) of a message, in ASCII lines that CRLF ends. Nothing that stands in the message's text can
/// make another header, another part or another mail of it.
package struct MailMessage: Sendable {
  /// The address it goes to.
  package let recipient: String
  /// The address it comes from.
  package let sender: String
  /// The mail's own name, the same at every attempt.
  package let messageID: String
  /// The mail.
  package let bytes: [UInt8]

  /// Larger mails are refused.
  package static let mostBytes = 1 << 20

  /// These are ours: a message cannot say them.
  private static let ownHeaders: Set<String> = [
    "from", "to", "cc", "bcc", "sender", "reply-to", "return-path", "date", "message-id", "subject",
    "mime-version", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post", "received",
    "dkim-signature", "x-possible-duplicate", "resent-to", "resent-cc", "resent-bcc",
  ]

  /// Writes the mail of an attempt.
  /// - Parameter calendar: an invitation as iCalendar, sent along as a part.
  /// - Throws: when the message has no good address, a header that is not one, or is too large.
  package init(
    _ attempt: DeliveryAttempt, settings: MailSettings, calendar: String? = nil, at now: Timestamp
  ) throws(MailError) {
    let message = attempt.message
    if let flaw = EmailAddress.flaw(in: message.destination) {
      throw MailError(message: "the recipient's address is \(flaw)")
    }
    if let flaw = settings.flaw { throw MailError(message: flaw) }
    let domain = EmailAddress(splitting: settings.from)?.domain ?? "localhost"
    messageID = "<\(message.id)@\(domain)>"
    recipient = message.destination
    sender = settings.from
    let unsubscribe = settings.unsubscribeURL(attempt).flatMap(Self.link)
    var lines = Self.ownLines(attempt, settings, messageID: messageID, unsubscribe, at: now)
    for header in message.content.headers { lines.append(try Self.line(header)) }
    let footer = MailFooter(settings: settings, unsubscribe: unsubscribe)
    let body = MailBody(
      text: footer.behind(text: message.content.text),
      html: message.content.html.map { footer.behind(html: $0) }, calendar: calendar,
      // A part's text has no `=` but before two digits or at the end of a line: never this.
      boundary: "=_\(message.id)")
    bytes = Array(lines.map { "\($0)\r\n" }.joined().utf8) + body.bytes
    guard bytes.count <= Self.mostBytes else {
      throw MailError(message: "the mail is larger than \(Self.mostBytes) bytes")
    }
  }

  private static func ownLines(
    _ attempt: DeliveryAttempt, _ settings: MailSettings, messageID: String,
    _ unsubscribe: String?, at now: Timestamp
  ) -> [String] {
    var lines = [
      "Date: \(MailDate.text(of: now))",
      "From: \(HeaderText.mailbox(name: settings.name, address: settings.from, after: "From"))",
      "To: <\(attempt.message.destination)>",
      "Message-ID: \(messageID)",
      "Subject: \(HeaderText.unstructured(attempt.message.content.subject, after: "Subject"))",
    ]
    if let replyTo = settings.replyTo { lines.append("Reply-To: <\(replyTo)>") }
    if let unsubscribe {
      lines.append("List-Unsubscribe: <\(unsubscribe)>")
      lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    }
    // Answering machines leave such mails alone (RFC 3834).
    lines.append("Auto-Submitted: auto-generated")
    if attempt.isPossibleDuplicate { lines.append("X-Possible-Duplicate: yes") }
    lines.append("MIME-Version: 1.0")
    return lines
  }

  private static func line(_ header: MessageContent.Header) throws(MailError) -> String {
    let name = header.name
    let isName =
      (1...60).contains(name.utf8.count)
      && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
    guard isName, !ownHeaders.contains(name.lowercased()),
      !name.lowercased().hasPrefix("content-")
    else { throw MailError(message: "a header of the message has a name that it cannot have") }
    return "\(name): \(HeaderText.unstructured(header.value, after: name))"
  }

  /// A link that stands between `<` and `>`; anything else would end there.
  private static func link(_ text: String) -> String? {
    let isLink =
      text.hasPrefix("https://") || text.hasPrefix("http://")
    let isPlain = text.utf8.allSatisfy {
      (0x21...0x7E).contains($0)
        && ![UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\"")]
          .contains($0)
    }
    return isLink && isPlain && text.utf8.count <= 900 ? text : nil
  }
}

/// What stands under every mail: that software wrote it, for whom, and how to end it.
struct MailFooter {
  let settings: MailSettings
  let unsubscribe: String?

  private var lines: [String] {
    var lines = [
      "This message was written by software of \(HeaderText.oneLine(settings.organization)).",
      HeaderText.oneLine(settings.postalAddress),
    ]
    if let unsubscribe { lines.append("Unsubscribe: \(unsubscribe)") }
    return lines
  }

  /// The text with the footer behind the line that mail programs know it by.
  func behind(text: String) -> String {
    let end = text.hasSuffix("\n") ? "" : "\n"
    return "\(text)\(end)\n-- \n\(lines.joined(separator: "\n"))\n"
  }

  /// The same in HTML, within the body where there is one.
  func behind(html: String) -> String {
    var paragraphs = lines.dropLast(unsubscribe == nil ? 0 : 1).map(EscapedHTML.text)
    if let unsubscribe {
      paragraphs.append("<a href=\"\(EscapedHTML.text(unsubscribe))\">Unsubscribe</a>")
    }
    let footer = "<hr>\n<p>\(paragraphs.joined(separator: "<br>\n"))</p>\n"
    guard let end = html.range(of: "</body", options: [.caseInsensitive, .backwards]) else {
      return "\(html)\n\(footer)"
    }
    return html[..<end.lowerBound] + footer + html[end.lowerBound...]
  }
}
