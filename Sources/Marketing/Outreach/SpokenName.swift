/// Names out of forms, as far as messages of ours say them. Whoever fills in another person's address could else
/// have that person sent any text in our name.
package enum SpokenName {
  private static let mostCharacters = 60
  private static let mostWords = 5
  /// `The Boston Consulting Group GmbH & Co. KG`
  private static let mostCompanyWords = 8
  private static let mostDigits = 3
  /// `1-800-Flowers`
  private static let mostCompanyDigits = 6

  /// A person's name; `nil` for what is none to all appearance.
  package static func person(_ name: String?) -> String? {
    name.flatMap { name in
      isName(name, words: mostWords, digits: mostDigits) && !LinkLikeText.isFound(in: name)
        ? name : nil
    }
  }

  /// A company's name; `nil` for what is none to all appearance. One that is called like a site is named to those
  /// alone whose mail it is that way: who reads mail at booking.com is not sent to a stranger by `Booking.com`.
  package static func company(_ name: String?, ofMailbox address: String?) -> String? {
    guard let name, isName(name, words: mostCompanyWords, digits: mostCompanyDigits) else {
      return nil
    }
    guard LinkLikeText.isFound(in: name) else { return name }
    let hosts = LinkLikeText.hosts(in: name)
    let hasOther = ["://", "www.", "@", "](", "/"].contains { name.lowercased().contains($0) }
    guard !hasOther, !hosts.isEmpty,
      let domain = address.flatMap(EmailAddress.init(splitting:))?.domain
    else { return nil }
    return hosts.allSatisfy { domain == $0 || domain.hasSuffix(".\($0)") } ? name : nil
  }

  private static func isName(_ text: String, words: Int, digits: Int) -> Bool {
    text.count <= mostCharacters
      && text.split(whereSeparator: \.isWhitespace).count <= words
      && !text.contains(where: \.isNewline)
      && text.contains(where: \.isLetter)
      && text.count(where: \.isWholeNumber) <= digits
  }
}
