/// What a mail domain says about who stands behind an address.
package enum MailDomain: Sendable, Hashable, CaseIterable {
  /// A domain of its owner's own: it names the company.
  case business
  /// A provider where anyone has a mailbox: it says nothing about the company.
  case freeMail
  /// Reserved for documentation and tests: nobody is behind it.
  case placeholder

  /// The kind of a domain in lower case.
  package init(_ domain: String) {
    if Self.isReserved(domain) {
      self = .placeholder
    } else if Self.freeMailProviders.contains(domain) {
      self = .freeMail
    } else {
      self = .business
    }
  }

  /// RFC 2606 and RFC 6761 reserve these names for good, so that they can stand in examples; data sets
  /// with made-up people use them, and all those people have nothing else in common.
  private static func isReserved(_ domain: String) -> Bool {
    guard let dot = domain.utf8.lastIndex(of: UInt8(ascii: ".")) else { return true }
    switch domain[domain.utf8.index(after: dot)...] {
    case "example", "test", "invalid", "localhost": return true
    case "com", "net", "org":
      let name = domain[..<dot]
      return name == "example" || name.hasSuffix(".example")
    default: return false
    }
  }

  /// The providers that most private addresses belong to, world-wide and by country. An unknown one
  /// only makes strangers look like colleagues in the account figures.
  private static let freeMailProviders: Set<String> = [
    "gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "rocketmail.com", "yahoo.co.uk",
    "yahoo.fr", "yahoo.de", "yahoo.it", "yahoo.es", "yahoo.in", "yahoo.co.in", "yahoo.co.jp",
    "yahoo.com.br", "yahoo.com.ar", "yahoo.com.mx", "yahoo.ca", "yahoo.com.au", "hotmail.com",
    "hotmail.co.uk", "hotmail.fr", "hotmail.de", "hotmail.it", "hotmail.es", "outlook.com",
    "outlook.de", "outlook.fr", "outlook.es", "live.com", "live.co.uk", "live.fr", "live.nl",
    "msn.com", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "pm.me",
    "tutanota.com", "tuta.io", "fastmail.com", "hey.com", "zoho.com", "mail.com", "email.com",
    "gmx.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de",
    "posteo.de", "mailbox.org", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr",
    "libero.it", "virgilio.it", "tiscali.it", "terra.com.br", "uol.com.br", "bol.com.br",
    "telenet.be", "skynet.be", "ziggo.nl", "online.no", "bluewin.ch", "seznam.cz", "wp.pl", "o2.pl",
    "onet.pl", "interia.pl", "abv.bg", "ukr.net", "mail.ru", "bk.ru", "list.ru", "inbox.ru",
    "yandex.ru", "yandex.com", "rambler.ru", "rediffmail.com", "qq.com", "163.com", "126.com",
    "sina.com", "foxmail.com", "naver.com", "daum.net", "hanmail.net", "comcast.net", "verizon.net",
    "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "btinternet.com", "sky.com",
    "bigpond.com", "optusnet.com.au", "shaw.ca", "rogers.com",
  ]
}
