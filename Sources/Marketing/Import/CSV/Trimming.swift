extension ArraySlice<UInt8> {
  /// The bytes without the spaces and tabs around them.
  var trimmingASCIISpace: ArraySlice<UInt8> {
    var slice = self
    while let first = slice.first, first == 0x20 || first == 0x09 { slice.removeFirst() }
    while let last = slice.last, last == 0x20 || last == 0x09 { slice.removeLast() }
    return slice
  }
}
