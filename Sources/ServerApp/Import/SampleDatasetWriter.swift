import Glibc
package import Marketing

/// Writes the sample data set to files.
package enum SampleDatasetWriter {
  /// Makes the folder that a sample is written to, with those above it.
  /// - Throws: `FileError` when it is a file, holds anything, or cannot be made.
  package static func prepare(_ folder: String) throws(FileError) {
    var path = folder.hasPrefix("/") ? "/" : ""
    for part in folder.split(separator: "/") {
      path += path.isEmpty || path == "/" ? part : "/" + part
      if mkdir(path, 0o777) != 0, errno != EEXIST, !isFolder(path) {
        throw FileError(path, errno: errno)
      }
    }
    guard isFolder(folder) else { throw FileError(folder, errno: ENOTDIR) }
    guard try FolderListing.names(in: folder).isEmpty else {
      throw FileError(folder, errno: ENOTEMPTY)
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Writes all tables of a sample into a folder that exists.
  /// - Returns: how many rows there are in all, headers not counted.
  /// - Throws: `FileError` when a file cannot be written. Files that were begun stay.
  package static func write(
    to folder: String, seed: UInt64, leads: Int, now: Timestamp,
    onFile: (String) -> Void = { _ in }
  ) throws -> Int {
    var current: (name: String, file: NewFile)?
    let rows = try SampleDataset.generate(seed: seed, leads: leads, now: now) { name, bytes in
      if current?.name != name {
        try current?.file.close()
        onFile(name)
        current = (name, try NewFile("\(folder)/\(name)"))
      }
      try current?.file.write(bytes)
    }
    try current?.file.close()
    return rows
  }
}

/// A file that is written from its start.
private final class NewFile {
  private let path: String
  private var descriptor: Int32

  init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path, errno: errno) }
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  func write(_ bytes: [UInt8]) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { bytes in
        Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw FileError(path, errno: errno)
      }
    }
  }

  /// Some file systems say only here that the bytes had no place.
  func close() throws(FileError) {
    defer { descriptor = -1 }
    guard Glibc.close(descriptor) == 0 else { throw FileError(path, errno: errno) }
  }
}
