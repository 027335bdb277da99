package import JSONRPC

/// How much a lead's fields may hold. Lengths of text are in Unicode scalars, as JSON Schema counts.
package enum LeadLimits {
  /// Name, company, job title, persona.
  package static let nameLength = 200
  /// Source, industry, region.
  package static let labelLength = 100
  /// An e-mail address: 64 octets, `@`, 255 octets.
  package static let emailLength = 320
  /// A telephone number with its punctuation.
  package static let phoneLength = 40
  /// A time zone's name.
  package static let timeZoneLength = 64
  /// A company size as text.
  package static let companySizeLength = 40
  /// What the lead wrote.
  package static let messageLength = 10_000
  /// Keys of `attributes`, at the top level.
  package static let attributeCount = 100
  /// `attributes` written as compact JSON, in bytes.
  package static let attributeBytes = 64 << 10
  /// What is wrong with the size of a lead's attributes; `nil` when nothing is.
  package static func problem(withAttributes attributes: JSONObject) -> FieldError? {
    if attributes.count > attributeCount {
      return FieldError(
        field: "/attributes", found: "\(attributes.count) keys",
        expected: "at most \(attributeCount) keys in all")
    }
    let bytes = JSONWriter.bytes(of: .object(attributes)).count
    guard bytes > attributeBytes else { return nil }
    return FieldError(
      field: "/attributes", found: "\(bytes) bytes of JSON",
      expected: "at most \(attributeBytes) bytes in all")
  }

  /// How far ahead of our clock a lead's creation may lie: clocks differ, and so do time zones.
  package static let clockTolerance = Duration.days(1)
}
