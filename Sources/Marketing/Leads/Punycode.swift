/// Reads the ASCII form of labels with other letters (RFC 3492): `xn--mller-kva` is `müller`.
enum Punycode {
  private static let prefix = "xn--"
  // RFC 3492, 5.
  private static let (base, least, most) = (36, 1, 26)
  private static let (skew, damp, firstBias, firstScalar) = (38, 700, 72, 128)
  /// The longest label (RFC 1035, 2.3.4).
  private static let maximumBytes = 63

  /// A domain in lower case as its owner reads it: with letters in place of their ASCII form, each as one scalar.
  /// A label that cannot be read stays as it is.
  static func readable(_ domain: String) -> String {
    guard domain.utf8.contains(UInt8(ascii: "-")) || !domain.utf8.allSatisfy({ $0 < 0x80 }) else {
      return domain
    }
    let labels = domain.split(separator: ".", omittingEmptySubsequences: false).map { label in
      guard label.hasPrefix(prefix) else { return ComposedText.composed(String(label)) }
      return decoded(label.dropFirst(prefix.count)).map {
        ComposedText.composed($0.lowercased())
      } ?? String(label)
    }
    return labels.joined(separator: ".")
  }

  /// RFC 3492, 6.2.
  private static func decoded(_ label: Substring) -> String? {
    guard label.utf8.count <= maximumBytes else { return nil }
    var scalars: [Unicode.Scalar] = []
    var rest = Array(label.utf8)[...]
    if let hyphen = rest.lastIndex(of: UInt8(ascii: "-")) {
      scalars = rest[..<hyphen].map(Unicode.Scalar.init)
      rest = rest[(hyphen + 1)...]
    }
    var (next, bias, place) = (firstScalar, firstBias, 0)
    while !rest.isEmpty {
      let start = place
      var (weight, k) = (1, base)
      while true {
        guard let digit = rest.popFirst().flatMap(digit) else { return nil }
        place += digit * weight
        let threshold = max(least, min(most, k - bias))
        if digit < threshold { break }
        weight *= base - threshold
        // No label is long enough for more scalars than there are.
        guard place < 1 << 40, weight < 1 << 40 else { return nil }
        k += base
      }
      let count = scalars.count + 1
      bias = adapted(place - start, count: count, isFirst: start == 0)
      next += place / count
      place %= count
      guard let value = UInt32(exactly: next), let scalar = Unicode.Scalar(value) else {
        return nil
      }
      scalars.insert(scalar, at: place)
      place += 1
    }
    // What has no other letters is nobody's ASCII form of any.
    guard scalars.contains(where: { !$0.isASCII }) else { return nil }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  private static func digit(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a"))
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 26
    default: nil
    }
  }

  /// RFC 3492, 6.1.
  private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / damp : delta / 2
    delta += delta / count
    var k = 0
    while delta > (base - least) * most / 2 {
      delta /= base - least
      k += base
    }
    return k + (base - least + 1) * delta / (delta + skew)
  }
}
