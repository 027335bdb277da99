import CStemmer

/// A stemmer of Snowball (Porter, 2001), for one language. Not to be used by two threads at once: it
/// keeps its last word.
final class Stemmer {
  private let handle: OpaquePointer

  /// A stemmer; `nil` when the library has none for the language, or no memory.
  init?(language: String) {
    guard let handle = sb_stemmer_new(language, "UTF_8") else { return nil }
    self.handle = handle
  }

  deinit { sb_stemmer_delete(handle) }

  /// The stem of a word in lower case.
  func stem(_ word: String) -> String {
    var word = word
    return word.withUTF8 { bytes in
      guard let stem = sb_stemmer_stem(handle, bytes.baseAddress, Int32(bytes.count)) else {
        return String(decoding: bytes, as: UTF8.self)
      }
      let count = Int(sb_stemmer_length(handle))
      return String(decoding: UnsafeBufferPointer(start: stem, count: count), as: UTF8.self)
    }
  }

  /// The names of the languages that the library has stemmers for.
  static var languages: [String] {
    var names: [String] = []
    var next = sb_stemmer_list()
    while let name = next?.pointee {
      names.append(String(cString: name))
      next = next?.successor()
    }
    return names
  }
}
