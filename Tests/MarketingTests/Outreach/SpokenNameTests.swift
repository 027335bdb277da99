import Marketing
import Testing

@Suite("Names that are said in messages")
struct SpokenNameTests {
  static let names = [
    "Dr. Ann-Marie O'Neil Jr.", "李小龙", "J. R. R. Tolkien", "J.R.R. Tolkien", "St. John",
    "Yahoo! Inc.", "Ingrid Solberg", "Nguyễn Thị Minh Khai", "Владимир Зеленский", "محمد بن سلمان",
    "Σωκράτης", "אברהם", "राजेश कुमार", "김민준", "さくら", "Ólafur Ragnar Grímsson", "X Æ A-12",
    "D’Artagnan", "Martin Luther King, Jr.", "John Smith III", "Ph.D. Ann Berg", "Agent 007",
    "ǃXóõ", "李小龙。", "Mary (Polly) Ann", "A.", "Jean-Claude van Damme",
  ]

  @Test(arguments: names)
  func aNameIsSaid(_ name: String) {
    #expect(SpokenName.person(name) == name)
    #expect(SpokenName.company(name, ofMailbox: "ann@acme.example") == name)
  }

  static let advertising = [
    "http://evil.example/click-me Visit www.evil.example NOW", "evil.example", "Go to evil.example",
    "EVIL.EXAMPLE", "Ann evil.example/x", "www.evil", "Ann\nBuy now", "Ann\r\nBuy now",
    "Ann\u{2028}Buy now", "12345", "+47 820 12345", "Ann +47 820 12345", "call 08001234567 now",
    "ann@evil.example", "[offer](x)", "evil．example", "evil。example", "evil.рф", "xn--e1.xn--p1ai",
    "10.0.0.1", "t.me/evil", "one two three four five six seven eight nine", "!!!", "",
    String(repeating: "a", count: 61),
  ]

  @Test(arguments: advertising)
  func whatIsNoNameIsNotSaid(_ text: String) {
    #expect(SpokenName.person(text) == nil)
    #expect(SpokenName.company(text, ofMailbox: "ann@acme.example") == nil)
    #expect(SpokenName.company(text, ofMailbox: nil) == nil)
  }

  static let companies: [(name: String, mailbox: String?, isSaid: Bool)] = [
    ("Booking.com", "ann@booking.com", true), ("Booking.com B.V.", "ann@mail.booking.com", true),
    ("Booking.com", "ann@gmail.com", false), ("Booking.com", nil, false),
    ("Booking.com", "ann@notbooking.com", false), ("www.booking.com", "ann@booking.com", false),
    ("booking.com/win", "ann@booking.com", false),
    ("booking.com evil.example", "ann@booking.com", false),
    ("3M", nil, true), ("1-800-Flowers", nil, true), ("7-Eleven", nil, true), ("360", nil, false),
    ("Amazon S.p.A.", nil, true), ("The Boston Consulting Group GmbH & Co. KG", nil, true),
    ("Call 820 12345", nil, false),
  ]

  @Test(arguments: companies)
  func aCompanyIsCalledLikeItsSiteToItsOwnPeople(
    _ name: String, _ mailbox: String?, _ isSaid: Bool
  ) {
    #expect((SpokenName.company(name, ofMailbox: mailbox) != nil) == isSaid)
  }

  @Test func amongTheValuesOfTemplatesThereIsNoAdvertising() {
    var lead = Lead(id: "L1", createdAt: Timestamp(milliseconds: 0))
    lead.contact.name = "Visit evil.example"
    lead.account.company = "http://evil.example"
    var values = OutreachVoice.example.values(for: lead)
    #expect(values["greeting"] == .text("Hello") && values["company"] == .text("your company"))
    lead.contact.name = "Zoë Berg"
    lead.account.company = "Acme"
    values = OutreachVoice.example.values(for: lead)
    #expect(values["greeting"] == .text("Hello Zoë Berg") && values["company"] == .text("Acme"))
  }
}
