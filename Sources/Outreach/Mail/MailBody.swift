/// The body of a mail with the headers that say what it is (RFC 2045, 2046).
struct MailBody {
  let text: String
  let html: String?
  let calendar: String?
  let boundary: String

  var bytes: [UInt8] {
    var parts = [Part(type: "text/plain; charset=utf-8", text: text)]
    if let html { parts.append(Part(type: "text/html; charset=utf-8", text: html)) }
    if let calendar {
      parts.append(Part(type: "text/calendar; charset=utf-8; method=REQUEST", text: calendar))
    }
    if parts.count == 1 { return parts[0].bytes }
    var bytes = Array(
      "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n\r\n".utf8)
    for part in parts { bytes += Array("--\(boundary)\r\n".utf8) + part.bytes }
    return bytes + Array("--\(boundary)--\r\n".utf8)
  }

  private struct Part {
    let type: String
    let text: String

    var bytes: [UInt8] {
      Array("Content-Type: \(type)\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".utf8)
        + QuotedPrintable.bytes(of: text)
    }
  }
}
