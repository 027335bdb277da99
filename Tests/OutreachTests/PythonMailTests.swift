import Foundation
import JSONRPC
import Marketing
import Outreach
import Testing

/// Mails as somebody else's server takes them and somebody else's library reads them. Needs what
/// `clients/python/setup.sh` installs.
@Suite("Mails read by Python", .timeLimit(.minutes(1)))
struct PythonMailTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let python = root.appendingPathComponent(".build-python/.venv-mail/bin/python")
    .path
  static let isInstalled = FileManager.default.isExecutableFile(atPath: python)

  private static let contents = [
    MessageContent.sample,
    MessageContent(
      subject: "Grüße an 日本語 und \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}, "
        + String(repeating: "lang ", count: 40),
      text: "Grüße,\n.\n..\n=20 \t\nFrom here\n" + String(repeating: "ä", count: 300)
        + "\ntrailing \n",
      html: "<p title=\"x\">Grüße\n" + String(repeating: "日", count: 200) + "</p>"),
    MessageContent(
      subject: "x\r\nBcc: all@evil.example", text: "--=_m2\r\nContent-Type: text/html\r\n\r\nx",
      headers: [.init("X-Note", "é\r\nBcc: all@evil.example")],
      invitation: Invitation(
        start: noon + .days(1), duration: .seconds(1800), summary: "Demo; grüße, 日本")),
  ]

  @Test(
    "they read as they were written, with no defect",
    .enabled(if: isInstalled, "clients/python/setup.sh installs what this needs"))
  func reads() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("mail-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let certificate = folder.appendingPathComponent("certificate.pem")
    let key = folder.appendingPathComponent("key.pem")
    try Data(TestCertificate.localhost.certificate.utf8).write(to: certificate)
    try Data(TestCertificate.localhost.key.utf8).write(to: key)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.python)
    process.arguments = [
      Self.root.appendingPathComponent("clients/python/mail_server.py").path, certificate.path,
      key.path, "relay", "sécret",
    ]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    defer {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
    var lines = Self.lines(of: output.fileHandleForReading).makeAsyncIterator()
    let port = try #require(await lines.next().flatMap { Int($0) })
    var settings = SMTPSettings(host: "localhost", port: port, tls: .starttls)
    settings.certificateFile = certificate.path
    settings.user = "relay"
    settings.password = "sécret"
    let mails = SMTPChannel(settings, mail: .sample) { noon }
    let calendar = CalendarChannel(over: mails, settings: .sample)
    for (number, content) in Self.contents.enumerated() {
      let message = OutboundMessage.sample("m\(number)", content)
      let outcome =
        content.invitation == nil
        ? await mails.send(.sample(message)) : await calendar.send(.sample(message))
      #expect(outcome.answer.code == "250 2.0.0", "\(outcome)")
      let mail = try JSONParser().parse(try #require(await lines.next()))
      try check(mail, content, number)
    }
  }

  private static func lines(of file: FileHandle) -> AsyncStream<String> {
    let (stream, continuation) = AsyncStream.makeStream(of: String.self)
    let rest = Locked("")
    file.readabilityHandler = { file in
      let data = file.availableData
      guard !data.isEmpty else {
        file.readabilityHandler = nil
        return continuation.finish()
      }
      // The server writes ASCII.
      let lines = rest.withLock { rest in
        let parts = (rest + String(decoding: data, as: UTF8.self)).components(separatedBy: "\n")
        rest = parts.last ?? ""
        return parts.dropLast()
      }
      for line in lines { continuation.yield(line) }
    }
    return stream
  }

  private func check(_ mail: JSONValue, _ content: MessageContent, _ number: Int) throws {
    #expect(mail["defects"] == [], "\(number)")
    #expect(mail["sender"] == "sales@relay.example" && mail["recipients"] == ["zoe@acme.example"])
    #expect(mail["user"] == "relay" && mail["isProtected"] == true)
    #expect(mail["displayName"] == "Sales, \"Relay\"")
    #expect(mail["date"] == "2025-07-15T12:00:00+00:00")
    #expect((mail["longestLine"]?.integerValue ?? 999) <= 78)
    let headers = (mail["headers"]?.arrayValue ?? []).compactMap { pair in
      pair[0]?.stringValue.map { ($0, pair[1]?.stringValue ?? "") }
    }
    func header(_ name: String) -> [String] { headers.filter { $0.0 == name }.map(\.1) }
    let subject = content.subject.replacingOccurrences(of: "\r\n", with: "  ")
      .trimmingCharacters(in: .whitespaces)
    #expect(header("Subject") == [subject])
    #expect(header("Message-ID") == ["<m\(number)@relay.example>"])
    #expect(header("List-Unsubscribe") == ["<https://relay.example/u/m\(number)>"])
    #expect(header("Bcc").isEmpty && header("Reply-To") == ["answers@relay.example"])
    let parts = try #require(mail["parts"]?.objectValue)
    func part(_ type: String) -> String? {
      parts[type]?.stringValue?.replacingOccurrences(of: "\r\n", with: "\n")
    }
    let text = try #require(part("text/plain"))
    #expect(text.hasPrefix(content.text.replacingOccurrences(of: "\r\n", with: "\n")), "\(text)")
    if let html = content.html {
      #expect(part("text/html")?.hasPrefix(html) == true)
    }
    #expect(parts.count == 1 + (content.html == nil ? 0 : 1) + (content.invitation == nil ? 0 : 1))
    if content.invitation != nil {
      let calendar = try #require(part("text/calendar"))
      #expect(calendar.contains("SUMMARY:Demo\\; grüße\\, 日本"))
    }
  }
}
