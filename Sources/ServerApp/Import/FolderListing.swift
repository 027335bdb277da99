import Glibc

/// What is in a folder.
enum FolderListing {
  /// The names of everything in a folder, sorted.
  static func names(in folder: String) throws(FileError) -> [String] {
    guard let entries = opendir(folder) else { throw FileError(folder, errno: errno) }
    defer { closedir(entries) }
    var names: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
