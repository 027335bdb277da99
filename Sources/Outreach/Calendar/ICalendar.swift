package import Marketing

/// An invitation as iCalendar (RFC 5545, RFC 5546 section 3.2.2).
package enum ICalendar {
  private static let mostLineBytes = 75

  /// The invitation with `METHOD:REQUEST`, in lines that CRLF ends.
  /// - Parameters:
  ///   - uid: names the event in every version of it.
  ///   - organizer: who invites, with a name.
  ///   - attendee: the address of who is invited.
  ///   - stamp: when the invitation was written.
  package static func request(
    _ invitation: Invitation, uid: String, organizer: (name: String?, address: String),
    attendee: String, stamp: Timestamp
  ) -> String {
    var lines = [
      "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//LeadRelay//Outreach//EN", "METHOD:REQUEST",
      "BEGIN:VEVENT", "UID:\(escaped(uid))", "SEQUENCE:\(max(0, invitation.sequence))",
      "DTSTAMP:\(time(stamp))", "DTSTART:\(time(invitation.start))",
      "DTEND:\(time(invitation.start + invitation.duration))",
      "SUMMARY:\(escaped(invitation.summary))",
    ]
    if !invitation.details.isEmpty { lines.append("DESCRIPTION:\(escaped(invitation.details))") }
    if let location = invitation.location { lines.append("LOCATION:\(escaped(location))") }
    let name = organizer.name.map { ";CN=\(parameter($0))" } ?? ""
    lines += [
      "ORGANIZER\(name):mailto:\(address(organizer.address))",
      "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:\(address(attendee))",
      "STATUS:CONFIRMED", "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR",
    ]
    return lines.map { "\(folded($0))\r\n" }.joined()
  }

  /// UTC to the second: `20250715T120000Z`.
  private static func time(_ time: Timestamp) -> String {
    let digits = time.iso8601.utf8.prefix(19).filter {
      $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":")
    }
    return String(decoding: digits, as: UTF8.self) + "Z"
  }

  /// A value of text (RFC 5545, section 3.3.11). Line ends of any kind are `\n`; other control characters go.
  private static func escaped(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", ";", ",": scalars.append(contentsOf: ["\\", scalar])
      case "\n" where previous == "\r": break
      case "\n", "\r", "\u{2028}", "\u{2029}", "\u{85}": scalars.append(contentsOf: ["\\", "n"])
      case "\t": scalars.append(scalar)
      default: if HeaderText.isText(scalar) { scalars.append(scalar) }
      }
      previous = scalar
    }
    return String(scalars)
  }

  /// The value of a parameter between quotation marks, which cannot stand in it.
  private static func parameter(_ text: String) -> String {
    "\"\(HeaderText.oneLine(text).replacing("\"", with: "'"))\""
  }

  /// An address, which has been checked to be one, in a URI.
  private static func address(_ text: String) -> String {
    var uri = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        uri.unicodeScalars.append(Unicode.Scalar(byte))
      case _ where "-._~@+".utf8.contains(byte): uri.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        uri += "%\(digits.utf8.count < 2 ? "0" : "")\(digits)"
      }
    }
    return uri
  }

  /// Lines of at most 75 bytes, none of which ends within a character.
  private static func folded(_ line: String) -> String {
    var folded = String.UnicodeScalarView()
    var length = 0
    for scalar in line.unicodeScalars {
      let width = String(scalar).utf8.count
      if length + width > mostLineBytes {
        folded.append(contentsOf: ["\r", "\n", " "])
        length = 1
      }
      folded.append(scalar)
      length += width
    }
    return String(folded)
  }
}
