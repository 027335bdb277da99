/// The formats of text that are checked; every other `format` is information only.
enum TextFormat: String, Sendable, CaseIterable {
  case date, time, email, uri, uuid, ipv4, ipv6, hostname, regex
  case dateTime = "date-time"
  case uriReference = "uri-reference"
  case jsonPointer = "json-pointer"

  /// Whether the text is of this format.
  func accepts(_ text: String) -> Bool {
    switch self {
    case .regex: (try? PatternParser.parse(text)) != nil
    case .jsonPointer: JSONPointer.tokens(text) != nil
    default:
      // The other formats are defined over ASCII; their checks look at bytes.
      text.utf8.withContiguousStorageIfAvailable { accepts(bytes: $0[...]) }
        ?? Array(text.utf8).withUnsafeBufferPointer { accepts(bytes: $0[...]) }
    }
  }

  private func accepts(bytes: ASCII.Bytes) -> Bool {
    switch self {
    case .date: TimeFormat.isDate(bytes)
    case .time: TimeFormat.isTime(bytes)
    case .dateTime: TimeFormat.isDateTime(bytes)
    case .email: EmailFormat.accepts(bytes)
    case .uri: URIFormat.accepts(bytes, isRelativeAllowed: false)
    case .uriReference: URIFormat.accepts(bytes, isRelativeAllowed: true)
    case .uuid: Self.isUUID(bytes)
    case .ipv4: AddressFormat.isIPv4(bytes)
    case .ipv6: AddressFormat.isIPv6(bytes)
    case .hostname: AddressFormat.isHostname(bytes)
    case .regex, .jsonPointer: false
    }
  }

  /// What the text must be, for a sentence.
  var expected: String {
    switch self {
    case .date: "must be a date such as 2026-03-01"
    case .time: "must be a time with its offset such as 09:30:00Z"
    case .dateTime: "must be a date and time with its offset such as 2026-03-01T09:30:00Z"
    case .email: "must be an email address such as name@example.com"
    case .uri: "must be an absolute URI such as https://example.com/page"
    case .uriReference: "must be a URI or a relative reference such as /page"
    case .uuid: "must be a UUID such as 123e4567-e89b-12d3-a456-426614174000"
    case .ipv4: "must be an IPv4 address such as 192.0.2.1"
    case .ipv6: "must be an IPv6 address such as 2001:db8::1"
    case .hostname: "must be a host name such as www.example.com"
    case .regex: "must be a regular expression (ECMA-262)"
    case .jsonPointer: "must be a JSON Pointer such as /contact/email"
    }
  }

  /// Five groups of hexadecimal digits (RFC 4122, section 3), of any version and variant.
  private static func isUUID(_ bytes: ASCII.Bytes) -> Bool {
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { place, byte in
      [8, 13, 18, 23].contains(place)
        ? byte == UInt8(ascii: "-") : ASCII.hexadecimalValue(byte) != nil
    }
  }
}
