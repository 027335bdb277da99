import Foundation
import Marketing
import Outreach
import Testing

@Suite("iCalendar")
struct ICalendarTests {
  private func text(_ invitation: Invitation) -> String {
    ICalendar.request(
      invitation, uid: "msg_1@relay.example", organizer: ("Sales \"R\"", "sales@relay.example"),
      attendee: "zoe+x@acme.example", stamp: noon)
  }

  @Test("an invitation as it is sent")
  func golden() {
    let invitation = Invitation(
      sequence: 1, start: noon + .days(1), duration: .seconds(1800), summary: "Demo; with, care",
      details: "One\nTwo\\Three\r\nFour", location: "https://meet.example/a,b")
    #expect(
      text(invitation).components(separatedBy: "\r\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//LeadRelay//Outreach//EN", "METHOD:REQUEST",
        "BEGIN:VEVENT", "UID:msg_1@relay.example", "SEQUENCE:1", "DTSTAMP:20250715T120000Z",
        "DTSTART:20250716T120000Z", "DTEND:20250716T123000Z", "SUMMARY:Demo\\; with\\, care",
        "DESCRIPTION:One\\nTwo\\\\Three\\nFour", "LOCATION:https://meet.example/a\\,b",
        "ORGANIZER;CN=\"Sales 'R'\":mailto:sales@relay.example",
        "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:zoe+x@",
        " acme.example", "STATUS:CONFIRMED", "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR", "",
      ])
  }

  @Test("long lines are folded between characters, and nothing begins a line of its own")
  func folding() {
    let attack = "x\r\nATTENDEE:mailto:a@evil.example\u{2028}END:VEVENT\u{0}"
    let long = String(repeating: "日本\u{1F680}é", count: 50)
    let text = text(
      Invitation(
        start: noon, duration: .seconds(60), summary: attack, details: long, location: attack))
    let lines = text.components(separatedBy: "\r\n")
    #expect(lines.allSatisfy { $0.utf8.count <= 75 })
    #expect(lines.count { $0.hasPrefix("ATTENDEE") } == 1)
    #expect(lines.count { $0 == "END:VEVENT" } == 1)
    let unfolded = text.replacingOccurrences(of: "\r\n ", with: "")
    #expect(unfolded.contains("DESCRIPTION:\(long)\r\n"))
  }
}
