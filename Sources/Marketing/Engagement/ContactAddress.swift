/// What somebody is reached by, in the form that addresses are compared in.
package enum ContactAddress: Sendable, Hashable {
  case email(String)
  case phone(String)

  /// An e-mail address or a telephone number as people write it, also as a `mailto:` or `tel:` link.
  /// - Parameter keepsPlusTags: whether `ann+news@…` and `ann@…` are two people.
  /// - Returns: `nil` for a text that is neither.
  package init?(_ text: String, keepsPlusTags: Bool) {
    guard let address = try? Self.parse(text, keepsPlusTags: keepsPlusTags).get() else {
      return nil
    }
    self = address
  }

  /// Why a text is no address, without the text.
  package struct Flaw: Error, Sendable, Hashable {
    /// What was found.
    package let found: String
  }

  /// Reads an address as people write it.
  package static func parse(
    _ text: String, keepsPlusTags: Bool
  ) -> Result<ContactAddress, Flaw> {
    let text = bare(text)
    if text.utf8.contains(UInt8(ascii: "@")) {
      if let flaw = EmailAddress.flaw(in: text) { return .failure(Flaw(found: flaw)) }
      guard let address = EmailAddress(splitting: text) else {
        return .failure(Flaw(found: "nothing on one side of '@'"))
      }
      return .success(.email(LeadIdentity.normalized(address, keepsPlusTags: keepsPlusTags)))
    }
    return PhoneNumber.parse(text).map { .phone($0.normalized) }.mapError { Flaw(found: $0.found) }
  }

  /// Without white space around it, and without what makes a link of it (RFC 6068, RFC 3966).
  private static func bare(_ text: String) -> String {
    let text = TextFolding.collapsingSpaces(text)
    let lower = text.lowercased()
    for (scheme, end) in [("mailto:", "?"), ("tel:", ";")] as [(String, Character)]
    where lower.hasPrefix(scheme) {
      return String(text.dropFirst(scheme.count).prefix { $0 != end })
    }
    return text
  }

  /// Whether a channel leads to this address.
  package func isReached(by channel: OutreachChannel) -> Bool {
    switch (self, channel) {
    case (.email, .email), (.email, .calendar), (.phone, .sms), (.phone, .phone): true
    default: false
    }
  }
}

// One telephone number can be given with its country and without. Who said no under one of them is not to be called
// under the other, so that stores keep and look up what both have in common.
extension ContactAddress {
  /// What stores keep an address under: of a telephone number the digits that it is dialled by within its country,
  /// without the zeros before them. Numbers of two countries can have the same ones: rarely, and then both of them
  /// are left alone.
  package var kept: ContactAddress {
    guard case .phone(let text) = self, let number = PhoneNumber(normalized: text) else {
      return self
    }
    return .phone(number.significantDigits)
  }

  /// What is the same address for sure: as it is kept, and as it was kept in times when it was not reduced.
  package var same: [ContactAddress] { kept == self ? [self] : [kept, self] }

  /// What may be the same address, written without a `+` or with the digits that are dialled before it at home or
  /// abroad. Good enough to leave somebody alone, and not to contact anybody.
  package var possible: [ContactAddress] {
    guard case .phone(let text) = self, let number = PhoneNumber(normalized: text) else {
      return []
    }
    let same = Set(same)
    var found: [ContactAddress] = []
    for digits in number.otherSpellings {
      let address = ContactAddress.phone(digits)
      if !same.contains(address), !found.contains(address) { found.append(address) }
    }
    return found
  }
}

extension PhoneNumber {
  /// Fewer digits name nobody.
  private static let fewestDigits = 6
  /// Dialled before a number abroad in place of the `+`, as far as it does not begin with two zeros, without the
  /// zero before it: 011 in North America, 010 in Japan, and what is left of 0011 in Australia.
  private static let exits = ["", "1", "10", "11"]
  /// Dialled before a number at home, by country codes, where that is not a zero; without the zero before it.
  private static let trunks: [(code: String, trunk: String)] = [("7", "8"), ("36", "6")]

  /// A number in its normalized form.
  fileprivate init?(normalized text: String) {
    let hasCountryCode = text.hasPrefix("+")
    let digits = hasCountryCode ? String(text.dropFirst()) : text
    guard !digits.isEmpty, digits.utf8.allSatisfy(HostName.isDigit) else { return nil }
    self.init(digits: digits, hasCountryCode: hasCountryCode)
  }

  /// The digits behind the country code and the zeros.
  fileprivate var significantDigits: String {
    let code = hasCountryCode ? Self.countryCodeLength(of: digits) : 0
    let significant = digits.dropFirst(code).drop { $0 == "0" }
    return significant.count >= Self.fewestDigits ? String(significant) : digits
  }

  /// Digits that the number may have been kept under.
  fileprivate var otherSpellings: [String] {
    let significant = significantDigits
    if hasCountryCode {
      let code = String(digits.prefix(Self.countryCodeLength(of: digits)))
      return Self.exits.map { $0 + code + significant }
        + Self.trunks.filter { $0.code == code }.map { $0.trunk + significant }
    }
    var found: [String] = []
    let isDialledAtHome = digits.hasPrefix("0")
    for exit in Self.exits where significant.hasPrefix(exit) {
      // With a zero before it it is a national number, unless that zero belongs to the digits for abroad.
      guard isDialledAtHome ? exit.count == 2 : exit.isEmpty else { continue }
      let rest = significant.dropFirst(exit.count)
      let code = Self.countryCodeLength(of: rest)
      let number = rest.dropFirst(code).drop { $0 == "0" }
      // North American and Russian numbers always have ten digits, and none has fewer than seven.
      if code == 1 ? number.count == 10 : number.count >= 7 && rest.count >= 10 {
        found.append(String(number))
      }
    }
    if digits.hasPrefix("8"), digits.count == 11 { found.append(String(digits.dropFirst())) }
    if digits.hasPrefix("06") { found.append(String(significant.dropFirst())) }
    return found.filter { $0.count >= Self.fewestDigits }
  }

  /// How many digits the country code has that a number begins with. ITU-T E.164 assigns them so that none is the
  /// beginning of another: those of one and two digits are all known, the rest have three.
  private static func countryCodeLength(of digits: some StringProtocol) -> Int {
    guard let first = digits.first else { return 0 }
    if first == "1" || first == "7" { return 1 }
    return shortCodes.contains(String(digits.prefix(2))) ? 2 : 3
  }

  private static let shortCodes: Set<String> = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
    "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65",
    "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
  ]
}

extension LeadIdentity {
  /// The addresses of somebody: e-mail, then telephone, as far as known.
  package var contactAddresses: [ContactAddress] {
    [email.map(ContactAddress.email), phone.map(ContactAddress.phone)].compactMap(\.self)
  }
}

extension LeadIdentity {
  /// Whoever has an address.
  package init(_ address: ContactAddress) {
    switch address {
    case .email(let email): self.init(email: email)
    case .phone(let phone): self.init(phone: phone)
    }
  }
}
