import Glibc

/// What is in a folder.
enum FolderListing {
  /// The names of everything in a folder, sorted.
  static func names(in folder: String) throws(FileError) -> [String] {
    guard let entries = opendir(folder) else { throw FileError(folder, errno: errno) }
    defer { closedir(entries) }
    var names: [String] = []
    // An entry is as long as its name and not as the type says, so it must not be copied.
    guard let place = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
    while let entry = readdir(entries) {
      let start = UnsafeRawPointer(entry).advanced(by: place)
      let name = String(cString: start.assumingMemoryBound(to: CChar.self))
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
