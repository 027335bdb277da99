import Marketing
import Testing

@Suite struct ContactAddressTests {
  /// As people write it; how it is compared.
  @Test(
    arguments: [
      (" Ann+x@Acme.COM ", .email("ann@acme.com")), ("mailto:ann@acme.com", .email("ann@acme.com")),
      ("MAILTO:ann@acme.com?subject=Hi", .email("ann@acme.com")),
      ("\u{FEFF}ann@acme.com", .email("ann@acme.com")),
      ("tel:+47-22-33-44-55;ext=12", .phone("+4722334455")),
      ("0047 22 33 44 55", .phone("+4722334455")),
      ("nobody", nil), ("ann@", nil), ("", nil), ("tel:", nil), ("mailto:nobody", nil),
    ] as [(String, ContactAddress?)])
  func reads(_ text: String, _ address: ContactAddress?) {
    #expect(ContactAddress(text, keepsPlusTags: false) == address)
  }

  enum Likeness: Sendable {
    /// Kept as one.
    case same
    /// Good enough to leave somebody alone.
    case possible
    case other
  }

  /// What somebody opted out as, what a lead has.
  static let pairs: [(String, String, Likeness)] = [
    ("ann@acme.com", "Ann@ACME.com", .same), ("ann@acme.com", "bob@acme.com", .other),
    ("+49 30 1234567", "030 / 123 45 67", .same), ("030 1234567", "+49 (0)30 1234567", .same),
    ("+49 30 1234567", "0049 30 1234567", .same), ("+49 30 1234567", "49 30 1234567", .possible),
    ("49 30 1234567", "+49 30 1234567", .possible), ("+1 212 555 0123", "(212) 555-0123", .same),
    ("1-212-555-0123", "+1 212 555 0123", .possible), ("+1 212 555 0123", "12125550123", .possible),
    ("+7 495 123-45-67", "8 (495) 123-45-67", .possible),
    ("8 (495) 123-45-67", "+7 495 123-45-67", .possible),
    ("+36 1 234 5678", "06 1 234 5678", .possible), ("06 1 234 5678", "+36 1 234 5678", .possible),
    ("+39 06 1234 5678", "06 1234 5678", .same), ("+47 22 33 44 55", "22334455", .same),
    ("4722334455", "+47 22 33 44 55", .possible),
    ("011 49 30 1234567", "+49 30 1234567", .possible),
    ("+49 30 1234567", "011 49 30 1234567", .possible),
    ("010 49 30 1234567", "+49 30 1234567", .possible),
    ("+358 9 1234567", "09 1234567", .same),
    ("+49 30 1234567", "+49 30 1234568", .other), ("+46 70 123 45 67", "0170 1234567", .other),
    ("+49 30 1234567", "1234567", .other),
  ]

  @Test(arguments: pairs)
  func whoSaidNoIsFoundByTheOtherSpelling(
    _ said: String, _ known: String, _ likeness: Likeness
  ) throws {
    let said = try #require(ContactAddress(said, keepsPlusTags: false))
    let known = try #require(ContactAddress(known, keepsPlusTags: false))
    #expect(known.same.contains(said.kept) == (likeness == .same))
    #expect(known.possible.contains(said.kept) == (likeness == .possible))
    #expect(
      said.same.contains(said.kept)
        && Set(said.same + said.possible).count
          == said.same.count + said.possible.count
    )
  }
}
