/// Reads bytes written as pairs of hexadecimal digits, with blanks anywhere.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }
  return stride(from: 0, to: digits.count, by: 2).compactMap { place in
    let start = digits.index(digits.startIndex, offsetBy: place)
    return UInt8(digits[start...].prefix(2), radix: 16)
  }
}

func hex(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
