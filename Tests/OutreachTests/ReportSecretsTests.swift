import Foundation
import Marketing
import Outreach
import Testing

@Suite("Secrets of reports")
struct ReportSecretsTests {
  private static func text(_ byte: UInt8) -> String {
    "whsec_\(Data(repeating: byte, count: 32).base64EncodedString())"
  }

  static let files: [(text: String, workspaces: [String?]?)] = [
    (text(1), [nil]), (" \(text(1))\n\n", [nil]), ("team \(text(1))", ["team"]),
    ("\(text(1))\nteam  \(text(2))\r\nsales\t\(text(3))\n", [nil, "team", "sales"]),
    ("", nil), ("\n", nil), ("team", nil), ("whsec_AAAA", nil), ("a b \(text(1))", nil),
    ("te/am \(text(1))", nil), ("\(text(1)) team", nil), ("\(text(1))\nteam", nil),
  ]

  @Test("a file holds a secret a line", arguments: files)
  func reads(text: String, workspaces: [String?]?) {
    #expect(ReportSecrets(text)?.entries.map { $0.workspace?.rawValue } == workspaces)
  }

  @Test("whoever signs is known by its secret")
  func signer() throws {
    let secrets = try #require(
      ReportSecrets("team \(Self.text(1))\n\(Self.text(2))\nsales \(Self.text(2))"))
    let body = Array("{}".utf8)
    let seconds = noon.milliseconds / 1000
    func signer(_ byte: UInt8, at now: Timestamp = noon) throws -> ReportSecrets.Entry? {
      let secret = try #require(WebhookSecret(Self.text(byte)))
      let signature = try WebhookSignature.value(
        id: "w1", seconds: seconds, body: body, secret: secret)
      return secrets.signer(of: signature, id: "w1", seconds: seconds, body: body, at: now)
    }
    #expect(try signer(1)?.workspace?.rawValue == "team")
    let wide = try #require(try signer(2))
    #expect(wide.workspace == nil)
    #expect(try signer(3) == nil)
    #expect(try signer(1, at: noon + .seconds(301)) == nil)
  }
}
