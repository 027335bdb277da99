package import Marketing

/// A value of a row, as it comes: text from a file, typed from a stored lead.
package enum Cell: Sendable, Hashable {
  case missing
  case text(String)
  case number(Double)
  case flag(Bool)
  case moment(Timestamp)
}
