import Foundation
import Marketing
import Outreach
import Testing

@Suite("Mails")
struct MailMessageTests {
  private func mail(
    _ content: MessageContent = .sample, settings: MailSettings = .sample,
    to destination: String = "zoe@acme.example", again: Bool = false
  ) throws -> MailMessage {
    try MailMessage(
      .sample(.sample(to: destination, content), isPossibleDuplicate: again), settings: settings,
      at: noon)
  }

  private func names(_ mail: MailMessage) -> [String] {
    mail.headerLines.filter { !$0.hasPrefix(" ") }.map { String($0.prefix { $0 != ":" }) }
  }

  @Test("a mail has the headers that it needs, each once")
  func headers() throws {
    let mail = try mail()
    #expect(
      names(mail) == [
        "Date", "From", "To", "Message-ID", "Subject", "Reply-To", "List-Unsubscribe",
        "List-Unsubscribe-Post", "Auto-Submitted", "MIME-Version", "Content-Type",
      ])
    for line in [
      "Date: Tue, 15 Jul 2025 12:00:00 +0000", "From: \"Sales, \\\"Relay\\\"\"",
      " <sales@relay.example>", "To: <zoe@acme.example>", "Message-ID: <msg_1@relay.example>",
      "Subject: A demo for Acme", "List-Unsubscribe: <https://relay.example/u/msg_1>",
      "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Auto-Submitted: auto-generated",
    ] {
      #expect(mail.headerLines.contains(line), "\(line)")
    }
    let body = mail.text.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\n")
    for words in ["written by software of Relay AS", "Storgata 1", "relay.example/u/msg_1"] {
      // In the text and in the HTML.
      #expect(body.components(separatedBy: words).count == 3, "\(words)")
    }
    #expect(try self.mail(again: true).headerLines.contains("X-Possible-Duplicate: yes"))
    #expect(try self.mail(again: true).messageID == mail.messageID)
  }

  /// What somebody may write who wants another header, another part or another mail.
  static let attacks = [
    "x\r\nBcc: all@evil.example", "x\nBcc: all@evil.example", "x\rBcc: all@evil.example",
    "x\u{2028}Bcc: all@evil.example", "x\u{85}Bcc: all@evil.example", "x\0Bcc: all@evil.example",
    "x\r\n\r\n<script>", "x\r\n.\r\nMAIL FROM:<a@evil.example>", "\r\n--=_msg_1--\r\nBcc: x@y",
    "--=_msg_1\r\nContent-Type: text/html\r\n\r\n<b>", "=?UTF-8?Q?x=0D=0ABcc:_all@evil.example?=",
    "\u{202E}moc.live", "x\u{B}\u{C}Bcc: y", "\n.\n", ".\n..\n", "é\r\nBcc: all@evil.example",
    String(repeating: "x", count: 5000), String(repeating: "é ", count: 3000),
    String(repeating: "word ", count: 500) + "\r\nBcc: a@b.example",
  ]

  @Test("no text of a lead leaves its place", arguments: attacks)
  func injection(attack: String) throws {
    var settings = MailSettings.sample
    settings.name = attack
    settings.organization = "R\(attack)"
    settings.postalAddress = "A\(attack)"
    let content = MessageContent(
      subject: attack, text: attack, html: attack, headers: [.init("X-Note", attack)],
      invitation: nil)
    let mail = try mail(content, settings: settings)
    let usual = try self.mail(
      MessageContent(subject: "s", text: "t", html: "h", headers: [.init("X-Note", "n")]))
    #expect(names(mail) == names(usual))
    // The same parts, all in ASCII, in lines that every server takes, none of which ends the mail.
    #expect(mail.bytes.allSatisfy { $0 < 0x80 })
    let lines = mail.text.components(separatedBy: "\r\n")
    #expect(lines.allSatisfy { $0.utf8.count <= 998 && !$0.contains("\n") && !$0.contains("\r") })
    #expect(!lines.contains("."))
    #expect(lines.count { $0.hasPrefix("--=_msg_1") } == 3)
    let body = mail.text.components(separatedBy: "\r\n\r\n").dropFirst()
      .joined(separator: "\r\n\r\n")
    #expect(body.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
  }

  @Test(
    "subjects read as they were written",
    arguments: [
      "", "plain", "two  blanks ", "Grüße aus Zürich", "日本語の件名がここに入りますとても長いので分けられます",
      "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} family", "a =?b?= c",
      String(repeating: "Ü", count: 100), String(repeating: "word ", count: 60) + "end",
    ])
  func subjects(subject: String) throws {
    let mail = try mail(MessageContent(subject: subject, text: "t"))
    let lines = mail.headerLines
    let start = try #require(lines.firstIndex { $0.hasPrefix("Subject:") })
    let rest = lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
    let field = [String(lines[start].dropFirst(9))] + rest
    #expect(([lines[start]] + rest).allSatisfy { $0.utf8.count <= 78 })
    let isEncoded = field[0].hasPrefix("=?UTF-8?B?")
    let read: String
    if isEncoded {
      // Each word is whole by itself.
      read = try field.map { line in
        let word = line.drop { $0 == " " }.dropFirst(10).dropLast(2)
        let bytes = try #require(Data(base64Encoded: String(word)))
        return try #require(String(bytes: bytes, encoding: .utf8))
      }.joined()
    } else {
      read = field.joined()
    }
    #expect(read == subject.trimmingCharacters(in: .whitespaces))
  }

  @Test(
    "what cannot be sent is refused",
    arguments: [
      "zoe", "zoe@acme.example\r\nBcc: x@y.example", "zoe@acme.example>, <x@y.example",
      "a@b@c.example", "", "zoe @acme.example", "\"z\"@acme.example",
    ])
  func addresses(address: String) {
    #expect(throws: MailError.self) { try mail(to: address) }
  }

  @Test(
    "a message cannot say what is ours to say",
    arguments: [
      "From", "bcc", "X:Y", "X Y", "", "Content-Type", "X\r\nBcc", "Sübject", "Message-ID",
    ])
  func ownHeaders(name: String) {
    #expect(throws: MailError.self) {
      try mail(MessageContent(subject: "s", text: "t", headers: [.init(name, "v")]))
    }
  }

  @Test("without a postal address or a good link nothing pretends to be one")
  func settings() throws {
    var settings = MailSettings.sample
    settings.unsubscribeURL = { _ in "https://relay.example/u/x>\r\nBcc: a@b.example" }
    #expect(try !names(mail(settings: settings)).contains("List-Unsubscribe"))
    settings.postalAddress = " \n"
    #expect(settings.flaw != nil)
    #expect(throws: MailError.self) { try mail(settings: settings) }
  }

  @Test("a mail that is too large is refused")
  func size() {
    let text = String(repeating: "é", count: 200_000)
    #expect(throws: MailError.self) { try mail(MessageContent(subject: "s", text: text)) }
  }
}
